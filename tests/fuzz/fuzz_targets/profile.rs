//! A profile's JSON: what privca takes, another reader takes too; and under what it takes, a sound
//! wish is refused or becomes a certificate that breaks no rule.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use privca::ops::issuance::key_facts;
use privca::profile::{Profile, ProfileName, Wish};
use privca::x509::san_text;
use privca_fuzz::{REQUEST_KEY, certify};

static NAME: LazyLock<ProfileName> = LazyLock::new(|| "fuzz".parse().unwrap());

static WISHES: LazyLock<Vec<Wish>> = LazyLock::new(|| {
    let wish = |subject: &str, names: &str| {
        let facts = key_facts(REQUEST_KEY.public());
        let names = san_text::parse_list(names).unwrap();
        Wish::new(subject.parse().unwrap(), names, facts)
    };
    vec![
        wish("/CN=alice", "email:alice@example.com"),
        wish(
            "/C=DE/O=dev+OU=x/CN=www.example.com",
            "dns:www.example.com,dns:*.example.com,ip:10.0.0.1,ip:::1,uri:https://x.example/a,upn:a@b.example,rid:1.2.3",
        ),
        wish("/O=ops/O=dev", "dirname:CN=x"),
    ]
});

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let profile = match Profile::parse(&NAME, text) {
        Ok(profile) => profile,
        Err(errors) => {
            assert!(errors.iter().next().is_some());
            drop(errors.to_string());
            return;
        }
    };
    let other: serde_json::Value = serde_json::from_str(text).expect("it is JSON for others");
    let members = other.as_object().expect("a profile is an object");
    let ca = members.get("basic_constraints").map(|b| b["ca"] == true);
    assert_eq!(profile.is_ca(), ca.unwrap_or(false));
    assert_eq!(Profile::parse(&NAME, &other.to_string()), Ok(profile.clone()));
    for wish in WISHES.iter() {
        if let Some(certificate) = certify(&profile, wish, REQUEST_KEY.public()) {
            let (ca, _) = certificate.basic_constraints().unwrap();
            assert_eq!(ca, profile.is_ca());
        }
    }
});
