//! The forms of `export`, each before the program that it is for.

use crate::readers::python;
use crate::server::free_port;
use crate::support::Bench;
use crate::world::world;

#[test]
#[ignore = "needs openssl"]
fn openssl_reads_certificates_and_keys() {
    let bench = world();
    for name in ["ec", "rsa"] {
        let export = |format: &str, more: &str| {
            bench
                .privca(&format!(
                    "export {name} --format {format} --out out --force {more}"
                ))
                .ok();
        };
        let count = |line: &str| bench.sh(line).ok().stdout.matches("subject=").count();
        export("pem", "");
        assert_eq!(bench.read("out").matches("BEGIN CERTIFICATE").count(), 2);
        export("pem", "--no-chain");
        assert_eq!(bench.read("out").matches("BEGIN CERTIFICATE").count(), 1);
        export("fullchain", "");
        bench
            .sh("openssl verify -CAfile root/ca.crt -untrusted out out")
            .ok();
        export("der", "");
        assert_eq!(count("openssl x509 -inform DER -in out -noout -subject"), 1);
        export("p7b", "");
        assert_eq!(count("openssl pkcs7 -in out -print_certs -noout"), 2);
        export("p7b", "--with-root");
        assert_eq!(count("openssl pkcs7 -in out -print_certs -noout"), 3);
        export("pkcs8", "--passout pass:x");
        bench
            .sh("head -1 out | grep ENCRYPTED && openssl pkey -in out -passin pass:x -check -noout")
            .ok();
        export("bundle", "--no-pass");
        bench
            .sh("openssl pkey -in out -check -noout && openssl x509 -in out -noout")
            .ok();
        export("spki", "");
        bench.sh("openssl pkey -pubin -in out -noout").ok();
    }
    bench.privca("export rsa --format pkcs1 --out rsa.key").ok();
    bench.sh("head -1 rsa.key | grep 'BEGIN RSA PRIVATE KEY' && openssl rsa -in rsa.key -check -noout").ok();
    bench.privca("export ec --format sec1 --out ec.key").ok();
    bench
        .sh("head -1 ec.key | grep 'BEGIN EC PRIVATE KEY' && openssl ec -in ec.key -check -noout")
        .ok();
}

#[test]
#[ignore = "needs haproxy"]
fn haproxy_takes_a_bundle() {
    let bench = world();
    bench
        .privca("export localhost --format bundle --no-pass --out web.pem")
        .ok();
    let port = free_port();
    bench.write(
        "haproxy.cfg",
        format!(
            "global\n\ndefaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n\
             frontend web\n    bind 127.0.0.1:{port} ssl crt web.pem ca-file root/ca.crt verify required\n    http-request return status 200\n"
        ),
    );
    bench.sh("haproxy -c -f haproxy.cfg").ok();
    bench
        .privca("export localhost --format bundle --passout pass:x --out web.pem --force")
        .ok();
    assert_ne!(bench.sh("haproxy -c -f haproxy.cfg </dev/null").code, 0);
}

#[test]
#[ignore = "needs openvpn"]
fn openvpn_connects_with_inline_files() {
    let bench = world();
    bench.sh("openvpn --genkey tls-crypt tc.key").ok();
    let port = free_port();
    let inline = |name: &str, head: String| {
        let args = format!("export {name} --format inline --tls-crypt tc.key --no-pass");
        let blocks = bench.privca(&args).ok().stdout;
        bench.write(&format!("{name}.ovpn"), head + &blocks);
    };
    let common = "dev null\nproto udp\nverb 3\nifconfig-noexec\n";
    inline(
        "localhost",
        format!(
            "{common}tls-server\ndh none\nlocal 127.0.0.1\nport {port}\nremote-cert-tls client\n"
        ),
    );
    inline(
        "ec",
        format!("{common}tls-client\nnobind\nremote 127.0.0.1 {port}\nremote-cert-tls server\n"),
    );
    // both run until both have said it, or for twenty seconds
    let script = "\
        openvpn localhost.ovpn >server.log 2>&1 & server=$!
        openvpn ec.ovpn >client.log 2>&1 & client=$!
        for i in $(seq 200); do
            grep -q 'Initialization Sequence Completed' server.log client.log 2>/dev/null &&
            grep -q 'VERIFY OK: depth=0, CN=ec' server.log && grep -q 'VERIFY OK: depth=0, CN=localhost' client.log && break
            sleep 0.1
        done
        kill $server $client; wait; cat server.log client.log
        grep -q 'VERIFY OK: depth=0, CN=ec' server.log && grep -q 'VERIFY OK: depth=0, CN=localhost' client.log";
    let said = bench.sh(script).ok().stdout;
    assert!(said.contains("VERIFY OK: depth=2, CN=Root"), "{said}");
}

