//! What a person sees while `batch` works: privca in process, on a screen that keeps everything.

use std::ffi::OsString;

use privca::cli::{self, Host};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::time::{Clock, SystemClock, Timestamp};

use crate::screen::Screen;
use crate::support::Bench;

struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What stands on the screen, one after the other.
fn screens(bench: &Bench, option: Option<&str>) -> Vec<String> {
    let screen = Screen::typing("typed");
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
    let said = screen.said();
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
