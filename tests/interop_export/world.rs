//! A root, an intermediate, a server and two clients; their bundles in every variety; a web server
//! that trusts the root alone and lets nobody in without a certificate and its chain.

use crate::server::{Server, free_port};
use crate::support::Bench;

/// One bundle in a file.
pub struct Case {
    pub file: String,
    pub name: &'static str,
    pub legacy: bool,
    pub chain: bool,
    pub passphrase: &'static str,
}

impl Case {
    /// How many certificates are in it: its own and the intermediate's.
    pub fn certificates(&self) -> usize {
        1 + usize::from(self.chain)
    }
}

pub const PASSPHRASES: [&str; 3] = ["secret", "", "pä€ss 🔑"];

/// `root/`, `pki/` below it, and the certificates `localhost`, `ec` and `rsa`.
pub fn world() -> Bench {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("init-ca --cn Sub --parent root --no-pass")
        .ok();
    bench
        .privca("issue localhost --profile server --san dns:localhost,ip:127.0.0.1 --no-pass")
        .ok();
    bench
        .privca("issue ec --san email:ec@example.com --no-pass")
        .ok();
    bench
        .privca("issue rsa --san email:rsa@example.com --key-type rsa-2048 --no-pass")
        .ok();
    bench
}

/// Modern and legacy, EC and RSA, with and without chain, under these passphrases.
pub fn bundles(bench: &Bench, passphrases: &[&'static str]) -> Vec<Case> {
    let mut cases = Vec::new();
    for name in ["ec", "rsa"] {
        for legacy in [false, true] {
            for chain in [false, true] {
                for passphrase in passphrases {
                    let file = format!("{}.p12", cases.len());
                    let source = format!("pass:{passphrase}");
                    let mut args = vec!["export-p12", name, "--out", &file, "--passout", &source];
                    args.extend(legacy.then_some("--legacy"));
                    args.extend((!chain).then_some("--no-chain"));
                    bench.privca_args(&args).ok();
                    cases.push(Case {
                        file,
                        name,
                        legacy,
                        chain,
                        passphrase,
                    });
                }
            }
        }
    }
    cases
}

/// The cases as lines that a program in another language reads.
pub fn listed(bench: &Bench, cases: &[Case]) {
    let line = |case: &Case| {
        format!(
            "{}\t{}\t{}\t{}\n",
            case.file,
            case.name,
            case.certificates(),
            case.passphrase
        )
    };
    bench.write("cases", cases.iter().map(line).collect::<String>());
}

/// An nginx that sends `localhost`'s fullchain and wants a client certificate below the root.
pub fn nginx(bench: &Bench) -> (Server, u16) {
    bench
        .privca("export localhost --format fullchain --out server.pem")
        .ok();
    bench
        .privca("export localhost --format pkcs8 --no-pass --out server.key")
        .ok();
    let port = free_port();
    bench.write(
        "nginx.conf",
        format!(
            "daemon off; pid nginx.pid; error_log stderr; events {{ }}\n\
             http {{ access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
             server {{ listen 127.0.0.1:{port} ssl;\n\
             ssl_certificate server.pem; ssl_certificate_key server.key;\n\
             ssl_client_certificate root/ca.crt; ssl_verify_depth 2; ssl_verify_client on;\n\
             location / {{ default_type text/html; return 200 \"hello $ssl_client_s_dn\"; }} }} }}\n"
        ),
    );
    let folder = bench.path("");
    let server = Server::start(
        "nginx",
        &["-p", folder.to_str().unwrap(), "-c", "nginx.conf"],
        port,
    );
    (server, port)
}
