//! Cases about name constraints.

use privca::primitives::der;
use privca::primitives::oid::{Oid, known};
use privca::x509::extension::Extension;
use privca::x509::name_constraints::{NameConstraints, Subtree};

use crate::forge::{Draft, extension, name};
use crate::world::{Case, Expect, Keys, World};

/// Subtree, and alternative names inside and outside of it.
const SUBTREES: [(&str, &str, &str); 14] = [
    (
        "dns:example.com",
        "dns:www.example.com",
        "dns:www.example.org",
    ),
    ("dns:example.com", "dns:example.com", "dns:badexample.com"),
    ("dns:.example.com", "dns:a.b.example.com", "dns:example.com"),
    (
        "dns:www.example.com",
        "dns:WWW.example.com",
        "dns:*.example.org",
    ),
    (
        "dns:a.example.com",
        "dns:b.a.example.com",
        "dns:*.example.com",
    ),
    ("dns:.example.com", "dns:*.example.com", "dns:x.example.net"),
    (
        "email:example.com",
        "email:a@example.com",
        "email:a@sub.example.com",
    ),
    (
        "email:.example.com",
        "email:a@sub.example.com",
        "email:a@example.com",
    ),
    (
        "email:a@example.com",
        "email:a@EXAMPLE.com",
        "email:A@example.com",
    ),
    ("ip:10.0.0.0/8", "ip:10.1.2.3", "ip:11.1.2.3"),
    ("ip:2001:db8::/32", "ip:2001:db8::1", "ip:10.0.0.1"),
    (
        "uri:example.com",
        "uri:https://example.com/x",
        "uri:https://www.example.com/x",
    ),
    (
        "uri:.example.com",
        "uri:https://www.example.com:8080/x",
        "uri:https://example.com/x",
    ),
    ("dirname:O=Example", "dns:x", "dirname:O=Other"),
];

fn constrain(list: &[&str], permitted: bool) -> Extension {
    let subtrees = list.iter().map(|s| Subtree::parse(s).unwrap()).collect();
    let (permitted, excluded) = if permitted {
        (subtrees, Vec::new())
    } else {
        (Vec::new(), subtrees)
    };
    NameConstraints {
        permitted,
        excluded,
    }
    .extension()
}

pub fn all(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for (subtree, inside, outside) in SUBTREES {
        for (what, names, is_inside) in [("in", inside, true), ("out of", outside, false)] {
            for permitted in [true, false] {
                for level in 1..=2 {
                    let world = World::new(keys, 2)
                        .with(level, |d| d.set(constrain(&[subtree], permitted)))
                        .with(0, |d| d.names(names));
                    let case =
                        world.case(format!("{names} {what} {subtree}, {permitted}, {level}"));
                    all.push(match is_inside == permitted {
                        true if subtree.starts_with("dirname") => case,
                        true => Case {
                            expect: Expect::NotWeaker,
                            ..case
                        },
                        false if subtree.starts_with("dirname") => case,
                        false => case.no("name-not-permitted"),
                    });
                }
            }
        }
    }
    all.extend(odd_constraints(keys));
    all
}

