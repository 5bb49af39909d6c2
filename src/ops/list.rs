//! `list`: what was issued, from the index, with what the audit log and the certificates add.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::{Context, Error, stems, targets};
use crate::pki::index::{Entry, Revocation, Row, Status};
use crate::pki::{FileName, Pki, PkiError};
use crate::primitives::time::{Span, Timestamp};
use crate::x509::certificate::Certificate;
use crate::x509::serial::Serial;

/// What is asked for; every filter that is given must hold.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Part of a name, subject, alternative name or serial; with `*` or `?` the whole of it.
    pub pattern: Option<String>,
    /// Only these states; all where none is given.
    pub states: Vec<State>,
    /// Only valid ones that end within this time.
    pub expires_within: Option<Span>,
    /// Only those issued under this profile.
    pub profile: Option<String>,
    /// Only those in `issued/NAME.crt`: what was renewed ends without anybody's minding.
    pub current: bool,
}

/// What a certificate is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Neither of the others.
    Valid,
    /// Revoked, whether past its end or not.
    Revoked,
    /// Past its end.
    Expired,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// What a row says at a time; OpenSSL's `E` is only written by `updatedb`.
    pub fn of(row: &Row, now: Timestamp) -> Self {
        match row.status {
            Status::Revoked => Self::Revoked,
            Status::Expired => Self::Expired,
            Status::Valid if row.not_after < now => Self::Expired,
            Status::Valid => Self::Valid,
        }
    }
}

/// One certificate.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it is now.
    pub state: State,
    /// The stem of its files; the CN where the audit log does not know it.
    pub name: Option<String>,
    /// Its serial.
    pub serial: Serial,
    /// The subject in OpenSSL's one-line form.
    pub subject: String,
    /// The alternative names; none where its file is gone.
    pub names: Vec<String>,
    /// The profile it was issued under, if privca issued it.
    pub profile: Option<String>,
    /// The last second of its life.
    pub not_after: Timestamp,
    /// When and why it was revoked.
    pub revocation: Option<Revocation>,
}

/// The certificates, by their end, and when they were looked at.
pub struct List {
    /// The present.
    pub now: Timestamp,
    /// Those that match.
    pub certificates: Vec<Listed>,
}

/// Lists what matches. Rows that the filters on the index leave out are never kept.
///
/// # Errors
/// When the index has a line that is no row, or the disk fails.
pub fn run(context: &Context<'_>, request: &Request<'_>) -> Result<List, Error> {
    let pki = context.open(request.pki)?;
    let now = context.now();
    let mut found = from_index(&pki, request, now)?;
    let logged = from_log(&pki, &mut found)?;
    if let Some(profile) = &request.profile {
        found.retain(|one| one.profile.as_ref() == Some(profile));
    }
    let shelves = Shelves::of(&pki, found.len());
    from_issued(&pki, &shelves, &logged, &mut found);
    if request.current {
        found.retain(|one| in_issued(&pki, &shelves, one).is_some());
    }
    let pattern = request.pattern.as_deref().map(Pattern::new);
    found.retain_mut(|one| {
        add_names(&pki, &shelves, one);
        pattern.as_ref().is_none_or(|pattern| pattern.is_in(one))
    });
    found.sort_by(|a, b| (a.not_after, &a.serial).cmp(&(b.not_after, &b.serial)));
    Ok(List {
        now,
        certificates: found,
    })
}

fn from_index(pki: &Pki, request: &Request<'_>, now: Timestamp) -> Result<Vec<Listed>, Error> {
    let latest = request
        .expires_within
        .map(|span| now.plus(span).unwrap_or(Timestamp::MAX));
    let mut found = Vec::new();
    let mut rows = pki.rows()?;
    while let Some(line) = rows.read()? {
        let row = match line {
            Entry::Row(record) => &record.row,
            Entry::Odd(odd) if odd.is_harmless() => continue,
            Entry::Odd(odd) => {
                return Err(PkiError::Damaged {
                    path: pki.layout().index(),
                    line: Some(odd.line),
                    why: odd.why.to_string(),
                }
                .into());
            }
        };
        let state = State::of(row, now);
        let due = |latest: Timestamp| state == State::Valid && row.not_after <= latest;
        if (!request.states.is_empty() && !request.states.contains(&state))
            || !latest.is_none_or(due)
        {
            continue;
        }
        found.push(Listed {
            state,
            name: stems::common_name(&row.subject),
            serial: row.serial.clone(),
            subject: row.subject.clone(),
            names: Vec::new(),
            profile: None,
            not_after: row.not_after,
            revocation: row.revocation.clone(),
        });
    }
    Ok(found)
}

/// Name and profile, where privca issued it; the serials that it did issue.
fn from_log(pki: &Pki, found: &mut [Listed]) -> Result<HashSet<Serial>, Error> {
    let mut logged = HashSet::new();
    if found.is_empty() {
        return Ok(logged);
    }
    let mut by_serial: HashMap<Serial, usize> = HashMap::new();
    targets::each_issued(pki, &mut |issued| {
        // a directory of EasyRSA's has no log
        if by_serial.is_empty() {
            let serials = found.iter().map(|one| one.serial.clone());
            by_serial = serials.zip(0..).collect();
        }
        let at = by_serial.get(&issued.serial).copied();
        if let Some(one) = at.and_then(|at| found.get_mut(at)) {
            one.name = Some(issued.name);
            one.profile = issued.profile;
            logged.insert(issued.serial);
        }
    })?;
    Ok(logged)
}

