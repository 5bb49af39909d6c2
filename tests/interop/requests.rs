//! Requests from every tool that makes them, in every form that they come in.

use crate::support::Bench;

/// Signs a request and has OpenSSL verify the result.
fn signs(bench: &Bench, file: &str, name: &str) {
    bench
        .privca_args(&["sign", "--csr", file, name, "--profile", "client"])
        .ok();
    bench.sh(&format!("openssl verify -x509_strict -purpose sslclient -CAfile pki/ca.crt pki/issued/{name}.crt")).ok();
}

#[test]
#[ignore = "needs openssl"]
fn from_openssl_with_every_key_and_digest() {
    let bench = Bench::with_ca();
    for (i, options) in [
        "rsa:2048 -sha256",
        "rsa:2048 -sha384",
        "rsa:3072 -sha512",
        "rsa:2048 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest",
        "ec -pkeyopt ec_paramgen_curve:P-256 -sha256",
        "ec -pkeyopt ec_paramgen_curve:P-384 -sha384",
        "ec -pkeyopt ec_paramgen_curve:P-256 -sha384",
        "ec -pkeyopt ec_paramgen_curve:P-384 -sha256",
        "ed25519",
    ]
    .iter()
    .enumerate()
    {
        bench
            .sh(&format!(
                "openssl req -new -newkey {options} -nodes -subj /CN=n{i} -keyout k -out r{i}"
            ))
            .ok();
        signs(&bench, &format!("r{i}"), &format!("n{i}"));
    }
}

#[test]
#[ignore = "needs openssl"]
fn in_every_form() {
    let bench = Bench::with_ca();
    let make = |n: &str, more: &str| {
        bench.sh(&format!("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={n} -keyout k {more}")).ok();
    };
    make("der", "-outform DER -out der.csr");
    make("new", "-newhdr -out new.csr");
    make("text", "-text -out text.csr");
    bench.sh("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=crlf -keyout k | sed 's/$/\\r/' > crlf.csr").ok();
    bench.sh("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=bare -keyout k | grep -v -- ----- > bare.csr").ok();
    for name in ["der", "new", "text", "crlf", "bare"] {
        signs(&bench, &format!("{name}.csr"), name);
    }
}

#[test]
#[ignore = "needs keytool"]
fn from_java() {
    let bench = Bench::with_ca();
    for (name, options) in [
        ("rsa", "-keyalg RSA -keysize 2048"),
        ("ec", "-keyalg EC -groupname secp256r1"),
        ("ed", "-keyalg Ed25519"),
    ] {
        bench.sh(&format!(
            "keytool -genkeypair {options} -alias {name} -dname 'CN={name}, OU=Java, O=Example, C=DE' -keystore store.p12 -storepass secret \
             && keytool -certreq -alias {name} -ext san=dns:{name}.example.com -keystore store.p12 -storepass secret -file {name}.csr"
        )).ok();
        signs(&bench, &format!("{name}.csr"), name);
        // and it goes back into the store
        bench.sh(&format!(
            "keytool -importcert -noprompt -alias ca-{name} -file pki/ca.crt -keystore store.p12 -storepass secret \
             && keytool -importcert -alias {name} -file pki/issued/{name}.crt -keystore store.p12 -storepass secret"
        )).ok();
    }
}

#[test]
#[ignore = "needs certtool"]
fn from_gnutls() {
    let bench = Bench::with_ca();
    bench.write("template", "cn = gnutls\norganization = Example\nemail = \"x@example.com\"\ntls_www_client\nsigning_key\n");
    for (name, options) in [
        ("rsa", "--rsa --bits 2048"),
        ("ec", "--ecdsa --curve secp256r1"),
        ("ed", "--key-type ed25519"),
    ] {
        bench.sh(&format!(
            "certtool --generate-privkey {options} --outfile {name}.key \
             && certtool --generate-request --load-privkey {name}.key --template template --outfile {name}.csr"
        )).ok();
        signs(&bench, &format!("{name}.csr"), name);
        bench
            .sh(&format!(
                "certtool --verify --load-ca-certificate pki/ca.crt --infile pki/issued/{name}.crt"
            ))
            .ok();
    }
}

