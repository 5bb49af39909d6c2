//! A tolerant reader of BER headers, for showing what others encoded.
//!
//! It accepts what OpenSSL's decoder accepts: indefinite lengths, lengths that are not minimal, and
//! tags above 30. What privca itself relies on is read by the strict [`der`](super::der).

/// Levels of constructed strings within strings that are joined, OpenSSL's limit.
const MAX_STRING_NESTING: usize = 5;

/// Why some bytes are not BER; the offset counts from the start of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BerError {
    /// Where in the input.
    pub offset: usize,
    /// What is wrong there.
    pub fault: &'static str,
}

/// An error at this place.
pub fn fault<T>(offset: usize, fault: &'static str) -> Result<T, BerError> {
    Err(BerError { offset, fault })
}

/// The identifier and length octets of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The two class bits: 0x00 universal, 0x40 application, 0x80 context, 0xc0 private.
    pub class: u8,
    /// Tag number.
    pub tag: u32,
    /// Constructed, not primitive.
    pub constructed: bool,
    /// Ends with an end-of-contents mark instead of having a length.
    pub indefinite: bool,
    /// Where the contents begin.
    pub content: usize,
    /// Where they end; for an indefinite length, where they end at the latest.
    pub end: usize,
}

/// Reads the header at `at`; nothing behind `end` belongs to the element.
///
/// # Errors
/// When the header is cut off, or the length exceeds `end`.
pub fn header(input: &[u8], at: usize, end: usize) -> Result<Header, BerError> {
    let available = input.get(at..end).unwrap_or_default();
    let mut bytes = available.iter().copied();
    let mut next = || match bytes.next() {
        Some(byte) => Ok(byte),
        None => fault(at, "header is cut off"),
    };
    let identifier = next()?;
    let mut size = 1;
    let mut tag = u32::from(identifier & 0x1f);
    if tag == 0x1f {
        tag = 0;
        loop {
            let byte = next()?;
            size += 1;
            if byte & 0x80 == 0 {
                tag = tag << 7 | u32::from(byte);
                break;
            }
            tag = tag << 7 | u32::from(byte & 0x7f);
            if tag > i32::MAX as u32 >> 7 {
                return fault(at, "tag number is too large");
            }
        }
    }
    let constructed = identifier & 0x20 != 0;
    let first = next()?;
    size += 1;
    let indefinite = first == 0x80;
    let mut length = 0usize;
    if first & 0x80 == 0 {
        length = usize::from(first);
    } else {
        // OpenSSL wants one byte more than the length octets of a long form.
        if first != 0x80 && available.len() < size + usize::from(first & 0x7f) + 1 {
            return fault(at, "header is cut off");
        }
        for _ in 0..first & 0x7f {
            let byte = next()?;
            size += 1;
            if length >> (usize::BITS - 9) != 0 {
                return fault(at, "length is too large");
            }
            length = length << 8 | usize::from(byte);
        }
    }
    let content = at + size;
    if indefinite && !constructed {
        return fault(at, "indefinite length of a primitive element");
    }
    if length > end - content {
        return fault(at, "length exceeds the data");
    }
    Ok(Header {
        class: identifier & 0xc0,
        tag,
        constructed,
        indefinite,
        content,
        end: if indefinite { end } else { content + length },
    })
}

/// True if an end-of-contents mark is at `at`.
pub fn at_end_of_contents(input: &[u8], at: usize, end: usize) -> bool {
    matches!(input.get(at..end), Some([0, 0, ..]))
}

/// Where the element with this header ends, its end-of-contents marks included.
///
/// # Errors
/// When a mark is missing or something inside is not BER.
pub fn end_of(input: &[u8], header: &Header) -> Result<usize, BerError> {
    if !header.indefinite {
        return Ok(header.end);
    }
    // A count instead of recursion: depth costs nothing.
    let mut open = 1usize;
    let mut at = header.content;
    while at < header.end {
        if at_end_of_contents(input, at, header.end) {
            at += 2;
            open -= 1;
            if open == 0 {
                return Ok(at);
            }
            continue;
        }
        let inner = self::header(input, at, header.end)?;
        if inner.indefinite {
            open += 1;
            at = inner.content;
        } else {
            at = inner.end;
        }
    }
    fault(header.content, "end-of-contents mark is missing")
}

/// Joins the parts of a constructed string; also says where the string ends.
///
/// # Errors
/// When a mark is missing, strings are nested too deeply or something inside is not BER.
pub fn joined(input: &[u8], header: &Header) -> Result<(Vec<u8>, usize), BerError> {
    let mut joined = Vec::new();
    let end = join(input, header, 0, &mut joined)?;
    Ok((joined, end))
}

fn join(
    input: &[u8],
    outer: &Header,
    depth: usize,
    joined: &mut Vec<u8>,
) -> Result<usize, BerError> {
    let mut at = outer.content;
    while at < outer.end {
        if at_end_of_contents(input, at, outer.end) {
            if !outer.indefinite {
                return fault(at, "unexpected end-of-contents mark");
            }
            return Ok(at + 2);
        }
        let part = header(input, at, outer.end)?;
        if part.constructed {
            if depth >= MAX_STRING_NESTING {
                return fault(at, "strings are nested too deeply");
            }
            at = join(input, &part, depth + 1, joined)?;
        } else {
            joined.extend_from_slice(input.get(part.content..part.end).unwrap_or_default());
            at = part.end;
        }
    }
    if outer.indefinite {
        return fault(outer.content, "end-of-contents mark is missing");
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_forms_and_indefinite_lengths_are_read() {
        let input = [0x04, 0x83, 0, 0, 1, 7];
        let read = header(&input, 0, input.len());
        assert_eq!(read.map(|h| (h.content, h.end)), Ok((5, 6)));
        let input = [0x24, 0x80, 0x04, 1, 7, 0x24, 0x80, 4, 1, 8, 0, 0, 0, 0, 9];
        let outer = header(&input, 0, input.len()).unwrap();
        assert_eq!(joined(&input, &outer), Ok((vec![7, 8], 14)));
        assert_eq!(end_of(&input, &outer), Ok(14));
    }

    #[test]
    fn lying_lengths_and_missing_marks_are_faults() {
        for input in [
            &[0x04, 5, 1][..],
            &[0x04, 0x80, 1],
            &[0x04, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
            &[0x1f, 0xff, 0xff, 0xff, 0xff, 0x7f, 0],
            &[0x30],
            &[],
        ] {
            assert!(header(input, 0, input.len()).is_err(), "{input:02x?}");
        }
        let input = [0x30, 0x80, 0x30, 0x80, 0, 0];
        let outer = header(&input, 0, input.len()).unwrap();
        assert!(end_of(&input, &outer).is_err());
    }

    #[test]
    fn depth_costs_no_stack() {
        let mut input = [0x30, 0x80].repeat(100_000);
        input.extend([0, 0].repeat(100_000));
        let outer = header(&input, 0, input.len()).unwrap();
        assert_eq!(end_of(&input, &outer), Ok(input.len()));
        let mut strings = [0x24, 0x80].repeat(100_000);
        strings.extend([0, 0].repeat(100_000));
        let outer = header(&strings, 0, strings.len()).unwrap();
        assert!(joined(&strings, &outer).is_err());
    }
}
