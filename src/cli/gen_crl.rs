//! `gen-crl`.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force};
use super::{Run, Session};
use crate::ops::crl::{Made, Terms};
use crate::ops::gen_crl::{self, Request};
use crate::primitives::disk;
use crate::primitives::time::Span;

/// Make a new revocation list
///
/// Writes crl.pem and crl-chain.pem (it and the lists of the CAs above, as nginx's ssl_crl wants
/// them) from the index. `revoke` does that too: this is for a timer, since servers refuse every
/// client once a list is past its end.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  Refresh the list, for a month:
    $ privca gen-crl --validity 30d

  Put it where nginx reads it:
    $ privca gen-crl --chain --out /etc/nginx/crl.pem --force

  In DER, for a web server that publishes it:
    $ privca gen-crl --der --out /srv/www/ca.crl")]
pub(super) struct GenCrl {
    #[command(flatten)]
    force: Force,

    #[command(flatten)]
    terms: CrlTerms,

    /// DER: --out gets it, or crl.der in the PKI directory without --out
    #[arg(long, help_heading = "Output")]
    der: bool,

    /// Also write the list here; - for standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,

    /// With --out: the lists of the CAs above too
    #[arg(
        long,
        requires = "out",
        conflicts_with = "der",
        help_heading = "Output"
    )]
    chain: bool,

    #[command(flatten)]
    pass_in: PassIn,
}

/// How a list is made: on every command that makes one.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Revocation list")]
pub(super) struct CrlTerms {
    /// How long the list lives; 1y without it, and never past the CA's end
    #[arg(long, id = "crl_validity", value_name = "DURATION", value_parser = values::span)]
    validity: Option<Span>,

    /// Keep revoked certificates that are past their end
    ///
    /// Without it each is left out once it was on a list made after its end (RFC 5280, 3.3).
    #[arg(long)]
    keep_expired: bool,
}

impl CrlTerms {
    pub(super) fn terms(self) -> Terms {
        Terms {
            validity: self.validity,
            keep_expired: self.keep_expired,
        }
    }
}

impl GenCrl {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let to_stdout = self.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
        let file = self.out.clone().filter(|_| !to_stdout);
        let request = Request {
            pki: &session.pki,
            terms: self.terms.terms(),
            der: self.der && self.out.is_none(),
            out: file.clone(),
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &PassOut::default());
        let generated = gen_crl::run(&session.context, &request, &mut secrets)?;
        let made = &generated.made;
        let mut summary = Summary::new("Made a revocation list");
        summary = lines(summary, made).line("crl", generated.path.display().to_string());
        let (der, chain) = (self.der, self.chain);
        let write = |out: &mut dyn Write| match (der, chain) {
            (true, _) => out.write_all(&made.der),
            (false, true) => made.write_chain(out),
            (false, false) => made.write(out),
        };
        if to_stdout {
            output.summary_aside(&summary);
            return Ok(write(&mut output.terminal().stdout())?);
        }
        if let Some(file) = &file {
            let disk = session.context.disk;
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            let written = disk.write_whole(file, &bytes, disk::PUBLIC, request.overwrite);
            written.map_err(crate::ops::Error::from)?;
            summary = summary.line("written to", file.display().to_string());
        }
        let mut json = to_json(made);
        if let Some(members) = json.as_object_mut() {
            members.insert("crl".to_owned(), json!(generated.path));
        }
        Ok(output.outcome(&json, &summary)?)
    }
}

/// The members of a list; `docs/json.md` documents them.
pub(super) fn to_json(made: &Made) -> Value {
    json!({
        "crl_number": made.number,
        "entries": made.entries,
        "dropped": made.dropped,
        "this_update": made.this_update.to_string(),
        "next_update": made.next_update.to_string(),
    })
}

/// What a person wants to know of a new list.
pub(super) fn lines(summary: Summary, made: &Made) -> Summary {
    let revoked = match (made.entries, made.dropped) {
        (entries, 0) => entries.to_string(),
        (entries, dropped) => format!("{entries}, and {dropped} past their end left out"),
    };
    summary
        .line("revoked", revoked)
        .line("crl number", made.number.to_string())
        .line("next update", made.next_update.to_string())
}
