//! What the objects look like: RFC 5280, RFC 2986 and the key formats, as OpenSSL describes them.
//!
//! Field numbers here are the indices that the writers use with `Value::field`.

mod keys;

use crate::primitives::oid::known;

use super::schema::{Field, Item, universal as u};

pub(super) use keys::*;

const fn bits(tags: &[u32]) -> u32 {
    let mut set = 0;
    let mut i = 0;
    while i < tags.len() {
        #[allow(
            clippy::indexing_slicing,
            reason = "bounded by the loop, at compile time"
        )]
        let tag = tags[i];
        set |= 1 << tag;
        i += 1;
    }
    set
}

/// Universal tags that OpenSSL's tables call "unknown" and take as strings.
const UNKNOWN: [u32; 7] = [7, 8, 9, 11, 13, 14, 15];

pub(super) static BOOLEAN: Item = Item::Primitive(u::BOOLEAN);
pub(super) static INTEGER: Item = Item::Primitive(u::INTEGER);
pub(super) static ENUMERATED: Item = Item::Primitive(u::ENUMERATED);
pub(super) static BIT_STRING: Item = Item::Primitive(u::BIT_STRING);
pub(super) static OCTET_STRING: Item = Item::Primitive(u::OCTET_STRING);
pub(super) static NULL: Item = Item::Primitive(u::NULL);
pub(super) static OBJECT: Item = Item::Primitive(u::OBJECT);
pub(super) static UTF8: Item = Item::Primitive(u::UTF8);
pub(super) static IA5: Item = Item::Primitive(u::IA5);
pub(super) static PRINTABLE_STRING: Item = Item::Primitive(u::PRINTABLE);
pub(super) static GENERALIZED_TIME: Item = Item::Primitive(u::GENERALIZED_TIME);
pub(super) static WHOLE_SEQUENCE: Item = Item::Primitive(u::SEQUENCE);
pub(super) static ANY: Item = Item::Any;
pub(super) static UNSIGNED: Item = Item::Unsigned;
pub(super) static SMALL: Item = Item::Small;
pub(super) static NAME: Item = Item::Name;
pub(super) static TIME: Item = Item::OneOf(bits(&[u::UTC_TIME, u::GENERALIZED_TIME]));
pub(super) static DIRECTORY_STRING: Item =
    Item::OneOf(bits(&[u::PRINTABLE, u::T61, u::BMP, u::UNIVERSAL, u::UTF8]));
pub(super) static DISPLAY_TEXT: Item = Item::OneOf(bits(&[u::IA5, u::VISIBLE, u::BMP, u::UTF8]));
/// What a name may hold: OpenSSL's B_ASN1_PRINTABLE.
pub(super) static NAME_VALUE: Item = Item::OneOf(
    bits(&[
        u::NUMERIC,
        u::PRINTABLE,
        u::T61,
        u::IA5,
        u::BIT_STRING,
        u::UNIVERSAL,
        u::BMP,
        u::UTF8,
        u::SEQUENCE,
    ]) | bits(&UNKNOWN)
        | 1 << 29,
);

static NAME_ENTRY: Item = Item::Sequence(&[
    Field::new("object", &OBJECT),
    Field::new("value", &NAME_VALUE),
]);
static RELATIVE_NAME: Item = Item::Of(&Field::new("RDNS", &NAME_ENTRY).set_of());
pub(super) const NAME_FIELD: Field = Field::new("Name", &RELATIVE_NAME).sequence_of();

pub(super) static ALGORITHM: Item = Item::Sequence(&[
    Field::new("algorithm", &OBJECT),
    Field::new("parameter", &ANY).optional(),
]);
pub(super) static PUBLIC_KEY: Item = Item::Sequence(&[
    Field::new("algor", &ALGORITHM),
    Field::new("public_key", &BIT_STRING),
]);
pub(super) static EXTENSION: Item = Item::Sequence(&[
    Field::new("object", &OBJECT),
    Field::new("critical", &BOOLEAN).optional(),
    Field::new("value", &OCTET_STRING),
]);
pub(super) static EXTENSIONS: Item = Item::Of(&Field::new("Extension", &EXTENSION).sequence_of());

