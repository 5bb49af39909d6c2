//! Rules for certificate requests.

pub(super) mod attribute_values;
pub(super) mod challenge_password;
pub(super) mod extensions_once;
pub(super) mod signature;
pub(super) mod version;
