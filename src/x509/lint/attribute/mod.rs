//! Rules for distinguished names and their attributes.

pub(super) mod blanks;
pub(super) mod control;
pub(super) mod country;
pub(super) mod deceptive;
pub(super) mod decodes;
pub(super) mod in_order;
pub(super) mod length;
pub(super) mod not_empty;
pub(super) mod printable;
pub(super) mod rdn_not_empty;
pub(super) mod string_type;
pub(super) mod type_once;
