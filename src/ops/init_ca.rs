//! `init-ca`: a PKI directory with its CA: a root, an intermediate below another directory's CA, or
//! one whose certificate comes from elsewhere.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::blocked_keys::BlockedKeys;
use super::ca::{self, Ca};
use super::foundation::{self, end};
use super::gen_key::{NewKey, new_key};
use super::issuance::{self, Order};
use super::sign::Changes;
use super::{Context, Error, Passphrases, policies, read};
use crate::keys::{KeyType, PrivateKey};
use crate::pki::{FileName, Holder, Intent, Layout, Overwrite, Pki, Session, ToSign};
use crate::primitives::oid::known;
use crate::primitives::time::{Span, Timestamp};
use crate::primitives::{disk, pem};
use crate::profile::ProfileName;
use crate::x509::certificate::Certificate;
use crate::x509::draft::{self, Authority, CertificateContent};
use crate::x509::extension::Extension;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name::Name;
use crate::x509::name_constraints::NameConstraints;
use crate::x509::serial::Serial;
use crate::x509::{lint, sign};

/// What is asked for.
pub struct Request<'a> {
    /// The directory to make.
    pub pki: &'a Path,
    /// The CA's subject.
    pub subject: Name,
    /// Algorithm and size of its key.
    pub key_type: KeyType,
    /// How long it lives; a root 10 years, an intermediate as its profile says.
    pub validity: Option<Span>,
    /// How many CAs may stand below it.
    pub path_len: Option<u32>,
    /// Which names it may certify.
    pub constraints: NameConstraints,
}

/// What was made.
pub struct Founded {
    /// The directory.
    pub pki: PathBuf,
    /// The CA's certificate; `None` while it is awaited from elsewhere.
    pub certificate: Option<Certificate>,
    /// The request to hand to whoever signs it.
    pub request: Option<PathBuf>,
    /// The subject.
    pub subject: Name,
    /// Whether a passphrase protects the CA's key.
    pub encrypted: bool,
    /// The end of the first CRL.
    pub next_update: Option<Timestamp>,
}

/// A root's life without `--validity`.
const ROOT_VALIDITY: Span = Span::years(10);
/// Clocks differ: a certificate is valid a minute before it is made.
const BACKDATE: Span = Span::seconds(60);

/// Makes a root CA.
///
/// # Errors
/// When the directory is in use, there is no passphrase, or the disk fails.
pub fn root(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Founded, Error> {
    let new = new_ca_key(context, request, passphrases)?;
    let layout = Layout::new(request.pki);
    let mut session = create(context, request.pki)?;

    let now = context.now();
    let serial = Serial::draw(context.random)?;
    let usage = KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN);
    let mut extensions = vec![
        Extension::basic_constraints(true, request.path_len),
        Extension::key_usage(usage),
    ];
    if !request.constraints.is_empty() {
        extensions.push(request.constraints.extension());
    }
    let content = CertificateContent {
        serial: &serial,
        subject: &request.subject,
        not_before: now.minus(BACKDATE).unwrap_or(now),
        not_after: end(now, request.validity.unwrap_or(ROOT_VALIDITY))?,
        public_key: new.key.public(),
        extensions,
    };
    let authority = authority_of_root(request, &new.key, &layout)?;
    let linted = lint::lint(draft::certificate(content, &authority)?)?;
    let mut txn = session.begin(Intent {
        to_sign: vec![ToSign {
            serial: Some(serial.clone()),
            sha256: issuance::sha256(linted.der()),
        }],
        ..context.intent("init-ca")
    })?;
    let certificate = sign::certificate(linted, &new.key)?;
    foundation::place(&mut txn, &layout, &new)?;
    let next_update = foundation::place_ca(
        context,
        &mut txn,
        &layout,
        &Ca::new(certificate.clone(), Vec::new()),
        &new.key,
        "",
    )?;
    txn.audit(context.record(
        "init-ca",
        "issued",
        json!({
            "subject": request.subject.rfc4514(),
            "serial": serial.to_string(),
            "not_after": certificate.not_after().to_string(),
            "sha256": certificate.sha256(),
        }),
    ));
    txn.commit()?;
    Ok(Founded {
        pki: request.pki.to_owned(),
        subject: request.subject.clone(),
        certificate: Some(certificate),
        request: None,
        encrypted: new.encrypted,
        next_update: Some(next_update),
    })
}

