//! `import-crl`.

use std::path::PathBuf;

use serde_json::json;

use super::output::Summary;
use super::{Run, Session};
use crate::ops::import_crl::{self, Request};
use crate::ops::read;
use crate::x509::crl::Crl;

/// Take the new revocation list of a CA above into crl-chain.pem
///
/// nginx's ssl_crl and Apache's SSLCARevocationFile want a list of every CA up to the root, and
/// refuse every client once one is past its end. The list must be signed by a CA in ca-chain.crt and
/// be no older than the one that it takes the place of. PEM or DER; no key is needed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  The root made a new list; bring it to the CA below:
    $ privca --pki root gen-crl --out root.crl --force
    $ privca import-crl root.crl

  From where the root publishes it, for a timer:
    $ curl -sS http://pki.example.com/root.crl | privca import-crl -")]
pub(super) struct ImportCrl {
    /// File with the list, or several; - for standard input
    file: PathBuf,
}

impl ImportCrl {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let file = read::bytes(&self.file, &mut *output.terminal().stdin())?;
        let request = Request {
            pki: &session.pki,
            file: &file,
            what: &self.file.display().to_string(),
        };
        let imported = import_crl::run(&session.context, &request)?;
        let line = |summary: Summary, list: &Crl| {
            summary
                .line("issuer", list.issuer().to_string())
                .line("made", list.this_update().to_string())
                .line(
                    "next update",
                    end(list).unwrap_or_else(|| "never".to_owned()),
                )
                .line("revoked", list.entries().count().to_string())
        };
        let summary = Summary::new("Took in the list of a CA above");
        let summary = imported.lists.iter().fold(summary, line);
        let summary = summary.line("crl chain", imported.path.display().to_string());
        let lists: Vec<_> = imported
            .lists
            .iter()
            .map(|list| {
                json!({
                    "issuer": list.issuer().rfc4514(),
                    "this_update": list.this_update().to_string(),
                    "next_update": end(list),
                    "entries": list.entries().count(),
                })
            })
            .collect();
        let json = json!({"crl_chain": imported.path, "lists": lists});
        Ok(output.outcome(&json, &summary)?)
    }
}

fn end(list: &Crl) -> Option<String> {
    list.next_update().map(|end| end.to_string())
}
