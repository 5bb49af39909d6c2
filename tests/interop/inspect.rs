//! `inspect` against the installed openssl, on files that openssl made.

use crate::support::Bench;

/// Requests, certificates, a CRL, keys, bundles: made by openssl in the bench's folder.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("ca.cnf", "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=3\ncrl_extensions=e\ncrlnumber=n\n[e]\nauthorityKeyIdentifier=keyid:always\n");
    bench.write(
        "index.txt",
        "R\t301231000000Z\t261101000000Z,keyCompromise\t0A\tunknown\t/CN=gone\n",
    );
    bench.write("n", "2A\n");
    let line = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/C=DE/O=a/O=b/CN=Föö' -utf8 -days 30 \
            -addext subjectAltName=DNS:a.example,email:a@example.com,IP:::1 -addext certificatePolicies=1.2.3 \
            -addext nameConstraints=permitted\\;DNS:.example,excluded\\;IP:10.0.0.0/255.0.0.0 -addext tlsfeature=status_request \
            -addext crlDistributionPoints=URI:http://x/crl -addext authorityInfoAccess=OCSP\\;URI:http://x/ \
            -addext extendedKeyUsage=clientAuth,1.2.3 -addext keyUsage=digitalSignature,cRLSign -keyout k.pem -out c.pem \
        && openssl req -new -key k.pem -subj /CN=x -addext subjectAltName=DNS:b.example -out r.pem \
        && openssl ca -config ca.cnf -gencrl -keyfile k.pem -cert c.pem -out l.pem \
        && openssl crl2pkcs7 -in l.pem -certfile c.pem -out b.p7 \
        && openssl genrsa -out rsa.pem 2048 && openssl ecparam -name secp521r1 -genkey -noout -out p521.pem \
        && openssl genpkey -algorithm ed448 -out ed448.pem && openssl rsa -in rsa.pem -pubout -out pub.pem \
        && openssl rsa -in rsa.pem -RSAPublicKey_out -out rsapub.pem \
        && openssl pkey -in p521.pem -aes256 -passout pass:x -out enc.pem \
        && openssl rsa -in rsa.pem -aes128 -traditional -passout pass:x -out trad.pem \
        && openssl x509 -in c.pem -addtrust clientAuth -setalias me -trustout -out t.pem \
        && sed 's/TRUSTED //' t.pem > t2.pem";
    bench.sh(line).ok();
    bench
}

#[test]
#[ignore = "needs openssl"]
fn texts_are_openssl_s_own() {
    let bench = bench();
    for (file, theirs) in [
        ("c.pem", "openssl x509 -noout -text -in"),
        ("t.pem", "openssl x509 -noout -text -in"),
        ("t2.pem", "openssl x509 -noout -text -in"),
        ("r.pem", "openssl req -noout -text -in"),
        ("l.pem", "openssl crl -noout -text -in"),
        ("rsa.pem", "openssl pkey -noout -text_pub -in"),
        ("p521.pem", "openssl pkey -noout -text_pub -in"),
        ("ed448.pem", "openssl pkey -noout -text_pub -in"),
        ("pub.pem", "openssl pkey -pubin -noout -text_pub -in"),
        (
            "rsapub.pem",
            "openssl rsa -RSAPublicKey_in -noout -text -in",
        ),
    ] {
        let theirs = bench.sh(&format!("{theirs} {file}")).ok().stdout;
        assert_eq!(
            bench.privca(&format!("inspect {file}")).ok().stdout,
            theirs,
            "{file}"
        );
    }
    for file in ["rsa.pem", "p521.pem", "ed448.pem"] {
        let theirs = bench
            .sh(&format!("openssl pkey -noout -text -in {file}"))
            .ok()
            .stdout;
        let ours = bench
            .privca(&format!("inspect --show-private {file}"))
            .ok()
            .stdout;
        assert_eq!(ours, theirs, "{file}");
    }
    for file in ["enc.pem", "trad.pem"] {
        let line = format!("openssl pkey -passin pass:x -noout -text_pub -in {file}");
        let theirs = bench.sh(&line).ok().stdout;
        let ours = bench
            .privca(&format!("inspect --passin pass:x {file}"))
            .ok()
            .stdout;
        let (head, rest) = ours.split_once('\n').unwrap();
        assert!(head.starts_with("Encrypted Private-Key: "), "{head}");
        assert_eq!(rest, theirs, "{file}");
    }
}

