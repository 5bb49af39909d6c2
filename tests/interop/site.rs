//! A site with client certificates, as the guides for nginx and Apache describe it: a root, the CA
//! below it that signs the clients, a server, two clients, and the application behind the server.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::server::free_port;
use crate::support::Bench;

/// `/etc/privca` of the guides is the bench's folder.
pub struct Site {
    pub bench: Bench,
    pub port: u16,
    application: u16,
}

/// What curl got: the status, and `000` where there was no answer; then the body.
#[derive(Debug)]
pub struct Answer {
    pub status: String,
    pub body: String,
}

impl Site {
    pub fn new() -> Self {
        let bench = Bench::new();
        // Apache's workers, who are another user, find the way
        std::fs::set_permissions(
            bench.path(""),
            std::os::unix::fs::PermissionsExt::from_mode(0o755),
        )
        .unwrap();
        bench.privca("--pki root init-ca --cn Root --no-pass").ok();
        bench
            .privca("init-ca --cn Clients --no-pass --parent root")
            .ok();
        bench
            .privca("issue www.example.com --profile server --san dns:www.example.com --no-pass --out www.pem")
            .ok();
        let site = Self {
            bench,
            port: free_port(),
            application: application(),
        };
        site.client("alice");
        site.client("bob");
        site
    }

    /// A client certificate, `NAME.pem` and `NAME.key`, which a revocation does not move.
    pub fn client(&self, name: &str) {
        self.bench
            .privca(&format!(
                "issue {name} --no-pass --san email:{name}@example.com --out {name}.pem"
            ))
            .ok();
        std::fs::copy(
            self.bench.path(&format!("pki/private/{name}.key")),
            self.bench.path(&format!("{name}.key")),
        )
        .unwrap();
    }

    /// The bench's folder, without a slash at its end.
    pub fn folder(&self) -> String {
        let folder = self.bench.path("").display().to_string();
        folder.trim_end_matches('/').to_owned()
    }

    /// A file of the guides, with this site's folder and ports and no other change.
    pub fn configuration(&self, file: &str) -> String {
        guide(file)
            .replace("/etc/privca", &self.folder())
            .replace("443", &self.port.to_string())
            .replace("8080", &self.application.to_string())
    }

    /// Asks for a path with a client's certificate, or without one.
    pub fn ask(&self, client: Option<&str>, path: &str) -> Answer {
        let pair = client.map_or(String::new(), |name| {
            format!("--cert {name}.pem --key {name}.key")
        });
        let port = self.port;
        let ran = self.bench.sh(&format!(
            "rm -f body; curl -s -o body -w '%{{http_code}}' --cacert root/ca.crt {pair} \
             -H 'X-Client-Subject: CN=forged' -H 'X-Client-Serial: 01' \
             --resolve www.example.com:{port}:127.0.0.1 https://www.example.com:{port}{path}"
        ));
        let body = std::fs::read_to_string(self.bench.path("body")).unwrap_or_default();
        Answer {
            status: ran.stdout,
            body,
        }
    }

