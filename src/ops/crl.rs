//! The revocation list of a directory: drafted from the index row by row, and put in place in the
//! same commit as whatever changes the rows. The whole index is never in memory.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::ca::Ca;
use super::crl_file::{self, Standing};
use super::foundation::{CRL_VALIDITY, end};
use super::{Context, Error, issuance};
use crate::keys::PrivateKey;
use crate::pki::index::{Detail, Entry as Line, Revocation, Row, Status};
use crate::pki::{Intent, Overwrite, Pki, PkiError, ToSign, Txn, defaults};
use crate::primitives::time::{Span, Timestamp};
use crate::primitives::{disk, pem};
use crate::x509::draft::{self, RevocationListContent, kind};
use crate::x509::lint::{self, Linted};
use crate::x509::revocation_list::{Entries, Entry, hold_instruction};
use crate::x509::serial::Serial;
use crate::x509::sign;

/// How a list is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// How long it lives; a year without it, and never past the CA's end.
    pub validity: Option<Span>,
    /// Keep certificates that are past their end.
    pub keep_expired: bool,
}

/// What the commit that the list belongs to makes of the rows: a revocation, or `None` for a
/// release.
pub type Changes = BTreeMap<Serial, Option<Revocation>>;

/// A list that is not signed yet.
#[derive(Debug)]
pub struct Drafted {
    linted: Linted<kind::RevocationList>,
    number: u64,
    this_update: Timestamp,
    next_update: Timestamp,
    entries: u64,
    dropped: u64,
}

/// A list as it was published.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its number.
    pub number: u64,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due.
    pub next_update: Timestamp,
    /// How many certificates it has.
    pub entries: u64,
    /// How many revoked certificates are past their end and no longer listed.
    pub dropped: u64,
    /// The list in DER.
    pub der: Vec<u8>,
    /// Those of the CAs above, in PEM.
    pub others: String,
}

impl Made {
    /// Writes the list in PEM.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        pem::write("X509 CRL", &self.der, out)
    }

    /// Writes it and those of the CAs above, as `crl-chain.pem` has them.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write_chain(&self, out: &mut dyn Write) -> io::Result<()> {
        self.write(out)?;
        out.write_all(self.others.as_bytes())
    }
}

impl Drafted {
    /// What the journal holds before the list is signed.
    pub fn to_sign(&self) -> ToSign {
        ToSign {
            serial: None,
            sha256: issuance::sha256(self.linted.der()),
        }
    }

    /// The intent of a change that signs nothing else.
    pub fn intent(&self, context: &Context<'_>, what: String) -> Intent {
        Intent {
            to_sign: vec![self.to_sign()],
            ..context.intent(what)
        }
    }
}

/// Drafts the next list. `changes` stand in place of their rows, `added` behind the last one.
///
/// # Errors
/// When a line of the index cannot be understood, the CA is past its end, or privca cannot sign
/// with its kind of key.
pub fn draft(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    terms: &Terms,
    changes: &Changes,
    added: &[Row],
) -> Result<Drafted, Error> {
    let now = context.now();
    let authority = ca.authority(pki)?;
    if !ca.may_sign_crls() {
        context
            .notices
            .warn(&format!("the CA certificate {MAY_NOT_SIGN_CRLS}"));
    }
    let next_update = next_update(ca, terms, now)?;
    let previous = previous(pki, ca)?;
    let number = next_number(pki, previous.as_ref())?;
    // a clock that ran ahead when the last list was made ends no certificate
    let settled = previous.map(|list| list.this_update.min(now));
    let mut collector = Collector {
        now,
        settled: settled.filter(|_| !terms.keep_expired),
        entries: Entries::default(),
        dropped: 0,
    };
    let mut rows = pki.rows()?;
    while let Some(line) = rows.read()? {
        match line {
            Line::Row(record) => match changes.get(&record.row.serial) {
                Some(Some(new)) => collector.add(&record.row, Some(new)),
                Some(None) => {}
                None if record.row.status == Status::Revoked => {
                    collector.add(&record.row, record.row.revocation.as_ref());
                }
                None => {}
            },
            Line::Odd(odd) if odd.is_harmless() => {}
            // a list that lacks a revoked certificate is worse than none
            Line::Odd(odd) => {
                return Err(PkiError::Damaged {
                    path: pki.layout().index(),
                    line: Some(odd.line),
                    why: odd.why.to_string(),
                }
                .into());
            }
        }
    }
    for row in added {
        collector.add(row, row.revocation.as_ref());
    }
    let (entries, dropped) = (collector.entries.count(), collector.dropped);
    let content = RevocationListContent {
        number: &Serial::from_unsigned(&number.to_be_bytes()),
        this_update: now,
        next_update,
        entries: collector.entries,
    };
    Ok(Drafted {
        linted: lint::lint(draft::revocation_list(content, &authority)?)?,
        number,
        this_update: now,
        next_update,
        entries,
        dropped,
    })
}

