//! X.509: names, extensions, requests, certificates, revocation lists, and the one function that
//! turns a draft into a signed object.

mod a_label;
pub mod attribute;
pub mod certificate;
pub mod chain;
pub mod crl;
pub mod draft;
pub mod extension;
pub mod general_name;
pub mod key_usage;
pub mod lint;
pub mod look_alike;
pub mod name;
pub mod name_constraints;
mod name_syntax;
pub mod name_text;
pub mod request;
pub mod revocation;
pub mod revocation_list;
pub mod revocation_outline;
pub mod san_text;
pub mod serial;
pub mod sign;