#[test]
#[ignore = "needs python3 and PyPI"]
fn a_kubernetes_secret_has_what_its_schema_demands() {
    let bench = world();
    bench
        .privca("export localhost --format k8s --out secret.yaml")
        .ok();
    let script = r#"
import base64, re, yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
secret = yaml.safe_load(open("secret.yaml"))
assert set(secret) == {"apiVersion", "kind", "type", "metadata", "data"}, secret
assert (secret["apiVersion"], secret["kind"], secret["type"]) == ("v1", "Secret", "kubernetes.io/tls")
assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", secret["metadata"]["name"])
data = {key: base64.b64decode(value, validate=True) for key, value in secret["data"].items()}
assert set(data) == {"tls.crt", "tls.key", "ca.crt"}, data.keys()
chain = x509.load_pem_x509_certificates(data["tls.crt"])
assert [c.subject.rfc4514_string() for c in chain] == ["CN=localhost", "CN=Sub"]
assert len(x509.load_pem_x509_certificates(data["ca.crt"])) == 2
assert load_pem_private_key(data["tls.key"], None).public_key() == chain[0].public_key()
"#;
    bench.tool(&python(), &["-c", script]).ok();
}

#[test]
#[ignore = "needs python3 and PyPI"]
fn a_mobileconfig_is_a_property_list_with_the_identity_and_the_ca() {
    let bench = world();
    let script = r#"
import plistlib, uuid
from cryptography import x509
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
profile = plistlib.load(open("rsa.mobileconfig", "rb"))
def whole(payload):
    uuid.UUID(payload["PayloadUUID"])
    return payload["PayloadType"], payload["PayloadVersion"], bool(payload["PayloadIdentifier"]), bool(payload["PayloadDisplayName"])
assert whole(profile) == ("Configuration", 1, True, True)
identity, sub, root = profile["PayloadContent"]
assert whole(identity) == ("com.apple.security.pkcs12", 1, True, True)
assert "Password" not in identity
assert whole(sub) == ("com.apple.security.pkcs1", 1, True, True)
assert whole(root) == ("com.apple.security.root", 1, True, True)
p12 = load_pkcs12(identity["PayloadContent"], b"secret")
assert p12.cert.certificate.subject.rfc4514_string() == "CN=rsa"
assert x509.load_der_x509_certificate(root["PayloadContent"]).subject.rfc4514_string() == "CN=Root"
assert x509.load_der_x509_certificate(sub["PayloadContent"]).subject.rfc4514_string() == "CN=Sub"
identifiers = [p["PayloadUUID"] for p in profile["PayloadContent"]] + [profile["PayloadUUID"]]
assert len(set(identifiers)) == 4
"#;
    bench
        .privca("export rsa --format mobileconfig --passout pass:secret --out rsa.mobileconfig")
        .ok();
    bench.tool(&python(), &["-c", script]).ok();
    xml_is_well_formed(&bench);
}

fn xml_is_well_formed(bench: &Bench) {
    let check = "import xml.dom.minidom; xml.dom.minidom.parse('rsa.mobileconfig')";
    bench.tool("python3", &["-c", check]).ok();
}
