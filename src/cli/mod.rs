//! The command line: what was typed becomes a request, an outcome becomes words. It decides nothing
//! and opens no PKI directory.

mod batch;
mod check;
mod completions;
mod error;
mod exit;
mod export;
mod export_p12;
mod exported;
mod gen_crl;
mod gen_csr;
mod gen_key;
mod habits;
mod import_crl;
mod import_csr;
mod import_p12;
mod init_ca;
mod inspect;
mod issue;
mod issued;
mod lint;
mod list;
mod man;
mod output;
mod profile;
mod progress;
mod quickstart;
mod renew;
mod revoke;
mod secret_input;
mod set_pass;
mod sign;
mod status;
mod terminal;
mod values;
mod verify;

use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::time::Duration;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Parser, Subcommand};

pub use exit::Exit;
pub use terminal::{SystemTerminal, Terminal};

use crate::ops::{self, Context};
use crate::primitives::disk::Disk;
use crate::primitives::memory;
use crate::primitives::operator::Operator;
use crate::primitives::random::Randomness;
use crate::primitives::time::{Clock, Span};
use error::Report;
use output::Output;

/// What comes in from outside: `main` hands in the real ones, a test its own.
pub struct Host<'a> {
    /// The present.
    pub clock: &'a dyn Clock,
    /// Serials and salts.
    pub random: &'a dyn Randomness,
    /// The one way to change files.
    pub disk: &'a Disk,
    /// Who runs the command.
    pub operator: &'a Operator,
    /// The streams and the person.
    pub terminal: &'a dyn Terminal,
}

/// A private certificate authority on the command line
///
/// Keys, requests, certificates, revocation lists and .p12 bundles in one PKI directory, laid out
/// like EasyRSA's, under signing profiles that decide what a request turns into.
#[derive(Debug, Parser)]
#[command(name = "privca", version, max_term_width = 100, after_long_help = AFTER_HELP)]
struct Cli {
    /// PKI directory
    #[arg(long, global = true, value_name = "DIR", env = "PRIVCA_PKI", default_value = "pki", help_heading = GLOBAL)]
    pki: PathBuf,

    /// Print the outcome as one JSON object (members: docs/json.md)
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,

    /// Print nothing but errors and what was asked for
    #[arg(long, short, global = true, help_heading = GLOBAL)]
    quiet: bool,

    /// Wait this long where another process is changing the PKI directory; 0 not at all
    #[arg(long, global = true, value_name = "DURATION", value_parser = values::wait, default_value = "1m", help_heading = GLOBAL)]
    wait: Span,

    #[command(subcommand)]
    command: Option<Command>,
}

const GLOBAL: &str = "Global options";

const AFTER_HELP: &str = "\
Exit status:
  0   done
  1   not done, or checked and the answer is no
  2   the command line is wrong
  3   the profile refuses
  4   a passphrase is missing or wrong
  70  a bug in privca

Start here:
  $ privca quickstart        a CA, a server and a client certificate to try";

