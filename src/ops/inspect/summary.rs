//! An object in one line's worth of facts: kind, subject, names, issuer, end, fingerprint.

use super::key_report;
use super::names;
use super::object::{Content, Fingerprint, Key, strict};
use crate::keys::envelope::Envelope;
use crate::keys::pkcs12::info::{self as pkcs12_info, Bag};
use crate::primitives::der::{DerError, Reader, tag};
use crate::primitives::hex;
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;
use crate::x509::extension::{self, Extension};
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;

/// What a line says. Texts are as they stand in the object: strangers' bytes, to be escaped.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// `certificate`, `private key`, ...
    pub kind: String,
    /// How deep it stands in other objects.
    pub depth: usize,
    /// The subject, RFC 4514; of a CRL, the issuer.
    pub subject: Option<String>,
    /// The alternative names.
    pub names: Vec<String>,
    /// The issuer, where it is another.
    pub issuer: Option<String>,
    /// True where subject and issuer are the same.
    pub self_issued: bool,
    /// Key and size, encryption, counts.
    pub details: Vec<String>,
    /// When it begins to hold.
    pub begins: Option<Timestamp>,
    /// When it ends, or a new one is due.
    pub ends: Option<Timestamp>,
    /// SHA-256, lower-case hex.
    pub sha256: Option<String>,
    /// SHA-1, lower-case hex.
    pub sha1: Option<String>,
}

impl Summary {
    fn of(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            ..Self::default()
        }
    }

    /// What to call it in a sentence.
    pub fn title(&self) -> String {
        let subject = self.subject.as_deref().filter(|s| !s.is_empty());
        let name = subject.or_else(|| self.names.first().map(String::as_str));
        format!("{} {}", self.kind, name.unwrap_or("without a subject"))
    }

    fn deeper(mut self) -> Self {
        self.depth += 1;
        self
    }
}

/// Of an object, and of each object in it.
pub(super) fn of_content(content: &Content) -> Vec<Summary> {
    match content {
        Content::Pkcs7(objects) => {
            let mut line = Summary::of("PKCS#7 bundle");
            line.details.push(counted(objects.len(), "object"));
            let inner = objects.iter().flat_map(of_content).map(Summary::deeper);
            std::iter::once(line).chain(inner).collect()
        }
        Content::Pkcs12(archive) => pkcs12(archive),
        other => vec![of_one(other)],
    }
}

/// Of a single object.
pub(super) fn of_one(content: &Content) -> Summary {
    let mut summary = match content {
        Content::Certificate(der) => {
            certificate(&strict(der.clone())).unwrap_or_else(|_| Summary::of("certificate"))
        }
        Content::Request(der) => {
            request(&strict(der.clone())).unwrap_or_else(|_| Summary::of("request"))
        }
        Content::Crl(der) => crl(&strict(der.clone())).unwrap_or_else(|_| Summary::of("CRL")),
        Content::PublicKey(der) => {
            let mut line = Summary::of("public key");
            line.details.extend(key_report::in_words(der));
            line
        }
        Content::PrivateKey(key) => private_key(key),
        Content::EcParameters(_) => Summary::of("EC parameters"),
        Content::OtherParameters(_) => Summary::of("parameters"),
        Content::Pkcs7(_) => Summary::of("PKCS#7 bundle"),
        Content::Pkcs12(_) => Summary::of("PKCS#12 bundle"),
    };
    if let Content::Certificate(der) | Content::Crl(der) = content {
        summary.sha256 = Some(hex::lower(Fingerprint::Sha256.digest(der).as_ref()));
        summary.sha1 = Some(hex::lower(Fingerprint::Sha1.digest(der).as_ref()));
    }
    summary
}

fn certificate(der: &[u8]) -> Result<Summary, DerError> {
    let mut fields = Reader::new(der)
        .sequence("certificate")?
        .sequence("fields")?;
    fields.optional(tag::context_constructed(0))?;
    for _ in ["serial", "signature"] {
        fields.any()?;
    }
    let issuer = Name::from_der(fields.any()?.raw);
    let mut validity = fields.sequence("validity")?;
    let [begins, ends] = [validity.any()?, validity.any()?];
    let subject = Name::from_der(fields.any()?.raw);
    let key = fields.any()?.raw;
    fields.optional(tag::context(1))?;
    fields.optional(tag::context(2))?;
    let mut line = Summary::of("certificate");
    line.self_issued = issuer.is_ok() && issuer == subject;
    line.subject = subject.ok().map(|name| name.rfc4514());
    line.issuer = issuer.ok().map(|name| name.rfc4514());
    line.begins = names::time(&begins);
    line.ends = names::time(&ends);
    line.details.extend(key_report::in_words(key));
    if let Some(explicit) = fields.optional(tag::context_constructed(3))? {
        let extensions = Extension::read_all(explicit.value).unwrap_or_default();
        line.names = alternative_names(&extensions);
        let basic = extension::find(&extensions, &known::BASIC_CONSTRAINTS);
        if basic
            .is_some_and(|e| extension::read_basic_constraints(&e.value).is_ok_and(|(ca, _)| ca))
        {
            line.kind = "CA certificate".to_owned();
        }
    }
    Ok(line)
}

