//! Public and private keys: PKCS#1, PKCS#8, SEC1, X9.42, X9.62 and OpenSSL's DSA form.

use crate::primitives::oid::Oid;

use super::super::schema::{Field, Item};
use super::{
    ALGORITHM, ANY, ATTRIBUTE, BIT_STRING, INTEGER, NULL, OBJECT, OCTET_STRING, SMALL, UNSIGNED,
};

pub(in crate::text) static RSA_PUBLIC_KEY: Item =
    Item::Sequence(&[Field::new("n", &UNSIGNED), Field::new("e", &UNSIGNED)]);
static RSA_PRIME_INFO: Item = Item::Sequence(&[
    Field::new("r", &UNSIGNED),
    Field::new("d", &UNSIGNED),
    Field::new("t", &UNSIGNED),
]);
pub(in crate::text) static RSA_PRIVATE_KEY: Item = Item::Sequence(&[
    Field::new("version", &SMALL),
    Field::new("n", &UNSIGNED),
    Field::new("e", &UNSIGNED),
    Field::new("d", &UNSIGNED),
    Field::new("p", &UNSIGNED),
    Field::new("q", &UNSIGNED),
    Field::new("dmp1", &UNSIGNED),
    Field::new("dmq1", &UNSIGNED),
    Field::new("iqmp", &UNSIGNED),
    Field::new("prime_infos", &RSA_PRIME_INFO)
        .sequence_of()
        .optional(),
]);
pub(in crate::text) static PSS_PARAMETERS: Item = Item::Sequence(&[
    Field::new("hashAlgorithm", &ALGORITHM)
        .explicit(0)
        .optional(),
    Field::new("maskGenAlgorithm", &ALGORITHM)
        .explicit(1)
        .optional(),
    Field::new("saltLength", &INTEGER).explicit(2).optional(),
    Field::new("trailerField", &INTEGER).explicit(3).optional(),
]);
pub(in crate::text) static DSA_PARAMETERS: Item = Item::Sequence(&[
    Field::new("p", &UNSIGNED),
    Field::new("q", &UNSIGNED),
    Field::new("g", &UNSIGNED),
]);
pub(in crate::text) static DSA_PRIVATE_KEY: Item = Item::Sequence(&[
    Field::new("version", &SMALL),
    Field::new("p", &UNSIGNED),
    Field::new("q", &UNSIGNED),
    Field::new("g", &UNSIGNED),
    Field::new("pub_key", &UNSIGNED),
    Field::new("priv_key", &UNSIGNED),
]);
pub(in crate::text) static DH_PARAMETERS: Item = Item::Sequence(&[
    Field::new("p", &UNSIGNED),
    Field::new("g", &UNSIGNED),
    Field::new("length", &SMALL).optional(),
]);
static DHX_VALIDATION: Item = Item::Sequence(&[
    Field::new("seed", &BIT_STRING),
    Field::new("counter", &UNSIGNED),
]);
pub(in crate::text) static DHX_PARAMETERS: Item = Item::Sequence(&[
    Field::new("p", &UNSIGNED),
    Field::new("g", &UNSIGNED),
    Field::new("q", &UNSIGNED),
    Field::new("j", &UNSIGNED).optional(),
    Field::new("vparams", &DHX_VALIDATION).optional(),
]);

static PENTANOMIAL: Item = Item::Sequence(&[
    Field::new("k1", &SMALL),
    Field::new("k2", &SMALL),
    Field::new("k3", &SMALL),
]);
/// X9.62's names for the fields and bases of explicit curves.
pub(in crate::text) mod x962 {
    #![allow(missing_docs, reason = "the names are the standard's own")]
    use super::Oid;

    pub(crate) const PRIME_FIELD: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 1]);
    pub(crate) const BINARY_FIELD: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 2]);
    pub(crate) const TRINOMIAL: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 2, 3, 2]);
    pub(crate) const PENTANOMIAL: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 2, 3, 3]);
}
static BINARY_FIELD: Item = Item::Sequence(&[
    Field::new("m", &SMALL),
    Field::new("type", &OBJECT),
    Field::new("basis", &ANY),
]);
pub(in crate::text) static PENTANOMIAL_BASIS: &Item = &PENTANOMIAL;
static FIELD_ID: Item = Item::Sequence(&[
    Field::new("fieldType", &OBJECT),
    Field::by("field", |oid| {
        if *oid == x962::PRIME_FIELD {
            &INTEGER
        } else if *oid == x962::BINARY_FIELD {
            &BINARY_FIELD
        } else {
            &ANY
        }
    }),
]);
static CURVE: Item = Item::Sequence(&[
    Field::new("a", &OCTET_STRING),
    Field::new("b", &OCTET_STRING),
    Field::new("seed", &BIT_STRING).optional(),
]);
static EXPLICIT_CURVE: Item = Item::Sequence(&[
    Field::new("version", &SMALL),
    Field::new("fieldID", &FIELD_ID),
    Field::new("curve", &CURVE),
    Field::new("base", &OCTET_STRING),
    Field::new("order", &INTEGER),
    Field::new("cofactor", &INTEGER).optional(),
]);
pub(in crate::text) static EC_PARAMETERS: Item = Item::Choice(&[
    Field::new("named_curve", &OBJECT),
    Field::new("parameters", &EXPLICIT_CURVE),
    Field::new("implicitlyCA", &NULL),
]);
pub(in crate::text) static EC_PRIVATE_KEY: Item = Item::Sequence(&[
    Field::new("version", &SMALL),
    Field::new("privateKey", &OCTET_STRING),
    Field::new("parameters", &EC_PARAMETERS)
        .explicit(0)
        .optional(),
    Field::new("publicKey", &BIT_STRING).explicit(1).optional(),
]);
pub(in crate::text) static PRIVATE_KEY_INFO: Item = Item::Sequence(&[
    Field::new("version", &INTEGER),
    Field::new("pkeyalg", &ALGORITHM),
    Field::new("pkey", &OCTET_STRING),
    Field::new("attributes", &ATTRIBUTE)
        .set_of()
        .implicit(0)
        .optional(),
]);
