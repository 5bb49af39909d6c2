//! `--san` values: what is taken encodes, reads back, passes its own check, and prints as what gives
//! the same names again; OpenSSL reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::primitives::der;
use privca::x509::extension;
use privca::x509::general_name::GeneralName;
use privca::x509::san_text;

fuzz_target!(|input: &[u8]| {
    if let Ok(text) = std::str::from_utf8(input)
        && let Ok(names) = san_text::parse_list(text)
    {
        assert!(!names.is_empty());
        let encoded = extension::general_names(&names);
        assert_eq!(GeneralName::read_all(&encoded), Ok(names.clone()));
        for name in &names {
            assert_eq!(name.check(), Ok(()));
            assert_eq!(san_text::parse(&typed(name)).as_ref(), Ok(name));
        }
    }
    if let Ok(names) = GeneralName::read_all(input) {
        assert_eq!(extension::general_names(&names), input);
        for name in names.iter().filter(|name| name.check().is_ok()) {
            assert!(!matches!(name, GeneralName::Other(_)));
            if !matches!(name, GeneralName::DirName(_)) {
                assert_eq!(san_text::parse(&typed(name)).as_ref(), Ok(name));
            }
            let one = der::sequence(&[name.to_der()]);
            assert_eq!(GeneralName::read_all(&one), Ok(vec![name.clone()]));
        }
    }
});

fn typed(name: &GeneralName) -> String {
    format!("{}:{}", name.kind(), name.value())
}
