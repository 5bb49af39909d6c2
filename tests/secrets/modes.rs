//! Files of keys are 0600 from their first byte, whatever the umask: strace sees each being made.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Bench;

fn traced(bench: &Bench, umask: &str, words: &str) -> Vec<String> {
    let privca = env!("CARGO_BIN_EXE_privca");
    let line = format!(
        "umask {umask}; exec strace -f -qq -e trace=openat,open,creat,mkdir,mkdirat -o trace {privca} {words}"
    );
    bench.sh(&line).ok();
    bench.read("trace").lines().map(str::to_owned).collect()
}

/// The last argument of a call, in octal.
fn mode(call: &str) -> u32 {
    let arguments = call.rsplit_once(')').unwrap().0;
    let last = arguments.rsplit(", ").next().unwrap();
    u32::from_str_radix(last, 8).unwrap_or_else(|_| panic!("{call}"))
}

#[test]
#[ignore = "needs strace"]
fn nobody_else_can_ever_open_a_key() {
    for umask in ["000", "077", "0777"] {
        let bench = Bench::new();
        // a umask of 0777 takes the rights of the work folder's own new files away, not privca's
        let mut made = 0;
        for words in [
            "init-ca --cn T --no-pass",
            "issue a --no-pass --profile client",
            "gen-key b --no-pass",
            "export-p12 a --no-pass",
            "export a --format bundle --no-pass --out a.pem",
            "set-pass b --no-pass",
            "renew a --rekey --no-pass",
        ] {
            for call in traced(&bench, umask, words) {
                if call.contains("O_TMPFILE") {
                    assert_eq!(mode(&call), 0o600, "umask {umask}: {words}: {call}");
                    made += 1;
                } else if call.contains("O_CREAT") {
                    assert_eq!(mode(&call), 0o600, "umask {umask}: {words}: {call}");
                    assert!(
                        call.contains("O_EXCL") || call.contains(".privca/lock"),
                        "{call}"
                    );
                    made += 1;
                } else if call.contains("mkdir") {
                    assert_eq!(mode(&call), 0o700, "umask {umask}: {words}: {call}");
                }
            }
        }
        assert!(made > 20, "{made}");
        for key in [
            "pki/private/ca.key",
            "pki/private/a.key",
            "pki/private/a.p12",
            "a.pem",
        ] {
            let mode = bench.path(key).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o7777, 0o600, "umask {umask}: {key}");
        }
    }
}
