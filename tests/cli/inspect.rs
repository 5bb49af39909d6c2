//! `inspect`: every kind of object in every form, what is broken, and what must not be shown.

use privca::primitives::der::{self, tag};
use privca::primitives::{base64, pem};
use serde_json::Value;

use crate::schema;
use crate::support::{Bench, Ran};

/// A CA, Alice's certificate, request, key and .p12, and a CRL.
fn bench() -> Bench {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --san email:alice@example.com --validity 2170h")
        .ok();
    bench.write("p12.pass", "secret\n");
    bench
        .privca("export-p12 alice --passout file:p12.pass")
        .ok();
    bench
}

fn json(bench: &Bench, words: &str) -> Value {
    let ran = bench.privca(&format!("--json inspect {words}"));
    let value = ran.json();
    schema::check("inspect.schema.json", &value);
    value
}

fn der_of(bench: &Bench, name: &str) -> Vec<u8> {
    let text = bench.read(name);
    pem::blocks(text.as_bytes())
        .next()
        .unwrap()
        .unwrap()
        .into_der()
}

#[test]
fn names_files_and_standard_input() {
    let bench = bench();
    let by_name = bench.privca("inspect alice").ok().stdout;
    assert!(by_name.starts_with("Certificate:\n    Data:\n"));
    assert!(by_name.contains("email:alice@example.com"));
    let by_path = bench.privca("inspect pki/issued/alice.crt").ok().stdout;
    assert_eq!(by_name, by_path);
    let pem = bench.read("pki/issued/alice.crt");
    let piped = bench.privca_stdin("inspect -", pem.as_bytes()).ok().stdout;
    assert_eq!(by_name, piped);
    let fifo = format!(
        "mkfifo f; cat pki/issued/alice.crt > f & {} inspect f",
        env!("CARGO_BIN_EXE_privca")
    );
    assert_eq!(by_name, bench.sh(&fifo).ok().stdout);
    for (name, kind) in [
        ("ca", "certificate"),
        ("crl", "crl"),
        ("alice", "certificate"),
    ] {
        assert_eq!(json(&bench, name)["objects"][0]["kind"], kind, "{name}");
    }
    // a file of that name comes first
    bench.write("alice", bench.read("pki/reqs/alice.req"));
    assert_eq!(json(&bench, "alice")["objects"][0]["kind"], "request");
    bench
        .privca("inspect nobody")
        .fails(1, "nobody: cannot read it: no such file or directory");
    bench.privca("inspect pki").fails(1, "pki: cannot read it");
    // the file that a name stands for is named
    std::fs::remove_file(bench.path("alice")).unwrap();
    bench
        .sh("rm pki/issued/alice.crt && mkdir pki/issued/alice.crt")
        .ok();
    bench
        .privca("inspect alice")
        .fails(1, "pki/issued/alice.crt: cannot read it");
}

#[test]
fn der_and_base64_are_told_by_their_structure() {
    let bench = bench();
    for (file, kind) in [
        ("pki/issued/alice.crt", "certificate"),
        ("pki/reqs/alice.req", "request"),
        ("pki/crl.pem", "crl"),
        ("pki/private/alice.key", "private-key"),
    ] {
        let text = bench.privca(&format!("inspect {file}")).ok().stdout;
        let der = der_of(&bench, file);
        bench.write("x.der", &der);
        assert_eq!(bench.privca("inspect x.der").ok().stdout, text, "{file}");
        bench.write("x.b64", base64::encode(&der));
        assert_eq!(bench.privca("inspect x.b64").ok().stdout, text, "{file}");
        assert_eq!(json(&bench, "x.b64")["objects"][0]["kind"], kind);
    }
    let two = [der_of(&bench, "pki/ca.crt"), der_of(&bench, "pki/crl.pem")].concat();
    bench.write("two.der", two);
    let shown = json(&bench, "two.der");
    assert_eq!(shown["objects"].as_array().unwrap().len(), 2);
    assert_eq!(shown["objects"][1]["kind"], "crl");
}

#[test]
fn key_files_of_every_form() {
    let bench = Bench::new();
    let folder = format!("{}/fixtures/key", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with(".pem") || name.starts_with("broken") || name.starts_with("unsupported")
        {
            continue;
        }
        let shown = json(&bench, path.to_str().unwrap());
        assert_eq!(shown["errors"], serde_json::json!([]), "{name}");
        let last = shown["objects"].as_array().unwrap().last().unwrap().clone();
        assert!(
            matches!(
                last["kind"].as_str(),
                Some("private-key" | "public-key" | "certificate" | "parameters")
            ),
            "{name}: {last}"
        );
    }
}

