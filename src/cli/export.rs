//! `export`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::json;

use super::exported::{self, ChainWish};
use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force, NameOrCa};
use super::{Failure, Run, Session};
use crate::ops;
use crate::ops::export::{self, Exported, Format, Request};
use crate::ops::export_material::{Chain, Source};

/// Write a certificate and its key in the form that a program wants
///
/// Whatever holds a private key gets mode 0600. pkcs1, sec1 and k8s have no encryption; for bundle,
/// pkcs8 and inline privca asks for a passphrase unless --no-pass is given.
///
/// An expired or revoked certificate, or a key of another one, is an error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Export {
    /// Name of the certificate; ca for the CA's own
    #[arg(value_parser = values::name_or_ca)]
    name: NameOrCa,

    /// Form to write
    #[arg(long, short = 'F', value_name = "FORMAT")]
    format: Format,

    #[command(flatten)]
    chain_wish: ChainWish,

    /// OpenVPN's control channel key, for --format inline
    #[arg(long, value_name = "FILE")]
    tls_crypt: Option<PathBuf>,

    /// Write it here; standard output without it, or with -
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    force: Force,
}

const EXAMPLES: &str = "\
Examples:
  What nginx's ssl_certificate and ssl_certificate_key take:
    $ privca export web01 --format fullchain --out web01.pem
    $ privca export web01 --format pkcs8 --no-pass --out web01.key

  What haproxy's crt takes, key and certificates in one file:
    $ privca export web01 --format bundle --no-pass --out haproxy.pem

  The end of an OpenVPN client's configuration:
    $ umask 077; privca export alice --format inline --tls-crypt tc.key --no-pass >> alice.ovpn

  A Kubernetes Secret:
    $ privca export web01 --format k8s | kubectl apply -f -

  The CA as Java's trust store:
    $ privca export ca --format truststore --passout pass:changeit --out trust.p12

See also: privca export-p12, docs/guides/";

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Pem,
            Self::Fullchain,
            Self::Bundle,
            Self::Der,
            Self::P7b,
            Self::Pkcs1,
            Self::Sec1,
            Self::Pkcs8,
            Self::Spki,
            Self::Inline,
            Self::K8s,
            Self::Truststore,
            Self::Mobileconfig,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.to_string()).help(match self {
            Self::Pem => {
                "the certificate and its intermediates, PEM; as --no-chain or --with-root say"
            }
            Self::Fullchain => "the certificate and its intermediates, PEM: what a server sends",
            Self::Bundle => "key, certificate and chain, PEM: haproxy, curl",
            Self::Der => "the certificate alone, DER",
            Self::P7b => "certificate and chain as PKCS#7, PEM: Windows",
            Self::Pkcs1 => "an RSA key in its traditional form, unencrypted",
            Self::Sec1 => "an EC key in its traditional form, unencrypted",
            Self::Pkcs8 => "the key as PKCS#8",
            Self::Spki => "the public key",
            Self::Inline => "OpenVPN's <ca>, <cert> and <key>",
            Self::K8s => "a kubernetes.io/tls Secret, unencrypted",
            Self::Truststore => "the CA certificates as PKCS#12: Java",
            Self::Mobileconfig => {
                "an Apple configuration profile with the .p12 and the CA, unsigned"
            }
        }))
    }
}

impl Export {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        self.check()?;
        let out = self.out.clone().filter(|out| out.as_os_str() != "-");
        exported::check_stdout(output, out.is_none(), self.format.is_binary())?;
        if self.format == Format::Mobileconfig {
            session.context.notices.warn(exported::WEAK);
        }
        let request = Request {
            pki: &session.pki,
            source: match self.name {
                NameOrCa::Name(name) => Source::Name(name),
                NameOrCa::Ca => Source::Ca,
            },
            format: self.format,
            chain: self.chain_wish.chain(),
            tls_crypt: self.tls_crypt,
            out,
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let made = export::run(&session.context, &request, &mut secrets)?;
        show(session, &made, self.format)
    }

    /// Options that a form has no use for are mistakes.
    fn check(&self) -> Run {
        let refuse = |said: String| Err(Failure::Operation(ops::Error::Usage(said)));
        let format = self.format;
        if self.tls_crypt.is_some() && format != Format::Inline {
            return refuse(format!("--tls-crypt is for --format inline, not {format}"));
        }
        if self.pass_out.passout.is_some() && !format.takes_passphrase() {
            return refuse(match format.has_key() {
                true => format!("--format {format} has no encryption; bundle, pkcs8 and inline do"),
                false => format!("--format {format} holds no key to encrypt"),
            });
        }
        if self.chain_wish.chain() != Chain::Intermediates && !format.has_chain() {
            return refuse(format!("--format {format} leaves no choice of chain"));
        }
        if self.chain_wish.no_chain && format == Format::Fullchain {
            return refuse("fullchain without the chain is --format pem --no-chain".to_owned());
        }
        Ok(())
    }
}

fn show(session: &Session<'_>, made: &Exported, format: Format) -> Run {
    let output = session.output;
    if made.bare_key {
        session
            .context
            .notices
            .warn("the private key in it is not encrypted: whoever reads the file has it");
    }
    if let Some(contents) = &made.contents {
        return exported::print(output, contents);
    }
    let path = made
        .path
        .as_ref()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let summary = Summary::new(&format!("Exported '{}' as {format}", made.name)).line("file", path);
    let json = json!({
        "name": made.name,
        "format": format.to_string(),
        "file": made.path,
        "unencrypted_key": made.bare_key,
    });
    Ok(output.outcome(&json, &summary)?)
}
