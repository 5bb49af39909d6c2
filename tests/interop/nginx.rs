//! Mutual TLS with real nginx and curl.

use crate::server::{Server, free_port};
use crate::support::Bench;

/// The status that curl gets, with these options.
fn status(bench: &Bench, options: &str) -> String {
    bench
        .sh(&format!("curl -sS -o body -w '%{{http_code}}' {options}"))
        .ok()
        .stdout
}

#[test]
#[ignore = "needs nginx and curl"]
fn quickstart_runs_as_it_is() {
    let bench = Bench::new();
    bench.privca("quickstart demo").ok();
    // the only change: a port of the test's own
    let port = free_port();
    let conf = bench
        .read("demo/nginx.conf")
        .replace("8443", &port.to_string());
    bench.write("demo/nginx.conf", conf);
    let folder = bench.path("demo");
    let _nginx = Server::start(
        "nginx",
        &["-p", folder.to_str().unwrap(), "-c", "nginx.conf"],
        port,
    );

    let url = format!("--cacert demo/pki/ca-chain.crt https://localhost:{port}/");
    assert_eq!(status(&bench, &url), "403");
    let pair = "--cert demo/pki/issued/client.crt --key demo/pki/private/client.key";
    assert_eq!(status(&bench, &format!("{pair} {url}")), "200");
    assert_eq!(bench.read("body"), "hello, CN=client\n");
    let p12 = "--cert-type P12 --cert demo/pki/private/client.p12:quickstart";
    assert_eq!(status(&bench, &format!("{p12} {url}")), "200");
    for host in ["127.0.0.1", "[::1]"] {
        let url = format!("--cacert demo/pki/ca-chain.crt https://{host}:{port}/");
        assert_eq!(status(&bench, &format!("{pair} {url}")), "200", "{host}");
    }
}

/// The recipe that the project began with: somebody's CSR becomes a client certificate that nginx
/// accepts, under an intermediate whose root lies in another directory.
#[test]
#[ignore = "needs openssl, nginx and curl"]
fn a_csr_becomes_a_client_certificate_that_nginx_accepts() {
    let bench = Bench::new();
    bench.write("ca.pass", "the CA's passphrase\n");
    bench.write("root.pass", "the root's passphrase\n");
    bench
        .privca_args(&[
            "--pki",
            "root",
            "init-ca",
            "--cn",
            "Example Root CA",
            "--passout",
            "file:root.pass",
        ])
        .ok();
    bench
        .privca_args(&[
            "init-ca",
            "--cn",
            "Example Client CA",
            "--parent",
            "root",
            "--passin",
            "file:root.pass",
            "--passout",
            "file:ca.pass",
        ])
        .ok();
    bench.write(
        "incoming/johndoe.cnf",
        "[req]\nprompt = no\ndistinguished_name = dn\nreq_extensions = ext\n[dn]\nCN = John Doe\n\
         [ext]\nsubjectAltName = @names\n[names]\nemail.1 = john.doe@examplemail.com\n",
    );
    bench
        .sh("openssl req -new -newkey rsa:2048 -nodes -config incoming/johndoe.cnf -keyout incoming/johndoe.key -out incoming/johndoe.csr")
        .ok();
    std::fs::create_dir(bench.path("issued")).unwrap();
    bench
        .privca("sign --csr incoming/johndoe.csr --profile 1year --out issued/johndoe.pem --passin file:ca.pass")
        .ok();

    // OpenSSL agrees, purpose, CRLs of both levels and all
    bench
        .sh("openssl verify -x509_strict -purpose sslclient -crl_check_all -CRLfile pki/crl-chain.pem \
             -CAfile pki/ca-chain.crt issued/johndoe.pem")
        .ok();
    let text = bench.sh("openssl x509 -in issued/johndoe.pem -noout -subject -ext subjectAltName,extendedKeyUsage").ok();
    for word in [
        "CN = John Doe",
        "email:john.doe@examplemail.com",
        "TLS Web Client Authentication",
    ] {
        assert!(text.stdout.contains(word), "{word} in {}", text.stdout);
    }

    bench
        .privca(
            "issue localhost --profile server --no-pass --san dns:localhost --passin file:ca.pass",
        )
        .ok();
    bench
        .sh("cat pki/issued/localhost.crt pki/ca.crt > server.pem")
        .ok();
    let port = free_port();
    bench.write(
        "nginx.conf",
        format!(
            "daemon off; pid nginx.pid; error_log stderr; events {{ }}\n\
             http {{ access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
             server {{ listen 127.0.0.1:{port} ssl;\n\
             ssl_certificate server.pem; ssl_certificate_key pki/private/localhost.key;\n\
             ssl_client_certificate pki/ca-chain.crt; ssl_crl pki/crl-chain.pem; ssl_verify_client optional;\n\
             if ($ssl_client_verify != SUCCESS) {{ return 403; }}\n\
             location / {{ return 200 \"$ssl_client_s_dn\"; }} }} }}\n"
        ),
    );
    let folder = bench.path("");
    let _nginx = Server::start(
        "nginx",
        &["-p", folder.to_str().unwrap(), "-c", "nginx.conf"],
        port,
    );
    let url = format!("--cacert root/ca.crt https://localhost:{port}/");
    assert_eq!(status(&bench, &url), "403");
    assert_eq!(
        status(
            &bench,
            &format!("--cert issued/johndoe.pem --key incoming/johndoe.key {url}")
        ),
        "200"
    );
    assert_eq!(bench.read("body"), "CN=John Doe");
}
