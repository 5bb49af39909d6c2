//! Alternative names.

use serde_json::json;

use super::*;
use crate::x509::general_name::GeneralName;
use crate::x509::name_constraints::{NameConstraints, Subtree};

#[test]
fn allowed_denied_and_needed() {
    let p = profile(json!({"san": {
        "require": ["email"],
        "allow": {"email": ["*@example.com"], "dns": ["*.example.com", "example.com"], "ip": ["10.0.0.0/8"],
                  "uri": ["spiffe://example.com/**"]},
        "deny": {"email": ["root@example.com"], "dns": ["secret.example.com"], "ip": ["10.9.0.0/16"]},
        "max": 3
    }}));
    for (names, expected) in [
        ("email:a@example.com", "ok"),
        ("email:a@EXAMPLE.com,dns:www.example.com,ip:10.1.2.3", "ok"),
        (
            "email:a@example.com,email:a@example.com",
            "ok duplicate-name",
        ),
        (
            "email:a@example.com,dns:x.example.com,dns:X.EXAMPLE.COM",
            "ok duplicate-name",
        ),
        ("email:a@example.com,uri:spiffe://example.com/ns/x", "ok"),
        ("", "no san-required"),
        ("dns:www.example.com", "no san-required"),
        ("email:a@example.org", "no name-not-allowed"),
        ("email:root@example.com", "no name-denied"),
        ("email:Root@example.com", "no name-denied"),
        (
            "email:a@example.com,dns:secret.example.com",
            "no name-denied",
        ),
        (
            "email:a@example.com,dns:a.b.example.com",
            "no name-not-allowed",
        ),
        (
            "email:a@example.com,dns:*.example.com",
            "no name-denied wildcard-not-allowed",
        ),
        ("email:a@example.com,ip:11.0.0.1", "no name-not-allowed"),
        ("email:a@example.com,ip:10.9.0.1", "no name-denied"),
        ("email:a@example.com,ip:::ffff:10.9.0.1", "no name-denied"),
        (
            "email:a@example.com,upn:a@example.com",
            "no name-not-allowed",
        ),
        ("email:a@example.com,rid:1.2.3", "no name-not-allowed"),
        ("email:a@example.com,dirname:CN=x", "no name-not-allowed"),
        (
            "email:a@example.com,uri:https://example.com/",
            "no name-not-allowed",
        ),
        (
            "email:a@example.com,email:b@example.com,email:c@example.com,email:d@example.com",
            "no too-many-names",
        ),
    ] {
        assert_eq!(
            decided(&p, &wish("/CN=x", names), &issuer()),
            expected,
            "{names}"
        );
    }
}

#[test]
fn wildcards_need_leave() {
    let p = profile(
        json!({"san": {"wildcard_dns": true, "deny": {"dns": ["root.internal.example.com"]},
        "allow": {"dns": ["**.example.com"]}}}),
    );
    for (names, expected) in [
        ("dns:*.example.com", "ok"),
        ("dns:*.a.example.com", "ok"),
        ("dns:*.internal.example.com", "no name-denied"),
        ("dns:*.example.org", "no name-not-allowed"),
    ] {
        assert_eq!(
            decided(&p, &wish("/CN=x", names), &issuer()),
            expected,
            "{names}"
        );
    }
}

#[test]
fn malformed_and_unknown_names_are_refused_whatever_the_profile() {
    let p = builtin("client");
    for name in [
        GeneralName::Email("alice".into()),
        GeneralName::Dns("a\0.example".into()),
        GeneralName::Dns("*.com".into()),
        GeneralName::Uri("no scheme".into()),
        GeneralName::Other(vec![0x87, 1, 0]),
    ] {
        let mut wish = wish("/CN=x", "");
        wish.names = vec![name.clone()];
        assert_eq!(decided(&p, &wish, &issuer()), "no name-invalid", "{name}");
    }
}

#[test]
fn no_profile_allows_what_it_does_not_list() {
    let p = profile(json!({"san": null}));
    assert_eq!(
        decided(&p, &wish("/CN=x", "dns:a.example.com"), &issuer()),
        "no name-not-allowed"
    );
    assert!(refused(&p, &wish("/CN=x", "dns:a.example.com")).contains("allows no dns names"));
}

