//! `lint`: the rules that privca's own structures pass before they are signed, over anybody's.

use std::io::{self, Read};
use std::path::PathBuf;

use super::inspect::{self, Content, Ended, Fault, Object, Place, Viewer, title};
use super::{Notices, Passphrases};
use crate::x509::draft::kind;
use crate::x509::lint::{self, About, Finding};

/// What to lint.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, names in the PKI directory, or `-`.
    pub inputs: Vec<PathBuf>,
    /// The PKI directory for the names.
    pub pki: PathBuf,
    /// True if a passphrase must be had for what is encrypted; else that is passed over.
    pub must_open: bool,
    /// Names of rules that are not applied.
    pub except: Vec<String>,
}

/// A certificate, request or list with all that was found.
#[derive(Debug)]
pub struct Looked {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub about: About,
    /// What to call it: strangers' text, to be escaped.
    pub title: String,
    /// The gravest first.
    pub findings: Vec<Finding>,
}

/// What was looked at, and what could not be.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In the order of the files.
    pub objects: Vec<Looked>,
    /// Files and objects that could not be read.
    pub faults: Vec<Fault>,
}

/// Lints every certificate, request and list of every input, those in bundles too.
///
/// # Errors
/// When a passphrase is missing or wrong.
pub fn run<'s>(
    request: &Request,
    stdin: &dyn Fn() -> Box<dyn Read + 's>,
    passphrases: &mut dyn Passphrases,
    notices: &dyn Notices,
) -> Result<Outcome, Ended> {
    let walk = inspect::Request {
        inputs: request.inputs.clone(),
        pki: request.pki.clone(),
        must_open: request.must_open,
    };
    let mut looking = Looking {
        request,
        notices,
        outcome: Outcome::default(),
    };
    inspect::run(&walk, stdin, passphrases, &mut looking)?;
    Ok(looking.outcome)
}

struct Looking<'a> {
    request: &'a Request,
    notices: &'a dyn Notices,
    outcome: Outcome,
}

impl Viewer for Looking<'_> {
    fn object(&mut self, object: &Object) -> io::Result<Result<(), Fault>> {
        let before = self.outcome.objects.len();
        object.content.each(&mut |content| {
            let Some((about, mut findings)) = look_at(object, content) else {
                return;
            };
            findings.retain(|f| !self.request.except.iter().any(|name| name == f.rule.name));
            self.outcome.objects.push(Looked {
                place: object.place.clone(),
                about,
                title: title(content),
                findings,
            });
        });
        if self.outcome.objects.len() == before {
            let Place { file, number, .. } = &object.place;
            let note = format!(
                "{file}, object {number}: neither certificate, request nor CRL, so there are no rules for it"
            );
            self.notices.warn(&note);
        }
        Ok(Ok(()))
    }

    fn fault(&mut self, fault: &Fault) {
        self.outcome.faults.push(fault.clone());
    }

    fn note(&mut self, text: &str) {
        self.notices.warn(text);
    }
}

fn look_at(object: &Object, content: &Content) -> Option<(About, Vec<Finding>)> {
    match content {
        Content::Certificate(der) => {
            // OpenSSL keeps trust settings behind such a certificate
            let trusted = object.label == "TRUSTED CERTIFICATE";
            let der = if trusted { first_element(der) } else { der };
            let findings = lint::check::<kind::Certificate>(der);
            Some((About::Certificates, findings))
        }
        Content::Request(der) => Some((About::Requests, lint::check::<kind::Request>(der))),
        Content::Crl(der) => Some((About::Crls, lint::check::<kind::RevocationList>(der))),
        _ => None,
    }
}

fn first_element(der: &[u8]) -> &[u8] {
    let element = crate::primitives::der::Reader::new(der).any();
    element.map_or(der, |element| element.raw)
}
