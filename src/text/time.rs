//! UTCTime and GeneralizedTime, with all the forms that OpenSSL takes.

use std::io::{self, Write};

use super::schema::{Primitive, universal as u};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes `Mar  2 10:14:07 2026 GMT`, or `Bad time value` and says false.
pub(super) fn write(out: &mut dyn Write, time: &Primitive<'_>) -> io::Result<bool> {
    let Some(moment) = Moment::read(time) else {
        out.write_all(b"Bad time value")?;
        return Ok(false);
    };
    let month = MONTHS.get(moment.month - 1).unwrap_or(&"");
    write!(
        out,
        "{month} {:2} {:02}:{:02}:{:02}",
        moment.day, moment.hour, moment.minute, moment.second
    )?;
    if time.tag == u::GENERALIZED_TIME {
        out.write_all(fraction(&time.bytes))?;
    }
    write!(out, " {} GMT", moment.year)?;
    Ok(true)
}

/// The fraction of a second with its point, where it stands behind the seconds.
fn fraction(text: &[u8]) -> &[u8] {
    match text.get(14..) {
        Some(rest @ [b'.', digits @ ..]) if text.len() > 15 => {
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            rest.get(..=count).unwrap_or_default()
        }
        _ => b"",
    }
}

#[derive(Clone, Copy, Default)]
struct Moment {
    year: i64,
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Moment {
    /// Seconds may be left out; the zone is `Z` or an offset, which is taken off.
    fn read(time: &Primitive<'_>) -> Option<Self> {
        let utc = match time.tag {
            u::UTC_TIME => true,
            u::GENERALIZED_TIME => false,
            _ => return None,
        };
        let text = &*time.bytes;
        if text.len() < if utc { 11 } else { 13 } {
            return None;
        }
        let mut at = 0;
        let mut moment = Self::default();
        let pairs = if utc { 1..7 } else { 0..7 };
        for pair in pairs {
            if pair == 6 && matches!(text.get(at)?, b'Z' | b'+' | b'-') {
                break;
            }
            let number = pair_of_digits(text, at)?;
            at += 2;
            // OpenSSL wants something behind every pair.
            text.get(at)?;
            moment.take(pair, number, utc)?;
        }
        if !utc && text.get(at) == Some(&b'.') {
            let digits = text.get(at + 1..)?;
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            if count == 0 {
                return None;
            }
            at += 1 + count;
        }
        match text.get(at)? {
            b'Z' => (at + 1 == text.len()).then_some(moment),
            sign @ (b'+' | b'-') if at + 5 == text.len() => {
                let hours = pair_of_digits(text, at + 1).filter(|h| *h <= 12)?;
                let minutes = pair_of_digits(text, at + 3).filter(|m| *m <= 59)?;
                let offset = hours * 3600 + minutes * 60;
                moment.shifted(if *sign == b'-' { offset } else { -offset })
            }
            _ => None,
        }
    }

    /// Takes a pair of digits: century, year, month, day, hour, minute, second.
    fn take(&mut self, pair: usize, number: i64, utc: bool) -> Option<()> {
        let in_range =
            |range: std::ops::RangeInclusive<i64>| range.contains(&number).then_some(number);
        match pair {
            0 => self.year = number * 100,
            1 if utc => {
                self.year = if number < 50 {
                    2000 + number
                } else {
                    1900 + number
                }
            }
            1 => self.year += number,
            2 => self.month = usize::try_from(in_range(1..=12)?).ok()?,
            3 => self.day = in_range(1..=days_in(self.year, self.month))?,
            4 => self.hour = in_range(0..=23)?,
            5 => self.minute = in_range(0..=59)?,
            _ => self.second = in_range(0..=59)?,
        }
        Some(())
    }

    fn shifted(mut self, seconds: i64) -> Option<Self> {
        if seconds == 0 {
            return Some(self);
        }
        // An offset is below a day, so one step of the calendar is enough.
        let of_day = self.hour * 3600 + self.minute * 60 + self.second + seconds;
        self.day += of_day.div_euclid(86_400);
        let of_day = of_day.rem_euclid(86_400);
        (self.hour, self.minute, self.second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        if self.day < 1 {
            self.month -= 1;
            if self.month == 0 {
                self.month = 12;
                self.year -= 1;
            }
            self.day = days_in(self.year, self.month);
        } else if self.day > days_in(self.year, self.month) {
            self.day = 1;
            self.month += 1;
            if self.month == 13 {
                self.month = 1;
                self.year += 1;
            }
        }
        (1900..=9999).contains(&self.year).then_some(self)
    }
}

fn pair_of_digits(text: &[u8], at: usize) -> Option<i64> {
    match text.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        }
        _ => None,
    }
}

fn days_in(year: i64, month: usize) -> i64 {
    match month {
        2 if year % 400 == 0 || (year % 100 != 0 && year % 4 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Writes a moment given as milliseconds since 1970, as signed certificate timestamps have it.
pub(super) fn write_milliseconds(out: &mut dyn Write, milliseconds: u64) -> io::Result<()> {
    // OpenSSL counts the days in 32 bits with a sign; a date beyond year 9999 isn't written.
    let days = i64::from((milliseconds / 86_400_000) as i32);
    let second = (milliseconds % 86_400_000 / 1000) as i64;
    let (year, month, day) = civil(days);
    if !(0..=9999).contains(&year) {
        return Ok(());
    }
    let month = MONTHS.get(month - 1).unwrap_or(&"");
    write!(
        out,
        "{month} {day:2} {:02}:{:02}:{:02}.{:03} {year} GMT",
        second / 3600,
        second / 60 % 60,
        second % 60,
        milliseconds % 1000
    )
}

/// The date so many days after 1970-01-01 (Gregorian calendar, proleptic).
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day)
}
