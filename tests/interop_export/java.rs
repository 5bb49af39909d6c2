//! Java 17: keytool, the key store of an HTTPS client, and its trust store.

use crate::world::{PASSPHRASES, bundles, listed, nginx, world};

/// Loads every bundle; those with the chain must get in, by the trust store that privca wrote.
const CLIENT: &str = r#"
import java.io.*;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import javax.net.ssl.*;

public class Client {
    public static void main(String[] args) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream("trust.p12")) { trust.load(in, "changeit".toCharArray()); }
        var anchors = TrustManagerFactory.getInstance("PKIX");
        anchors.init(trust);
        for (String line : Files.readAllLines(Path.of("cases"), StandardCharsets.UTF_8)) {
            String[] f = line.split("\t", -1);
            char[] pass = f[3].toCharArray();
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (var in = new FileInputStream(f[0])) {
                store.load(in, pass);
                if (store.size() != 1 || !store.isKeyEntry(f[1])) throw new Exception("no key " + f[1]);
                if (store.getCertificateChain(f[1]).length != Integer.parseInt(f[2])) throw new Exception("chain");
                var keys = KeyManagerFactory.getInstance("PKIX");
                keys.init(store, pass);
                var context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), anchors.getTrustManagers(), null);
                var c = (HttpsURLConnection) new URL("https://localhost:" + args[0] + "/").openConnection();
                c.setSSLSocketFactory(context.getSocketFactory());
                int code = c.getResponseCode();
                System.out.println(f[0] + " " + code + " " + (code == 200 ? new String(c.getInputStream().readAllBytes()) : ""));
            } catch (GeneralSecurityException | IOException e) {
                
                Throwable root = e;
                while (root.getCause() != null) root = root.getCause();
                System.out.println(f[0] + " refused " + root);
            }
        }
    }
}
"#;

#[test]
#[ignore = "needs openjdk-17 and nginx"]
fn an_https_client_gets_in_with_them() {
    let bench = world();
    let cases = bundles(&bench, &PASSPHRASES);
    listed(&bench, &cases);
    bench
        .privca("export ec --format truststore --passout pass:changeit --out trust.p12")
        .ok();
    let (_server, port) = nginx(&bench);
    bench.write("Client.java", CLIENT);
    let args = ["-Dfile.encoding=UTF-8", "Client.java", &port.to_string()];
    let said = bench.tool("java", &args).ok().stdout;
    for case in &cases {
        let line = said
            .lines()
            .find(|l| l.starts_with(&format!("{} ", case.file)))
            .unwrap();
        // Java derives keys from ASCII passphrases alone, whoever wrote the file
        if !case.passphrase.is_ascii() {
            assert!(line.ends_with("Password is not ASCII"), "{said}");
            continue;
        }
        match case.chain {
            true => assert!(
                line.ends_with(&format!("200 hello CN={}", case.name)),
                "{said}"
            ),
            false => assert!(line.ends_with("400 "), "{said}"),
        }
    }
}

#[test]
#[ignore = "needs keytool of openjdk-17"]
fn keytool_lists_and_imports_them() {
    let bench = world();
    for case in bundles(&bench, &["secret"]) {
        let store = format!(
            "-storetype PKCS12 -keystore {} -storepass secret",
            case.file
        );
        let text = bench.sh(&format!("keytool -list -v {store}")).ok().stdout;
        let chain = format!("Certificate chain length: {}", case.certificates());
        for line in [
            &format!("Alias name: {}", case.name),
            "Entry type: PrivateKeyEntry",
            &chain,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let import = format!(
            "keytool -importkeystore -noprompt -srckeystore {} -srcstoretype PKCS12 -srcstorepass secret \
             -destkeystore {}.jks -deststoretype JKS -deststorepass changeit",
            case.file, case.file
        );
        bench.sh(&import).ok();
    }
    bench
        .privca("export ca --format truststore --passout pass:changeit --out trust.p12")
        .ok();
    let text = bench
        .sh("keytool -list -keystore trust.p12 -storepass changeit")
        .ok()
        .stdout;
    assert_eq!(text.matches("trustedCertEntry").count(), 2, "{text}");
    assert!(text.contains("root,") && text.contains("sub,"), "{text}");

    // what Java writes, privca reads
    bench
        .sh("keytool -genkeypair -alias jo -keyalg EC -groupname secp256r1 -dname CN=jo -storetype PKCS12 -keystore jo.p12 -storepass secret")
        .ok();
    bench
        .privca("import-p12 jo.p12 jo --out-dir . --passin pass:secret --no-pass")
        .ok();
    bench
        .sh("openssl x509 -in jo.crt -noout -subject | grep jo")
        .ok();

    // and of several keys the one that is named
    bench
        .sh("keytool -genkeypair -alias al -keyalg EC -groupname secp256r1 -dname CN=al -storetype PKCS12 -keystore jo.p12 -storepass secret")
        .ok();
    let import = "import-p12 jo.p12 al --out-dir . --passin pass:secret --no-pass";
    let ran = bench.privca(import).fails(1, "error[several-keys]");
    assert!(
        ran.stderr.contains("\"al\"") && ran.stderr.contains("\"jo\""),
        "{}",
        ran.stderr
    );
    bench
        .privca(&format!("{import} --friendly-name nobody"))
        .fails(1, "error[several-keys]");
    bench.privca(&format!("{import} --friendly-name al")).ok();
    bench
        .sh("openssl x509 -in al.crt -noout -subject | grep al")
        .ok();
}
