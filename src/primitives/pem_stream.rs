//! PEM blocks from a reader, one at a time: a bundle of any length takes the memory of its largest
//! block.

use std::io::{self, BufRead, Read as _};

use zeroize::Zeroizing;

use super::pem::{self, Block, PemError};

/// Iterates over the blocks of a reader as [`pem::blocks`] does over those of a slice; offsets
/// count from the start of the reader.
///
/// Until the first BEGIN line everything is kept: if there is none, the input is no PEM, and
/// [`Stream::into_head`] gives it back.
#[derive(Debug)]
pub struct Stream<R> {
    input: R,
    /// How much one block, or an input without one, may have.
    limit: usize,
    /// Where the next line starts.
    at: usize,
    /// The bytes of a block so far, or what stands in front of the first one.
    held: Zeroizing<Vec<u8>>,
    /// Where `held` starts.
    start: usize,
    seen_block: bool,
    in_block: bool,
}

impl<R: BufRead> Stream<R> {
    /// A stream at the start of `input`.
    pub fn new(input: R, limit: usize) -> Self {
        Self {
            input,
            limit,
            at: 0,
            held: Zeroizing::new(Vec::new()),
            start: 0,
            seen_block: false,
            in_block: false,
        }
    }

    /// The whole input, after a stream without any block has ended.
    pub fn into_head(self) -> Option<Zeroizing<Vec<u8>>> {
        (!self.seen_block).then_some(self.held)
    }

    /// The next block; after a broken one it goes on with the next.
    ///
    /// # Errors
    /// When the input cannot be read, or more than the limit stands in one piece.
    #[allow(clippy::type_complexity, reason = "an iterator's item of two errors")]
    pub fn next_block(&mut self) -> io::Result<Option<Result<Block, PemError>>> {
        loop {
            let before = self.held.len();
            let length = self.line()?;
            if length == 0 {
                return Ok(self.in_block.then(|| self.finish(before)).flatten());
            }
            self.at += length;
            let line = self.held.get(before..).unwrap_or_default();
            let (begins, ends) = (pem::begins(line), pem::ends(line));
            if begins {
                let broken = self.in_block.then(|| self.finish(before)).flatten();
                self.held.drain(..before);
                self.start = self.at - length;
                self.in_block = true;
                self.seen_block = true;
                if broken.is_some() {
                    return Ok(broken);
                }
            } else if ends && self.in_block {
                let found = self.finish(self.held.len());
                self.held.clear();
                return Ok(found);
            } else if self.seen_block && !self.in_block {
                self.held.clear();
            }
        }
    }

    /// Reads a line behind what is held.
    fn line(&mut self) -> io::Result<usize> {
        let room = self.limit.saturating_sub(self.held.len()).saturating_add(1);
        let room = u64::try_from(room).unwrap_or(u64::MAX);
        let read = self
            .input
            .by_ref()
            .take(room)
            .read_until(b'\n', &mut self.held)?;
        if self.held.len() > self.limit {
            let said = format!("more than {} MiB in one piece", self.limit >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, said));
        }
        Ok(read)
    }

    /// The block in the first `end` bytes of what is held.
    fn finish(&mut self, end: usize) -> Option<Result<Block, PemError>> {
        self.in_block = false;
        let text = self.held.get(..end).unwrap_or_default();
        let start = self.start;
        let mut found = pem::blocks(text).next()?;
        match &mut found {
            Ok(block) => block.offset += start,
            Err(error) => error.offset += start,
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn streamed(text: &[u8]) -> Vec<Result<Block, PemError>> {
        let mut stream = Stream::new(BufReader::with_capacity(7, text), 1 << 20);
        std::iter::from_fn(|| stream.next_block().unwrap()).collect()
    }

    #[test]
    fn too_much_in_one_piece_is_refused() {
        let text = format!("-----BEGIN A-----\n{}", "AAAA\n".repeat(1000));
        let mut stream = Stream::new(text.as_bytes(), 1000);
        assert!(stream.next_block().is_err());
        // an endless line, too
        let mut stream = Stream::new(BufReader::new(io::repeat(b'x')), 1000);
        assert!(stream.next_block().is_err());
    }

    #[test]
    fn what_has_no_block_is_given_back() {
        let mut stream = Stream::new(&b"MIIB\nAAAA\n"[..], 1000);
        assert!(matches!(stream.next_block(), Ok(None)));
        assert_eq!(stream.into_head().unwrap().as_slice(), b"MIIB\nAAAA\n");
    }

    proptest! {
        #[test]
        fn the_same_as_from_a_slice(text in "(-----(BEGIN|END) (CERTIFICATE|A)-----|[A-Za-z0-9=:* \n\r-]{0,9}|AQID|\n){0,40}") {
            let all: Vec<_> = pem::blocks(text.as_bytes()).collect();
            prop_assert_eq!(streamed(text.as_bytes()), all);
        }
    }
}
