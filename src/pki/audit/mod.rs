//! `audit.jsonl`: one JSON object a line for each operation that changed the directory, only ever
//! appended to.
//!
//! Every object has `"prev"`: the SHA-256 of the line before, without its line feed, in hex (64
//! zeros in the first), so that a line that was changed or taken out shows. Appending reads the
//! last line alone. `docs/audit.md` has the members, and what happens to a file that is moved aside.

mod files;

use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::digest;
use super::error::PkiError;
use super::layout::Layout;
use crate::primitives::disk;
pub(super) use files::holder_of;

/// Where the next line goes, and what it is chained to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) offset: u64,
    prev: String,
    torn: bool,
}

impl Tail {
    pub(super) fn read(layout: &Layout) -> Result<Self, PkiError> {
        let path = layout.audit();
        let offset = disk::length(&path)?.unwrap_or(0);
        if offset == 0 {
            let before = files::last_hash(layout)?;
            return Ok(Self {
                offset,
                prev: before.unwrap_or_else(|| FIRST.to_owned()),
                torn: false,
            });
        }
        let (last, torn) = files::last_line(&path, offset)?;
        Ok(Self {
            offset,
            prev: digest::of_bytes(&last),
            torn,
        })
    }

    /// The lines for `entries`, to be appended at `offset`. A torn last line gets its line feed.
    pub(super) fn lines(&self, entries: &[Map<String, Value>]) -> String {
        let mut text = String::new();
        if self.torn {
            text.push('\n');
        }
        let mut prev = self.prev.clone();
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
    /// The file.
    pub path: PathBuf,
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
    /// The file that it begins is no part of the chain.
    Stray,
}

/// What is looked at of a line's object: those members that are there, and are texts.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Entry<'a> {
    prev: Option<&'a str>,
    /// What came of it: `issued`, `revoked`, `released` and others.
    pub outcome: Option<&'a str>,
    /// When, in RFC 3339.
    pub time: Option<&'a str>,
    /// The certificate's serial.
    pub serial: Option<&'a str>,
    /// The stem of its files.
    pub name: Option<&'a str>,
    /// Its SHA-256 in hex.
    pub sha256: Option<&'a str>,
    /// Why it was revoked.
    pub reason: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// What nearly every line is; `None` as well where a text has an escape or a member is no text.
    fn plain(line: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(line).ok()?;
        let is_object = text.trim_ascii_start().starts_with('{');
        is_object.then(|| serde_json::from_str(text).ok()).flatten()
    }

    fn of(object: &'a Map<String, Value>) -> Self {
        let text = |member: &str| object.get(member).and_then(Value::as_str);
        Self {
            prev: text(PREV),
            outcome: text("outcome"),
            time: text("time"),
            serial: text("serial"),
            name: text("name"),
            sha256: text("sha256"),
            reason: text("reason"),
        }
    }
}

/// A line of the log.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its object.
    pub entry: Entry<'a>,
    /// SHA-256 of it, in lower-case hex: what the next one has as `prev`.
    pub sha256: &'a str,
}

/// Checks the whole chain, through the files that were moved aside, handing every object to `each`,
/// and returns the faults. A log that isn't there has none.
///
/// # Errors
/// When a file cannot be read.
pub fn check(layout: &Layout, each: &mut dyn FnMut(Line<'_>)) -> Result<Vec<Broken>, PkiError> {
    let mut broken = Vec::new();
    let files = files::find(layout)?;
    for path in files.stray {
        // what it tells may be the only trace of a certificate's name
        check_file(&path, &mut String::new(), &mut Vec::new(), each)?;
        broken.push(Broken {
            path,
            line: 1,
            why: Fault::Stray,
        });
    }
    let mut prev = FIRST.to_owned();
    for path in files.chain {
        check_file(&path, &mut prev, &mut broken, each)?;
    }
    Ok(broken)
}

fn check_file(
    path: &Path,
    prev: &mut String,
    broken: &mut Vec<Broken>,
    each: &mut dyn FnMut(Line<'_>),
) -> Result<(), PkiError> {
    let mut line = 0;
    lines_of(path, &mut |body| {
        line += 1;
        let mut fault = |why| {
            broken.push(Broken {
                path: path.to_owned(),
                line,
                why,
            });
        };
        let sha256 = digest::of_bytes(body);
        let odd: Option<Map<String, Value>>;
        let entry = match Entry::plain(body) {
            Some(entry) => Some(entry),
            None => {
                odd = serde_json::from_slice(body).ok();
                odd.as_ref().map(Entry::of)
            }
        };
        match entry {
            None => fault(Fault::NotJson),
            Some(entry) => {
                if entry.prev != Some(prev) {
                    fault(Fault::Chain);
                }
                each(Line {
                    entry,
                    sha256: &sha256,
                });
            }
        }
        *prev = sha256;
    })
}

/// Hands over every line, of the files that were moved aside too, whatever it holds: for those who
/// look something up, and leave the chain to `check`.
///
/// # Errors
/// When a file cannot be read.
pub fn lines(layout: &Layout, each: &mut dyn FnMut(&[u8])) -> Result<(), PkiError> {
    let files = files::find(layout)?;
    for path in files.stray.iter().chain(&files.chain) {
        lines_of(path, each)?;
    }
    Ok(())
}

fn lines_of(path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), PkiError> {
    let mut reader = BufReader::with_capacity(1 << 16, disk::open_regular(path)?);
    let mut raw = Vec::new();
    loop {
        raw.clear();
        if !disk::read_line(&mut reader, MAX_LINE, path, &mut raw)? {
            return Ok(());
        }
        each(raw.strip_suffix(b"\n").unwrap_or(&raw));
    }
}

const PREV: &str = "prev";
const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const MAX_LINE: u64 = 1 << 24;
