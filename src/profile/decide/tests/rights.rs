//! Rights: what a request asks for beside its names.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::x509::extension::PolicyInformation;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name_constraints::{NameConstraints, Subtree};

fn asking(requested: &[Extension]) -> Wish {
    let mut wish = wish("/CN=x", "");
    wish.requested = requested.to_vec();
    wish
}

fn usage(words: &[&str]) -> Extension {
    let bits = words.iter().map(|word| KeyUsage::by_word(word).unwrap());
    Extension::key_usage(bits.fold(KeyUsage::default(), KeyUsage::with))
}

fn policy(oid: &str) -> Extension {
    Extension::certificate_policies(&[PolicyInformation {
        oid: oid.parse().unwrap(),
        cps: None,
        notice: None,
    }])
}

fn constraints(permit: &str) -> NameConstraints {
    NameConstraints {
        permitted: vec![Subtree::parse(permit).unwrap()],
        excluded: Vec::new(),
    }
}

#[test]
fn what_a_leaf_may_ask_for() {
    let p = profile(
        json!({"certificate_policies": [{"oid": "1.2.3"}], "tls_feature": [5],
        "copy_extensions": ["1.3.6.1.4.1.99999.7"]}),
    );
    let any = known::ANY_EXTENDED_KEY_USAGE;
    for (requested, expected) in [
        (Extension::basic_constraints(false, None), "ok"),
        (Extension::basic_constraints(true, None), "no ca-requested"),
        (
            Extension::basic_constraints(true, Some(0)),
            "no ca-requested",
        ),
        (raw("2.5.29.19", &[0x30, 1]), "no extension-malformed"),
        (usage(&["digitalSignature"]), "ok"),
        (
            usage(&["digitalSignature", "keyEncipherment"]),
            "ok key-usage-replaced",
        ),
        (usage(&["nonRepudiation"]), "ok key-usage-replaced"),
        (usage(&["keyCertSign"]), "no ca-requested"),
        (usage(&["cRLSign", "digitalSignature"]), "no ca-requested"),
        (raw("2.5.29.15", &[4, 0]), "no extension-malformed"),
        (purposes(&[known::CLIENT_AUTH]), "ok"),
        (purposes(&[known::SERVER_AUTH]), "no purpose-not-allowed"),
        (
            purposes(&[known::CLIENT_AUTH, known::CODE_SIGNING]),
            "no purpose-not-allowed",
        ),
        (purposes(&[any]), "no purpose-not-allowed"),
        (raw("2.5.29.37", &[0x30, 2, 1, 1]), "no extension-malformed"),
        (
            constraints("dns:a.example").extension(),
            "no name-constraints-not-allowed",
        ),
        (policy("1.2.3"), "ok"),
        (policy("1.2.4"), "no policy-not-allowed"),
        (raw("2.5.29.32", &[5, 0]), "no extension-malformed"),
        (Extension::subject_key_identifier(&[1]), "ok"),
        (Extension::authority_key_identifier(&[1]), "ok"),
        (Extension::tls_feature(&[5]), "ok"),
        (Extension::tls_feature(&[17]), "ok extension-left-out"),
        (Extension::ocsp_no_check(), "ok extension-left-out"),
        (
            raw("1.3.6.1.4.1.311.20.2", &[5, 0]),
            "ok extension-left-out",
        ),
        (
            Extension::crl_distribution_points(&["http://x/".into()]),
            "ok extension-left-out",
        ),
        (raw("1.3.6.1.4.1.99999.7", &[5, 0]), "ok"),
        (
            raw("1.3.6.1.4.1.99999.7", &[5, 0, 0]),
            "no extension-malformed",
        ),
    ] {
        let wish = asking(std::slice::from_ref(&requested));
        assert_eq!(decided(&p, &wish, &issuer()), expected, "{requested:?}");
    }
}

#[test]
fn what_is_left_out_is_named() {
    let grant = granted(
        &profile(json!({})),
        &asking(&[raw("1.3.6.1.4.1.311.20.2", &[5, 0])]),
    );
    assert_eq!(
        grant.notes[0].text,
        "extension 1.3.6.1.4.1.311.20.2, which the request asks for, is left out"
    );
}

#[test]
fn a_certificate_for_everything() {
    let p = profile(json!({"extended_key_usage": []}));
    assert_eq!(
        decided(&p, &asking(&[purposes(&[known::SERVER_AUTH])]), &issuer()),
        "ok purposes-replaced"
    );
    let p = profile(json!({"extended_key_usage": ["anyExtendedKeyUsage", "clientAuth"]}));
    assert_eq!(
        decided(&p, &asking(&[purposes(&[known::SERVER_AUTH])]), &issuer()),
        "ok purposes-replaced"
    );
}

#[test]
fn key_usage_by_family() {
    for (kind, words) in [
        (
            KeyFamily::Rsa { bits: 2048 },
            &["digitalSignature", "keyEncipherment"][..],
        ),
        (KeyFamily::EcP384, &["digitalSignature"]),
        (KeyFamily::Ed25519, &["digitalSignature"]),
    ] {
        let mut wish = wish("/CN=x", "dns:a.example");
        wish.key = key(kind.clone());
        assert_eq!(
            granted(&builtin("server"), &wish).key_usage.words(),
            words,
            "{kind}"
        );
    }
}

