//! `audit.jsonl`: one JSON object a line for each operation that changed the directory, only ever
//! appended to.
//!
//! Every object has `"prev"`: the SHA-256 of the line before, without its line feed, in hex (64
//! zeros in the first), so that a line that was changed or taken out shows. Appending reads the
//! last line alone.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde_json::{Map, Value};

use super::digest;
use super::error::PkiError;
use super::layout::Layout;
use crate::primitives::disk::{self, Action, DiskError};

/// Where the next line goes, and what it is chained to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) offset: u64,
    last: Vec<u8>,
    torn: bool,
}

impl Tail {
    pub(super) fn read(layout: &Layout) -> Result<Self, PkiError> {
        let path = layout.audit();
        let offset = disk::length(&path)?.unwrap_or(0);
        let mut window = FIRST_WINDOW;
        loop {
            let start = offset.saturating_sub(window);
            let bytes = if offset == 0 {
                Vec::new()
            } else {
                disk::read_range(&path, start, offset - start)?
            };
            let torn = bytes.last().is_some_and(|b| *b != b'\n');
            let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            match body.iter().rposition(|b| *b == b'\n') {
                None if start > 0 => window = window.saturating_mul(4),
                before => {
                    let begin = before.map_or(0, |at| at + 1);
                    return Ok(Self {
                        offset,
                        last: body.get(begin..).unwrap_or_default().to_vec(),
                        torn,
                    });
                }
            }
        }
    }

    /// The lines for `entries`, to be appended at `offset`. A torn last line gets its line feed.
    pub(super) fn lines(&self, entries: &[Map<String, Value>]) -> String {
        let mut text = String::new();
        if self.torn {
            text.push('\n');
        }
        let mut prev = if self.offset == 0 {
            FIRST.to_owned()
        } else {
            digest::of_bytes(&self.last)
        };
        for entry in entries {
            let mut entry = entry.clone();
            entry.insert(PREV.to_owned(), prev.into());
            let line = Value::Object(entry).to_string();
            prev = digest::of_bytes(line.as_bytes());
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// A line of the log that breaks the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong.
    pub why: Fault,
}

/// How a line of the log can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not a JSON object: torn, or changed.
    NotJson,
    /// Its `prev` is not the hash of the line before: that one was changed, or lines were taken out.
    Chain,
}

/// Checks the whole chain, handing every object to `each`, and returns the faults. A log that isn't
/// there has none.
///
/// # Errors
/// When the file cannot be read.
pub fn check(
    path: &Path,
    each: &mut dyn FnMut(u64, &Map<String, Value>),
) -> Result<Vec<Broken>, PkiError> {
    let mut broken = Vec::new();
    if !disk::exists(path)? {
        return Ok(broken);
    }
    let mut reader = BufReader::new(disk::open_regular(path)?);
    let mut prev = FIRST.to_owned();
    for line in 1.. {
        let mut raw = Vec::new();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut raw);
        let read = read.map_err(|source| DiskError {
            action: Action::Read,
            path: path.to_owned(),
            source,
        })?;
        if read == 0 {
            break;
        }
        let body = raw.strip_suffix(b"\n").unwrap_or(&raw);
        match serde_json::from_slice::<Map<String, Value>>(body) {
            Err(_) => broken.push(Broken {
                line,
                why: Fault::NotJson,
            }),
            Ok(entry) => {
                if entry.get(PREV).and_then(Value::as_str) != Some(&prev) {
                    broken.push(Broken {
                        line,
                        why: Fault::Chain,
                    });
                }
                each(line, &entry);
            }
        }
        prev = digest::of_bytes(body);
    }
    Ok(broken)
}

const PREV: &str = "prev";
const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const FIRST_WINDOW: u64 = 4096;
const MAX_LINE: u64 = 1 << 24;