#[derive(Debug, Subcommand)]
enum Command {
    InitCa(init_ca::InitCa),
    GenKey(gen_key::GenKey),
    GenCsr(gen_csr::GenCsr),
    ImportCsr(import_csr::ImportCsr),
    Sign(sign::Sign),
    Issue(issue::Issue),
    Batch(batch::Batch),
    List(list::ListArgs),
    Renew(renew::Renew),
    Revoke(revoke::Revoke),
    Unrevoke(revoke::Unrevoke),
    GenCrl(gen_crl::GenCrl),
    ImportCrl(import_crl::ImportCrl),
    Check(check::Check),
    Status(status::Status),
    ExportP12(export_p12::ExportP12),
    Export(export::Export),
    ImportP12(import_p12::ImportP12),
    SetPass(set_pass::SetPass),
    Inspect(inspect::Inspect),
    Lint(lint::Lint),
    Verify(verify::Verify),
    Profile(profile::Profile),
    Quickstart(quickstart::Quickstart),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Why a command ended early.
enum Failure {
    /// The operation's error.
    Operation(ops::Error),
    /// Standard output is closed.
    Output(io::Error),
    /// Everything is said already; only the exit is missing.
    Said(Exit),
    /// It was checked, and the answer, which has been printed, is no.
    AnswerIsNo,
}

impl From<ops::Error> for Failure {
    fn from(error: ops::Error) -> Self {
        Self::Operation(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

type Run = Result<(), Failure>;

/// What a command gets beside its own arguments.
struct Session<'a> {
    pki: PathBuf,
    context: Context<'a>,
    output: &'a Output<'a>,
}

/// Runs privca with these arguments, the program's name first. What the run left on the stack is
/// overwritten; a panic in it, which is a bug, becomes an exit code, too.
pub fn run(arguments: impl IntoIterator<Item = OsString>, host: &Host<'_>) -> Exit {
    let whole = || panic::catch_unwind(AssertUnwindSafe(|| run_command(arguments, host)));
    memory::wiping_the_stack(whole).unwrap_or_else(|_| {
        let said = "it stopped in the middle of its work".to_owned();
        // whether --json was given is lost with the rest
        fail(
            &ops::Error::Bug(said),
            &Output::new(host.terminal, false, false),
        )
    })
}

fn run_command(arguments: impl IntoIterator<Item = OsString>, host: &Host<'_>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(error, host.terminal),
    };
    let output = Output::new(host.terminal, cli.json, cli.quiet);
    let context = Context {
        clock: host.clock,
        random: host.random,
        disk: host.disk,
        operator: host.operator,
        wait: Duration::from_secs(cli.wait.exact_seconds().unwrap_or(u64::from(u32::MAX))),
        notices: &output,
    };
    let session = Session {
        pki: cli.pki,
        context,
        output: &output,
    };
    let command = match cli.command {
        Some(command) => command,
        None if ops::status::is_pki(&session.pki) => Command::Status(status::Status {}),
        None => {
            let help = Cli::command().render_help();
            drop(write!(host.terminal.stderr(), "{help}"));
            return Exit::Usage;
        }
    };
    match dispatch(command, &session) {
        Ok(()) => Exit::Done,
        // a reader that has seen enough is no fault
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(Failure::Output(error)) => {
            let said = format!("cannot write to standard output: {}", error.kind());
            let error = ops::Error::Failed {
                code: "cannot-write",
                said,
                hint: None,
            };
            fail(&error, &output)
        }
        Err(Failure::Operation(error)) => fail(&error, &output),
        Err(Failure::Said(exit)) => exit,
        Err(Failure::AnswerIsNo) => Exit::Failed,
    }
}

fn dispatch(command: Command, session: &Session<'_>) -> Run {
    match command {
        Command::InitCa(args) => args.run(session),
        Command::GenKey(args) => args.run(session),
        Command::GenCsr(args) => args.run(session),
        Command::ImportCsr(args) => args.run(session),
        Command::ImportCrl(args) => args.run(session),
        Command::Sign(args) => args.run(session),
        Command::Issue(args) => args.run(session),
        Command::Batch(args) => args.run(session),
        Command::List(args) => args.run(session),
        Command::Renew(args) => args.run(session),
        Command::Revoke(args) => args.run(session),
        Command::Unrevoke(args) => args.run(session),
        Command::GenCrl(args) => args.run(session),
        Command::Check(args) => args.run(session),
        Command::Status(args) => args.run(session),
        Command::ExportP12(args) => args.run(session),
        Command::Export(args) => args.run(session),
        Command::ImportP12(args) => args.run(session),
        Command::SetPass(args) => args.run(session),
        Command::Inspect(args) => args.run(session),
        Command::Lint(args) => args.run(session),
        Command::Verify(args) => args.run(session),
        Command::Profile(args) => args.run(session),
        Command::Quickstart(args) => args.run(session),
        Command::Completions(args) => args.run(session),
        Command::Man(args) => args.run(session),
    }
}

fn fail(error: &ops::Error, output: &Output<'_>) -> Exit {
    let report = Report::from(error);
    report.show(output);
    report.exit
}

/// clap's own words: help and version on standard output, errors on standard error. What stands in
/// the place of a passphrase source may be the passphrase, so it is not repeated.
fn usage(mut error: clap::Error, terminal: &dyn Terminal) -> Exit {
    if let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg)
        && option.starts_with("--pass")
    {
        let hidden = ContextValue::String("...".to_owned());
        error.insert(ContextKind::InvalidValue, hidden);
    }
    habits::add_tips(&mut error);
    // it says again what was typed, which a script may have from a stranger
    let text = output::escaped_lines(&error.render().to_string());
    let (exit, mut stream) = if error.use_stderr() {
        (Exit::Usage, terminal.stderr())
    } else {
        (Exit::Done, terminal.stdout())
    };
    drop(write!(stream, "{text}"));
    exit
}
