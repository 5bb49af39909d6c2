//! Cases about certificates: dates, purposes, CAs, names, keys, paths.

use privca::primitives::der;
use privca::primitives::oid::{Oid, known};
use privca::x509::chain::Purpose;
use privca::x509::extension::Extension;
use privca::x509::key_usage::KeyUsage;

use crate::forge::{DAY, Draft, NOW, extension, name};
use crate::world::{Case, Keys, World, finished};

pub fn all(keys: &Keys) -> Vec<Case> {
    let mut all = plain(keys);
    all.extend(dates(keys));
    all.extend(purposes(keys));
    all.extend(authorities(keys));
    all.extend(path_lengths(keys));
    all.extend(identities(keys));
    all.extend(strictness(keys));
    all.extend(strength(keys));
    all
}

fn plain(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=4 {
        for purpose in Purpose::ALL {
            let case = World::new(keys, cas).case(format!("{cas} CAs, {purpose}"));
            all.push(case.purpose(purpose).good());
        }
    }
    all
}

fn dates(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=3 {
        for level in 0..=cas {
            let name = |what: &str| format!("{what}, level {level} of {cas}");
            let world = || World::new(keys, cas);
            let gone = world().with(level, |d| d.ends = NOW - 1);
            all.push(gone.case(name("expired")).no("expired"));
            all.push(
                gone.case(name("expired only by now"))
                    .at(NOW - DAY + 1)
                    .good(),
            );
            let early = world().with(level, |d| d.begins = NOW + 1);
            all.push(early.case(name("not yet valid")).no("not-yet-valid"));
            all.push(early.case(name("valid later")).at(NOW + 2).good());
            let last = world().with(level, |d| d.ends = NOW);
            all.push(last.case(name("last second")).no("expired"));
            let first = world().with(level, |d| d.begins = NOW);
            all.push(first.case(name("first second")).good());
        }
    }
    all
}

const EACH: [(&str, Oid); 7] = [
    ("clientAuth", known::CLIENT_AUTH),
    ("serverAuth", known::SERVER_AUTH),
    ("emailProtection", known::EMAIL_PROTECTION),
    ("codeSigning", known::CODE_SIGNING),
    ("OCSPSigning", known::OCSP_SIGNING),
    ("timeStamping", known::TIME_STAMPING),
    ("any", known::ANY_EXTENDED_KEY_USAGE),
];

fn purposes(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for (word, oid) in EACH {
        for purpose in Purpose::ALL {
            for level in 0..=2 {
                let world =
                    World::new(keys, 2).with(level, |d| d.purposes(std::slice::from_ref(&oid)));
                let name = format!("EKU {word} at level {level} for {purpose}");
                all.push(world.case(name).purpose(purpose));
            }
        }
    }
    for purpose in Purpose::ALL {
        let bare = World::new(keys, 1).with(0, |d| d.without(&known::EXTENDED_KEY_USAGE));
        all.push(bare.case(format!("no EKU for {purpose}")).purpose(purpose));
        let bare = World::new(keys, 1).with(0, |d| d.without(&known::KEY_USAGE));
        all.push(bare.case(format!("no KU for {purpose}")).purpose(purpose));
        let ca = World::new(keys, 2).with(0, |d| *d = as_ca(d));
        all.push(ca.case(format!("a CA for {purpose}")).purpose(purpose));
        for word in KeyUsage::all_words() {
            let world = World::new(keys, 1).with(0, |d| d.usage(&[word]));
            all.push(
                world
                    .case(format!("KU {word} for {purpose}"))
                    .purpose(purpose),
            );
        }
        for bits in [0x80, 0x40, 0x20, 0x10] {
            let netscape = Oid::known(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1]);
            let kind = extension(&netscape, false, &[3, 2, 0, bits]);
            let world = World::new(keys, 1).with(0, |d| d.set(kind));
            let name = format!("Netscape type {bits:02x} for {purpose}");
            all.push(world.case(name).purpose(purpose));
        }
    }
    all
}

fn as_ca(leaf: &Draft) -> Draft {
    Draft::ca("/O=Example/CN=CA 0", leaf.serial, leaf.key.clone())
}

