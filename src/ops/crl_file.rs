//! Revocation lists that lie in the directory, read no further than needed.

use std::io::{BufReader, ErrorKind};
use std::path::Path;

use super::Error;
use crate::pki::Pki;
use crate::primitives::disk;
use crate::primitives::time::Timestamp;
use crate::primitives::{base64, pem};
use crate::x509::name::Name;
use crate::x509::revocation_list::Published;
use crate::x509::revocation_outline::Outline;
use crate::x509::serial::Serial;

/// What a list says apart from its entries.
pub struct Standing {
    /// Whose it is.
    pub issuer: Name,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due at the latest.
    pub next_update: Option<Timestamp>,
    /// Its number; EasyRSA's have none.
    pub number: Option<Serial>,
}

/// What `crl.pem` says; `None` where there is none, or one that cannot be read. Only its two ends
/// are read, where it has no text around it.
///
/// # Errors
/// When the disk fails.
pub fn standing(pki: &Pki) -> Result<Option<Standing>, Error> {
    let path = pki.layout().crl();
    let length = match disk::length(&path) {
        Ok(Some(length)) => length,
        Ok(None) => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    if let Some(behind) = length.checked_sub(END) {
        let head = disk::read_range(&path, 0, END)?;
        let tail = disk::read_range(&path, behind, END)?;
        if let Some(standing) = by_ends(&head, &tail) {
            return Ok(Some(standing));
        }
    }
    let Some(der) = current(pki)? else {
        return Ok(None);
    };
    Ok(Published::read(&der).ok().map(|list| Standing {
        issuer: list.issuer,
        this_update: list.this_update,
        next_update: list.next_update,
        number: list.number,
    }))
}

fn by_ends(head: &[u8], tail: &[u8]) -> Option<Standing> {
    let (head, tail) = match pem::looks_like_pem(head) {
        true => (first_lines(head)?, last_lines(tail)?),
        false => (head.to_vec(), tail.to_vec()),
    };
    let outline = Outline::read(&head)?;
    let number = outline.number(&tail)?;
    Some(Standing {
        issuer: outline.issuer,
        this_update: outline.this_update,
        next_update: outline.next_update,
        number,
    })
}

/// What the first whole lines of a PEM file hold.
fn first_lines(head: &[u8]) -> Option<Vec<u8>> {
    let lines = std::str::from_utf8(head).ok()?.lines();
    let lines = lines
        .skip_while(|line| !pem::begins(line.as_bytes()))
        .skip(1);
    let lines = lines.take_while(|line| !pem::ends(line.as_bytes()));
    decoded(lines.collect(), |lines| lines.truncate(lines.len() - 1))
}

/// What the last whole lines of a PEM file hold; `None` where another block begins there.
fn last_lines(tail: &[u8]) -> Option<Vec<u8>> {
    let lines: Vec<&str> = std::str::from_utf8(tail).ok()?.lines().collect();
    if lines.iter().any(|line| pem::begins(line.as_bytes())) {
        return None;
    }
    let lines = lines.into_iter();
    let lines = lines.take_while(|line| !pem::ends(line.as_bytes()));
    decoded(lines.collect(), |lines| drop(lines.drain(..1)))
}

/// A line that is cut off is taken away first, where the lines are not of one block.
fn decoded(mut lines: Vec<&str>, cut: impl Fn(&mut Vec<&str>)) -> Option<Vec<u8>> {
    let whole = |lines: &[&str]| base64::decode(&lines.concat());
    if let Some(der) = whole(&lines) {
        return Some(der);
    }
    if lines.is_empty() {
        return None;
    }
    cut(&mut lines);
    whole(&lines)
}

/// The list in `crl.pem` in DER, if there is one.
///
/// # Errors
/// When the disk fails.
pub fn current(pki: &Pki) -> Result<Option<Vec<u8>>, Error> {
    let file = match disk::read_bounded(&pki.layout().crl(), MOST) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    if !pem::looks_like_pem(&file) {
        return Ok(Some(file));
    }
    let first = pem::blocks(&file).flatten().next();
    Ok(first.map(pem::Block::into_der))
}

/// The lists of a PEM file that are not `own`'s. Of `own`'s no more is held than tells whose it is.
///
/// # Errors
/// When the disk fails.
pub fn of_others(path: &Path, own: &Name) -> Result<String, Error> {
    let file = match disk::open_bounded(path, MOST) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(String::new()),
        Err(fault) => return Err(fault.into()),
    };
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let own = own.canonical();
    let mut kept = String::new();
    let (mut line, mut block) = (Vec::new(), Vec::new());
    let mut is_own = None;
    loop {
        line.clear();
        if !disk::read_line(&mut reader, MOST, path, &mut line)? {
            return Ok(kept);
        }
        if pem::begins(&line) {
            block.clear();
            is_own = None;
        }
        if is_own == Some(true) {
            continue;
        }
        block.extend_from_slice(&line);
        let ended = pem::ends(&line);
        if is_own.is_none() && (ended || block.len() > HEAD) {
            let outline = first_lines(&block).and_then(|der| Outline::read(&der));
            is_own = Some(outline.is_some_and(|outline| outline.issuer.canonical() == own));
        }
        if ended && is_own == Some(false) {
            let whole = pem::blocks(&block).flatten().next();
            if let Some(der) = whole.map(pem::Block::into_der)
                && Published::read(&der).is_ok()
            {
                kept.push_str(&pem::encode("X509 CRL", &der));
            }
            is_own = Some(true);
        }
    }
}

/// How much of a list's ends is read: more than any issuer's name and extensions.
const END: u64 = 1 << 16;
const HEAD: usize = 1 << 16;
/// A list with millions of entries in PEM.
const MOST: u64 = 512 << 20;
