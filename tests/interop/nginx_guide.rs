//! `docs/guides/nginx.md`: its configuration, run as it is, and what it says goes wrong.

use crate::server::Server;
use crate::site::{Site, guide};

const LOG: &str = "privca.log";

pub(crate) fn start(site: &Site, configuration: &str) -> Server {
    let folder = site.folder();
    let configuration = configuration.replace("/var/log/nginx", &folder);
    site.bench.write("site.conf", configuration);
    // what the distribution's own nginx.conf is around it
    site.bench.write(
        "nginx.conf",
        "pid nginx.pid; error_log error.log; events { }\n\
         http { access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
         include site.conf; }\n",
    );
    let arguments = ["-p", &folder, "-c", "nginx.conf", "-g", "daemon off;"];
    Server::start("nginx", &arguments, site.port)
}

fn reload(site: &Site) {
    site.bench.sh("nginx -p $PWD -c nginx.conf -s reload").ok();
}

#[test]
fn the_guide_shows_the_file_that_is_run() {
    assert!(guide("nginx.md").contains(&guide("nginx/privca.conf")));
}

#[test]
#[ignore = "needs nginx, openssl and curl"]
fn the_application_learns_who_the_client_is() {
    let site = Site::new();
    let _nginx = start(&site, &site.configuration("nginx/privca.conf"));
    // a page for everybody, and nobody says who they are but the server
    let answer = site.ask(None, "/");
    assert_eq!(answer.status, "200", "{answer:?}");
    assert!(answer.body.contains("X-Client-Verify: NONE"), "{answer:?}");
    assert!(!answer.body.contains("X-Client-S"), "{answer:?}");
    assert_eq!(site.ask(None, "/private/").status, "403");

    let answer = site.ask(Some("alice"), "/private/");
    assert_eq!(answer.status, "200", "{answer:?}");
    let fingerprint = site
        .bench
        .sh("openssl x509 -in alice.pem -noout -fingerprint -sha1")
        .ok()
        .stdout;
    let (_, fingerprint) = fingerprint.trim().split_once('=').unwrap();
    let pem = site.bench.sh("openssl x509 -in alice.pem").ok().stdout;
    let escaped = pem
        .replace('\n', "%0A")
        .replace(' ', "%20")
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    for header in [
        "X-Client-Verify: SUCCESS".to_owned(),
        "X-Client-Subject: CN=alice".to_owned(),
        format!("X-Client-Serial: {}", site.serial("alice")),
        format!(
            "X-Client-Fingerprint: {}",
            fingerprint.replace(':', "").to_lowercase()
        ),
        format!("X-Client-Cert: {escaped}"),
    ] {
        assert!(answer.body.contains(&header), "{header} in {answer:?}");
    }
}

/// Nothing but a reload, whatever the server is doing for others.
#[test]
#[ignore = "needs nginx, openssl and curl"]
fn who_is_revoked_is_refused_after_a_reload() {
    let site = Site::new();
    let _nginx = start(&site, &site.configuration("nginx/privca.conf"));
    let line = "client SSL certificate verify error: (23:certificate revoked) while reading client request headers";
    let page = guide("nginx.md");
    site.revokes_with_a_reload(&reload, "nginx.pid", "400", (LOG, &page, line));
}

/// Why the guide turns sessions off: nginx keeps a shared cache over a reload, and asks no list.
#[test]
#[ignore = "needs nginx, openssl and curl"]
fn a_shared_session_cache_lets_the_revoked_in() {
    let site = Site::new();
    let configuration = site.configuration("nginx/privca.conf");
    let shared = configuration.replace("ssl_session_cache   off", "ssl_session_cache shared:s:1m");
    assert_ne!(shared, configuration);
    let _nginx = start(&site, &shared);
    assert!(
        site.talk(Some("alice"), "tls1_2")
            .contains("X-Client-Subject: CN=alice")
    );
    site.bench.privca("revoke alice").ok();
    reload(&site);
    site.until("alice", "/private/", "400", "bob");
    let said = site.talk(None, "tls1_2");
    assert!(
        said.contains("X-Client-Subject: CN=alice"),
        "nginx does not do so any more: {said}"
    );
}

#[test]
#[ignore = "needs nginx, openssl and curl"]
fn what_goes_wrong_is_in_the_log_as_the_guide_says() {
    let site = Site::new();
    let page = guide("nginx.md");
    let _nginx = start(&site, &site.configuration("nginx/privca.conf"));
    let refused = |client: &str, why: &str| {
        let line = format!(
            "client SSL certificate verify error: ({why}) while reading client request headers"
        );
        let answer = site.refused(client, LOG, &page, &line);
        assert_eq!(answer.status, "400", "{answer:?}");
    };
    site.bench
        .sh("cp www.pem server.pem && cp pki/private/www.example.com.key server.key")
        .ok();
    refused("server", "26:unsuitable certificate purpose");
    // somebody else's: OpenSSL finds more wrong with it, and nginx logs the last thing
    site.bench
        .sh("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mallory -keyout mallory.key -out mallory.pem")
        .ok();
    refused("mallory", "3:unable to get certificate CRL");
    site.bench.write(LOG, "");

    let lower = site.bench.read("pki/crl.pem");
    site.bench.write("pki/crl-chain.pem", &lower);
    reload(&site);
    refused("bob", "3:unable to get certificate CRL");
    // the root's list has ended, and the CA's own has not
    site.ended_list("root", "ended.pem");
    let ended = site.bench.read("ended.pem");
    site.bench
        .write("pki/crl-chain.pem", format!("{lower}{ended}"));
    reload(&site);
    refused("bob", "12:CRL has expired");
    site.bench.privca("--pki root gen-crl --out root.crl").ok();
    site.bench.privca("import-crl root.crl").ok();
    reload(&site);
    site.served("bob");
}
