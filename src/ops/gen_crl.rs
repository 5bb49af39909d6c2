//! `gen-crl`: a new revocation list from the index.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::crl::{self, Changes, Made, Terms};
use super::{Context, Error, Passphrases, check_out};
use crate::pki::Overwrite;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// How the list is made.
    pub terms: Terms,
    /// Keep it in DER too.
    pub der: bool,
    /// A file outside the directory that it goes to.
    pub out: Option<PathBuf>,
    /// Whether that file may be replaced.
    pub overwrite: Overwrite,
}

/// The list and where it lies.
pub struct Generated {
    /// The list.
    pub made: Made,
    /// `crl.pem`.
    pub path: PathBuf,
}

/// Makes the list.
///
/// # Errors
/// When the CA's key cannot be opened, the index is damaged, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Generated, Error> {
    let (pki, ca) = context.open_for_crl(request.pki)?;
    ca.authority(&pki)?;
    if let Some(out) = &request.out {
        check_out(request.pki, out, request.overwrite)?;
    }
    let key = ca.open_key(&pki, passphrases)?;
    let mut session = context.lock(&pki)?;
    let drafted = crl::draft(context, &pki, &ca, &request.terms, &Changes::new(), &[])?;
    let mut txn = session.begin(drafted.intent(context, "gen-crl".to_owned()))?;
    let made = crl::place(&mut txn, &pki, &ca, &key, drafted, request.der)?;
    txn.audit(context.record(
        "gen-crl",
        "published",
        json!({
            "crl_number": made.number,
            "entries": made.entries,
            "next_update": made.next_update.to_string(),
        }),
    ));
    txn.commit()?;
    Ok(Generated {
        made,
        path: pki.layout().crl(),
    })
}