#[test]
#[ignore = "needs easyrsa"]
fn from_easyrsa() {
    let bench = Bench::with_ca();
    bench.sh("export EASYRSA_BATCH=1; /usr/share/easy-rsa/easyrsa --pki-dir=$PWD/other init-pki && EASYRSA_REQ_CN=erika /usr/share/easy-rsa/easyrsa --pki-dir=$PWD/other gen-req erika nopass").ok();
    signs(&bench, "other/reqs/erika.req", "erika");
}

#[test]
#[ignore = "needs openssl"]
fn what_is_weak_or_asks_for_too_much_is_refused_with_the_reason() {
    let bench = Bench::with_ca();
    let cases = [
        ("rsa:1024", "", 3, "1024"),
        ("rsa:2047", "", 3, "2047"),
        ("rsa:2048 -pkeyopt rsa_keygen_pubexp:3", "", 3, "exponent"),
        ("ec -pkeyopt ec_paramgen_curve:P-521", "", 1, "P-521"),
        (
            "ec -pkeyopt ec_paramgen_curve:secp256k1",
            "",
            1,
            "secp256k1",
        ),
        ("rsa:2048 -sha1", "", 1, "SHA-1"),
        (
            "rsa:2048",
            "-addext basicConstraints=critical,CA:TRUE",
            3,
            "ca-requested",
        ),
        (
            "rsa:2048",
            "-addext keyUsage=keyCertSign",
            3,
            "ca-requested",
        ),
        (
            "rsa:2048",
            "-addext extendedKeyUsage=serverAuth",
            3,
            "purpose-not-allowed",
        ),
        (
            "rsa:2048",
            "-addext subjectAltName=email:nobody",
            3,
            "name-invalid",
        ),
    ];
    for (key, more, code, said) in cases {
        let made = bench.sh(&format!(
            "openssl req -new -newkey {key} -nodes -subj /CN=x {more} -keyout k -out r"
        ));
        made.ok();
        bench
            .privca("sign --csr r x --profile client")
            .fails(code, said);
    }
    assert_eq!(bench.read("pki/index.txt"), "");
    // an unknown extension is left out, and named
    bench.sh("openssl req -new -newkey rsa:2048 -nodes -subj /CN=x -addext 1.2.3.4=DER:0500 -keyout k -out r").ok();
    let signed = bench
        .privca("--json sign --csr r x --profile client")
        .ok()
        .json();
    assert!(
        signed["issued"][0]["notes"].to_string().contains("1.2.3.4"),
        "{signed}"
    );
}

#[test]
#[ignore = "needs openssl"]
fn a_null_byte_in_the_cn() {
    let bench = Bench::with_ca();
    // CN=x\0y as a BMP-free UTF8String, through OpenSSL's own escape
    bench.sh("printf '[req]\\nprompt=no\\ndistinguished_name=dn\\n[dn]\\nCN=admin.example.com@evil\\n' > c && openssl req -new -newkey rsa:2048 -nodes -config c -keyout k -outform DER -out r.der").ok();
    let der = std::fs::read(bench.path("r.der")).unwrap();
    // put the null byte in and sign again with the same key
    let at = der.windows(5).position(|w| w == b"@evil").unwrap();
    let mut info = der.clone();
    info[at] = 0;
    std::fs::write(bench.path("r.der"), &info).unwrap();
    bench
        .privca("sign --csr r.der x --profile client")
        .fails(1, "signature");
    // a sound signature over the same bytes
    let body = privca::primitives::der::only(&info, 0x30, "request")
        .unwrap()
        .reader()
        .any()
        .unwrap()
        .raw
        .to_vec();
    std::fs::write(bench.path("info"), &body).unwrap();
    bench.sh("openssl dgst -sha256 -sign k -out sig info").ok();
    let signature = std::fs::read(bench.path("sig")).unwrap();
    let algorithm = [
        0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0,
    ]
    .to_vec();
    let request = privca::primitives::der::sequence(&[
        body,
        algorithm,
        privca::primitives::der::bit_string(&signature),
    ]);
    std::fs::write(bench.path("null.csr"), request).unwrap();
    bench
        .sh("openssl req -in null.csr -inform DER -verify -noout")
        .ok();
    bench
        .privca("sign --csr null.csr x --profile client")
        .fails(3, "control character");
}
