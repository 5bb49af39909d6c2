//! The decision, case by case: what goes in, and the codes that come out.

mod dates;
mod names;
mod rights;
mod subjects;

use serde_json::{Value, json};

use super::decide;
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;
use crate::profile::grant::Grant;
use crate::profile::refusal::Refusals;
use crate::profile::wish::{IssuerFacts, KeyFacts, KeyFamily, Wish};
use crate::profile::{NOTE_CODES, Profile, REFUSAL_CODES, builtin};
use crate::x509::extension::Extension;
use crate::x509::name::Name;
use crate::x509::san_text;

const NOW: &str = "2026-11-21T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(kind: KeyFamily) -> KeyFacts {
    KeyFacts {
        kind,
        weaknesses: Vec::new(),
    }
}

/// A wish of a subject and comma-listed names, with a P-256 key.
fn wish(subject: &str, names: &str) -> Wish {
    let subject = match subject {
        "" => Name::empty(),
        text => text.parse().unwrap(),
    };
    let names = match names {
        "" => Vec::new(),
        list => san_text::parse_list(list).unwrap(),
    };
    Wish::new(subject, names, key(KeyFamily::EcP256))
}

fn issuer() -> IssuerFacts {
    IssuerFacts {
        subject: "/O=Example/CN=Example CA".parse().unwrap(),
        not_before: at("2026-01-01"),
        not_after: at("2036-01-01"),
        is_ca: true,
        may_sign_certificates: true,
        path_len: None,
        name_constraints: Vec::new(),
        purposes: Vec::new(),
    }
}

