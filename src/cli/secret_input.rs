//! Passphrases from the five sources that OpenSSL knows, and from the terminal.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Duration;

use super::output::Output;
use super::values;
use crate::ops::passphrase_source::Source;
use crate::ops::{Notices as _, PassphraseError, Passphrases, SourcedPassphrases};
use crate::primitives::disk;
use crate::primitives::secret::Secret;

/// `--passin` on commands that open a key.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct PassIn {
    /// Where the passphrase of the key to open comes from
    ///
    /// `pass:TEXT`, `env:NAME`, `file:PATH` (its first line), `fd:N` or `stdin`, as in OpenSSL: a
    /// carriage return before the line feed is part of the passphrase.
    /// Without it privca asks on the terminal, if the key is encrypted.
    #[arg(long, value_name = "SOURCE", value_parser = values::passphrase_source, help_heading = "Passphrases")]
    pub(super) passin: Option<Source>,
}

/// `--passout` and `--no-pass` on commands that write a key.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct PassOut {
    /// Where the passphrase of the new key comes from
    ///
    /// Spelled like --passin. Where both name the same file, it holds two lines: the first is for
    /// --passin, the second for --passout.
    #[arg(long, value_name = "SOURCE", value_parser = values::passphrase_source, help_heading = "Passphrases")]
    pub(super) passout: Option<Source>,

    /// Write the new key unencrypted
    #[arg(long, conflicts_with = "passout", help_heading = "Passphrases")]
    pub(super) no_pass: bool,
}

/// Answers the operations' questions for passphrases.
pub(super) struct SecretInput<'a> {
    output: &'a Output<'a>,
    passin: Option<Source>,
    passout: Option<Source>,
    no_pass: bool,
    lines: HashMap<Source, Vec<Secret>>,
}

impl<'a> SecretInput<'a> {
    /// With what the command line said; a `pass:` source gets a warning, one for all.
    pub(super) fn new(output: &'a Output<'a>, passin: &PassIn, passout: &PassOut) -> Self {
        let sources = [&passin.passin, &passout.passout];
        if sources.iter().any(|s| matches!(s, Some(Source::Pass(_)))) {
            output.caution(
                "pass: shows the passphrase to everybody who can list processes; file: or fd: does not",
            );
        }
        Self {
            output,
            passin: passin.passin.clone(),
            passout: passout.passout.clone(),
            no_pass: passout.no_pass,
            lines: HashMap::new(),
        }
    }

    /// The passphrase, byte for byte the one that OpenSSL takes from there.
    fn read(&mut self, source: &Source, line: usize) -> Result<Secret, PassphraseError> {
        let secret = self.line_of(source, line)?;
        if secret.expose().ends_with(b"\r") {
            let place = match source {
                Source::Pass(_) | Source::Env(_) => source.to_string(),
                _ => format!("line {} of {source}", line + 1),
            };
            self.output.caution(&format!(
                "{place} ends with a carriage return, which is part of the passphrase, as in OpenSSL; a file saved with LF line ends has none"
            ));
        }
        Ok(secret)
    }

    fn line_of(&mut self, source: &Source, line: usize) -> Result<Secret, PassphraseError> {
        let missing = |said: String, hint: &str| PassphraseError {
            said,
            hint: hint.to_owned(),
        };
        match source {
            Source::Pass(text) => return Ok(text.clone().into()),
            Source::Env(name) => {
                return std::env::var(name).map(Secret::from).map_err(|_| {
                    missing(
                        format!("the environment variable {name} is not set"),
                        "export it, or name another source",
                    )
                });
            }
            Source::File(_) | Source::Fd(_) | Source::Stdin => {}
        }
        if !self.lines.contains_key(source) {
            let lines = self.read_lines(source).map_err(|error| {
                missing(
                    format!(
                        "cannot read the passphrase from {source}: {}",
                        disk::in_words(&error)
                    ),
                    "check that it exists and may be read",
                )
            })?;
            self.lines.insert(source.clone(), lines);
        }
        let read = self.lines.get(source).and_then(|lines| lines.get(line));
        read.cloned().ok_or_else(|| {
            missing(format!("{source} has no line {} to take the passphrase from", line + 1), "the first line is for --passin, the second for --passout where both name the same source")
        })
    }