fn alternative_names(extensions: &[Extension]) -> Vec<String> {
    let names = extension::read_subject_alt_names(extensions).unwrap_or_default();
    names.iter().map(GeneralName::to_string).collect()
}

fn request(der: &[u8]) -> Result<Summary, DerError> {
    let mut fields = Reader::new(der).sequence("request")?.sequence("fields")?;
    fields.any()?;
    let mut line = Summary::of("request");
    line.subject = Name::from_der(fields.any()?.raw)
        .ok()
        .map(|name| name.rfc4514());
    line.details.extend(key_report::in_words(fields.any()?.raw));
    let Some(list) = fields.optional(tag::context_constructed(0))? else {
        return Ok(line);
    };
    let mut list = list.reader();
    while !list.is_empty() {
        let mut attribute = list.sequence("attribute")?;
        let kind = attribute.oid("attribute")?;
        if kind == known::EXTENSION_REQUEST || kind == known::MS_EXTENSION_REQUEST {
            let values = attribute.require(tag::SET, "values")?;
            let extensions = Extension::read_all(values.value).unwrap_or_default();
            line.names = alternative_names(&extensions);
        }
    }
    Ok(line)
}

fn crl(der: &[u8]) -> Result<Summary, DerError> {
    let mut fields = Reader::new(der).sequence("crl")?.sequence("fields")?;
    fields.optional(tag::INTEGER)?;
    fields.any()?;
    let mut line = Summary::of("CRL");
    line.subject = Name::from_der(fields.any()?.raw)
        .ok()
        .map(|name| name.rfc4514());
    line.begins = names::time(&fields.any()?);
    if let Some(tag::UTC_TIME | tag::GENERALIZED_TIME) = fields.peek() {
        line.ends = names::time(&fields.any()?);
    }
    let mut count = 0;
    if let Some(entries) = fields.optional(tag::SEQUENCE)? {
        let mut entries = entries.reader();
        while !entries.is_empty() {
            entries.any()?;
            count += 1;
        }
    }
    line.details.push(match count {
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    });
    Ok(line)
}

fn private_key(key: &Key) -> Summary {
    key_line(key.envelope.as_ref(), key.secret.as_ref())
}

fn key_line(
    envelope: Option<&Envelope>,
    key: Option<&crate::primitives::secret::Secret>,
) -> Summary {
    let mut line = Summary::of("private key");
    line.details
        .extend(key.and_then(key_report::private_in_words));
    line.details.push(match envelope {
        Some(envelope) => format!("encrypted: {envelope}"),
        None => "not encrypted".to_owned(),
    });
    line
}

fn pkcs12(archive: &pkcs12_info::Archive) -> Vec<Summary> {
    let mut line = Summary::of("PKCS#12 bundle");
    if let Some(mac) = &archive.mac {
        let hash = mac.hash.short_name().unwrap_or("unknown").to_lowercase();
        let iterations = mac.iterations;
        line.details
            .push(format!("MAC {hash}, {iterations} iterations"));
    }
    let encryptions = archive
        .parts
        .iter()
        .filter_map(|part| part.encryption.as_ref());
    line.details.extend(encryptions.map(ToString::to_string));
    if archive.is_locked() {
        line.details.push("locked".to_owned());
    }
    let bags = archive.parts.iter().filter_map(|part| part.bags.as_ref());
    let inner = bags.flatten().flat_map(of_bag).map(Summary::deeper);
    std::iter::once(line).chain(inner).collect()
}

fn of_bag(bag: &Bag) -> Vec<Summary> {
    let mut lines = match &bag.content {
        pkcs12_info::Content::Certificate(der) => vec![of_one(&Content::Certificate(der.clone()))],
        pkcs12_info::Content::Crl(der) => vec![of_one(&Content::Crl(der.clone()))],
        pkcs12_info::Content::Key(envelope, key) => vec![key_line(envelope.as_ref(), key.as_ref())],
        pkcs12_info::Content::Bags(bags) => bags.iter().flat_map(of_bag).collect(),
        pkcs12_info::Content::Other(_) => vec![Summary::of("bag of another kind")],
    };
    if let (Some(name), Some(line)) = (&bag.friendly_name, lines.first_mut()) {
        line.details.push(format!("{name:?}"));
    }
    lines
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