/// OpenSSL takes only some of them apart.
#[test]
#[ignore = "needs openssl"]
fn dsa_signatures_are_shown_as_openssl_does() {
    let bench = Bench::new();
    bench.sh("openssl dsaparam -genkey -out d.key 1024").ok();
    for hash in [
        "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384",
        "sha3-512",
    ] {
        bench
            .sh(&format!(
                "openssl req -x509 -new -{hash} -key d.key -subj /CN=x -out d.pem"
            ))
            .ok();
        let theirs = bench.sh("openssl x509 -noout -text -in d.pem").ok().stdout;
        assert_eq!(bench.privca("inspect d.pem").ok().stdout, theirs, "{hash}");
    }
}

#[test]
#[ignore = "needs openssl"]
fn fingerprints_and_pins_agree() {
    let bench = bench();
    for hash in ["sha256", "sha1"] {
        let theirs = bench
            .sh(&format!(
                "openssl x509 -noout -fingerprint -{hash} -in c.pem"
            ))
            .ok();
        let ours = bench
            .privca(&format!("inspect --fingerprint={hash} c.pem"))
            .ok();
        assert_eq!(ours.stdout, theirs.stdout);
    }
    let line = "openssl x509 -in c.pem -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64";
    let pin = bench.sh(line).ok().stdout;
    let json = bench.privca("--json inspect c.pem l.pem b.p7").ok().json();
    let certificate = &json["objects"][0];
    assert_eq!(certificate["public_key"]["pin_sha256"], pin.trim());
    assert_eq!(certificate["subject"]["rdns"][3][0]["value"], "Föö");
    let undecoded: Vec<_> = certificate["extensions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e.get("value").is_none())
        .collect();
    assert!(undecoded.is_empty(), "{undecoded:?}");
    let crl = &json["objects"][1];
    assert_eq!(crl["crl_number"], 0x2a);
    assert_eq!(crl["entries"][0]["serial"], "0A");
    assert_eq!(crl["entries"][0]["reason"], "keyCompromise");
    let kinds: Vec<_> = json["objects"][2]["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["kind"].clone())
        .collect();
    assert_eq!(kinds, ["certificate", "crl"]);
}

#[test]
#[ignore = "needs openssl"]
fn a_p12_is_told_of_as_openssl_does() {
    let bench = bench();
    for (file, options) in [
        ("modern.p12", ""),
        ("legacy.p12", "-legacy"),
        (
            "sha1.p12",
            "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1",
        ),
        ("sha512.p12", "-macalg sha512 -iter 3000"),
        ("plain.p12", "-certpbe NONE -keypbe NONE"),
    ] {
        bench.sh(&format!("openssl pkcs12 -export {options} -in c.pem -inkey k.pem -name me -passout pass:x -out {file}")).ok();
        let legacy = if file == "legacy.p12" { "-legacy" } else { "" };
        let theirs = bench
            .sh(&format!(
                "openssl pkcs12 {legacy} -info -noout -passin pass:x -in {file} 2>&1"
            ))
            .ok()
            .stdout;
        let ours = bench
            .privca(&format!("inspect --passin pass:x {file}"))
            .ok()
            .stdout;
        for line in theirs.lines() {
            assert!(ours.contains(line), "{file}: {line:?} is not in:\n{ours}");
        }
        let text = bench.sh("openssl x509 -noout -text -in c.pem").ok().stdout;
        assert!(ours.contains(&text), "{file}");
    }
    // the empty passphrase is tried by itself
    bench
        .sh("openssl pkcs12 -export -in c.pem -inkey k.pem -passout pass: -out empty.p12")
        .ok();
    let ours = bench.privca("inspect empty.p12").ok().stdout;
    assert!(ours.contains("Certificate:\n"), "{ours}");
}