fn authorities(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=3 {
        for level in 1..=cas {
            let mut case = |what: &str, code: &'static str, change: &dyn Fn(&mut Draft)| {
                let world = World::new(keys, cas).with(level, |d| change(d));
                all.push(world.case(format!("{what}, CA {level} of {cas}")).no(code));
            };
            case("no basicConstraints", "not-a-ca", &|d| {
                d.without(&known::BASIC_CONSTRAINTS)
            });
            case("cA false", "not-a-ca", &|d| {
                d.set(Extension::basic_constraints(false, None))
            });
            case("basicConstraints not critical", "not-strict", &|d| {
                d.critical(&known::BASIC_CONSTRAINTS, false);
            });
            case("no keyUsage", "not-strict", &|d| {
                d.without(&known::KEY_USAGE)
            });
            case("no keyCertSign", "may-not-sign-certificates", &|d| {
                d.usage(&["cRLSign"])
            });
            case("no SKI", "not-strict", &|d| {
                d.without(&known::SUBJECT_KEY_IDENTIFIER)
            });
            case("version 1", "not-a-ca", &|d| {
                d.version = 1;
                d.extensions.clear();
            });
        }
    }
    all
}

fn path_lengths(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for cas in 1..=4 {
        for level in 1..=cas {
            for path_len in 0..=2u32 {
                let limit = Extension::basic_constraints(true, Some(path_len));
                let world = World::new(keys, cas).with(level, |d| d.set(limit));
                let case = world.case(format!("path length {path_len}, CA {level} of {cas}"));
                // below a CA at `level` lie `level - 1` CAs
                all.push(if u32::try_from(level - 1).unwrap() <= path_len {
                    case.good()
                } else {
                    case.no("path-length-exceeded")
                });
            }
        }
    }
    // a CA that reissued itself does not count
    let limit = Extension::basic_constraints(true, Some(0));
    let world = World::new(keys, 3)
        .with(3, |d| d.set(Extension::basic_constraints(true, Some(1))))
        .with(2, |d| d.subject = name("/O=Example/CN=CA 3"))
        .with(1, |d| d.set(limit));
    // rustls-webpki counts it all the same
    all.push(
        world
            .case("path length over a self-issued CA")
            .no("second-opinion"),
    );
    all
}

fn identities(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for names in [
        "dns:www.example.com",
        "dns:*.example.com",
        "dns:*.com",
        "dns:WWW.Example.COM",
        "email:www.example.com@x",
    ] {
        for host in [
            "www.example.com",
            "WWW.EXAMPLE.com",
            "a.www.example.com",
            "example.com",
        ] {
            let Ok(_) = privca::x509::san_text::parse_list(names) else {
                continue;
            };
            let world = World::new(keys, 1).with(0, |d| d.names(names));
            all.push(world.case(format!("{host} by {names}")).host(host));
        }
    }
    let world = || World::new(keys, 1);
    let common = world().with(0, |d| {
        d.without(&known::SUBJECT_ALT_NAME);
        d.subject = name("/CN=www.example.com");
    });
    all.push(
        common
            .case("host by common name")
            .host("www.example.com")
            .no("host-mismatch"),
    );
    let case = |what: &str| world().case(what);
    all.push(case("host").host("www.example.com").good());
    all.push(
        case("another host")
            .host("ftp.example.com")
            .no("host-mismatch"),
    );
    all.push(case("mailbox").email("a@EXAMPLE.com").good());
    all.push(
        case("another mailbox")
            .email("A@example.com")
            .no("email-mismatch"),
    );
    all.push(case("address").ip("10.0.0.1").good());
    all.push(case("another address").ip("10.0.0.2").no("ip-mismatch"));
    all.push(case("IPv6 address").ip("::1").no("ip-mismatch"));
    all
}

