//! Object identifiers and their names.
//!
//! The names are OpenSSL's, from a generated table (`oid_table.rs`).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::der;
use super::oid_table::TABLE;

/// An object identifier, held as its DER contents octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Cow<'static, [u8]>);

impl Oid {
    /// From DER contents octets known to be right.
    pub const fn known(contents: &'static [u8]) -> Self {
        Self(Cow::Borrowed(contents))
    }

    /// From DER contents octets; `None` where they are empty, cut off or padded (X.690, 8.19).
    pub fn from_contents(contents: &[u8]) -> Option<Self> {
        let ends = contents.last().is_some_and(|b| b & 0x80 == 0);
        let mut arc_starts = true;
        for byte in contents {
            if arc_starts && *byte == 0x80 {
                return None;
            }
            arc_starts = byte & 0x80 == 0;
        }
        ends.then(|| Self(Cow::Owned(contents.to_vec())))
    }

    /// The DER contents octets.
    pub fn contents(&self) -> &[u8] {
        &self.0
    }

    /// The whole element.
    pub fn to_der(&self) -> Vec<u8> {
        der::tlv(der::tag::OID, &self.0)
    }

    /// OpenSSL's short name (`CN`), if it has one.
    pub fn short_name(&self) -> Option<&'static str> {
        self.row().map(|(_, short, _)| *short)
    }

    /// OpenSSL's long name (`commonName`), if it has one.
    pub fn long_name(&self) -> Option<&'static str> {
        self.row().map(|(_, _, long)| *long)
    }

    /// The identifier that OpenSSL calls so, by short or long name in any letter case.
    pub fn by_name(name: &str) -> Option<Self> {
        TABLE
            .iter()
            .find(|(_, short, long)| {
                short.eq_ignore_ascii_case(name) || long.eq_ignore_ascii_case(name)
            })
            .map(|(contents, ..)| Self::known(contents))
    }

    fn row(&self) -> Option<&'static (&'static [u8], &'static str, &'static str)> {
        let at = TABLE
            .binary_search_by(|(contents, ..)| (*contents).cmp(self.contents()))
            .ok()?;
        TABLE.get(at)
    }

    /// The arcs; `None` if one of them exceeds 64 bits.
    pub fn arcs_u64(&self) -> Option<Vec<u64>> {
        self.arcs()?
            .into_iter()
            .map(|arc| u64::try_from(arc).ok())
            .collect()
    }

    /// The arcs; `None` if one of them exceeds 128 bits.
    fn arcs(&self) -> Option<Vec<u128>> {
        let mut arcs = Vec::new();
        let mut arc: u128 = 0;
        for byte in self.0.iter() {
            if arc >> 121 != 0 {
                return None;
            }
            arc = arc << 7 | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                if arcs.is_empty() {
                    let root = (arc / 40).min(2);
                    arcs.push(root);
                    arc -= root * 40;
                }
                arcs.push(arc);
                arc = 0;
            }
        }
        Some(arcs)
    }
}

impl fmt::Display for Oid {
    /// Dotted decimal; an identifier with an arc of more than 128 bits prints as hex.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.arcs() {
            Some(arcs) => {
                let arcs: Vec<String> = arcs.iter().map(u128::to_string).collect();
                f.write_str(&arcs.join("."))
            }
            None => write!(f, "oid:{}", super::hex::lower(&self.0)),
        }
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

/// The text is not a dotted object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnOid;

impl fmt::Display for NotAnOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an object identifier in dotted form, such as 1.3.6.1.4.1.99999.1")
    }
}

impl std::error::Error for NotAnOid {}

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Self, NotAnOid> {
        let digits_only = |arc: &str| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit());
        let arcs = text
            .split('.')
            .map(|arc| {
                if digits_only(arc) {
                    arc.parse::<u64>().ok()
                } else {
                    None
                }
            })
            .collect::<Option<Vec<u64>>>()
            .ok_or(NotAnOid)?;
        let [root, second, rest @ ..] = &arcs[..] else {
            return Err(NotAnOid);
        };
        if *root > 2 || (*root < 2 && *second > 39) {
            return Err(NotAnOid);
        }
        let first = second.checked_add(root * 40).ok_or(NotAnOid)?;
        let mut contents = Vec::new();
        for arc in std::iter::once(&first).chain(rest) {
            let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
            for group in (0..groups).rev() {
                let more = if group > 0 { 0x80 } else { 0 };
                contents.push((arc >> (7 * group)) as u8 & 0x7f | more);
            }
        }
        Ok(Self(Cow::Owned(contents)))
    }
}

/// The identifiers that privca writes or looks for.
pub mod known {
    #![allow(missing_docs, reason = "the names are the standards' own")]
    use super::Oid;

