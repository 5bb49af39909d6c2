//! Subjects.

use serde_json::json;

use super::*;
use crate::primitives::der::tag;
use crate::x509::name::Attribute;

#[test]
fn only_what_is_listed_is_allowed() {
    let p = profile(
        json!({"subject": {"require": ["CN"], "allow": {"2.5.4.11": ["team-*"], "DC": ["Example", "com"],
        "emailAddress": ["*@example.com"]}}}),
    );
    for (subject, expected) in [
        ("/CN=x", "ok"),
        ("/O=dev/O=ops/CN=x", "ok"),
        (
            "/O=dev/O=system:masters/CN=x",
            "no subject-attribute-not-allowed",
        ),
        ("/O=Dev/CN=x", "no subject-attribute-not-allowed"),
        ("/OU=team-a/CN=x", "ok"),
        ("/OU=my team-a/CN=x", "no subject-attribute-not-allowed"),
        ("/C=DE/CN=x", "no subject-attribute-not-allowed"),
        ("/CN=x+O=dev", "ok"),
        ("/CN=x+O=root", "no subject-attribute-not-allowed"),
        ("/DC=com/DC=EXAMPLE/CN=x", "ok"),
        ("/CN=x/emailAddress=a@EXAMPLE.com", "ok"),
        (
            "/CN=x/emailAddress=a@example.com.evil.org",
            "no subject-attribute-not-allowed",
        ),
        ("/O=dev", "no subject-attribute-required"),
        ("/1.2.3.4=z/CN=x", "no subject-attribute-not-allowed"),
    ] {
        assert_eq!(
            decided(&p, &wish(subject, ""), &issuer()),
            expected,
            "{subject}"
        );
    }
}

#[test]
fn values_no_certificate_should_carry_are_refused() {
    let p = builtin("client");
    for value in [
        &b"bank.example\0.evil.example"[..],
        b"",
        b"a\x1b[2J",
        &[0xff, 0xfe],
        &[b'x'; 65],
    ] {
        let attribute = Attribute {
            oid: known::COMMON_NAME,
            tag: tag::UTF8_STRING,
            value: value.to_vec(),
        };
        let mut wish = wish("/CN=x", "");
        wish.subject = Name::from_rdns(&[vec![attribute]]);
        assert_eq!(
            decided(&p, &wish, &issuer()),
            "no subject-attribute-invalid",
            "{value:?}"
        );
    }
}

#[test]
fn a_subject_is_kept_byte_for_byte() {
    let attribute = |oid: Oid, tag: u8, value: &[u8]| Attribute {
        oid,
        tag,
        value: value.to_vec(),
    };
    let ou = Oid::by_name("OU").unwrap();
    let name = Name::from_rdns(&[
        vec![attribute(known::DOMAIN_COMPONENT, tag::IA5_STRING, b"com")],
        vec![attribute(ou.clone(), tag::TELETEX_STRING, b"M\xfcller")],
        vec![attribute(ou, tag::BMP_STRING, &[0, 0x4d])],
        vec![attribute(known::COMMON_NAME, tag::PRINTABLE_STRING, b"x")],
    ]);
    let mut wish = wish("/CN=x", "");
    wish.subject = name.clone();
    let grant = granted(&builtin("client"), &wish);
    assert_eq!(grant.subject.der(), name.der());
    assert_eq!(
        grant.content(&"01".parse().unwrap()).subject.der(),
        name.der()
    );
    // what the profile gives is put in; the rest keeps its order and its string types
    let p = profile(json!({"subject": {
        "allow": {"DC": ["*"], "OU": ["*"]}, "set": {"C": ["DE"], "O": ["a", "b"], "CN": ["x"]}
    }}));
    let changed = granted(&p, &wish).subject;
    assert_eq!(
        changed.oneline(),
        "/C=DE/O=a/O=b/DC=com/OU=M\\xFCller/OU=\\x00M/CN=x"
    );
    let kept: Vec<Attribute> = changed.attributes().skip(3).collect();
    assert_eq!(kept, name.attributes().collect::<Vec<_>>());
}

