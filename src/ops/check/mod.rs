//! `check`: is the directory consistent, and what can be mended without guessing.
//!
//! A problem is what privca or OpenSSL trips over, or what no undisturbed run leaves. What old
//! EasyRSA directories are known to hold (rows without files, missing copies, 15-character dates, an
//! empty `index.txt.attr`, no revocation list) is a remark at most.

mod certificates;
mod counters;
mod files;
mod index;
mod list;
mod log;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ca::Ca;
use super::{Context, Error};
use crate::pki::{Holder, Overwrite, Pki, PkiError, Txn, defaults};
use crate::primitives::disk;
use crate::x509::serial::Serial;
use index::Table;
pub use log::LogEnd;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable kebab-case name.
    pub code: &'static str,
    /// The file.
    pub path: PathBuf,
    /// What is wrong, or worth knowing.
    pub said: String,
    /// What to do about it, where there is something.
    pub hint: Option<String>,
    /// False for what old directories are known to hold.
    pub problem: bool,
    mend: Option<Mend>,
}

/// How something is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mend {
    /// Copy `issued/NAME.crt` to `certs_by_serial/`.
    Copy { from: PathBuf, to: PathBuf },
    /// Take rights away from group and others.
    Mode { path: PathBuf, mode: u32 },
    /// Write `index.txt.attr`.
    Attributes,
    /// Write `ca-chain.crt`.
    Chain(String),
    /// Write `serial`.
    Serial,
    /// Write `crlnumber`.
    CrlNumber(u64),
    /// End the index's last line.
    LineFeed,
}

impl Finding {
    fn problem(code: &'static str, path: &Path, said: impl Into<String>) -> Self {
        Self {
            code,
            path: path.to_owned(),
            said: said.into(),
            hint: None,
            problem: true,
            mend: None,
        }
    }

    fn remark(code: &'static str, path: &Path, said: impl Into<String>) -> Self {
        Self {
            problem: false,
            ..Self::problem(code, path, said)
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn mend(mut self, mend: Mend) -> Self {
        self.mend = Some(mend);
        self
    }

    /// Can `--repair` mend it?
    pub fn is_mendable(&self) -> bool {
        self.mend.is_some()
    }
}

/// What was found so far. Of a thousand of a kind that nothing mends (rows without files in a
/// directory of a million) the rest is counted.
#[derive(Default)]
struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<(&'static str, bool), usize>,
}

impl Findings {
    const NAMED: usize = 1000;

    fn push(&mut self, finding: Finding) {
        match finding.is_mendable() {
            true => self.list.push(finding),
            false => self.many(finding.code, finding.problem, || finding),
        }
    }

    /// One of a kind that nothing mends and of which there may be many: it is made only if it is named.
    fn many(&mut self, code: &'static str, problem: bool, make: impl FnOnce() -> Finding) {
        let count = self.counts.entry((code, problem)).or_default();
        *count += 1;
        if *count <= Self::NAMED {
            self.list.push(make());
        }
    }

    fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.push(finding);
        }
    }

    /// Those that are named, and how many more there are of each kind.
    fn into_parts(self) -> (Vec<Finding>, Vec<More>) {
        let counts = self.counts.into_iter();
        let more = counts.filter(|(_, count)| *count > Self::NAMED);
        let more = more.map(|((code, problem), count)| More {
            code,
            problem,
            count: count - Self::NAMED,
        });
        (self.list, more.collect())
    }
}

/// Findings of one kind that are counted and not named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// Their code.
    pub code: &'static str,
    /// Whether they are problems.
    pub problem: bool,
    /// How many.
    pub count: usize,
}

/// What was looked at, and what was found.
pub struct Checked {
    /// How many rows the index has.
    pub rows: usize,
    /// How many certificate files were read.
    pub certificates: usize,
    /// The audit log's end.
    pub log: LogEnd,
    /// What is there now.
    pub findings: Vec<Finding>,
    /// What is there as well, and too much to be named.
    pub more: Vec<More>,
    /// What was mended.
    pub mended: Vec<Finding>,
}

impl Checked {
    /// True if nothing is wrong.
    pub fn is_consistent(&self) -> bool {
        !self.findings.iter().any(|finding| finding.problem)
    }
}

/// What is to be looked at.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Mend what needs no guessing.
    pub repair: bool,
    /// The hash of a line that the audit log must have, in hex: an earlier check told it.
    pub log_line: Option<&'a str>,
}

/// Looks at everything and changes nothing, unless something is to be mended.
///
/// # Errors
/// When it is no PKI directory, or the disk fails.
pub fn run(context: &Context<'_>, request: &Request<'_>) -> Result<Checked, Error> {
    let (directory, repair) = (request.pki, request.repair);
    let restored = match repair {
        true => restore(context, directory)?,
        false => None,
    };
    if !repair {
        return look(context, request);
    }
    let pki = context.open(directory)?;
    let mut checked = mend(context, &pki, request)?;
    checked.mended.splice(0..0, restored);
    Ok(checked)
}

