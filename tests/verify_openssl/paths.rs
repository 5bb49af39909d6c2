//! Cases about how a chain is built.

use privca::x509::chain::Purpose;

use crate::forge::{Draft, NOW};
use crate::world::{Case, Expect, Keys, World, finished};

pub fn all(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    let world = || World::new(keys, 3);
    let case = |what: &str| world().case(what);

    let mut upside_down = case("bundle in the wrong order").good();
    upside_down.untrusted.reverse();
    let mut gap = case("an intermediate is missing").no("issuer-not-found");
    gap.untrusted.remove(0);
    let mut no_root = case("the root is not trusted").no("issuer-not-found");
    no_root.anchors = vec![
        World::new(keys, 1)
            .key(1, &keys.other)
            .case("x")
            .anchors
            .remove(0),
    ];
    let mut root_untrusted = case("the root is among the untrusted").no("root-not-trusted");
    let root = root_untrusted.anchors.remove(0);
    root_untrusted.untrusted.push(root);
    root_untrusted.anchors = no_root.anchors.clone();
    let mut partial = case("an intermediate is all that is trusted").no("issuer-not-found");
    partial.anchors = vec![partial.untrusted.remove(0)];
    let mut trusted_middle = case("the chain's middle is trusted too").no("issuer-not-found");
    trusted_middle
        .anchors
        .push(trusted_middle.untrusted[0].clone());
    let mut twice = case("everything twice").good();
    twice.untrusted.extend(twice.untrusted.clone());
    let mut with_leaf = case("the leaf among the untrusted").good();
    with_leaf.untrusted.insert(0, with_leaf.leaf.clone());
    all.extend([
        upside_down,
        gap,
        no_root,
        root_untrusted,
        partial,
        trusted_middle,
        twice,
        with_leaf,
    ]);

    // a root of the same name and key identifier, with another key
    let mut mimic = case("a root that mimics the trusted one");
    let mut false_root = world().drafts[3].clone();
    false_root.key = keys.other.clone();
    let false_root = finished(&false_root, &false_root.clone()).sign(&keys.other);
    mimic.anchors.insert(0, false_root);
    all.push(mimic);

    // cross-signed: CA 2 by an old root too
    for (what, expired, first) in [
        ("after the other", false, false),
        ("before the other", false, true),
        ("expired, after", true, false),
        ("expired, before", true, true),
    ] {
        for trust in ["new", "old", "both"] {
            all.push(cross_signed(keys, what, expired, first, trust));
        }
    }
    all.extend(self_signed(keys));
    all
}

fn cross_signed(keys: &Keys, what: &str, expired: bool, first: bool, trust: &str) -> Case {
    let world = World::new(keys, 3);
    let mut case = world.case(format!("cross-signed, {what}, trusted {trust}"));
    let old_root = Draft::ca("/O=Example/CN=Old root", 50, keys.other.clone());
    let mut cross = world.drafts[2].clone();
    cross.serial = 51;
    if expired {
        cross.ends = NOW - 1;
    }
    let cross = finished(&cross, &old_root).sign(&keys.other);
    let list = crate::forge::CrlDraft::of(&keys.other);
    case.crls.push(list.sign(&old_root.subject, &keys.other));
    let at = if first { 0 } else { case.untrusted.len() };
    case.untrusted.insert(at, cross);
    let old_root = finished(&old_root, &old_root.clone()).sign(&keys.other);
    match trust {
        "old" => case.anchors = vec![old_root],
        "both" => case.anchors.push(old_root),
        _ => {}
    }
    case
}

fn self_signed(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for ca in [true, false] {
        for trusted in [true, false] {
            let key = keys.levels[1].clone();
            let draft = if ca {
                Draft::ca("/O=Example/CN=CA 1", 11, key)
            } else {
                Draft::leaf("/O=Example/CN=CA 1", 11, key)
            };
            let mut case =
                World::new(keys, 1).case(format!("self-signed, CA {ca}, trusted {trusted}"));
            case.leaf = finished(&draft, &draft).sign(&draft.key);
            case.untrusted.clear();
            if trusted {
                case.anchors = vec![case.leaf.clone()];
            } else {
                case.anchors = vec![World::new(keys, 2).case("x").anchors.remove(0)];
                case.expect = Expect::No("self-signed");
            }
            for purpose in Purpose::ALL {
                all.push(Case {
                    name: format!("{}, {purpose}", case.name),
                    purpose,
                    ..case.with_leaf(case.leaf.clone())
                });
            }
        }
    }
    all
}
