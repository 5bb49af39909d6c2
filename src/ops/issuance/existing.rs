//! Step 1 of the issuance cycle: what the directory has of a name and of a key.

use std::io::ErrorKind;

use super::Order;
use crate::ops::{Error, read};
use crate::pki::index::Status;
use crate::pki::{FileName, Pki};
use crate::primitives::disk;
use crate::primitives::time::Timestamp;
use crate::profile::{Existing, Profile};

/// Step 1: what the profile's `unique_name` and `unique_key` ask about.
pub(super) fn existing(pki: &Pki, order: &Order<'_>, now: Timestamp) -> Result<Existing, Error> {
    // a renewal takes the place of that one
    let mut existing = match order.renews {
        None => existing_of_name(pki, order.profile, order.name, now)?,
        Some(_) => Existing::default(),
    };
    if order.profile.unique_key() {
        // an adopted directory has no register before its first issuance under the lock
        let owner = match pki.has_key_registry()? {
            true => pki.key_owner(&order.public_key.sha256())?,
            false => None,
        };
        existing.key_certified_for = owner.filter(|owner| *owner != order.name.to_string());
    }
    Ok(existing)
}

/// What `unique_name` alone asks about, for a key that is not made yet.
pub(in crate::ops) fn existing_of_name(
    pki: &Pki,
    profile: &Profile,
    name: &FileName,
    now: Timestamp,
) -> Result<Existing, Error> {
    let mut existing = Existing::default();
    if profile.unique_name() {
        existing.valid_certificate_of_name = valid_certificate(pki, name, now)?;
    }
    Ok(existing)
}

/// The certificate in `issued/NAME.crt`, if it is neither expired nor revoked.
fn valid_certificate(pki: &Pki, name: &FileName, now: Timestamp) -> Result<Option<String>, Error> {
    let path = pki.layout().issued(name);
    let file = match disk::read_bounded(&path, 1 << 20) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    let certificates = read::certificates(&file, &path)?;
    let Some(certificate) = certificates.first().filter(|c| c.not_after() >= now) else {
        return Ok(None);
    };
    let record = pki.find_serial(certificate.serial())?;
    let revoked = record.is_some_and(|record| record.row.status == Status::Revoked);
    let (serial, end) = (certificate.serial(), certificate.not_after());
    Ok((!revoked).then(|| format!("serial {serial}, valid until {}", end.date())))
}