static VALIDITY: Item = Item::Sequence(&[
    Field::new("notBefore", &TIME),
    Field::new("notAfter", &TIME),
]);
static CERTIFICATE_INFO: Item = Item::Sequence(&[
    Field::new("version", &INTEGER).explicit(0).optional(),
    Field::new("serialNumber", &INTEGER),
    Field::new("signature", &ALGORITHM),
    Field::new("issuer", &NAME),
    Field::new("validity", &VALIDITY),
    Field::new("subject", &NAME),
    Field::new("key", &PUBLIC_KEY),
    Field::new("issuerUID", &BIT_STRING).implicit(1).optional(),
    Field::new("subjectUID", &BIT_STRING).implicit(2).optional(),
    Field::new("extensions", &EXTENSION)
        .sequence_of()
        .explicit(3)
        .optional(),
]);
pub(super) static CERTIFICATE: Item = Item::Sequence(&[
    Field::new("cert_info", &CERTIFICATE_INFO),
    Field::new("sig_alg", &ALGORITHM),
    Field::new("signature", &BIT_STRING),
]);
/// What follows the certificate in OpenSSL's TRUSTED CERTIFICATE.
pub(super) static TRUST: Item = Item::Sequence(&[
    Field::new("trust", &OBJECT).sequence_of().optional(),
    Field::new("reject", &OBJECT)
        .sequence_of()
        .implicit(0)
        .optional(),
    Field::new("alias", &UTF8).optional(),
    Field::new("keyid", &OCTET_STRING).optional(),
    Field::new("other", &ALGORITHM)
        .sequence_of()
        .implicit(1)
        .optional(),
]);

static ATTRIBUTE: Item = Item::Sequence(&[
    Field::new("object", &OBJECT),
    Field::new("set", &ANY).set_of(),
]);
static REQUEST_INFO: Item = Item::Sequence(&[
    Field::new("version", &INTEGER),
    Field::new("subject", &NAME),
    Field::new("pubkey", &PUBLIC_KEY),
    Field::new("attributes", &ATTRIBUTE)
        .set_of()
        .implicit(0)
        .optional(),
]);
pub(super) static REQUEST: Item = Item::Sequence(&[
    Field::new("req_info", &REQUEST_INFO),
    Field::new("sig_alg", &ALGORITHM),
    Field::new("signature", &BIT_STRING),
]);

static REVOKED: Item = Item::Sequence(&[
    Field::new("serialNumber", &INTEGER),
    Field::new("revocationDate", &TIME),
    Field::new("extensions", &EXTENSION)
        .sequence_of()
        .optional(),
]);
static CRL_INFO: Item = Item::Sequence(&[
    Field::new("version", &INTEGER).optional(),
    Field::new("sig_alg", &ALGORITHM),
    Field::new("issuer", &NAME),
    Field::new("lastUpdate", &TIME),
    Field::new("nextUpdate", &TIME).optional(),
    Field::new("revoked", &REVOKED).stream_of().optional(),
    Field::new("extensions", &EXTENSION)
        .sequence_of()
        .explicit(0)
        .optional(),
]);
pub(super) static CRL: Item = Item::Sequence(&[
    Field::new("crl", &CRL_INFO),
    Field::new("sig_alg", &ALGORITHM),
    Field::new("signature", &BIT_STRING),
]);

