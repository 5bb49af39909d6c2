//! TEMPORARY
#![allow(missing_docs, clippy::all)]
use std::path::Path;
#[derive(Clone)]
pub struct Disk;
#[derive(Debug)]
pub struct DiskError(String, bool);
impl DiskError {
    pub fn is_not_found(&self) -> bool {
        self.1
    }
}
impl std::fmt::Display for DiskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<std::io::Error> for DiskError {
    fn from(e: std::io::Error) -> Self {
        Self(e.to_string(), e.kind() == std::io::ErrorKind::NotFound)
    }
}
pub const PUBLIC: u32 = 0o644;
pub const SECRET: u32 = 0o600;
pub fn read_bounded(p: &Path, _: u64) -> Result<Vec<u8>, DiskError> {
    Ok(std::fs::read(p)?)
}
pub fn read_head(p: &Path, _: u64) -> Result<Vec<u8>, DiskError> {
    Ok(std::fs::read(p)?)
}
pub fn list(p: &Path) -> Result<Vec<String>, DiskError> {
    let mut v = vec![];
    for e in std::fs::read_dir(p)? {
        v.push(e?.file_name().to_string_lossy().into_owned());
    }
    Ok(v)
}
pub fn check_folder_of(_: &Path) -> Result<(), DiskError> {
    Ok(())
}
use crate::pki::Overwrite;
impl Disk {
    pub fn new() -> Self {
        Self
    }
    pub fn write_whole(&self, p: &Path, b: &[u8], _m: u32, _o: Overwrite) -> Result<(), DiskError> {
        std::fs::create_dir_all(p.parent().unwrap())?;
        std::fs::write(p, b)?;
        Ok(())
    }
}
