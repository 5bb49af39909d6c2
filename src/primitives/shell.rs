//! Words of a command line that a person or a script hands on to a shell.

/// A path as a POSIX shell takes it.
pub fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:@%,".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_survive_the_shell() {
        assert_eq!(super::quoted("a/b.c"), "a/b.c");
        assert_eq!(super::quoted("my demo"), "'my demo'");
        assert_eq!(super::quoted("it's"), "'it'\\''s'");
    }
}
