//! The issuer: whether it can sign this at all, and its name constraints.

use super::Findings;
use crate::primitives::time::Timestamp;
use crate::profile::Profile;
use crate::profile::grant::note;
use crate::profile::late::{GrantedName, GrantedSubject};
use crate::profile::refusal::code;
use crate::profile::template::longest_serial;
use crate::profile::wish::IssuerFacts;
use crate::x509::chain;
use crate::x509::general_name::GeneralName;
use crate::x509::key_usage::purpose_word;

pub(super) fn judge(profile: &Profile, issuer: &IssuerFacts, now: Timestamp, found: &mut Findings) {
    if !issuer.is_ca {
        found.refuse(
            code::ISSUER_NOT_A_CA,
            "",
            "the issuer's basicConstraints say that it is no CA",
            "only a CA certificate signs others (RFC 5280, 4.2.1.9)",
        );
    }
    if !issuer.may_sign_certificates {
        found.refuse(
            code::ISSUER_CANNOT_SIGN,
            "",
            "the issuer's key usage has no keyCertSign",
            "a CA needs it to sign certificates (RFC 5280, 4.2.1.3)",
        );
    }
    if now > issuer.not_after {
        found.refuse(
            code::ISSUER_EXPIRED,
            "",
            &format!("the issuer ended {}, it is {now}", issuer.not_after),
            "renew the CA first",
        );
    }
    if now < issuer.not_before {
        found.refuse(
            code::ISSUER_NOT_YET_VALID,
            "",
            &format!("the issuer begins {}, it is {now}", issuer.not_before),
            "wait for it, or set the clock right",
        );
    }
    if profile.ca && issuer.path_len == Some(0) {
        found.refuse(
            code::ISSUER_PATH_LENGTH,
            "",
            "the profile makes a CA",
            "the issuer's path length of 0 allows no CA below it",
        );
    }
}

/// OpenSSL, Go and Windows take the extended key usage of a CA for all that certificates below it may
/// be used for.
pub(super) fn judge_purposes(profile: &Profile, issuer: &IssuerFacts, found: &mut Findings) {
    for purpose in &profile.purposes {
        if let Some(above) = issuer
            .purposes
            .iter()
            .find(|above| !above.contains(purpose))
        {
            let allowed: Vec<String> = above.iter().map(purpose_word).collect();
            let purpose = purpose_word(purpose);
            let text = format!(
                "the extended key usage of a CA above is {}: programs refuse the certificate for {purpose}",
                allowed.join(", ")
            );
            found.note(note::PURPOSE_NOT_ABOVE, &purpose, &text);
        }
    }
}

/// The names against the issuer: none at all, the issuer's own, or outside its constraints.
pub(super) fn judge_names(
    profile: &Profile,
    issuer: &IssuerFacts,
    subject: &GrantedSubject,
    names: &[GrantedName],
    found: &mut Findings,
) {
    let subject = subject.name(&longest_serial());
    let names: Vec<GeneralName> = names.iter().map(|n| n.name(&longest_serial())).collect();
    if subject.is_empty() && profile.ca {
        found.refuse(
            code::NO_NAME,
            "",
            "the subject is empty",
            "a CA must have a subject (RFC 5280, 4.1.2.6)",
        );
    } else if subject.is_empty() && names.is_empty() {
        found.refuse(
            code::NO_NAME,
            "",
            "the subject is empty, and there is no alternative name",
            "a certificate must name somebody (RFC 5280, 4.1.2.6)",
        );
    }
    let same = !subject.is_empty() && subject.canonical() == issuer.subject.canonical();
    if same && !profile.ca {
        found.refuse(
            code::SUBJECT_IS_ISSUER,
            "",
            &format!("the subject {subject} is the issuer's own"),
            "programs would take the certificate for a self-issued one; choose another subject",
        );
    }
    let binding = issuer.name_constraints.iter();
    // judged as `verify` will, so that nothing is signed that it refuses
    let objections = |all| chain::objections(all, &subject, &names, !profile.ca);
    for objection in binding.flat_map(objections) {
        found.refuse(
            code::NAME_OUTSIDE_ISSUER,
            "",
            &objection,
            "the name constraints of every CA above bind a certificate (RFC 5280, 4.2.1.10)",
        );
    }
}
