//! Patterns of `san.allow`, `san.deny` and `subject.allow`: how each kind of name is taken apart
//! before its parts are matched, so that no star reaches from one part into another.

use std::net::IpAddr;

use super::glob::{Glob, Rules};
use crate::primitives::oid::{Oid, known};
use crate::x509::general_name::{GeneralName, SanKind};
use crate::x509::name_constraints::{in_network, network};

/// One pattern for alternative names of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SanPattern {
    written: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Every name of the kind.
    All,
    Host(Glob),
    /// A local part (or user) and a domain.
    Mailbox(Glob, Glob),
    Network(IpAddr, u8),
    Uri(UriShape),
    Rid(Glob),
    DirName(Glob),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum UriShape {
    /// `scheme://authority/rest`.
    Hierarchical {
        scheme: Glob,
        authority: Glob,
        rest: Glob,
    },
    /// Anything else, such as `urn:uuid:*`.
    Opaque(Glob),
}

/// Whether a name is looked for among those allowed or among those denied. A denial errs on the
/// other side: letter case never counts, and a wildcard is denied with any name that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Allow,
    Deny,
}

const LOCAL_PART: Rules = Rules {
    walls: "@",
    ..Rules::PLAIN
};
const PATH: Rules = Rules {
    separators: "/?#",
    ..Rules::PLAIN
};
const AUTHORITY: Rules = Rules {
    separators: ".:",
    walls: "@/?#",
    ..Rules::HOST
};
const DIRECTORY_NAME: Rules = Rules {
    separators: ",+",
    escapes: true,
    ..Rules::PLAIN
};

impl SanPattern {
    /// Reads one; the error says what a pattern of this kind looks like.
    pub(super) fn parse(kind: SanKind, written: &str) -> Result<Self, &'static str> {
        let shape = match kind {
            _ if written.is_empty() => return Err("an empty pattern fits nothing"),
            SanKind::Dns => Shape::Host(Glob::new(written, Rules::HOST)),
            SanKind::Email | SanKind::Upn => mailbox_shape(written)?,
            SanKind::Ip if written == "*" || written == "**" => Shape::All,
            SanKind::Ip => network(written)
                .map(|(address, prefix)| Shape::Network(address, prefix))
                .ok_or("not an address or range such as 10.0.0.0/8, 2001:db8::/32 or *")?,
            SanKind::Uri => uri_shape(written),
            SanKind::Rid => rid_shape(written)?,
            SanKind::DirName if written == "*" || written == "**" => Shape::All,
            SanKind::DirName if written.contains('=') => {
                Shape::DirName(Glob::new(written, DIRECTORY_NAME))
            }
            SanKind::DirName => {
                return Err("not a pattern over RFC 4514 names, such as CN=*,O=Example,C=DE or **");
            }
            SanKind::Other => return Err("names of unknown kinds are never issued"),
        };
        Ok(Self {
            written: written.to_owned(),
            shape,
        })
    }

    /// As the profile has it.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// True if the name fits.
    pub(super) fn matches(&self, name: &GeneralName, side: Side) -> bool {
        let rules = |rules: Rules| match side {
            Side::Allow => rules,
            Side::Deny => rules.caseless(),
        };
        match (&self.shape, name) {
            (Shape::All, _) => true,
            (Shape::Host(glob), GeneralName::Dns(host)) => {
                glob.matches(host, Rules::HOST) || (side == Side::Deny && covers(host, glob))
            }
            (Shape::Mailbox(local, domain), GeneralName::Email(text) | GeneralName::Upn(text)) => {
                text.rsplit_once('@').is_some_and(|(user, host)| {
                    local.matches(user, rules(LOCAL_PART)) && domain.matches(host, Rules::HOST)
                })
            }
            (Shape::Network(base, prefix), GeneralName::Ip(address)) => {
                // ::ffff:10.0.0.1 is 10.0.0.1
                in_network(*base, *prefix, *address)
                    || in_network(*base, *prefix, address.to_canonical())
            }
            (Shape::Uri(shape), GeneralName::Uri(uri)) => shape.matches(uri, rules(PATH), side),
            (Shape::Rid(glob), GeneralName::Rid(oid)) => {
                glob.matches(&oid.to_string(), Rules::HOST)
            }
            (Shape::DirName(glob), GeneralName::DirName(name)) => {
                glob.matches(&name.rfc4514(), rules(DIRECTORY_NAME))
            }
            _ => false,
        }
    }
}

impl UriShape {
    fn matches(&self, uri: &str, path: Rules, side: Side) -> bool {
        match (self, split_uri(uri)) {
            (
                Self::Hierarchical {
                    scheme,
                    authority,
                    rest,
                },
                Some((s, a, r)),
            ) => {
                // a path that climbs means another one than it spells
                let climbs = side == Side::Allow && climbs(r);
                scheme.matches(s, Rules::HOST)
                    && authority.matches(a, AUTHORITY)
                    && rest.matches(r, path)
                    && !climbs
            }
            (Self::Opaque(glob), _) => glob.matches(uri, path),
            (Self::Hierarchical { .. }, None) => false,
        }
    }
}

