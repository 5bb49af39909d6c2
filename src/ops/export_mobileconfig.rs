//! An Apple configuration profile: the .p12 and the CA's certificates in one file that iOS and
//! macOS install when it is opened. Unsigned; the device asks for the .p12's passphrase, since the
//! profile does not name it.

use super::export_forms::joined;
use crate::primitives::secret::Secret;
use crate::primitives::{base64, hex};
use crate::x509::certificate::Certificate;

use super::issuance::sha256;

/// The profile as an XML property list.
pub(super) fn write(
    label: &str,
    certificate: &Certificate,
    p12: &Secret,
    authorities: &[&Certificate],
) -> Secret {
    let fingerprint = sha256(certificate.der());
    let identifier = format!(
        "privca.{}",
        hex::lower(fingerprint.get(..8).unwrap_or_default())
    );
    let p12 = Secret::from(base64::encode(p12.expose()));
    let name = escaped(label);
    let mut head = String::from(HEAD);
    let identity = Payload {
        kind: "com.apple.security.pkcs12",
        identifier: &format!("{identifier}.identity"),
        name: &name,
        file: &format!("{name}.p12"),
    };
    head.push_str(&identity.head());
    let mut tail = identity.tail();
    for authority in authorities {
        tail.push_str(&authority_payload(authority, &identifier));
    }
    tail.push_str(&format!(
        "\t</array>\n\
         \t<key>PayloadDisplayName</key>\n\t<string>{name}</string>\n\
         \t<key>PayloadIdentifier</key>\n\t<string>{identifier}</string>\n\
         \t<key>PayloadType</key>\n\t<string>Configuration</string>\n\
         \t<key>PayloadUUID</key>\n\t<string>{}</string>\n\
         \t<key>PayloadVersion</key>\n\t<integer>1</integer>\n</dict>\n</plist>\n",
        uuid(&identifier)
    ));
    joined(&[head.as_bytes(), p12.expose(), tail.as_bytes()])
}

fn authority_payload(authority: &Certificate, identifier: &str) -> String {
    let name = authority
        .subject()
        .common_name()
        .unwrap_or_else(|| authority.subject().rfc4514());
    let fingerprint = sha256(authority.der());
    let short = hex::lower(fingerprint.get(..8).unwrap_or_default());
    let payload = Payload {
        kind: if authority.is_self_issued() {
            "com.apple.security.root"
        } else {
            "com.apple.security.pkcs1"
        },
        identifier: &format!("{identifier}.{short}"),
        name: &escaped(&name),
        file: &format!("{short}.cer"),
    };
    format!(
        "{}{}{}",
        payload.head(),
        base64::encode(authority.der()),
        payload.tail()
    )
}

/// One item of the profile; the strings are XML already.
struct Payload<'a> {
    kind: &'a str,
    identifier: &'a str,
    name: &'a str,
    file: &'a str,
}

impl Payload<'_> {
    /// Up to the content.
    fn head(&self) -> String {
        "\t\t<dict>\n\t\t\t<key>PayloadContent</key>\n\t\t\t<data>".to_owned()
    }

    /// After the content.
    fn tail(&self) -> String {
        let Self {
            kind,
            identifier,
            name,
            file,
        } = self;
        format!(
            "</data>\n\
             \t\t\t<key>PayloadCertificateFileName</key>\n\t\t\t<string>{file}</string>\n\
             \t\t\t<key>PayloadDisplayName</key>\n\t\t\t<string>{name}</string>\n\
             \t\t\t<key>PayloadIdentifier</key>\n\t\t\t<string>{identifier}</string>\n\
             \t\t\t<key>PayloadType</key>\n\t\t\t<string>{kind}</string>\n\
             \t\t\t<key>PayloadUUID</key>\n\t\t\t<string>{}</string>\n\
             \t\t\t<key>PayloadVersion</key>\n\t\t\t<integer>1</integer>\n\t\t</dict>\n",
            uuid(identifier)
        )
    }
}

/// A UUID of the identifier (RFC 9562, 5.8): the same certificate gives the same profile, so that
/// installing it again replaces it.
fn uuid(identifier: &str) -> String {
    let digest = sha256(identifier.as_bytes());
    let text: Vec<char> = hex::upper(digest.get(..16).unwrap_or_default())
        .chars()
        .collect();
    let mut out = String::with_capacity(36);
    for (at, digit) in text.into_iter().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            out.push('-');
        }
        // version 8 and variant 10
        out.push(match at {
            12 => '8',
            16 => 'A',
            _ => digit,
        });
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML has no way to write them
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_identifier_gives_the_same_uuid() {
        let one = uuid("privca.00");
        assert_eq!(one, uuid("privca.00"));
        assert_ne!(one, uuid("privca.01"));
        assert_eq!(one.len(), 36);
        assert_eq!(one.chars().nth(14), Some('8'));
    }

    #[test]
    fn strangers_text_is_no_markup() {
        assert_eq!(escaped("<a>&\u{1}"), "&lt;a&gt;&amp;\u{fffd}");
    }
}
