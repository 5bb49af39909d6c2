//! One case: a chain, its revocation lists, what is asked, and the answer that is expected.

use std::net::IpAddr;
use std::rc::Rc;

use privca::primitives::time::Timestamp;
use privca::x509::certificate::Certificate;
use privca::x509::chain::{self, Form, Identity, Purpose, Question};
use privca::x509::crl::Crl;

use crate::forge::{CrlDraft, Draft, Key, NOW};

/// What a case expects of privca.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    Good,
    No(&'static str),
    /// Whatever it says must not be weaker than what OpenSSL says.
    NotWeaker,
}

pub struct Case {
    pub name: String,
    pub leaf: Certificate,
    pub untrusted: Vec<Certificate>,
    pub anchors: Vec<Certificate>,
    pub crls: Vec<Crl>,
    pub purpose: Purpose,
    pub identity: Identity,
    pub at: i64,
    pub expect: Expect,
}

impl Case {
    /// privca's answer: nothing, or code and words.
    pub fn privca(&self) -> Result<(), (&'static str, String)> {
        self.privca_asking(Form::Rfc5280)
    }

    pub fn privca_asking(&self, form: Form) -> Result<(), (&'static str, String)> {
        let verdict = chain::verify(&Question {
            leaf: &self.leaf,
            untrusted: &self.untrusted,
            anchors: &self.anchors,
            crls: Some(&self.crls),
            at: Timestamp::from_unix(self.at).unwrap(),
            purpose: self.purpose,
            identity: &self.identity,
            form,
        });
        match verdict.fault {
            None => Ok(()),
            Some(fault) => Err((fault.code.as_str(), fault.message)),
        }
    }

    /// The same question about another certificate.
    pub fn with_leaf(&self, leaf: Certificate) -> Self {
        Self {
            name: self.name.clone(),
            leaf,
            untrusted: self.untrusted.clone(),
            anchors: self.anchors.clone(),
            crls: self.crls.clone(),
            purpose: self.purpose,
            identity: self.identity.clone(),
            at: self.at,
            expect: self.expect,
        }
    }

    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    pub fn at(mut self, at: i64) -> Self {
        self.at = at;
        self
    }

    pub fn host(mut self, host: &str) -> Self {
        self.identity.host = Some(host.to_owned());
        self
    }

    pub fn email(mut self, email: &str) -> Self {
        self.identity.email = Some(email.to_owned());
        self
    }

    pub fn ip(mut self, ip: &str) -> Self {
        self.identity.ip = Some(ip.parse::<IpAddr>().unwrap());
        self
    }

    pub fn good(mut self) -> Self {
        self.expect = Expect::Good;
        self
    }

    pub fn no(mut self, code: &'static str) -> Self {
        self.expect = Expect::No(code);
        self
    }
}

/// Keys for every level, made once.
pub struct Keys {
    pub levels: Vec<Rc<Key>>,
    pub other: Rc<Key>,
    pub rsa: Rc<Key>,
    pub rsa_sha1: Rc<Key>,
    pub rsa_1024: Rc<Key>,
}

impl Keys {
    pub fn new() -> Self {
        let rsa = Key::rsa(2048, false);
        let rsa_sha1 = match &*rsa {
            Key::Rsa(key, _) => Rc::new(Key::Rsa(key.clone(), true)),
            Key::Ring(_) => unreachable!("an RSA key was asked for"),
        };
        Self {
            levels: (0..6).map(|_| Key::ec()).collect(),
            other: Key::ec(),
            rsa,
            rsa_sha1,
            rsa_1024: Key::rsa(1024, false),
        }
    }
}

/// A chain of drafts, the leaf first, with a list of every CA.
pub struct World {
    pub drafts: Vec<Draft>,
    /// By issuer: that of level 1 is the first.
    pub crls: Vec<CrlDraft>,
}

impl World {
    /// A leaf below `cas` CAs, the last of them the root; all of it good.
    pub fn new(keys: &Keys, cas: usize) -> Self {
        let mut drafts = vec![Draft::leaf(
            "/O=Example/CN=leaf",
            10,
            keys.levels[0].clone(),
        )];
        for level in 1..=cas {
            let subject = format!("/O=Example/CN=CA {level}");
            let serial = 10 + u8::try_from(level).unwrap();
            drafts.push(Draft::ca(&subject, serial, keys.levels[level].clone()));
        }
        let crls = (1..=cas).map(|l| CrlDraft::of(&keys.levels[l])).collect();
        Self { drafts, crls }
    }

    pub fn root(&self) -> usize {
        self.drafts.len() - 1
    }

    pub fn with(mut self, level: usize, change: impl FnOnce(&mut Draft)) -> Self {
        change(&mut self.drafts[level]);
        self
    }

    /// Changes the list of the CA at this level.
    pub fn crl(mut self, level: usize, change: impl FnOnce(&mut CrlDraft)) -> Self {
        change(&mut self.crls[level - 1]);
        self
    }

    /// Gives a level another key, and its list too.
    pub fn key(mut self, level: usize, key: &Rc<Key>) -> Self {
        let id = privca::x509::extension::Extension::subject_key_identifier(&key.id());
        self.drafts[level].key = key.clone();
        self.drafts[level].set(id);
        if level > 0 {
            self.crls[level - 1].key_id = Some(key.id());
        }
        self
    }

    /// Signs everything. Issuer names and key identifiers are filled in unless a draft has them.
    pub fn case(&self, name: impl Into<String>) -> Case {
        let top = self.root();
        let issuer_of = |level: usize| &self.drafts[(level + 1).min(top)];
        let mut certificates: Vec<Certificate> = Vec::new();
        for (level, draft) in self.drafts.iter().enumerate() {
            certificates.push(finished(draft, issuer_of(level)).sign(&issuer_of(level).key));
        }
        let lists = self.crls.iter().zip(&self.drafts[1..]);
        let crls = lists
            .filter(|(list, _)| list.there)
            .map(|(list, ca)| list.sign(&ca.subject, &ca.key))
            .collect();
        let leaf = certificates.remove(0);
        let root = certificates.pop().into_iter().collect();
        Case {
            name: name.into(),
            leaf,
            untrusted: certificates,
            anchors: root,
            crls,
            purpose: Purpose::Any,
            identity: Identity::default(),
            at: NOW,
            expect: Expect::NotWeaker,
        }
    }
}

/// With the issuer's name and key identifier, unless the draft has its own.
pub fn finished(draft: &Draft, issuer: &Draft) -> Draft {
    use privca::primitives::oid::known;
    use privca::x509::extension::Extension;
    let mut draft = draft.clone();
    if draft.issuer.is_empty() {
        draft.issuer = issuer.subject.clone();
    }
    let marked = |e: &Extension| e.oid == known::AUTHORITY_KEY_IDENTIFIER;
    match draft.extensions.iter().position(marked) {
        // an empty value stands for none at all
        Some(at) if draft.extensions[at].value.is_empty() => {
            draft.extensions.remove(at);
        }
        None if draft.version == 3 => {
            let id = Extension::authority_key_identifier(&issuer.key.id());
            draft.extensions.push(id);
        }
        _ => {}
    }
    draft
}