/// True if the wildcard host covers a name that the glob fits.
fn covers(host: &str, glob: &Glob) -> bool {
    host.starts_with("*.") && Glob::new(host, Rules::HOST).meets(glob, Rules::HOST)
}

fn mailbox_shape(written: &str) -> Result<Shape, &'static str> {
    match written.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(Shape::Mailbox(
            Glob::new(local, LOCAL_PART),
            Glob::new(domain, Rules::HOST),
        )),
        None if written == "*" || written == "**" => Ok(Shape::All),
        _ => Err("not a pattern over mailboxes, such as *@example.com, *@**.example.com or *"),
    }
}

fn uri_shape(written: &str) -> Shape {
    let Some((scheme, authority, rest)) = split_uri(written) else {
        return Shape::Uri(UriShape::Opaque(Glob::new(written, PATH)));
    };
    // https://** speaks of everything behind it
    let rest = if authority == "**" && rest.is_empty() {
        "**"
    } else {
        rest
    };
    Shape::Uri(UriShape::Hierarchical {
        scheme: Glob::new(scheme, Rules::HOST),
        authority: Glob::new(authority, AUTHORITY),
        rest: Glob::new(rest, PATH),
    })
}

fn rid_shape(written: &str) -> Result<Shape, &'static str> {
    let fits = written
        .split('.')
        .all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit() || b == b'*'));
    if fits {
        Ok(Shape::Rid(Glob::new(written, Rules::HOST)))
    } else {
        Err("not a pattern over object identifiers, such as 1.3.6.1.4.1.99999.** or **")
    }
}

/// Scheme, authority, and all the rest with its slash.
fn split_uri(uri: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    if scheme.contains(['/', '?', '#', ':']) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    Some((scheme, authority, rest))
}

fn climbs(rest: &str) -> bool {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    path.to_ascii_lowercase()
        .replace("%2e", ".")
        .split('/')
        .any(|segment| segment == "." || segment == "..")
}

/// One pattern for the values of a subject attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValuePattern {
    written: String,
    shape: ValueShape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ValueShape {
    /// emailAddress: like an email SAN.
    Mailbox(SanPattern),
    /// DC: letter case aside.
    Label(Glob),
    Plain(Glob),
}

