//! `index.txt.attr`, where OpenSSL keeps whether two valid certificates may have one subject.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead, BufReader};
use std::path::Path;

use super::Txn;
use crate::pki::defaults;
use crate::pki::error::PkiError;
use crate::pki::index::{Entry, Rows, Status};
use crate::pki::layout::PUBLIC;
use crate::primitives::disk::{self, Overwrite};

impl Txn<'_> {
    /// Under `unique_subject = yes`, which is OpenSSL's own default, `openssl ca` refuses the whole
    /// index where two valid rows have one subject, as after a renewal. The attribute becomes `no`
    /// then, and only then, with the change that brings the second row.
    pub(super) fn admit_equal_subjects(&mut self) -> Result<(), PkiError> {
        if self.index.is_none() && self.rows.is_empty() {
            return Ok(());
        }
        let attributes = self.layout.index_attributes();
        if !demands_unique(&attributes)? {
            return Ok(());
        }
        let index = match &self.index {
            Some(staged) => self.layout.absolute(&staged.temporary),
            None => self.layout.index(),
        };
        let mut seen = HashSet::new();
        let old = BufReader::new(disk::open_regular(&index)?);
        let new: String = self.rows.iter().map(|row| row.text.as_str()).collect();
        if repeats(Rows::new(&index, old), &mut seen)?
            || repeats(Rows::new(&index, new.as_bytes()), &mut seen)?
        {
            let text = defaults::INDEX_ATTRIBUTES;
            self.place(&attributes, text, PUBLIC, Overwrite::Yes)?;
        }
        Ok(())
    }
}

/// As OpenSSL's `parse_yesno` reads it.
fn demands_unique(attributes: &Path) -> Result<bool, PkiError> {
    if !disk::exists(attributes)? {
        return Ok(false);
    }
    let text = disk::read_bounded(attributes, 1 << 16)?;
    let text = String::from_utf8_lossy(&text);
    let values = text.lines().filter_map(|line| line.split_once('='));
    let mut values = values.filter(|(name, _)| name.trim() == "unique_subject");
    Ok(values.any(|(_, value)| value.trim().starts_with(['y', 'Y', 't', 'T', '1'])))
}

/// Has a valid row a subject that was seen before? By hashes: two subjects of one hash cost no more
/// than the attribute.
fn repeats(mut rows: Rows<impl BufRead>, seen: &mut HashSet<u64>) -> Result<bool, PkiError> {
    while let Some(entry) = rows.read()? {
        let Entry::Row(record) = entry else { continue };
        if record.row.status == Status::Valid {
            let mut hasher = DefaultHasher::new();
            record.row.subject.hash(&mut hasher);
            if !seen.insert(hasher.finish()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
