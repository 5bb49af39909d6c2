//! The extensions that a request asks for: rights that the profile does not give are refused,
//! what it does not speak of is left out with a note, and what it says to copy is copied.

use super::Findings;
use crate::primitives::der::Reader;
use crate::primitives::oid::{Oid, known};
use crate::profile::Profile;
use crate::profile::grant::note;
use crate::profile::late::GrantedName;
use crate::profile::refusal::code;
use crate::profile::wish::{IssuerFacts, Wish};
use crate::x509::extension::{Extension, find, read_basic_constraints, read_extended_key_usage};
use crate::x509::general_name::SanKind;
use crate::x509::key_usage::{KeyUsage, purpose_word};
use crate::x509::lint;
use crate::x509::name_constraints::{NameConstraints, Subtree};

/// What the requested extensions and the issuer's limits leave of the profile's rights.
pub(super) struct Rights {
    pub(super) path_len: Option<u32>,
    pub(super) name_constraints: NameConstraints,
    pub(super) extensions: Vec<Extension>,
}

pub(super) fn grant(
    profile: &Profile,
    wish: &Wish,
    issuer: &IssuerFacts,
    names: &[GrantedName],
    found: &mut Findings,
) -> Rights {
    let asked_path_len = basic_constraints(profile, wish, found);
    key_usage(profile, wish, found);
    purposes(profile, wish, found);
    policies(profile, wish, found);
    server_name(profile, names, found);
    let mut extensions = profile.text.extensions.clone();
    for extension in &wish.requested {
        if profile.text.copied.contains(&extension.oid) {
            extensions.extend(copied(extension, found));
        } else if !spoken_of(profile, extension) {
            let label = described(extension);
            let text = format!("extension {label}, which the request asks for, is left out");
            found.note(note::EXTENSION_LEFT_OUT, &label, &text);
        }
    }
    Rights {
        path_len: path_len(profile, wish, issuer, asked_path_len, found),
        name_constraints: name_constraints(profile, wish, found),
        extensions,
    }
}

/// Refuses a CA where the profile makes none; gives the path length that a CA asks for.
fn basic_constraints(profile: &Profile, wish: &Wish, found: &mut Findings) -> Option<u32> {
    let extension = find(&wish.requested, &known::BASIC_CONSTRAINTS)?;
    let Ok((ca, path_len)) = read_basic_constraints(&extension.value) else {
        malformed(extension, found);
        return None;
    };
    if ca && !profile.ca {
        found.refuse(
            code::CA_REQUESTED,
            "basic_constraints.ca",
            "the request asks for a CA certificate (CA:TRUE)",
            "the profile makes no CAs",
        );
    }
    if !ca && path_len.is_some() {
        found.note(
            note::BASIC_CONSTRAINTS_REPLACED,
            "basicConstraints",
            "the request asks for a path length without being a CA, which means nothing; the profile gives its own",
        );
    }
    if !ca && profile.ca {
        found.note(
            note::BASIC_CONSTRAINTS_REPLACED,
            "basicConstraints",
            "the request asks for CA:FALSE; the profile makes a CA",
        );
    }
    path_len.filter(|_| ca && profile.ca)
}

/// More key usage than the profile gives is no reason to refuse: `openssl req`, EasyRSA and keytool
/// ask for keyEncipherment by habit, and the certificate gets the profile's bits whatever is asked.
/// A CA's bits are.
fn key_usage(profile: &Profile, wish: &Wish, found: &mut Findings) {
    let Some(extension) = find(&wish.requested, &known::KEY_USAGE) else {
        return;
    };
    let Some(asked) = KeyUsage::from_der(&extension.value) else {
        malformed(extension, found);
        return;
    };
    let given = profile.key_usage.of(&wish.key.kind);
    for right in [KeyUsage::KEY_CERT_SIGN, KeyUsage::CRL_SIGN] {
        if asked.contains(right) && !given.contains(right) {
            found.refuse(
                code::CA_REQUESTED,
                "key_usage",
                &format!("the request asks for {}", right.words().join(" ")),
                "the profile does not give what only a CA needs",
            );
        }
    }
    if asked != given {
        let text = format!(
            "the request asks for key usage {}; the profile gives {}",
            words(asked),
            words(given)
        );
        found.note(note::KEY_USAGE_REPLACED, "keyUsage", &text);
    }
}