static OTHER_NAME: Item = Item::Sequence(&[
    Field::new("type_id", &OBJECT),
    Field::new("value", &ANY).explicit(0),
]);
static EDI_PARTY: Item = Item::Sequence(&[
    Field::new("nameAssigner", &DIRECTORY_STRING)
        .explicit(0)
        .optional(),
    Field::new("partyName", &DIRECTORY_STRING).explicit(1),
]);
/// The alternatives have the numbers of their tags.
pub(super) static GENERAL_NAME: Item = Item::Choice(&[
    Field::new("otherName", &OTHER_NAME).implicit(0),
    Field::new("rfc822Name", &IA5).implicit(1),
    Field::new("dNSName", &IA5).implicit(2),
    Field::new("x400Address", &WHOLE_SEQUENCE).implicit(3),
    Field::new("directoryName", &NAME).explicit(4),
    Field::new("ediPartyName", &EDI_PARTY).implicit(5),
    Field::new("uniformResourceIdentifier", &IA5).implicit(6),
    Field::new("iPAddress", &OCTET_STRING).implicit(7),
    Field::new("registeredID", &OBJECT).implicit(8),
]);
pub(super) static GENERAL_NAMES: Item =
    Item::Of(&Field::new("GeneralNames", &GENERAL_NAME).sequence_of());

pub(super) static BASIC_CONSTRAINTS: Item = Item::Sequence(&[
    Field::new("ca", &BOOLEAN).optional(),
    Field::new("pathlen", &INTEGER).optional(),
]);
pub(super) static OBJECTS: Item =
    Item::Of(&Field::new("EXTENDED_KEY_USAGE", &OBJECT).sequence_of());
pub(super) static INTEGERS: Item = Item::Of(&Field::new("TLS_FEATURE", &INTEGER).sequence_of());
pub(super) static AUTHORITY_KEY_ID: Item = Item::Sequence(&[
    Field::new("keyid", &OCTET_STRING).implicit(0).optional(),
    Field::new("issuer", &GENERAL_NAME)
        .sequence_of()
        .implicit(1)
        .optional(),
    Field::new("serial", &INTEGER).implicit(2).optional(),
]);
pub(super) static ACCESS_DESCRIPTION: Item = Item::Sequence(&[
    Field::new("method", &OBJECT),
    Field::new("location", &GENERAL_NAME),
]);
pub(super) static ACCESS_DESCRIPTIONS: Item =
    Item::Of(&Field::new("GeneralNames", &ACCESS_DESCRIPTION).sequence_of());
pub(super) static KEY_USAGE_PERIOD: Item = Item::Sequence(&[
    Field::new("notBefore", &GENERALIZED_TIME)
        .implicit(0)
        .optional(),
    Field::new("notAfter", &GENERALIZED_TIME)
        .implicit(1)
        .optional(),
]);

static NOTICE_REFERENCE: Item = Item::Sequence(&[
    Field::new("organization", &DISPLAY_TEXT),
    Field::new("noticenos", &INTEGER).sequence_of(),
]);
static USER_NOTICE: Item = Item::Sequence(&[
    Field::new("noticeref", &NOTICE_REFERENCE).optional(),
    Field::new("exptext", &DISPLAY_TEXT).optional(),
]);
static POLICY_QUALIFIER: Item = Item::Sequence(&[
    Field::new("pqualid", &OBJECT),
    Field::by("qualifier", |oid| {
        if *oid == known::QT_CPS {
            &IA5
        } else if *oid == known::QT_USER_NOTICE {
            &USER_NOTICE
        } else {
            &ANY
        }
    }),
]);
static POLICY: Item = Item::Sequence(&[
    Field::new("policyid", &OBJECT),
    Field::new("qualifiers", &POLICY_QUALIFIER)
        .sequence_of()
        .optional(),
]);
pub(super) static POLICIES: Item =
    Item::Of(&Field::new("CERTIFICATEPOLICIES", &POLICY).sequence_of());
static POLICY_MAPPING: Item = Item::Sequence(&[
    Field::new("issuerDomainPolicy", &OBJECT),
    Field::new("subjectDomainPolicy", &OBJECT),
]);
pub(super) static POLICY_MAPPINGS: Item =
    Item::Of(&Field::new("POLICY_MAPPINGS", &POLICY_MAPPING).sequence_of());