fn strictness(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    let unknown: Oid = "1.2.3.4".parse().unwrap();
    for level in 0..=2 {
        let mut case = |what: &str, change: &dyn Fn(&mut Draft)| {
            let world = World::new(keys, 2).with(level, |d| change(d));
            all.push(world.case(format!("{what}, level {level}")));
        };
        case("unknown critical", &|d| {
            d.set(extension(&unknown, true, &[5, 0]))
        });
        case("unknown", &|d| d.set(extension(&unknown, false, &[5, 0])));
        let none = extension(&known::AUTHORITY_KEY_IDENTIFIER, false, &[]);
        case("no AKI", &|d| d.set(none.clone()));
        let hollow = extension(&known::AUTHORITY_KEY_IDENTIFIER, false, &[0x30, 0]);
        case("empty AKI", &|d| d.set(hollow.clone()));
        case("critical SKI", &|d| {
            d.critical(&known::SUBJECT_KEY_IDENTIFIER, true)
        });
        let policies = extension(
            &known::CERTIFICATE_POLICIES,
            true,
            &[0x30, 6, 0x30, 4, 6, 2, 0x2a, 3],
        );
        case("critical policies", &|d| d.set(policies.clone()));
        let require = extension(&Oid::known(&[0x55, 0x1d, 36]), true, &[0x30, 3, 0x80, 1, 0]);
        case("critical policy constraints", &|d| d.set(require.clone()));
        let proxy = extension(
            &Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 14]),
            false,
            &[0x30, 0],
        );
        case("proxy", &|d| d.set(proxy.clone()));
        for oid in [
            known::KEY_USAGE,
            known::EXTENDED_KEY_USAGE,
            known::SUBJECT_ALT_NAME,
            known::NAME_CONSTRAINTS,
            known::CRL_DISTRIBUTION_POINTS,
        ] {
            let broken = extension(&oid, false, &[0x30, 5, 1]);
            case(&format!("malformed {oid}"), &|d| d.set(broken.clone()));
        }
        let netscape = Oid::known(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1]);
        let netscape = extension(&netscape, false, &[5, 0]);
        case("malformed Netscape type", &|d| d.set(netscape.clone()));
        let ninth = extension(&known::SUBJECT_ALT_NAME, false, &[0x30, 3, 0x89, 1, 0x78]);
        case("a name of form 9", &|d| d.set(ninth.clone()));
        let empty = extension(&known::KEY_USAGE, true, &[3, 1, 0]);
        case("empty keyUsage", &|d| d.set(empty.clone()));
        case("spoilt signature", &|d| d.spoilt = true);
        let sha384 = der::sequence(&[known::ECDSA_WITH_SHA384.to_der()]);
        case("other inner algorithm", &|d| {
            d.inner_algorithm = Some(sha384.clone())
        });
        case("wrong issuer name", &|d| d.issuer = name("/CN=Somebody"));
        case("issuer in capitals", &|d| {
            d.issuer = name("/O=EXAMPLE/CN=CA 1")
        });
        case("negative path length", &|d| {
            let value = [0x30, 6, 1, 1, 0xff, 2, 1, 0xff];
            d.set(extension(&known::BASIC_CONSTRAINTS, true, &value));
        });
    }
    let mut leaf = |what: &str, change: &dyn Fn(&mut Draft)| {
        let world = World::new(keys, 2).with(0, |d| change(d));
        all.push(world.case(what.to_owned()));
    };
    leaf("leaf of version 1", &|d| {
        d.version = 1;
        d.extensions.clear();
    });
    leaf("path length and no CA", &|d| {
        d.set(extension(
            &known::BASIC_CONSTRAINTS,
            true,
            &[0x30, 3, 2, 1, 0],
        ));
    });
    leaf("keyCertSign and no CA", &|d| {
        d.usage(&["digitalSignature", "keyCertSign"])
    });
    leaf("no subject, names critical", &|d| {
        d.subject = name("/");
        d.critical(&known::SUBJECT_ALT_NAME, true);
    });
    leaf("no subject, names not critical", &|d| d.subject = name("/"));
    leaf("no subject, no names", &|d| {
        d.subject = name("/");
        d.without(&known::SUBJECT_ALT_NAME);
    });
    leaf("no names in names", &|d| {
        d.set(extension(&known::SUBJECT_ALT_NAME, false, &[0x30, 0]))
    });
    let nameless = World::new(keys, 2).with(1, |d| d.subject = name("/"));
    all.push(nameless.case("a CA without a name"));
    let mut leaf = |what: &str, change: &dyn Fn(&mut Draft)| {
        let world = World::new(keys, 2).with(0, |d| change(d));
        all.push(world.case(what.to_owned()));
    };
    leaf("no SKI", &|d| d.without(&known::SUBJECT_KEY_IDENTIFIER));
    all
}

fn strength(keys: &Keys) -> Vec<Case> {
    let mut all = Vec::new();
    for level in 0..=2 {
        for (what, key) in [
            ("RSA 2048", &keys.rsa),
            ("RSA 2048 with SHA-1", &keys.rsa_sha1),
            ("RSA 1024", &keys.rsa_1024),
        ] {
            let world = World::new(keys, 2).key(level, key);
            let case = world.case(format!("{what} at level {level}"));
            all.push(match what {
                "RSA 2048" => case.good(),
                "RSA 1024" => case.no("weak-key"),
                _ if level == 0 => case.good(),
                _ => case.no("weak-signature"),
            });
        }
    }
    // a root's own signature protects nothing
    let mut old_root = World::new(keys, 2).key(2, &keys.rsa);
    let mut case = old_root.case("a root that signed itself with SHA-1").good();
    let draft = old_root.drafts.remove(2);
    case.anchors = vec![finished(&draft, &draft).sign(&keys.rsa_sha1)];
    all.push(case);
    all
}
