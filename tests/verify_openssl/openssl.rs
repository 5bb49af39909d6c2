//! Every case again, by `openssl verify`.

use std::fs;
use std::path::Path;
use std::process::Command;

use privca::primitives::pem;
use privca::x509::certificate::Certificate;
use privca::x509::chain::{Form, Purpose};

use crate::world::Case;

#[test]
#[ignore = "needs openssl"]
fn privca_accepts_nothing_that_openssl_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let cases = crate::all_cases();
    let (mut both_yes, mut both_no) = (0, 0);
    let mut unchecked_purpose = 0;
    let (mut stricter, mut weaker) = (Vec::new(), Vec::new());
    for (number, case) in cases.iter().enumerate() {
        let openssl = openssl(
            case,
            &folder.path().join(number.to_string()),
            &["-x509_strict"],
        );
        match (case.privca(), openssl) {
            (Ok(()), Ok(())) => both_yes += 1,
            (Err(_), Err(_)) => both_no += 1,
            // OpenSSL 3.0 knows no such purpose, or leaves its check to others
            (Err(("wrong-purpose", _)), Ok(()))
                if matches!(case.purpose, Purpose::CodeSigning | Purpose::Ocsp) =>
            {
                unchecked_purpose += 1;
            }
            (Err((code, said)), Ok(())) => {
                stricter.push(format!("{}: {code}: {said}", case.name));
            }
            (Ok(()), Err(said)) => weaker.push(format!("{}: OpenSSL: {said}", case.name)),
        }
    }
    println!(
        "{} cases: {both_yes} accepted by both, {both_no} refused by both, {} refused by privca alone ({unchecked_purpose} more for code-signing and ocsp, whose purpose OpenSSL 3.0 does not check), {} accepted by privca alone",
        cases.len(),
        stricter.len(),
        weaker.len()
    );
    println!("refused by privca alone:\n  {}", stricter.join("\n  "));
    assert!(weaker.is_empty(), "weaker:\n{}", weaker.join("\n"));
    assert!(cases.len() >= 300 && both_yes >= 60 && both_no >= 100);
}

/// `--no-strict` asks no less than OpenSSL without `-x509_strict`, and puts up with something.
#[test]
#[ignore = "needs openssl"]
fn nor_without_strictness() {
    let folder = tempfile::tempdir().unwrap();
    let (mut weaker, mut put_up_with) = (Vec::new(), 0);
    for (number, case) in crate::all_cases().iter().enumerate() {
        let refused = case.privca().is_err();
        if case.privca_asking(Form::Tolerant).is_err() {
            assert!(refused, "{}: refused without strictness alone", case.name);
            continue;
        }
        let folder = folder.path().join(number.to_string());
        match openssl(case, &folder, &[]) {
            Ok(()) => put_up_with += usize::from(refused),
            Err(said) => weaker.push(format!("{}: OpenSSL: {said}", case.name)),
        }
    }
    println!("{put_up_with} cases are accepted without strictness alone");
    assert!(weaker.is_empty(), "weaker:\n{}", weaker.join("\n"));
    assert!(put_up_with >= 10);
}

/// OpenSSL's verdict; what it says where that is a no.
fn openssl(case: &Case, folder: &Path, strictness: &[&str]) -> Result<(), String> {
    fs::create_dir(folder).unwrap();
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let certificates = |all: &[Certificate]| -> String {
        all.iter()
            .map(|c| pem::encode("CERTIFICATE", c.der()))
            .collect()
    };
    let purpose = match case.purpose {
        Purpose::Client => "sslclient",
        Purpose::Server => "sslserver",
        Purpose::Email => "smimesign",
        Purpose::Ocsp => "ocsphelper",
        // OpenSSL 3.0 has none for code
        Purpose::CodeSigning | Purpose::Any => "any",
    };
    let mut command = Command::new("openssl");
    command.arg("verify").args(strictness);
    command.args(["-crl_check_all", "-purpose", purpose]);
    command.args(["-auth_level", "2", "-no-CApath", "-no-CAstore"]);
    command.arg("-attime").arg(case.at.to_string());
    command.arg("-CAfile");
    command.arg(write("ca.pem", certificates(&case.anchors)));
    if !case.untrusted.is_empty() {
        command.arg("-untrusted");
        command.arg(write("untrusted.pem", certificates(&case.untrusted)));
    }
    if !case.crls.is_empty() {
        let lists = case.crls.iter();
        let lists = lists.map(|l| pem::encode("X509 CRL", l.der())).collect();
        command.arg("-CRLfile").arg(write("crls.pem", lists));
    }
    for (option, value) in [
        ("-verify_hostname", case.identity.host.clone()),
        ("-verify_email", case.identity.email.clone()),
        ("-verify_ip", case.identity.ip.map(|ip| ip.to_string())),
    ] {
        if let Some(value) = value {
            command.args([option, &value]);
        }
    }
    let leaf = write("leaf.pem", certificates(std::slice::from_ref(&case.leaf)));
    let output = command.arg(leaf).output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|l| l.starts_with("error "));
    Err(line.unwrap_or(&said).to_owned())
}