#[test]
fn names_are_added() {
    let p = profile(json!({"san": {"add": [
        "dns:${cn}.example.com", "uri:urn:example:${serial}", "email:ca@example.org", "uri:urn:user:${email}"
    ], "allow": {"uri": ["urn:user:*"]}}}));
    let grant = granted(&p, &wish("/CN=www", "email:a@example.com"));
    let shown: Vec<String> = grant.names.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "email:a@example.com",
            "dns:www.example.com",
            "uri:urn:example:${serial}",
            "email:ca@example.org",
            "uri:urn:user:a%40example.com"
        ]
    );
    let content = grant.content(&"00ff".parse().unwrap());
    let names = crate::x509::extension::read_subject_alt_names(&content.extensions).unwrap();
    assert_eq!(names[2].to_string(), "uri:urn:example:FF");
    // a name that is there already is not added, and what a requester feeds is judged
    let twice = granted(
        &p,
        &wish("/CN=www", "email:a@example.com,dns:WWW.example.com"),
    );
    assert_eq!(twice.names.len(), 5);
    // a renewal asks for what was added before, with the old serial
    let old = san_text::parse_list("email:a@example.com,email:ca@example.org,uri:urn:example:0A")
        .unwrap();
    let mut again = wish("/CN=www", "");
    again.names = old;
    let renewed: Vec<String> = granted(&p, &again)
        .names
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(renewed, shown);
    let evil = wish("/CN=a.b", "email:a@example.com");
    assert_eq!(decided(&p, &evil, &issuer()), "no name-not-allowed");
    let nobody = wish("/O=dev", "email:a@example.com");
    assert_eq!(decided(&p, &nobody, &issuer()), "no variable-missing");
    let spaced = wish("/CN=John Doe", "email:a@example.com");
    assert_eq!(decided(&p, &spaced, &issuer()), "no name-invalid");
}

#[test]
fn somebody_must_be_named() {
    let p = profile(json!({}));
    assert_eq!(decided(&p, &wish("", ""), &issuer()), "no no-name");
    let unnamed = wish("", "email:a@example.com");
    assert_eq!(decided(&p, &unnamed, &issuer()), "ok");
    // RFC 5280, 4.2.1.6: critical where the subject is empty
    let content = granted(&p, &unnamed).content(&"01".parse().unwrap());
    assert!(
        content
            .extensions
            .iter()
            .any(|e| e.oid == known::SUBJECT_ALT_NAME && e.critical)
    );
    assert_eq!(
        decided(&builtin("subca"), &wish("", "dns:a.example"), &issuer()),
        "no no-name"
    );
}

#[test]
fn the_issuers_constraints_bind() {
    let parse = |list: &[&str]| list.iter().map(|t| Subtree::parse(t).unwrap()).collect();
    let mut bound = issuer();
    bound.name_constraints = vec![NameConstraints {
        permitted: parse(&["dns:example.com", "email:example.com"]),
        excluded: parse(&["dns:secret.example.com", "dirname:O=evil"]),
    }];
    let p = builtin("client");
    for (subject, names, expected) in [
        ("/CN=x", "dns:a.example.com,email:a@example.com", "ok"),
        ("/CN=x", "dns:a.example.org", "no name-outside-issuer"),
        ("/CN=x", "dns:secret.example.com", "no name-outside-issuer"),
        (
            "/CN=x/emailAddress=a@example.org",
            "",
            "no name-outside-issuer",
        ),
        ("/O=Evil/CN=x", "", "no name-outside-issuer"),
        // OpenSSL takes a common name for a host where no alternative name is one
        ("/CN=a.example.org", "", "no name-outside-issuer"),
        ("/CN=a.example.com", "", "ok"),
        ("/CN=a.example.org", "dns:a.example.com", "ok"),
        // it could stand for the excluded host
        (
            "/CN=x",
            "dns:*.example.com",
            "no wildcard-not-allowed name-outside-issuer",
        ),
        ("/CN=x", "ip:10.0.0.1", "ok"),
    ] {
        assert_eq!(
            decided(&p, &wish(subject, names), &bound),
            expected,
            "{subject} {names}"
        );
    }
}

#[test]
fn a_server_without_a_host_is_told_so() {
    let p = builtin("server");
    assert_eq!(
        decided(&p, &wish("/CN=www.example.com", ""), &issuer()),
        "ok no-server-name"
    );
    assert_eq!(decided(&p, &wish("/CN=x", "ip:127.0.0.1"), &issuer()), "ok");
    assert_eq!(
        decided(&p, &wish("/CN=x", "dns:*.example.com"), &issuer()),
        "ok"
    );
}
