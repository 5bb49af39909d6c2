//! Keys on elliptic curves, named and explicit.

use std::io::{self, Write};

use x509_parser::num_bigint::BigUint;

use crate::primitives::oid::Oid;
use crate::text::layout::{indent, key_octets};
use crate::text::schema::{self, Value, universal as u};
use crate::text::{items, number};

use super::curve::{self, Curve, Field};

/// The domain of a key.
pub(in crate::text) struct Domain {
    curve: Curve,
    /// The curve's identifier and NIST's name for it, unless its parameters were explicit.
    name: Option<(Oid, Option<&'static str>)>,
}

/// A public key.
pub(in crate::text) struct Elliptic {
    pub(in crate::text) domain: Domain,
    pub(in crate::text) point: Vec<u8>,
}

/// The domain that an algorithm's parameters describe.
pub(in crate::text) fn parameters(parameters: &Value<'_>) -> Option<Domain> {
    let parameters = parameters.primitive()?;
    match parameters.tag {
        u::OBJECT => Domain::named(&Oid::from_contents(&parameters.bytes)?),
        u::SEQUENCE => {
            let (choice, _) = schema::read(&parameters.bytes, &items::EC_PARAMETERS).ok()?;
            Domain::of_choice(&choice)
        }
        _ => None,
    }
}

impl Domain {
    fn named(oid: &Oid) -> Option<Self> {
        let row = curve::named(oid)?;
        Some(Self {
            curve: Curve::of_row(row)?,
            name: Some((oid.clone(), row.1)),
        })
    }

    /// From ECParameters read as `items::EC_PARAMETERS`.
    pub(in crate::text) fn of_choice(choice: &Value<'_>) -> Option<Self> {
        match choice.choice()? {
            (0, oid) => Self::named(&oid.oid()?),
            (1, explicit) => Some(Self {
                curve: Curve::explicit(explicit)?,
                name: None,
            }),
            _ => None,
        }
    }

    /// Bits of the order, which OpenSSL takes for the key's size.
    pub(in crate::text) fn bits(&self) -> u64 {
        self.curve.order.bits()
    }

    /// The public point of a private number.
    pub(in crate::text) fn multiple_of_generator(&self, scalar: &[u8]) -> Option<Vec<u8>> {
        super::derive::multiple_of_generator(&self.curve, scalar)
    }

    /// True if the octets are a point of the curve.
    pub(in crate::text) fn has(&self, point: &[u8]) -> bool {
        self.curve.has(point)
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let line = |out: &mut dyn Write, text: &str| {
            indent(out, width)?;
            writeln!(out, "{text}")
        };
        if let Some((oid, nist)) = &self.name {
            let short = oid.short_name().unwrap_or_default();
            line(out, &format!("ASN1 OID: {short}"))?;
            return match nist {
                Some(nist) => line(out, &format!("NIST CURVE: {nist}")),
                None => Ok(()),
            };
        }
        let curve = &self.curve;
        let labelled = |out: &mut dyn Write, label: &str, value: &BigUint| {
            number::labelled(out, label, &value.to_bytes_be(), width)
        };
        let modulus = match curve.field {
            Field::Prime => {
                line(out, "Field Type: prime-field")?;
                "Prime:"
            }
            Field::Binary(basis) => {
                line(out, "Field Type: characteristic-two-field")?;
                line(out, &format!("Basis Type: {basis}"))?;
                "Polynomial:"
            }
        };
        labelled(out, modulus, &curve.modulus)?;
        labelled(out, "A:   ", &curve.a)?;
        labelled(out, "B:   ", &curve.b)?;
        let form = match curve.generator.first() {
            Some(2 | 3) => "compressed",
            Some(6 | 7) => "hybrid",
            _ => "uncompressed",
        };
        line(out, &format!("Generator ({form}):"))?;
        key_octets(out, &curve.generator, width + 4)?;
        labelled(out, "Order: ", &curve.order)?;
        labelled(out, "Cofactor: ", &curve.cofactor)?;
        match &curve.seed {
            Some(seed) => {
                line(out, "Seed:")?;
                key_octets(out, seed, width + 4)
            }
            None => Ok(()),
        }
    }
}

impl Elliptic {
    pub(super) fn load(algorithm_parameters: &Value<'_>, key: &[u8]) -> Option<Self> {
        let domain = parameters(algorithm_parameters)?;
        domain.has(key).then(|| Self {
            domain,
            point: key.to_vec(),
        })
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        indent(out, width)?;
        writeln!(out, "Public-Key: ({} bit)", self.domain.bits())?;
        indent(out, width)?;
        out.write_all(b"pub:\n")?;
        key_octets(out, &self.point, width + 4)?;
        self.domain.write(out, width)
    }
}