#[test]
fn secret_numbers_are_shown_only_where_asked_for() {
    let bench = bench();
    let key = der_of(&bench, "pki/private/alice.key");
    // the P-256 scalar stands behind its OCTET STRING header
    let at = key.windows(2).position(|w| w == [0x04, 0x20]).unwrap();
    let scalar = &key[at + 2..at + 34];
    let hex: Vec<String> = scalar.iter().map(|b| format!("{b:02x}")).collect();
    let forms = [hex[..12].join(":"), hex.concat(), base64::encode(&key)];
    let p12 = "--passin file:p12.pass pki/private/alice.p12";
    for words in [
        "inspect pki/private/alice.key",
        "inspect --format short pki/private/alice.key",
        "--json inspect pki/private/alice.key",
        &format!("inspect {p12}"),
        &format!("--json inspect {p12}"),
    ] {
        let ran = bench.privca(words).ok();
        let all = ran.stdout.replace("\n    ", "") + &ran.stderr;
        assert!(forms.iter().all(|form| !all.contains(form)), "{words}");
    }
    let shown = bench
        .privca("inspect --show-private pki/private/alice.key")
        .ok();
    assert!(shown.stdout.starts_with("Private-Key: (256 bit)\npriv:\n"));
    assert!(shown.stdout.replace("\n    ", "").contains(&forms[0]));
    let shown = bench
        .privca("--json inspect --show-private pki/private/alice.key")
        .ok();
    assert_eq!(shown.json()["objects"][0]["private_key"], forms[2].as_str());
}

#[test]
fn an_encrypted_key_shows_its_envelope_without_its_passphrase() {
    let bench = Bench::new();
    bench.write("pass", "secret\n");
    bench.privca("init-ca --cn Test --passout file:pass").ok();
    let ran = bench.privca("inspect pki/private/ca.key").ok();
    assert_eq!(
        ran.stdout,
        "Encrypted Private-Key: PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256\n"
    );
    assert!(ran.stderr.contains("--passin"), "{}", ran.stderr);
    let opened = bench
        .privca("inspect --passin file:pass pki/private/ca.key")
        .ok();
    assert!(opened.stdout.contains("Public-Key: (256 bit)"));
    bench.write("wrong", "wrong\n");
    bench
        .privca("inspect --passin file:wrong pki/private/ca.key")
        .fails(4, "wrong passphrase");
    bench
        .privca("inspect --passin env:NOT_SET pki/private/ca.key")
        .fails(4, "NOT_SET");
    let locked = json(&bench, "pki/private/ca.key");
    assert_eq!(locked["objects"][0]["locked"], true);
    assert_eq!(locked["objects"][0]["encryption"]["iterations"], 600_000);
}

#[test]
fn a_p12_with_and_without_its_passphrase() {
    let bench = bench();
    let shut = bench.privca("inspect pki/private/alice.p12").ok();
    assert!(
        shut.stdout
            .starts_with("MAC: sha256, Iteration 51200\nMAC length: 32, salt length: ")
    );
    assert!(
        shut.stdout
            .contains("PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 51200")
    );
    assert!(!shut.stdout.contains("Certificate:"));
    let open = bench
        .privca("inspect --passin file:p12.pass pki/private/alice.p12")
        .ok();
    for part in [
        "Certificate bag\n",
        "friendlyName: ",
        "localKeyID: ",
        "Certificate:\n",
        "Shrouded Keybag: ",
        "Public-Key: (256 bit)",
    ] {
        assert!(
            open.stdout.contains(part),
            "{part} is not in {}",
            open.stdout
        );
    }
    bench.write("wrong", "wrong\n");
    bench
        .privca("inspect --passin file:wrong pki/private/alice.p12")
        .fails(4, "wrong passphrase");
    let shown = json(&bench, "--passin file:p12.pass pki/private/alice.p12");
    let p12 = &shown["objects"][0];
    assert_eq!(p12["mac"]["verified"], true);
    assert_eq!(p12["locked"], false);
    assert_eq!(
        json(&bench, "pki/private/alice.p12")["objects"][0]["locked"],
        true
    );
    let short = bench
        .privca("inspect --format short --passin file:p12.pass pki/private/alice.p12")
        .ok();
    assert!(
        short.stdout.contains("\n  certificate  "),
        "{}",
        short.stdout
    );
}

