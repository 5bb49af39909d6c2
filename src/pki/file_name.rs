//! Names: the file stem under which a key, a request and a certificate lie in a PKI directory.
//!
//! Owns what such a name may be, so that no name from a command line, a manifest or a request can
//! leave the folder it is meant for. Adopted directories have names with blanks and in any script.

use std::fmt;
use std::str::FromStr;

use crate::x509::attribute::is_invisible;

/// A name that is safe as a file's stem in every folder of the PKI directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileName(String);

impl FileName {
    /// The longest name in bytes: with any suffix in use it is a file name of at most 255.
    pub const MAX_BYTES: usize = 255 - LONGEST_SUFFIX.len();

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FileName {
    type Err = BadFileName;

    fn from_str(name: &str) -> Result<Self, BadFileName> {
        let why = if name.is_empty() {
            Fault::Empty
        } else if name == CA {
            Fault::Reserved
        } else if name.contains('/') {
            Fault::Slash
        } else if name.starts_with('-') {
            Fault::LeadingDash
        } else if name.starts_with('.') {
            Fault::LeadingDot
        } else if name.contains("..") {
            Fault::DotDot
        } else if let Some(c) = name.chars().find(|c| c.is_control() || is_invisible(*c)) {
            Fault::Control(c)
        } else if name.trim() != name {
            Fault::OuterBlank
        } else if name.len() > Self::MAX_BYTES {
            Fault::TooLong(name.len())
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(BadFileName {
            name: name.to_owned(),
            why,
        })
    }
}

/// A text that is no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFileName {
    /// The text, a stranger's perhaps.
    pub name: String,
    /// What is wrong with it.
    pub why: Fault,
}

/// What keeps a text from being a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing there.
    Empty,
    /// `ca` is the CA's own.
    Reserved,
    /// It has a `/`.
    Slash,
    /// It has a `..`.
    DotDot,
    /// It looks like an option.
    LeadingDash,
    /// It would be a hidden file.
    LeadingDot,
    /// A control character, a NUL or one that turns the direction of writing.
    Control(char),
    /// White space at one of its ends.
    OuterBlank,
    /// More bytes than a file name may have.
    TooLong(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Reserved => f.write_str("that name is the CA's own"),
            Self::Slash => f.write_str("it has a \"/\""),
            Self::DotDot => f.write_str("it has a \"..\""),
            Self::LeadingDash => f.write_str("it begins with \"-\""),
            Self::LeadingDot => f.write_str("it begins with \".\""),
            Self::Control(c) => write!(f, "it has the control character U+{:04X}", u32::from(*c)),
            Self::OuterBlank => f.write_str("it begins or ends with white space"),
            Self::TooLong(length) => write!(
                f,
                "it has {length} bytes, and at most {} are possible",
                FileName::MAX_BYTES
            ),
        }
    }
}

impl fmt::Display for BadFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} cannot be a name: {}", self.name, self.why)
    }
}

impl std::error::Error for BadFileName {}

const CA: &str = "ca";
const LONGEST_SUFFIX: &str = ".inline";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn what_is_no_name_says_why() {
        for (name, why) in [
            ("", Fault::Empty),
            ("ca", Fault::Reserved),
            ("../x", Fault::Slash),
            ("a/b", Fault::Slash),
            ("..", Fault::LeadingDot),
            ("a..b", Fault::DotDot),
            ("-x", Fault::LeadingDash),
            (".x", Fault::LeadingDot),
            ("a\nb", Fault::Control('\n')),
            ("a\0b", Fault::Control('\0')),
            ("a\u{202e}b", Fault::Control('\u{202e}')),
            ("a\u{61c}b", Fault::Control('\u{61c}')),
            ("a\u{ad}b", Fault::Control('\u{ad}')),
            (" a", Fault::OuterBlank),
        ] {
            assert_eq!(
                name.parse::<FileName>().map_err(|e| e.why),
                Err(why),
                "{name:?}"
            );
        }
        let long = "x".repeat(FileName::MAX_BYTES + 1);
        assert_eq!(
            long.parse::<FileName>().map_err(|e| e.why),
            Err(Fault::TooLong(249))
        );
    }

    #[test]
    fn names_of_adopted_directories_are_names() {
        for name in [
            "alice",
            "Jürgen Müller",
            "*.example.com",
            "a@b.c",
            "CA",
            "10.0.0.1",
            "x y",
        ] {
            assert!(name.parse::<FileName>().is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(text in r"[\PC./\x00-]{0,12}|\PC{0,300}") {
            if let Ok(name) = text.parse::<FileName>() {
                for suffix in ["", ".crt", LONGEST_SUFFIX] {
                    let file = format!("{name}{suffix}");
                    let parts: Vec<_> = Path::new(&file).components().collect();
                    prop_assert_eq!(parts, vec![Component::Normal(file.as_ref())]);
                    prop_assert!(file.len() <= 255);
                }
            }
        }
    }
}
