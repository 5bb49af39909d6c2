//! Typed text to domain values, for clap.

use std::path::PathBuf;

use crate::keys::KeyType;
use crate::ops::passphrase_source::Source;
use crate::ops::sign::Changes;
use crate::pki::{FileName, Overwrite};
use crate::primitives::time::{Span, Timestamp};
use crate::profile::ProfileName;
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;
use crate::x509::name_constraints::Subtree;
use crate::x509::revocation::Reason;
use crate::x509::san_text;
use crate::x509::serial::Serial;

/// A name of files in the PKI directory.
pub(super) fn file_name(text: &str) -> Result<FileName, String> {
    text.parse()
        .map_err(|fault: <FileName as std::str::FromStr>::Err| fault.to_string())
}

/// The stem of the files that a command works on, or the CA's own.
#[derive(Clone, Debug)]
pub(super) enum NameOrCa {
    /// NAME.
    Name(FileName),
    /// `ca`.
    Ca,
}

/// Reads NAME or `ca`.
pub(super) fn name_or_ca(text: &str) -> Result<NameOrCa, String> {
    if text == "ca" {
        Ok(NameOrCa::Ca)
    } else {
        file_name(text).map(NameOrCa::Name)
    }
}

/// A profile's name.
pub(super) fn profile_name(text: &str) -> Result<ProfileName, String> {
    text.parse()
        .map_err(|fault: <ProfileName as std::str::FromStr>::Err| fault.to_string())
}

/// A subject in either form.
pub(super) fn subject(text: &str) -> Result<Name, String> {
    text.parse()
        .map_err(|fault: <Name as std::str::FromStr>::Err| fault.to_string())
}

/// One `--san`, which may be a list.
#[derive(Clone, Debug)]
pub(super) struct SanList(pub(super) Vec<GeneralName>);

/// Reads one `--san`.
pub(super) fn san_list(text: &str) -> Result<SanList, String> {
    san_text::parse_list(text)
        .map(SanList)
        .map_err(|fault| fault.to_string())
}

/// Alternative names of all `--san` options, in order.
pub(super) fn names(lists: &[SanList]) -> Vec<GeneralName> {
    lists
        .iter()
        .flat_map(|list| list.0.iter().cloned())
        .collect()
}

/// A duration.
pub(super) fn span(text: &str) -> Result<Span, String> {
    let span: Span = text
        .parse()
        .map_err(|fault: <Span as std::str::FromStr>::Err| fault.to_string())?;
    if span.is_zero() {
        Err("a duration of nothing".to_owned())
    } else {
        Ok(span)
    }
}

/// How long to wait; 0 is not at all.
pub(super) fn wait(text: &str) -> Result<Span, String> {
    match text {
        "0" | "0s" => Ok(Span::seconds(0)),
        _ => span(text),
    }
}

/// A time.
pub(super) fn timestamp(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|fault: <Timestamp as std::str::FromStr>::Err| fault.to_string())
}

/// A reason for a revocation.
pub(super) fn reason(text: &str) -> Result<Reason, String> {
    text.parse()
        .map_err(|fault: <Reason as std::str::FromStr>::Err| fault.to_string())
}

/// A serial number.
pub(super) fn serial(text: &str) -> Result<Serial, String> {
    text.parse()
        .map_err(|fault: <Serial as std::str::FromStr>::Err| fault.to_string())
}

/// An algorithm and size.
pub(super) fn key_type(text: &str) -> Result<KeyType, String> {
    text.parse()
        .map_err(|fault: <KeyType as std::str::FromStr>::Err| fault.to_string())
}

/// Where a passphrase comes from.
pub(super) fn passphrase_source(text: &str) -> Result<Source, String> {
    text.parse()
        .map_err(|fault: <Source as std::str::FromStr>::Err| fault.to_string())
}

/// A name constraint.
pub(super) fn subtree(text: &str) -> Result<Subtree, String> {
    Subtree::parse(text)
}

/// `--force` on commands that write files.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Force {
    /// Replace files that exist already
    #[arg(long, short)]
    force: bool,
}

impl Force {
    pub(super) fn overwrite(self) -> Overwrite {
        if self.force {
            Overwrite::Yes
        } else {
            Overwrite::No
        }
    }
}

/// `--key-type` on commands that make a key.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct NewKeyType {
    /// Algorithm and size of the new key
    ///
    /// One of ec-p256, ec-p384, ed25519, rsa-2048, rsa-3072, rsa-4096.
    #[arg(long, value_name = "TYPE", value_parser = key_type, default_value = "ec-p256")]
    pub(super) key_type: KeyType,
}

/// What a person asks for beside or instead of a request.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "What to certify")]
pub(super) struct Wishes {
    /// Subject: /C=DE/O=Example/CN=x or CN=x,O=Example,C=DE
    ///
    /// OpenSSL's form is in the certificate's order; RFC 4514's lists the last RDN first.
    /// Repeated attributes and multi-valued RDNs (with +) are kept.
    #[arg(long, value_name = "DN", value_parser = subject)]
    pub(super) subject: Option<Name>,

    /// Alternative name, such as email:alice@example.com (can be repeated)
    ///
    /// TYPE is email, dns, ip, uri, upn, rid or dirname; several may stand in one list with commas,
    /// and a value without a type is told by its form.
    #[arg(long, value_name = "TYPE:VALUE", value_parser = san_list)]
    pub(super) san: Vec<SanList>,

    /// Length of life, such as 90d or 1y; the profile's own without it
    #[arg(long, value_name = "DURATION", value_parser = span, conflicts_with = "not_after")]
    pub(super) validity: Option<Span>,

    /// First second of life, in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(super) not_before: Option<Timestamp>,

    /// Last second of life, in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(super) not_after: Option<Timestamp>,

    /// Refuse a life that would be cut to the CA's own end
    #[arg(long)]
    pub(super) strict: bool,
}

impl Wishes {
    pub(super) fn changes(&self) -> Changes {
        Changes {
            subject: self.subject.clone(),
            names: names(&self.san),
            validity: self.validity,
            not_before: self.not_before,
            not_after: self.not_after,
            strict: self.strict,
        }
    }
}

/// `--out` and `--no-chain` on commands that issue.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct CertificateOut {
    /// Also write the certificate and its intermediates here; - for standard output
    ///
    /// That is what a server or client sends. The root is not among them.
    #[arg(long, short, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Leave the intermediates out of --out
    #[arg(long, requires = "out")]
    pub(super) no_chain: bool,
}

impl CertificateOut {
    /// The file, unless it is standard output.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.out.clone().filter(|out| out.as_os_str() != "-")
    }

    /// True for `--out -`.
    pub(super) fn is_stdout(&self) -> bool {
        self.out.as_ref().is_some_and(|out| out.as_os_str() == "-")
    }
}
