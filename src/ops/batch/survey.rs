//! What the directory knows of the manifest's names: one pass over the log, one over the index.

use std::collections::{HashMap, HashSet};

use super::super::list::State;
use super::super::stems::common_name;
use super::super::targets;
use super::super::{Context, Error};
use crate::pki::Pki;
use crate::pki::index::Entry;
use crate::primitives::time::Timestamp;
use crate::x509::serial::Serial;

/// A valid certificate of a name.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) serial: Serial,
    /// `None` where another program issued it.
    pub(super) profile: Option<String>,
    /// When it was issued, as the log has it.
    pub(super) at: Option<Timestamp>,
}

/// The names' certificates.
#[derive(Debug, Default)]
pub(super) struct Survey {
    valid: HashMap<String, Vec<Held>>,
    revoked: HashSet<String>,
}

impl Survey {
    pub(super) fn of(
        context: &Context<'_>,
        pki: &Pki,
        names: &HashSet<&str>,
    ) -> Result<Self, Error> {
        let mut logged: HashMap<Serial, Option<(String, Held)>> = HashMap::new();
        targets::each_issued(pki, &mut |issued| {
            let held = names.contains(issued.name.as_str()).then(|| {
                let held = Held {
                    serial: issued.serial.clone(),
                    profile: issued.profile.clone(),
                    at: issued.at(),
                };
                (issued.name.to_owned(), held)
            });
            logged.insert(issued.serial, held);
        })?;
        let now = context.now();
        let mut survey = Self::default();
        for line in pki.rows()? {
            let Entry::Row(record) = line? else { continue };
            let row = record.row;
            let found = match logged.remove(&row.serial) {
                Some(found) => found,
                None => common_name(&row.subject)
                    .filter(|cn| names.contains(cn.as_str()))
                    .map(|cn| (cn, foreign(&row.serial))),
            };
            match (found, State::of(&row, now)) {
                (Some((name, held)), State::Valid) => {
                    survey.valid.entry(name).or_default().push(held);
                }
                (Some((name, _)), State::Revoked) => {
                    survey.revoked.insert(name);
                }
                _ => {}
            }
        }
        Ok(survey)
    }

    /// The valid certificates of a name.
    pub(super) fn valid(&self, name: &str) -> &[Held] {
        self.valid.get(name).map_or(&[], Vec::as_slice)
    }

    /// All that the name has is revoked.
    pub(super) fn is_revoked(&self, name: &str) -> bool {
        self.revoked.contains(name) && !self.valid.contains_key(name)
    }
}

fn foreign(serial: &Serial) -> Held {
    Held {
        serial: serial.clone(),
        profile: None,
        at: None,
    }
}
