//! From when and until when.

use serde_json::json;

use super::*;

fn dated(text: &str) -> Wish {
    let mut wish = wish("/CN=x", "");
    for word in text.split_whitespace() {
        match word.split_once('=') {
            Some(("for", span)) => wish.validity = Some(span.parse().unwrap()),
            Some(("from", time)) => wish.not_before = Some(at(time)),
            Some(("until", time)) => wish.not_after = Some(at(time)),
            _ => wish.strict = word == "strict",
        }
    }
    wish
}

#[test]
fn dates_and_their_limits() {
    let p = profile(json!({"validity": "1y", "min_validity": "1d", "max_validity": "1y"}));
    for (asked, expected) in [
        ("", "ok"),
        ("for=1y", "ok"),
        ("for=8760h", "ok"),
        ("for=366d", "no validity-too-long"),
        ("for=1d", "ok"),
        ("for=23h", "no validity-too-short"),
        ("for=0s", "no validity-reversed validity-too-short"),
        ("until=2027-11-21T10:00:00Z", "ok"),
        ("until=2027-11-21T10:00:01Z", "no validity-too-long"),
        ("from=2026-12-01", "ok"),
        ("from=2026-12-01 until=2027-12-01", "ok"),
        ("from=2026-12-01 until=2027-12-02", "no validity-too-long"),
        // a start in the past is no way around the longest
        ("from=2026-06-01 until=2027-06-01", "ok"),
        ("from=2026-06-01 until=2027-11-21", "no validity-too-long"),
        ("from=2026-11-21T09:59:00Z until=2027-11-21T10:00:00Z", "ok"),
        (
            "from=2026-12-02 until=2026-12-01",
            "no validity-reversed validity-too-short",
        ),
        (
            "until=2026-11-20",
            "no validity-reversed validity-too-short",
        ),
        ("for=1y until=2027-01-01", "no dates-ambiguous"),
        // certificates that are over, for tests of expiry
        ("from=2026-02-01 until=2026-03-01", "ok already-expired"),
        (
            "from=2020-02-01 for=30d",
            "ok starts-before-issuer already-expired",
        ),
        ("from=2020-02-01 for=30d strict", "no starts-before-issuer"),
        ("for=9000y", "no validity-too-long validity-too-long"),
    ] {
        assert_eq!(decided(&p, &dated(asked), &issuer()), expected, "{asked}");
    }
}

#[test]
fn an_end_past_the_issuers_is_cut() {
    let mut short = issuer();
    short.not_after = at("2026-12-01");
    let p = profile(json!({"validity": "1y"}));
    assert_eq!(decided(&p, &dated(""), &short), "ok end-cut");
    let grant = decide(&p, &dated(""), &short, at(NOW)).unwrap();
    assert_eq!(grant.not_after, short.not_after);
    assert_eq!(
        grant.notes[0].text,
        "the end is cut from 2027-11-21T10:00:00Z to 2026-12-01T00:00:00Z, the end of the issuer"
    );
    assert_eq!(decided(&p, &dated("strict"), &short), "no outlives-issuer");
    let least = profile(json!({"validity": "1y", "min_validity": "30d"}));
    assert_eq!(decided(&least, &dated(""), &short), "no validity-too-short");
    let most = profile(json!({"validity": "1d", "max_validity": "30d"}));
    assert_eq!(
        decided(&most, &dated("for=60d"), &short),
        "no validity-too-long"
    );
}

#[test]
fn backdating_stops_at_the_issuers_start() {
    let p = profile(json!({"backdate": "1d"}));
    let grant = granted(&p, &dated(""));
    assert_eq!(grant.not_before, at("2026-11-20T10:00:00Z"));
    assert_eq!(grant.not_after, at("2027-02-19T10:00:00Z"));
    let mut young = issuer();
    young.not_before = at("2026-11-21T09:59:30Z");
    let grant = decide(&p, &dated(""), &young, at(NOW)).unwrap();
    assert_eq!(grant.not_before, young.not_before);
    assert!(grant.notes.is_empty());
}

#[test]
fn a_profile_may_end_on_a_date() {
    let p = profile(json!({"validity": null, "not_after": "2027-01-01"}));
    assert_eq!(granted(&p, &dated("")).not_after, at("2027-01-01"));
    assert_eq!(
        granted(&p, &dated("for=1d")).not_after,
        at("2026-11-22T10:00:00Z")
    );
    assert_eq!(
        decided(&p, &dated("for=1y"), &issuer()),
        "no validity-too-long"
    );
    let over = profile(json!({"validity": null, "not_after": "2026-11-01"}));
    assert_eq!(
        decided(&over, &dated(""), &issuer()),
        "no profile-over validity-reversed"
    );
}
