//! The .p12 files of a group: sealed on every core, outside the lock, and placed in one commit.

use std::path::PathBuf;

use serde_json::json;

use super::super::ca::Ca;
use super::super::{Context, Error, parallel};
use crate::keys::PrivateKey;
use crate::keys::pkcs12::{self, Strength};
use crate::pki::{FileName, Overwrite, Pki};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::x509::certificate::Certificate;

/// What goes into one.
pub(super) struct Bundle<'a> {
    pub(super) name: &'a FileName,
    pub(super) key: &'a PrivateKey,
    pub(super) certificate: &'a Certificate,
    pub(super) friendly_name: &'a str,
    pub(super) passphrase: Option<&'a Secret>,
    pub(super) strength: Strength,
}

/// Makes them, and gives for each where it lies, or why it was not made.
///
/// # Errors
/// When the disk fails: then none is there.
pub(super) fn make(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    bundles: Vec<Bundle<'_>>,
) -> Result<Vec<Result<PathBuf, Error>>, Error> {
    if bundles.is_empty() {
        return Ok(Vec::new());
    }
    let random = context.random;
    let chain: Vec<Vec<u8>> = ca.intermediates().map(|c| c.der().to_vec()).collect();
    let sealed = parallel::map(bundles, |bundle| {
        let content = pkcs12::Bundle {
            key: bundle.key,
            certificate: bundle.certificate.der(),
            chain: &chain,
            friendly_name: bundle.friendly_name,
        };
        let none = Secret::new(Vec::new());
        let passphrase = bundle.passphrase.unwrap_or(&none);
        let file = pkcs12::write(&content, passphrase, bundle.strength, random);
        (bundle.name, file)
    });
    let mut session = context.lock(pki)?;
    let mut txn = session.begin(context.intent("batch: .p12 files"))?;
    let mut placed = Vec::new();
    for (name, file) in sealed {
        let path = pki.layout().p12(name);
        let file = match file {
            Ok(file) => file,
            Err(fault) => {
                placed.push(Err(Error::key(&path)(fault)));
                continue;
            }
        };
        txn.place(&path, file.expose(), disk::PRIVATE, Overwrite::No)?;
        let fields = json!({ "name": name.to_string() });
        txn.audit(context.record("batch", "exported", fields));
        placed.push(Ok(path));
    }
    txn.commit()?;
    Ok(placed)
}