fn words(usage: KeyUsage) -> String {
    if usage.is_empty() {
        return "none".to_owned();
    }
    usage.words().join(", ")
}

fn purposes(profile: &Profile, wish: &Wish, found: &mut Findings) {
    let Some(extension) = find(&wish.requested, &known::EXTENDED_KEY_USAGE) else {
        return;
    };
    let asked = read_extended_key_usage(&extension.value).unwrap_or_default();
    // RFC 5280, 4.2.1.12: one at least
    if asked.is_empty() {
        malformed(extension, found);
        return;
    }
    let given = &profile.purposes;
    let listed = |purposes: &[Oid]| {
        let words: Vec<String> = purposes.iter().map(purpose_word).collect();
        words.join(", ")
    };
    // without the extension, or with this purpose, a certificate is good for everything
    let unlimited = given.is_empty() || given.contains(&known::ANY_EXTENDED_KEY_USAGE);
    for purpose in asked.iter().filter(|p| !unlimited && !given.contains(p)) {
        found.refuse(
            code::PURPOSE_NOT_ALLOWED,
            "extended_key_usage",
            &format!("the request asks for {}", purpose_word(purpose)),
            &format!("the profile gives {}", listed(given)),
        );
    }
    let differ = given.iter().any(|purpose| !asked.contains(purpose))
        || asked.iter().any(|purpose| !given.contains(purpose));
    if differ {
        let gives = if given.is_empty() {
            "no such extension".to_owned()
        } else {
            listed(given)
        };
        let text = format!(
            "the request asks for extended key usage {}; the profile gives {gives}",
            listed(&asked)
        );
        found.note(note::PURPOSES_REPLACED, "extendedKeyUsage", &text);
    }
}

fn policies(profile: &Profile, wish: &Wish, found: &mut Findings) {
    if profile.text.copied.contains(&known::CERTIFICATE_POLICIES) {
        return;
    }
    let Some(extension) = find(&wish.requested, &known::CERTIFICATE_POLICIES) else {
        return;
    };
    let Some(asked) = read_policies(&extension.value).filter(|p| !p.is_empty()) else {
        malformed(extension, found);
        return;
    };
    let given: Vec<&Oid> = profile.text.policies.iter().map(|p| &p.oid).collect();
    for policy in asked.iter().filter(|policy| !given.contains(policy)) {
        let listed: Vec<String> = given.iter().map(ToString::to_string).collect();
        let allowed = if listed.is_empty() {
            "the profile gives none".to_owned()
        } else {
            format!("the profile gives {}", listed.join(", "))
        };
        found.refuse(
            code::POLICY_NOT_ALLOWED,
            "certificate_policies",
            &format!("the request asks for the certificate policy {policy}"),
            &allowed,
        );
    }
}

/// The OIDs of a certificatePolicies value.
fn read_policies(value: &[u8]) -> Option<Vec<Oid>> {
    let mut reader = Reader::new(value);
    let mut list = reader.sequence("certificatePolicies").ok()?;
    reader.finish().ok()?;
    let mut policies = Vec::new();
    while !list.is_empty() {
        let mut information = list.sequence("PolicyInformation").ok()?;
        policies.push(information.oid("policyIdentifier").ok()?);
    }
    Some(policies)
}

/// The profile's path length, the request's where that is smaller, within the issuer's.
fn path_len(
    profile: &Profile,
    wish: &Wish,
    issuer: &IssuerFacts,
    asked: Option<u32>,
    found: &mut Findings,
) -> Option<u32> {
    if !profile.ca {
        return None;
    }
    let depth = |n: Option<u32>| n.map_or("no limit".to_owned(), |n| n.to_string());
    if let (Some(asked), Some(most)) = (asked, profile.path_len)
        && asked > most
    {
        found.refuse(
            code::PATH_LENGTH_TOO_DEEP,
            "basic_constraints.path_len",
            &format!("the request asks for a path length of {asked}"),
            &format!("the profile gives {most}"),
        );
    }
    let wanted = asked.or(profile.path_len);
    // 0 is refused elsewhere: the issuer allows no CA at all
    let Some(most) = issuer.path_len.and_then(|n| n.checked_sub(1)) else {
        return wanted;
    };
    if wanted.is_some_and(|wanted| wanted <= most) {
        return wanted;
    }
    let shown = depth(wanted);
    if wish.strict {
        found.refuse(
            code::PATH_LENGTH_TOO_DEEP,
            "basic_constraints.path_len",
            &format!("the CA would have a path length of {shown}"),
            &format!("the issuer allows {most}, and --strict cuts nothing"),
        );
    } else {
        let text = format!("the path length is cut from {shown} to {most}, as the issuer allows");
        found.note(note::PATH_LENGTH_CUT, "basicConstraints", &text);
    }
    Some(most)
}

