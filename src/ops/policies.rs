//! The profiles of a directory: those in `profiles/`, or the built-in ones where that folder is
//! missing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Context, Error};
use crate::pki::{FileName, Pki};
use crate::primitives::disk;
use crate::profile::{Profile, ProfileName, builtin};

/// A profile is a page of JSON.
const MOST: u64 = 1 << 20;

/// A profile and where it was read.
pub struct Found {
    /// The policy.
    pub profile: Profile,
    /// Its text.
    pub text: String,
    /// Its file; `None` for one that is built in.
    pub path: Option<PathBuf>,
}

/// The profile of this name.
///
/// # Errors
/// When there is none, or its file is wrong.
pub fn load(pki: Option<&Pki>, name: &ProfileName) -> Result<Found, Error> {
    let missing = || Error::NoProfile(name.to_string(), names(pki).unwrap_or_default());
    if let Some(pki) = pki.filter(|pki| pki.layout().profiles().is_dir()) {
        let stem: FileName = name.as_str().parse().map_err(|_| missing())?;
        let path = pki.layout().profile(&stem);
        return match disk::read_bounded(&path, MOST) {
            Ok(file) => read(name, file, &path),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Err(missing()),
            Err(fault) => Err(fault.into()),
        };
    }
    let (_, text) = builtin::all()
        .iter()
        .find(|(known, _)| *known == name.as_str())
        .ok_or_else(missing)?;
    let profile = Profile::parse(name, text).map_err(|faults| Error::Bug(faults.to_string()))?;
    Ok(Found {
        profile,
        text: (*text).to_owned(),
        path: None,
    })
}

/// A profile that exists, and what it says of itself or why it cannot be used.
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its description, or the fault.
    pub description: Result<String, Error>,
}

/// All profiles of a directory; the built-in ones where there is none.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(context: &Context<'_>, directory: &Path) -> Result<Vec<Listed>, Error> {
    let pki = context.open(directory).ok();
    let listed = |name: String| {
        let parsed = name
            .parse::<ProfileName>()
            .map_err(|fault| Error::Usage(fault.to_string()));
        let found = parsed.and_then(|name| load(pki.as_ref(), &name));
        let description =
            found.map(|found| found.profile.description().unwrap_or_default().to_owned());
        Listed { name, description }
    };
    Ok(names(pki.as_ref())?.into_iter().map(listed).collect())
}

/// One profile of a directory; a built-in one where there is none.
///
/// # Errors
/// When it does not exist, or its file is wrong.
pub fn show(context: &Context<'_>, directory: &Path, name: &ProfileName) -> Result<Found, Error> {
    load(context.open(directory).ok().as_ref(), name)
}

/// A profile file anywhere.
///
/// # Errors
/// When it cannot be read, or is wrong.
pub fn check(path: &Path) -> Result<Found, Error> {
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let name: ProfileName = stem.parse().map_err(|fault| {
        Error::failed(
            "bad-profile-name",
            format!("{}: {fault}", path.display()),
            "name the file PROFILE.json",
        )
    })?;
    read(&name, disk::read_bounded(path, MOST)?, path)
}

/// The names of all profiles, sorted.
///
/// # Errors
/// When the folder cannot be read.
fn names(pki: Option<&Pki>) -> Result<Vec<String>, Error> {
    let folder = pki
        .map(|pki| pki.layout().profiles())
        .filter(|folder| folder.is_dir());
    let mut names: Vec<String> = match folder {
        Some(folder) => files(&folder)?
            .into_iter()
            .filter_map(|file| file.strip_suffix(".json").map(str::to_owned))
            .filter(|stem| stem.parse::<ProfileName>().is_ok())
            .collect(),
        None => builtin::all()
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
    };
    names.sort();
    Ok(names)
}

/// The names of the files in a folder.
fn files(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder).map_err(|fault| {
        let said = format!("cannot read {}: {}", folder.display(), fault.kind());
        Error::failed("cannot-read", said, "check its mode and owner")
    })?;
    Ok(entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect())
}

fn read(name: &ProfileName, file: Vec<u8>, path: &Path) -> Result<Found, Error> {
    let text = String::from_utf8(file).map_err(|_| {
        Error::failed(
            "bad-profile",
            format!("{} is not UTF-8", path.display()),
            "save it as UTF-8",
        )
    })?;
    let profile = Profile::parse(name, &text)
        .map_err(|faults| Error::Profile(faults.in_file(&path.display().to_string())))?;
    Ok(Found {
        profile,
        text,
        path: Some(path.to_owned()),
    })
}
