//! `verify`.

use std::net::IpAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::output::Summary;
use super::{Failure, Run, Session, values};
use crate::ops::verify::{self, Answer, Answers, Crls, Request};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::chain::{Code, Form, Identity, Purpose};

/// Say whether a certificate is good: chain, dates, revocation, purpose, names
///
/// Prints the chain up to a trusted root, and the first reason why not. Never weaker than
/// `openssl verify -x509_strict -crl_check_all -purpose`; docs/verify.md has every check and reason.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Verify {
    /// Files, or names in the PKI directory; - for standard input
    ///
    /// The first certificate of each is in question, any others in its file may lie above it.
    #[arg(required = true, value_name = "FILE|NAME")]
    targets: Vec<PathBuf>,

    /// What it is to be used for: client, server, email, code-signing, ocsp or any
    #[arg(long, default_value = "any", value_parser = purpose, help_heading = ASKED)]
    purpose: Purpose,

    /// Host name that it must be for
    #[arg(long, value_name = "NAME", value_parser = host, help_heading = ASKED)]
    host: Option<String>,

    /// Mailbox that it must be for
    #[arg(long, value_name = "MAILBOX", value_parser = mailbox, help_heading = ASKED)]
    email: Option<String>,

    /// Address that it must be for
    #[arg(long, value_name = "ADDRESS", help_heading = ASKED)]
    ip: Option<IpAddr>,

    /// Moment that is asked about, in RFC 3339; now without it
    #[arg(long, value_name = "TIME", value_parser = values::timestamp, help_heading = ASKED)]
    at: Option<Timestamp>,

    /// Put up with certificates that break RFC 5280 in form, as OpenSSL does without -x509_strict
    ///
    /// So do the CAs of EasyRSA, whose basicConstraints are not critical, and those of
    /// `openssl req -x509`, which have no keyUsage. Everything else is asked all the same.
    #[arg(long, help_heading = ASKED)]
    no_strict: bool,

    /// Trusted certificates instead of the PKI directory's root (can be repeated)
    #[arg(long, value_name = "FILE", help_heading = AT_HAND)]
    ca: Vec<PathBuf>,

    /// Certificates that may lie between (can be repeated)
    #[arg(long, value_name = "FILE", help_heading = AT_HAND)]
    intermediates: Vec<PathBuf>,

    /// Revocation lists instead of the PKI directory's (can be repeated)
    ///
    /// There must be one for every level, the root's own included. With --ca and without this,
    /// revocation is not checked.
    #[arg(long, value_name = "FILE", help_heading = AT_HAND)]
    crl: Vec<PathBuf>,

    /// Do not check revocation
    #[arg(long, conflicts_with = "crl", help_heading = AT_HAND)]
    no_crl: bool,
}

const ASKED: &str = "What is asked";
const AT_HAND: &str = "What is at hand";
const AFTER_HELP: &str = "\
Exit status:
  0  every certificate is good
  1  one is not, or a file cannot be used

Examples:
  $ privca verify alice --purpose client
  $ privca verify www.crt --purpose server --host www.example.com --at 2027-01-01T00:00:00Z
  $ privca --pki /etc/openvpn/pki verify bob --no-strict
  $ privca verify their.crt --ca their-root.crt --intermediates their-sub.crt --crl their-crls.pem";

fn purpose(text: &str) -> Result<Purpose, String> {
    text.parse()
}

fn host(text: &str) -> Result<String, String> {
    if text.parse::<IpAddr>().is_ok() {
        return Err("an address goes by --ip".to_owned());
    }
    let inside = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if text.is_empty() || text.starts_with('.') || !text.bytes().all(inside) {
        return Err("no host name; write an international domain in its xn-- form".to_owned());
    }
    Ok(text.to_owned())
}

fn mailbox(text: &str) -> Result<String, String> {
    match text.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(text.to_owned()),
        _ => Err("no mailbox, such as alice@example.com".to_owned()),
    }
}

