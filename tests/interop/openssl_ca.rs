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

/// By the steps of `CA.pl -newca`, under the configuration that OpenSSL comes with, whose names for
/// three things are not EasyRSA's.
#[test]
#[ignore = "needs openssl"]
fn a_directory_of_openssls_own_configuration_is_privcas_too() {
    let bench = Bench::new();
    bench
        .sh(
            "mkdir -p demoCA/certs demoCA/crl demoCA/newcerts demoCA/private && \
             : > demoCA/index.txt && echo 01 > demoCA/crlnumber && \
             openssl req -new -newkey rsa:2048 -noenc -subj /C=DE/ST=Berlin/O=Example/CN=Demo \
                 -keyout demoCA/private/cakey.pem -out demoCA/careq.pem && \
             openssl ca -batch -create_serial -out demoCA/cacert.pem -days 1095 -selfsign \
                 -keyfile demoCA/private/cakey.pem -extensions v3_ca -infiles demoCA/careq.pem",
        )
        .ok();
    let certify = |name: &str| {
        bench
            .sh(&format!(
                "openssl req -newkey rsa:2048 -noenc -subj /C=DE/ST=Berlin/O=Example/CN={name} \
                     -keyout {name}.key -out {name}.csr && \
                 openssl ca -batch -in {name}.csr -out {name}.crt"
            ))
            .ok();
    };
    let privca = |words: &str| bench.privca(&format!("--pki demoCA {words}"));
    let listed = || {
        bench
            .sh("openssl crl -in demoCA/crl.pem -CAfile demoCA/cacert.pem -noout -text")
            .ok()
            .stdout
    };
    certify("ann");
    certify("ben");
    let (ann, ben) = (serial(&bench, "ann.crt"), serial(&bench, "ben.crt"));
    let own = bench.read("demoCA/cacert.pem");

    privca("init-ca --cn x --no-pass").fails(
        1,
        "error[already-a-pki]: demoCA holds a CA of openssl ca already",
    );
    // CA.pl leaves private/ open to everybody's eyes
    bench.sh("chmod 755 demoCA/private").ok();
    let said = privca("check");
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.contains("demoCA/private has mode 0755"),
        "{}",
        said.stdout
    );
    privca("check --repair").ok();
    privca("check").ok();
    privca("revoke ann").ok();
    assert!(listed().contains(&ann));

    // OpenSSL's default, under which it refuses an index with two valid rows of a subject
    let attributes = || bench.read("demoCA/index.txt.attr");
    bench.write("demoCA/index.txt.attr", "unique_subject = yes\n");
    privca("issue eva --profile client --no-pass").ok();
    assert_eq!(attributes(), "unique_subject = yes\n");
    let renewed = privca("--json renew ben").ok().json();
    assert_eq!(renewed["issued"][0]["renews"], ben.as_str(), "{renewed}");
    assert_eq!(attributes(), "unique_subject = no\n");
    let again = serial(&bench, "demoCA/issued/ben.crt");
    assert_eq!(
        serial(&bench, &format!("demoCA/newcerts/{again}.pem")),
        again
    );

    let strict = privca("verify ben");
    assert_eq!(strict.code, 1);
    assert!(
        strict.stdout.contains("it is a CA without keyUsage")
            && strict.stdout.contains("--no-strict"),
        "{}",
        strict.stdout
    );
    privca("verify ben eva --no-strict").ok();
    bench
        .sh("openssl verify -CAfile demoCA/cacert.pem demoCA/issued/ben.crt demoCA/issued/eva.crt")
        .ok();

    // and OpenSSL goes on
    certify("cid");
    privca("verify cid --no-strict").ok();
    privca("export cid --format der --out cid.der").ok();
    let cid = serial(&bench, "cid.crt");
    bench
        .sh("openssl ca -batch -revoke cid.crt && openssl ca -gencrl -out demoCA/crl.pem")
        .ok();
    assert!(listed().contains(&ann) && listed().contains(&cid));
    assert_eq!(privca("--json gen-crl").ok().json()["entries"], 2);
    privca("check").ok();

    // nothing has got a second name
    assert_eq!(bench.read("demoCA/cacert.pem"), own);
    for name in ["ca.crt", "private/ca.key", "certs_by_serial"] {
        assert!(!bench.path("demoCA").join(name).exists(), "{name}");
    }
}