/// The profile's name constraints. A CA may bind itself where the profile binds it to nothing;
/// otherwise only the profile's own are given.
fn name_constraints(profile: &Profile, wish: &Wish, found: &mut Findings) -> NameConstraints {
    let given = profile.text.name_constraints.clone();
    let Some(extension) = find(&wish.requested, &known::NAME_CONSTRAINTS) else {
        return given;
    };
    let Ok(asked) = NameConstraints::read(&extension.value) else {
        malformed(extension, found);
        return given;
    };
    if !profile.ca {
        found.refuse(
            code::NAME_CONSTRAINTS_NOT_ALLOWED,
            "basic_constraints.ca",
            "the request asks for name constraints",
            "only a CA has them (RFC 5280, 4.2.1.10), and the profile makes none",
        );
        return given;
    }
    let shown = |c: &NameConstraints| {
        let list = |word: &str, trees: &[Subtree]| {
            trees
                .iter()
                .map(|tree| format!("{word} {tree}"))
                .collect::<Vec<_>>()
        };
        let all = [list("permit", &c.permitted), list("exclude", &c.excluded)];
        all.concat().join(", ")
    };
    if given.is_empty() {
        return asked;
    }
    if asked != given {
        found.refuse(
            code::NAME_CONSTRAINTS_NOT_ALLOWED,
            "name_constraints",
            &format!("the request asks for {}", shown(&asked)),
            &format!("the profile gives {}", shown(&given)),
        );
    }
    given
}

/// Says that a server certificate without a host or address will not be accepted by name.
fn server_name(profile: &Profile, names: &[GrantedName], found: &mut Findings) {
    let named = names
        .iter()
        .any(|name| matches!(name.kind(), SanKind::Dns | SanKind::Ip));
    if profile.purposes.contains(&known::SERVER_AUTH) && !profile.ca && !named {
        found.note(
            note::NO_SERVER_NAME,
            "subjectAltName",
            "the certificate names no host: browsers, curl and Go look for one in dns: and ip: names only, never in the CN; give --san dns:HOST if it is for TLS",
        );
    }
}

fn copied(extension: &Extension, found: &mut Findings) -> Option<Extension> {
    if let Some(fault) = lint::extension_fault(extension) {
        found.refuse(
            code::EXTENSION_MALFORMED,
            "copy_extensions",
            &format!("the request's {}: {fault}", described(extension)),
            "what is copied must be as RFC 5280 has it",
        );
        return None;
    }
    Some(extension.clone())
}

fn malformed(extension: &Extension, found: &mut Findings) {
    found.refuse(
        code::EXTENSION_MALFORMED,
        "",
        &format!("the request's {} is malformed", described(extension)),
        "it must be the DER of its type",
    );
}

/// True for what is judged by a rule of its own, and for what privca writes itself: the request's
/// alternative names are in the wish's names, and key identifiers follow from the keys.
fn spoken_of(profile: &Profile, extension: &Extension) -> bool {
    let always = [
        known::BASIC_CONSTRAINTS,
        known::KEY_USAGE,
        known::EXTENDED_KEY_USAGE,
        known::SUBJECT_ALT_NAME,
        known::NAME_CONSTRAINTS,
        known::CERTIFICATE_POLICIES,
        known::SUBJECT_KEY_IDENTIFIER,
        known::AUTHORITY_KEY_IDENTIFIER,
    ];
    let given = [
        profile.text.ocsp_no_check.then(Extension::ocsp_no_check),
        Some(Extension::tls_feature(&profile.text.tls_features)),
    ];
    let same = |own: &Extension| own.oid == extension.oid && own.value == extension.value;
    always.contains(&extension.oid)
        || given.iter().flatten().any(same)
        || profile.text.extensions.iter().any(same)
}

fn described(extension: &Extension) -> String {
    match extension.oid.short_name() {
        Some(name) => format!("{name} ({})", extension.oid),
        None => extension.oid.to_string(),
    }
}
