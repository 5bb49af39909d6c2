//! `status`: how the directory stands, and what needs doing with the command that does it.

use std::path::{Path, PathBuf};

use super::ca::Ca;
use super::health::{self, ListAbove};
use super::list::State;
use super::{Context, Error, crl_file, exposure, stems, targets};
use crate::pki::index::{Entry, Row};
use crate::pki::{Layout, Pki};
use crate::primitives::time::{Span, Timestamp};
use crate::primitives::{disk, shell};
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;
use crate::x509::serial::Serial;

/// How a directory stands.
pub struct Standing {
    /// The directory.
    pub pki: PathBuf,
    /// The present.
    pub now: Timestamp,
    /// The CA's subject.
    pub subject: Name,
    /// The CA's end.
    pub ca_end: Timestamp,
    /// How many certificates are valid.
    pub valid: u64,
    /// How many are revoked.
    pub revoked: u64,
    /// How many are past their end.
    pub expired: u64,
    /// Valid ones that end first: end, name, serial.
    pub next: Vec<(Timestamp, Option<String>, Serial)>,
    /// When the list was made, and when the next one is due.
    pub list: Option<(Timestamp, Option<Timestamp>)>,
    /// What needs doing.
    pub to_do: Vec<ToDo>,
}

/// Something that needs doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDo {
    /// Why.
    pub why: String,
    /// The command that does it.
    pub command: Option<String>,
}

const DAY: i64 = 86_400;
/// How many of those that end first are named.
const NAMED: usize = 5;

/// Has the directory a CA? One that cannot be looked at has none.
pub fn is_pki(directory: &Path) -> bool {
    Layout::found(directory)
        .and_then(|layout| disk::exists(&layout.ca_certificate()))
        .unwrap_or(false)
}

/// Looks.
///
/// # Errors
/// When it is no PKI directory, or the disk fails.
pub fn run(context: &Context<'_>, directory: &Path) -> Result<Standing, Error> {
    // what is about to end is in the standing itself
    context.settle(directory)?;
    let pki = Pki::open(directory, context.disk.clone())?;
    let ca = Ca::load(&pki)?;
    let now = context.now();
    let list = crl_file::standing(&pki)?;
    let mut standing = Standing {
        pki: directory.to_owned(),
        now,
        subject: ca.certificate().subject().clone(),
        ca_end: ca.certificate().not_after(),
        valid: 0,
        revoked: 0,
        expired: 0,
        next: Vec::new(),
        list: list.map(|list| (list.this_update, list.next_update)),
        to_do: Vec::new(),
    };
    let soon = now.plus(Span::days(30)).unwrap_or(Timestamp::MAX);
    let (mut due, mut odd) = (Vec::new(), 0_u64);
    let mut first: Vec<Row> = Vec::new();
    let mut rows = pki.rows()?;
    while let Some(line) = rows.read()? {
        let row = match line {
            Entry::Row(record) => &record.row,
            Entry::Odd(line) => {
                odd += u64::from(!line.is_harmless());
                continue;
            }
        };
        match State::of(row, now) {
            State::Revoked => standing.revoked += 1,
            State::Expired => standing.expired += 1,
            State::Valid => {
                standing.valid += 1;
                if row.not_after <= soon {
                    due.push(row.clone());
                }
                keep_first(&mut first, row);
            }
        }
    }
    let named = first.iter().chain(&due).map(|row| &row.serial);
    let recorded = targets::recorded_of(&pki, named)?;
    for row in first {
        let name = match recorded.get(&row.serial) {
            Some(recorded) => Some(recorded.name.clone()),
            None => stems::common_name(&row.subject),
        };
        standing.next.push((row.not_after, name, row.serial));
    }
    let current = stems::current(&pki, due.iter(), &recorded)?.len();
    standing.to_do = exposures(context, &pki);
    let to_do = to_do(&standing, current, odd);
    standing.to_do.extend(to_do);
    standing.to_do.extend(above(&pki, &ca, now));
    if let Err(error) = ca.authority(&pki) {
        without_signing(&mut standing.to_do, error.to_string());
    }
    Ok(standing)
}

