//! What a person sees while `batch` works: privca in process, on a screen that keeps everything.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::sync::Mutex;

use privca::cli::{self, Host, Terminal};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::secret::Secret;
use privca::primitives::time::{Clock, SystemClock, Timestamp};

use crate::support::Bench;

struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[derive(Default)]
struct Screen(Mutex<Vec<u8>>);

impl Write for &Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal for Screen {
    fn stdout(&self) -> Box<dyn Write + '_> {
        Box::new(io::sink())
    }

    fn stderr(&self) -> Box<dyn Write + '_> {
        Box::new(self)
    }

    fn stdin(&self) -> Box<dyn Read + '_> {
        Box::new(io::empty())
    }

    fn stdout_is_terminal(&self) -> bool {
        true
    }

    fn stderr_is_terminal(&self) -> bool {
        true
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<Secret>> {
        self.0.lock().unwrap().extend_from_slice(b"PROMPT\n");
        Ok(Some("typed".to_owned().into()))
    }
}

/// What stands on the screen, one after the other.
fn screens(bench: &Bench, option: Option<&str>) -> Vec<String> {
    let screen = Screen::default();
    let pki = bench.path("pki").into_os_string();
    let manifest = bench.path("m.csv").into_os_string();
    let mut words: Vec<OsString> = vec!["privca".into(), "--pki".into(), pki, "batch".into()];
    words.extend([manifest, "--no-pass".into()]);
    words.extend(option.map(OsString::from));
    let host = Host {
        clock: &Stopped(SystemClock.now()),
        random: &SystemRandomness::new(),
        disk: &Disk::new(),
        operator: &Operator::current(),
        terminal: &screen,
    };
    assert_eq!(cli::run(words, &host).code(), 3);
    let said = String::from_utf8(screen.0.into_inner().unwrap()).unwrap();
    said.split("\r\x1b[K").map(str::to_owned).collect()
}

fn world() -> Bench {
    let bench = Bench::new();
    bench.write("pass", "typed\n");
    bench.privca("init-ca --cn Test --passout file:pass").ok();
    let rows = "name,san\na,email:a@example.com\nrefused,\nb,email:b@example.com\n";
    bench.write("m.csv", rows);
    bench
}

#[test]
fn the_bar_makes_room_for_what_is_said_and_asked() {
    let screens = screens(&world(), None);
    assert!(
        screens[0].starts_with("error[profile-refused]: "),
        "{screens:?}"
    );
    assert!(screens[0].ends_with("has the limits\n"), "{screens:?}");
    let wanted = [
        "[##########--------------------] 1/3, 1 failed",
        "PROMPT\n",
        "[####################----------] 2/3, 1 failed",
        "[##############################] 3/3, 1 failed",
        "",
    ];
    assert_eq!(screens[1..], wanted);
}

#[test]
fn quiet_and_json_have_no_bar() {
    for option in ["--quiet", "--json"] {
        let screens = screens(&world(), Some(option));
        assert_eq!(screens.len(), 1, "{screens:?}");
        assert!(
            screens[0].ends_with("has the limits\nPROMPT\n"),
            "{screens:?}"
        );
    }
}
