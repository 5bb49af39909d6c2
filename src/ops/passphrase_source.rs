//! Where a passphrase comes from, spelled as in OpenSSL: on the command line and in manifests.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a passphrase comes from, spelled as in OpenSSL.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// `pass:TEXT`.
    Pass(String),
    /// `env:NAME`.
    Env(String),
    /// `file:PATH`: its first line.
    File(PathBuf),
    /// `fd:N`: the first line that can be read there.
    Fd(u32),
    /// `stdin`: its first line.
    Stdin,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Source {
    /// The source without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(_) => f.write_str("pass:..."),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Fd(number) => write!(f, "fd:{number}"),
            Self::Stdin => f.write_str("stdin"),
        }
    }
}

/// The text names no source. It is not repeated: it may be the secret itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSource;

impl fmt::Display for NoSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("passphrase sources are pass:TEXT, env:NAME, file:PATH, fd:N and stdin")
    }
}

impl std::error::Error for NoSource {}

impl FromStr for Source {
    type Err = NoSource;

    fn from_str(text: &str) -> Result<Self, NoSource> {
        match text.split_once(':') {
            _ if text == "stdin" => Ok(Self::Stdin),
            Some(("pass", secret)) => Ok(Self::Pass(secret.to_owned())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("fd", number)) => number.parse().map(Self::Fd).map_err(|_| NoSource),
            _ => Err(NoSource),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_spelled_as_in_openssl() {
        let read = str::parse::<Source>;
        assert_eq!(read("pass:a:b"), Ok(Source::Pass("a:b".into())));
        assert_eq!(read("pass:"), Ok(Source::Pass(String::new())));
        assert_eq!(read("env:X"), Ok(Source::Env("X".into())));
        assert_eq!(read("file:/a b"), Ok(Source::File("/a b".into())));
        assert_eq!(read("fd:3"), Ok(Source::Fd(3)));
        assert_eq!(read("stdin"), Ok(Source::Stdin));
        for wrong in ["", "hunter2", "fd:x", "env:", "file:", "stdin:"] {
            let said = read(wrong).unwrap_err().to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
        assert_eq!(format!("{:?}", Source::Pass("hunter2".into())), "pass:...");
    }
}