/// Makes the directory, the key and `reqs/ca.req`, for a CA elsewhere to sign.
///
/// # Errors
/// As [`root`].
pub fn request(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Founded, Error> {
    let new = new_ca_key(context, request, passphrases)?;
    pending(context, request, &new)
}

/// The CA's key, in no file yet, for a directory that may be made.
fn new_ca_key(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<NewKey, Error> {
    context.settle(request.pki)?;
    Session::check_new(request.pki)?;
    let path = Layout::new(request.pki).ca_key();
    new_key(context, &path, request.key_type, passphrases)
}

/// The state in which a CA waits for its certificate.
fn pending(context: &Context<'_>, request: &Request<'_>, new: &NewKey) -> Result<Founded, Error> {
    let mut session = create(context, request.pki)?;
    let layout = session.layout().clone();
    let csr = ca_request(request, &new.key)?;
    let mut txn = session.begin(context.intent("init-ca --request".to_owned()))?;
    foundation::place(&mut txn, &layout, new)?;
    let path = layout.ca_request();
    txn.place(
        &path,
        pem::encode("CERTIFICATE REQUEST", &csr).as_bytes(),
        disk::PUBLIC,
        Overwrite::No,
    )?;
    txn.audit(context.record(
        "init-ca",
        "requested",
        json!({
            "subject": request.subject.rfc4514(),
        }),
    ));
    txn.commit()?;
    Ok(Founded {
        pki: request.pki.to_owned(),
        subject: request.subject.clone(),
        certificate: None,
        request: Some(path),
        encrypted: new.encrypted,
        next_update: None,
    })
}

/// Makes an intermediate below the CA of another directory, in one go: the request, the parent's
/// signature, the completion. What a stop leaves is completed by `--certificate`.
///
/// # Errors
/// When the parent's profile refuses, or as [`root`].
pub fn below(
    context: &Context<'_>,
    request: &Request<'_>,
    parent: &Path,
    passphrases: &mut dyn Passphrases,
) -> Result<Founded, Error> {
    context.settle(request.pki)?;
    Session::check_new(request.pki)?;
    let (above, parent_ca) = context.open_with_ca(parent)?;
    let name = name_in_parent(&request.subject)?;
    let profile_name: ProfileName = "subca"
        .parse()
        .map_err(|_| Error::Bug("subca".to_owned()))?;
    let profile = policies::load(Some(&above), &profile_name)?.profile;
    let profile = profile.for_ca(request.path_len, &request.constraints);

    let parent_key = parent_ca.open_key(&above, passphrases)?;
    let new = new_ca_key(context, request, passphrases)?;
    let csr = ca_request(request, &new.key)?;
    let changes = Changes {
        validity: request.validity,
        ..Changes::default()
    };
    let facts = issuance::key_facts(new.key.public());
    let blocked = BlockedKeys::read(&above)?;
    let order = Order {
        command: "init-ca",
        name: &name,
        profile: &profile,
        blocked: &blocked,
        wish: changes.wish(request.subject.clone(), Vec::new(), Vec::new(), facts),
        public_key: new.key.public(),
        request: Some(&csr),
        key_file: None,
        overwrite: Overwrite::No,
        renews: None,
    };
    issuance::decide(context, &above, &parent_ca, &order)?;

    let mut founded = pending(context, request, &new)?;
    let mut session = context.lock(&above)?;
    let issued = issuance::issue(
        context,
        &above,
        &mut session,
        &parent_ca,
        &parent_key,
        &order,
    )?;
    drop(session);

    let chain: Vec<Certificate> = parent_ca.chain().cloned().collect();
    let crls = disk::read_bounded(&above.layout().crl_chain(), MOST)
        .or_else(|_| disk::read_bounded(&above.layout().crl(), MOST))
        .unwrap_or_default();
    let ca = Ca::new(issued.certificate.clone(), chain);
    let crls = String::from_utf8_lossy(&crls);
    founded.next_update = Some(finish(context, request.pki, &ca, &new.key, &crls)?);
    founded.certificate = Some(issued.certificate);
    founded.request = None;
    Ok(founded)
}

/// Completes a directory that waits for its CA certificate.
///
/// # Errors
/// When the certificate does not fit the key, is no CA's, or its chain does not reach a root.
pub fn complete(
    context: &Context<'_>,
    directory: &Path,
    certificate: &Path,
    chain: Option<&Path>,
    passphrases: &mut dyn Passphrases,
) -> Result<Founded, Error> {
    let layout = Layout::new(directory);
    context.settle(directory)?;
    context.caution(&Pki::open_awaiting(directory, context.disk.clone())?);
    let mut candidates = read::certificates(&disk::read_bounded(certificate, MOST)?, certificate)?;
    if let Some(chain) = chain {
        candidates.extend(read::certificates(
            &disk::read_bounded(chain, MOST)?,
            chain,
        )?);
    }
    let asked = layout.ca_request();
    let csr = read::request(
        &disk::read_bounded(&asked, MOST)?,
        &asked.display().to_string(),
    )?;
    let fits = |c: &&Certificate| c.public_key().bits() == csr.public_key().bits();
    let own = candidates.iter().find(fits).cloned().ok_or_else(|| {
        let said = format!(
            "no certificate in {} belongs to {}",
            certificate.display(),
            layout.ca_key().display()
        );
        Error::failed(
            "key-mismatch",
            said,
            format!("have {} signed, and give what comes back", asked.display()),
        )
    })?;
    let ca = Ca::new(own.clone(), ca::chain_above(&own, &candidates));
    check_ca(&ca, certificate, context.now())?;
    let key = read::private_key(&layout.ca_key(), passphrases)?;
    let next_update = finish(context, directory, &ca, &key, "")?;
    Ok(Founded {
        pki: directory.to_owned(),
        subject: own.subject().clone(),
        certificate: Some(own),
        request: None,
        encrypted: false,
        next_update: Some(next_update),
    })
}

/// Refuses a certificate that cannot be this directory's CA.
fn check_ca(ca: &Ca, file: &Path, now: Timestamp) -> Result<(), Error> {
    let refuse = |said: String, hint: &str| {
        Err(Error::failed(
            "bad-ca-certificate",
            format!("{}: {said}", file.display()),
            hint,
        ))
    };
    let facts = ca.facts()?;
    if !facts.is_ca || !facts.may_sign_certificates {
        return refuse(
            "this is no CA certificate (basicConstraints CA:TRUE and keyCertSign)".to_owned(),
            "have the request signed as a CA: `privca sign --profile subca`, `easyrsa sign-req ca`",
        );
    }
    if facts.not_after < now {
        return refuse(
            format!("it ended on {}", facts.not_after.date()),
            "have it signed again",
        );
    }
    if !ca.chain().last().is_some_and(Certificate::is_self_issued) {
        return refuse(
            format!(
                "the chain does not reach a root: nothing here is '{}'",
                ca.chain()
                    .last()
                    .map(|c| c.issuer().to_string())
                    .unwrap_or_default()
            ),
            "give the CA certificates above it with --chain FILE",
        );
    }
    Ok(())
}

/// The last step of every intermediate: its certificate, chain and first CRL.
fn finish(
    context: &Context<'_>,
    directory: &Path,
    ca: &Ca,
    key: &PrivateKey,
    crls_above: &str,
) -> Result<Timestamp, Error> {
    let pki = Pki::open_awaiting(directory, context.disk.clone())?;
    let mut session = context.lock(&pki)?;
    let mut txn = session.begin(context.intent("init-ca --certificate".to_owned()))?;
    let next_update = foundation::place_ca(context, &mut txn, pki.layout(), ca, key, crls_above)?;
    txn.audit(context.record(
        "init-ca",
        "completed",
        json!({
            "subject": ca.certificate().subject().rfc4514(),
            "serial": ca.certificate().serial().to_string(),
            "not_after": ca.certificate().not_after().to_string(),
            "sha256": ca.certificate().sha256(),
        }),
    ));
    txn.commit()?;
    Ok(next_update)
}

fn create(context: &Context<'_>, directory: &Path) -> Result<Session, Error> {
    let on_wait = &mut |holder: &Holder| context.say_waiting(holder);
    let session = Session::create(directory, context.disk.clone(), context.wait, on_wait)?;
    context.tell(session.recovered());
    Ok(session)
}

/// What an intermediate asks for: to be a CA, as every signer wants to see it said.
fn ca_request(request: &Request<'_>, key: &PrivateKey) -> Result<Vec<u8>, Error> {
    let usage = KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN);
    let mut extensions = vec![
        Extension::basic_constraints(true, request.path_len),
        Extension::key_usage(usage),
    ];
    if !request.constraints.is_empty() {
        extensions.push(request.constraints.extension());
    }
    let linted = lint::lint(draft::request(&request.subject, &extensions, key)?)?;
    Ok(sign::request(linted, key)?)
}

fn authority_of_root(
    request: &Request<'_>,
    key: &PrivateKey,
    layout: &Layout,
) -> Result<Authority, Error> {
    Authority::root(&request.subject, key.public()).map_err(Error::key(&layout.ca_key()))
}

/// The stem under which a parent keeps an intermediate: its CN.
fn name_in_parent(subject: &Name) -> Result<FileName, Error> {
    let cn = subject
        .values(&known::COMMON_NAME)
        .pop()
        .unwrap_or_default();
    cn.parse().map_err(|fault| {
        Error::Usage(format!(
            "the CN names the files in the parent's directory, and {fault}"
        ))
    })
}

/// Certificates and CRLs of a chain.
const MOST: u64 = 256 << 20;

/// A subject with a CN alone.
///
/// # Errors
/// When it cannot be a CN.
pub fn subject_of_cn(cn: &str) -> Result<Name, Error> {
    let attribute = crate::x509::name::Attribute::new(known::COMMON_NAME, cn);
    let attribute = attribute.map_err(|fault| Error::Usage(fault.to_string()))?;
    Ok(Name::from_rdns(&[vec![attribute]]))
}
