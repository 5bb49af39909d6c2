//! A SET OF is sorted by its encodings; names are compared by these.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Attribute, Rdn};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "rdn-in-order",
    clause: "X.690, 11.6",
    severity: Severity::Warning,
    always_kept: false,
    asks: "the attributes of an RDN are in DER's order",
    test: Test::Rdn(test),
};

fn test(rdn: &Rdn) -> Option<String> {
    let encoded: Vec<Vec<u8>> = rdn.iter().map(Attribute::to_der).collect();
    (!encoded.is_sorted()).then(|| "the attributes of an RDN are not in order".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn sorted_by_encoding() {
        let (cn, o) = (cases::attribute("CN", "x"), cases::attribute("O", "x"));
        assert_eq!(test(&vec![cn.clone(), o.clone()]), None);
        assert!(test(&vec![o, cn]).is_some());
    }
}
