//! `quickstart`: a CA, a server for localhost, a client with its .p12, and an nginx that uses them.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use super::export_p12;
use super::init_ca::{self, subject_of_cn};
use super::issuance::Issued;
use super::issue::{self, Made, Signer};
use super::sign::Changes;
use super::{Context, Error, PassphraseError, Passphrases, policies, read};
use crate::keys::pkcs12::Strength;
use crate::keys::{self, KeyType};
use crate::pki::{FileName, Overwrite, Pki, Session};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::x509::certificate::Certificate;
use crate::x509::general_name::GeneralName;
use crate::x509::name_constraints::NameConstraints;

/// What was made.
pub struct Started {
    /// The folder that holds everything.
    pub directory: PathBuf,
    /// The PKI directory in it.
    pub pki: PathBuf,
    /// The server's certificate.
    pub server: Issued,
    /// The client's certificate.
    pub client: Issued,
    /// The client's bundle.
    pub p12: PathBuf,
    /// nginx's configuration.
    pub nginx: PathBuf,
}

/// The passphrase of the client's .p12. It protects nothing: it is printed, and importers want one.
pub const P12_PASSPHRASE: &str = "quickstart";
/// Where the example server listens.
pub const PORT: u16 = 8443;

/// Makes everything, unencrypted: a place to try things in, not to run a company on.
///
/// # Errors
/// When `directory/pki` is a PKI already, or the disk fails.
pub fn run(context: &Context<'_>, directory: &Path) -> Result<Started, Error> {
    let path = directory.join("pki");
    let nginx = directory.join("nginx.conf");
    for one in [&path, &nginx] {
        if disk::exists(one)? {
            return Err(Error::failed(
                "already-exists",
                format!("{} exists already", one.display()),
                "nothing was changed; give another folder: `privca quickstart DIRECTORY`",
            ));
        }
    }
    let request = init_ca::Request {
        pki: &path,
        subject: subject_of_cn("privca quickstart CA")?,
        key_type: KeyType::EcP256,
        validity: None,
        path_len: Some(0),
        constraints: NameConstraints::default(),
    };
    init_ca::root(context, &request, &mut Unencrypted)?;

    let (pki, ca) = context.open_with_ca(&path)?;
    let ca_key = ca.open_key(&pki, &mut Unencrypted)?;
    let mut session = context.lock(&pki)?;
    let signer = Signer {
        ca: &ca,
        key: &ca_key,
    };
    let names = vec![
        GeneralName::Dns("localhost".to_owned()),
        GeneralName::Ip(Ipv4Addr::LOCALHOST.into()),
        GeneralName::Ip(Ipv6Addr::LOCALHOST.into()),
    ];
    let server = certify(
        context,
        &pki,
        &mut session,
        &signer,
        ("localhost", "server", names),
    )?;
    let names = vec![GeneralName::Email("client@example.com".to_owned())];
    let client = certify(
        context,
        &pki,
        &mut session,
        &signer,
        ("client", "1year", names),
    )?;
    let p12 = bundle(context, &pki, &mut session, &client)?;

    // nginx wants the server's chain in one file; the server certificate alone is one here
    let text = nginx_conf();
    context
        .disk
        .write_whole(&nginx, text.as_bytes(), disk::PUBLIC, Overwrite::No)?;
    Ok(Started {
        directory: directory.to_owned(),
        pki: path,
        server,
        client,
        p12,
        nginx,
    })
}

fn certify(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    signer: &Signer<'_>,
    (name, profile, names): (&str, &str, Vec<GeneralName>),
) -> Result<Issued, Error> {
    let bug = |_| Error::Bug("a built-in name is refused".to_owned());
    let key = keys::generate::generate(KeyType::EcP256).map_err(Error::key(Path::new(name)))?;
    let key_file =
        keys::file::write(&key, None, context.random).map_err(Error::key(Path::new(name)))?;
    let profile_name = profile
        .parse()
        .map_err(|_| Error::Bug(profile.to_owned()))?;
    let request = issue::Request {
        pki: pki.layout().root(),
        name: name.parse::<FileName>().map_err(bug)?,
        profile: profile_name,
        key_type: KeyType::EcP256,
        changes: Changes {
            names,
            ..Changes::default()
        },
        out: None,
        overwrite: Overwrite::No,
    };
    let profile = policies::load(Some(pki), &request.profile)?.profile;
    let made = Made {
        profile: &profile,
        key: &key,
        key_file: &key_file,
    };
    issue::with_key(context, pki, session, signer, &request, &made)
}

fn bundle(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    client: &Issued,
) -> Result<PathBuf, Error> {
    let bug = |_| Error::Bug("a built-in name is refused".to_owned());
    let name = client.name.parse::<FileName>().map_err(bug)?;
    let path = pki.layout().p12(&name);
    let key = read::private_key(&pki.layout().key(&name), &mut Unencrypted)?;
    let chain: Vec<&Certificate> = client.intermediates.iter().collect();
    let content = export_p12::Content {
        key: &key,
        certificate: &client.certificate,
        chain: &chain,
        friendly_name: name.as_str(),
    };
    let passphrase = Secret::from(P12_PASSPHRASE.to_owned());
    let file = content
        .seal(context, &passphrase, Strength::Modern)
        .map_err(Error::key(&path))?;
    export_p12::place(context, session, &name, (&path, &file), Overwrite::No)?;
    Ok(path)
}

/// Runs as it is, as any user: `nginx -p DIR -c nginx.conf`.
fn nginx_conf() -> String {
    format!(
        r#"# Mutual TLS on https://localhost:{PORT}/. Run it with: nginx -p DIR -c nginx.conf
daemon off;
pid nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;

    server {{
        listen 127.0.0.1:{PORT} ssl;
        listen [::1]:{PORT} ssl;
        server_name localhost;

        ssl_certificate pki/issued/localhost.crt;
        ssl_certificate_key pki/private/localhost.key;

        # whom this server lets in: clients certified by this CA and not revoked
        ssl_client_certificate pki/ca-chain.crt;
        ssl_crl pki/crl-chain.pem;
        ssl_verify_client optional;

        if ($ssl_client_verify != SUCCESS) {{
            return 403 "no valid client certificate: $ssl_client_verify\n";
        }}
        location / {{
            default_type text/plain;
            return 200 "hello, $ssl_client_s_dn\n";
        }}
    }}
}}
"#
    )
}

/// Nothing in a quickstart is encrypted.
struct Unencrypted;

impl Passphrases for Unencrypted {
    fn of_key(&mut self, _file: &Path) -> Result<Secret, PassphraseError> {
        let said = "the quickstart's own key is encrypted".to_owned();
        Err(PassphraseError {
            said,
            hint: "start again in an empty folder".to_owned(),
        })
    }

    fn for_new(&mut self, _file: &Path) -> Result<Option<Secret>, PassphraseError> {
        Ok(None)
    }
}