/// The stem of its file, where privca did not issue it and it is not the CN.
fn from_issued(pki: &Pki, shelves: &Shelves, logged: &HashSet<Serial>, found: &mut [Listed]) {
    let foreign = found.iter().filter(|one| {
        one.state != State::Revoked
            && !logged.contains(&one.serial)
            && in_issued(pki, shelves, one).is_none()
    });
    let foreign = foreign.map(|one| one.serial.clone()).collect();
    let mut names = stems::of_serials(pki, &foreign);
    for one in found {
        if let Some(name) = names.remove(&one.serial) {
            one.name = Some(name.to_string());
        }
    }
}

/// The alternative names, from the certificate's file. One that is missing or broken is `check`'s
/// business.
fn add_names(pki: &Pki, shelves: &Shelves, one: &mut Listed) {
    let stored = match shelves.may_hold(&one.serial) {
        true => targets::stored(pki, &one.serial).ok().flatten(),
        false => None,
    };
    let certificate = stored.or_else(|| in_issued(pki, shelves, one));
    if let Some(certificate) = certificate {
        one.names = certificate
            .names()
            .iter()
            .map(ToString::to_string)
            .collect();
    }
}

/// The certificate in `issued/NAME.crt`, if it is this one.
fn in_issued(pki: &Pki, shelves: &Shelves, one: &Listed) -> Option<Certificate> {
    let name: FileName = one.name.as_ref()?.parse().ok()?;
    shelves.may_issue(&name).then_some(())?;
    let issued = targets::issued(pki, &name).ok().flatten()?;
    (*issued.serial() == one.serial).then_some(issued)
}

/// What lies in the folders of certificates, where asking for each file would cost more than
/// reading the folders: rows without files are many in old directories.
struct Shelves {
    by_serial: Shelf,
    revoked: Shelf,
    issued: Shelf,
}

impl Shelves {
    fn of(pki: &Pki, rows: usize) -> Self {
        let layout = pki.layout();
        let shelf = |folder: &Path| Shelf::of(folder, rows);
        Self {
            by_serial: shelf(&layout.by_serial_folder()),
            revoked: shelf(&layout.revoked_certificates_folder()),
            issued: shelf(&layout.issued_folder()),
        }
    }

    fn may_hold(&self, serial: &Serial) -> bool {
        let serial = serial.to_string();
        self.by_serial.may_have(&serial) || self.revoked.may_have(&serial)
    }

    fn may_issue(&self, name: &FileName) -> bool {
        self.issued.may_have(name.as_str())
    }
}

/// The stems of a folder's files; `None` where they were not read.
struct Shelf(Option<HashSet<OsString>>);

impl Shelf {
    /// A folder of a hundred thousand files is not read: most rows have one then.
    const FULL: usize = 100_000;
    /// So few are asked for one by one.
    const FEW: usize = 1000;

    fn of(folder: &Path, rows: usize) -> Self {
        if rows < Self::FEW {
            return Self(None);
        }
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let stem = |file: fs::DirEntry| file.path().file_stem().map(OsStr::to_owned);
        let stems: HashSet<OsString> = files.take(Self::FULL).filter_map(stem).collect();
        Self((stems.len() < Self::FULL).then_some(stems))
    }

    fn may_have(&self, stem: &str) -> bool {
        let has = |stems: &HashSet<OsString>| stems.contains(OsStr::new(stem));
        self.0.as_ref().is_none_or(has)
    }
}

/// Compared without case; a serial without its colons.
struct Pattern {
    text: String,
    serial: String,
    whole: bool,
}

impl Pattern {
    fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        let serial = lower.strip_prefix("0x").unwrap_or(&lower).replace(':', "");
        Self {
            whole: lower.contains(['*', '?']),
            serial,
            text: lower,
        }
    }

    fn is_in(&self, one: &Listed) -> bool {
        self.fits(&self.serial, &one.serial.to_string())
            || self.fits(&self.text, &one.subject)
            || one
                .name
                .as_ref()
                .is_some_and(|name| self.fits(&self.text, name))
            || one.names.iter().any(|name| {
                // `*@example.com` means the value, `email:*` the whole
                let value = name
                    .split_once(':')
                    .map_or(name.as_str(), |(_, value)| value);
                self.fits(&self.text, name) || self.fits(&self.text, value)
            })
    }

    fn fits(&self, pattern: &str, value: &str) -> bool {
        let value = value.to_lowercase();
        if !self.whole {
            return value.contains(pattern);
        }
        let characters = |text: &str| text.chars().collect::<Vec<char>>();
        glob(&characters(pattern), &characters(&value))
    }
}

/// `*` for any text, `?` for one character; no recursion, so that no pattern takes long.
fn glob(pattern: &[char], value: &[char]) -> bool {
    let (mut p, mut v) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while v < value.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, v));
                p += 1;
            }
            Some(c) if *c == '?' || value.get(v) == Some(c) => {
                p += 1;
                v += 1;
            }
            _ => match &mut back {
                Some((star, from)) => {
                    *from += 1;
                    (p, v) = (*star + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_with_wildcards_are_whole() {
        let fits = |pattern: &str, value: &str| {
            let pattern = Pattern::new(pattern);
            pattern.fits(&pattern.text, value)
        };
        for (pattern, value, expected) in [
            ("ali", "Alice", true),
            ("lic", "alice", true),
            ("ali*", "alice", true),
            ("li*", "alice", false),
            ("*@example.com", "a@example.com", true),
            ("*@example.com", "a@example.com.org", false),
            ("a?ice", "alice", true),
            ("a?ice", "aice", false),
            ("*a*b*", "xxaxxbxx", true),
            ("", "anything", true),
            ("longer than it", "short", false),
        ] {
            assert_eq!(fits(pattern, value), expected, "{pattern} {value}");
        }
    }
}
