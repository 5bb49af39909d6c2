//! `inspect`: any file, told by its content, object by object. It shows, and verifies nothing.
//!
//! `source` finds the objects of a file one at a time, `detect` tells what each is, `object`
//! opens it, `report` makes data of it and `summary` a line.

mod detect;
mod extensions;
mod key_report;
mod names;
mod object;
mod p12_text;
mod report;
mod source;
mod summary;

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

pub use detect::Kind;
pub use object::{Content, Fingerprint, Key, Object};
pub use report::Report;
pub use source::{Fault, Place};
pub use summary::Summary;

use super::{Error, PassphraseError, Passphrases};
use crate::pki::{FileName, Layout};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::text;

/// What to call an object in a sentence: its kind and subject. Strangers' text, to be escaped.
pub fn title(content: &Content) -> String {
    summary::of_one(content).title()
}

/// What to show.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files, names in the PKI directory, or `-`.
    pub inputs: Vec<PathBuf>,
    /// The PKI directory for the names.
    pub pki: PathBuf,
    /// True if a passphrase must be had for what is encrypted; else what is visible without one
    /// is shown where nobody can be asked.
    pub must_open: bool,
}

/// Who is shown the objects, in their order. An error ends the run: the output is closed.
pub trait Viewer {
    /// An object.
    ///
    /// # Errors
    /// When the output ends.
    fn object(&mut self, object: &Object) -> std::io::Result<Result<(), Fault>>;

    /// An object that cannot be shown, or a file with none.
    fn fault(&mut self, fault: &Fault);

    /// Something that a person should know.
    fn note(&mut self, text: &str);
}

/// Why a run ended early.
#[derive(Debug)]
pub enum Ended {
    /// The viewer's output ended.
    Output(std::io::Error),
    /// No passphrase, or a wrong one.
    Operation(Error),
}

/// Shows every object of every input; gives the number of faults.
///
/// # Errors
/// When the output ends, or a passphrase is missing or wrong.
pub fn run<'s>(
    request: &Request,
    stdin: &dyn Fn() -> Box<dyn Read + 's>,
    passphrases: &mut dyn Passphrases,
    viewer: &mut dyn Viewer,
) -> Result<u64, Ended> {
    let mut walk = Walk {
        request,
        passphrases,
        viewer,
        faults: 0,
        wrong: None,
    };
    for input in &request.inputs {
        if input.as_os_str() == "-" {
            walk.input("standard input", input, &mut *stdin())?;
            continue;
        }
        match open(input, &request.pki) {
            Ok((path, mut file)) => walk.input(&path.display().to_string(), &path, &mut file)?,
            Err(fault) => walk.fault(&fault),
        }
    }
    match walk.wrong {
        Some(error) => Err(Ended::Operation(error)),
        None => Ok(walk.faults),
    }
}

struct Walk<'a> {
    request: &'a Request,
    passphrases: &'a mut dyn Passphrases,
    viewer: &'a mut dyn Viewer,
    faults: u64,
    /// The first passphrase that did not fit: it decides the exit, after everything is shown.
    wrong: Option<Error>,
}

impl Walk<'_> {
    fn fault(&mut self, fault: &Fault) {
        self.faults += 1;
        self.viewer.fault(fault);
    }

    fn input(&mut self, what: &str, path: &Path, input: &mut dyn Read) -> Result<(), Ended> {
        let mut objects = source::Objects::new(what, BufReader::with_capacity(1 << 16, input));
        let (mut shown, mut unknown) = (0u64, None);
        while let Some(found) = objects.next_object() {
            match found {
                Ok(source::Found::Unknown(fault)) => {
                    let note = format!("{fault}; it is not shown");
                    self.viewer.note(&note);
                    unknown.get_or_insert(fault);
                }
                Ok(source::Found::Raw(raw)) => {
                    shown += 1;
                    self.raw(raw, path)?;
                }
                Ok(source::Found::Trailing(note)) => self.viewer.note(&note),
                Err(fault) => {
                    shown += 1;
                    self.fault(&fault);
                }
            }
        }
        if shown == 0 {
            let nothing = Fault::nothing(what, objects.is_empty(), unknown.is_some());
            self.fault(&nothing);
        }
        Ok(())
    }

    fn raw(&mut self, raw: source::Raw, path: &Path) -> Result<(), Ended> {
        let place = raw.place.clone();
        let mut ask = object::Ask {
            path,
            passphrases: &mut *self.passphrases,
            must_open: self.request.must_open,
            note: None,
        };
        let object = Object::read(raw, &mut ask);
        if let Some(note) = ask.note {
            self.viewer.note(&note);
        }
        match object {
            Ok(object) => match self.viewer.object(&object).map_err(Ended::Output)? {
                Ok(()) => Ok(()),
                Err(fault) => {
                    self.fault(&fault);
                    Ok(())
                }
            },
            Err(object::NotRead::Fault(said)) => {
                self.fault(&place.fault(said));
                Ok(())
            }
            Err(object::NotRead::Passphrase(error)) => {
                let said = match &error {
                    Error::Key(_, fault) => fault.to_string(),
                    Error::NoPassphrase(_, why) => format!("{}; {}", why.said, why.hint),
                    other => other.to_string(),
                };
                self.fault(&place.fault(said));
                self.wrong.get_or_insert(error);
                Ok(())
            }
        }
    }
}

