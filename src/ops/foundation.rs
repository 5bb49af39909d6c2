//! What a new directory holds: the files that OpenSSL and EasyRSA look for, the profiles, and the
//! CA's certificate with its first CRL.

use super::ca::Ca;
use super::gen_key::NewKey;
use super::{Context, Error};
use crate::keys::PrivateKey;
use crate::pki::{FileName, Layout, Overwrite, Txn, defaults};
use crate::primitives::time::{Span, Timestamp};
use crate::primitives::{disk, pem};
use crate::profile::builtin;
use crate::x509::draft::{self, Authority, RevocationListContent};
use crate::x509::lint;
use crate::x509::revocation_list::Entries;
use crate::x509::serial::Serial;
use crate::x509::sign;

/// A CRL's life. An expired one locks every client out, so it is long; every command warns
/// of its end.
pub(super) const CRL_VALIDITY: Span = Span::years(1);

/// What every new directory holds, whoever signs its CA.
pub(super) fn place(txn: &mut Txn<'_>, layout: &Layout, new: &NewKey) -> Result<(), Error> {
    let next_crl = defaults::counter(2);
    for (path, contents) in [
        (layout.index(), defaults::INDEX),
        (layout.index_attributes(), defaults::INDEX_ATTRIBUTES),
        (layout.serial(), defaults::SERIAL),
        (layout.crl_number(), next_crl.as_bytes()),
        (layout.easyrsa_config(), defaults::EASYRSA_CONFIG),
    ] {
        // an EasyRSA init-pki has left its own configuration
        if !disk::exists(&path)? {
            txn.place(&path, contents, disk::PUBLIC, Overwrite::No)?;
        }
    }
    for (name, text) in builtin::all() {
        let stem: FileName = name.parse().map_err(|_| Error::Bug((*name).to_owned()))?;
        let path = layout.profile(&stem);
        // a profile that was put there beforehand is the operator's own
        if !disk::exists(&path)? {
            txn.place(&path, text.as_bytes(), disk::PUBLIC, Overwrite::No)?;
        }
    }
    Ok(txn.place(
        &layout.ca_key(),
        new.file.expose(),
        disk::PRIVATE,
        Overwrite::No,
    )?)
}

/// The CA's certificate and chain, and the CRL that revokes nothing; gives its end.
pub(super) fn place_ca(
    context: &Context<'_>,
    txn: &mut Txn<'_>,
    layout: &Layout,
    ca: &Ca,
    key: &PrivateKey,
    crls_above: &str,
) -> Result<Timestamp, Error> {
    let now = context.now();
    let ca_end = ca.certificate().not_after();
    let next_update = end(now, CRL_VALIDITY)?.min(ca_end);
    let authority = Authority::of(ca.certificate()).map_err(Error::key(&layout.ca_key()))?;
    let content = RevocationListContent {
        number: &Serial::from_unsigned(&[1]),
        this_update: now,
        next_update,
        entries: Entries::default(),
    };
    let list = lint::lint(draft::revocation_list(content, &authority)?)?;
    let crl = pem::encode("X509 CRL", &sign::revocation_list(list, key)?);
    let own = pem::encode("CERTIFICATE", ca.certificate().der());
    let chain: String = ca
        .chain()
        .map(|c| pem::encode("CERTIFICATE", c.der()))
        .collect();
    for (path, text) in [
        (layout.ca_chain(), chain),
        (layout.crl(), crl.clone()),
        (layout.crl_chain(), crl + crls_above),
        (layout.ca_certificate(), own),
    ] {
        txn.place(&path, text.as_bytes(), disk::PUBLIC, Overwrite::No)?;
    }
    Ok(next_update)
}

pub(super) fn end(now: Timestamp, validity: Span) -> Result<Timestamp, Error> {
    now.plus(validity).ok_or_else(|| {
        Error::Usage(format!(
            "{validity} from now is past the year 9999, which no certificate can say"
        ))
    })
}
