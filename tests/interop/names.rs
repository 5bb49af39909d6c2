//! Names arrive byte for byte, whatever their order, grouping and string types.

use privca::x509::certificate::Certificate;

use crate::support::Bench;

fn certificate(bench: &Bench, file: &str) -> Certificate {
    let der = bench
        .tool(
            "sh",
            &[
                "-c",
                &format!("openssl x509 -in '{file}' -outform DER | base64 -w0"),
            ],
        )
        .ok();
    Certificate::from_der(&privca::primitives::base64::decode(der.stdout.trim()).unwrap()).unwrap()
}

/// PrintableString 0x13, UTF8String 0x0c, TeletexString 0x14, IA5String 0x16.
const SUBJECTS: [(&str, &str); 2] = [
    (
        "two OU and two DC in four string types",
        "CN=#130454657374,OU=#1404506cfc73,OU=#0c0455c3bc73,O=#16074578616d706c65,DC=#16076578616d706c65,DC=#1603636f6d",
    ),
    (
        "a multi-valued RDN",
        "CN=Test+serialNumber=42,OU=b+OU=a,O=Example",
    ),
];

#[test]
#[ignore = "needs openssl"]
fn issuers_are_copied_into_certificates_requests_and_crls() {
    for (what, subject) in SUBJECTS {
        let bench = Bench::new();
        bench
            .privca_args(&["init-ca", "--no-pass", "--subject", subject])
            .ok();
        bench
            .privca("issue a --no-pass --san email:a@example.com")
            .ok();
        bench
            .privca("--pki sub init-ca --cn Sub --no-pass --parent pki")
            .ok();
        bench
            .privca("--pki sub issue b --no-pass --san email:b@example.com")
            .ok();
        for line in [
            "openssl verify -x509_strict -crl_check -CRLfile pki/crl.pem -CAfile pki/ca.crt pki/issued/a.crt",
            "openssl verify -x509_strict -crl_check_all -CRLfile sub/crl-chain.pem -CAfile pki/ca.crt -untrusted sub/ca.crt sub/issued/b.crt",
            "openssl crl -in pki/crl.pem -CAfile pki/ca.crt -noout",
        ] {
            let ran = bench.sh(line);
            assert_eq!(ran.code, 0, "{what}: {line}: {}{}", ran.stdout, ran.stderr);
        }
        let ca = certificate(&bench, "pki/ca.crt");
        assert_eq!(
            certificate(&bench, "pki/issued/a.crt").issuer().der(),
            ca.subject().der(),
            "{what}"
        );
        assert_eq!(
            certificate(&bench, "sub/ca.crt").issuer().der(),
            ca.subject().der(),
            "{what}"
        );
    }
}

#[test]
#[ignore = "needs openssl"]
fn a_ca_that_openssl_made_signs_with_its_own_bytes() {
    for mask in ["default", "pkix", "nombstr", "MASK:0x0800"] {
        let bench = Bench::with_ca();
        bench.write("ca.cnf", format!(
            "[req]\nprompt=no\nutf8=yes\nstring_mask={mask}\ndistinguished_name=dn\nx509_extensions=ca\n\
             [dn]\n0.DC=com\n1.DC=example\n0.OU=Eins\n1.OU=Zwölf\nO=Beispiel\n+CN=Prüfer\n[ca]\nbasicConstraints=critical,CA:TRUE\n"
        ));
        bench.sh("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -config ca.cnf -keyout pki/private/ca.key -out pki/ca.crt && rm -f pki/ca-chain.crt").ok();
        bench
            .privca("issue a --no-pass --san email:a@example.com")
            .ok();
        bench
            .sh("openssl verify -CAfile pki/ca.crt pki/issued/a.crt")
            .ok();
        let ca = certificate(&bench, "pki/ca.crt");
        assert_eq!(
            certificate(&bench, "pki/issued/a.crt").issuer().der(),
            ca.subject().der(),
            "{mask}"
        );
    }
}

#[test]
#[ignore = "needs openssl"]
fn subjects_and_keys_of_requests_are_copied() {
    for (what, subject) in [
        ("two O in order", "/O=dev/O=ops/CN=x"),
        ("DC and UID", "/DC=com/DC=example/UID=u/CN=x"),
        ("multi-valued", "/O=Example/CN=x+UID=u"),
        (
            "awkward characters",
            "/O=A\\/B, \"Inc\" \\+ <Söhne>;#/CN= x",
        ),
    ] {
        let bench = Bench::with_ca();
        bench
            .tool(
                "openssl",
                &[
                    "req",
                    "-new",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-keyout",
                    "k",
                    "-out",
                    "r",
                    "-utf8",
                    "-subj",
                    subject,
                    "-addext",
                    "subjectAltName=email:x@example.com",
                ],
            )
            .ok();
        bench.privca("sign --csr r x").ok();
        let show = |line: &str| bench.sh(line).ok().stdout;
        assert_eq!(
            show("openssl req -in r -noout -subject -nameopt RFC2253,dn_rev,show_type,dump_der"),
            show(
                "openssl x509 -in pki/issued/x.crt -noout -subject -nameopt RFC2253,dn_rev,show_type,dump_der"
            ),
            "{what}"
        );
        assert_eq!(
            show("openssl req -in r -noout -pubkey"),
            show("openssl x509 -in pki/issued/x.crt -noout -pubkey")
        );
        // and the index has OpenSSL's own one-line form
        let oneline = show("openssl x509 -in pki/issued/x.crt -noout -subject -nameopt compat");
        let oneline = oneline
            .trim_end()
            .strip_prefix("subject=")
            .unwrap()
            .to_owned();
        assert_eq!(
            bench
                .read("pki/index.txt")
                .trim_end()
                .rsplit('\t')
                .next()
                .unwrap(),
            oneline,
            "{what}"
        );
    }
}
