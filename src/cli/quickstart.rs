//! `quickstart`.

use std::path::PathBuf;

use serde_json::json;

use super::output::Summary;
use super::{Run, Session, issued};
use crate::ops::quickstart::{self, P12_PASSPHRASE, PORT};
use crate::primitives::shell::quoted;

/// Make a CA, a server and a client certificate to try mutual TLS with
///
/// Everything goes into one new folder: a PKI directory, a server certificate for localhost, a
/// client certificate with its .p12, and an nginx.conf that uses them. Nothing is encrypted: it is
/// a place to try things in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  $ privca quickstart\n  $ privca quickstart /tmp/demo")]
pub(super) struct Quickstart {
    /// Folder to put everything in
    #[arg(default_value = "privca-quickstart")]
    directory: PathBuf,
}

impl Quickstart {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let started = quickstart::run(&session.context, &self.directory)?;
        let directory = started.directory.display().to_string();
        let pki = started.pki.display().to_string();
        let client = started.client.path.display().to_string();
        let key = started
            .client
            .key_path
            .as_ref()
            .map(|k| k.display().to_string())
            .unwrap_or_default();
        let serve = format!("nginx -p {} -c nginx.conf", quoted(&directory));
        let url = format!("https://localhost:{PORT}/");
        let ca = quoted(&format!("{pki}/ca-chain.crt"));
        let refused = format!("curl --cacert {ca} {url}");
        let accepted = format!(
            "curl --cacert {ca} --cert {} --key {} {url}",
            quoted(&client),
            quoted(&key)
        );
        let summary = Summary::new(&format!("Made everything for mutual TLS in {directory}"))
            .line("CA", format!("{pki}/ca.crt"))
            .line("server", started.server.path.display().to_string())
            .line("client", &client)
            .line(
                "bundle",
                format!("{} (passphrase: {P12_PASSPHRASE})", started.p12.display()),
            )
            .line("nginx", started.nginx.display().to_string())
            .text(&format!(
                "\nServe it:\n  {serve}\nRefused, 403:\n  {refused}\nLet in, 200:\n  {accepted}\n\
                 Sign somebody's request:\n  privca --pki {} sign --csr FILE\n",
                quoted(&pki)
            ));
        let json = json!({
            "directory": started.directory,
            "pki": started.pki,
            "server": issued::to_json(&started.server),
            "client": issued::to_json(&started.client),
            "p12": started.p12,
            "p12_passphrase": P12_PASSPHRASE,
            "nginx_conf": started.nginx,
            "serve": serve,
            "url": url,
        });
        Ok(session.output.outcome(&json, &summary)?)
    }
}
