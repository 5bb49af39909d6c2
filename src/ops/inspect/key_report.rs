//! Keys and their envelopes as data.

use serde_json::{Value, json};

use super::names::set;
use super::object::{Fingerprint, Key, name_of};
use crate::keys::envelope::{Derivation, Envelope};
use crate::keys::{KeyKind, PublicKey};
use crate::primitives::der::{Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::secret::Secret;
use crate::primitives::{base64, hex};
use crate::text;

/// A SubjectPublicKeyInfo.
pub(super) fn public(spki: &[u8]) -> Value {
    let digest = Fingerprint::Sha256.digest(spki);
    let mut value = json!({
        "algorithm": null,
        "bits": null,
        "curve": null,
        "spki_sha256": hex::lower(digest.as_ref()),
        "pin_sha256": base64::encode(digest.as_ref()),
        "der": base64::encode(spki),
    });
    if let Some((algorithm, curve)) = algorithm_of(spki) {
        set(&mut value, "algorithm", family(&algorithm).into());
        set(
            &mut value,
            "bits",
            bits(spki, &algorithm, curve.as_ref()).into(),
        );
        let curve = curve
            .as_ref()
            .map(|c| json!({ "oid": c.to_string(), "name": c.short_name(), "nist": nist(c) }));
        set(&mut value, "curve", curve.unwrap_or_default());
    }
    value
}

/// A public key in a file of its own, in either form.
pub(super) fn public_file(der: &[u8]) -> Value {
    match algorithm_of(der) {
        Some(_) => public(der),
        // PKCS#1: the same key as a SubjectPublicKeyInfo
        None => public(&rsa_info(der)),
    }
}

fn rsa_info(pkcs1: &[u8]) -> Vec<u8> {
    use crate::primitives::der::{bit_string, sequence};
    let algorithm = sequence(&[known::RSA_ENCRYPTION.to_der(), vec![tag::NULL, 0]]);
    sequence(&[algorithm, bit_string(pkcs1)])
}

/// A private key: its public part if it is open, its secret numbers only where asked for.
pub(super) fn private(key: &Key, secrets: bool) -> Value {
    private_parts(key.envelope.as_ref(), key.secret.as_ref(), secrets)
}

/// The same from its parts.
pub(super) fn private_parts(
    envelope: Option<&Envelope>,
    key: Option<&Secret>,
    secrets: bool,
) -> Value {
    let mut value = json!({
        "encrypted": envelope.is_some(),
        "encryption": envelope.map(self::envelope),
        "locked": key.is_none(),
        "algorithm": null,
        "text": null,
    });
    let Some(key) = key else {
        return value;
    };
    let mut shown = Vec::new();
    if text::private_key(key.expose(), &mut shown).is_ok() {
        let shown = String::from_utf8_lossy(&shown).into_owned();
        let (kind, bits) = headline(&shown);
        set(&mut value, "algorithm", kind.into());
        set(&mut value, "bits", bits.into());
        set(&mut value, "text", shown.into());
    }
    // what privca can use has a public key to pin
    if let Some(spki) = usable(key) {
        set(&mut value, "public_key", public(&spki));
    }
    if secrets {
        set(
            &mut value,
            "private_key",
            base64::encode(key.expose()).into(),
        );
    }
    value
}

fn usable(key: &Secret) -> Option<Vec<u8>> {
    let read = crate::keys::file::read(key.expose(), None).ok()?;
    Some(read.public().spki().to_vec())
}

/// The kind and size in the first line: `RSA Public-Key: (2048 bit, 2 primes)`.
fn headline(text: &str) -> (Option<String>, Option<u64>) {
    let line = text.lines().next().unwrap_or_default();
    let bits = line.split_once('(').and_then(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    let ec = text.contains("ASN1 OID:") || text.contains("Field Type:");
    let kind = match line.split_whitespace().next() {
        _ if ec => Some("EC"),
        Some("Public-Key:" | "Private-Key:") if text.to_lowercase().contains("modulus:") => {
            Some("RSA")
        }
        other => other,
    };
    (kind.map(str::to_owned), bits)
}

/// How something is encrypted.
pub(super) fn envelope(envelope: &Envelope) -> Value {
    let text = envelope.to_string();
    match envelope {
        Envelope::Pbes2 { cipher, derivation } => {
            let mut value = json!({ "text": text, "scheme": "PBES2", "cipher": name_of(cipher) });
            let (kdf, numbers) = kdf(derivation);
            set(&mut value, "kdf", kdf.into());
            for (member, number) in numbers {
                set(&mut value, member, number);
            }
            value
        }
        Envelope::Pbes1 {
            scheme,
            salt_length,
            iterations,
        } => json!({
            "text": text,
            "scheme": name_of(scheme),
            "salt_length": salt_length,
            "iterations": iterations,
        }),
        Envelope::Traditional { cipher } => {
            json!({ "text": text, "scheme": "PEM", "cipher": cipher, "kdf": "MD5", "iterations": 1 })
        }
        Envelope::Other(oid) => json!({ "text": text, "scheme": name_of(oid) }),
    }
}

fn kdf(derivation: &Derivation) -> (String, Vec<(&'static str, Value)>) {
    match derivation {
        Derivation::Pbkdf2 {
            prf,
            salt_length,
            iterations,
        } => {
            let prf = prf.as_ref().map_or("hmacWithSHA1".to_owned(), name_of);
            let numbers = vec![
                ("prf", prf.into()),
                ("salt_length", (*salt_length).into()),
                ("iterations", (*iterations).into()),
            ];
            ("PBKDF2".to_owned(), numbers)
        }
        Derivation::Scrypt {
            salt_length,
            cost,
            block_size,
            parallelism,
        } => {
            let numbers = vec![
                ("salt_length", (*salt_length).into()),
                ("cost", (*cost).into()),
                ("block_size", (*block_size).into()),
                ("parallelism", (*parallelism).into()),
            ];
            ("scrypt".to_owned(), numbers)
        }
        Derivation::Other(oid) => (name_of(oid), Vec::new()),
    }
}

fn algorithm_of(spki: &[u8]) -> Option<(Oid, Option<Oid>)> {
    let mut fields = Reader::new(spki).sequence("key").ok()?;
    let mut algorithm = fields.sequence("algorithm").ok()?;
    let oid = algorithm.oid("algorithm").ok()?;
    let curve = match oid == known::EC_PUBLIC_KEY {
        true => algorithm.oid("curve").ok(),
        false => None,
    };
    Some((oid, curve))
}

fn family(algorithm: &Oid) -> String {
    if *algorithm == known::RSA_ENCRYPTION {
        return "RSA".to_owned();
    }
    if *algorithm == known::EC_PUBLIC_KEY {
        return "EC".to_owned();
    }
    algorithm
        .short_name()
        .map_or_else(|| algorithm.to_string(), str::to_owned)
}

fn nist(curve: &Oid) -> Option<&'static str> {
    [
        (known::PRIME256V1, "P-256"),
        (known::SECP384R1, "P-384"),
        (known::SECP521R1, "P-521"),
    ]
    .into_iter()
    .find_map(|(known, name)| (known == *curve).then_some(name))
}

/// The size that OpenSSL names: of the modulus, the curve's field or the prime.
fn bits(spki: &[u8], algorithm: &Oid, curve: Option<&Oid>) -> Option<u64> {
    if let Ok(key) = PublicKey::from_spki(spki)
        && let KeyKind::Rsa { bits, .. } = key.kind()
    {
        return u64::try_from(*bits).ok();
    }
    if *algorithm == known::ED25519 {
        return Some(256);
    }
    let mut shown = Vec::new();
    if curve.is_some() || algorithm.short_name().is_some() {
        text::public_key(spki, &mut shown).ok()?;
    }
    headline(&String::from_utf8_lossy(&shown)).1
}

/// The exact length in bits of an INTEGER's contents.
pub(super) fn bit_length(contents: &[u8]) -> usize {
    let zeros = contents.iter().take_while(|b| **b == 0).count();
    let digits = contents.get(zeros..).unwrap_or_default();
    let unused = digits.first().map_or(0, |b| b.leading_zeros());
    (digits.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

/// In words: `EC P-256`, `RSA 2048 bits`.
pub(super) fn in_words(spki: &[u8]) -> Option<String> {
    Some(PublicKey::from_spki(spki).ok()?.kind().to_string())
}

/// In words, of a private key's text.
pub(super) fn private_in_words(key: &Secret) -> Option<String> {
    if let Some(spki) = usable(key) {
        return in_words(&spki);
    }
    let mut shown = Vec::new();
    text::private_key(key.expose(), &mut shown).ok()?;
    let (kind, bits) = headline(&String::from_utf8_lossy(&shown));
    let bits = bits.map_or(String::new(), |bits| format!(" {bits} bits"));
    Some(format!(
        "{}{bits}",
        kind.unwrap_or_else(|| "unknown".to_owned())
    ))
}
