//! Shows objects as they come: text, JSON or short lines on standard output, faults on standard
//! error. Nothing is kept but counts.

use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use super::short;
use crate::cli::output::{Output, escaped};
use crate::ops::Notices as _;
use crate::ops::inspect::{Fault, Fingerprint, Object, Viewer};
use crate::primitives::time::Timestamp;

/// How objects are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// As OpenSSL's -text
    Text,
    /// Every field as data
    Json,
    /// One line an object
    Short,
}

/// The hash of a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Hash {
    /// SHA-256
    Sha256,
    /// SHA-1
    Sha1,
}

impl Hash {
    fn word(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
        }
    }

    fn algorithm(self) -> Fingerprint {
        match self {
            Self::Sha256 => Fingerprint::Sha256,
            Self::Sha1 => Fingerprint::Sha1,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    pub(super) format: Option<Format>,
    pub(super) fingerprint: Option<Hash>,
    pub(super) show_private: bool,
    /// What ends by then is reported.
    pub(super) limit: Option<Timestamp>,
    pub(super) now: Timestamp,
}

/// Most faults of one run that are said one by one on standard error.
const MOST_FAULTS: u64 = 100;

/// The viewer on the person's terminal or pipe.
pub(super) struct View<'a> {
    output: &'a Output<'a>,
    out: BufWriter<Box<dyn Write + 'a>>,
    wishes: Wishes,
    colour: bool,
    shown: u64,
    faults: Vec<Value>,
    fault_count: u64,
    ending: Vec<Value>,
    ending_count: u64,
}

impl<'a> View<'a> {
    /// At the start of a run.
    pub(super) fn new(output: &'a Output<'a>, wishes: Wishes) -> io::Result<Self> {
        let terminal = output.terminal();
        let mut view = Self {
            output,
            out: BufWriter::with_capacity(1 << 16, terminal.stdout()),
            wishes,
            colour: short::colour_is_wanted(terminal.stdout_is_terminal()),
            shown: 0,
            faults: Vec::new(),
            fault_count: 0,
            ending: Vec::new(),
            ending_count: 0,
        };
        if view.is_json() {
            view.out.write_all(b"{\"objects\":[")?;
        }
        Ok(view)
    }

    fn is_json(&self) -> bool {
        self.wishes.format == Some(Format::Json)
    }

    /// The end of the output; gives how many of the objects end within the time that was asked for.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        if self.is_json() {
            let faults = Value::from(std::mem::take(&mut self.faults));
            write!(self.out, "\n],\"errors\":{faults}")?;
            if self.wishes.limit.is_some() {
                let ending = Value::from(std::mem::take(&mut self.ending));
                write!(self.out, ",\"ending\":{ending}")?;
            }
            self.out.write_all(b"}\n")?;
        }
        self.out.flush()?;
        let more = self.fault_count.saturating_sub(MOST_FAULTS);
        if more > 0 {
            let mut stderr = self.output.terminal().stderr();
            drop(writeln!(
                stderr,
                "error[cannot-show]: {more} more objects cannot be shown"
            ));
        }
        Ok(self.ending_count)
    }

    fn ending(&mut self, object: &Object) {
        let Some(limit) = self.wishes.limit else {
            return;
        };
        for (what, end) in object.ending_by(limit) {
            self.ending_count += 1;
            if self.is_json() {
                let number = object.place.number;
                self.ending.push(json!({
                    "file": object.place.file,
                    "number": number,
                    "what": what,
                    "ends": end.to_string(),
                }));
            }
            let words = short::ends(end, self.wishes.now);
            let (file, what) = (escaped(&object.place.file), escaped(&what));
            let line = format!("error[ending]: {file}: {what} {words} ({end})");
            drop(writeln!(self.output.terminal().stderr(), "{line}"));
        }
    }

    fn json(&mut self, object: &Object) -> io::Result<Result<(), Fault>> {
        let report = match object.report(self.wishes.show_private, self.wishes.now) {
            Ok(report) => report,
            Err(fault) => return Ok(Err(fault)),
        };
        let comma: &[u8] = if self.shown == 0 { b"\n" } else { b",\n" };
        self.out.write_all(comma)?;
        serde_json::to_writer(&mut self.out, &report)?;
        Ok(Ok(()))
    }

    fn short(&mut self, object: &Object) -> io::Result<Result<(), Fault>> {
        let lines = match object.summaries() {
            Ok(lines) => lines,
            Err(fault) => return Ok(Err(fault)),
        };
        let sha1 = self.wishes.fingerprint == Some(Hash::Sha1);
        for line in lines {
            let text = short::line(&line, self.wishes.now, sha1, self.colour);
            writeln!(self.out, "{text}")?;
        }
        Ok(Ok(()))
    }

    fn fingerprints(&mut self, object: &Object, hash: Hash) -> io::Result<()> {
        for fingerprint in object.fingerprints(hash.algorithm()) {
            writeln!(self.out, "{} Fingerprint={fingerprint}", hash.word())?;
        }
        Ok(())
    }
}

impl Viewer for View<'_> {
    fn object(&mut self, object: &Object) -> io::Result<Result<(), Fault>> {
        let written = match (self.wishes.format, self.wishes.fingerprint) {
            (Some(Format::Json), _) => self.json(object)?,
            (Some(Format::Short), _) => self.short(object)?,
            (None, Some(hash)) => match object.write_text(false, &mut io::sink())? {
                Ok(()) => Ok(self.fingerprints(object, hash)?),
                Err(fault) => Err(fault),
            },
            (None | Some(Format::Text), wanted) => {
                let written = object.write_text(self.wishes.show_private, &mut self.out)?;
                if let (Ok(()), Some(hash)) = (&written, wanted) {
                    self.fingerprints(object, hash)?;
                }
                written
            }
        };
        if written.is_ok() {
            self.shown += 1;
            self.ending(object);
        }
        Ok(written)
    }

    fn fault(&mut self, fault: &Fault) {
        self.fault_count += 1;
        if self.fault_count > MOST_FAULTS {
            return;
        }
        // the order of objects and faults holds where both go to the same place
        drop(self.out.flush());
        let mut text = format!("error[cannot-show]: {}\n", escaped(&fault.to_string()));
        if let Some(hint) = fault.hint {
            text.push_str(&format!("hint: {hint}\n"));
        }
        self.output.say(&text);
        if self.is_json() {
            self.faults.push(json!({
                "file": fault.file,
                "number": fault.number,
                "offset": fault.offset,
                "message": fault.said,
            }));
        }
    }

    fn note(&mut self, text: &str) {
        drop(self.out.flush());
        self.output.warn(text);
    }
}
