//! The passphrases of new keys: from the rows, from the command line, or drawn and listed in a file.
//!
//! A drawn passphrase is on disk before the key that it opens, and a run that goes on takes those
//! that are listed already: no key is ever without its passphrase.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::passphrase_source::Source;
use super::super::{Context, Error, SourcedPassphrases, check_out, export_passphrase, exposure};
use super::manifest::Row;
use crate::pki::{FileName, Overwrite};
use crate::primitives::disk;
use crate::primitives::secret::Secret;

/// The first line of a list.
const HEADER: &str = "name,passphrase\n";
/// The longest list: a manifest's rows.
const MOST: u64 = 64 << 20;

/// A file with a passphrase for each name.
pub(super) struct List {
    path: PathBuf,
    known: HashMap<String, Secret>,
    /// How long the file is without a line that a kill has torn.
    whole: u64,
    exists: bool,
}

impl List {
    /// Reads a list that is there; nothing is written.
    ///
    /// # Errors
    /// When the file is something else, is open to others, or lies in the PKI directory.
    pub(super) fn read(context: &Context<'_>, pki: &Path, path: &Path) -> Result<Self, Error> {
        check_out(pki, path, Overwrite::Yes)?;
        let mut list = Self {
            path: path.to_owned(),
            known: HashMap::new(),
            whole: 0,
            exists: false,
        };
        let file = match disk::read_bounded(path, MOST) {
            Ok(file) => Secret::new(file),
            Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(list),
            Err(fault) => return Err(fault.into()),
        };
        list.exists = true;
        // empty, or a kill has torn the first line
        let begun = HEADER.as_bytes().starts_with(file.expose());
        let text = file.expose_str().filter(|text| text.starts_with(HEADER));
        let lines = match begun {
            true => Some(""),
            false => text.and_then(|text| text.get(..=text.rfind('\n')?)),
        };
        let Some(lines) = lines else {
            let said = format!("{} is no list of passphrases", path.display());
            let hint = "nothing was written; a list begins with the line name,passphrase";
            return Err(Error::failed("no-passphrase-list", said, hint));
        };
        refuse_exposed(context, path)?;
        list.whole = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        for line in lines.lines().skip(1) {
            if let Some((name, passphrase)) = line.rsplit_once(',') {
                let passphrase = Secret::new(passphrase.as_bytes().to_vec());
                list.known.insert(unquoted(name), passphrase);
            }
        }
        Ok(list)
    }

    /// Begins a list that is not there yet, and cuts what a kill has torn.
    fn begin(&mut self, context: &Context<'_>) -> Result<(), Error> {
        if !self.exists {
            context.disk.create_private(&self.path, b"")?;
            context.disk.sync_folder(disk::folder_of(&self.path))?;
            self.exists = true;
        }
        if disk::length(&self.path)? != Some(self.whole) {
            context.disk.truncate(&self.path, self.whole)?;
        }
        if self.whole == 0 {
            context.disk.append(&self.path, HEADER.as_bytes())?;
            self.whole = u64::try_from(HEADER.len()).unwrap_or(0);
        }
        Ok(())
    }

    /// A name's passphrase, drawn where there is none.
    fn of(&self, context: &Context<'_>, name: &FileName) -> Result<Secret, Error> {
        match self.known.get(name.as_str()) {
            Some(known) => Ok(known.clone()),
            None => export_passphrase::draw(context.random),
        }
    }

    /// Makes these durable, before any key is.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn keep<'a>(
        &mut self,
        context: &Context<'_>,
        drawn: impl Iterator<Item = (&'a FileName, &'a Secret)>,
    ) -> Result<(), Error> {
        let new: Vec<_> = drawn
            .filter(|(name, _)| !self.known.contains_key(name.as_str()))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        self.begin(context)?;
        let room = new
            .iter()
            .map(|(name, _)| name.as_str().len() * 2 + 32)
            .sum();
        let mut lines = Vec::with_capacity(room);
        for (name, passphrase) in &new {
            lines.extend_from_slice(quoted(name.as_str()).as_bytes());
            lines.push(b',');
            lines.extend_from_slice(passphrase.expose());
            lines.push(b'\n');
        }
        let lines = Secret::new(lines);
        context.disk.append(&self.path, lines.expose())?;
        self.whole += u64::try_from(lines.expose().len()).unwrap_or(0);
        for (name, passphrase) in new {
            self.known.insert(name.to_string(), passphrase.clone());
        }
        Ok(())
    }
}

/// What others can read is no place for passphrases, and what they can write in would have some of
/// their choice.
fn refuse_exposed(context: &Context<'_>, path: &Path) -> Result<(), Error> {
    let Some(exposure) = exposure::of_passphrases(path, context.operator.user.uid) else {
        return Ok(());
    };
    let said = format!("{} {}", path.display(), exposure.said);
    let hint = match exposure.command() {
        Some(command) => format!("nothing was written; see that it is yours, then {command}"),
        None => "nothing was written; give another path".to_owned(),
    };
    Err(Error::failed("exposed-passphrases", said, hint))
}

/// A field as RFC 4180 writes it.
fn quoted(name: &str) -> String {
    match name.contains([',', '"']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.to_owned(),
    }
}

fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    inner.map_or_else(|| field.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// Answers for every row.
pub(super) struct Answers<'a> {
    pub(super) list: Option<List>,
    pub(super) asked: &'a mut dyn SourcedPassphrases,
    /// What relative `file:` sources are relative to.
    pub(super) folder: &'a Path,
    /// What the keys are called when a person is asked.
    pub(super) label: String,
    /// The one for all rows without their own, once somebody was asked.
    pub(super) common: Option<Option<Secret>>,
}

impl Answers<'_> {
    /// The passphrase of a row's new key; `None` for no encryption.
    ///
    /// # Errors
    /// When there is none to be had.
    pub(super) fn of(&mut self, context: &Context<'_>, row: &Row) -> Result<Option<Secret>, Error> {
        let label = Path::new(&self.label);
        if let Some(source) = &row.passout {
            let source = match source {
                Source::File(path) => Source::File(self.folder.join(path)),
                other => other.clone(),
            };
            let found = self.asked.of_source(&source);
            return found
                .map(Some)
                .map_err(|why| Error::NoPassphrase(label.to_owned(), why));
        }
        if let Some(list) = &self.list {
            return list.of(context, &row.name).map(Some);
        }
        if let Some(common) = &self.common {
            return Ok(common.clone());
        }
        let asked = self.asked.for_new(label);
        let asked = asked.map_err(|why| Error::NoPassphrase(label.to_owned(), why))?;
        self.common = Some(asked.clone());
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_kind_come_back() {
        for name in ["alice", "Doe, Jane", "the \"boss\"", "\"x\"", "büro 3"] {
            assert_eq!(unquoted(&quoted(name)), name);
        }
        assert_eq!(quoted("Doe, Jane"), "\"Doe, Jane\"");
    }
}
