//! `verify` against expectations, and the same cases against `openssl verify`: privca must never
//! accept what OpenSSL refuses.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]

mod cases;
mod forge;
mod lists;
mod openssl;
mod world;

use world::{Case, Expect, Keys};

fn all_cases() -> Vec<Case> {
    let keys = Keys::new();
    let mut all = cases::all(&keys);
    all.extend(lists::all(&keys));
    all
}

#[test]
fn every_case_is_answered_as_expected() {
    let mut wrong = Vec::new();
    let cases = all_cases();
    for case in &cases {
        let answer = case.privca();
        let as_expected = match (case.expect, &answer) {
            (Expect::NotWeaker, _) | (Expect::Good, Ok(())) => true,
            (Expect::No(code), Err((said, _))) => code == *said,
            _ => false,
        };
        if !as_expected {
            let (name, expect) = (&case.name, case.expect);
            wrong.push(format!("{name}: expected {expect:?}, got {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: std::collections::HashSet<&str> = cases.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
}