/// Shows the objects of a file that is in memory; nobody is asked for passphrases, and what cannot
/// be shown is passed over.
pub fn of_bytes(file: &[u8], see: &mut dyn FnMut(&Object)) {
    struct Nobody;
    impl Passphrases for Nobody {
        fn of_key(&mut self, _: &Path) -> Result<Secret, PassphraseError> {
            Err(PassphraseError {
                said: "nobody is asked".to_owned(),
                hint: String::new(),
            })
        }

        fn for_new(&mut self, file: &Path) -> Result<Option<Secret>, PassphraseError> {
            self.of_key(file).map(Some)
        }
    }
    let mut objects = source::Objects::new("memory", file);
    while let Some(found) = objects.next_object() {
        let Ok(source::Found::Raw(raw)) = found else {
            continue;
        };
        let mut ask = object::Ask {
            path: Path::new("memory"),
            passphrases: &mut Nobody,
            must_open: false,
            note: None,
        };
        if let Ok(object) = Object::read(raw, &mut ask) {
            see(&object);
        }
    }
}

/// A file; where there is none of this name, the certificate, request, key or bundle of this name
/// in the PKI directory. A FIFO that a person names is read, too, while its writer writes; one that
/// lies in the directory is not.
fn open(input: &Path, pki: &Path) -> Result<(PathBuf, Box<dyn Read>), Fault> {
    let unreadable =
        |path: &Path, error: &std::io::Error| Fault::of_file(&path.display().to_string(), error);
    let absent = match disk::open_patiently(input, FIFO_PATIENCE) {
        Ok(file) => return Ok((input.to_owned(), Box::new(file))),
        Err(error) => error,
    };
    if absent.kind() != std::io::ErrorKind::NotFound {
        return Err(unreadable(input, &absent));
    }
    for path in named(input, pki) {
        let file = disk::exists(&path).and_then(|there| match there {
            true => disk::open_regular(&path).map(Some),
            false => Ok(None),
        });
        match file {
            Ok(Some(file)) => return Ok((path, Box::new(file))),
            Ok(None) => {}
            Err(fault) => return Err(unreadable(&path, &fault.source)),
        }
    }
    Err(unreadable(input, &absent))
}

/// How long a FIFO may say nothing.
const FIFO_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Where a name's files are.
fn named(input: &Path, pki: &Path) -> Vec<PathBuf> {
    let layout = Layout::found(pki).unwrap_or_else(|_| Layout::new(pki));
    let text = input.to_str().unwrap_or_default();
    match text {
        "ca" => {
            return vec![
                layout.ca_certificate(),
                layout.ca_request(),
                layout.ca_key(),
            ];
        }
        "ca-chain" => return vec![layout.ca_chain()],
        "crl" => return vec![layout.crl()],
        _ => {}
    }
    text.parse::<FileName>().map_or(Vec::new(), |name| {
        vec![
            layout.issued(&name),
            layout.request(&name),
            layout.key(&name),
            layout.p12(&name),
        ]
    })
}

/// A certificate's text.
///
/// # Errors
/// When it is none.
pub fn certificate_text(der: &[u8]) -> Result<String, Error> {
    let mut text = Vec::new();
    text::certificate(der, &mut text).map_err(|fault| Error::Inspect(fault.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
