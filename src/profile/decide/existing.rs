//! What was issued before: `unique_name` and `unique_key`.

use super::Findings;
use crate::profile::Profile;
use crate::profile::refusal::code;
use crate::profile::wish::Wish;

pub(super) fn judge(profile: &Profile, wish: &Wish, found: &mut Findings) {
    let existing = &wish.existing;
    if let Some(certificate) = &existing.valid_certificate_of_name
        && profile.unique_name
    {
        found.refuse(
            code::NAME_IN_USE,
            "unique_name",
            &format!("the name has a valid certificate already, {certificate}"),
            "the profile allows one for a name; renew or revoke that one first",
        );
    }
    if let Some(name) = &existing.key_certified_for
        && profile.unique_key
    {
        found.refuse(
            code::KEY_IN_USE,
            "unique_key",
            &format!("the key is certified for {name:?} already"),
            "the profile allows a key for one name only; make a new key",
        );
    }
}
