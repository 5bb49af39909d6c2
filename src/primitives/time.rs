//! Instants in UTC to the second, durations as people write them, and the clock.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::der::{self, tag};

/// Where the present comes from.
pub trait Clock: Send + Sync {
    /// The present, to the second.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // The one place that asks the system.
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_secs());
        Timestamp::from_unix(i64::try_from(seconds).unwrap_or(0)).unwrap_or(Timestamp::EPOCH)
    }
}

/// A second in UTC between the years 0000 and 9999, the range of X.509's times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 9999-12-31T23:59:59Z: "no well-defined expiration" (RFC 5280, 4.1.2.5).
    pub const MAX: Self = Self(253_402_300_799);
    const MIN: Self = Self(-62_167_219_200);

    /// From seconds since the Unix epoch; `None` outside the years 0000 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// Seconds since the Unix epoch.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// This instant plus a duration; months and years by the calendar (31 January and one month is
    /// the last of February). `None` past the year 9999.
    pub fn plus(self, span: Span) -> Option<Self> {
        self.shift(i64::from(span.months), i64::try_from(span.seconds).ok()?)
    }

    /// This instant minus a duration, likewise. `None` before the year 0000.
    pub fn minus(self, span: Span) -> Option<Self> {
        self.shift(-i64::from(span.months), -i64::try_from(span.seconds).ok()?)
    }

    /// Seconds from `earlier` to this instant; negative when it is the later one.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    fn shift(self, months: i64, seconds: i64) -> Option<Self> {
        let at = self.datetime()?;
        let month = i64::from(at.year()) * 12 + i64::from(u8::from(at.month())) - 1 + months;
        let year = i32::try_from(month.div_euclid(12)).ok()?;
        let month = Month::try_from(u8::try_from(month.rem_euclid(12)).ok()? + 1).ok()?;
        let day = at.day().min(month.length(year));
        let date = Date::from_calendar_date(year, month, day).ok()?;
        let shifted = PrimitiveDateTime::new(date, at.time())
            .assume_utc()
            .unix_timestamp();
        Self::from_unix(shifted.checked_add(seconds)?)
    }

    /// As the `time` crate has it; `None` never in practice, the range is smaller than its own.
    pub(crate) fn datetime(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.0).ok()
    }

    fn fields(self) -> (i32, u8, u8, u8, u8, u8) {
        let at = self.datetime().unwrap_or(OffsetDateTime::UNIX_EPOCH);
        (
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
        )
    }

    /// `Nov 21 10:00:00 2026 GMT`, as OpenSSL prints times.
    pub fn openssl(self) -> String {
        let (year, month, day, hour, minute, second) = self.fields();
        let name = MONTHS.get(usize::from(month) - 1).copied().unwrap_or("???");
        format!("{name} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT")
    }

    /// `20261121100000Z`, the contents of a GeneralizedTime.
    pub fn generalized(self) -> String {
        let (year, month, day, hour, minute, second) = self.fields();
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
    }

    /// The contents of the Time that RFC 5280, 4.1.2.5 wants: `261121100000Z` (UTCTime) through
    /// 2049, else GeneralizedTime. OpenSSL's index holds the same text.
    pub fn asn1_text(self) -> String {
        let text = self.generalized();
        if self.is_utc_time() {
            text.chars().skip(2).collect()
        } else {
            text
        }
    }

    /// The whole Time element (RFC 5280, 4.1.2.5).
    pub fn to_der(self) -> Vec<u8> {
        let tag = if self.is_utc_time() {
            tag::UTC_TIME
        } else {
            tag::GENERALIZED_TIME
        };
        der::tlv(tag, self.asn1_text().as_bytes())
    }

    fn is_utc_time(self) -> bool {
        (1950..2050).contains(&self.fields().0)
    }

    /// Reads `YYMMDDHHMMSSZ` (years 1950 to 2049) or `YYYYMMDDHHMMSSZ`.
    pub fn from_asn1_text(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('Z')?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (year, rest) = match digits.len() {
            12 => {
                let short: i32 = digits.get(..2)?.parse().ok()?;
                (
                    if short < 50 {
                        2000 + short
                    } else {
                        1900 + short
                    },
                    digits.get(2..)?,
                )
            }
            14 => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
            _ => return None,
        };
        let field = |at: usize| rest.get(at..at + 2)?.parse::<u8>().ok();
        let date =
            Date::from_calendar_date(year, Month::try_from(field(0)?).ok()?, field(2)?).ok()?;
        let time = Time::from_hms(field(4)?, field(6)?, field(8)?).ok()?;
        Self::from_unix(
            PrimitiveDateTime::new(date, time)
                .assume_utc()
                .unix_timestamp(),
        )
    }

    /// Reads a Time element's tag and contents.
    pub fn from_asn1(tag: u8, contents: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(contents).ok()?;
        match (tag, text.len()) {
            (tag::UTC_TIME, 13) | (tag::GENERALIZED_TIME, 15) => Self::from_asn1_text(text),
            _ => None,
        }
    }

    /// `2026-11-21`.
    pub fn date(self) -> String {
        let (year, month, day, ..) = self.fields();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC: `2026-11-21T10:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.fields();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Timestamp {
    type Err = BadTime;

    /// Reads RFC 3339 with any offset (`2026-11-21T11:00:00+01:00`; a fraction of a second is cut)
    /// or a bare date, which means its first second in UTC.
    fn from_str(text: &str) -> Result<Self, BadTime> {
        let full = if text.len() == 10 {
            format!("{text}T00:00:00Z")
        } else {
            text.to_owned()
        };
        let at = OffsetDateTime::parse(&full, &Rfc3339).map_err(|_| BadTime)?;
        Self::from_unix(at.unix_timestamp()).ok_or(BadTime)
    }
}

/// The text is no RFC 3339 time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTime;

impl fmt::Display for BadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time in RFC 3339, such as 2026-11-21T10:00:00Z or 2026-11-21")
    }
}

impl std::error::Error for BadTime {}

/// A length of time as people write it: `30m 12h 90d 2w 6mo 1y`, or several together (`1y6mo`).
/// Months and years go by the calendar, so they are kept apart from seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    months: u32,
    seconds: u64,
}

impl Span {
    /// A number of seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self { months: 0, seconds }
    }

    /// A number of days of 24 hours.
    pub const fn days(days: u64) -> Self {
        Self {
            months: 0,
            seconds: days * DAY,
        }
    }

    /// A number of calendar years.
    pub const fn years(years: u32) -> Self {
        Self {
            months: years * 12,
            seconds: 0,
        }
    }

    /// True for a length of nothing.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }

    /// Whole seconds, where no months make that depend on the calendar.
    pub fn exact_seconds(self) -> Option<u64> {
        (self.months == 0).then_some(self.seconds)
    }
}

const DAY: u64 = 86_400;
const UNITS: [(&str, u64); 5] = [("w", 7 * DAY), ("d", DAY), ("h", 3600), ("m", 60), ("s", 1)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0s");
        }
        for (count, unit) in [(self.months / 12, "y"), (self.months % 12, "mo")] {
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        let mut rest = self.seconds;
        for (unit, length) in UNITS {
            // weeks only where they say it all: 90d, not 12w6d
            if unit == "w" && !rest.is_multiple_of(length) {
                continue;
            }
            if rest >= length {
                write!(f, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let mut span = Self::default();
        let mut rest = text;
        if rest.is_empty() {
            return Err(BadSpan);
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at(digits);
            let letters = tail.bytes().take_while(u8::is_ascii_lowercase).count();
            let (unit, tail) = tail.split_at(letters);
            let number: u64 = number.parse().map_err(|_| BadSpan)?;
            span = span.add(number, unit).ok_or(BadSpan)?;
            rest = tail;
        }
        Ok(span)
    }
}

impl Span {
    fn add(self, number: u64, unit: &str) -> Option<Self> {
        let months = |per: u32| u32::try_from(number).ok()?.checked_mul(per);
        let added = match unit {
            "y" => Self {
                months: months(12)?,
                seconds: 0,
            },
            "mo" => Self {
                months: months(1)?,
                seconds: 0,
            },
            _ => {
                let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
                Self {
                    months: 0,
                    seconds: number.checked_mul(*length)?,
                }
            }
        };
        Some(Self {
            months: self.months.checked_add(added.months)?,
            seconds: self.seconds.checked_add(added.seconds)?,
        })
    }
}

/// The text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSpan;

impl fmt::Display for BadSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a duration such as 30m, 12h, 90d, 2w, 6mo or 1y")
    }
}

impl std::error::Error for BadSpan {}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn months_and_years_go_by_the_calendar() {
        let span = |text: &str| text.parse::<Span>().unwrap();
        assert_eq!(at("2024-02-29").plus(span("1y")), Some(at("2025-02-28")));
        assert_eq!(at("2026-01-31").plus(span("1mo")), Some(at("2026-02-28")));
        assert_eq!(at("2026-11-21").plus(span("1y")), Some(at("2027-11-21")));
        assert_eq!(at("2026-03-31").minus(span("1mo")), Some(at("2026-02-28")));
        assert_eq!(at("9999-12-31").plus(span("1y")), None);
    }

    #[test]
    fn the_form_of_a_time_turns_in_2050() {
        assert_eq!(at("2049-12-31T23:59:59Z").asn1_text(), "491231235959Z");
        assert_eq!(at("2050-01-01").asn1_text(), "20500101000000Z");
        assert_eq!(at("1949-12-31").asn1_text(), "19491231000000Z");
        assert_eq!(
            at("2026-11-01T02:03:04Z").openssl(),
            "Nov  1 02:03:04 2026 GMT"
        );
        assert_eq!(at("2026-11-21T11:00:00+01:00"), at("2026-11-21T10:00:00Z"));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "1",
            "y",
            "1 y",
            "-1d",
            "1.5d",
            "1Y",
            "1year",
            "99999999999999999999d",
            "5000000000y",
        ] {
            assert_eq!(text.parse::<Span>(), Err(BadSpan), "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_read_back(months in 0u32..2000, seconds in 0u64..10_000_000_000) {
            let span = Span { months, seconds };
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn times_read_back(seconds in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let time = Timestamp(seconds);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
            prop_assert_eq!(Timestamp::from_asn1_text(&time.asn1_text()), Some(time));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _span = text.parse::<Span>();
            let _time = text.parse::<Timestamp>();
            let _asn1 = Timestamp::from_asn1_text(&text);
        }
    }
}
