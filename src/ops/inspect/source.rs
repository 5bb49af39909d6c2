//! The objects of a file, one at a time: PEM blocks among any text, DER one behind the other, or
//! base64 without armour.
//!
//! A PEM file is never held whole; DER and base64 are.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, BufRead, Read as _};

use zeroize::Zeroizing;

use super::detect::{self, Kind};
use crate::primitives::pem::{Block, PemError};
use crate::primitives::pem_stream::Stream;
use crate::primitives::{base64, ber, disk};

/// More than any object: a revocation list of a million entries has 40 MB.
const MOST: usize = 256 << 20;

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the person named it.
    pub file: String,
    /// Its number in the file, from 1.
    pub number: u64,
    /// The byte at which it starts.
    pub offset: usize,
    /// True if it stands there as DER: offsets within it are offsets in the file.
    pub is_der: bool,
}

impl Place {
    /// What is wrong with the object here.
    pub fn fault(&self, said: impl Into<String>) -> Fault {
        Fault {
            file: self.file.clone(),
            number: Some(self.number),
            offset: Some(self.offset),
            said: said.into(),
            hint: None,
        }
    }

    /// The same for a byte of its DER.
    pub fn fault_at(&self, object: &str, offset: usize, fault: &str) -> Fault {
        if self.is_der {
            return Fault {
                offset: Some(self.offset + offset),
                ..self.fault(format!("not a {object}: {fault}"))
            };
        }
        self.fault(format!(
            "not a {object}: {fault} at byte {offset} of its DER"
        ))
    }
}

/// Something that cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The number of the object in it.
    pub number: Option<u64>,
    /// Where in the file.
    pub offset: Option<usize>,
    /// What is wrong.
    pub said: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

impl Fault {
    /// A file that cannot be read.
    pub fn of_file(file: &str, error: &io::Error) -> Self {
        let said = format!("cannot read it: {}", disk::in_words(error));
        let absent = error.kind() == io::ErrorKind::NotFound;
        let hint =
            "give a file, -, or the name of a certificate, request or key in the PKI directory";
        Self {
            file: file.to_owned(),
            number: None,
            offset: None,
            said,
            hint: absent.then_some(hint),
        }
    }

