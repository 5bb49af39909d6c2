//! From when and until when.
//!
//! Lengths are measured from the present, or from a start in the future: backdating is a courtesy
//! to slow clocks and costs a certificate nothing of `max_validity`.

use super::Findings;
use crate::primitives::time::{Span, Timestamp};
use crate::profile::Profile;
use crate::profile::grant::note;
use crate::profile::refusal::code;
use crate::profile::rules::EndRule;
use crate::profile::wish::{IssuerFacts, Wish};

/// First and last second.
pub(super) struct Dates {
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

pub(super) fn grant(
    profile: &Profile,
    wish: &Wish,
    issuer: &IssuerFacts,
    now: Timestamp,
    found: &mut Findings,
) -> Dates {
    let not_before = start(profile, wish, issuer, now, found);
    let measured_from = measured_from(profile, not_before, now);
    let asked = end(profile, wish, now, measured_from, found);
    judge_longest(profile, asked, measured_from, found);
    let not_after = cut(wish, issuer, asked, found);
    if not_after <= not_before || wish.validity.is_some_and(Span::is_zero) {
        found.refuse(
            code::VALIDITY_REVERSED,
            "",
            &format!("the certificate would end {not_after}, and begin {not_before}"),
            "the end must be after the start",
        );
    }
    judge_shortest(profile, not_after, measured_from, found);
    if not_after < now {
        let text = format!("the certificate ended {not_after} already; it is {now}");
        found.note(note::ALREADY_EXPIRED, "not_after", &text);
    }
    Dates {
        not_before,
        not_after,
    }
}

fn start(
    profile: &Profile,
    wish: &Wish,
    issuer: &IssuerFacts,
    now: Timestamp,
    found: &mut Findings,
) -> Timestamp {
    let Some(asked) = wish.not_before else {
        // never before the issuer's own start: a verifier at that time would refuse the issuer
        let backdated = now.minus(profile.validity.backdate).unwrap_or(now);
        return backdated.max(issuer.not_before).min(now);
    };
    if asked < issuer.not_before {
        let fact = format!(
            "the certificate begins {asked}, its issuer only {}",
            issuer.not_before
        );
        if wish.strict {
            found.refuse(
                code::STARTS_BEFORE_ISSUER,
                "",
                &fact,
                "--strict allows no start before the issuer's",
            );
        } else {
            found.note(note::STARTS_BEFORE_ISSUER, "not_before", &fact);
        }
    }
    asked
}

/// The instant that lengths are counted from: a start in the past counts from `backdate` after it,
/// at most from now, so that an explicit start is not a way around `max_validity`.
fn measured_from(profile: &Profile, not_before: Timestamp, now: Timestamp) -> Timestamp {
    if not_before >= now {
        return not_before;
    }
    let forgiven = not_before.plus(profile.validity.backdate).unwrap_or(now);
    forgiven.min(now)
}

/// The end that is asked for, else the profile's.
fn end(
    profile: &Profile,
    wish: &Wish,
    now: Timestamp,
    measured_from: Timestamp,
    found: &mut Findings,
) -> Timestamp {
    if let (Some(length), Some(end)) = (wish.validity, wish.not_after) {
        found.refuse(
            code::DATES_AMBIGUOUS,
            "",
            &format!("a length of {length} and an end of {end} are both asked for"),
            "ask for one of them",
        );
    }
    // an explicit start is where an explicit or usual length begins
    let from = wish.not_before.unwrap_or(measured_from.max(now));
    let after = |span: Span, found: &mut Findings| {
        from.plus(span).unwrap_or_else(|| {
            found.refuse(
                code::VALIDITY_TOO_LONG,
                "",
                &format!("{span} from {from} is asked for"),
                "a certificate's dates end with the year 9999",
            );
            Timestamp::MAX
        })
    };
    match (wish.not_after, wish.validity, profile.validity.end) {
        (Some(end), _, _) => end,
        (None, Some(span), _) => after(span, found),
        (None, None, EndRule::After(span)) => after(span, found),
        (None, None, EndRule::At(end)) => {
            if end <= now {
                found.refuse(
                    code::PROFILE_OVER,
                    "not_after",
                    &format!("it is {now}"),
                    &format!("the profile's certificates end {end}"),
                );
            }
            end
        }
    }
}

fn judge_longest(
    profile: &Profile,
    not_after: Timestamp,
    measured_from: Timestamp,
    found: &mut Findings,
) {
    if let Some(max) = profile.validity.max {
        let latest = measured_from.plus(max).unwrap_or(Timestamp::MAX);
        if not_after > latest {
            found.refuse(
                code::VALIDITY_TOO_LONG,
                "max_validity",
                &format!("the certificate would end {not_after}"),
                &format!("the profile allows {max}, until {latest}"),
            );
        }
    }
    if let EndRule::At(latest) = profile.validity.end
        && not_after > latest
    {
        found.refuse(
            code::VALIDITY_TOO_LONG,
            "not_after",
            &format!("the certificate would end {not_after}"),
            &format!("the profile's certificates end {latest}"),
        );
    }
}

fn judge_shortest(
    profile: &Profile,
    not_after: Timestamp,
    measured_from: Timestamp,
    found: &mut Findings,
) {
    let Some(min) = profile.validity.min else {
        return;
    };
    let earliest = measured_from.plus(min).unwrap_or(Timestamp::MAX);
    if not_after < earliest {
        found.refuse(
            code::VALIDITY_TOO_SHORT,
            "min_validity",
            &format!("the certificate would end {not_after}"),
            &format!("the profile asks for {min} at least, until {earliest}"),
        );
    }
}

/// Cuts the end to the issuer's, or refuses where nothing is to be cut.
fn cut(wish: &Wish, issuer: &IssuerFacts, asked: Timestamp, found: &mut Findings) -> Timestamp {
    if asked <= issuer.not_after {
        return asked;
    }
    if wish.strict {
        found.refuse(
            code::OUTLIVES_ISSUER,
            "",
            &format!("the certificate would end {asked}"),
            &format!(
                "the issuer ends {}, and --strict cuts nothing",
                issuer.not_after
            ),
        );
        return asked;
    }
    let text = format!(
        "the end is cut from {asked} to {}, the end of the issuer",
        issuer.not_after
    );
    found.note(note::END_CUT, "not_after", &text);
    issuer.not_after
}
