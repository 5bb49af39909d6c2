//! The key: its kind and size against `keys`, and weaknesses, which no profile can allow.

use super::Findings;
use crate::profile::Profile;
use crate::profile::refusal::code;
use crate::profile::wish::KeyFacts;

pub(super) fn judge(profile: &Profile, key: &KeyFacts, found: &mut Findings) {
    if !profile.keys.iter().any(|rule| rule.takes(&key.kind)) {
        let allowed: Vec<String> = profile.keys.iter().map(ToString::to_string).collect();
        found.refuse(
            code::KEY_NOT_ALLOWED,
            "keys",
            &format!("the key is {}", key.kind),
            &format!("the profile allows {}", allowed.join(", ")),
        );
    }
    for weakness in &key.weaknesses {
        found.refuse(
            code::KEY_WEAK,
            "",
            weakness,
            "no profile certifies a weak key; make a new one",
        );
    }
}
