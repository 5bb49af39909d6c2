//! `import-crl`: the list of a CA above, taken into `crl-chain.pem`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ca::Ca;
use super::{Context, Error, crl_file, read};
use crate::pki::{Overwrite, Pki};
use crate::primitives::time::Timestamp;
use crate::primitives::{disk, pem};
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The lists' bytes, PEM or DER.
    pub file: &'a [u8],
    /// Where they came from.
    pub what: &'a str,
}

/// What the chain file holds now.
pub struct Imported {
    /// `crl-chain.pem`.
    pub path: PathBuf,
    /// The lists that were taken in.
    pub lists: Vec<Crl>,
}

/// Checks the lists and puts each in the place of its issuer's last one. No key is needed.
///
/// # Errors
/// When a list is of no CA above this one, has ended or not begun, is older than the one that is
/// there, or says nothing of some certificates.
pub fn run(context: &Context<'_>, request: &Request<'_>) -> Result<Imported, Error> {
    let (pki, ca) = context.open_for_crl(request.pki)?;
    let lists = read::revocation_lists(request.file, request.what)?;
    for list in &lists {
        judge(list, &ca, context.now(), request.what)?;
    }
    let lists = newest(lists);
    let path = pki.layout().crl_chain();
    let mut session = context.lock(&pki)?;
    let held = held(&pki)?;
    let own = crl_file::current(&pki)?.and_then(|der| Crl::from_der(der).ok());
    let mut chain: Vec<&Crl> = own.iter().collect();
    for list in &lists {
        let older = |old: &&Crl| same_issuer(old, list) && old.this_update() > list.this_update();
        if let Some(newer) = held.iter().find(older) {
            let said = format!(
                "{} is of {}, and {} has one of {} already",
                request.what,
                list.this_update(),
                path.display(),
                newer.this_update()
            );
            return Err(Error::failed("older-crl", said, "nothing was changed"));
        }
        chain.push(list);
    }
    let replaced = |old: &Crl| chain.iter().any(|new| same_issuer(old, new));
    let kept: Vec<&Crl> = held.iter().filter(|old| !replaced(old)).collect();
    chain.extend(kept);
    let text: String = chain
        .iter()
        .map(|l| pem::encode("X509 CRL", l.der()))
        .collect();

    let issuers: Vec<String> = lists.iter().map(|l| l.issuer().rfc4514()).collect();
    let mut txn = session.begin(context.intent(format!("import-crl {}", issuers.join("; "))))?;
    txn.place(&path, text.as_bytes(), disk::PUBLIC, Overwrite::Yes)?;
    for list in &lists {
        txn.audit(context.record(
            "import-crl",
            "imported",
            json!({
                "subject": list.issuer().rfc4514(),
                "this_update": list.this_update().to_string(),
                "next_update": list.next_update().map(|end| end.to_string()),
            }),
        ));
    }
    txn.commit()?;
    Ok(Imported { path, lists })
}

fn judge(list: &Crl, ca: &Ca, now: Timestamp, what: &str) -> Result<(), Error> {
    let issuer = list.issuer();
    let is = |c: &&Certificate| c.subject().canonical() == issuer.canonical();
    if is(&ca.certificate()) {
        let said = format!("{what} is a list of this CA itself, '{issuer}'");
        let hint = "`privca gen-crl` makes and publishes those; this is for the CAs above";
        return Err(Error::failed("own-crl", said, hint));
    }
    let made = |c: &Certificate| {
        let key = c.public_key();
        key.verify(
            list.signature_algorithm(),
            list.to_be_signed(),
            list.signature(),
        )
        .is_ok()
    };
    if !ca.chain().filter(is).any(made) {
        let said =
            format!("{what} was not signed by a CA above this one: its issuer is '{issuer}'");
        let hint = "the CAs above are those in ca-chain.crt";
        return Err(Error::failed("foreign-crl", said, hint));
    }
    if !list.is_whole() {
        let said =
            format!("{what} is about some certificates of '{issuer}' alone, or a delta list");
        let hint = "OpenSSL and nginx refuse such a list; ask its CA for the whole one";
        return Err(Error::failed("partial-crl", said, hint));
    }
    let begin = list.this_update();
    if begin > now {
        let said = format!("{what} is of {begin}, which is yet to come");
        let hint = "servers would refuse every client until then; is a clock wrong?";
        return Err(Error::failed("future-crl", said, hint));
    }
    if let Some(end) = list.next_update().filter(|end| *end < now) {
        let said = format!("{what} ended on {}", end.date());
        let hint = "servers would refuse every client; ask its CA for a new one";
        return Err(Error::failed("ended-crl", said, hint));
    }
    Ok(())
}

/// The newest of each issuer, in the file's order.
fn newest(lists: Vec<Crl>) -> Vec<Crl> {
    let mut newest: Vec<Crl> = Vec::new();
    for list in lists {
        match newest.iter_mut().find(|other| same_issuer(other, &list)) {
            Some(other) if other.this_update() > list.this_update() => {}
            Some(other) => *other = list,
            None => newest.push(list),
        }
    }
    newest
}

fn same_issuer(one: &Crl, other: &Crl) -> bool {
    one.issuer().canonical() == other.issuer().canonical()
}

/// Lists with millions of entries in PEM.
const MOST: u64 = 512 << 20;

/// What the chain file holds; nothing where there is none yet.
fn held(pki: &Pki) -> Result<Vec<Crl>, Error> {
    let path = pki.layout().crl_chain();
    let file = match disk::read_bounded(&path, MOST) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(fault.into()),
    };
    read::revocation_lists(&file, &path.display().to_string())
}
