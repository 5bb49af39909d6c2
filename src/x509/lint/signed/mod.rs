//! Rules for certificates, requests and revocation lists alike.

pub(super) mod algorithm_parameters;
pub(super) mod algorithms_agree;
pub(super) mod der_strict;
pub(super) mod extension_critical;
pub(super) mod extension_default;
pub(super) mod extension_not_critical;
pub(super) mod extension_once;
pub(super) mod extension_syntax;
pub(super) mod key_fit;
pub(super) mod key_parameters;
pub(super) mod signature_hash;
pub(super) mod signature_value;
pub(super) mod time_form;
pub(super) mod time_type;
