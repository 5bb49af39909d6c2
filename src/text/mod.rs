//! TEMPORARY
#![allow(missing_docs)]
#[derive(Clone, Copy)]
pub enum NameStyle {
    OneLine,
    Compat,
}
type R = Result<(), String>;
pub fn certificate(_d: &[u8], _o: &mut dyn std::io::Write) -> R {
    Ok(())
}
pub fn certificate_with(_d: &[u8], _s: NameStyle, _o: &mut dyn std::io::Write) -> R {
    Ok(())
}
pub fn request(_d: &[u8], _o: &mut dyn std::io::Write) -> R {
    Ok(())
}
pub fn crl(_d: &[u8], _o: &mut dyn std::io::Write) -> R {
    Ok(())
}
