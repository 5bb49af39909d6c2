//! What is wrong with a profile's file: every fault with its line and member.

use std::fmt;

use super::ProfileName;
use super::refusal::on_one_line;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFault {
    /// The line it stands on, from 1.
    pub line: usize,
    /// The member's path, such as `key_usage[1]`; empty for the file as a whole.
    pub member: String,
    /// What is wrong.
    pub fault: String,
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if !self.member.is_empty() {
            write!(f, "{}: ", on_one_line(&self.member))?;
        }
        f.write_str(&on_one_line(&self.fault))
    }
}

/// The faults of one profile in the order of their lines, at least one; of very many the first that
/// were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileErrors {
    name: ProfileName,
    faults: Vec<ProfileFault>,
    /// How many more there are than are told.
    untold: usize,
}

impl ProfileErrors {
    pub(super) fn new(name: &ProfileName, mut faults: Vec<ProfileFault>, untold: usize) -> Self {
        faults.sort_by_key(|fault| fault.line);
        Self {
            name: name.clone(),
            faults,
            untold,
        }
    }

    /// The profile that they are about.
    pub fn profile(&self) -> &ProfileName {
        &self.name
    }

    /// The faults that are told.
    pub fn iter(&self) -> impl Iterator<Item = &ProfileFault> {
        self.faults.iter()
    }

    /// One line for each fault, as compilers write them: `FILE:7: key_usage[1]: ...`.
    pub fn in_file(&self, file: &str) -> String {
        let mut lines: Vec<String> = self
            .faults
            .iter()
            .map(|fault| format!("{}:{fault}", on_one_line(file)))
            .collect();
        if self.untold > 0 {
            lines.push(format!(
                "{}: and {} faults more",
                on_one_line(file),
                self.untold
            ));
        }
        lines.join("\n")
    }
}

impl fmt::Display for ProfileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_file(&format!("profiles/{}.json", self.name)))
    }
}

impl std::error::Error for ProfileErrors {}
