//! Chromium without a screen, its certificates from NSS as on any Linux desktop.

use crate::world::{bundles, nginx, world};

/// Runs in a mount namespace of its own, so that the policy that answers Chromium's question for a
/// certificate is seen by this Chromium alone.
const SCRIPT: &str = r#"
set -e
mkdir -p policies
mount -t tmpfs none /etc/chromium 2>/dev/null || { mkdir -p /etc/chromium; mount -t tmpfs none /etc/chromium; }
mkdir -p /etc/chromium/policies/managed
echo '{"AutoSelectCertificateForUrls": ["{\"pattern\":\"*\",\"filter\":{}}"]}' > /etc/chromium/policies/managed/privca.json
export HOME="$PWD/home"
exec timeout 60 chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --no-first-run --disable-background-networking --user-data-dir="$PWD/profile" \
    --virtual-time-budget=5000 --dump-dom "$1"
"#;

#[test]
#[ignore = "needs chromium, libnss3-tools, nginx and user namespaces"]
fn chromium_reaches_the_page_with_them() {
    let bench = world();
    let cases = bundles(&bench, &["secret"]);
    let (_server, port) = nginx(&bench);
    bench.write("chromium.sh", SCRIPT);
    for case in cases.iter().filter(|case| case.chain) {
        bench.sh("rm -rf home profile; mkdir -p home/.pki/nssdb && certutil -N -d sql:home/.pki/nssdb --empty-password").ok();
        bench
            .sh("certutil -A -d sql:home/.pki/nssdb -n Root -t CT,, -i root/ca.crt")
            .ok();
        let import = format!(
            "pk12util -i {} -d sql:home/.pki/nssdb -K '' -W secret",
            case.file
        );
        bench.sh(&import).ok();
        let url = format!("https://localhost:{port}/");
        let ran = bench.tool("unshare", &["-rm", "bash", "chromium.sh", &url]);
        let hello = format!("hello CN={}", case.name);
        assert!(
            ran.stdout.contains(&hello),
            "{}: {}\n{}",
            case.file,
            ran.stdout,
            ran.stderr
        );
    }
}