impl ValuePattern {
    /// Reads one for this attribute; the error says what it should look like.
    pub(super) fn parse(oid: &Oid, written: &str) -> Result<Self, &'static str> {
        let shape = if *oid == known::EMAIL_ADDRESS {
            ValueShape::Mailbox(SanPattern::parse(SanKind::Email, written)?)
        } else if written.is_empty() {
            return Err("an empty pattern fits nothing");
        } else if *oid == known::DOMAIN_COMPONENT {
            ValueShape::Label(Glob::new(written, Rules::PLAIN))
        } else {
            ValueShape::Plain(Glob::new(written, Rules::PLAIN))
        };
        Ok(Self {
            written: written.to_owned(),
            shape,
        })
    }

    /// As the profile has it.
    pub(super) fn written(&self) -> &str {
        &self.written
    }

    /// True if the value fits.
    pub(super) fn matches(&self, value: &str) -> bool {
        match &self.shape {
            ValueShape::Mailbox(pattern) => {
                pattern.matches(&GeneralName::Email(value.to_owned()), Side::Allow)
            }
            ValueShape::Label(glob) => glob.matches(value, Rules::PLAIN.caseless()),
            ValueShape::Plain(glob) => glob.matches(value, Rules::PLAIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::san_text;
    use proptest::prelude::*;

    fn fits(side: Side, pattern: &str, san: &str) -> bool {
        let (word, written) = pattern.split_once(':').unwrap();
        let pattern = SanPattern::parse(SanKind::by_word(word).unwrap(), written).unwrap();
        pattern.matches(&san_text::parse(san).unwrap(), side)
    }

    #[test]
    fn each_kind_has_its_parts() {
        for (pattern, san, expected) in [
            ("dns:*.example.com", "dns:www.EXAMPLE.com", true),
            ("dns:*.example.com", "dns:a.b.example.com", false),
            ("dns:**.example.com", "dns:a.b.example.com", true),
            ("dns:**.example.com", "dns:example.com", false),
            ("dns:*.example.com", "dns:*.example.com", true),
            ("dns:w*.example.com", "dns:*.example.com", false),
            ("email:*@example.com", "email:alice@EXAMPLE.com", true),
            ("email:*@example.com", "email:alice@sub.example.com", false),
            (
                "email:*@**.example.com",
                "email:alice@a.b.example.com",
                true,
            ),
            ("email:alice@example.com", "email:Alice@example.com", false),
            (
                "email:*@example.com",
                "email:alice@example.com.evil.org",
                false,
            ),
            ("email:*", "email:anyone@anywhere.example", true),
            ("upn:*@corp", "upn:alice@CORP", true),
            ("upn:*@corp", "upn:alice@other@corp", false),
            ("ip:10.0.0.0/8", "ip:10.9.8.7", true),
            ("ip:10.0.0.0/8", "ip:11.0.0.1", false),
            ("ip:10.0.0.0/8", "ip:::ffff:10.0.0.1", true),
            ("ip:2001:db8::/32", "ip:2001:db8::1", true),
            ("ip:127.0.0.1", "ip:127.0.0.2", false),
            ("ip:*", "ip:::1", true),
            (
                "uri:https://*.example.com/**",
                "uri:https://a.example.com/x/y?z",
                true,
            ),
            (
                "uri:https://*.example.com/**",
                "uri:https://evil.org/.example.com/",
                false,
            ),
            (
                "uri:https://*.example.com/**",
                "uri:https://evil.org?.example.com/",
                false,
            ),
            (
                "uri:https://**.example.com/**",
                "uri:https://x@evil.org#.example.com/",
                false,
            ),
            (
                "uri:https://example.com/a/*",
                "uri:https://EXAMPLE.com/a/b",
                true,
            ),
            (
                "uri:https://example.com/a/*",
                "uri:https://example.com/a/b/c",
                false,
            ),
            (
                "uri:https://example.com/a/**",
                "uri:https://example.com/a/../b",
                false,
            ),
            (
                "uri:https://example.com/a/**",
                "uri:https://example.com/a/%2E%2e/b",
                false,
            ),
            (
                "uri:spiffe://cluster/ns/*/sa/*",
                "uri:spiffe://cluster/ns/x/sa/y",
                true,
            ),
            (
                "uri:https://**",
                "uri:https://anything.example/at/all",
                true,
            ),
            ("uri:https://**", "uri:http://anything.example/", false),
            ("uri:urn:uuid:*", "uri:urn:uuid:12-34", true),
            ("uri:**", "uri:https://a.example/b", true),
            ("rid:1.2.3.*", "rid:1.2.3.4", true),
            ("rid:1.2.3.*", "rid:1.2.3.4.5", false),
            ("rid:1.2.**", "rid:1.2.3.4.5", true),
            ("dirname:CN=*,O=x", "dirname:CN=a,O=x", true),
            ("dirname:CN=*,O=x", "dirname:CN=a,OU=b,O=x", false),
            ("dirname:**,O=x", "dirname:CN=a\\,O=x", false),
            ("dirname:**", "dirname:CN=a,OU=b", true),
        ] {
            assert_eq!(fits(Side::Allow, pattern, san), expected, "{pattern} {san}");
        }
    }

    #[test]
    fn a_denial_errs_on_the_other_side() {
        for (pattern, san) in [
            ("email:root@example.com", "email:Root@Example.com"),
            ("dns:root.example.com", "dns:*.example.com"),
            ("dns:**.secret.example.com", "dns:*.secret.example.com"),
            (
                "uri:https://example.com/Admin",
                "uri:https://example.com/admin",
            ),
            ("ip:10.0.0.0/8", "ip:::ffff:10.0.0.1"),
        ] {
            assert!(fits(Side::Deny, pattern, san), "{pattern} {san}");
        }
        assert!(!fits(
            Side::Deny,
            "dns:root.example.com",
            "dns:*.example.org"
        ));
    }

    #[test]
    fn what_is_no_pattern_of_its_kind() {
        for (kind, written) in [
            (SanKind::Email, "example.com"),
            (SanKind::Email, "@example.com"),
            (SanKind::Ip, "10.0.0.*"),
            (SanKind::Ip, "10.0.0.0/33"),
            (SanKind::Rid, "a.b"),
            (SanKind::DirName, "Example"),
            (SanKind::Dns, ""),
        ] {
            assert!(
                SanPattern::parse(kind, written).is_err(),
                "{kind} {written}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_pattern_panics(written in ".{0,20}", value in ".{0,20}") {
            for (kind, name) in [
                (SanKind::Email, GeneralName::Email(value.clone())),
                (SanKind::Dns, GeneralName::Dns(value.clone())),
                (SanKind::Uri, GeneralName::Uri(value.clone())),
                (SanKind::Upn, GeneralName::Upn(value.clone())),
            ] {
                if let Ok(pattern) = SanPattern::parse(kind, &written) {
                    let _fits = [Side::Allow, Side::Deny].map(|side| pattern.matches(&name, side));
                }
            }
        }
    }
}
