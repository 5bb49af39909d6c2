//! The files of the log: `audit.jsonl`, and those that its operator moved aside.
//!
//! They follow one another by their hashes, not by their names: the first line of each has the hash
//! of the last line of the one before.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{MAX_LINE, PREV};
use crate::pki::digest;
use crate::pki::error::PkiError;
use crate::pki::layout::Layout;
use crate::primitives::disk::{self, Action, DiskError};

/// The files that have a line.
pub(super) struct Files {
    /// The chain, the oldest first.
    pub(super) chain: Vec<PathBuf>,
    /// Those that are no part of it: copies, or what is left where a file between is gone.
    pub(super) stray: Vec<PathBuf>,
}

/// Follows the chain back from `audit.jsonl`.
pub(super) fn find(layout: &Layout) -> Result<Files, PkiError> {
    let mut left = ends(&moved_aside(layout)?)?;
    let mut chain = Vec::new();
    let mut next = match End::read(&layout.audit())? {
        Some(current) => Some(current),
        None => newest(&mut left),
    };
    while let Some(end) = next {
        let before = left
            .iter()
            .position(|one| Some(&one.last) == end.prev.as_ref());
        next = before.map(|at| left.remove(at));
        chain.push(end.path);
    }
    chain.reverse();
    let stray = left.into_iter().map(|end| end.path).collect();
    Ok(Files { chain, stray })
}

/// The hash of the last line of what was moved aside: what the first line of a new file is chained
/// to. `None` where nothing was.
pub(super) fn last_hash(layout: &Layout) -> Result<Option<String>, PkiError> {
    let mut ends = ends(&moved_aside(layout)?)?;
    Ok(newest(&mut ends).map(|end| end.last))
}

/// The file that was `audit.jsonl` when the lines of `text` were to be appended to it at `offset`,
/// and that was moved aside since.
pub(in crate::pki) fn holder_of(
    layout: &Layout,
    offset: u64,
    text: &str,
) -> Result<Option<PathBuf>, PkiError> {
    let wanted = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let first = text.trim_start_matches('\n').lines().next();
    let prev = first.and_then(|line| prev_of(line.as_bytes()));
    for path in moved_aside(layout)? {
        if disk::length(&path)?.is_none_or(|length| length < offset) {
            continue;
        }
        let there = disk::read_range(&path, offset, wanted)?;
        let is_it = match offset {
            0 => !there.is_empty(),
            _ => Some(digest::of_bytes(&last_line(&path, offset)?.0)) == prev,
        };
        if is_it && text.as_bytes().starts_with(&there) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The last line that ends at `length`, without its line feed, and whether it had none.
///
/// # Errors
/// When the file cannot be read, or that line is longer than any that privca writes.
pub(super) fn last_line(path: &Path, length: u64) -> Result<(Vec<u8>, bool), PkiError> {
    let mut window = FIRST_WINDOW;
    loop {
        let start = length.saturating_sub(window);
        let bytes = match length {
            0 => Vec::new(),
            _ => disk::read_range(path, start, length - start)?,
        };
        let torn = bytes.last().is_some_and(|b| *b != b'\n');
        let body = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        match body.iter().rposition(|b| *b == b'\n') {
            None if start > 0 && window > MAX_LINE => {
                return Err(PkiError::Damaged {
                    path: path.to_owned(),
                    line: None,
                    why: format!("its last line has more than {MAX_LINE} bytes"),
                });
            }
            None if start > 0 => window = window.saturating_mul(4),
            before => {
                let begin = before.map_or(0, |at| at + 1);
                return Ok((body.get(begin..).unwrap_or_default().to_vec(), torn));
            }
        }
    }
}

/// How a file begins and ends.
struct End {
    path: PathBuf,
    prev: Option<String>,
    last: String,
    time: String,
}

impl End {
    /// `None` where there is no line.
    fn read(path: &Path) -> Result<Option<Self>, PkiError> {
        let Some(length) = disk::length(path)?.filter(|length| *length > 0) else {
            return Ok(None);
        };
        let mut first = Vec::new();
        let reader = BufReader::new(disk::open_regular(path)?);
        let read = reader.take(MAX_LINE).read_until(b'\n', &mut first);
        read.map_err(failed(path))?;
        let last = match last_line(path, length) {
            // nothing follows from it; `check` tells of the line
            Err(PkiError::Damaged { .. }) => Vec::new(),
            other => other?.0,
        };
        Ok(Some(Self {
            path: path.to_owned(),
            prev: prev_of(&first),
            time: member(&last, "time").unwrap_or_default(),
            last: digest::of_bytes(&last),
        }))
    }
}

fn ends(paths: &[PathBuf]) -> Result<Vec<End>, PkiError> {
    let read = paths.iter().map(|path| End::read(path));
    read.filter_map(Result::transpose).collect()
}

/// The one that no other goes on from; the latest, where a stray file makes that two.
fn newest(ends: &mut Vec<End>) -> Option<End> {
    let followed = |end: &End| {
        ends.iter()
            .any(|other| other.prev.as_ref() == Some(&end.last))
    };
    let open = ends.iter().enumerate().filter(|(_, end)| !followed(end));
    let (at, _) = open.max_by(|(_, a), (_, b)| (&a.time, &a.path).cmp(&(&b.time, &b.path)))?;
    Some(ends.swap_remove(at))
}

/// `audit-*.jsonl`, by name.
fn moved_aside(layout: &Layout) -> Result<Vec<PathBuf>, PkiError> {
    let root = layout.root();
    let mut found = Vec::new();
    let entries = match fs::read_dir(root) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(found),
        other => other.map_err(failed(root))?,
    };
    for entry in entries {
        let name = entry.map_err(failed(root))?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("audit-") && name.ends_with(".jsonl") {
            found.push(root.join(name.as_ref()));
        }
    }
    found.sort();
    Ok(found)
}

fn prev_of(line: &[u8]) -> Option<String> {
    member(line, PREV)
}

fn member(line: &[u8], name: &str) -> Option<String> {
    let object: Map<String, Value> = serde_json::from_slice(line).ok()?;
    object.get(name)?.as_str().map(str::to_owned)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> DiskError {
    let path = path.to_owned();
    move |source| DiskError {
        action: Action::Read,
        path: path.clone(),
        source,
    }
}

const FIRST_WINDOW: u64 = 4096;
