//! Cases about revocation lists.

use privca::primitives::der::{self, tag};
use privca::primitives::oid::{Oid, known};
use privca::x509::extension::Extension;

use crate::forge::{DAY, NOW, extension, reason};
use crate::world::{Case, Keys, World};

pub fn all(keys: &Keys) -> Vec<Case> {
    let mut all = revoked(keys);
    all.extend(broken(keys));
    all.extend(scopes(keys));
    all.extend(several(keys));
    all
}

fn revoked(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=3 {
        for level in 0..=cas {
            let world = || World::new(keys, cas);
            let serial = 10 + u8::try_from(level).unwrap();
            let issuer = (level + 1).min(cas);
            let listed = |what: &str, entry: Vec<Extension>| {
                let world = world().crl(issuer, |list| {
                    list.revoked = vec![(99, vec![]), (serial, entry), (98, vec![])];
                });
                world.case(format!("{what}, level {level} below {cas}"))
            };
            all.push(listed("revoked", vec![]).no("revoked"));
            all.push(listed("revoked with a reason", vec![reason(1)]).no("revoked"));
            all.push(listed("on hold", vec![reason(6)]).no("on-hold"));
            all.push(listed("removeFromCRL", vec![reason(8)]).no("revoked"));
        }
        let other = World::new(keys, cas).crl(1, |list| list.revoked = vec![(99, vec![])]);
        all.push(other.case(format!("another is revoked, {cas}")).good());
    }
    all
}

/// Changes of the list at each level of chains of one to three CAs.
fn broken(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=3 {
        for level in 1..=cas {
            let world = || World::new(keys, cas);
            let name = |what: &str| format!("{what}, CA {level} of {cas}");
            let mut case =
                |world: World, what: &str, code| all.push(world.case(name(what)).no(code));
            case(
                world().crl(level, |l| l.there = false),
                "no list",
                "crl-missing",
            );
            case(
                world().crl(level, |l| l.next_update = Some(NOW - 1)),
                "list expired",
                "crl-expired",
            );
            case(
                world().crl(level, |l| l.next_update = Some(NOW)),
                "list in its last second",
                "crl-expired",
            );
            case(
                world().crl(level, |l| l.next_update = None),
                "list without nextUpdate",
                "crl-expired",
            );
            case(
                world().crl(level, |l| l.this_update = NOW + 1),
                "list of tomorrow",
                "crl-not-yet-valid",
            );
            case(
                world().crl(level, |l| l.spoilt = true),
                "list with a wrong signature",
                "crl-bad-signature",
            );
            case(
                world().crl(level, |l| l.key_id = Some(vec![1; 20])),
                "list by another key",
                "crl-missing",
            );
            let unknown = || extension(&"1.2.3.4".parse().unwrap(), true, &[5, 0]);
            case(
                world().crl(level, |l| l.extensions.push(unknown())),
                "critical extension in the list",
                "crl-unknown-critical-extension",
            );
            case(
                world().crl(level, |l| l.revoked = vec![(99, vec![unknown()])]),
                "critical extension in an entry",
                "crl-unknown-critical-extension",
            );
            case(
                world().with(level, |d| d.usage(&["keyCertSign"])),
                "no cRLSign",
                "may-not-sign-crls",
            );
            let good = |world: World, what: &str| world.case(name(what)).good();
            let no_id = good(world().crl(level, |l| l.key_id = None), "list without AKI");
            let old = good(world().crl(level, |l| l.version = 1), "list of version 1");
            let now = good(
                world().crl(level, |l| l.this_update = NOW),
                "list of this second",
            );
            all.extend([no_id, old, now]);
        }
    }
    all
}

const ISSUING_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);

fn point(url: &str) -> Vec<u8> {
    let full = der::tlv(tag::context_constructed(0), &der::tlv(0x86, url.as_bytes()));
    der::tlv(tag::context_constructed(0), &full)
}

fn scopes(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    let yes = |n: u8| der::tlv(tag::context(n), &[0xff]);
    let here = "http://x.example/crl";
    let forms: [(&str, Vec<Vec<u8>>); 9] = [
        ("empty", vec![]),
        ("for users", vec![yes(1)]),
        ("for CAs", vec![yes(2)]),
        (
            "for some reasons",
            vec![der::tlv(tag::context(3), &[6, 0x40])],
        ),
        ("indirect", vec![yes(4)]),
        ("for attributes", vec![yes(5)]),
        ("for users and CAs", vec![yes(1), yes(2)]),
        ("at a point", vec![point(here)]),
        ("at a point for users", vec![point(here), yes(1)]),
    ];
    for (what, parts) in &forms {
        for level in 1..=2 {
            for critical in [true, false] {
                let scope = extension(&ISSUING_POINT, critical, &der::sequence(parts));
                let world =
                    || World::new(keys, 2).crl(level, |l| l.extensions = vec![scope.clone()]);
                let name = |more: &str| format!("list {what}{more}, level {level}, {critical}");
                all.push(world().case(name("")));
                let urls = Extension::crl_distribution_points(&[here.to_owned()]);
                let named = |d: &mut crate::forge::Draft| d.set(urls.clone());
                all.push(
                    world()
                        .with(level - 1, named)
                        .case(name(" the certificate names")),
                );
                let other = Extension::crl_distribution_points(&["http://y/".to_owned()]);
                let elsewhere = |d: &mut crate::forge::Draft| d.set(other.clone());
                all.push(world().with(level - 1, elsewhere).case(name(" elsewhere")));
            }
        }
    }
    // a certificate whose points are for some reasons only
    let reasons = der::tlv(tag::context(1), &[6, 0x40]);
    let points = der::sequence(&[der::sequence(&[point(here), reasons])]);
    let partly = extension(&known::CRL_DISTRIBUTION_POINTS, false, &points);
    let world = World::new(keys, 1).with(0, |d| d.set(partly));
    all.push(world.case("points for some reasons").no("crl-scope"));
    let delta = extension(&Oid::known(&[0x55, 0x1d, 27]), true, &der::unsigned(&[1]));
    for level in 1..=2 {
        let world = World::new(keys, 2).crl(level, |l| l.extensions.push(delta.clone()));
        all.push(world.case(format!("delta list, {level}")).no("crl-scope"));
    }
    all
}

/// Two lists of one issuer.
fn several(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for (what, this_update, spoilt, revoked, next) in [
        (
            "an older that revokes",
            NOW - 2 * DAY,
            false,
            true,
            NOW + DAY,
        ),
        (
            "a newer that revokes",
            NOW - DAY / 2,
            false,
            true,
            NOW + DAY,
        ),
        (
            "an expired that revokes",
            NOW - 2 * DAY,
            false,
            true,
            NOW - 1,
        ),
        (
            "a newer with a wrong signature",
            NOW - DAY / 2,
            true,
            false,
            NOW + DAY,
        ),
        (
            "an older with a wrong signature",
            NOW - 2 * DAY,
            true,
            false,
            NOW + DAY,
        ),
        (
            "one of tomorrow that revokes",
            NOW + 1,
            false,
            true,
            NOW + DAY,
        ),
    ] {
        for first in [true, false] {
            let mut case = World::new(keys, 2).case(format!("{what}, first {first}"));
            let other = World::new(keys, 2).crl(1, |l| {
                l.this_update = this_update;
                l.spoilt = spoilt;
                l.next_update = Some(next);
                if revoked {
                    l.revoked = vec![(10, vec![])];
                }
            });
            let other = other.case("other").crls.remove(0);
            case.crls
                .insert(if first { 0 } else { case.crls.len() }, other);
            all.push(case);
        }
    }
    all
}
