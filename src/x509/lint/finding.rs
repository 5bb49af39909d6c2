//! What a rule found, and how grave that is.

use std::fmt;

use super::Rule;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Advice: allowed, but something else is better.
    Notice,
    /// A clause is broken in a way that most software puts up with.
    Warning,
    /// A clause is broken, and software refuses it or takes it for something else.
    Error,
}

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Where a finding lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The structure as such.
    Whole,
    /// The issuer's name.
    Issuer,
    /// The subject's name.
    Subject,
    /// A field, by RFC 5280's name for it.
    Field(&'static str),
    /// An extension, by OpenSSL's name or its OID.
    Extension(String),
    /// One of the subject's alternative names.
    AlternativeName(String),
    /// A list's entry, counted from 1.
    Entry(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Issuer => f.write_str("issuer"),
            Self::Subject => f.write_str("subject"),
            Self::Field(name) => f.write_str(name),
            Self::Extension(name) => f.write_str(name),
            Self::AlternativeName(name) => write!(f, "name {name}"),
            Self::Entry(number) => write!(f, "entry {number}"),
        }
    }
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub said: String,
}

impl Finding {
    pub(super) fn of(rule: &'static Rule, place: Place, said: String) -> Self {
        Self { rule, place, said }
    }

    /// Whether privca refuses to sign this. The issuer's name is not its doing: that is copied.
    pub fn forbids_signing(&self) -> bool {
        self.rule.forbids_signing() && self.place != Place::Issuer
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, said } = self;
        write!(f, "{}: ", rule.name)?;
        if *place != Place::Whole {
            write!(f, "{place}: ")?;
        }
        write!(f, "{said} ({})", rule.clause)
    }
}
