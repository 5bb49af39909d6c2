//! `inspect`: any file in OpenSSL's text layout. It shows, and verifies nothing.

use std::io::Write;

use super::{Error, read};
use crate::text;

/// One object of a file.
pub use read::Object;

/// Writes the text of every object in `file`, in order.
///
/// # Errors
/// When an object is none that privca knows, or the output ends.
pub fn write_text(file: &[u8], what: &str, out: &mut dyn Write) -> Result<(), Error> {
    let objects = read::objects(file, what)?;
    if objects.is_empty() {
        let said = format!("{what} holds nothing that privca knows");
        return Err(Error::failed(
            "nothing-known",
            said,
            "certificates, requests and CRLs are shown, in PEM or DER",
        ));
    }
    for (i, object) in objects.iter().enumerate() {
        let shown = match object.label.as_deref() {
            Some("CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") => {
                text::certificate(&object.der, out)
            }
            Some("CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST") => {
                text::request(&object.der, out)
            }
            Some("X509 CRL") => text::crl(&object.der, out),
            Some(_) => continue,
            None => text::certificate(&object.der, out)
                .or_else(|_| text::request(&object.der, out))
                .or_else(|_| text::crl(&object.der, out)),
        };
        shown.map_err(|fault| Error::Inspect(format!("{what}: object {}: {fault}", i + 1)))?;
    }
    Ok(())
}

/// A certificate's text.
///
/// # Errors
/// When it is none.
pub fn certificate_text(der: &[u8]) -> Result<String, Error> {
    let mut text = Vec::new();
    text::certificate(der, &mut text).map_err(|fault| Error::Inspect(fault.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
