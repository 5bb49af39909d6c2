//! Every path in a PKI directory, and every mode. Nobody else builds one.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::file_name::FileName;
use crate::primitives::disk::{self, DiskError};
use crate::primitives::hex;
use crate::x509::serial::Serial;

pub use crate::primitives::disk::{FOLDER, PRIVATE, PUBLIC};

/// The paths of one PKI directory, beginning with what the user called it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
    ca_certificate: &'static str,
    ca_key: &'static str,
    by_serial: &'static str,
}

/// EasyRSA's name, and the one in OpenSSL's own configuration, which `CA.pl` goes by.
type Names = [&'static str; 2];
const CA_CERTIFICATE: Names = ["ca.crt", "cacert.pem"];
const CA_KEY: Names = ["private/ca.key", "private/cakey.pem"];
const BY_SERIAL: Names = ["certs_by_serial", "newcerts"];

/// Folders of a new directory, outermost first: EasyRSA's, and our own state.
pub const FOLDERS: [&str; 11] = [
    "private",
    "reqs",
    "issued",
    BY_SERIAL[0],
    "revoked",
    "revoked/certs_by_serial",
    "revoked/private_by_serial",
    "revoked/reqs_by_serial",
    "profiles",
    ".privca",
    ".privca/keys",
];

#[allow(
    missing_docs,
    reason = "docs/pki-directory.md says what lies under each path"
)]
impl Layout {
    /// The paths of a directory that privca or EasyRSA makes.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            ca_certificate: CA_CERTIFICATE[0],
            ca_key: CA_KEY[0],
            by_serial: BY_SERIAL[0],
        }
    }

    /// The paths of a directory that is there: where OpenSSL's name for a file is in use and EasyRSA's
    /// is not, it stays so.
    ///
    /// # Errors
    /// When the system does not say what is there.
    pub fn found(root: impl Into<PathBuf>) -> Result<Self, DiskError> {
        let root = root.into();
        let in_use = |[easyrsa, openssl]: Names| {
            match disk::exists(&root.join(easyrsa)) {
                Ok(true) => Ok(easyrsa),
                Ok(false) if disk::exists(&root.join(openssl))? => Ok(openssl),
                Ok(false) => Ok(easyrsa),
                // who may not look into private/ has no use for the key's name
                Err(fault) if fault.kind() == ErrorKind::PermissionDenied => Ok(easyrsa),
                Err(fault) => Err(fault),
            }
        };
        Ok(Self {
            ca_certificate: in_use(CA_CERTIFICATE)?,
            ca_key: in_use(CA_KEY)?,
            by_serial: in_use(BY_SERIAL)?,
            root,
        })
    }

    /// Whether a file has the name of OpenSSL's own configuration.
    pub fn has_openssl_names(&self) -> bool {
        *self != Self::new(&self.root)
    }

    /// The directory as the user named it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn ca_certificate(&self) -> PathBuf {
        self.root.join(self.ca_certificate)
    }

    pub fn ca_chain(&self) -> PathBuf {
        self.root.join("ca-chain.crt")
    }

    pub fn crl(&self) -> PathBuf {
        self.root.join("crl.pem")
    }

    /// EasyRSA 3.2's second form of the CRL.
    pub fn crl_der(&self) -> PathBuf {
        self.root.join("crl.der")
    }

    pub fn crl_chain(&self) -> PathBuf {
        self.root.join("crl-chain.pem")
    }

    pub fn index(&self) -> PathBuf {
        self.root.join("index.txt")
    }

    /// What `openssl ca` renames over the index; it stays where that was killed.
    pub fn index_new(&self) -> PathBuf {
        self.root.join("index.txt.new")
    }

    /// The index before OpenSSL's last change.
    pub fn index_old(&self) -> PathBuf {
        self.root.join("index.txt.old")
    }

    pub fn index_attributes(&self) -> PathBuf {
        self.root.join("index.txt.attr")
    }

    pub fn serial(&self) -> PathBuf {
        self.root.join("serial")
    }

    pub fn crl_number(&self) -> PathBuf {
        self.root.join("crlnumber")
    }

    pub fn ca_key(&self) -> PathBuf {
        self.root.join(self.ca_key)
    }

    pub fn ca_request(&self) -> PathBuf {
        self.root.join("reqs/ca.req")
    }

    pub fn key(&self, name: &FileName) -> PathBuf {
        self.root.join(format!("private/{name}.key"))
    }

    pub fn p12(&self, name: &FileName) -> PathBuf {
        self.root.join(format!("private/{name}.p12"))
    }

    pub fn request(&self, name: &FileName) -> PathBuf {
        self.root.join(format!("reqs/{name}.req"))
    }

    pub fn issued(&self, name: &FileName) -> PathBuf {
        self.root.join(format!("issued/{name}.crt"))
    }

    pub fn issued_folder(&self) -> PathBuf {
        self.root.join("issued")
    }

    pub fn by_serial(&self, serial: &Serial) -> PathBuf {
        self.by_serial_folder().join(format!("{serial}.pem"))
    }

    pub fn by_serial_folder(&self) -> PathBuf {
        self.root.join(self.by_serial)
    }

    /// Where `revoke` lays a certificate, as EasyRSA does.
    pub fn revoked_certificate(&self, serial: &Serial) -> PathBuf {
        self.root
            .join(format!("revoked/certs_by_serial/{serial}.crt"))
    }

    pub fn revoked_certificates_folder(&self) -> PathBuf {
        self.root.join("revoked/certs_by_serial")
    }

    /// Where EasyRSA moves what is superseded and still good: 3.1 and 3.2 on `renew`, 3.0 on `renew`,
    /// 3.2 on `expire`.
    pub fn superseded_folders(&self) -> [PathBuf; 3] {
        ["renewed/issued", "renewed/certs_by_serial", "expired"].map(|name| self.root.join(name))
    }

    pub fn revoked_key(&self, serial: &Serial) -> PathBuf {
        self.root
            .join(format!("revoked/private_by_serial/{serial}.key"))
    }

    pub fn revoked_request(&self, serial: &Serial) -> PathBuf {
        self.root
            .join(format!("revoked/reqs_by_serial/{serial}.req"))
    }

    /// Where a renewal with a new key lays the old one, as EasyRSA 3.0.6 to 3.0.8 did.
    pub fn renewed_key(&self, serial: &Serial) -> PathBuf {
        self.root
            .join(format!("renewed/private_by_serial/{serial}.key"))
    }

    pub fn renewed_request(&self, serial: &Serial) -> PathBuf {
        self.root
            .join(format!("renewed/reqs_by_serial/{serial}.req"))
    }

    /// What else EasyRSA lays beside a name's key and certificate: where, and where `revoke` lays it.
    pub fn exports(&self, name: &FileName, serial: &Serial) -> [(PathBuf, PathBuf); 4] {
        let private = |suffix: &str| {
            (
                self.root.join(format!("private/{name}.{suffix}")),
                self.root
                    .join(format!("revoked/private_by_serial/{serial}.{suffix}")),
            )
        };
        let bundle = (
            self.root.join(format!("issued/{name}.p7b")),
            self.root
                .join(format!("revoked/certs_by_serial/{serial}.p7b")),
        );
        [private("p12"), private("p8"), private("p1"), bundle]
    }

    /// Keys that are never certified; written by the operator alone.
    pub fn blocked_keys(&self) -> PathBuf {
        self.root.join("blocked-keys.txt")
    }

    pub fn profiles(&self) -> PathBuf {
        self.root.join("profiles")
    }

    pub fn profile(&self, name: &FileName) -> PathBuf {
        self.root.join(format!("profiles/{name}.json"))
    }

    pub fn audit(&self) -> PathBuf {
        self.root.join("audit.jsonl")
    }

    pub fn easyrsa_config(&self) -> PathBuf {
        self.root.join("openssl-easyrsa.cnf")
    }

    /// EasyRSA's own lock (3.2.3 and later).
    pub fn easyrsa_lock(&self) -> PathBuf {
        self.root.join("lock.file")
    }

    /// Our own state: nothing in it is needed to read the directory.
    pub fn state(&self) -> PathBuf {
        self.root.join(".privca")
    }

    pub fn lock(&self) -> PathBuf {
        self.root.join(".privca/lock")
    }

    pub fn journal(&self) -> PathBuf {
        self.root.join(".privca/journal")
    }

    pub fn key_registry(&self) -> PathBuf {
        self.root.join(".privca/keys")
    }

    /// Says that the key registry holds every key that was ever certified here.
    pub fn key_registry_complete(&self) -> PathBuf {
        self.root.join(".privca/keys/complete")
    }

    /// Holds the name that a key is certified for, by the SHA-256 of its SubjectPublicKeyInfo.
    pub fn key_owner(&self, spki_sha256: &[u8; 32]) -> PathBuf {
        let digits = hex::lower(spki_sha256);
        let shelf = digits.get(..2).unwrap_or_default();
        self.root.join(format!(".privca/keys/{shelf}/{digits}"))
    }

    /// The folders that a new directory has, under the names that they have in this one.
    pub fn folders(&self) -> impl Iterator<Item = PathBuf> + '_ {
        FOLDERS.iter().map(|folder| match *folder {
            folder if folder == BY_SERIAL[0] => self.by_serial_folder(),
            folder => self.root.join(folder),
        })
    }

    /// A path as the journal has it; `None` for one outside this directory.
    pub(super) fn relative(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let plain = inside
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        (plain && inside.file_name().is_some()).then_some(())?;
        inside.to_str().map(str::to_owned)
    }

    /// The path that the journal means.
    pub(super) fn absolute(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssls_names_are_those_of_the_folders_too() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("newcerts")).unwrap();
        let layout = Layout::found(folder.path()).unwrap();
        assert!(layout.has_openssl_names());
        let folders: Vec<PathBuf> = layout.folders().collect();
        assert_eq!(folders.len(), FOLDERS.len());
        assert!(folders.contains(&folder.path().join("newcerts")));
        assert!(!folders.contains(&folder.path().join("certs_by_serial")));
    }

    #[test]
    fn the_journal_has_paths_inside_only() {
        let layout = Layout::new("pki");
        assert_eq!(
            layout.relative(&layout.ca_key()).as_deref(),
            Some("private/ca.key")
        );
        for path in ["pki", "elsewhere/x", "pki/../x", "/etc/passwd"] {
            assert_eq!(layout.relative(Path::new(path)), None, "{path}");
        }
    }
}
