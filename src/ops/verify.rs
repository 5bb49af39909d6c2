//! `verify`: reads what is to be judged and what is trusted; [`crate::x509::chain`] judges.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::ca::Ca;
use super::{Context, Error, read, targets};
use crate::pki::{FileName, Pki};
use crate::primitives::disk;
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::chain::{self, Fault, Form, Identity, Purpose, Question};
use crate::x509::crl::Crl;

/// What is asked.
#[derive(Debug)]
pub struct Request {
    /// Files, or names in the PKI directory; the first certificate of each is in question.
    pub targets: Vec<PathBuf>,
    /// Files of trusted certificates; none for the PKI directory's own root.
    pub anchors: Vec<PathBuf>,
    /// Files of certificates that may lie between.
    pub intermediates: Vec<PathBuf>,
    /// Where revocation lists come from.
    pub crls: Crls,
    /// The moment asked about; the present without it.
    pub at: Option<Timestamp>,
    /// What the certificates are to be used for.
    pub purpose: Purpose,
    /// Whom they must name.
    pub identity: Identity,
    /// What is asked of their form.
    pub form: Form,
}

/// Where revocation lists come from.
#[derive(Debug)]
pub enum Crls {
    /// From the PKI directory, if its root is what is trusted.
    Own,
    /// From these files.
    Files(Vec<PathBuf>),
    /// Nowhere: revocation is not checked.
    Unchecked,
}

/// The answer for one certificate.
#[derive(Debug)]
pub struct Answer {
    /// As it was given.
    pub target: PathBuf,
    /// From the certificate upwards, as far as issuers were found.
    pub chain: Vec<Certificate>,
    /// Why it is not good; `None` where it is.
    pub fault: Option<Fault>,
}

/// The answers, and what they are about.
#[derive(Debug)]
pub struct Answers {
    /// One for each target.
    pub answers: Vec<Answer>,
    /// The moment.
    pub at: Timestamp,
    /// What for.
    pub purpose: Purpose,
    /// False where no revocation list was looked at.
    pub revocation_checked: bool,
    /// What was asked of their form.
    pub form: Form,
}

/// Judges every target.
///
/// # Errors
/// When a file cannot be read, or holds nothing of what it should.
pub fn run(
    context: &Context<'_>,
    directory: &Path,
    request: &Request,
    stdin: &mut dyn Read,
) -> Result<Answers, Error> {
    // trusted certificates of one's own need no PKI directory
    let pki = match context.open(directory) {
        Ok(pki) => Some(pki),
        Err(_) if !request.anchors.is_empty() => None,
        Err(fault) => return Err(fault),
    };
    let own: Vec<Certificate> = match &pki {
        Some(pki) => Ca::load(pki)?.chain().cloned().collect(),
        None => Vec::new(),
    };
    let anchors = if request.anchors.is_empty() {
        own.iter().filter(|c| c.is_self_issued()).cloned().collect()
    } else {
        all_certificates(&request.anchors)?
    };
    let mut shared = all_certificates(&request.intermediates)?;
    shared.extend(own);
    let crls = lists(request, pki.as_ref())?;
    let at = request.at.unwrap_or_else(|| context.now());

    let mut answers = Vec::new();
    for target in &request.targets {
        let mut certificates = certificates_of(target, pki.as_ref(), stdin)?.into_iter();
        let Some(leaf) = certificates.next() else {
            continue;
        };
        let untrusted: Vec<Certificate> = certificates.chain(shared.iter().cloned()).collect();
        let verdict = chain::verify(&Question {
            leaf: &leaf,
            untrusted: &untrusted,
            anchors: &anchors,
            crls: crls.as_deref(),
            at,
            purpose: request.purpose,
            identity: &request.identity,
            form: request.form,
        });
        answers.push(Answer {
            target: target.clone(),
            chain: verdict.chain.into_iter().cloned().collect(),
            fault: verdict.fault,
        });
    }
    Ok(Answers {
        answers,
        at,
        purpose: request.purpose,
        revocation_checked: crls.is_some(),
        form: request.form,
    })
}

/// A file of that path, else the certificate of that name in the PKI directory.
fn certificates_of(
    target: &Path,
    pki: Option<&Pki>,
    stdin: &mut dyn Read,
) -> Result<Vec<Certificate>, Error> {
    let name = target.to_str().and_then(|t| t.parse::<FileName>().ok());
    if let (false, Some(name), Some(pki)) = (target.is_file(), name, pki) {
        let path = targets::file_of(pki, &name)?;
        if path.is_file() {
            return read::certificates(&read::bytes(&path, stdin)?, &path);
        }
        if !target.exists() && target.as_os_str() != "-" {
            let said = format!(
                "there is no file {}, and no certificate {}",
                target.display(),
                path.display()
            );
            let hint =
                "`privca list` shows what was issued; one that is revoked is named by its file";
            return Err(Error::failed("no-certificate", said, hint));
        }
    }
    read::certificates(&read::bytes(target, stdin)?, target)
}

fn all_certificates(files: &[PathBuf]) -> Result<Vec<Certificate>, Error> {
    let mut all = Vec::new();
    for path in files {
        let file = read::bytes(path, &mut std::io::empty())?;
        all.extend(read::certificates(&file, path)?);
    }
    Ok(all)
}

/// A list of a million entries has some 40 MB, and a third more in PEM. It is in memory twice or three
/// times while it is read.
const MOST: u64 = 256 << 20;

fn lists(request: &Request, pki: Option<&Pki>) -> Result<Option<Vec<Crl>>, Error> {
    let files = match (&request.crls, pki) {
        (Crls::Files(files), _) => files.clone(),
        (Crls::Own, Some(pki)) if request.anchors.is_empty() => own_lists(pki),
        (Crls::Own | Crls::Unchecked, _) => return Ok(None),
    };
    let mut all = Vec::new();
    for path in &files {
        all.extend(lists_in(path)?);
    }
    Ok(Some(all))
}

/// An adopted directory may have no `crl-chain.pem`, and a new one no list at all.
fn own_lists(pki: &Pki) -> Vec<PathBuf> {
    let layout = pki.layout();
    let candidates = [layout.crl_chain(), layout.crl()];
    candidates
        .into_iter()
        .find(|p| p.is_file())
        .into_iter()
        .collect()
}

fn lists_in(path: &Path) -> Result<Vec<Crl>, Error> {
    let file = disk::read_bounded(path, MOST)?;
    read::revocation_lists(&file, &path.display().to_string())
}