    /// The first two lines, without the line feed that ends each: OpenSSL takes off no more.
    fn read_lines(&self, source: &Source) -> std::io::Result<Vec<Secret>> {
        let input: Box<dyn Read + '_> = match source {
            Source::File(path) => Box::new(disk::open_patiently(path, FIFO_PATIENCE)?),
            Source::Fd(number) => Box::new(File::open(format!("/dev/fd/{number}"))?),
            _ => self.output.terminal().stdin(),
        };
        let mut input = BufReader::with_capacity(1, input.take(MOST));
        let mut lines = Vec::new();
        // a pipe may stay open behind the lines that are needed: read no further than them
        let wanted = if self.passin == self.passout { 2 } else { 1 };
        while lines.len() < wanted {
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            lines.push(Secret::new(line));
        }
        Ok(lines)
    }

    /// A passphrase for a new file.
    fn new_one(&mut self, source: &Source) -> Result<Secret, PassphraseError> {
        let line = usize::from(self.passin.as_ref() == Some(source));
        let secret = self.read(source, line)?;
        match unfit(&secret) {
            None => Ok(secret),
            Some(fault) => Err(PassphraseError {
                said: format!("the one from {source} {fault}"),
                hint: "nothing was written; give another one, or --no-pass for none".to_owned(),
            }),
        }
    }

    fn ask(&self, text: &str, option: &str) -> Result<Secret, PassphraseError> {
        self.output.show_passing("");
        match self.output.terminal().prompt(text) {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(PassphraseError {
                said: "one is needed, and there is no terminal to ask for it".to_owned(),
                hint: option.to_owned(),
            }),
            Err(error) => Err(PassphraseError {
                said: format!("none was given on the terminal: {}", error.kind()),
                hint: option.to_owned(),
            }),
        }
    }
}

/// How long a FIFO may say nothing.
const FIFO_PATIENCE: Duration = Duration::from_secs(10);
/// More than any passphrase; a file of another kind is not read whole.
const MOST: u64 = 1 << 16;

impl SourcedPassphrases for SecretInput<'_> {
    fn of_source(&mut self, source: &Source) -> Result<Secret, PassphraseError> {
        self.new_one(source)
    }
}

/// The longest line that OpenSSL takes from a `file:`, in bytes.
const LONGEST: usize = 1023;

/// Why nobody should have this as a passphrase: to other programs it is a C string, and they could not
/// be given it.
fn unfit(new: &Secret) -> Option<&'static str> {
    match new.expose() {
        bytes if bytes.contains(&0) => Some("has a null byte"),
        bytes if bytes.len() > LONGEST => Some("has more than 1023 bytes"),
        _ => None,
    }
}

impl Passphrases for SecretInput<'_> {
    fn of_key(&mut self, file: &Path) -> Result<Secret, PassphraseError> {
        match self.passin.clone() {
            Some(source) => self.read(&source, 0),
            None => self.ask(
                &format!("Passphrase of {}: ", file.display()),
                "give --passin SOURCE (pass:, env:, file:, fd: or stdin)",
            ),
        }
    }

    fn for_new(&mut self, file: &Path) -> Result<Option<Secret>, PassphraseError> {
        if self.no_pass {
            return Ok(None);
        }
        if let Some(source) = self.passout.clone() {
            return self.new_one(&source).map(Some);
        }
        let option =
            "give --passout SOURCE (pass:, env:, file:, fd: or stdin), or --no-pass for none";
        let first = self.ask(&format!("New passphrase for {}: ", file.display()), option)?;
        let second = self.ask("The same again: ", option)?;
        let fault = match first.is_empty() {
            true => Some("is empty"),
            false => unfit(&first),
        };
        if let Some(fault) = fault {
            let said = format!("the one that was typed {fault}");
            return Err(PassphraseError {
                said,
                hint: option.to_owned(),
            });
        }
        if first.expose() != second.expose() {
            let said = "the two passphrases differ".to_owned();
            return Err(PassphraseError {
                said,
                hint: "nothing was written; try again".to_owned(),
            });
        }
        Ok(Some(first))
    }
}
