//! Profiles that are wrong, and what is said of them.

use proptest::prelude::*;

use crate::profile::{Profile, ProfileName};

/// Members that make a profile whole, after which a test puts its own.
const LEAF: &str =
    r#""validity": "90d", "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"]"#;
const CA: &str = r#""validity": "5y", "key_usage": ["keyCertSign"]"#;

fn said(text: &str) -> String {
    let name: ProfileName = "test".parse().unwrap();
    match Profile::parse(&name, text) {
        Ok(_) => "right".to_owned(),
        Err(errors) => errors.in_file("test.json"),
    }
}

#[test]
fn every_fault_has_its_line_and_member() {
    let text = r#"{
  "validity": "1 year",
  "key_usage": [
    "keyEncipherment",
    "digitalSignatur"
  ],
  "extended_key_usage": ["clientAuth", "1.2", "clientauth"],
  "basic_constraint": {"ca": false},
  "subject": {
    "allow": {"CN": "*", "commonName": ["*"], "XYZ": ["*"]},
    "set": {"O": ["${user}"], "OU": []}
  },
  "san": {
    "require": ["mail"],
    "allow": {"ip": ["10.0.0.*"], "email": [1]},
    "max": -1
  },
  "keys": ["rsa-1024", "ec-p255"],
  "unique_name": "yes",
  "unique_name": true
}"#;
    assert_eq!(
        said(text),
        r#"test.json:2: validity: "1 year" is not a duration such as 30m, 12h, 90d, 2w, 6mo or 1y
test.json:5: key_usage[1]: unknown key usage "digitalSignatur"; did you mean "digitalSignature"? allowed: digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign, encipherOnly, decipherOnly
test.json:7: extended_key_usage[2]: unknown extended key usage "clientauth"; did you mean "clientAuth"? allowed: serverAuth, clientAuth, codeSigning, emailProtection, timeStamping, OCSPSigning, msSmartcardLogin, anyExtendedKeyUsage (or a dotted OID)
test.json:8: basic_constraint: unknown member "basic_constraint"; did you mean "basic_constraints"? allowed: backdate, basic_constraints, certificate_policies, copy_extensions, crl_distribution_points, description, extended_key_usage, extended_key_usage_critical, extensions, issuer_urls, key_usage, keys, max_validity, min_validity, name_constraints, not_after, ocsp_no_check, ocsp_urls, renew, san, subject, tls_feature, unique_key, unique_name, validity
test.json:10: subject.allow.commonName: the same attribute stands there under another name
test.json:10: subject.allow.XYZ: unknown attribute "XYZ"; use a name that OpenSSL knows (CN, O, OU, emailAddress, ...) or an OID
test.json:10: subject.allow.CN: a list is expected here, not a string
test.json:11: subject.set.O[0]: unknown ${user}; there are ${cn}, ${email}, ${dns} and ${serial}
test.json:11: subject.set.OU: an empty list of values; to allow none, leave the attribute out of allow
test.json:14: san.require[0]: unknown kind of name "mail"; did you mean "email"? allowed: email, dns, ip, uri, upn, rid, dirname
test.json:15: san.allow.ip[0]: "10.0.0.*" is not an address or range such as 10.0.0.0/8, 2001:db8::/32 or *
test.json:15: san.allow.email[0]: a string is expected here, not 1
test.json:16: san.max: a whole number is expected here, not -1
test.json:18: keys[0]: RSA keys under 2048 bits are never certified
test.json:18: keys[1]: unknown kind of key "ec-p255"; did you mean "ec-p256"? allowed: ec-p256, ec-p384, ed25519, rsa-2048, rsa-2048+
test.json:19: unique_name: true or false is expected here, not a string
test.json:20: unique_name: stands there twice, first on line 19"#
    );
}