#[test]
fn path_lengths() {
    let ca = |path_len: Value| {
        profile(
            json!({"basic_constraints": {"ca": true, "path_len": path_len},
            "key_usage": ["keyCertSign", "cRLSign"], "extended_key_usage": null}),
        )
    };
    let asked = |path_len| asking(&[Extension::basic_constraints(true, path_len)]);
    for (own, asked, issuers, expected, granted) in [
        (json!(0), asking(&[]), None, "ok", Some(0)),
        (json!(null), asking(&[]), None, "ok", None),
        (json!(2), asked(None), None, "ok", Some(2)),
        (json!(2), asked(Some(1)), None, "ok", Some(1)),
        (
            json!(2),
            asked(Some(3)),
            None,
            "no path-length-too-deep",
            None,
        ),
        (json!(null), asked(Some(3)), None, "ok", Some(3)),
        (json!(2), asking(&[]), Some(3), "ok", Some(2)),
        (
            json!(2),
            asking(&[]),
            Some(2),
            "ok path-length-cut",
            Some(1),
        ),
        (
            json!(null),
            asking(&[]),
            Some(1),
            "ok path-length-cut",
            Some(0),
        ),
        (
            json!(0),
            asking(&[]),
            Some(0),
            "no issuer-path-length",
            None,
        ),
        (
            json!(0),
            asking(&[Extension::basic_constraints(false, None)]),
            None,
            "ok basic-constraints-replaced",
            Some(0),
        ),
    ] {
        let mut issuer = issuer();
        issuer.path_len = issuers;
        let decision = decide(&ca(own.clone()), &asked, &issuer, at(NOW));
        assert_eq!(outcome(&decision), expected, "{own} {issuers:?}");
        assert_eq!(
            decision.ok().and_then(|g| g.path_len),
            granted,
            "{own} {issuers:?}"
        );
        let mut strict = asked;
        strict.strict = true;
        let cut = expected.contains("path-length-cut");
        let said = decided(&ca(own), &strict, &issuer);
        assert_eq!(
            said,
            if cut {
                "no path-length-too-deep"
            } else {
                expected
            }
        );
    }
}

#[test]
fn a_ca_may_bind_itself_where_the_profile_does_not() {
    let asked = constraints("dns:a.example");
    let wish = asking(&[asked.extension()]);
    let grant = granted(&builtin("subca"), &wish);
    let content = grant.content(&"01".parse().unwrap());
    assert!(content.extensions.contains(&asked.extension()));
    let bound = |permit: &str| {
        profile(
            json!({"basic_constraints": {"ca": true}, "key_usage": ["keyCertSign"],
            "extended_key_usage": null, "name_constraints": {"permit": [permit]}}),
        )
    };
    assert_eq!(decided(&bound("dns:a.example"), &wish, &issuer()), "ok");
    assert_eq!(
        decided(&bound("dns:b.example"), &wish, &issuer()),
        "no name-constraints-not-allowed"
    );
}

#[test]
fn every_extension_in_a_stable_order() {
    let p = profile(json!({
        "basic_constraints": {"ca": true, "path_len": 1},
        "key_usage": ["keyCertSign"],
        "extended_key_usage_critical": true,
        "name_constraints": {"exclude": ["dns:x.example"]},
        "certificate_policies": [{"oid": "1.2.3", "cps": "https://x/", "notice": "n"}],
        "crl_distribution_points": ["http://pki.example.com/crl.pem"],
        "issuer_urls": ["http://pki.example.com/ca.crt"],
        "ocsp_urls": ["http://ocsp.example.com"],
        "tls_feature": ["status_request"],
        "extensions": [{"oid": "1.3.6.1.4.1.99999.2", "critical": true, "der": "BQA="}],
        "copy_extensions": ["1.3.6.1.4.1.99999.7"]
    }));
    let mut wish = wish("/CN=x", "dns:a.example.com");
    wish.requested = vec![raw("1.3.6.1.4.1.99999.7", &[5, 0])];
    let content = granted(&p, &wish).content(&"01".parse().unwrap());
    let listed: Vec<(String, bool)> = content
        .extensions
        .iter()
        .map(|e| (e.label(), e.critical))
        .collect();
    let expected = [
        ("basicConstraints", true),
        ("keyUsage", true),
        ("extendedKeyUsage", true),
        ("subjectAltName", false),
        ("nameConstraints", true),
        ("certificatePolicies", false),
        ("crlDistributionPoints", false),
        ("authorityInfoAccess", false),
        ("tlsfeature", false),
        ("1.3.6.1.4.1.99999.2", true),
        ("1.3.6.1.4.1.99999.7", false),
    ];
    assert_eq!(
        listed,
        expected.map(|(label, critical)| (label.to_owned(), critical))
    );
    let responder = granted(&builtin("ocsp"), &super::wish("/CN=x", ""));
    let last = responder.content(&"01".parse().unwrap()).extensions.pop();
    assert_eq!(last, Some(Extension::ocsp_no_check()));
}

proptest! {
    #[test]
    fn no_request_panics(value in prop::collection::vec(any::<u8>(), 0..24), which in 0usize..7, ca in any::<bool>()) {
        let oids = ["2.5.29.15", "2.5.29.19", "2.5.29.30", "2.5.29.32", "2.5.29.37", "2.5.29.17", "1.2.3"];
        let wish = asking(&[raw(oids[which], &value)]);
        let _said = decided(&builtin(if ca { "subca" } else { "client" }), &wish, &issuer());
    }
}
