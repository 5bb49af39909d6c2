//! `docs/guides/apache.md`: its configuration, run as it is, and what it says goes wrong.

use std::fmt::Write as _;

use crate::server::Server;
use crate::site::{Site, guide};

const LOG: &str = "error.log";

fn start(site: &Site, configuration: &str) -> Server {
    let folder = site.folder();
    site.bench.write("site.conf", configuration);
    // what the distribution's own apache2.conf and modules are around it
    let mut main = format!(
        "ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile apache.pid\nErrorLog {LOG}\nMutex file:{folder} default\n\
         ServerName localhost\nListen 127.0.0.1:{}\nUser www-data\nGroup www-data\n",
        site.port
    );
    for module in [
        "mpm_event",
        "authz_core",
        "ssl",
        "socache_shmcb",
        "headers",
        "proxy",
        "proxy_http",
    ] {
        writeln!(
            main,
            "LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so"
        )
        .unwrap();
    }
    // Debian's ssl.conf has this cache
    main.push_str(
        "SSLSessionCache shmcb:sessions(512000)\nSSLSessionTickets off\nInclude site.conf\n",
    );
    let file = site.bench.write("apache.conf", main);
    let arguments = ["-d", &folder, "-f", file.to_str().unwrap(), "-DFOREGROUND"];
    Server::start("apache2", &arguments, site.port)
}

/// What `apachectl graceful` runs.
fn reload(site: &Site) {
    site.bench
        .sh("apache2 -d $PWD -f $PWD/apache.conf -k graceful")
        .ok();
}

#[test]
fn the_guide_shows_the_file_that_is_run() {
    assert!(guide("apache.md").contains(&guide("apache/privca.conf")));
}

#[test]
#[ignore = "needs apache2, openssl and curl"]
fn the_application_learns_who_the_client_is() {
    let site = Site::new();
    let _apache = start(&site, &site.configuration("apache/privca.conf"));
    // a page for everybody, and nobody says who they are but the server
    let answer = site.ask(None, "/");
    assert_eq!(answer.status, "200", "{answer:?}");
    assert!(!answer.body.contains("X-Client-"), "{answer:?}");
    let answer = site.ask(Some("alice"), "/");
    assert_eq!(answer.status, "200", "{answer:?}");
    assert!(!answer.body.contains("X-Client-"), "{answer:?}");
    assert_eq!(site.ask(None, "/private/").status, "403");

    let answer = site.ask(Some("alice"), "/private/");
    assert_eq!(answer.status, "200", "{answer:?}");
    let pem = site.bench.sh("openssl x509 -in alice.pem").ok().stdout;
    for header in [
        "X-Client-Subject: CN=alice\n".to_owned(),
        "X-Client-Email: alice@example.com\n".to_owned(),
        format!("X-Client-Serial: {}\n", site.serial("alice")),
        format!("X-Client-Cert: {}", pem.replace('\n', " ").trim_end()),
    ] {
        assert!(answer.body.contains(&header), "{header} in {answer:?}");
    }
    assert!(!answer.body.contains("forged"), "{answer:?}");
}

/// Nothing but a graceful reload, whatever the server is doing for others.
#[test]
#[ignore = "needs apache2, openssl and curl"]
fn who_is_revoked_is_refused_after_a_reload() {
    let site = Site::new();
    let _apache = start(&site, &site.configuration("apache/privca.conf"));
    let line = "AH02276: Certificate Verification: Error (23): certificate revoked [subject: CN=alice / issuer: CN=Clients";
    let page = guide("apache.md");
    // the handshake fails: there is no answer
    site.revokes_with_a_reload(&reload, "apache.pid", "000", (LOG, &page, line));
}

#[test]
#[ignore = "needs apache2, openssl and curl"]
fn what_goes_wrong_is_in_the_log_as_the_guide_says() {
    let site = Site::new();
    let page = guide("apache.md");
    let configuration = site.configuration("apache/privca.conf");
    let server = start(&site, &configuration);
    let refused = |client: &str, line: &str| {
        let answer = site.refused(client, LOG, &page, line);
        assert_eq!(answer.status, "000", "{answer:?}");
    };
    site.bench
        .sh("cp www.pem server.pem && cp pki/private/www.example.com.key server.key")
        .ok();
    refused(
        "server",
        "AH02276: Certificate Verification: Error (26): unsuitable certificate purpose",
    );
    site.bench
        .sh("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mallory -keyout mallory.key -out mallory.pem")
        .ok();
    refused(
        "mallory",
        "AH02276: Certificate Verification: Error (18): self-signed certificate",
    );
    site.bench
        .privca("--pki other init-ca --cn Other --no-pass")
        .ok();
    site.bench
        .privca("--pki other issue eve --profile client --no-pass --out eve.pem")
        .ok();
    site.bench.sh("cp other/private/eve.key .").ok();
    refused(
        "eve",
        "AH02276: Certificate Verification: Error (20): unable to get local issuer certificate",
    );

    let lower = site.bench.read("pki/crl.pem");
    site.bench.write("pki/crl-chain.pem", &lower);
    reload(&site);
    refused(
        "bob",
        "AH02276: Certificate Verification: Error (3): unable to get certificate CRL [subject: CN=Clients / issuer: CN=Root",
    );
    // the root's list has ended, and the CA's own has not
    site.ended_list("root", "ended.pem");
    let ended = site.bench.read("ended.pem");
    site.bench.write("pki/crl-chain.pem", lower + &ended);
    reload(&site);
    refused(
        "bob",
        "AH02276: Certificate Verification: Error (12): CRL has expired [subject: CN=Clients / issuer: CN=Root",
    );
    site.bench.privca("--pki root gen-crl --out root.crl").ok();
    site.bench.privca("import-crl root.crl").ok();
    reload(&site);
    site.served("bob");
    drop(server);

    // Apache counts the root, too
    let shallow = configuration.replace("SSLVerifyDepth        2", "SSLVerifyDepth 1");
    assert_ne!(shallow, configuration);
    let _apache = start(&site, &shallow);
    refused(
        "bob",
        "AH02040: Certificate Verification: Certificate Chain too long (chain has 2 certificates, but maximum allowed are only 1)",
    );
}
