//! The list of a CA above, by OpenSSL: made by it, and judged by it.

use crate::support::Bench;

#[test]
#[ignore = "needs openssl"]
fn openssl_has_every_list_that_it_wants() {
    let bench = Bench::below_a_root();
    bench.privca("issue a --no-pass --profile client").ok();
    let verify = "openssl verify -x509_strict -crl_check_all -CRLfile pki/crl-chain.pem -CAfile pki/ca-chain.crt pki/issued/a.crt";
    let said = bench.sh(verify);
    assert!(
        said.stderr.contains("unable to get certificate CRL"),
        "{}",
        said.stderr
    );
    bench.root_list("", "root.pem");
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
        bench.root_list(words, "bad.pem");
        bench
            .privca("import-crl bad.pem")
            .fails(1, &format!("error[{code}]"));
    }
    bench.sh(verify).ok();

    // one that has ended or not begun in its place is told by every command, and OpenSSL refuses it
    let own = bench.read("pki/crl.pem");
    for (dates, theirs, when, code) in [
        (
            "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z",
            "CRL has expired",
            "ended on 2020-02-01",
            "crl-above-ended",
        ),
        (
            "-crl_lastupdate 30000101000000Z -crl_nextupdate 30010101000000Z",
            "CRL is not yet valid",
            "begins on 3000-01-01",
            "crl-above-early",
        ),
    ] {
        bench.root_list(dates, "other.pem");
        let other = bench.read("other.pem");
        bench.write("pki/crl-chain.pem", own.clone() + &other);
        bench.sh(verify).fails(2, theirs);
        let said = bench.privca("list").ok().stderr;
        let warning = format!("the CRL of 'CN=Root' in pki/crl-chain.pem {when}");
        assert!(said.contains(&warning), "{said}");
        let said = bench.privca("status").ok().stdout;
        let to_do = format!("the revocation list of 'CN=Root' {when}");
        assert!(said.contains(&to_do), "{said}");
        let said = bench.privca("check").fails(1, "").stdout;
        assert!(said.contains(code), "{said}");
        // beside a good one it does no harm
        bench.write(
            "pki/crl-chain.pem",
            own.clone() + &other + &bench.read("root.pem"),
        );
        bench.sh(verify).ok();
        bench.privca("check").ok();
        bench.write("pki/crl-chain.pem", own.clone());
    }
    bench.privca("import-crl root.pem").ok();
    bench.privca("check").ok();
    bench.sh(verify).ok();
}
