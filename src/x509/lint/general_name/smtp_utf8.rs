//! A mailbox in ASCII goes by rfc822Name, so that there is one way to write each.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "smtp-utf8-mailbox",
    clause: "RFC 9598, 3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "an SmtpUTF8Mailbox is a UTF8String with a local part beyond ASCII and a domain in A-labels",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    if name.0.tag != tag::context_constructed(0) {
        return None;
    }
    let mut fields = name.0.reader();
    if fields.oid("type").ok()? != SMTP_UTF8_MAILBOX {
        return None;
    }
    let value = fields.require(tag::context_constructed(0), "value");
    let text = value.and_then(|v| der::only(v.value, tag::UTF8_STRING, "UTF8String"));
    let said = |what: &str| Some(what.to_owned());
    let Some(text) = text.ok().and_then(|t| std::str::from_utf8(t.value).ok()) else {
        return said("it is no UTF8String");
    };
    match text.rsplit_once('@') {
        None => said("it has no @"),
        Some((local, _)) if local.is_ascii() => {
            said("its local part is ASCII, for which there is rfc822Name")
        }
        Some((_, domain)) if !domain.is_ascii() => said("its domain is not in A-labels"),
        Some(_) => None,
    }
}

/// id-on-SmtpUTF8Mailbox.
const SMTP_UTF8_MAILBOX: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 8, 9]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn mailboxes_beyond_ascii() {
        let other = |tag: u8, text: &str| {
            let value = der::tlv(tag::context_constructed(0), &der::tlv(tag, text.as_bytes()));
            let parts = [SMTP_UTF8_MAILBOX.to_der(), value];
            cases::general_name(tag::context_constructed(0), &parts.concat())
        };
        assert_eq!(test(&other(tag::UTF8_STRING, "jürgen@example.com")), None);
        for (tag, bad) in [
            (tag::IA5_STRING, "jürgen@example.com"),
            (tag::UTF8_STRING, "juergen@example.com"),
            (tag::UTF8_STRING, "jürgen@bücher.example"),
            (tag::UTF8_STRING, "jürgen"),
        ] {
            assert!(test(&other(tag, bad)).is_some(), "{bad}");
        }
    }
}
