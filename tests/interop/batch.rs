//! `batch` by OpenSSL's judgement: sixty certificates of every key type, by two manifests, from new
//! keys and from OpenSSL's own requests.

use std::collections::HashMap;

use crate::support::Bench;

/// What a row asks for, and what OpenSSL must find.
struct Wanted {
    name: String,
    server: bool,
    key_type: &'static str,
    /// OpenSSL made the key and the request.
    csr: bool,
}

const KEY_TYPES: [&str; 5] = ["ec-p256", "ec-p384", "ed25519", "ec-p256", "rsa-2048"];

fn wanted(prefix: &str, count: usize) -> Vec<Wanted> {
    (0..count)
        .zip(KEY_TYPES.iter().cycle())
        .map(|(n, key_type)| Wanted {
            name: format!("{prefix}{n}"),
            server: n % 3 == 0,
            key_type,
            csr: n % 4 == 3,
        })
        .collect()
}

impl Wanted {
    fn san(&self) -> String {
        match self.server {
            true => format!("dns:{}.example.com", self.name),
            false => format!("email:{}@example.com", self.name),
        }
    }

    fn profile(&self) -> &'static str {
        if self.server { "server" } else { "1year" }
    }

    /// A key and a request, by OpenSSL.
    fn request(&self, bench: &Bench) {
        let key = match self.key_type {
            "ec-p256" => "ec -pkeyopt ec_paramgen_curve:P-256",
            "ec-p384" => "ec -pkeyopt ec_paramgen_curve:P-384",
            "ed25519" => "ed25519",
            _ => "rsa:2048",
        };
        let name = &self.name;
        // openssl's spelling of the types
        let san = self.san().replace("dns:", "DNS:");
        bench
            .sh(&format!(
                "mkdir -p in && openssl req -new -newkey {key} -noenc -subj /CN={name} -addext subjectAltName={san} \
                 -keyout in/{name}.key -out in/{name}.csr"
            ))
            .ok();
    }

    fn csv(&self) -> String {
        let (name, profile, san) = (&self.name, self.profile(), self.san());
        match self.csr {
            true => format!("{name},{profile},,{name}.csr,,../out-{name}.pem\n"),
            false => format!("{name},{profile},{san},,{},\n", self.key_type),
        }
    }

    fn json(&self) -> String {
        let (name, profile) = (&self.name, self.profile());
        let row = match self.csr {
            true => {
                let out = format!("../out-{name}.pem");
                serde_json::json!({"csr": format!("{name}.csr"), "profile": profile, "out": out})
            }
            false => serde_json::json!({
                "name": name, "profile": profile, "san": [self.san()],
                "key_type": self.key_type, "p12": "legacy",
            }),
        };
        format!("{row}\n")
    }

    /// How OpenSSL is to verify it.
    fn options(&self) -> String {
        let name = &self.name;
        let who = match self.server {
            true => format!("-purpose sslserver -verify_hostname {name}.example.com"),
            false => format!("-purpose sslclient -verify_email {name}@example.com"),
        };
        format!("-x509_strict -crl_check {who} -CAfile root/ca.crt -CRLfile pki/crl.pem")
    }

    /// The certificate holds, and is of the key that the row's owner has.
    fn judge(&self, bench: &Bench, passphrases: &HashMap<String, String>) {
        let (name, options) = (&self.name, self.options());
        let same = |made: &str| format!("{made} > b && cmp a b");
        let mut lines = vec![
            format!("openssl verify {options} -untrusted pki/ca.crt pki/issued/{name}.crt"),
            format!("openssl x509 -in pki/issued/{name}.crt -noout -pubkey > a"),
        ];
        if self.csr {
            assert!(!bench.exists(&format!("pki/private/{name}.key")));
            let out = format!("out-{name}.pem");
            lines.extend([
                same(&format!("openssl pkey -in in/{name}.key -pubout")),
                same(&format!("openssl x509 -in {out} -noout -pubkey")),
                format!("openssl verify {options} -untrusted {out} {out}"),
            ]);
        } else {
            let passphrase = &passphrases[name];
            bench.write("pass", passphrase);
            lines.extend([
                same(&format!(
                    "openssl pkey -in pki/private/{name}.key -passin file:pass -pubout"
                )),
                format!("openssl pkcs12 -in pki/private/{name}.p12 -passin file:pass -noenc > p12"),
                same("openssl pkey -in p12 -pubout"),
                same("openssl x509 -in p12 -noout -pubkey"),
                format!("openssl verify {options} -untrusted p12 p12"),
            ]);
        }
        bench.sh(&format!("set -e\n{}", lines.join("\n"))).ok();
        let key = bench.sh(&format!(
            "openssl x509 -in pki/issued/{name}.crt -noout -text"
        ));
        let text = key.ok().stdout;
        let said = match self.key_type {
            "ec-p256" => "ASN1 OID: prime256v1",
            "ec-p384" => "ASN1 OID: secp384r1",
            "ed25519" => "Public Key Algorithm: ED25519",
            _ => "Public-Key: (2048 bit)",
        };
        assert!(text.contains(said), "{said} in {text}");
    }
}

