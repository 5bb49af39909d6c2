//! The texts that programs want certificates and keys in. Pure: bytes in, bytes out.

use zeroize::Zeroizing;

use super::Error;
use crate::primitives::der::{self, tag};
use crate::primitives::oid::Oid;
use crate::primitives::secret::Secret;
use crate::primitives::{base64, pem as armour};
use crate::x509::certificate::Certificate;

/// Certificates in PEM, one after the other.
pub(super) fn pem(certificates: &[&[u8]]) -> String {
    certificates
        .iter()
        .map(|der| armour::encode("CERTIFICATE", der))
        .collect()
}

/// Certificates as a SignedData that nobody signed (RFC 5652, 5.1): what Windows calls .p7b.
pub(super) fn certificates_only(certificates: &[&[u8]]) -> Vec<u8> {
    let empty_set = || vec![tag::SET, 0];
    // a SET OF, which importers read in any order; DER sorts it
    let mut sorted: Vec<&[u8]> = certificates.to_vec();
    sorted.sort_unstable();
    let signed = der::sequence(&[
        vec![tag::INTEGER, 1, 1],
        empty_set(),
        der::sequence(&[DATA.to_der()]),
        der::constructed(tag::context_constructed(0), &sorted),
        empty_set(),
    ]);
    let content = der::constructed(tag::context_constructed(0), &[signed]);
    der::sequence(&[SIGNED_DATA.to_der(), content])
}

const DATA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
const SIGNED_DATA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]);

/// OpenVPN's blocks, to be pasted into a configuration.
pub(super) fn openvpn_inline(
    authorities: &str,
    certificates: &str,
    key: &Secret,
    tls_crypt: Option<&Secret>,
) -> Secret {
    let mut parts: Vec<&[u8]> = vec![b"<ca>\n", authorities.as_bytes(), b"</ca>\n<cert>\n"];
    parts.extend([
        certificates.as_bytes(),
        b"</cert>\n<key>\n",
        key.expose(),
        b"</key>\n",
    ]);
    if let Some(static_key) = tls_crypt {
        parts.extend([
            &b"<tls-crypt>\n"[..],
            static_key.expose(),
            b"</tls-crypt>\n",
        ]);
    }
    joined(&parts)
}

/// The block of an OpenVPN static key file, without what stands around it.
pub(super) fn openvpn_static_key(file: &Secret) -> Option<Secret> {
    const BEGIN: &str = "-----BEGIN OpenVPN Static key V1-----";
    const END: &str = "-----END OpenVPN Static key V1-----";
    let text = file.expose_str()?;
    let begin = text.find(BEGIN)?;
    let end = text.get(begin..)?.find(END)? + begin;
    let block = text.get(begin..end)?;
    let is_hex = |c: char| c.is_ascii_hexdigit() || c.is_ascii_whitespace();
    block
        .strip_prefix(BEGIN)?
        .chars()
        .all(is_hex)
        .then_some(())?;
    let mut kept = Zeroizing::new(Vec::with_capacity(block.len() + END.len() + 1));
    kept.extend(block.bytes().filter(|b| *b != b'\r'));
    kept.extend_from_slice(END.as_bytes());
    kept.push(b'\n');
    Some(Secret::new(std::mem::take(&mut *kept)))
}

/// A Secret of type kubernetes.io/tls. `ca.crt` is what cert-manager and ingress controllers look
/// for beside the two members that the type demands.
pub(super) fn k8s_secret(
    name: &str,
    certificates: &str,
    key: &Secret,
    authorities: &str,
) -> Secret {
    let key = Secret::from(base64::encode(key.expose()));
    let certificates = base64::encode(certificates.as_bytes());
    let head = format!(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata:\n  name: {name}\ndata:\n  tls.crt: {certificates}\n"
    );
    let ca = match authorities {
        "" => String::new(),
        authorities => format!("  ca.crt: {}\n", base64::encode(authorities.as_bytes())),
    };
    joined(&[
        head.as_bytes(),
        b"  tls.key: ",
        key.expose(),
        b"\n",
        ca.as_bytes(),
    ])
}

/// The name of the Secret: NAME, with what a DNS subdomain (RFC 1123) cannot hold made a hyphen.
pub(super) fn k8s_name(label: &str) -> Result<String, Error> {
    let lower = label.to_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
    let name: String = lower
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .take(253)
        .collect();
    // each part begins and ends with a letter or a digit
    let parts = name
        .split('.')
        .map(|part| part.trim_matches('-'))
        .filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join(".");
    if name.is_empty() {
        let said = format!("'{label}' has no character that a Kubernetes name can hold");
        return Err(Error::failed(
            "bad-name",
            said,
            "export it as fullchain and pkcs8, and let `kubectl create secret tls` name it",
        ));
    }
    Ok(name)
}

/// CA certificates under their common names, each name once: a Java alias must be unique, and
/// letter case does not tell two apart.
pub(super) fn aliases<'a>(authorities: &[&'a Certificate]) -> Vec<(String, &'a [u8])> {
    let mut named: Vec<(String, &[u8])> = Vec::new();
    for certificate in authorities {
        let name = certificate
            .subject()
            .common_name()
            .unwrap_or_else(|| certificate.subject().rfc4514());
        let taken = |alias: &str| {
            named
                .iter()
                .any(|(n, _)| n.to_lowercase() == alias.to_lowercase())
        };
        let alias = (1..)
            .map(|n| {
                if n == 1 {
                    name.clone()
                } else {
                    format!("{name} {n}")
                }
            })
            .find(|alias| !taken(alias));
        named.push((alias.unwrap_or(name), certificate.der()));
    }
    named
}

/// One text of parts that may be secret: allocated once, so that no copy stays behind.
pub(super) fn joined(parts: &[&[u8]]) -> Secret {
    let mut whole = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| whole.extend_from_slice(part));
    Secret::new(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubernetes_names_are_dns_subdomains() {
        for (label, name) in [
            ("web01", "web01"),
            ("Web_01", "web-01"),
            ("alice@example.com", "alice-example.com"),
            ("*.example.com", "example.com"),
            ("-a-.-b-", "a.b"),
            ("ÄÖ x", "x"),
        ] {
            assert_eq!(k8s_name(label).unwrap(), name, "{label}");
        }
        assert!(k8s_name("ä_").is_err());
    }

    #[test]
    fn a_static_key_is_taken_out_of_its_file() {
        let file = "#\n# 2048 bit OpenVPN static key\n#\n-----BEGIN OpenVPN Static key V1-----\r\n00ff\r\n-----END OpenVPN Static key V1-----\r\n";
        let kept = openvpn_static_key(&file.to_owned().into()).unwrap();
        assert_eq!(
            kept.expose_str(),
            Some(
                "-----BEGIN OpenVPN Static key V1-----\n00ff\n-----END OpenVPN Static key V1-----\n"
            )
        );
        for wrong in [
            "",
            "-----BEGIN OpenVPN Static key V1-----\n00",
            "-----BEGIN OpenVPN Static key V1-----\n</tls-crypt>\n-----END OpenVPN Static key V1-----",
        ] {
            assert!(
                openvpn_static_key(&wrong.to_owned().into()).is_none(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn no_certificates_are_a_pkcs7_too() {
        let der = certificates_only(&[]);
        assert_eq!(der.len(), 39);
    }
}
