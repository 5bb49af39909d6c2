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
mod constraints;
mod forge;
mod lists;
mod openssl;
mod paths;
mod world;

use privca::x509::certificate::Certificate;
use privca::x509::crl::Crl;
use world::{Case, Expect, Keys};

fn all_cases() -> Vec<Case> {
    let keys = Keys::new();
    let mut all = cases::all(&keys);
    all.extend(constraints::all(&keys));
    all.extend(paths::all(&keys));
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

/// No byte of a certificate or a list can be changed without changing the answer.
#[test]
fn every_byte_counts() {
    let case = world::World::new(&Keys::new(), 1).case("one CA");
    assert_eq!(case.privca(), Ok(()));
    let turned = |der: &[u8], at: usize| {
        let mut turned = der.to_vec();
        turned[at] ^= 1 << (at % 8);
        turned
    };
    for at in 0..case.leaf.der().len() {
        let Ok(leaf) = Certificate::from_der(&turned(case.leaf.der(), at)) else {
            continue;
        };
        let case = case.with_leaf(leaf);
        assert!(case.privca().is_err(), "byte {at} of the certificate");
    }
    for at in 0..case.crls[0].der().len() {
        let Ok(list) = Crl::from_der(turned(case.crls[0].der(), at)) else {
            continue;
        };
        let mut case = case.with_leaf(case.leaf.clone());
        case.crls = vec![list];
        assert!(case.privca().is_err(), "byte {at} of the list");
    }
}
