//! The stable names of reasons; `docs/verify.md` lists them.

/// Each reason once: its variant, its name, its meaning.
macro_rules! codes {
    ($($variant:ident $name:literal $meaning:literal)*) => {
        /// Which reason.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// For scripts: stable.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// In the words of the documentation.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    IssuerNotFound "issuer-not-found" "no certificate at hand issued this one"
    SelfSigned "self-signed" "the certificate signed itself and is not trusted"
    RootNotTrusted "root-not-trusted" "the chain ends at a root that is not trusted"
    ChainTooLong "chain-too-long" "the chain has more than 16 certificates"
    BadSignature "bad-signature" "the issuer's key did not make the signature"
    SignatureUnsupported "signature-unsupported" "nobody here can check a signature of that kind"
    SignatureAlgorithmDiffers "signature-algorithm-differs" "the algorithm beside the signature is not the one that was signed (RFC 5280, 4.1.1.2)"
    WeakSignature "weak-signature" "the signature rests on SHA-1"
    WeakKey "weak-key" "the RSA key has fewer than 2048 bits, or the curve is too small"
    NotYetValid "not-yet-valid" "the certificate's life has not begun"
    Expired "expired" "the certificate's life is over"
    Malformed "malformed" "a part that decisions rest on cannot be read"
    UnknownCritical "unknown-critical-extension" "a critical extension that privca does not know"
    UnsupportedExtension "unsupported-extension" "an extension that changes how chains are verified, such as those of proxies"
    NotACa "not-a-ca" "an issuer that basicConstraints does not call a CA"
    MayNotSign "may-not-sign-certificates" "an issuer whose key usage lacks keyCertSign"
    PathTooLong "path-length-exceeded" "more CAs below one than its path length allows"
    Strict "not-strict" "something that RFC 5280 demands of every certificate is missing; the message has the clause"
    WrongPurpose "wrong-purpose" "key usage or extended key usage, its own or a CA's, does not allow the purpose"
    HostMismatch "host-mismatch" "no alternative name is the host"
    EmailMismatch "email-mismatch" "no alternative name is the mailbox"
    IpMismatch "ip-mismatch" "no alternative name is the address"
    NameNotPermitted "name-not-permitted" "a name that a CA above excludes, or does not permit"
    CrlMissing "crl-missing" "no revocation list of the issuer"
    CrlScope "crl-scope" "the issuer's list is not about such certificates"
    CrlNotYetValid "crl-not-yet-valid" "the list's thisUpdate is to come"
    CrlExpired "crl-expired" "the list's nextUpdate has passed, or it has none"
    CrlBadSignature "crl-bad-signature" "the issuer's key did not sign the list"
    CrlMayNotSign "may-not-sign-crls" "the issuer's key usage lacks cRLSign"
    CrlUnknownCritical "crl-unknown-critical-extension" "a critical extension, of the list or an entry, that privca does not know"
    Revoked "revoked" "the list has the certificate"
    OnHold "on-hold" "the list has the certificate, as one on hold"
    SecondOpinion "second-opinion" "rustls-webpki says no where privca's own checks passed"
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn names_are_unique_and_documented() {
        let documented = include_str!("../../../docs/verify.md");
        for (i, code) in Code::ALL.iter().enumerate() {
            let row = format!("| `{}` | {} |", code.as_str(), code.meaning());
            assert!(documented.contains(&row), "docs/verify.md lacks {row}");
            assert!(
                Code::ALL[..i].iter().all(|c| c.as_str() != code.as_str()),
                "{code:?}"
            );
        }
    }
}
