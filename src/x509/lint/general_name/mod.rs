//! Rules for the subject's alternative names.

pub(super) mod a_label;
pub(super) mod ip_length;
pub(super) mod smtp_utf8;
pub(super) mod sound;
pub(super) mod text;
pub(super) mod underscore;
