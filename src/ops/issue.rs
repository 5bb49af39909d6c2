//! `issue`: key, request and certificate in one commit.

use std::path::Path;

use super::ca::Ca;
use super::gen_csr::{signed_request, subject_of};
use super::gen_key::new_key;
use super::issuance::{self, Issued, Order};
use super::sign::Changes;
use super::{Context, Error, Passphrases, check_free, check_out, policies};
use crate::keys::{KeyType, PrivateKey};
use crate::pki::{FileName, Overwrite, Pki, Session};
use crate::profile::{Profile, ProfileName};

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the files.
    pub name: FileName,
    /// The policy's name.
    pub profile: ProfileName,
    /// Algorithm and size of the new key.
    pub key_type: KeyType,
    /// Subject, names and dates.
    pub changes: Changes,
    /// A file outside the directory that the certificate goes to.
    pub out: Option<std::path::PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
}

/// Makes the key, the request and the certificate.
///
/// # Errors
/// When the profile refuses, a file is in the way, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    ca_passphrase: &mut dyn Passphrases,
) -> Result<Issued, Error> {
    let (pki, ca) = context.open_with_ca(request.pki)?;
    let profile = policies::load(Some(&pki), &request.profile)?.profile;
    let layout = pki.layout();
    for path in [layout.key(&request.name), layout.request(&request.name)] {
        check_free(&path, request.overwrite)?;
    }
    if let Some(out) = &request.out {
        check_out(request.pki, out, request.overwrite)?;
    }
    let ca_key = ca.open_key(&pki, ca_passphrase)?;
    let new = new_key(
        context,
        &layout.key(&request.name),
        request.key_type,
        ca_passphrase,
    )?;
    let mut session = context.lock(&pki)?;
    let made = Made {
        profile: &profile,
        key: &new.key,
        key_file: &new.file,
    };
    with_key(
        context,
        &pki,
        &mut session,
        &Signer {
            ca: &ca,
            key: &ca_key,
        },
        request,
        &made,
    )
}

/// Who signs.
pub struct Signer<'a> {
    /// The CA.
    pub ca: &'a Ca,
    /// Its key, opened.
    pub key: &'a PrivateKey,
}

/// What is ready before the cycle begins.
pub struct Made<'a> {
    /// The policy.
    pub profile: &'a Profile,
    /// The new key.
    pub key: &'a PrivateKey,
    /// What its file will hold.
    pub key_file: &'a crate::primitives::secret::Secret,
}

/// The cycle for a key in hand, under a lock in hand.
///
/// # Errors
/// When the profile refuses, a file is in the way, or the disk fails.
pub fn with_key(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    signer: &Signer<'_>,
    request: &Request<'_>,
    made: &Made<'_>,
) -> Result<Issued, Error> {
    let subject = match &request.changes.subject {
        Some(subject) => subject.clone(),
        None => subject_of(&request.name)?,
    };
    let names = request.changes.names.clone();
    let csr = signed_request(&subject, &names, made.key)?;
    let facts = issuance::key_facts(made.key.public());
    let order = Order {
        command: "issue",
        name: &request.name,
        profile: made.profile,
        wish: request.changes.wish(subject, names, Vec::new(), facts),
        public_key: made.key.public(),
        request: Some(&csr),
        key_file: Some(made.key_file),
        overwrite: request.overwrite,
        renews: None,
    };
    issuance::issue(context, pki, session, signer.ca, signer.key, &order)
}
