//! The same certificates as OpenSSL reads them, and the requests as it judges them.

use crate::support::Bench;
use crate::table::{Outcome, ROWS};
use crate::{fixture, world};

#[test]
#[ignore = "needs openssl"]
fn openssl_reads_the_same_rights() {
    let template = world();
    for row in ROWS {
        let Outcome::Signed { names, .. } = row.outcome else {
            continue;
        };
        let bench = Bench::new();
        let from = template.path("pki").display().to_string();
        bench.tool("cp", &["-r", &from, "pki"]).ok();
        let file = fixture(row.file).display().to_string();
        bench
            .privca_args(&["sign", "--csr", &file, "x", "--profile", row.profile])
            .ok();
        let line = "openssl x509 -in pki/issued/x.crt -noout -text -certopt no_pubkey,no_sigdump";
        let text = bench.sh(line).ok().stdout;
        let mut expected = match row.profile {
            "subca" => vec![
                "X509v3 Basic Constraints: critical",
                "CA:TRUE, pathlen:0",
                "X509v3 Key Usage: critical",
                "Certificate Sign, CRL Sign",
            ],
            profile => vec![
                "X509v3 Basic Constraints: critical",
                "CA:FALSE",
                "X509v3 Key Usage: critical",
                "Digital Signature",
                "X509v3 Extended Key Usage:",
                if profile == "server" {
                    "TLS Web Server Authentication"
                } else {
                    "TLS Web Client Authentication"
                },
            ],
        };
        let (_, extensions) = text.split_once("X509v3 extensions:").unwrap();
        let (_, subject) = text.split_once("        Subject:").unwrap();
        let empty = subject.lines().next().unwrap().trim().is_empty();
        if !names.is_empty() {
            expected.push("X509v3 Subject Alternative Name:");
        }
        expected.extend([
            "X509v3 Subject Key Identifier:",
            "X509v3 Authority Key Identifier:",
        ]);
        // values of names and identifiers aside, line for line
        let found: Vec<&str> = extensions
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("X509v3") || expected.contains(line))
            .map(|line| match line {
                "X509v3 Subject Alternative Name: critical" if empty => {
                    "X509v3 Subject Alternative Name:"
                }
                line => line,
            })
            .collect();
        assert_eq!(found, expected, "{row:?}\n{extensions}");
        let unknown = extensions.lines().any(|l| l.starts_with("            1."));
        assert!(!unknown, "{row:?}\n{extensions}");
        let purpose = match row.profile {
            "server" => "sslserver",
            "subca" => "any",
            _ => "sslclient",
        };
        bench
            .sh(&format!(
                "openssl verify -x509_strict -purpose {purpose} -CAfile pki/ca.crt pki/issued/x.crt"
            ))
            .ok();
    }
}

/// What OpenSSL cannot read at all, so that it says nothing of the signature.
const UNREADABLE: [&str; 12] = [
    "cn_bmp_odd",
    "cn_bmp_surrogate",
    "cn_invalid_utf8",
    "cn_octet_string",
    "cn_overlong_utf8",
    "cn_surrogate_utf8",
    "cn_universal_beyond",
    "cn_universal_odd",
    "cn_visible",
    "ec_parameters_and_more",
    "ed25519_with_parameters",
    "pem_with_headers",
];

/// Where the fault is neither in the signature nor in the encoding, the signature holds: the fixtures
/// have one fault each, and it is the one in their name.
#[test]
#[ignore = "needs openssl"]
fn the_fixtures_signatures_hold() {
    let bench = Bench::new();
    for row in ROWS {
        if matches!(row.outcome, Outcome::Refused { exit: 1, .. }) {
            continue;
        }
        let file = fixture(row.file).display().to_string();
        let form = if row.file.starts_with("pem_") {
            "PEM"
        } else {
            "DER"
        };
        let args = ["req", "-in", &file, "-inform", form, "-verify", "-noout"];
        let holds = bench.tool("openssl", &args).stderr.contains("verify OK");
        assert_ne!(holds, UNREADABLE.contains(&row.file), "{row:?}");
    }
}