#[test]
fn every_p12_fixture_is_read() {
    let bench = Bench::new();
    let folder = format!("{}/fixtures/key", env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "p12") {
            continue;
        }
        let shut = json(&bench, path.to_str().unwrap());
        assert_eq!(shut["objects"][0]["kind"], "pkcs12", "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 7);
}

#[test]
fn a_broken_object_does_not_hide_the_others() {
    let bench = bench();
    let [ca, alice] = ["pki/ca.crt", "pki/issued/alice.crt"]
        .map(|f| pem::encode("CERTIFICATE", &der_of(&bench, f)));
    let broken = pem::encode("CERTIFICATE", &[0x30, 3, 2, 1, 5]);
    let cut = "-----BEGIN CERTIFICATE-----\nAQI*\n-----END CERTIFICATE-----\n";
    let static_key =
        "-----BEGIN OpenVPN Static key V1-----\n00ff\n-----END OpenVPN Static key V1-----\n";
    let text = format!("hello\n{ca}\nbetween\n{broken}{cut}{static_key}{alice}");
    bench.write("bundle.pem", &text);
    let ran = bench.privca("inspect bundle.pem");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stdout.matches("Certificate:\n").count(), 2);
    let at = text.find(&broken).unwrap();
    assert!(
        ran.stderr.contains(&format!(
            "bundle.pem, object 2 at byte {at}: not a certificate"
        )),
        "{}",
        ran.stderr
    );
    let at = text.find(cut).unwrap() + 31;
    assert!(
        ran.stderr
            .contains(&format!("bundle.pem, object 3 at byte {at}: ")),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("OpenVPN Static key V1"));
    let shown = json(&bench, "bundle.pem");
    assert_eq!(shown["objects"].as_array().unwrap().len(), 2);
    assert_eq!(shown["errors"].as_array().unwrap().len(), 2);
    assert_eq!(shown["objects"][1]["number"], 5);
    assert_eq!(bench.privca("inspect --format short bundle.pem").code, 1);
}

#[test]
fn pkcs7_bundles_are_unpacked() {
    let bench = bench();
    let (certificate, crl) = (der_of(&bench, "pki/ca.crt"), der_of(&bench, "pki/crl.pem"));
    let id = |n: u8| der::tlv(tag::OID, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, n]);
    let signed = der::sequence(&[
        der::unsigned(&[1]),
        der::tlv(tag::SET, &[]),
        der::sequence(&[id(1)]),
        der::tlv(tag::context_constructed(0), &certificate),
        der::tlv(tag::context_constructed(1), &crl),
        der::tlv(tag::SET, &[]),
    ]);
    let p7 = der::sequence(&[id(2), der::tlv(tag::context_constructed(0), &signed)]);
    bench.write("b.p7b", &p7);
    bench.write("b.pem", pem::encode("PKCS7", &p7));
    for file in ["b.p7b", "b.pem"] {
        let text = bench.privca(&format!("inspect {file}")).ok().stdout;
        assert!(text.starts_with("Certificate:\n") && text.contains("Certificate Revocation List"));
        let shown = json(&bench, file);
        assert_eq!(shown["objects"][0]["objects"][1]["kind"], "crl");
    }
    bench
        .privca("inspect --expires-within 200y b.p7b")
        .fails(1, "error[ending]");
}

#[test]
fn short_lines_say_when_in_words() {
    let bench = bench();
    let ran = bench
        .privca("inspect --format short alice ca crl pki/reqs/alice.req")
        .ok();
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("certificate  CN="), "{}", lines[0]);
    assert!(
        lines[0].contains(
            "email:alice@example.com  issued by CN=Test  EC P-256  expires in 90 days  sha256:"
        ),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("CA certificate  CN=Test  self-issued  EC P-256  expires in "));
    assert!(
        lines[2].starts_with("CRL  CN=Test  0 entries  next due in "),
        "{}",
        lines[2]
    );
    assert!(lines[3].starts_with("request  CN="));
    assert!(!ran.stdout.contains('\x1b'), "no colour without a terminal");
}

#[test]
fn colour_is_for_terminals_and_no_color_is_heard() {
    let bench = bench();
    let run = |environment: &str| -> Ran {
        let privca = env!("CARGO_BIN_EXE_privca");
        bench.sh(&format!("{environment} script -qec '{privca} inspect --format short alice' /dev/null < /dev/null"))
    };
    if !bench.sh("command -v script").stdout.contains("script") {
        return;
    }
    assert!(run("TERM=xterm env -u NO_COLOR").stdout.contains("\x1b[1m"));
    assert!(!run("TERM=xterm NO_COLOR=1").stdout.contains('\x1b'));
}