    /// A file without any object.
    pub fn nothing(file: &str, empty: bool, unknown: bool) -> Self {
        let said = match (empty, unknown) {
            (true, _) => "it is empty",
            (false, true) => "it holds nothing that privca can show",
            (false, false) => "it holds nothing that privca knows",
        };
        Self {
            file: file.to_owned(),
            number: None,
            offset: None,
            said: said.to_owned(),
            hint: Some(
                "certificates, requests, CRLs, keys, PKCS#7 and PKCS#12 are shown, in PEM, DER or base64",
            ),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(number) = self.number {
            write!(f, ", object {number}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " at byte {offset}")?;
        }
        write!(f, ": {}", self.said)
    }
}

/// An object as it was found.
pub(super) struct Raw {
    /// Where.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// The PEM block, or the DER in one without label.
    pub block: Block,
}

/// What the next piece of a file is.
pub(super) enum Found {
    /// An object.
    Raw(Raw),
    /// A PEM block of another world.
    Unknown(Fault),
    /// A remark on what stands behind an object.
    Trailing(String),
}

/// Iterates over the objects of a file.
pub(super) struct Objects<R> {
    what: String,
    state: State<R>,
    number: u64,
    empty: bool,
}

enum State<R> {
    Start(R),
    Pem(Stream<io::Chain<io::Cursor<Vec<u8>>, R>>),
    Found(VecDeque<Result<Found, Fault>>),
}

impl<R: BufRead> Objects<R> {
    /// At the start of a file.
    pub(super) fn new(what: &str, input: R) -> Self {
        Self {
            what: what.to_owned(),
            state: State::Start(input),
            number: 0,
            empty: false,
        }
    }

    /// True, after the end, for a file of white space or nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// The next object, or why it is none.
    pub(super) fn next_object(&mut self) -> Option<Result<Found, Fault>> {
        loop {
            let state = std::mem::replace(&mut self.state, State::Found(VecDeque::new()));
            match state {
                State::Start(input) => match self.start(input) {
                    Ok(state) => self.state = state,
                    Err(error) => return Some(Err(Fault::of_file(&self.what, &error))),
                },
                State::Pem(mut stream) => match stream.next_block() {
                    Ok(Some(found)) => {
                        self.state = State::Pem(stream);
                        return Some(self.block(found));
                    }
                    Ok(None) => {
                        if let Some(head) = stream.into_head() {
                            self.state = State::Found(self.without_armour(&head));
                            continue;
                        }
                        return None;
                    }
                    Err(error) => return Some(Err(Fault::of_file(&self.what, &error))),
                },
                State::Found(mut found) => {
                    let next = found.pop_front();
                    self.state = State::Found(found);
                    return next;
                }
            }
        }
    }

    /// A SEQUENCE of more than 127 bytes is DER, whatever texts are in it. All else may be PEM.
    fn start(&mut self, mut input: R) -> io::Result<State<R>> {
        let mut first = Vec::new();
        input.by_ref().take(2).read_to_end(&mut first)?;
        let der = matches!(first.as_slice(), [0x30, length] if *length >= 0x80);
        let mut chain = io::Cursor::new(first).chain(input);
        if !der {
            return Ok(State::Pem(Stream::new(chain, MOST)));
        }
        let mut whole = Zeroizing::new(Vec::new());
        let limit = u64::try_from(MOST).unwrap_or(u64::MAX);
        chain.by_ref().take(limit).read_to_end(&mut whole)?;
        if whole.len() >= MOST {
            let said = format!("more than {} MiB in one piece", MOST >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, said));
        }
        Ok(State::Found(self.der(&whole, true)))
    }

    fn place(&mut self, offset: usize, is_der: bool) -> Place {
        self.number += 1;
        Place {
            file: self.what.clone(),
            number: self.number,
            offset,
            is_der,
        }
    }

    fn block(&mut self, found: Result<Block, PemError>) -> Result<Found, Fault> {
        match found {
            Ok(block) => {
                let place = self.place(block.offset, false);
                match detect::by_label(&block.label) {
                    Some(kind) => Ok(Found::Raw(Raw { place, kind, block })),
                    None => Ok(Found::Unknown(place.fault(format!(
                        "PEM block {:?} is of no kind that privca knows",
                        block.label
                    )))),
                }
            }
            Err(error) => {
                let place = self.place(error.offset, false);
                let fault = place.fault(error.said());
                match detect::by_label(&error.label) {
                    Some(_) => Err(fault),
                    None => Ok(Found::Unknown(fault)),
                }
            }
        }
    }

    /// DER too short for [`Objects::start`], or base64.
    fn without_armour(&mut self, input: &[u8]) -> VecDeque<Result<Found, Fault>> {
        self.empty = input.trim_ascii().is_empty();
        if input.first() == Some(&0x30)
            && ber::header(input, 0, input.len()).is_ok_and(|h| h.constructed)
            && detect::by_structure(input).is_some()
        {
            return self.der(input, true);
        }
        match base64::bare(input).map(Zeroizing::new) {
            Some(der) if matches!(der.first(), Some(0x30 | 0x06)) => self.der(&der, false),
            _ => VecDeque::new(),
        }
    }

    /// One object in DER behind the other; offsets count in the file where they can.
    fn der(&mut self, input: &[u8], is_der: bool) -> VecDeque<Result<Found, Fault>> {
        let mut found = VecDeque::new();
        let mut at = 0;
        while at < input.len() {
            let rest = input.get(at..).unwrap_or_default();
            let end = ber::header(input, at, input.len()).and_then(|h| ber::end_of(input, &h));
            let offset = if is_der { at } else { 0 };
            let whole = rest.get(..end.map_or(rest.len(), |end| end - at));
            let whole = whole.unwrap_or_default();
            let kind = end.ok().and_then(|_| detect::by_structure(whole));
            match (kind, end) {
                (Some(kind), _) => {
                    let place = self.place(offset, is_der);
                    // the last one keeps what stands behind it, as OpenSSL is handed it
                    let block = Block {
                        label: String::new(),
                        headers: Vec::new(),
                        der: whole.to_vec(),
                        offset,
                    };
                    found.push_back(Ok(Found::Raw(Raw { place, kind, block })));
                }
                (None, Err(error)) if at == 0 => {
                    let place = self.place(0, is_der);
                    found.push_back(Err(place.fault_at("DER object", error.offset, error.fault)));
                    break;
                }
                (None, Ok(_)) if at == 0 && rest.first() == Some(&0x30) => {
                    let place = self.place(0, is_der);
                    let said = "this DER is no object that privca knows";
                    found.push_back(Err(place.fault(said)));
                    break;
                }
                _ => {
                    let said = format!(
                        "{}: {} bytes behind object {} are not shown",
                        self.what,
                        rest.len(),
                        self.number
                    );
                    found.push_back(Ok(Found::Trailing(said)));
                    break;
                }
            }
            at += whole.len().max(1);
        }
        found
    }
}