    /// Waits until a client gets this status for a path; the other one is served all the while.
    #[track_caller]
    pub fn until(&self, client: &str, path: &str, status: &str, other: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            assert_eq!(self.ask(Some(other), "/private/").status, "200", "{other}");
            let answer = self.ask(Some(client), path);
            if answer.status == status {
                return;
            }
            assert!(Instant::now() < deadline, "{client}: {answer:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Revokes alice and releases her, once for each version of TLS: nothing but the reload makes the
    /// server refuse her, `status` is what she gets then and `line` is in its log; bob is served all
    /// the while, and the process in the PID file stays the same.
    #[track_caller]
    pub fn revokes_with_a_reload(
        &self,
        reload: &dyn Fn(&Self),
        pid_file: &str,
        status: &str,
        log: (&str, &str, &str),
    ) {
        self.until("alice", "/private/", "200", "bob");
        let process = self.bench.read(pid_file);
        for version in ["tls1_2", "tls1_3"] {
            let said = self.talk(Some("alice"), version);
            assert!(said.contains("X-Client-Subject: CN=alice"), "{said}");
            self.bench
                .privca("revoke alice --reason certificateHold")
                .ok();
            assert_eq!(self.ask(Some("alice"), "/private/").status, "200");
            let before = workers(&process);
            reload(self);
            self.until("alice", "/private/", status, "bob");
            self.until_gone(&before, "bob");
            // a public page does not take a revoked certificate either
            self.until("alice", "/", status, "bob");
            self.refused("alice", log.0, log.1, log.2);
            // nor does the session from before let her in
            let said = self.talk(None, version);
            assert!(
                !said.contains("CN=alice") && said.contains("403 Forbidden"),
                "{said}"
            );
            self.bench.privca("unrevoke alice").ok();
            let before = workers(&process);
            reload(self);
            self.until("alice", "/private/", "200", "bob");
            self.until_gone(&before, "bob");
        }
        assert_eq!(self.bench.read(pid_file), process);
    }

    /// Waits until the workers from before a reload, which have the list from before it, take no
    /// more connections; this client is served all the while.
    #[track_caller]
    fn until_gone(&self, workers: &[String], served: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while workers.iter().any(|w| Path::new("/proc").join(w).exists()) {
            assert!(Instant::now() < deadline, "{workers:?} are still there");
            assert_eq!(
                self.ask(Some(served), "/private/").status,
                "200",
                "{served}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a client is served again.
    #[track_caller]
    pub fn served(&self, client: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.ask(Some(client), "/private/").status != "200" {
            assert!(Instant::now() < deadline, "{client} is not served");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks as a client until the server's log has this line, which the guide has, too; what the
    /// client got then.
    #[track_caller]
    pub fn refused(&self, client: &str, log: &str, guide: &str, line: &str) -> Answer {
        assert!(guide.contains(line), "{line:?} is not in the guide");
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.ask(Some(client), "/private/");
            let logged = self.bench.read(log);
            if logged.contains(line) {
                return answer;
            }
            assert!(
                Instant::now() < deadline,
                "{line:?} after {answer:?} is not in the log, which ends:\n{}",
                logged.get(logged.len().saturating_sub(1000)..).unwrap()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The serial of a client, by OpenSSL.
    pub fn serial(&self, client: &str) -> String {
        let said = self
            .bench
            .sh(&format!("openssl x509 -in {client}.pem -noout -serial"))
            .ok()
            .stdout;
        said.trim().trim_start_matches("serial=").to_owned()
    }

    /// A list in `FILE` that ended years ago, by `openssl ca`.
    pub fn ended_list(&self, pki: &str, file: &str) {
        self.bench
            .sh(&format!(
                "cd {pki} && openssl ca -config openssl-easyrsa.cnf -gencrl \
                 -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z -out ../{file}"
            ))
            .ok();
    }

    /// Talks TLS as a client and keeps the session, if the server gives one; or without a
    /// certificate on the session that was kept. What the server said.
    pub fn talk(&self, client: Option<&str>, version: &str) -> String {
        let keep = client.map_or(
            "$([ ! -e session ] || echo -sess_in session)".to_owned(),
            |name| {
                drop(std::fs::remove_file(self.bench.path("session")));
                format!("-cert {name}.pem -key {name}.key -sess_out session")
            },
        );
        let port = self.port;
        self.bench
            .sh(&format!(
                "printf 'GET /private/ HTTP/1.1\\r\\nHost: www.example.com\\r\\nConnection: close\\r\\n\\r\\n' | \
                 openssl s_client -{version} -ign_eof {keep} -servername www.example.com -connect 127.0.0.1:{port}"
            ))
            .stdout
    }
}

/// The processes that a server with this PID has started.
fn workers(server: &str) -> Vec<String> {
    let parent = format!("PPid:\t{}\n", server.trim());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let names = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let workers: Vec<String> = names
        .filter(|name| name.bytes().all(|b| b.is_ascii_digit()))
        // one that has ended meanwhile is none
        .filter(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/status"))
                .is_ok_and(|status| status.contains(&parent))
        })
        .collect();
    assert!(!workers.is_empty(), "server {server} has no workers");
    workers
}

/// A file below `docs/guides`.
pub fn guide(file: &str) -> String {
    let path = format!("{}/docs/guides/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Answers every request with the path and the headers that it came with.
fn application() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let mut said = String::new();
            let mut lines = BufReader::new(&connection).lines();
            while let Some(Ok(line)) = lines.next() {
                if line.is_empty() {
                    break;
                }
                writeln!(said, "{line}").unwrap();
            }
            let length = said.len();
            // a server that has gone is no fault of the application's
            drop(write!(
                &connection,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
            ));
        }
    });
    port
}
