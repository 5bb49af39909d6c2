//! The stems of files whose certificates the audit log does not know: EasyRSA or `openssl ca` issued
//! them. EasyRSA's files go by the CN unless its operator gave another one; then `issued/` tells.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::targets::{Recorded, issued};
use super::{Error, read};
use crate::pki::index::Row;
use crate::pki::{FileName, Pki};
use crate::primitives::{disk, hex};
use crate::x509::certificate::Certificate;
use crate::x509::serial::Serial;

/// The names of those certificates that are the ones in `issued/NAME.crt`: the others were renewed,
/// or their files have gone. `recorded` is what the log tells of them.
///
/// # Errors
/// When a certificate cannot be read.
pub fn current<'a>(
    pki: &Pki,
    rows: impl Iterator<Item = &'a Row>,
    recorded: &HashMap<Serial, Recorded>,
) -> Result<HashMap<Serial, FileName>, Error> {
    let mut names = HashMap::new();
    let mut foreign = HashSet::new();
    for row in rows {
        let logged = recorded.get(&row.serial);
        let name = match logged {
            Some(recorded) => Some(recorded.name.clone()),
            None => common_name(&row.subject),
        };
        let name: Option<FileName> = name.and_then(|name| name.parse().ok());
        if let Some(name) = name
            && issued(pki, &name)?.is_some_and(|c| *c.serial() == row.serial)
        {
            names.insert(row.serial.clone(), name);
        } else if logged.is_none() {
            foreign.insert(row.serial.clone());
        }
    }
    names.extend(of_serials(pki, &foreign));
    Ok(names)
}

/// The stems of the files in `issued/` that hold these certificates.
pub fn of_serials(pki: &Pki, serials: &HashSet<Serial>) -> HashMap<Serial, FileName> {
    let mut found = HashMap::new();
    if !serials.is_empty() {
        each_certificate(&pki.layout().issued_folder(), &mut |stem, certificate| {
            if let (Some(serial), Ok(name)) = (serials.get(certificate.serial()), stem.parse()) {
                found.insert(serial.clone(), name);
            }
        });
    }
    found
}

/// Hands over the stem and the certificate of every file in a folder. What cannot be read is
/// `check`'s business.
pub fn each_certificate(folder: &Path, each: &mut dyn FnMut(&str, Certificate)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        let file = disk::read_bounded(&path, 1 << 20).ok();
        let certificates = file.and_then(|file| read::certificates(&file, &path).ok());
        if let Some(certificate) = certificates.and_then(|read| read.into_iter().next()) {
            each(stem, certificate);
        }
    }
}

/// The last CN of a subject in one-line form, as far as that tells.
pub fn common_name(oneline: &str) -> Option<String> {
    // nearly every row of a million ends like this
    match oneline.rsplit_once("/CN=") {
        Some((before, cn))
            if !before.ends_with('\\') && !cn.bytes().any(|b| b"/+\\".contains(&b)) =>
        {
            Some(cn.to_owned())
        }
        _ => common_names(oneline).pop(),
    }
}

/// Is one of the CNs of a subject in one-line form this name?
pub fn is_named(oneline: &str, name: &FileName) -> bool {
    let name = name.as_str();
    // what needs no escape stands there as it is
    let plain = name.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'+');
    let possible = !plain || oneline.contains(name);
    possible && common_names(oneline).iter().any(|cn| cn == name)
}

/// The CNs of a subject in one-line form. OpenSSL 3 puts a backslash before a `/` or `+` of a value,
/// OpenSSL 1 does not; so only one without a backslash that an attribute follows ends a value.
fn common_names(oneline: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = oneline.strip_prefix('/');
    while let Some(attribute) = rest {
        let ends = attribute.match_indices(['/', '+']).find(|(at, _)| {
            let (before, after) = attribute.split_at(*at);
            !before.ends_with('\\') && after.get(1..).is_some_and(begins_attribute)
        });
        let (attribute, after) = match ends {
            Some((at, _)) => (
                attribute.get(..at).unwrap_or(attribute),
                attribute.get(at + 1..),
            ),
            None => (attribute, None),
        };
        names.extend(attribute.strip_prefix("CN=").map(unescaped));
        rest = after;
    }
    names
}

fn begins_attribute(text: &str) -> bool {
    text.split_once('=').is_some_and(|(label, _)| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'.')
    })
}

/// A value without its escapes, if that is text that can be shown; else as it stands.
fn unescaped(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut bytes = Vec::new();
    let mut parts = value.split('\\');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let byte = part.strip_prefix('x').and_then(|part| part.get(..2));
        match byte.and_then(hex::decode) {
            Some(byte) => {
                bytes.extend(byte);
                bytes.extend(part.bytes().skip(3));
            }
            None => {
                if !part.starts_with(['/', '+']) {
                    bytes.push(b'\\');
                }
                bytes.extend(part.bytes());
            }
        }
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains(char::is_control))
        .unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_told_from_what_looks_like_them() {
        for (oneline, expected) in [
            ("/CN=alice", vec!["alice"]),
            ("/O=x/CN=alice/emailAddress=a@b.c", vec!["alice"]),
            ("/CN=ca/CN=alice", vec!["ca", "alice"]),
            ("/CN=v+UID=u", vec!["v"]),
            ("/UID=u+CN=v/O=x", vec!["v"]),
            (r"/CN=mallory\/CN=alice", vec!["mallory/CN=alice"]),
            (r"/CN=x\+y", vec!["x+y"]),
            ("/CN=x+y", vec!["x+y"]),
            ("/CN=A/B & Co/OU=x", vec!["A/B & Co"]),
            (r"/CN=J\xC3\xBCrgen M\xC3\xBCller", vec!["Jürgen Müller"]),
            (r"/CN=Zw\xF6lf", vec![r"Zw\xF6lf"]),
            (r"/CN=tab\x09here", vec![r"tab\x09here"]),
            (r"/CN=back\slash", vec![r"back\slash"]),
            (r"/CN=x\xZZ\", vec![r"x\xZZ\"]),
            ("/CN=", vec![""]),
            ("/O=CN=x", vec![]),
            ("06", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(common_names(oneline), expected, "{oneline}");
            let last = expected.last().map(|cn| (*cn).to_owned());
            assert_eq!(common_name(oneline), last, "{oneline}");
            for name in expected.iter().filter_map(|cn| cn.parse().ok()) {
                assert!(is_named(oneline, &name), "{oneline}");
            }
            assert!(!is_named(oneline, &"N=x".parse().unwrap()), "{oneline}");
        }
    }
}