fn odd_constraints(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    let mut case = |what: &str, constraint: Extension, change: &dyn Fn(&mut Draft)| {
        for level in 1..=2 {
            let world = World::new(keys, 2)
                .with(level, |d| d.set(constraint.clone()))
                .with(0, |d| change(d));
            all.push(world.case(format!("{what}, constraint at {level}")));
        }
    };
    let nameless = |cn: &'static str| {
        move |d: &mut Draft| {
            d.without(&known::SUBJECT_ALT_NAME);
            d.subject = name(cn);
        }
    };
    for cn in [
        "www.example.com",
        "www.example.org",
        "localhost",
        "a b.c",
        "x_y.example.org",
    ] {
        let subject: &'static str = match cn {
            "www.example.com" => "/CN=www.example.com",
            "www.example.org" => "/CN=www.example.org",
            "localhost" => "/CN=localhost",
            "a b.c" => "/CN=a b.c",
            _ => "/CN=x_y.example.org",
        };
        for permitted in [true, false] {
            let what = format!("common name {cn}, {permitted}");
            case(
                &what,
                constrain(&["dns:example.com"], permitted),
                &nameless(subject),
            );
        }
    }
    for (what, subject) in [
        ("inside", "/O=Example/emailAddress=a@example.com"),
        ("outside", "/O=Example/emailAddress=a@example.org"),
    ] {
        for permitted in [true, false] {
            let what = format!("subject's mailbox {what}, {permitted}");
            case(
                &what,
                constrain(&["email:example.com"], permitted),
                &nameless(subject),
            );
        }
    }
    for uri in [
        "urn:x:y",
        "https://u@example.com/",
        "https://example.com?x",
        "https://[::1]/",
    ] {
        for permitted in [true, false] {
            let what = format!("{uri}, {permitted}");
            let names = format!("uri:{uri}");
            case(&what, constrain(&["uri:example.com"], permitted), &|d| {
                d.names(&names)
            });
        }
    }
    // bases that readers differ on: nothing, any mailbox at a host, a minimum
    for (what, base) in [
        ("empty", &b""[..]),
        ("@host", b"@example.com"),
        ("dot", b"."),
    ] {
        for tag in [0x81, 0x82, 0x86] {
            for list in [0xa0, 0xa1] {
                let subtree = der::sequence(&[der::tlv(tag, base)]);
                let value = der::sequence(&[der::tlv(list, &subtree)]);
                let constraint = extension(&known::NAME_CONSTRAINTS, true, &value);
                case(
                    &format!("{what} base of {tag:x} in {list:x}"),
                    constraint,
                    &|d| {
                        d.names("dns:www.example.com,email:a@example.com,uri:https://example.com/");
                    },
                );
            }
        }
    }
    // SmtpUTF8Mailbox, an address of five octets, a form that does not exist
    let mailbox = der::sequence(&[der::tlv(
        0xa0,
        &[
            Oid::known(&[0x2b, 6, 1, 5, 5, 7, 8, 9]).to_der(),
            der::tlv(0xa0, &der::tlv(0x0c, b"a@example.com")),
        ]
        .concat(),
    )]);
    let five = der::sequence(&[der::tlv(0x87, &[10, 0, 0, 1, 2])]);
    let ninth = der::sequence(&[der::tlv(0x89, b"x")]);
    for (what, value) in [
        ("utf8 mailbox", mailbox),
        ("odd address", five),
        ("form 9", ninth),
    ] {
        for base in ["email:example.com", "ip:10.0.0.0/8", "dns:example.com"] {
            for permitted in [true, false] {
                let names = extension(&known::SUBJECT_ALT_NAME, false, &value);
                let what = format!("{what} under {base}, {permitted}");
                case(&what, constrain(&[base], permitted), &|d| {
                    d.set(names.clone())
                });
            }
        }
    }
    for bound in [der::tlv(0x80, &[1]), der::tlv(0x81, &[1])] {
        let subtree = der::sequence(&[der::tlv(0x82, b"example.com"), bound.clone()]);
        let value = der::sequence(&[der::tlv(0xa0, &subtree)]);
        let constraint = extension(&known::NAME_CONSTRAINTS, true, &value);
        case(&format!("bound {:x}", bound[0]), constraint, &|_| ());
    }
    for (what, subject) in [
        ("same", "/O=Example/CN=leaf"),
        ("letter case", "/O=EXAMPLE/CN=leaf"),
        ("other", "/O=Other/CN=leaf"),
        ("longer", "/O=Examples/CN=leaf"),
        ("umlauts", "/O=Exämple/CN=leaf"),
    ] {
        for permitted in [true, false] {
            let what = format!("subject {what}, {permitted}");
            let base = "dirname:O=Example";
            case(&what, constrain(&[base], permitted), &|d| {
                d.subject = name(subject)
            });
            let base = "dirname:O=EXÄMPLE";
            let what = format!("{what}, umlaut");
            case(&what, constrain(&[base], permitted), &|d| {
                d.subject = name(subject)
            });
        }
    }
    all
}
