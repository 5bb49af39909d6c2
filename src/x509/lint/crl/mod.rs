//! Rules for revocation lists and their entries.

pub(super) mod authority_key_identifier;
pub(super) mod entries_once;
pub(super) mod entry_date;
pub(super) mod entry_der;
pub(super) mod entry_extensions;
pub(super) mod entry_invalidity;
pub(super) mod entry_reason;
pub(super) mod entry_serial;
pub(super) mod entry_unspecified;
pub(super) mod issuer_not_empty;
pub(super) mod next_update;
pub(super) mod not_empty;
pub(super) mod number;
pub(super) mod updates_in_order;
pub(super) mod version;
pub(super) mod whole;
