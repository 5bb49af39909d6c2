//! Base64 without PEM's armour: what a mail program or a web form leaves of it.

use base64ct::{Base64, Encoding};

/// Decodes a text that is nothing but base64 and white space; `None` for anything else.
pub fn bare(text: &[u8]) -> Option<Vec<u8>> {
    let white = u8::is_ascii_whitespace;
    let known = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b) || white(b);
    // a large file of something else is not copied to find that out
    if !text.iter().all(known) {
        return None;
    }
    let packed: Vec<u8> = text.iter().copied().filter(|b| !white(b)).collect();
    Base64::decode_vec(std::str::from_utf8(&packed).ok()?)
        .ok()
        .filter(|der| !der.is_empty())
}

/// Decodes padded base64 in one piece.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64::decode_vec(text).ok()
}

/// Encodes in one piece, padded.
pub fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}