/// Signs a list and stages it with its number.
///
/// # Errors
/// When the key does not sign, or the disk refuses.
pub fn place(
    txn: &mut Txn<'_>,
    pki: &Pki,
    ca: &Ca,
    key: &PrivateKey,
    drafted: Drafted,
    der_too: bool,
) -> Result<Made, Error> {
    let layout = pki.layout();
    let Drafted {
        linted,
        number,
        this_update,
        next_update,
        entries,
        dropped,
    } = drafted;
    let made = Made {
        number,
        this_update,
        next_update,
        entries,
        dropped,
        der: sign::revocation_list(linted, key)?,
        others: crl_file::of_others(&layout.crl_chain(), ca.certificate().subject())?,
    };
    txn.fill(&layout.crl(), Overwrite::Yes, &mut |out| made.write(out))?;
    txn.fill(&layout.crl_chain(), Overwrite::Yes, &mut |out| {
        made.write_chain(out)
    })?;
    // EasyRSA 3.2 keeps one: it must not stay behind
    if der_too || pki.has(&layout.crl_der())? {
        txn.fill(&layout.crl_der(), Overwrite::Yes, &mut |out| {
            out.write_all(&made.der)
        })?;
    }
    let counter = defaults::counter(number.saturating_add(1));
    let path = layout.crl_number();
    txn.place(&path, counter.as_bytes(), disk::PUBLIC, Overwrite::Yes)?;
    Ok(made)
}

struct Collector {
    now: Timestamp,
    /// When the last list was made: who was past their end and listed then may go now.
    settled: Option<Timestamp>,
    entries: Entries,
    dropped: u64,
}

impl Collector {
    fn add(&mut self, row: &Row, revocation: Option<&Revocation>) {
        // a row without a date counts as revoked all the same
        let at = revocation.map_or(self.now, |revocation| revocation.at);
        // RFC 5280, 3.3: an entry stays until it was on one list made after the certificate's end
        let settled = |made: Timestamp| row.not_after < made && at <= made;
        if self.settled.is_some_and(settled) {
            self.dropped += 1;
            return;
        }
        let hold = revocation.and_then(|revocation| match &revocation.detail {
            Detail::Hold(word) => hold_instruction(word),
            _ => None,
        });
        self.entries.push(&Entry {
            serial: &row.serial,
            at,
            reason: revocation.and_then(Revocation::reason),
            hold_instruction: hold,
            invalidity: revocation.and_then(Revocation::invalidity),
        });
    }
}

/// What is wrong with a CA's key usage; behind its certificate's name.
pub const MAY_NOT_SIGN_CRLS: &str = "has a key usage without cRLSign: programs that check revocation \
    refuse its lists, and with them every certificate";

/// What the list before says; `None` where there is no list, or somebody else's, or one that
/// cannot be read: it is about to be replaced.
fn previous(pki: &Pki, ca: &Ca) -> Result<Option<Standing>, Error> {
    let own = ca.certificate().subject().canonical();
    let standing = crl_file::standing(pki)?;
    Ok(standing.filter(|list| list.issuer.canonical() == own))
}

/// The number of the next list: what `crlnumber` says, and more than the last one's in any case,
/// since EasyRSA's programs do not count.
fn next_number(pki: &Pki, previous: Option<&Standing>) -> Result<u64, Error> {
    let path = pki.layout().crl_number();
    let counted = if pki.has(&path)? {
        let file = disk::read_bounded(&path, 1 << 10)?;
        let number = defaults::read_counter(&file).ok_or_else(|| PkiError::Damaged {
            path: path.clone(),
            line: Some(1),
            why: "not a number in hex of at most 64 bits".to_owned(),
        })?;
        Some(number)
    } else {
        None
    };
    let next = match previous.and_then(|list| list.number.as_ref()) {
        Some(last) => Some(number_after(last).ok_or_else(|| PkiError::Damaged {
            path: pki.layout().crl(),
            line: None,
            why: format!("no list can follow it: its number {last} has more than 64 bits"),
        })?),
        None => None,
    };
    Ok(counted.max(next).unwrap_or(1))
}

/// The number that follows the one of a list; `None` where it has more than 64 bits, or is negative.
pub fn number_after(last: &Serial) -> Option<u64> {
    let digits = last.unsigned();
    let fits = digits.len() <= 8 && !last.is_negative();
    let number = digits.iter().fold(0, |n, d| n << 8 | u64::from(*d));
    number.checked_add(1).filter(|_| fits)
}

fn next_update(ca: &Ca, terms: &Terms, now: Timestamp) -> Result<Timestamp, Error> {
    let ca_end = ca.certificate().not_after();
    if ca_end <= now {
        return Err(Error::failed(
            "ca-ended",
            format!("the CA certificate ended on {}", ca_end.date()),
            "a revocation list of a CA past its end is worth nothing; renew the CA first",
        ));
    }
    Ok(end(now, terms.validity.unwrap_or(CRL_VALIDITY))?.min(ca_end))
}