#[test]
fn members_that_are_wrong_by_themselves() {
    for (member, fault) in [
        (r#""validity": 90"#, "stands there twice"),
        (r#""min_validity": "0s""#, "a length of nothing"),
        (
            r#""max_validity": null"#,
            "max_validity: a string is expected here, not null",
        ),
        (
            r#""description": ["x"]"#,
            "a string is expected here, not a list",
        ),
        (
            r#""basic_constraints": true"#,
            "an object is expected here, not a boolean",
        ),
        (r#""basic_constraints": {}"#, "ca is missing"),
        (
            r#""basic_constraints": {"ca": true, "path_len": 1.5}"#,
            "a whole number is expected here, not 1.5",
        ),
        (
            r#""basic_constraints": {"ca": true, "path_len": 101}"#,
            "from 0 to 100",
        ),
        (
            r#""basic_constraints": {"ca": true, "pathlen": 1}"#,
            "did you mean \"path_len\"?",
        ),
        (r#""keys": []"#, "the list is empty"),
        (r#""keys": ["ed25519", "ed25519"]"#, "stands there twice"),
        (r#""keys": ["rsa-"]"#, "unknown kind of key"),
        (r#""renew": {"before": "30d"}"#, "unknown member \"before\""),
        (r#""renew": {"within": "soon"}"#, "not a duration"),
        (
            r#""subject": {"cn_from": "ip"}"#,
            "unknown kind of name \"ip\"",
        ),
        (
            r#""subject": {"require": ["common name"]}"#,
            "unknown attribute",
        ),
        (r#""subject": {"set": {"O": [""]}}"#, "an empty value"),
        (r#""subject": {"set": {"O": ["${cn"]}}"#, "no closing brace"),
        (
            r#""subject": {"allow": {"emailAddress": ["example.com"]}}"#,
            "*@example.com",
        ),
        (r#""san": {"allow": {"mail": []}}"#, "unknown kind of name"),
        (
            r#""san": {"allow": {"email": ["example.com"]}}"#,
            "*@example.com",
        ),
        (r#""san": {"add": ["www.example.com"]}"#, "TYPE:VALUE"),
        (
            r#""san": {"add": ["rid:1.2.${serial}"]}"#,
            "a serial cannot stand",
        ),
        (
            r#""crl_distribution_points": ["pki.example.com"]"#,
            "no http: or ldap: URL",
        ),
        (
            r#""crl_distribution_points": "http://x""#,
            "a list is expected here",
        ),
        (r#""ocsp_urls": ["http://${host}/"]"#, "unknown ${host}"),
        (
            r#""certificate_policies": ["1.2.3"]"#,
            "an object is expected here",
        ),
        (
            r#""certificate_policies": [{"cps": "http://x"}]"#,
            "oid is missing",
        ),
        (
            r#""certificate_policies": [{"oid": "1.2.x"}]"#,
            "not an object identifier",
        ),
        (
            r#""certificate_policies": [{"oid": "1.2.3"}, {"oid": "1.2.3"}]"#,
            "certificate_policies[1]: the same policy",
        ),
        (
            r#""certificate_policies": [{"oid": "1.2.3", "cps": "x"}]"#,
            "cps is no URL",
        ),
        (
            r#""name_constraints": {"permit": ["example.com"]}"#,
            "is no subtree",
        ),
        (r#""tls_feature": [70000]"#, "from 0 to 65535"),
        (r#""tls_feature": ["ocsp"]"#, "unknown TLS feature"),
        (r#""extensions": [{"oid": "1.2.3"}]"#, "der is missing"),
        (
            r#""extensions": [{"oid": "1.2.3", "der": "*"}]"#,
            "not base64",
        ),
        (
            r#""extensions": [{"oid": "1.2.3", "der": "BQ=="}]"#,
            "no DER",
        ),
        (
            r#""extensions": [{"oid": "2.5.29.15", "der": "BQA="}]"#,
            "repeats what key_usage makes",
        ),
        (
            r#""extensions": [{"oid": "1.2.3", "der": "BQA="}, {"oid": "1.2.3", "der": "BQA="}]"#,
            "stands there twice",
        ),
        (r#""copy_extensions": ["2.5.29.37"]"#, "never copied"),
        (
            r#""copy_extensions": ["keyUsage"]"#,
            "not an object identifier",
        ),
        (
            r#""copy_extensions": ["1.2.3", "1.2.3"]"#,
            "stands there twice",
        ),
        (
            r#""extended_key_usage_critical": 1"#,
            "true or false is expected here, not 1",
        ),
        (r#""Validity2": 1"#, "unknown member"),
    ] {
        let said = said(&format!("{{{LEAF}, {member}}}"));
        assert!(said.contains(fault), "{member}: {said}");
    }
    assert!(said("[]").contains("test.json:1: an object is expected here, not a list"));
    assert!(said("{").contains("test.json:1: not JSON at column 2"));
    for missing in ["validity", "key_usage", "extended_key_usage"] {
        assert!(
            said("{}").contains(&format!("{missing} is missing")),
            "{missing}"
        );
    }
}

/// As long as a file may be, which took minutes where each item was held against all before it.
#[test]
fn long_lists_are_read_in_one_pass() {
    const MANY: usize = 50_000;
    let all = |item: &dyn Fn(usize) -> String| (0..MANY).map(item).collect::<Vec<_>>().join(",");
    let members = all(&|i| format!("\"m{i}\": 0"));
    let told = said(&format!("{{{LEAF}, {members}}}"));
    assert_eq!(told.lines().count(), 101);
    assert!(told.ends_with("test.json: and 49900 faults more"), "{told}");
    let same = all(&|_| r#""keys": []"#.to_owned());
    let told = said(&format!("{{{LEAF}, {same}}}"));
    assert!(told.contains("stands there twice, first on line 1"));
    assert!(told.ends_with("and 49899 faults more"));
    let oids = all(&|i| format!("\"1.2.{i}\""));
    let short = r#""validity": "90d", "key_usage": ["digitalSignature"]"#;
    for member in [
        format!("{short}, \"extended_key_usage\": [{oids}]"),
        format!("{LEAF}, \"copy_extensions\": [{oids}]"),
        format!(
            "{LEAF}, \"subject\": {{\"require\": [{oids}], \"set\": {{{}}}}}",
            all(&|i| format!("\"1.2.{i}\": [\"x\"]"))
        ),
        format!(
            "{LEAF}, \"certificate_policies\": [{}]",
            all(&|i| format!("{{\"oid\": \"1.2.{i}\"}}"))
        ),
        format!(
            "{LEAF}, \"extensions\": [{}]",
            all(&|i| format!("{{\"oid\": \"1.2.{i}\", \"der\": \"BQA=\"}}"))
        ),
        format!(
            "{LEAF}, \"keys\": [{}]",
            all(&|i| format!("\"rsa-{}\"", 2048 + i))
        ),
    ] {
        let told = said(&format!("{{{member}}}"));
        assert_eq!(told, "right", "{member:.80}");
    }
}

#[test]
fn members_that_contradict_each_other() {
    for (leaf, member, path, fault) in [
        (
            true,
            r#""max_validity": "30d""#,
            "validity",
            "validity of 90d is longer than max_validity of 30d",
        ),
        (
            true,
            r#""min_validity": "1y""#,
            "min_validity",
            "longer than validity",
        ),
        (
            true,
            r#""min_validity": "2mo", "max_validity": "1mo""#,
            "min_validity",
            "longer than max_validity",
        ),
        (
            true,
            r#""not_after": "2030-01-01""#,
            "not_after",
            "contradicts validity",
        ),
        (
            true,
            r#""basic_constraints": {"ca": true}"#,
            "key_usage",
            "a CA needs keyCertSign",
        ),
        (
            true,
            r#""basic_constraints": {"ca": false, "path_len": 0}"#,
            "basic_constraints.path_len",
            "without \"ca\": true",
        ),
        (
            false,
            "\"extended_key_usage\": []",
            "key_usage",
            "keyCertSign is for CAs",
        ),
        (
            true,
            r#""name_constraints": {"permit": []}"#,
            "name_constraints",
            "only a CA",
        ),
        (
            true,
            r#""ocsp_no_check": true"#,
            "ocsp_no_check",
            "needs OCSPSigning",
        ),
        (
            true,
            r#""subject": {"require": ["O"]}"#,
            "subject.require",
            "O is needed and never allowed",
        ),
        (
            true,
            r#""subject": {"cn_from": "dns"}"#,
            "subject.cn_from",
            "which san.allow excludes",
        ),
        (
            true,
            r#""subject": {"cn_from": "dns", "set": {"CN": ["x"]}}, "san": {"allow": {"dns": ["*"]}}"#,
            "subject.cn_from",
            "contradicts subject.set.CN",
        ),
        (
            true,
            r#""san": {"require": ["email"], "allow": {"dns": ["**"]}}"#,
            "san.require",
            "never allowed",
        ),
        (
            true,
            r#""san": {"require": ["email"], "allow": {"email": ["*"]}, "max": 0}"#,
            "san.max",
            "some are needed",
        ),
        (
            true,
            r#""extensions": [{"oid": "1.2.3", "der": "BQA="}], "copy_extensions": ["1.2.3"]"#,
            "copy_extensions",
            "makes one of its own",
        ),
        (
            true,
            r#""tls_feature": [5], "copy_extensions": ["1.3.6.1.5.5.7.1.24"]"#,
            "copy_extensions",
            "makes one of its own",
        ),
    ] {
        let base = if leaf { LEAF } else { CA };
        let said = said(&format!("{{{base}, {member}}}"));
        assert!(said.contains(fault), "{member}: {said}");
        assert!(
            said.starts_with(&format!("test.json:1: {path}: ")),
            "{member}: {said}"
        );
    }
    let by_family = r#"{"validity": "1y", "extended_key_usage": [], "key_usage": {"rsa": ["keyEncipherment"],
"ec": ["encipherOnly"]}, "extended_key_usage_critical": true}"#;
    let said = said(by_family);
    assert!(
        said.contains("1: key_usage: nothing for ed25519, which keys takes (ed25519)"),
        "{said}"
    );
    assert!(
        said.contains("2: key_usage.ec: encipherOnly means nothing without"),
        "{said}"
    );
    assert!(
        said.contains("2: extended_key_usage_critical: there is no"),
        "{said}"
    );
}

#[test]
fn what_is_right() {
    for member in [
        r#""$schema": "https://example.com/profile.schema.json""#,
        r#""san": {"allow": {"email": ["*"]}, "deny": {"email": ["*"]}}"#,
        r#""max_validity": "3mo""#,
        r#""min_validity": "90d", "max_validity": "90d""#,
        r#""extended_key_usage_critical": true"#,
        r#""tls_feature": ["status_request", 17]"#,
        r#""copy_extensions": ["2.5.29.32"]"#,
        r#""keys": ["rsa-2048", "rsa-3072+"]"#,
        r#""subject": {"set": {"1.2.840.113549.1.9.1": ["${email}"]}}"#,
    ] {
        assert_eq!(said(&format!("{{{LEAF}, {member}}}")), "right", "{member}");
    }
    let ca = format!("{{{CA}, \"basic_constraints\": {{\"ca\": true}}}}");
    assert_eq!(said(&ca), "right");
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let _said = said(&text);
    }

    #[test]
    fn no_member_panics(name in "[a-z_]{0,20}", value in "[\\[\\]{}\",:0-9a-z*@. ]{0,30}") {
        let _said = said(&format!("{{{LEAF}, \"{name}\": {value}}}"));
    }

    /// A built-in profile with any one line left out is right or says why not.
    #[test]
    fn no_missing_line_panics(which in 0usize..8, line in 0usize..60) {
        let (_, text) = crate::profile::builtin::all()[which];
        let kept: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i != line).map(|(_, l)| l).collect();
        let _said = said(&kept.join("\n"));
    }
}