pub(super) static POLICY_CONSTRAINTS: Item = Item::Sequence(&[
    Field::new("requireExplicitPolicy", &INTEGER)
        .implicit(0)
        .optional(),
    Field::new("inhibitPolicyMapping", &INTEGER)
        .implicit(1)
        .optional(),
]);

static SUBTREE: Item = Item::Sequence(&[
    Field::new("base", &GENERAL_NAME),
    Field::new("minimum", &INTEGER).implicit(0).optional(),
    Field::new("maximum", &INTEGER).implicit(1).optional(),
]);
pub(super) static NAME_CONSTRAINTS: Item = Item::Sequence(&[
    Field::new("permittedSubtrees", &SUBTREE)
        .sequence_of()
        .implicit(0)
        .optional(),
    Field::new("excludedSubtrees", &SUBTREE)
        .sequence_of()
        .implicit(1)
        .optional(),
]);

static POINT_NAME: Item = Item::Choice(&[
    Field::new("fullname", &GENERAL_NAME)
        .sequence_of()
        .implicit(0),
    Field::new("relativename", &NAME_ENTRY).set_of().implicit(1),
]);
static DISTRIBUTION_POINT: Item = Item::Sequence(&[
    Field::new("distpoint", &POINT_NAME).explicit(0).optional(),
    Field::new("reasons", &BIT_STRING).implicit(1).optional(),
    Field::new("CRLissuer", &GENERAL_NAME)
        .sequence_of()
        .implicit(2)
        .optional(),
]);
pub(super) static DISTRIBUTION_POINTS: Item =
    Item::Of(&Field::new("CRLDistributionPoints", &DISTRIBUTION_POINT).sequence_of());
pub(super) static ISSUING_POINT: Item = Item::Sequence(&[
    Field::new("distpoint", &POINT_NAME).explicit(0).optional(),
    Field::new("onlyuser", &BOOLEAN).implicit(1).optional(),
    Field::new("onlyCA", &BOOLEAN).implicit(2).optional(),
    Field::new("onlysomereasons", &BIT_STRING)
        .implicit(3)
        .optional(),
    Field::new("indirectCRL", &BOOLEAN).implicit(4).optional(),
    Field::new("onlyattr", &BOOLEAN).implicit(5).optional(),
]);

static SXNET_ID: Item = Item::Sequence(&[
    Field::new("zone", &INTEGER),
    Field::new("user", &OCTET_STRING),
]);
pub(super) static SXNET: Item = Item::Sequence(&[
    Field::new("version", &INTEGER),
    Field::new("ids", &SXNET_ID).sequence_of(),
]);
static PROXY_POLICY: Item = Item::Sequence(&[
    Field::new("policyLanguage", &OBJECT),
    Field::new("policy", &OCTET_STRING).optional(),
]);
pub(super) static PROXY_CERT_INFO: Item = Item::Sequence(&[
    Field::new("pcPathLengthConstraint", &INTEGER).optional(),
    Field::new("proxyPolicy", &PROXY_POLICY),
]);

static ADDRESS_RANGE: Item = Item::Sequence(&[
    Field::new("min", &BIT_STRING),
    Field::new("max", &BIT_STRING),
]);
static ADDRESS_OR_RANGE: Item = Item::Choice(&[
    Field::new("addressPrefix", &BIT_STRING),
    Field::new("addressRange", &ADDRESS_RANGE),
]);
static ADDRESS_CHOICE: Item = Item::Choice(&[
    Field::new("inherit", &NULL),
    Field::new("addressesOrRanges", &ADDRESS_OR_RANGE).sequence_of(),
]);
static ADDRESS_FAMILY: Item = Item::Sequence(&[
    Field::new("addressFamily", &OCTET_STRING),
    Field::new("ipAddressChoice", &ADDRESS_CHOICE),
]);
pub(super) static ADDRESS_BLOCKS: Item =
    Item::Of(&Field::new("IPAddrBlocks", &ADDRESS_FAMILY).sequence_of());