    pub const COMMON_NAME: Oid = Oid::known(&[0x55, 4, 3]);
    pub const COUNTRY: Oid = Oid::known(&[0x55, 4, 6]);
    pub const SERIAL_NUMBER: Oid = Oid::known(&[0x55, 4, 5]);
    pub const DN_QUALIFIER: Oid = Oid::known(&[0x55, 4, 46]);
    pub const EMAIL_ADDRESS: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]);
    pub const DOMAIN_COMPONENT: Oid =
        Oid::known(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25]);
    pub const USER_ID: Oid = Oid::known(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1]);

    pub const SUBJECT_KEY_IDENTIFIER: Oid = Oid::known(&[0x55, 0x1d, 14]);
    pub const KEY_USAGE: Oid = Oid::known(&[0x55, 0x1d, 15]);
    pub const SUBJECT_ALT_NAME: Oid = Oid::known(&[0x55, 0x1d, 17]);
    pub const ISSUER_ALT_NAME: Oid = Oid::known(&[0x55, 0x1d, 18]);
    pub const BASIC_CONSTRAINTS: Oid = Oid::known(&[0x55, 0x1d, 19]);
    pub const CRL_NUMBER: Oid = Oid::known(&[0x55, 0x1d, 20]);
    pub const REASON_CODE: Oid = Oid::known(&[0x55, 0x1d, 21]);
    pub const INVALIDITY_DATE: Oid = Oid::known(&[0x55, 0x1d, 24]);
    pub const DELTA_CRL_INDICATOR: Oid = Oid::known(&[0x55, 0x1d, 27]);
    pub const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);
    pub const NAME_CONSTRAINTS: Oid = Oid::known(&[0x55, 0x1d, 30]);
    pub const CRL_DISTRIBUTION_POINTS: Oid = Oid::known(&[0x55, 0x1d, 31]);
    pub const CERTIFICATE_POLICIES: Oid = Oid::known(&[0x55, 0x1d, 32]);
    pub const ANY_POLICY: Oid = Oid::known(&[0x55, 0x1d, 32, 0]);
    pub const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::known(&[0x55, 0x1d, 35]);
    pub const EXTENDED_KEY_USAGE: Oid = Oid::known(&[0x55, 0x1d, 37]);
    pub const ANY_EXTENDED_KEY_USAGE: Oid = Oid::known(&[0x55, 0x1d, 37, 0]);
    pub const AUTHORITY_INFO_ACCESS: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 1]);
    pub const TLS_FEATURE: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 24]);
    pub const OCSP_NO_CHECK: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 48, 1, 5]);
    pub const AD_OCSP: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 48, 1]);
    pub const AD_CA_ISSUERS: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 48, 2]);
    pub const QT_CPS: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 2, 1]);
    pub const QT_USER_NOTICE: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 2, 2]);
    pub const MS_UPN: Oid = Oid::known(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3]);
    pub const EXTENSION_REQUEST: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 14]);
    pub const MS_EXTENSION_REQUEST: Oid = Oid::known(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 14]);

    pub const SERVER_AUTH: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 1]);
    pub const CLIENT_AUTH: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 2]);
    pub const CODE_SIGNING: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 3]);
    pub const EMAIL_PROTECTION: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 4]);
    pub const TIME_STAMPING: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 8]);
    pub const OCSP_SIGNING: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 3, 9]);

    pub const RSA_ENCRYPTION: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
    pub const RSASSA_PSS: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10]);
    pub const SHA1_WITH_RSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5]);
    pub const SHA256_WITH_RSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]);
    pub const SHA384_WITH_RSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12]);
    pub const SHA512_WITH_RSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13]);
    pub const EC_PUBLIC_KEY: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
    pub const PRIME256V1: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    pub const SECP384R1: Oid = Oid::known(&[0x2b, 0x81, 4, 0, 34]);
    pub const SECP521R1: Oid = Oid::known(&[0x2b, 0x81, 4, 0, 35]);
    pub const ECDSA_WITH_SHA256: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
    pub const ECDSA_WITH_SHA384: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3]);
    pub const ECDSA_WITH_SHA512: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4]);
    pub const ED25519: Oid = Oid::known(&[0x2b, 0x65, 0x70]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_text_reads_back() {
        for text in [
            "0.0",
            "1.3.6.1.4.1.99999.1",
            "2.5.4.3",
            "2.999.18446744073709551535",
            "2.100.3",
        ] {
            assert_eq!(
                text.parse::<Oid>().map(|o| o.to_string()),
                Ok(text.to_owned())
            );
        }
        for text in [
            "",
            "1",
            "3.1",
            "1.40",
            "1..2",
            "1.2.",
            "+1.2",
            "1.2.x",
            "1.2.99999999999999999999",
        ] {
            assert_eq!(text.parse::<Oid>(), Err(NotAnOid), "{text}");
        }
    }

    #[test]
    fn openssl_names_are_found_both_ways() {
        assert_eq!(known::COMMON_NAME.short_name(), Some("CN"));
        assert_eq!(Oid::by_name("emailaddress"), Some(known::EMAIL_ADDRESS));
        assert_eq!(Oid::by_name("UID"), Some(known::USER_ID));
        assert_eq!(known::MS_UPN.short_name(), Some("msUPN"));
        assert_eq!(known::ED25519.short_name(), Some("ED25519"));
        assert_eq!(known::MS_EXTENSION_REQUEST.short_name(), Some("msExtReq"));
        assert_eq!(known::TLS_FEATURE.short_name(), Some("tlsfeature"));
        assert_eq!(known::OCSP_NO_CHECK.short_name(), Some("noCheck"));
    }

    #[test]
    fn padded_and_cut_contents_are_refused() {
        assert_eq!(Oid::from_contents(&[]), None);
        assert_eq!(Oid::from_contents(&[0x2a, 0x80, 0x01]), None);
        assert_eq!(Oid::from_contents(&[0x2a, 0x86]), None);
    }
}
