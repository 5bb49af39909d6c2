//! Private keys: kind, size, curve and public part; the secret numbers only where asked for.

use std::io::Write;

use super::TextError;

/// Writes what `openssl pkey -noout -text_pub` prints for a private key.
///
/// # Errors
/// Where OpenSSL cannot load the key, before anything is written; and where `out` fails.
pub fn private_key(_der: &[u8], _out: &mut dyn Write) -> Result<(), TextError> {
    Err(NOT_YET)
}

/// Writes what `openssl pkey -noout -text` prints for a private key: the secret numbers, too.
///
/// # Errors
/// As [`private_key`].
pub fn private_key_with_secrets(_der: &[u8], _out: &mut dyn Write) -> Result<(), TextError> {
    Err(NOT_YET)
}

const NOT_YET: TextError = TextError::Malformed {
    object: "private key",
    offset: 0,
    fault: "not supported yet",
};
