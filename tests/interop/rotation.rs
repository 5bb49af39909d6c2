//! `docs/guides/rotation.md` as it is written: the unit's and the cron table's own lines, under an
//! nginx that serves. The only changes are folders: privca's, the binary's and nginx's.

use crate::nginx_guide;
use crate::server::Server;
use crate::site::{Site, guide};

const NAMES: &str = "list www.example.com";

/// A site whose server certificate ends within days, whose CA key has a passphrase, and whose nginx
/// has not heard yet that alice is revoked.
fn site() -> (Site, Server) {
    let site = Site::new();
    let bench = &site.bench;
    bench.write("ca.pass", "secret\n");
    bench.privca("set-pass ca --passout file:ca.pass").ok();
    let passphrase = "--passin file:ca.pass";
    bench
        .privca(&format!("renew www.example.com --validity 9d {passphrase}"))
        .ok();
    bench
        .privca("export www.example.com --format fullchain --out www.pem --force")
        .ok();
    let nginx = nginx_guide::start(&site, &site.configuration("nginx/privca.conf"));
    bench.privca(&format!("revoke alice {passphrase}")).ok();
    site.until("alice", "/private/", "200", "bob");
    (site, nginx)
}

fn written(site: &Site, file: &str) -> String {
    guide(file)
        .replace("/etc/privca", &site.folder())
        .replace("/usr/local/bin/privca", env!("CARGO_BIN_EXE_privca"))
}

/// The serial of the certificate that nginx serves.
fn served(site: &Site) -> String {
    let port = site.port;
    site.bench
        .sh(&format!(
            "openssl s_client -connect 127.0.0.1:{port} -servername www.example.com -verify 3 -CAfile root/ca.crt \
             -verify_return_error </dev/null 2>/dev/null | openssl x509 -noout -serial"
        ))
        .ok()
        .stdout
}

/// What Debian's own unit runs for `systemctl reload nginx.service`, with the site's folder.
fn reload_line(site: &Site) -> String {
    let unit = std::fs::read_to_string("/lib/systemd/system/nginx.service").unwrap();
    let line = unit.lines().find_map(|l| l.strip_prefix("ExecReload="));
    let line = line.unwrap();
    assert!(line.starts_with("/usr/sbin/nginx "), "{line}");
    format!("{line} -p {} -c nginx.conf", site.folder()).replace("daemon on", "daemon off")
}

/// Runs a service of type oneshot as systemd does: one line after the other until one fails, those
/// for the end in any case. Whether it succeeded.
fn oneshot(site: &Site, unit: &str) -> bool {
    let values = |key: &str| -> Vec<String> {
        let lines = unit.lines().filter_map(|l| l.strip_prefix(key));
        lines.map(str::to_owned).collect()
    };
    let environment = values("Environment=").join(" ");
    let run = |line: &String| {
        let (line, may_fail) = match line.strip_prefix('-') {
            Some(line) => (line, true),
            None => (line.as_str(), false),
        };
        let line = match line {
            "/bin/systemctl reload nginx.service" => reload_line(site),
            line => line.to_owned(),
        };
        let ran = site
            .bench
            .sh(&format!("umask 077; cd /; env -i {environment} {line}"));
        ran.code == 0 || may_fail
    };
    let started = values("ExecStart=").iter().all(run);
    let ended = values("ExecStopPost=").iter().all(run);
    assert!(ended);
    started
}

fn settled(site: &Site, before: &str) {
    site.until("alice", "/private/", "400", "bob");
    // the old workers are gone once the new certificate is served
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while served(site) == before {
        assert!(std::time::Instant::now() < deadline, "still {before}");
    }
    site.bench.privca("check").ok();
    site.bench.privca("verify www.pem --purpose server").ok();
}

#[test]
#[ignore = "needs systemd-analyze"]
fn systemd_finds_no_fault_in_the_units() {
    let site = Site::new();
    for unit in ["privca.service", "privca.timer"] {
        site.bench
            .write(unit, written(&site, &format!("rotation/{unit}")));
    }
    let said = site
        .bench
        .sh("systemd-analyze verify ./privca.service ./privca.timer");
    let ours = said.stderr.lines().filter(|l| l.contains("privca"));
    assert_eq!(ours.collect::<Vec<_>>(), [""; 0], "{}", said.stderr);
    let said = site
        .bench
        .sh("systemd-analyze calendar \"$(sed -n s/^OnCalendar=//p privca.timer)\"");
    assert!(said.ok().stdout.contains("Next elapse"));
}

#[test]
#[ignore = "needs nginx, openssl and curl"]
fn the_service_renews_refreshes_and_reloads() {
    let (site, _nginx) = site();
    let before = served(&site);
    let unit = written(&site, "rotation/privca.service");
    assert!(oneshot(&site, &unit));
    settled(&site, &before);
    let rows = site.bench.privca(NAMES).ok().stdout;
    assert_eq!(rows.matches("valid").count(), 3, "{rows}");

    // the next day nothing is due, and the list is new all the same
    let (number, index) = (
        site.bench.read("pki/crlnumber"),
        site.bench.read("pki/index.txt"),
    );
    assert!(oneshot(&site, &unit));
    assert_ne!(site.bench.read("pki/crlnumber"), number);
    assert_eq!(site.bench.read("pki/index.txt"), index);
}

/// The list is fresh and the server reloaded, whatever else fails.
#[test]
#[ignore = "needs nginx, openssl and curl"]
fn a_certificate_that_cannot_be_renewed_stops_nothing_else() {
    let (site, _nginx) = site();
    site.bench
        .privca("issue zoe --no-pass --profile client --validity 9d --passin file:ca.pass")
        .ok();
    std::fs::remove_file(site.bench.path("pki/profiles/client.json")).unwrap();
    let before = served(&site);
    assert!(!oneshot(&site, &written(&site, "rotation/privca.service")));
    settled(&site, &before);
}

#[test]
#[ignore = "needs nginx, openssl and curl"]
fn the_cron_table_does_the_same() {
    let (site, _nginx) = site();
    let before = served(&site);
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_privca"));
    let table = written(&site, "rotation/privca.cron")
        .replace("/usr/local/bin", binary.parent().unwrap().to_str().unwrap());
    let (mut environment, mut jobs) = (Vec::new(), Vec::new());
    for line in table.lines() {
        match line.split_once('=') {
            Some((name, _)) if !name.contains(' ') => environment.push(line),
            _ => jobs.push(line.splitn(7, ' ').collect::<Vec<_>>()),
        }
    }
    let [job] = jobs.as_slice() else {
        panic!("{jobs:?}");
    };
    assert_eq!(job[5], "root");
    // cron ends the command at a bare percent sign
    assert!(!job[6].contains('%'));
    let nginx = format!(
        "nginx -p {} -c nginx.conf -g 'daemon off;' -s",
        site.folder()
    );
    let command = job[6].replace("nginx -s", &nginx);
    let environment: Vec<String> = environment.iter().map(|e| format!("'{e}'")).collect();
    let run = format!(
        "cd /; env -i SHELL=/bin/sh LOGNAME=root {} /bin/sh -c \"$COMMAND\"",
        environment.join(" ")
    );
    let said = site
        .bench
        .sh(&format!("COMMAND=$(cat <<'END'\n{command}\nEND\n); {run}"));
    // cron sends mail with whatever is printed
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("", ""));
    settled(&site, &before);
}
