//! DSA and Diffie-Hellman public keys.

use std::io::{self, Write};

use crate::text::layout::{indent, key_octets};
use crate::text::schema::{self, Primitive, Value, universal as u};
use crate::text::{items, number};

/// A public number. Nothing keeps one from being below zero, and OpenSSL shows it then.
pub(in crate::text) struct Public {
    magnitude: Vec<u8>,
    negative: bool,
}

impl Public {
    /// From the INTEGER that is the key.
    pub(super) fn load(key: &[u8]) -> Option<Self> {
        let (key, _) = schema::read(key, &items::INTEGER).ok()?;
        let number = key.primitive()?;
        Some(Self {
            magnitude: number.bytes.to_vec(),
            negative: number.negative,
        })
    }

    pub(in crate::text) fn of_magnitude(magnitude: Vec<u8>) -> Self {
        Self {
            magnitude,
            negative: false,
        }
    }

    pub(in crate::text) fn write(
        &self,
        out: &mut dyn Write,
        label: &str,
        width: usize,
    ) -> io::Result<()> {
        number::labelled_signed(out, label, (&self.magnitude, self.negative), width)
    }
}

/// The size of the domain's modulus, then the key.
fn write_public(
    out: &mut dyn Write,
    (heading, p): (&str, &[u8]),
    (label, public): (&str, &Public),
    width: usize,
) -> io::Result<()> {
    indent(out, width)?;
    writeln!(out, "{heading}: ({} bit)", number::bits(p))?;
    public.write(out, label, width)
}

fn sequence<'v>(parameters: &'v Value<'_>) -> Option<&'v Primitive<'v>> {
    parameters.primitive().filter(|p| p.tag == u::SEQUENCE)
}

/// The domain of a DSA key.
pub(in crate::text) struct DsaParameters {
    pub(in crate::text) p: Vec<u8>,
    pub(in crate::text) q: Vec<u8>,
    pub(in crate::text) g: Vec<u8>,
}

impl DsaParameters {
    pub(in crate::text) fn load(parameters: &Value<'_>) -> Option<Self> {
        let parameters = sequence(parameters)?;
        let (domain, _) = schema::read(&parameters.bytes, &items::DSA_PARAMETERS).ok()?;
        let [p, q, g] = [0, 1, 2].map(|i| domain.field(i).bytes().to_vec());
        Some(Self { p, q, g })
    }

    pub(in crate::text) fn write_public(
        &self,
        out: &mut dyn Write,
        public: &Public,
        width: usize,
    ) -> io::Result<()> {
        write_public(out, ("Public-Key", &self.p), ("pub: ", public), width)?;
        self.write(out, width)
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        number::labelled(out, "P:   ", &self.p, width)?;
        number::labelled(out, "Q:   ", &self.q, width)?;
        number::labelled(out, "G:   ", &self.g, width)
    }
}

/// The domain of a Diffie-Hellman key, PKCS#3's or X9.42's.
#[derive(Default)]
pub(in crate::text) struct DhParameters {
    pub(in crate::text) p: Vec<u8>,
    pub(in crate::text) g: Vec<u8>,
    q: Option<Vec<u8>>,
    j: Option<Vec<u8>>,
    seed: Option<Vec<u8>>,
    counter: Option<i64>,
    length: i64,
}

impl DhParameters {
    pub(in crate::text) fn load(x942: bool, parameters: &Value<'_>) -> Option<Self> {
        let parameters = sequence(parameters)?;
        if !x942 {
            let (domain, _) = schema::read(&parameters.bytes, &items::DH_PARAMETERS).ok()?;
            return Some(Self {
                p: domain.field(0).bytes().to_vec(),
                g: domain.field(1).bytes().to_vec(),
                length: domain
                    .field(2)
                    .primitive()
                    .and_then(number::to_i64)
                    .unwrap_or_default(),
                ..Self::default()
            });
        }
        let (domain, _) = schema::read(&parameters.bytes, &items::DHX_PARAMETERS).ok()?;
        let present = |value: &Value<'_>| value.present().map(|v| v.bytes().to_vec());
        let validation = domain.field(4);
        Some(Self {
            p: domain.field(0).bytes().to_vec(),
            g: domain.field(1).bytes().to_vec(),
            q: present(domain.field(2)),
            j: present(domain.field(3)),
            seed: present(validation.field(0)).filter(|seed| !seed.is_empty()),
            counter: validation.field(1).primitive().map(|counter| {
                // OpenSSL keeps it in an int.
                let octets = counter.bytes.iter().rev().take(4).rev();
                i64::from(octets.fold(0u32, |n, b| n << 8 | u32::from(*b)) as i32)
            }),
            length: 0,
        })
    }

    pub(in crate::text) fn write_public(
        &self,
        out: &mut dyn Write,
        public: &Public,
        width: usize,
    ) -> io::Result<()> {
        let heading = ("DH Public-Key", self.p.as_slice());
        write_public(out, heading, ("public-key:", public), width)?;
        self.write(out, width)
    }

    /// OpenSSL's name for a group that it knows by its numbers.
    fn group(&self) -> Option<&'static str> {
        super::curve_table::dh_group(&self.p, &self.g, self.q.as_deref())
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        let line = |out: &mut dyn Write, text: String| {
            indent(out, width)?;
            writeln!(out, "{text}")
        };
        if let Some(group) = self.group() {
            line(out, format!("GROUP: {group}"))?;
        } else {
            number::labelled(out, "P:   ", &self.p, width)?;
            if let Some(q) = &self.q {
                number::labelled(out, "Q:   ", q, width)?;
            }
            number::labelled(out, "G:   ", &self.g, width)?;
            if let Some(j) = &self.j {
                number::labelled(out, "J:   ", j, width)?;
            }
            if let Some(seed) = &self.seed {
                line(out, "SEED:".to_owned())?;
                key_octets(out, seed, width + 4)?;
            }
            if let Some(counter) = self.counter.filter(|c| *c != -1) {
                line(out, format!("pcounter: {counter}"))?;
            }
        }
        if self.length > 0 {
            line(
                out,
                format!("recommended-private-length: {} bits", self.length),
            )?;
        }
        Ok(())
    }
}
