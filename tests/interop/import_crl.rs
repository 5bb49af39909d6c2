//! The list of a CA above, by OpenSSL: made by it, and judged by it.

use crate::support::Bench;

/// A list of the root's, by `openssl ca`.
fn list(bench: &Bench, words: &str) {
    bench
        .sh(&format!(
            "cd root && openssl ca -config openssl-easyrsa.cnf -gencrl {words}"
        ))
        .ok();
}

#[test]
#[ignore = "needs openssl"]
fn openssl_has_every_list_that_it_wants() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench.privca("init-ca --cn Sub --request --no-pass").ok();
    bench
        .privca(
            "--pki root sign --csr pki/reqs/ca.req sub --profile subca --out sub.crt --no-chain",
        )
        .ok();
    bench
        .privca("init-ca --certificate sub.crt --chain root/ca.crt")
        .ok();
    bench.privca("issue a --no-pass --profile client").ok();
    let verify = "openssl verify -x509_strict -crl_check_all -CRLfile pki/crl-chain.pem -CAfile pki/ca-chain.crt pki/issued/a.crt";
    let said = bench.sh(verify);
    assert!(
        said.stderr.contains("unable to get certificate CRL"),
        "{}",
        said.stderr
    );
    list(&bench, "-out ../root.pem");
    bench.privca("import-crl root.pem").ok();
    bench.sh(verify).ok();

    // lists that would make servers refuse everybody
    for (words, code) in [
        (
            "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z",
            "ended-crl",
        ),
        (
            "-crl_lastupdate 20200101000000Z -crl_nextupdate 20380201000000Z",
            "older-crl",
        ),
        ("-crlexts partial", "partial-crl"),
    ] {
        let configuration = bench.read("root/openssl-easyrsa.cnf");
        bench.write(
            "root/openssl-easyrsa.cnf",
            configuration + "\n[partial]\nissuingDistributionPoint = critical, onlyuser:TRUE\n",
        );
        list(&bench, &format!("{words} -out ../bad.pem"));
        bench
            .privca("import-crl bad.pem")
            .fails(1, &format!("error[{code}]"));
    }
    bench.sh(verify).ok();

    // one that has ended in its place is told by every command
    let own = bench.read("pki/crl.pem");
    list(
        &bench,
        "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z -out ../ended.pem",
    );
    bench.write("pki/crl-chain.pem", own + &bench.read("ended.pem"));
    let said = bench.privca("list").ok().stderr;
    assert!(
        said.contains("the CRL of 'CN=Root'") && said.contains("ended on 2020-02-01"),
        "{said}"
    );
    let said = bench.privca("status").ok().stdout;
    assert!(
        said.contains("the revocation list of 'CN=Root' ended"),
        "{said}"
    );
    let said = bench.privca("check").fails(1, "").stdout;
    assert!(said.contains("crl-above-ended"), "{said}");
    bench.privca("import-crl root.pem").ok();
    bench.privca("check").ok();
    bench.sh(verify).ok();
}
