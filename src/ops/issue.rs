//! `issue`: key, request and certificate in one commit.

use std::path::Path;

use super::blocked_keys::BlockedKeys;
use super::ca::Ca;
use super::gen_csr::{signed_request, subject_of};
use super::issuance::{self, Issued, Order};
use super::sign::Changes;
use super::{Context, Error, Passphrases, check_free, check_out, gen_key, policies};
use crate::keys::{self, KeyType, PrivateKey};
use crate::pki::{FileName, Overwrite, Pki, Session};
use crate::primitives::secret::Secret;
use crate::profile::{Profile, ProfileName, Wish};

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

/// Makes the key, the request and the certificate. The profile decides before a passphrase is asked
/// for, as with `sign`.
///
/// # Errors
/// When the profile refuses, a file is in the way, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Issued, Error> {
    let (pki, ca) = context.open_with_ca(request.pki)?;
    let profile = policies::load(Some(&pki), &request.profile)?.profile;
    let layout = pki.layout();
    let key_path = layout.key(&request.name);
    let key = keys::generate::generate(request.key_type).map_err(Error::key(&key_path))?;
    let wanted = Wanted::of(&pki, request, &profile, &key)?;
    issuance::decide(context, &pki, &ca, &wanted.order(None))?;
    for path in [&key_path, &layout.request(&request.name)] {
        check_free(path, request.overwrite)?;
    }
    if let Some(out) = &request.out {
        check_out(request.pki, out, request.overwrite)?;
    }
    let ca_key = ca.open_key(&pki, passphrases)?;
    let key_file = gen_key::file_of(context, &key_path, &key, passphrases)?;
    let mut session = context.lock(&pki)?;
    let order = wanted.order(Some(&key_file));
    issuance::issue(context, &pki, &mut session, &ca, &ca_key, &order)
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
    pub key_file: &'a Secret,
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
    let wanted = Wanted::of(pki, request, made.profile, made.key)?;
    let order = wanted.order(Some(made.key_file));
    issuance::issue(context, pki, session, signer.ca, signer.key, &order)
}

/// What the profile decides on, and the request that is kept of it.
struct Wanted<'a> {
    request: &'a Request<'a>,
    profile: &'a Profile,
    blocked: BlockedKeys,
    key: &'a PrivateKey,
    wish: Wish,
    csr: Vec<u8>,
}

impl<'a> Wanted<'a> {
    fn of(
        pki: &Pki,
        request: &'a Request<'a>,
        profile: &'a Profile,
        key: &'a PrivateKey,
    ) -> Result<Self, Error> {
        let subject = match &request.changes.subject {
            Some(subject) => subject.clone(),
            None => subject_of(&request.name)?,
        };
        let names = request.changes.names.clone();
        let csr = signed_request(&subject, &names, key)?;
        let facts = issuance::key_facts(key.public());
        Ok(Self {
            wish: request.changes.wish(subject, names, Vec::new(), facts),
            blocked: BlockedKeys::read(pki)?,
            request,
            profile,
            key,
            csr,
        })
    }

    fn order(&'a self, key_file: Option<&'a Secret>) -> Order<'a> {
        Order {
            command: "issue",
            name: &self.request.name,
            profile: self.profile,
            blocked: &self.blocked,
            wish: self.wish.clone(),
            public_key: self.key.public(),
            request: Some(&self.csr),
            key_file,
            overwrite: self.request.overwrite,
            renews: None,
        }
    }
}