impl Verify {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = Request {
            targets: self.targets,
            anchors: self.ca,
            intermediates: self.intermediates,
            crls: match self.crl {
                _ if self.no_crl => Crls::Unchecked,
                files if files.is_empty() => Crls::Own,
                files => Crls::Files(files),
            },
            at: self.at,
            purpose: self.purpose,
            identity: Identity {
                host: self.host,
                email: self.email,
                ip: self.ip,
            },
            form: match self.no_strict {
                true => Form::Tolerant,
                false => Form::Rfc5280,
            },
        };
        let stdin = &mut *output.terminal().stdin();
        let answers = verify::run(&session.context, &session.pki, &request, stdin)?;
        let summaries = answers.answers.iter().map(|a| summary(a, &answers));
        let text = summaries.reduce(|all, next| all.and(&next));
        output.outcome(
            &in_json(&answers),
            &text.unwrap_or_else(|| Summary::new("")),
        )?;
        if answers.answers.iter().all(|a| a.fault.is_none()) {
            Ok(())
        } else {
            Err(Failure::AnswerIsNo)
        }
    }
}

fn summary(answer: &Answer, all: &Answers) -> Summary {
    let target = answer.target.display();
    let headline = match &answer.fault {
        None => format!("{target}: verified"),
        Some(fault) => format!("{target}: not verified: {}", fault.message),
    };
    let mut summary = Summary::new(&headline);
    if let Some(fault) = &answer.fault {
        let subject = subject_at(answer, fault.depth);
        let reason = format!(
            "{}, certificate {} ({subject})",
            fault.code.as_str(),
            fault.depth
        );
        summary = summary.line("reason", reason);
        summary = summary.line("hint", hint(fault.code));
    }
    for (depth, certificate) in answer.chain.iter().enumerate() {
        let line = format!(
            "{}, serial {}, until {}",
            certificate.subject(),
            certificate.serial(),
            certificate.not_after()
        );
        summary = summary.line(&depth.to_string(), line);
    }
    let revocation = if all.revocation_checked {
        ""
    } else {
        "not checked"
    };
    let form = match all.form {
        Form::Rfc5280 => "",
        Form::Tolerant => "RFC 5280 not asked for",
    };
    summary.line("revocation", revocation).line("form", form)
}

/// What to do where the answer may be no for want of something that is easily had.
fn hint(code: Code) -> &'static str {
    match code {
        // this is asked for all the same of a certificate of version 1
        Code::Strict => {
            "--no-strict puts up with most of that, as OpenSSL does without -x509_strict"
        }
        Code::CrlMissing => {
            "`privca gen-crl` makes this CA's list, `privca import-crl FILE` takes in one of a CA \
             above; --crl FILE is another, and --no-crl asks for none"
        }
        _ => "",
    }
}

fn subject_at(answer: &Answer, depth: usize) -> String {
    let certificate = answer.chain.get(depth);
    certificate.map_or_else(String::new, |c| c.subject().to_string())
}

fn in_json(all: &Answers) -> Value {
    let results: Vec<Value> = all.answers.iter().map(|a| one_in_json(a, all)).collect();
    match <[Value; 1]>::try_from(results) {
        Ok([one]) => one,
        Err(results) => json!({
            "verified": all.answers.iter().all(|a| a.fault.is_none()),
            "results": results,
        }),
    }
}

fn one_in_json(answer: &Answer, all: &Answers) -> Value {
    let certificate = |c: &Certificate| {
        json!({
            "subject": c.subject().rfc4514(),
            "serial": c.serial().to_string(),
            "not_before": c.not_before().to_string(),
            "not_after": c.not_after().to_string(),
        })
    };
    let reason = answer.fault.as_ref().map(|fault| {
        let subject = answer.chain.get(fault.depth).map(|c| c.subject().rfc4514());
        json!({
            "code": fault.code.as_str(),
            "message": fault.message,
            "depth": fault.depth,
            "subject": subject,
        })
    });
    json!({
        "verified": answer.fault.is_none(),
        "file": answer.target.display().to_string(),
        "purpose": all.purpose.word(),
        "at": all.at.to_string(),
        "revocation_checked": all.revocation_checked,
        "strict": all.form == Form::Rfc5280,
        "chain": answer.chain.iter().map(certificate).collect::<Vec<_>>(),
        "reason": reason,
    })
}
