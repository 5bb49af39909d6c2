//! A folder as it is, byte for byte, and copies of it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What lies under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Folder { mode: u32 },
    File { mode: u32, bytes: Vec<u8> },
    Link { to: PathBuf },
    Other,
}

impl Entry {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::File { bytes, .. } => bytes,
            _ => &[],
        }
    }
}

/// Everything below a folder, by its relative path.
pub type Tree = BTreeMap<PathBuf, Entry>;

pub fn read(root: &Path) -> Tree {
    let mut tree = Tree::new();
    walk(root, root, &mut tree);
    tree
}

fn walk(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let there = fs::symlink_metadata(&path).unwrap();
        let mode = there.permissions().mode() & 0o7777;
        let found = if there.is_symlink() {
            Entry::Link {
                to: fs::read_link(&path).unwrap(),
            }
        } else if there.is_dir() {
            walk(root, &path, tree);
            Entry::Folder { mode }
        } else if there.is_file() {
            Entry::File {
                mode,
                bytes: fs::read(&path).unwrap(),
            }
        } else {
            Entry::Other
        };
        tree.insert(path.strip_prefix(root).unwrap().to_owned(), found);
    }
}

/// The same without what only says who holds the lock, or held it last.
pub fn at_rest(root: &Path) -> Tree {
    resting(read(root))
}

/// Likewise.
pub fn resting(mut tree: Tree) -> Tree {
    tree.retain(|path, _| !path.ends_with(".privca/lock"));
    tree
}

/// Puts `tree` at `root`, in place of whatever is there.
pub fn restore(tree: &Tree, root: &Path) {
    if root.exists() {
        fs::remove_dir_all(root).unwrap();
    }
    fs::create_dir(root).unwrap();
    for (path, entry) in tree {
        let path = root.join(path);
        match entry {
            Entry::Folder { mode } => {
                fs::create_dir(&path).unwrap();
                set_mode(&path, *mode);
            }
            Entry::File { mode, bytes } => {
                fs::write(&path, bytes).unwrap();
                set_mode(&path, *mode);
            }
            Entry::Link { to } => std::os::unix::fs::symlink(to, &path).unwrap(),
            Entry::Other => panic!("{} cannot be put back", path.display()),
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The names whose contents differ, for a message.
pub fn difference(before: &Tree, after: &Tree) -> Vec<String> {
    let names: std::collections::BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let said = match (before.get(name), after.get(name)) {
            (old, new) if old == new => continue,
            (Some(_), None) => "gone",
            (None, Some(_)) => "new",
            _ => "changed",
        };
        found.push(format!("{said} {}", name.display()));
    }
    found
}