/// A client profile that allows CN, O of dev and ops, and names at example.com, with `patch` put
/// over it (RFC 7396).
fn profile(patch: Value) -> Profile {
    let mut json = json!({
        "validity": "90d",
        "backdate": "1m",
        "key_usage": ["digitalSignature"],
        "extended_key_usage": ["clientAuth"],
        "subject": {"allow": {"CN": ["*"], "O": ["dev", "ops"], "emailAddress": ["*"]}},
        "san": {"allow": {"email": ["*@example.com"], "dns": ["*.example.com"]}},
        "unique_name": true,
        "unique_key": true
    });
    merge(&mut json, patch);
    let text = serde_json::to_string_pretty(&json).unwrap();
    Profile::parse(&"test".parse().unwrap(), &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn merge(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (name, value) in patch {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(&name);
        } else {
            merge(&mut into[name], value);
        }
    }
}

fn builtin(name: &str) -> Profile {
    builtin::find(&name.parse().unwrap()).unwrap().unwrap()
}

/// What comes out: `ok` and the notes' codes, or `no` and the refusals'.
fn outcome(decision: &Result<Grant, Refusals>) -> String {
    let codes: Vec<&str> = match decision {
        Ok(grant) => grant.notes.iter().map(|note| note.code).collect(),
        Err(refusals) => refusals.iter().map(|refusal| refusal.code).collect(),
    };
    let known: &[&str] = if decision.is_ok() {
        &NOTE_CODES
    } else {
        &REFUSAL_CODES
    };
    assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
    let word = if decision.is_ok() { "ok" } else { "no" };
    format!("{word} {}", codes.join(" ")).trim_end().to_owned()
}

fn decided(profile: &Profile, wish: &Wish, issuer: &IssuerFacts) -> String {
    outcome(&decide(profile, wish, issuer, at(NOW)))
}

fn granted(profile: &Profile, wish: &Wish) -> Grant {
    decide(profile, wish, &issuer(), at(NOW)).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(profile: &Profile, wish: &Wish) -> String {
    match decide(profile, wish, &issuer(), at(NOW)) {
        Ok(grant) => panic!("granted: {}", grant.subject),
        Err(refusals) => refusals.to_string(),
    }
}

fn raw(oid: &str, value: &[u8]) -> Extension {
    Extension {
        oid: oid.parse().unwrap(),
        critical: false,
        value: value.to_vec(),
    }
}

fn purposes(list: &[Oid]) -> Extension {
    Extension::extended_key_usage(list, false)
}

#[test]
fn every_reason_is_given_at_once() {
    let mut bad = wish(
        "/CN=x/O=system:masters",
        "email:root@example.org,dns:a.b.example.com",
    );
    bad.key = key(KeyFamily::Rsa { bits: 1024 });
    bad.requested = vec![
        Extension::basic_constraints(true, None),
        purposes(&[known::CODE_SIGNING]),
    ];
    bad.validity = Some("10y".parse().unwrap());
    let profile = profile(json!({"max_validity": "1y"}));
    assert_eq!(
        refused(&profile, &bad),
        "\
key-not-allowed: the key is rsa of 1024 bits; the profile allows ec-p256, ec-p384, ed25519, rsa-2048+ (keys)
name-not-allowed: email:root@example.org; the profile allows *@example.com (san.allow.email)
name-not-allowed: dns:a.b.example.com; the profile allows *.example.com (* stays within one label, ** crosses dots) (san.allow.dns)
subject-attribute-not-allowed: O=system:masters; the profile allows dev, ops (subject.allow.O)
validity-too-long: the certificate would end 2036-11-21T10:00:00Z; the profile allows 1y, until 2027-11-21T10:00:00Z (max_validity)
ca-requested: the request asks for a CA certificate (CA:TRUE); the profile makes no CAs (basic_constraints.ca)
purpose-not-allowed: the request asks for codeSigning; the profile gives clientAuth (extended_key_usage)"
    );
}

#[test]
fn keys_are_held_against_the_list() {
    let profile = profile(json!({"keys": ["ec-p256", "rsa-3072", "rsa-4096+"]}));
    for (kind, expected) in [
        (KeyFamily::EcP256, "ok"),
        (KeyFamily::EcP384, "no key-not-allowed"),
        (KeyFamily::Ed25519, "no key-not-allowed"),
        (KeyFamily::Rsa { bits: 2048 }, "no key-not-allowed"),
        (KeyFamily::Rsa { bits: 3072 }, "ok"),
        (KeyFamily::Rsa { bits: 3073 }, "no key-not-allowed"),
        (KeyFamily::Rsa { bits: 4095 }, "no key-not-allowed"),
        (KeyFamily::Rsa { bits: 8192 }, "ok"),
        (
            KeyFamily::Other {
                name: "ec-p521".into(),
            },
            "no key-not-allowed",
        ),
    ] {
        let mut wish = wish("/CN=x", "");
        wish.key = key(kind.clone());
        assert_eq!(decided(&profile, &wish, &issuer()), expected, "{kind}");
    }
    let mut weak = wish("/CN=x", "");
    weak.key.weaknesses = vec![
        "the public exponent is 3".into(),
        "a known Debian key".into(),
    ];
    assert_eq!(decided(&profile, &weak, &issuer()), "no key-weak key-weak");
}

#[test]
fn what_was_issued_before_counts() {
    let mut twice = wish("/CN=x", "");
    twice.existing.valid_certificate_of_name = Some("serial 0A, until 2027-01-01".into());
    twice.existing.key_certified_for = Some("bob".into());
    let strict = profile(json!({}));
    assert_eq!(
        decided(&strict, &twice, &issuer()),
        "no name-in-use key-in-use"
    );
    assert!(refused(&strict, &twice).contains("serial 0A, until 2027-01-01"));
    let lax = profile(json!({"unique_name": false, "unique_key": false}));
    assert_eq!(decided(&lax, &twice, &issuer()), "ok");
}

#[test]
fn an_issuer_that_cannot_sign_is_refused() {
    let profile = profile(json!({}));
    let ca = builtin("subca");
    let with = |change: &dyn Fn(&mut IssuerFacts)| {
        let mut issuer = issuer();
        change(&mut issuer);
        issuer
    };
    let leaf = wish("/CN=x", "");
    for (issuer, expected) in [
        (with(&|i| i.is_ca = false), "no issuer-not-a-ca"),
        (
            with(&|i| i.may_sign_certificates = false),
            "no issuer-cannot-sign",
        ),
        (
            with(&|i| i.not_before = at("2026-12-01")),
            "no issuer-not-yet-valid",
        ),
        (
            with(&|i| i.not_after = at("2026-11-21")),
            "no issuer-expired validity-reversed",
        ),
        (with(&|i| i.path_len = Some(0)), "ok"),
        (
            with(&|i| i.subject = "/CN=X".parse().unwrap()),
            "no subject-is-issuer",
        ),
    ] {
        assert_eq!(decided(&profile, &leaf, &issuer), expected, "{issuer:?}");
    }
    let none = with(&|i| i.path_len = Some(0));
    assert_eq!(decided(&ca, &leaf, &none), "no issuer-path-length");
}

#[test]
fn the_main_job() {
    // openssl's CSR of the recipe: CN = John Doe, email.1 = john.doe@examplemail.com
    let mut john = wish("/CN=John Doe", "email:john.doe@examplemail.com");
    john.key = key(KeyFamily::Rsa { bits: 2048 });
    let grant = granted(&builtin("1year"), &john);
    assert_eq!(grant.subject, john.subject);
    assert_eq!(grant.names, john.names);
    assert_eq!(grant.not_before, at("2026-11-21T09:59:00Z"));
    assert_eq!(grant.not_after, at("2027-11-21T10:00:00Z"));
    assert!(grant.notes.is_empty());
    let content = grant.content(&"0A".parse().unwrap());
    let labels: Vec<String> = content.extensions.iter().map(Extension::label).collect();
    assert_eq!(
        labels,
        [
            "basicConstraints",
            "keyUsage",
            "extendedKeyUsage",
            "subjectAltName"
        ]
    );
    let anonymous = wish("/CN=John Doe", "dns:a.example");
    assert_eq!(
        decided(&builtin("1year"), &anonymous, &issuer()),
        "no san-required"
    );
}