static AS_RANGE: Item = Item::Sequence(&[Field::new("min", &INTEGER), Field::new("max", &INTEGER)]);
static AS_ID_OR_RANGE: Item =
    Item::Choice(&[Field::new("id", &INTEGER), Field::new("range", &AS_RANGE)]);
static AS_CHOICE: Item = Item::Choice(&[
    Field::new("inherit", &NULL),
    Field::new("asIdsOrRanges", &AS_ID_OR_RANGE).sequence_of(),
]);
pub(super) static AS_IDENTIFIERS: Item = Item::Sequence(&[
    Field::new("asnum", &AS_CHOICE).explicit(0).optional(),
    Field::new("rdi", &AS_CHOICE).explicit(1).optional(),
]);

static NAMING_AUTHORITY: Item = Item::Sequence(&[
    Field::new("namingAuthorityId", &OBJECT).optional(),
    Field::new("namingAuthorityUrl", &IA5).optional(),
    Field::new("namingAuthorityText", &DIRECTORY_STRING).optional(),
]);
static PROFESSION: Item = Item::Sequence(&[
    Field::new("namingAuthority", &NAMING_AUTHORITY)
        .explicit(0)
        .optional(),
    Field::new("professionItems", &DIRECTORY_STRING).sequence_of(),
    Field::new("professionOIDs", &OBJECT)
        .sequence_of()
        .optional(),
    Field::new("registrationNumber", &PRINTABLE_STRING).optional(),
    Field::new("addProfessionInfo", &OCTET_STRING).optional(),
]);
static ADMISSIONS: Item = Item::Sequence(&[
    Field::new("admissionAuthority", &GENERAL_NAME)
        .explicit(0)
        .optional(),
    Field::new("namingAuthority", &NAMING_AUTHORITY)
        .explicit(1)
        .optional(),
    Field::new("professionInfos", &PROFESSION).sequence_of(),
]);
pub(super) static ADMISSION: Item = Item::Sequence(&[
    Field::new("admissionAuthority", &GENERAL_NAME).optional(),
    Field::new("contentsOfAdmissions", &ADMISSIONS).sequence_of(),
]);
pub(super) static ISSUER_SIGN_TOOL: Item = Item::Sequence(&[
    Field::new("signTool", &UTF8),
    Field::new("cATool", &UTF8),
    Field::new("signToolCert", &UTF8),
    Field::new("cAToolCert", &UTF8),
]);
pub(super) static OCSP_CRL_ID: Item = Item::Sequence(&[
    Field::new("crlUrl", &IA5).explicit(0).optional(),
    Field::new("crlNum", &INTEGER).explicit(1).optional(),
    Field::new("crlTime", &GENERALIZED_TIME)
        .explicit(2)
        .optional(),
]);
pub(super) static OCSP_SERVICE_LOCATOR: Item = Item::Sequence(&[
    Field::new("issuer", &NAME),
    Field::new("locator", &ACCESS_DESCRIPTION)
        .sequence_of()
        .optional(),
]);

static ENCAPSULATED: Item = Item::Sequence(&[
    Field::new("type", &OBJECT),
    Field::new("content", &ANY).explicit(0).optional(),
]);
static SIGNED_DATA: Item = Item::Sequence(&[
    Field::new("version", &INTEGER),
    Field::new("md_algs", &ALGORITHM).set_of(),
    Field::new("contents", &ENCAPSULATED),
    Field::new("cert", &ANY).set_of().implicit(0).optional(),
    Field::new("crl", &ANY).set_of().implicit(1).optional(),
    Field::new("signer_info", &ANY).set_of(),
]);
pub(super) static PKCS7: Item = Item::Sequence(&[
    Field::new("type", &OBJECT),
    Field::new("content", &SIGNED_DATA).explicit(0).optional(),
]);
