//! A million serials are told apart by eight octets each; only where those agree are they compared.

use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;
use crate::x509::serial::Serial;
use std::collections::HashSet;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entries-once",
    clause: "RFC 5280, 5.1.2.6",
    severity: Severity::Warning,
    always_kept: false,
    asks: "no certificate is listed twice",
    test: Test::Entries(test),
};

fn test(list: &Crl<'_>) -> Option<(u64, String)> {
    // lists of several issuers may have a serial of each
    let indirect = list.extension(&ISSUING_DISTRIBUTION_POINT).is_some();
    if indirect {
        return None;
    }
    let entries = || list.entries().filter_map(Result::ok);
    let mut digests: Vec<u64> = entries().map(|entry| digest(entry.serial)).collect();
    digests.sort_unstable();
    let twice: HashSet<u64> = digests
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        })
        .collect();
    if twice.is_empty() {
        return None;
    }
    let mut seen = HashSet::new();
    let suspects = (1..)
        .zip(entries())
        .filter(|(_, e)| twice.contains(&digest(e.serial)));
    let (number, entry) = { suspects }.find(|(_, entry)| !seen.insert(entry.serial))?;
    let serial = Serial::from_contents(entry.serial);
    Some((number, format!("{serial} is listed twice")))
}

const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);

fn digest(serial: &[u8]) -> u64 {
    serial.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::der;
    use crate::x509::lint::cases;

    #[test]
    fn twice_among_many() {
        let entry = |n: u16| {
            let serial = der::unsigned(&n.to_be_bytes());
            der::sequence(&[serial, cases::crl().this_update.raw.to_vec()])
        };
        let mut entries: Vec<u8> = (1..=300).flat_map(entry).collect();
        let with = |entries: &[u8]| {
            test(&Crl {
                entries: Some(entries),
                ..cases::crl()
            })
        };
        assert_eq!(with(&entries), None);
        entries.extend(entry(77));
        assert_eq!(with(&entries).map(|(number, _)| number), Some(301));
    }
}
