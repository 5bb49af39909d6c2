//! How a new certificate is shown: by `sign`, `issue` and `quickstart`.

use std::path::Path;

use serde_json::{Value, json};

use super::output::{Output, Summary};
use super::values::CertificateOut;
use super::{Failure, Run};
use crate::ops::Context;
use crate::ops::issuance::{Issued, sha256};
use crate::pki::Overwrite;
use crate::primitives::{disk, hex};

/// The members of an issued certificate; `docs/json.md` documents them.
pub(super) fn to_json(issued: &Issued) -> Value {
    let certificate = &issued.certificate;
    json!({
        "name": issued.name,
        "profile": Some(&issued.profile).filter(|profile| !profile.is_empty()),
        "serial": certificate.serial().to_string(),
        "subject": certificate.subject().rfc4514(),
        "names": issued.names().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "not_before": certificate.not_before().to_string(),
        "not_after": certificate.not_after().to_string(),
        "sha256": hex::lower(&sha256(certificate.der())),
        "certificate": issued.path,
        "key": issued.key_path,
        "notes": issued.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

pub(super) fn summary(issued: &Issued) -> Summary {
    let certificate = &issued.certificate;
    let names: Vec<String> = issued.names().iter().map(ToString::to_string).collect();
    let under = match issued.profile.as_str() {
        "" => "with the extensions it had".to_owned(),
        profile => format!("under profile '{profile}'"),
    };
    let mut summary = Summary::new(&format!("Signed '{}' {under}", issued.name))
        .line("subject", certificate.subject().to_string())
        .line("names", names.join(", "))
        .line(
            "valid",
            format!(
                "{} to {}",
                certificate.not_before(),
                certificate.not_after()
            ),
        )
        .line("serial", certificate.serial().to_string())
        .line("certificate", issued.path.display().to_string());
    if let Some(key) = &issued.key_path {
        summary = summary.line("key", key.display().to_string());
    }
    issued.notes.iter().fold(summary, |summary, note| {
        summary.line("note", note.to_string())
    })
}

/// Writes `--out` and shows the outcome.
pub(super) fn show(
    context: &Context<'_>,
    output: &Output<'_>,
    issued: &[Issued],
    out: &CertificateOut,
    overwrite: Overwrite,
) -> Result<(), Failure> {
    let pem: String = issued.iter().map(|i| i.pem(!out.no_chain)).collect();
    if let Some(file) = out.file() {
        write_out(context, &file, &pem, overwrite)?;
    }
    let all = issued.iter().map(summary).reduce(|all, one| all.and(&one));
    let mut all = all.unwrap_or_else(|| Summary::new("Nothing to sign"));
    if let Some(file) = out.file() {
        all = all.line("written to", file.display().to_string());
    }
    if out.is_stdout() {
        output.summary_aside(&all);
        return Ok(output.result(&pem)?);
    }
    let list: Vec<Value> = issued.iter().map(to_json).collect();
    Ok(output.outcome(&json!({ "issued": list }), &all)?)
}

fn write_out(context: &Context<'_>, file: &Path, pem: &str, overwrite: Overwrite) -> Run {
    context.disk.write_whole(file, pem.as_bytes(), disk::PUBLIC, overwrite).map_err(|fault| {
        // the certificate is recorded: what failed is only this copy of it
        let note = "the certificate is issued and lies in the PKI directory; only this copy was not written";
        context.notices.warn(note);
        crate::ops::Error::from(fault)
    })?;
    Ok(())
}
