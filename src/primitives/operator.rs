//! Who runs privca: what the audit log says of them.
//!
//! Numbers come from the kernel. Logins come from `/etc/passwd` alone: a lookup by the system's
//! libraries may ask the network, and `$USER`, `$LOGNAME` and `$SUDO_USER` are whatever their user
//! wants them to be.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::disk;

/// A user of the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The number.
    pub uid: u32,
    /// The name that `/etc/passwd` has for it; `None` for accounts that live elsewhere.
    pub login: Option<String>,
}

/// Whoever runs the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The process's own user.
    #[serde(flatten)]
    pub user: User,
    /// Who logged in, where that is somebody else: the kernel keeps it through `sudo` and `su`
    /// (`/proc/self/loginuid`, on systems whose logins set it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<User>,
}

impl Operator {
    /// The user of this process.
    pub fn current() -> Self {
        let read = |path| {
            let bytes = disk::read_bounded(Path::new(path), MOST).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Self::from_system(
            rustix::process::getuid().as_raw(),
            &read("/proc/self/loginuid"),
            &read("/etc/passwd"),
        )
    }

    fn from_system(uid: u32, login_uid: &str, passwd: &str) -> Self {
        let user = |uid| User {
            uid,
            login: login_of(uid, passwd),
        };
        let session = login_uid.trim().parse().ok();
        Self {
            user: user(uid),
            session: session.filter(|s| ![NOBODY, uid].contains(s)).map(user),
        }
    }
}

/// The first entry that has the number, as the system's own lookup takes it.
fn login_of(uid: u32, passwd: &str) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let login = fields.next().filter(|login| !login.is_empty())?;
        let number: u32 = fields.nth(1)?.parse().ok()?;
        (number == uid).then(|| login.to_owned())
    })
}

/// The kernel's "nobody has logged in" (audit.h: `AUDIT_UID_UNSET`).
const NOBODY: u32 = u32::MAX;
/// Fifty thousand local accounts.
const MOST: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n+:::::\nanna:x:1000:1000:Anna:/home/anna:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n";

    fn json(uid: u32, login_uid: &str) -> String {
        serde_json::to_string(&Operator::from_system(uid, login_uid, PASSWD)).unwrap()
    }

    #[test]
    fn a_user_is_named_as_the_system_names_it() {
        assert_eq!(json(1000, "1000"), r#"{"uid":1000,"login":"anna"}"#);
        assert_eq!(json(4242, ""), r#"{"uid":4242,"login":null}"#);
        assert_eq!(json(0, "4294967295\n"), r#"{"uid":0,"login":"root"}"#);
    }

    #[test]
    fn who_logged_in_is_told_through_sudo() {
        assert_eq!(
            json(0, "1000\n"),
            r#"{"uid":0,"login":"root","session":{"uid":1000,"login":"anna"}}"#
        );
    }
}
