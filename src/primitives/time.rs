//! Instants in UTC to the second, durations as people write them, and the clock.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

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

    /// Year, month, day, hour, minute, second (Hinnant's `civil_from_days`: an index and a CRL have
    /// a million of them).
    fn fields(self) -> (i32, u8, u8, u8, u8, u8) {
        let (days, second) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // counted from 0000-03-01, in eras of 400 years
        let days = days + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        // each is in the range of its type
        (
            year as i32,
            month as u8,
            day as u8,
            (second / 3600) as u8,
            (second / 60 % 60) as u8,
            (second % 60) as u8,
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
        self.digits().into_iter().map(char::from).collect()
    }

    fn digits(self) -> [u8; GENERALIZED] {
        let (year, month, day, hour, minute, second) = self.fields();
        let century = u8::try_from(year / 100).unwrap_or(0);
        let in_century = u8::try_from(year % 100).unwrap_or(0);
        let mut digits = [b'Z'; GENERALIZED];
        let pairs = [century, in_century, month, day, hour, minute, second];
        for (place, pair) in digits.as_chunks_mut::<2>().0.iter_mut().zip(pairs) {
            *place = [b'0' + pair / 10, b'0' + pair % 10];
        }
        digits
    }

    /// The contents of the Time that RFC 5280, 4.1.2.5 wants: `261121100000Z` (UTCTime) through
    /// 2049, else GeneralizedTime. OpenSSL's index holds the same text.
    pub fn asn1_text(self) -> String {
        let mut text = self.generalized();
        text.drain(..GENERALIZED - self.asn1_length());
        text
    }

    /// How long [`Self::asn1_text`] is.
    pub fn asn1_length(self) -> usize {
        match self.is_utc_time() {
            true => GENERALIZED - 2,
            false => GENERALIZED,
        }
    }

    /// The whole Time element (RFC 5280, 4.1.2.5).
    pub fn to_der(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(GENERALIZED + 2);
        self.write_der(&mut out);
        out
    }

    /// The same, behind what is in `out`.
    pub fn write_der(self, out: &mut Vec<u8>) {
        let (tag, skipped) = match self.is_utc_time() {
            true => (tag::UTC_TIME, 2),
            false => (tag::GENERALIZED_TIME, 0),
        };
        let contents = self.digits();
        der::write_tlv(out, tag, contents.get(skipped..).unwrap_or_default());
    }

    fn is_utc_time(self) -> bool {
        (1950..2050).contains(&self.fields().0)
    }

    /// Reads `YYMMDDHHMMSSZ` (years 1950 to 2049) or `YYYYMMDDHHMMSSZ`.
    pub fn from_asn1_text(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('Z')?.as_bytes();
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let (pairs, []) = digits.as_chunks::<2>() else {
            return None;
        };
        let number = |[tens, ones]: [u8; 2]| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
        let (year, rest) = match *pairs {
            [year, ref rest @ ..] if rest.len() == 5 => match number(year) {
                year @ 0..50 => (2000 + year, rest),
                year => (1900 + year, rest),
            },
            [century, year, ref rest @ ..] if rest.len() == 5 => {
                (number(century) * 100 + number(year), rest)
            }
            _ => return None,
        };
        let rest: [[u8; 2]; 5] = rest.try_into().ok()?;
        let [month, day, hour, minute, second] = rest.map(number);
        let length = Month::try_from(u8::try_from(month).ok()?)
            .ok()?
            .length(i32::try_from(year).ok()?);
        if !(1..=i64::from(length)).contains(&day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        // Hinnant's `days_from_civil`
        let (shifted_year, shifted_month) = match month {
            1 | 2 => (year - 1, month + 9),
            _ => (year, month - 3),
        };
        let (era, year) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
        let day = (153 * shifted_month + 2) / 5 + day - 1;
        let day = year * 365 + year / 4 - year / 100 + day;
        let days = era * 146_097 + day - 719_468;
        Self::from_unix(days * 86_400 + hour * 3600 + minute * 60 + second)
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

/// Characters of a GeneralizedTime.
const GENERALIZED: usize = 15;
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
        fn the_calendar_is_that_of_the_time_crate(seconds in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let (hour, minute, second) = at.to_hms();
            prop_assert_eq!(
                Timestamp(seconds).fields(),
                (at.year(), u8::from(at.month()), at.day(), hour, minute, second)
            );
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _span = text.parse::<Span>();
            let _time = text.parse::<Timestamp>();
            let _asn1 = Timestamp::from_asn1_text(&text);
        }
    }
}
