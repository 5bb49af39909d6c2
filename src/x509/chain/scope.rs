//! Which certificates a revocation list is about: its issuingDistributionPoint (RFC 5280, 5.2.5)
//! against the certificate's cRLDistributionPoints (4.2.1.13).

use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;

const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);
pub(super) const DELTA_CRL_INDICATOR: Oid = Oid::known(&[0x55, 0x1d, 27]);

/// One DistributionPoint.
#[derive(Debug)]
pub(super) struct Point<'a> {
    /// DistributionPointName.
    name: Option<&'a [u8]>,
    /// True where it is for some reasons only.
    has_reasons: bool,
    /// True where another than the certificate's issuer signs the lists.
    has_issuer: bool,
}

/// The certificate's distribution points; none where it has no such extension.
pub(super) fn distribution_points(certificate: &Certificate) -> Result<Vec<Point<'_>>, DerError> {
    let Some(value) = certificate.extension(&known::CRL_DISTRIBUTION_POINTS) else {
        return Ok(Vec::new());
    };
    let mut sequence = der::only(value, tag::SEQUENCE, "no SEQUENCE")?.reader();
    let mut points = Vec::new();
    while !sequence.is_empty() {
        let mut fields = sequence.sequence("a point is no SEQUENCE")?;
        let name = fields.optional(tag::context_constructed(0))?;
        let reasons = fields.optional(tag::context(1))?;
        let issuer = fields.optional(tag::context_constructed(2))?;
        fields.finish()?;
        if let Some(name) = name {
            let mut form = name.reader();
            form.any()?;
            form.finish()?;
        }
        points.push(Point {
            name: name.map(|n| n.value),
            has_reasons: reasons.is_some(),
            has_issuer: issuer.is_some(),
        });
    }
    Ok(points)
}

#[derive(Default)]
struct IssuingPoint<'a> {
    name: Option<&'a [u8]>,
    only_users: bool,
    only_cas: bool,
    only_attributes: bool,
    some_reasons: bool,
    indirect: bool,
}

fn issuing_point(crl: &Crl) -> Result<Option<IssuingPoint<'_>>, DerError> {
    let Some(value) = crl.extension(&ISSUING_DISTRIBUTION_POINT) else {
        return Ok(None);
    };
    let mut fields = der::only(value, tag::SEQUENCE, "no SEQUENCE")?.reader();
    let mut point = IssuingPoint {
        name: fields
            .optional(tag::context_constructed(0))?
            .map(|n| n.value),
        ..IssuingPoint::default()
    };
    point.only_users = flag(&mut fields, 1)?;
    point.only_cas = flag(&mut fields, 2)?;
    point.some_reasons = fields.optional(tag::context(3))?.is_some();
    point.indirect = flag(&mut fields, 4)?;
    point.only_attributes = flag(&mut fields, 5)?;
    fields.finish()?;
    Ok(Some(point))
}

fn flag(fields: &mut Reader<'_>, n: u8) -> Result<bool, DerError> {
    Ok((fields.optional(tag::context(n))?).is_some_and(|f| f.value != [0]))
}

/// True unless the issuing distribution point is malformed.
pub(super) fn is_readable(crl: &Crl) -> bool {
    issuing_point(crl).is_ok()
}

/// True for a list that can be judged at all: a whole one, for all reasons, by its own issuer.
pub(super) fn is_plain(crl: &Crl) -> bool {
    match issuing_point(crl) {
        Ok(None) => true,
        Ok(Some(p)) => {
            let only = [p.only_users, p.only_cas, p.only_attributes];
            !p.indirect && !p.some_reasons && only.iter().filter(|o| **o).count() <= 1
        }
        Err(_) => false,
    }
}

/// True if the list speaks of this certificate, for every reason.
pub(super) fn includes(crl: &Crl, certificate: &Certificate) -> bool {
    let (Ok(issuing), Ok(points)) = (issuing_point(crl), distribution_points(certificate)) else {
        return false;
    };
    let is_ca = certificate.basic_constraints().is_ok_and(|(ca, _)| ca);
    let own: Vec<&Point<'_>> = points.iter().filter(|p| !p.has_issuer).collect();
    if own.iter().any(|p| p.has_reasons) {
        return false;
    }
    let Some(issuing) = issuing else {
        return true;
    };
    if issuing.only_attributes || issuing.only_users && is_ca || issuing.only_cas && !is_ca {
        return false;
    }
    let Some(wanted) = issuing.name else {
        return true;
    };
    let wanted = full_names(wanted);
    let shares = |p: &&Point<'_>| {
        let own = p.name.map(full_names).unwrap_or_default();
        own.iter().any(|name| wanted.contains(name))
    };
    own.iter().any(shares)
}

/// The names of a DistributionPointName's fullName; none of one relative to the issuer.
fn full_names(name: &[u8]) -> Vec<&[u8]> {
    let Ok(full) = der::only(name, tag::context_constructed(0), "no fullName") else {
        return Vec::new();
    };
    let mut reader = full.reader();
    std::iter::from_fn(|| reader.any().ok().map(|n| n.raw)).collect()
}