/// What `openssl ca` knows of a certificate.
fn status(bench: &Bench, name: &str) -> String {
    let said = bench.sh(&format!(
        "serial=$(openssl x509 -in pki/issued/{name}.crt -noout -serial) && cd pki &&
         openssl ca -config openssl-easyrsa.cnf -status ${{serial#serial=}}"
    ));
    // it ends with 1 whatever it finds
    said.stderr
}

fn passphrases(bench: &Bench) -> HashMap<String, String> {
    let list = bench.read("people.pass");
    let rows = list.lines().skip(1);
    rows.map(|row| row.split_once(',').unwrap())
        .map(|(name, passphrase)| (name.to_owned(), passphrase.to_owned()))
        .collect()
}

#[test]
#[ignore = "needs openssl"]
fn openssl_accepts_every_row_and_a_second_run_issues_nothing() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("init-ca --cn Issuing --no-pass --parent root --validity 5y")
        .ok();
    let (people, hosts) = (wanted("c", 40), wanted("j", 20));
    for row in people.iter().chain(&hosts).filter(|row| row.csr) {
        row.request(&bench);
    }
    let rows: String = people.iter().map(Wanted::csv).collect();
    bench.write(
        "in/m.csv",
        format!("name,profile,san,csr,key_type,out\n{rows}"),
    );
    bench.write(
        "in/m.jsonl",
        hosts.iter().map(Wanted::json).collect::<String>(),
    );
    let first = "batch in/m.csv --p12 --passphrases-out people.pass";
    let second = "batch in/m.jsonl --passphrases-out people.pass";
    let said = bench.privca(first).ok();
    assert!(
        said.stdout.starts_with("Issued 40 certificates"),
        "{said:?}"
    );
    let said = bench.privca(second).ok();
    assert!(
        said.stdout.starts_with("Issued 20 certificates"),
        "{said:?}"
    );

    let passphrases = passphrases(&bench);
    for row in people.iter().chain(&hosts) {
        row.judge(&bench, &passphrases);
        let said = status(&bench, &row.name);
        assert!(said.contains("=Valid (V)"), "{}: {said}", row.name);
    }

    std::fs::copy(bench.path("pki/issued/c1.crt"), bench.path("c1.crt")).unwrap();
    bench.privca("revoke c1 --reason superseded").ok();
    let before = (bench.read("pki/index.txt"), bench.files("pki"));
    let said = bench.privca(&format!("--json {first}"));
    let said = said
        .fails(1, "error[revoked-before]: in/m.csv:3: 'c1'")
        .json();
    assert_eq!((&said["already"], &said["failed"]), (&39.into(), &1.into()));
    let said = bench.privca(&format!("--json {second}")).ok().json();
    assert_eq!(said["already"], 20);
    let after = (bench.read("pki/index.txt"), bench.files("pki"));
    assert_eq!(before, after);
    let revoked = people[1].options();
    bench
        .sh(&format!(
            "openssl verify {revoked} -untrusted pki/ca.crt c1.crt"
        ))
        .fails(2, "certificate revoked");
    let said = status(&bench, "c2");
    assert!(said.contains("=Valid (V)"), "{said}");
    bench.privca("check").ok();
}
