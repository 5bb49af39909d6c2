//! TEMPORARY
#![allow(missing_docs, clippy::all)]
use crate::primitives::disk::{Disk, DiskError};
use crate::primitives::time::Timestamp;
use crate::x509::{name::Name, serial::Serial};
use std::path::{Path, PathBuf};
use std::time::Duration;
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);
impl FileName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::str::FromStr for FileName {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Ok(Self(s.into()))
    }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    No,
    Yes,
}
impl Overwrite {
    pub fn check(self, p: &Path) -> Result<(), PkiError> {
        if self == Self::No && p.exists() {
            return Err(PkiError(format!("{} exists", p.display())));
        }
        Ok(())
    }
}
#[derive(Debug)]
pub struct PkiError(String);
impl PkiError {
    pub fn hint(&self) -> Option<String> {
        None
    }
    pub fn code(&self) -> &'static str {
        "pki"
    }
}
impl std::fmt::Display for PkiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<DiskError> for PkiError {
    fn from(e: DiskError) -> Self {
        Self(e.to_string())
    }
}
#[derive(Clone)]
pub struct Layout(PathBuf);
impl Layout {
    pub fn new(p: &Path) -> Self {
        Self(p.into())
    }
    pub fn ca_certificate(&self) -> PathBuf {
        self.0.join("ca.crt")
    }
    pub fn ca_chain(&self) -> PathBuf {
        self.0.join("ca-chain.crt")
    }
    pub fn crl(&self) -> PathBuf {
        self.0.join("crl.pem")
    }
    pub fn crl_chain(&self) -> PathBuf {
        self.0.join("crl-chain.pem")
    }
    pub fn ca_key(&self) -> PathBuf {
        self.0.join("private/ca.key")
    }
    pub fn ca_request(&self) -> PathBuf {
        self.0.join("reqs/ca.req")
    }
    pub fn key(&self, n: &FileName) -> PathBuf {
        self.0.join(format!("private/{n}.key"))
    }
    pub fn p12(&self, n: &FileName) -> PathBuf {
        self.0.join(format!("private/{n}.p12"))
    }
    pub fn request(&self, n: &FileName) -> PathBuf {
        self.0.join(format!("reqs/{n}.req"))
    }
    pub fn issued(&self, n: &FileName) -> PathBuf {
        self.0.join(format!("issued/{n}.crt"))
    }
    pub fn by_serial(&self, n: &Serial) -> PathBuf {
        self.0.join(format!("certs_by_serial/{n}.pem"))
    }
    pub fn profiles(&self) -> PathBuf {
        self.0.join("profiles")
    }
    pub fn profile(&self, n: &str) -> PathBuf {
        self.0.join(format!("profiles/{n}.json"))
    }
}
pub struct Pki {
    l: Layout,
    disk: Disk,
}
pub struct Session {
    disk: Disk,
    l: Layout,
}
pub struct Holder;
impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
pub struct Intent {
    pub what: String,
    pub serial: Option<Serial>,
    pub to_be_signed_sha256: Option<[u8; 32]>,
}
impl Intent {
    pub fn plain(what: String) -> Self {
        Self {
            what,
            serial: None,
            to_be_signed_sha256: None,
        }
    }
}
pub struct Row(String);
impl Row {
    pub fn valid(t: Timestamp, s: &Serial, n: &Name) -> Self {
        Self(format!(
            "V\t{}\t\t{s}\tunknown\t{}\n",
            t.asn1_text(),
            n.oneline()
        ))
    }
    pub fn is_revoked(&self) -> bool {
        self.0.starts_with('R')
    }
}
pub struct Txn<'a> {
    disk: &'a Disk,
    l: &'a Layout,
}
impl Pki {
    pub fn open(p: &Path, disk: Disk) -> Result<Self, PkiError> {
        if !p.join("ca.crt").exists() {
            return Err(PkiError(format!("{} is no PKI directory", p.display())));
        }
        Ok(Self {
            l: Layout::new(p),
            disk,
        })
    }
    pub fn create(
        p: &Path,
        disk: Disk,
        _w: Duration,
        _f: &mut dyn FnMut(&Holder),
    ) -> Result<(Self, Session), PkiError> {
        Ok((
            Self {
                l: Layout::new(p),
                disk: disk.clone(),
            },
            Session {
                l: Layout::new(p),
                disk,
            },
        ))
    }
    pub fn lock_pending(
        p: &Path,
        disk: Disk,
        w: Duration,
        f: &mut dyn FnMut(&Holder),
    ) -> Result<(Self, Session), PkiError> {
        Self::create(p, disk, w, f)
    }
    pub fn check_new(_: &Path, _: &Disk) -> Result<(), PkiError> {
        Ok(())
    }
    pub fn check_pending(_: &Path) -> Result<(), PkiError> {
        Ok(())
    }
    pub fn layout(&self) -> &Layout {
        &self.l
    }
    pub fn root(&self) -> &Path {
        &self.l.0
    }
    pub fn lock(&self, _w: Duration, _f: &mut dyn FnMut(&Holder)) -> Result<Session, PkiError> {
        Ok(Session {
            disk: self.disk.clone(),
            l: self.l.clone(),
        })
    }
    pub fn key_owner(&self, _: &[u8; 32]) -> Result<Option<String>, PkiError> {
        Ok(None)
    }
    pub fn find_row(&self, _: &Serial) -> Result<Option<Row>, PkiError> {
        Ok(None)
    }
}
impl Session {
    pub fn recovered(&self) -> &[String] {
        &[]
    }
    pub fn begin(&mut self, _: Intent) -> Result<Txn<'_>, PkiError> {
        Ok(Txn {
            disk: &self.disk,
            l: &self.l,
        })
    }
}
impl Txn<'_> {
    pub fn place(&mut self, p: &Path, b: &[u8], m: u32, o: Overwrite) -> Result<(), PkiError> {
        o.check(p)?;
        Ok(self.disk.write_whole(p, b, m, o)?)
    }
    pub fn append_row(&mut self, r: Row) -> Result<(), PkiError> {
        use std::io::Write;
        std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.l.0.join("index.txt"))
            .unwrap()
            .write_all(r.0.as_bytes())
            .unwrap();
        Ok(())
    }
    pub fn register_key(&mut self, _: &[u8; 32], _: &FileName) -> Result<(), PkiError> {
        Ok(())
    }
    pub fn audit(&mut self, _: serde_json::Map<String, serde_json::Value>) -> Result<(), PkiError> {
        Ok(())
    }
    pub fn commit(self) -> Result<(), PkiError> {
        Ok(())
    }
}
pub mod defaults {
    use super::*;
    pub fn files(l: &Layout) -> Vec<(PathBuf, String)> {
        vec![
            (l.0.join("index.txt"), String::new()),
            (l.0.join("index.txt.attr"), "unique_subject = no\n".into()),
        ]
    }
}