/// The lists of the CAs above, which only those can make anew.
fn above(pki: &Pki, ca: &Ca, now: Timestamp) -> Vec<ToDo> {
    let lists = health::lists_above(pki, ca);
    let issuers = ca.chain().skip(1).map(Certificate::subject);
    let without = issuers.filter(|issuer| {
        let of_issuer = |list: &ListAbove| list.issuer.canonical() == issuer.canonical();
        !lists.iter().any(of_issuer)
    });
    let missing = without.map(|issuer| ToDo {
        why: format!(
            "{} has no revocation list of '{issuer}': servers that want one of each CA refuse every client; bring it with `privca import-crl FILE`",
            pki.layout().crl_chain().display()
        ),
        command: None,
    });
    let ending = lists.iter().filter_map(|list| {
        let when = match list.end {
            _ if health::is_early(list.begin, now) => format!("begins on {}", list.begin),
            Some(end) if end < now => format!("ended on {}", end.date()),
            Some(end) if end.seconds_since(now) < 7 * DAY => format!("ends on {}", end.date()),
            _ => return None,
        };
        let issuer = &list.issuer;
        Some(ToDo {
            why: format!(
                "the revocation list of '{issuer}' {when}: bring its new one with `privca import-crl FILE`"
            ),
            command: None,
        })
    });
    missing.chain(ending).collect()
}

/// Where privca cannot sign, somebody else has to do what needs a signature.
fn without_signing(to_do: &mut Vec<ToDo>, why: String) {
    for item in to_do.iter_mut() {
        item.command = item.command.take().filter(|c| c.ends_with(" check"));
    }
    to_do.insert(0, ToDo { why, command: None });
}

/// Those that end first, in order.
fn keep_first(rows: &mut Vec<Row>, row: &Row) {
    let at = rows.partition_point(|r| (r.not_after, &r.serial) < (row.not_after, &row.serial));
    if at < NAMED {
        rows.truncate(NAMED - 1);
        rows.insert(at, row.clone());
    }
}

/// What others can use: the first thing to mend.
fn exposures(context: &Context<'_>, pki: &Pki) -> Vec<ToDo> {
    let found = exposure::of_directory(pki, context.operator.user.uid);
    found
        .iter()
        .map(|exposure| ToDo {
            why: format!("{} {}", exposure.path.display(), exposure.said),
            command: exposure.command(),
        })
        .collect()
}

fn to_do(standing: &Standing, due: usize, odd: u64) -> Vec<ToDo> {
    let now = standing.now;
    let mut list = Vec::new();
    let pki = shell::quoted(&standing.pki.display().to_string());
    let mut add = |why: String, command: Option<&str>| {
        let command = command.map(|c| format!("privca --pki {pki} {c}"));
        list.push(ToDo { why, command });
    };
    let left = standing.ca_end.seconds_since(now);
    if left < 90 * DAY {
        add(format!("the CA ends on {}", standing.ca_end.date()), None);
    }
    match standing.list {
        None => add("there is no revocation list".to_owned(), Some("gen-crl")),
        Some((begin, _)) if health::is_early(begin, now) => add(
            format!("the revocation list begins on {begin}: is this clock right?"),
            Some("gen-crl"),
        ),
        Some((_, Some(end))) if end.seconds_since(now) < 7 * DAY => {
            let ends = if end < now { "ended" } else { "ends" };
            add(
                format!("the revocation list {ends} on {}", end.date()),
                Some("gen-crl"),
            );
        }
        Some(_) => {}
    }
    if due > 0 {
        add(
            format!("{due} certificates end within 30 days"),
            Some("renew --all --expires-within 30d"),
        );
    }
    if odd > 0 {
        add(
            format!("{odd} lines of the index are no rows"),
            Some("check"),
        );
    }
    list
}
