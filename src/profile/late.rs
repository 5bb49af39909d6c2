//! What the certificate will say where it waits for the serial: a subject and alternative names in
//! which only `${serial}` may still be missing.

use super::template::Filled;
use crate::primitives::oid::Oid;
use crate::x509::general_name::{GeneralName, SanKind};
use crate::x509::name::{Attribute, Name};
use crate::x509::serial::Serial;

/// The subject that the certificate gets.
#[derive(Clone, Debug)]
pub(super) enum GrantedSubject {
    /// Byte for byte what was asked for.
    Asked(Name),
    Changed(Vec<Rdn>),
}

/// One RDN of a changed subject.
#[derive(Clone, Debug)]
pub(super) enum Rdn {
    /// From the wish.
    Kept(Vec<Attribute>),
    /// From the profile: type, string type and value.
    Given(Oid, u8, Filled),
}

impl GrantedSubject {
    pub(super) fn name(&self, serial: &Serial) -> Name {
        self.with(|filled| filled.text(serial))
    }

    pub(super) fn shown(&self) -> Name {
        self.with(Filled::shown)
    }

    fn with(&self, text: impl Fn(&Filled) -> String) -> Name {
        let rdns = match self {
            Self::Asked(name) => return name.clone(),
            Self::Changed(rdns) => rdns,
        };
        let attributes = |rdn: &Rdn| match rdn {
            Rdn::Kept(attributes) => attributes.clone(),
            Rdn::Given(oid, tag, filled) => vec![Attribute {
                oid: oid.clone(),
                tag: *tag,
                value: text(filled).into_bytes(),
            }],
        };
        Name::from_rdns(&rdns.iter().map(attributes).collect::<Vec<_>>())
    }
}

/// An alternative name that the certificate gets.
#[derive(Clone, Debug)]
pub(super) enum GrantedName {
    Fixed(GeneralName),
    /// One that waits for the serial.
    Late(TextKind, Filled),
}

/// The kinds of name whose value is free text, so that a serial fits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    Email,
    Dns,
    Uri,
    Upn,
}

impl TextKind {
    pub(super) fn of(kind: SanKind) -> Option<Self> {
        match kind {
            SanKind::Email => Some(Self::Email),
            SanKind::Dns => Some(Self::Dns),
            SanKind::Uri => Some(Self::Uri),
            SanKind::Upn => Some(Self::Upn),
            SanKind::Ip | SanKind::Rid | SanKind::DirName | SanKind::Other => None,
        }
    }

    fn name(self, text: String) -> GeneralName {
        match self {
            Self::Email => GeneralName::Email(text),
            Self::Dns => GeneralName::Dns(text),
            Self::Uri => GeneralName::Uri(text),
            Self::Upn => GeneralName::Upn(text),
        }
    }
}

impl GrantedName {
    pub(super) fn name(&self, serial: &Serial) -> GeneralName {
        match self {
            Self::Fixed(name) => name.clone(),
            Self::Late(kind, filled) => kind.name(filled.text(serial)),
        }
    }

    pub(super) fn shown(&self) -> GeneralName {
        match self {
            Self::Fixed(name) => name.clone(),
            Self::Late(kind, filled) => kind.name(filled.shown()),
        }
    }

    pub(super) fn kind(&self) -> SanKind {
        self.shown().kind()
    }
}
