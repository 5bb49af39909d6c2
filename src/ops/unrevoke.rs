//! `unrevoke`: releases a certificate that is on hold, and only such a one: everything else that is
//! revoked stays so (RFC 5280, 5.3.1).

use std::path::{Path, PathBuf};

use serde_json::json;

use super::crl::{self, Changes, Made, Terms};
use super::revoke::rewrite;
use super::targets::{self, Target, Wanted};
use super::{Context, Error, Passphrases};
use crate::pki::index::{Revocation, Row, Status};
use crate::pki::{Pki, Txn};
use crate::primitives::disk;
use crate::x509::certificate::Certificate;
use crate::x509::revocation::Reason;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Which certificates.
    pub wanted: Vec<Wanted>,
    /// How the list is made.
    pub terms: Terms,
}

/// What was done.
pub struct Outcome {
    /// Name and row of each certificate.
    pub certificates: Vec<(Option<String>, Row)>,
    /// The new list.
    pub crl: Made,
    /// `crl.pem`.
    pub path: PathBuf,
}

/// Releases all of them, or none.
///
/// # Errors
/// When one is not on hold, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Outcome, Error> {
    let (pki, ca) = context.open_for_crl(request.pki)?;
    ca.authority(&pki)?;
    held(&targets::resolve(&pki, &ca, &request.wanted)?)?;
    let key = ca.open_key(&pki, passphrases)?;
    let mut session = context.lock(&pki)?;
    let found = targets::resolve(&pki, &ca, &request.wanted)?;
    held(&found)?;
    let changes: Changes = found.iter().map(|t| (t.row.serial.clone(), None)).collect();
    let drafted = crl::draft(context, &pki, &ca, &request.terms, &changes, &[])?;
    let what: String = found.iter().map(|t| format!(" {}", t.row.serial)).collect();
    let mut txn = session.begin(drafted.intent(context, format!("unrevoke{what}")))?;
    rewrite(&mut txn, &changes)?;
    let crl = crl::place(&mut txn, &pki, &ca, &key, drafted, false)?;
    let mut certificates = Vec::new();
    for target in found {
        move_back(context, &pki, &mut txn, &target)?;
        txn.audit(context.record(
            "unrevoke",
            "released",
            json!({
                "name": target.name.as_ref().map(ToString::to_string),
                "serial": target.row.serial.to_string(),
                "sha256": target.certificate.as_ref().map(Certificate::sha256),
                "crl_number": crl.number,
            }),
        ));
        let row = Row {
            status: Status::Valid,
            revocation: None,
            ..target.row
        };
        certificates.push((target.name.map(|name| name.to_string()), row));
    }
    txn.commit()?;
    Ok(Outcome {
        certificates,
        crl,
        path: pki.layout().crl(),
    })
}

fn held(found: &[Target]) -> Result<(), Error> {
    for target in found {
        let reason = target.row.revocation.as_ref().and_then(Revocation::reason);
        if target.row.status == Status::Revoked && reason == Some(Reason::CertificateHold) {
            continue;
        }
        let serial = &target.row.serial;
        let said = match target.row.status {
            Status::Revoked => format!(
                "the certificate {serial} is revoked for good ({}), not on hold",
                reason.unwrap_or(Reason::Unspecified)
            ),
            _ => format!("the certificate {serial} is not revoked"),
        };
        return Err(Error::failed(
            "not-on-hold",
            said,
            "only a certificate revoked with --reason certificateHold can be released; issue a new one",
        ));
    }
    Ok(())
}

/// Lays the files back under the name, where nothing newer lies.
fn move_back(
    context: &Context<'_>,
    pki: &Pki,
    txn: &mut Txn<'_>,
    target: &Target,
) -> Result<(), Error> {
    let Some(name) = &target.name else {
        return Ok(());
    };
    let (layout, serial) = (pki.layout(), &target.row.serial);
    let mut pairs = vec![
        (layout.revoked_certificate(serial), layout.issued(name)),
        (layout.revoked_key(serial), layout.key(name)),
        (layout.revoked_request(serial), layout.request(name)),
    ];
    pairs.extend(
        layout
            .exports(name, serial)
            .map(|(here, there)| (there, here)),
    );
    for (from, to) in pairs {
        if !disk::exists(&from)? {
            continue;
        }
        if disk::exists(&to)? {
            let said = format!("{} stays: {} is there", from.display(), to.display());
            context.notices.warn(&said);
            continue;
        }
        txn.move_file(&from, &to)?;
    }
    Ok(())
}
