//! The built-in profiles: readable JSON, written to `profiles/` to be edited, and used as they are
//! where that folder is missing. `docs/profiles.md` has the reason for each limit.

use super::{Profile, ProfileErrors, ProfileName};

/// The profile that applies where nobody names one.
pub const DEFAULT: &str = "1year";

static ALL: [(&str, &str); 8] = [
    ("1year", include_str!("builtin/1year.json")),
    ("client", include_str!("builtin/client.json")),
    ("server", include_str!("builtin/server.json")),
    ("peer", include_str!("builtin/peer.json")),
    ("email", include_str!("builtin/email.json")),
    ("code-signing", include_str!("builtin/code-signing.json")),
    ("ocsp", include_str!("builtin/ocsp.json")),
    ("subca", include_str!("builtin/subca.json")),
];

/// Every built-in profile: its name and its JSON, the default one first.
pub fn all() -> &'static [(&'static str, &'static str)] {
    &ALL
}

/// The JSON of a built-in profile.
pub fn text(name: &ProfileName) -> Option<&'static str> {
    ALL.iter()
        .find(|(built_in, _)| *built_in == name.as_str())
        .map(|(_, text)| *text)
}

/// A built-in profile, if there is one of this name.
///
/// # Errors
/// Never, as a test shows; the caller need not know that.
pub fn find(name: &ProfileName) -> Option<Result<Profile, ProfileErrors>> {
    text(name).map(|text| Profile::parse(name, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::{Oid, known};
    use crate::profile::rules::EndRule;
    use crate::x509::general_name::SanKind;

    fn profile(name: &str) -> Profile {
        match find(&name.parse().unwrap()).unwrap() {
            Ok(profile) => profile,
            Err(errors) => panic!("{errors}"),
        }
    }

    #[test]
    fn every_built_in_profile_is_right() {
        for (name, text) in all() {
            let profile = profile(name);
            assert!(profile.description().is_some(), "{name}");
            assert!(text.ends_with("}\n"), "{name}");
            assert!(profile.unique_name(), "{name}");
            assert_eq!(profile.unique_key(), !profile.is_ca(), "{name}");
            assert_eq!(
                profile.keys(),
                ["ec-p256", "ec-p384", "ed25519", "rsa-2048+"]
            );
            assert_eq!(profile.validity.max.is_some(), *name == "1year", "{name}");
            assert!(matches!(profile.validity.end, EndRule::After(_)), "{name}");
        }
        assert!(find(&"2year".parse().unwrap()).is_none());
    }

    #[test]
    fn the_default_is_a_client_with_a_mailbox() {
        let profile = profile(DEFAULT);
        assert_eq!(profile.purposes(), [known::CLIENT_AUTH]);
        assert_eq!(profile.san.require, [SanKind::Email]);
        let span = Some("1y".parse().unwrap());
        assert_eq!((profile.validity(), profile.validity.max), (span, span));
        assert_eq!(profile.validity.backdate, "1m".parse().unwrap());
    }

    #[test]
    fn the_usual_attributes_are_taken_whatever_they_say() {
        let usual = [
            "CN",
            "O",
            "OU",
            "C",
            "ST",
            "L",
            "street",
            "postalCode",
            "serialNumber",
            "emailAddress",
            "UID",
            "DC",
            "GN",
            "SN",
            "title",
            "initials",
            "name",
            "pseudonym",
            "dnQualifier",
            "organizationIdentifier",
            "generationQualifier",
            "unstructuredName",
            "description",
            "businessCategory",
            "jurisdictionC",
        ];
        for (name, _) in all() {
            let profile = profile(name);
            for attribute in usual {
                let oid = Oid::by_name(attribute).unwrap();
                let listed = profile.subject.allow.iter().find(|(a, _)| *a == oid);
                let (_, patterns) = listed.unwrap_or_else(|| panic!("{name}: {attribute}"));
                let value = if attribute == "emailAddress" {
                    "a@b.example"
                } else {
                    "x y/z"
                };
                assert!(
                    patterns.iter().any(|p| p.matches(value)),
                    "{name}: {attribute}"
                );
            }
        }
    }
}