#[test]
fn fingerprints_as_openssl_writes_them() {
    let bench = bench();
    let ran = bench.privca("inspect --fingerprint alice").ok();
    assert!(ran.stdout.starts_with("sha256 Fingerprint="));
    assert_eq!(
        ran.stdout.trim_end().len(),
        "sha256 Fingerprint=".len() + 32 * 3 - 1
    );
    let json = json(&bench, "alice");
    let flat = ran.stdout.trim_end().replace(':', "").to_lowercase();
    assert!(flat.ends_with(json["objects"][0]["sha256"].as_str().unwrap()));
    let ran = bench.privca("inspect --fingerprint=sha1 alice ca").ok();
    assert_eq!(ran.stdout.matches("sha1 Fingerprint=").count(), 2);
    let both = bench
        .privca("inspect --format text --fingerprint alice")
        .ok();
    assert!(both.stdout.starts_with("Certificate:") && both.stdout.contains("sha256 Fingerprint="));
}

#[test]
fn what_ends_soon_is_the_exit_code() {
    let bench = bench();
    bench.privca("inspect --expires-within 30d alice ca").ok();
    let ran = bench.privca("inspect --expires-within 91d alice ca");
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("alice.crt: certificate CN="),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.stderr.lines().count(), 1);
    let shown = json(&bench, "--expires-within 91d alice ca");
    assert_eq!(shown["ending"].as_array().unwrap().len(), 1);
    assert_eq!(bench.privca("inspect --expires-within 20y crl").code, 1);
}

#[test]
fn nothing_and_nonsense_are_told_apart() {
    let bench = Bench::new();
    for (input, said) in [
        (&b""[..], "it is empty"),
        (b" \n\n", "it is empty"),
        (b"hello, world\n", "it holds nothing that privca knows"),
        (b"\x30\x82\xff\xff", "not a DER object"),
        (b"\x30\x82\x00\x01\x05", "no object that privca knows"),
    ] {
        bench.privca_stdin("inspect -", input).fails(1, said);
        let ran = bench.privca_stdin("--json inspect -", input);
        schema::check("inspect.schema.json", &ran.json());
    }
    bench
        .privca_stdin("inspect --passin stdin -", b"x")
        .fails(2, "cannot be both");
}

#[test]
fn hostile_input_ends_quickly() {
    let bench = Bench::new();
    let deep = |n: usize| {
        let mut input = [0x30, 0x80].repeat(n);
        input.extend([0, 0].repeat(n));
        input
    };
    let mut big = vec![0x30, 0x84, 0x03, 0x00, 0x00, 0x00];
    big.resize(6 + 0x0300_0000, 0);
    for input in [
        "-----BEGIN CERTIFICATE-----\n".repeat(100_000).into_bytes(),
        pem::encode("CERTIFICATE", &deep(10_000)).into_bytes(),
        deep(10_000),
        big,
        vec![b'A'; 50 << 20],
        b"-----BEGIN CERTIFICATE-----\nA:".repeat(1000),
        pem::encode("PKCS7", &deep(10_000)).into_bytes(),
        pem::encode("PKCS12", &deep(10_000)).into_bytes(),
        pem::encode("ENCRYPTED PRIVATE KEY", &deep(10_000)).into_bytes(),
    ] {
        bench.write("hostile", &input);
        // the large ones once: detection is the same for every format
        let formats: &[&str] = match input.len() {
            0..10_000_000 => &["text", "json", "short"],
            _ => &["json"],
        };
        for format in formats {
            let ran = bench.privca(&format!("inspect --format {format} hostile"));
            assert_eq!(ran.code, 1, "{} bytes: {}", input.len(), ran.stderr);
            assert!(ran.stderr.lines().count() <= 120);
        }
    }
}

#[test]
fn names_cannot_move_the_cursor() {
    let bench = Bench::new();
    bench
        .privca_args(&["init-ca", "--cn", "a", "--no-pass"])
        .ok();
    let der = der_of(&bench, "pki/ca.crt");
    // OpenSSL reads a name whatever its characters: put an escape in place of the letter
    let mut forged = der.clone();
    for at in 0..der.len() - 3 {
        if der[at..at + 3] == [0x0c, 1, b'a'] {
            forged[at + 2] = 0x1b;
        }
    }
    bench.write("x.der", forged);
    for format in ["text", "short", "json"] {
        let ran = bench.privca(&format!(
            "inspect --format {format} --expires-within 99y x.der"
        ));
        assert!(
            !ran.stdout.contains('\x1b') && !ran.stderr.contains('\x1b'),
            "{format}"
        );
    }
}
