//! Public keys: when OpenSSL can load one, and how it prints it.

mod curve;
mod curve_table;
mod derive;
mod edwards;
mod elliptic;
mod finite_field;
mod keccak;
mod rsa;

use std::io::{self, Write};

use crate::primitives::oid::{Oid, known};

use super::schema::{self, Value};
use super::{TextError, items, object};

pub(super) use edwards::{Edwards, edwards_kind};
pub(super) use elliptic::{Domain, Elliptic, parameters as curve_parameters};
pub(super) use finite_field::{DhParameters, DsaParameters, Public};
pub(super) use rsa::{PssRestrictions, Rsa};

/// A public key that OpenSSL can load.
pub(super) enum PublicKey {
    Rsa(Rsa),
    Dsa(DsaParameters, Public),
    Dh(DhParameters, Public),
    Elliptic(Elliptic),
    Edwards(Edwards),
}

pub(super) const DSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]);
pub(super) const DH: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1]);
pub(super) const DHX: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1]);
/// X.500's, which OpenSSL loads as well.
const RSA_X500: Oid = Oid::known(&[0x55, 8, 1, 1]);

/// DSA's identifier, or one of those that OpenSSL takes for it: old ones, and of signatures.
fn is_dsa(oid: &Oid) -> bool {
    matches!(
        oid.contents(),
        [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1 | 3] | [0x2b, 14, 3, 2, 12 | 13 | 27]
    )
}

impl PublicKey {
    /// From a SubjectPublicKeyInfo read as `items::PUBLIC_KEY`; nothing where OpenSSL is unable to
    /// load it.
    pub(super) fn load(info: &Value<'_>) -> Option<Self> {
        let algorithm = info.field(0);
        let (oid, parameters) = (algorithm.field(0).oid()?, algorithm.field(1));
        let key = info.field(1).bytes();
        if oid == known::RSA_ENCRYPTION || oid == RSA_X500 {
            Rsa::load(key, None).map(Self::Rsa)
        } else if oid == known::RSASSA_PSS {
            let restrictions = PssRestrictions::load(parameters)?;
            Rsa::load(key, Some(restrictions)).map(Self::Rsa)
        } else if oid == known::EC_PUBLIC_KEY {
            Elliptic::load(parameters, key).map(Self::Elliptic)
        } else if is_dsa(&oid) {
            let parameters = DsaParameters::load(parameters)?;
            Some(Self::Dsa(parameters, Public::load(key)?))
        } else if oid == DH || oid == DHX {
            let parameters = DhParameters::load(oid == DHX, parameters)?;
            Some(Self::Dh(parameters, Public::load(key)?))
        } else {
            Edwards::load(&oid, parameters, key).map(Self::Edwards)
        }
    }

    /// OpenSSL loads the point at infinity and then cannot print it.
    fn is_printable(&self) -> bool {
        !matches!(self, Self::Elliptic(key) if key.point == [0])
    }

    fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        match self {
            Self::Rsa(key) => key.write(out, width),
            Self::Dsa(parameters, public) => parameters.write_public(out, public, width),
            Self::Dh(parameters, public) => parameters.write_public(out, public, width),
            Self::Elliptic(key) => key.write(out, width),
            Self::Edwards(key) => key.write(out, width),
        }
    }
}

/// The algorithm and the key of a certificate or request; false where OpenSSL cannot print a key
/// that it loaded.
pub(super) fn write_info(out: &mut dyn Write, info: &Value<'_>) -> io::Result<bool> {
    object::write(out, info.field(0).field(0))?;
    out.write_all(b"\n")?;
    match PublicKey::load(info) {
        Some(key) if key.is_printable() => key.write(out, 16)?,
        Some(_) => return Ok(false),
        None => out.write_all(b"            Unable to load Public Key\n")?,
    }
    Ok(true)
}

/// Writes what `openssl pkey -pubin -noout -text_pub` prints for a SubjectPublicKeyInfo, or for an
/// RSA key in PKCS#1's form.
///
/// # Errors
/// Where OpenSSL cannot load the key, before anything is written; and where `out` fails.
pub fn public_key(spki_der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    let key = match schema::read(spki_der, &items::PUBLIC_KEY) {
        Ok((info, _)) => PublicKey::load(&info),
        Err(error) => match Rsa::load(spki_der, None) {
            Some(key) => Some(PublicKey::Rsa(key)),
            None => return Err(TextError::malformed("public key")(error)),
        },
    };
    match key.filter(PublicKey::is_printable) {
        Some(key) => Ok(key.write(out, 0)?),
        None => Err(TextError::Malformed {
            object: "public key",
            offset: 0,
            fault: "algorithm, parameters or value cannot be used",
        }),
    }
}