#[test]
fn the_profile_gives_attributes() {
    let set = |set: Value| profile(json!({"subject": {"allow": {"OU": ["*"]}, "set": set}}));
    for (rules, subject, line, expected) in [
        (json!({"C": ["DE"]}), "/CN=x", "/C=DE/CN=x", "ok"),
        (json!({"C": ["DE"]}), "/C=DE/CN=x", "/C=DE/CN=x", "ok"),
        (
            json!({"C": ["DE"]}),
            "/O=dev/C=US/CN=x",
            "/O=dev/C=DE/CN=x",
            "ok subject-replaced",
        ),
        (
            json!({"O": ["a"]}),
            "/O=x/OU=y/O=z/CN=x",
            "/O=a/OU=y/CN=x",
            "ok subject-replaced",
        ),
        (
            json!({"O": ["a"]}),
            "/O=x+OU=y/CN=x",
            "/O=a/OU=y/CN=x",
            "ok subject-replaced",
        ),
        (
            json!({"CN": ["${email}"]}),
            "/CN=x",
            "/CN=a@example.com",
            "ok subject-replaced",
        ),
        (
            json!({"CN": ["${email}"]}),
            "/O=dev",
            "/O=dev/CN=a@example.com",
            "ok",
        ),
        (json!({"UID": ["${cn}"]}), "/CN=x", "/CN=x/UID=x", "ok"),
        (
            json!({"CN": ["y"], "UID": ["${cn}"]}),
            "/CN=x",
            "/CN=y/UID=y",
            "ok subject-replaced",
        ),
    ] {
        let p = set(rules.clone());
        let wish = wish(subject, "email:a@example.com");
        let decision = decide(&p, &wish, &issuer(), at(NOW));
        assert_eq!(outcome(&decision), expected, "{rules} {subject}");
        assert_eq!(
            decision.unwrap().subject.oneline(),
            line,
            "{rules} {subject}"
        );
    }
    let p = set(json!({"C": ["${cn}"]}));
    assert_eq!(
        decided(&p, &wish("/CN=long", ""), &issuer()),
        "no subject-attribute-invalid"
    );
    let p = set(json!({"O": ["${dns}"]}));
    assert_eq!(
        decided(&p, &wish("/CN=x", ""), &issuer()),
        "no variable-missing"
    );
}

#[test]
fn what_a_requester_feeds_is_judged_first() {
    let p = profile(
        json!({"subject": {"allow": {"CN": ["good-*"]}, "set": {"CN": ["${cn}!"], "O": ["${cn}"]}}}),
    );
    assert_eq!(
        granted(&p, &wish("/CN=good-x", "")).subject.oneline(),
        "/O=good-x!/CN=good-x!"
    );
    assert_eq!(
        decided(&p, &wish("/CN=system:masters", ""), &issuer()),
        "no subject-attribute-not-allowed"
    );
}

#[test]
fn the_serial_is_filled_in_later() {
    let p = profile(
        json!({"subject": {"set": {"serialNumber": ["no-${serial}"]}},
        "crl_distribution_points": ["http://pki.example.com/${serial}/${cn}.crl"]}),
    );
    let grant = granted(&p, &wish("/CN=x y", ""));
    assert_eq!(
        grant.subject.to_string(),
        "CN=x y, serialNumber=no-${serial}"
    );
    let content = grant.content(&"0x00ab".parse().unwrap());
    assert_eq!(content.subject.oneline(), "/CN=x y/serialNumber=no-AB");
    let url = b"http://pki.example.com/AB/x%20y.crl";
    let points = content.extensions.last().unwrap();
    assert_eq!(points.oid, known::CRL_DISTRIBUTION_POINTS);
    assert!(points.value.ends_with(url));
}

#[test]
fn the_common_name_comes_from_the_names() {
    let p =
        profile(json!({"subject": {"allow": {"CN": null}, "cn_from": "email", "require": ["CN"]}}));
    for (subject, names, expected) in [
        ("", "email:a@example.com", "ok"),
        ("/CN=a@example.com", "email:a@example.com", "ok"),
        ("/CN=x", "email:a@example.com", "ok subject-replaced"),
        (
            "/CN=x",
            "dns:a.example.com",
            "no cn-source-missing subject-attribute-required",
        ),
    ] {
        let wish = wish(subject, names);
        let decision = decide(&p, &wish, &issuer(), at(NOW));
        assert_eq!(outcome(&decision), expected, "{subject} {names}");
        if let Ok(grant) = decision {
            assert_eq!(grant.subject.oneline(), "/CN=a@example.com");
        }
    }
}