/// Without a lock first: most directories are at rest. What looks wrong may be another writer's
/// half-done change, so it is looked at again while nobody writes.
fn look(context: &Context<'_>, request: &Request<'_>) -> Result<Checked, Error> {
    let pki = context.open_untouched(request.pki)?;
    let before = stamp(&pki);
    let checked = examine(context, &pki, request);
    if checked.as_ref().is_ok_and(Checked::is_consistent) {
        return checked;
    }
    match pki.hold_still(context.wait, &mut |holder| context.say_waiting(holder))? {
        // nobody was at work, and all of it was seen
        Some(_still) if checked.is_ok() && stamp(&pki) == before => checked,
        Some(_still) => examine(context, &pki, request),
        None => checked,
    }
}

/// Text that is another one after any change that privca makes: each adds to the log, under a journal
/// and a lock. Times alone would not tell, for the system's clock of files ticks slowly.
fn stamp(pki: &Pki) -> String {
    let layout = pki.layout();
    let files = [
        layout.root().to_owned(),
        layout.index(),
        layout.audit(),
        layout.crl(),
        layout.crl_chain(),
        layout.journal(),
        layout.easyrsa_lock(),
    ];
    let folders = layout.folders().chain(layout.superseded_folders());
    // what cannot be seen is told of by the look itself
    let seen = |path: PathBuf| {
        let length = disk::length(&path).ok().flatten().unwrap_or_default();
        let identity = disk::identity(&path).unwrap_or_default();
        format!("{length} {identity}")
    };
    folders.chain(files).map(seen).collect()
}

/// Puts a missing index back, in a commit of its own: nothing else can be looked at before.
fn restore(context: &Context<'_>, directory: &Path) -> Result<Option<Finding>, Error> {
    context.settle(directory)?;
    let on_wait = &mut |holder: &Holder| context.say_waiting(holder);
    let lost = Pki::lost_index(directory, context.disk, context.wait, on_wait)?;
    let Some((mut session, from)) = lost else {
        return Ok(None);
    };
    context.tell(session.recovered());
    let index = session.layout().index();
    let said = format!("was missing; {} took its place", from.display());
    let finding = Finding::problem("index-missing", &index, said);
    let mut txn = session.begin(context.intent("check --repair"))?;
    txn.move_file(&from, &index)?;
    txn.audit(context.record("check", "repaired", json!({ "mended": [label(&finding)] })));
    txn.commit()?;
    Ok(Some(finding))
}

/// A mended finding as the log has it.
fn label(finding: &Finding) -> String {
    format!("{}: {}", finding.code, finding.path.display())
}

fn mend(context: &Context<'_>, pki: &Pki, request: &Request<'_>) -> Result<Checked, Error> {
    // taking the lock finishes or undoes what a killed run left
    let mut session = context.lock(pki)?;
    let before = examine(context, pki, request)?;
    let mends: Vec<&Finding> = before.findings.iter().filter(|f| f.is_mendable()).collect();
    if mends.is_empty() {
        return Ok(before);
    }
    let mut txn = session.begin(context.intent("check --repair"))?;
    let layout = pki.layout();
    let write = |txn: &mut Txn<'_>, path: PathBuf, text: &[u8]| {
        txn.place(&path, text, disk::PUBLIC, Overwrite::Yes)
    };
    for finding in &mends {
        match &finding.mend {
            Some(Mend::Copy { from, to }) => {
                let file = disk::read_bounded(from, 1 << 20)?;
                txn.place(to, &file, disk::PUBLIC, Overwrite::No)?;
            }
            Some(Mend::Attributes) => write(
                &mut txn,
                layout.index_attributes(),
                defaults::INDEX_ATTRIBUTES,
            )?,
            Some(Mend::Chain(text)) => write(&mut txn, layout.ca_chain(), text.as_bytes())?,
            Some(Mend::Serial) => {
                let line = format!("{}\n", Serial::draw(context.random)?);
                write(&mut txn, layout.serial(), line.as_bytes())?;
            }
            Some(Mend::CrlNumber(next)) => {
                let line = defaults::counter(*next);
                write(&mut txn, layout.crl_number(), line.as_bytes())?;
            }
            Some(Mend::LineFeed) => txn.rewrite_index(&mut |_| Ok::<_, PkiError>(None))?,
            Some(Mend::Mode { path, mode }) => txn.set_mode(path, *mode)?,
            None => {}
        }
    }
    let done: Vec<String> = mends.iter().map(|finding| label(finding)).collect();
    txn.audit(context.record("check", "repaired", json!({ "mended": done })));
    txn.commit()?;
    let mended = mends.into_iter().cloned().collect();
    let after = examine(context, pki, request)?;
    Ok(Checked { mended, ..after })
}

fn examine(context: &Context<'_>, pki: &Pki, request: &Request<'_>) -> Result<Checked, Error> {
    let mut findings = Findings::default();
    let ca = Ca::load(pki)?;
    let mut table = Table::default();
    let log = log::read(pki, request.log_line, &mut table)?;
    table.read(pki, &mut findings)?;
    let certificates = certificates::check(pki, &ca, &table, &mut findings)?;
    list::check(pki, &ca, &table, context.now(), &mut findings)?;
    counters::check(pki, &mut findings)?;
    files::check(
        pki,
        &ca,
        (context.now(), context.operator.user.uid),
        &mut findings,
    )?;
    let log = log::check(pki, log, &table, &mut findings);
    let (findings, more) = findings.into_parts();
    Ok(Checked {
        rows: table.len(),
        certificates,
        log,
        findings,
        more,
        mended: Vec::new(),
    })
}
