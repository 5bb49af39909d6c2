//! `openssl ca` signs in a directory that privca made, with the configuration that lies in it.

use crate::lifecycle::{listed, ocsp};
use crate::support::Bench;

fn openssl_ca(bench: &Bench, words: &str) {
    bench
        .sh(&format!(
            "cd pki && openssl ca -batch -config openssl-easyrsa.cnf {words}"
        ))
        .ok();
}

fn serial(bench: &Bench, file: &str) -> String {
    let said = bench.sh(&format!("openssl x509 -in {file} -noout -serial"));
    let said = said.ok().stdout;
    said.trim().trim_start_matches("serial=").to_owned()
}

#[test]
#[ignore = "needs openssl"]
fn what_openssl_signed_is_privcas_to_list_renew_and_revoke() {
    for key_type in ["ec-p256", "ec-p384", "ed25519", "rsa-2048"] {
        let bench = Bench::new();
        bench
            .privca(&format!(
                "init-ca --cn Test --no-pass --key-type {key_type}"
            ))
            .ok();
        bench.privca("issue alice --no-pass --profile client").ok();
        for name in ["erin", "frank"] {
            bench
                .sh(&format!(
                    "cd pki && umask 077 && openssl req -new -newkey rsa:2048 -noenc -subj /O=Example/CN={name} \
                     -keyout private/{name}.key -out reqs/{name}.req"
                ))
                .ok();
            openssl_ca(
                &bench,
                &format!("-in reqs/{name}.req -out issued/{name}.crt"),
            );
        }
        bench
            .sh("openssl verify -CAfile pki/ca.crt pki/issued/alice.crt pki/issued/erin.crt")
            .ok();
        bench.privca("check").ok();
        let list = bench.privca("--json list").ok().json();
        let mut names: Vec<&str> = list["certificates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["alice", "erin", "frank"], "{list}");
        bench.privca("verify erin --purpose client").ok();
        bench
            .privca("export-p12 erin --no-pass --out erin.p12")
            .ok();
        // its key is taken, as any other
        bench
            .privca("sign --csr pki/reqs/erin.req mallory --profile client")
            .fails(3, "key-in-use");

        let (first, frank) = (
            serial(&bench, "pki/issued/erin.crt"),
            serial(&bench, "pki/issued/frank.crt"),
        );
        std::fs::copy(bench.path("pki/issued/frank.crt"), bench.path("frank.crt")).unwrap();
        bench.privca("renew erin").ok();
        let second = serial(&bench, "pki/issued/erin.crt");
        bench
            .privca(&format!("revoke --serial {first} --reason superseded"))
            .ok();
        bench.privca("revoke frank").ok();
        bench.privca("check").ok();
        let text = listed(&bench);
        assert!(text.contains(&first) && text.contains(&frank), "{text}");
        assert!(!text.contains(&second), "{text}");
        if key_type != "ed25519" {
            // openssl ocsp cannot sign its answers with Ed25519
            assert!(ocsp(&bench, "frank.crt").contains("revoked"));
            assert!(ocsp(&bench, "pki/issued/erin.crt").contains("good"));
        }

        // and OpenSSL goes on: the one that privca renewed, and the list after that
        openssl_ca(&bench, "-updatedb");
        openssl_ca(
            &bench,
            &format!("-revoke certs_by_serial/{second}.pem -crl_reason keyCompromise"),
        );
        openssl_ca(&bench, "-gencrl -out crl.pem");
        let text = listed(&bench);
        for serial in [&first, &second, &frank] {
            assert!(text.contains(serial), "{serial} in {text}");
        }
        assert_eq!(bench.privca("--json gen-crl").ok().json()["entries"], 3);
        bench.privca("check").ok();
    }
}

/// The names that OpenSSL's own configuration gives, and what the document makes of them.
#[test]
#[ignore = "needs openssl"]
fn a_directory_of_openssl_ca_is_taken_over_as_documented() {
    let bench = Bench::new();
    bench.write(
        "ca.cnf",
        "[ca]\ndefault_ca=d\n[d]\ndir=./demoCA\ndatabase=$dir/index.txt\nnew_certs_dir=$dir/newcerts\n\
         certificate=$dir/cacert.pem\nprivate_key=$dir/private/cakey.pem\nserial=$dir/serial\n\
         crlnumber=$dir/crlnumber\ndefault_md=sha256\ndefault_days=365\ndefault_crl_days=30\npolicy=p\n\
         [p]\ncommonName=supplied\n",
    );
    bench
        .sh(
            "mkdir -p demoCA/newcerts demoCA/private && : > demoCA/index.txt && \
             echo 1000 | tee demoCA/serial > demoCA/crlnumber && \
             openssl req -x509 -newkey rsa:2048 -noenc -keyout demoCA/private/cakey.pem -out demoCA/cacert.pem -subj /CN=Demo",
        )
        .ok();
    let certify = |name: &str| {
        bench
            .sh(&format!(
                "openssl req -newkey rsa:2048 -noenc -keyout {name}.key -subj /CN={name} -out {name}.csr && \
                 openssl ca -config ca.cnf -batch -in {name}.csr -out {name}.crt"
            ))
            .ok();
    };
    certify("ann");
    certify("ben");
    bench.privca("--pki demoCA list").fails(
        1,
        "error[pki-incomplete]: demoCA/ca.crt is missing; demoCA/cacert.pem is there",
    );

    let document = include_str!("../../docs/easyrsa.md");
    let block = document.split("```sh\ncd demoCA\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    bench.sh(&format!("set -e; cd demoCA; {block}")).ok();
    bench.privca("--pki demoCA check").ok();
    bench.privca("--pki demoCA revoke ann").ok();
    let listed = "openssl crl -in demoCA/crl.pem -CAfile demoCA/ca.crt -noout -text";
    assert!(bench.sh(listed).ok().stdout.contains("Serial Number: 1000"));
    std::fs::create_dir_all(bench.path("demoCA/issued")).unwrap();
    bench
        .sh("cp demoCA/certs_by_serial/1001.pem demoCA/issued/ben.crt")
        .ok();
    let attributes = || bench.read("demoCA/index.txt.attr");
    bench
        .privca("--pki demoCA issue eva --profile client --no-pass")
        .ok();
    // OpenSSL's default, under which it refuses an index with two valid rows of a subject
    assert_eq!(attributes(), "unique_subject = yes\n");
    bench.privca("--pki demoCA renew ben").ok();
    assert_eq!(attributes(), "unique_subject = no\n");
    let strict = bench.privca("--pki demoCA verify ben");
    assert_eq!(strict.code, 1);
    assert!(
        strict.stdout.contains("it is a CA without keyUsage")
            && strict.stdout.contains("--no-strict"),
        "{}",
        strict.stdout
    );
    bench.privca("--pki demoCA verify ben --no-strict").ok();

    certify("cid");
    bench
        .sh("openssl ca -config ca.cnf -batch -revoke cid.crt && openssl ca -config ca.cnf -gencrl -out demoCA/crl.pem")
        .ok();
    let text = bench.sh(listed).ok().stdout;
    assert!(
        text.contains("Serial Number: 1000") && text.contains("Serial Number: 1002"),
        "{text}"
    );
    assert_eq!(
        bench.privca("--pki demoCA --json gen-crl").ok().json()["entries"],
        2
    );
    bench.privca("--pki demoCA check").ok();
}
