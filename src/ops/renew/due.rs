//! What `renew --all` renews.

use std::collections::HashMap;

use crate::ops::list::State;
use crate::ops::{Context, Error, policies, stems, targets};
use crate::pki::index::{Entry, Row};
use crate::pki::{FileName, Pki};
use crate::primitives::time::{Span, Timestamp};

/// Names whose current certificate ends soon. Those that have ended already are left alone: nobody
/// may want them any more.
pub(super) fn due(
    context: &Context<'_>,
    pki: &Pki,
    within: Option<Span>,
) -> Result<Vec<FileName>, Error> {
    let now = context.now();
    let latest = |span: Span| now.plus(span).unwrap_or(Timestamp::MAX);
    let mut soon: Vec<Row> = Vec::new();
    let mut rows = pki.rows()?;
    while let Some(line) = rows.read()? {
        if let Entry::Row(record) = line {
            let row = &record.row;
            let asked = within.is_none_or(|within| row.not_after <= latest(within));
            if State::of(row, now) == State::Valid && asked {
                soon.push(row.clone());
            }
        }
    }
    let recorded = targets::recorded_of(pki, soon.iter().map(|row| &row.serial))?;
    let mut spans = HashMap::new();
    soon.retain(|row| {
        let recorded = recorded.get(&row.serial);
        let profile = recorded.and_then(|recorded| recorded.profile.clone());
        let span = match within {
            Some(span) => span,
            None => *spans
                .entry(profile)
                .or_insert_with_key(|profile| own_span(pki, profile.as_deref())),
        };
        row.not_after <= latest(span)
    });
    let mut names = stems::current(pki, soon.iter(), &recorded)?;
    let in_order = soon.iter().filter_map(|row| names.remove(&row.serial));
    Ok(in_order.collect())
}

/// How long before its end a certificate of a profile is due.
fn own_span(pki: &Pki, profile: Option<&str>) -> Span {
    let profile = profile.and_then(|profile| profile.parse().ok());
    let found = profile.and_then(|profile| policies::load(Some(pki), &profile).ok());
    let within = found.and_then(|found| found.profile.renewal().within);
    within.unwrap_or(Span::days(30))
}
