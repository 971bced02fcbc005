//! [`Instant`]: the point in time an xsd:dateTime names.

use std::cmp::Ordering;
use std::str::FromStr;

use chrono::{NaiveDate, Utc};

/// The instant of an xsd:dateTime 1.0 (RFC 7643 §2.3.5; decisions F23, S03).
///
/// A text without zone counts as UTC, `24:00:00` is the next midnight, and a fraction of any length
/// is kept. Lower-case `t` and `z`, missing seconds, second 60 and the year 0000 are refused; years
/// may have up to nine digits.
///
/// ```
/// use scim_core::Instant;
/// let a: Instant = "2011-05-13T04:42:34+02:00".parse()?;
/// let b: Instant = "2011-05-13T02:42:34.000Z".parse()?;
/// assert_eq!(a, b);
/// assert!("2011-05-13 04:42:34".parse::<Instant>().is_err());
/// # Ok::<(), scim_core::InstantError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanos: u32,
    /// Digits of the fraction past the ninth, without trailing zeros: they order as text.
    finer: Box<str>,
}

/// A text that is not an xsd:dateTime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date and time like `2011-05-13T04:42:34Z`")]
pub struct InstantError;

impl Instant {
    /// The instant in chrono's words; digits past the nanosecond are lost. `None` beyond its range.
    pub fn to_chrono(&self) -> Option<chrono::DateTime<Utc>> {
        chrono::DateTime::from_timestamp(self.seconds, self.nanos)
    }

    /// The same text for equal instants: seconds since 1970 and the fraction.
    pub(crate) fn canonical_text(&self) -> String {
        format!("{}.{:09}{}", self.seconds, self.nanos, self.finer)
    }

    /// The instant of such a text.
    pub(crate) fn from_canonical_text(text: &str) -> Option<Self> {
        let (seconds, fraction) = text.split_once('.')?;
        let (nanos, finer) = fraction.split_at_checked(9)?;
        let digits = fraction.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(())?;
        Some(Self {
            seconds: seconds.parse().ok()?,
            nanos: nanos.parse().ok()?,
            finer: finer.into(),
        })
    }

    /// How this instant orders beside that of `text`, without allocation unless the fraction is
    /// finer than a nanosecond.
    pub fn compare(&self, text: &str) -> Result<Ordering, InstantError> {
        text.parse::<Self>().map(|other| self.cmp(&other))
    }
}

impl From<chrono::DateTime<Utc>> for Instant {
    fn from(time: chrono::DateTime<Utc>) -> Self {
        Self {
            seconds: time.timestamp(),
            nanos: time.timestamp_subsec_nanos().min(999_999_999),
            finer: Box::default(),
        }
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (year, rest) = digits(rest, 4, 9)?;
        let year_digits = text.len() - rest.len() - usize::from(negative);
        if year == 0
            || (year_digits > 4 && year < 1000)
            || leading_zero(text, negative, year_digits)
        {
            return Err(InstantError);
        }
        let (month, rest) = digits(sign(rest, '-')?, 2, 2)?;
        let (day, rest) = digits(sign(rest, '-')?, 2, 2)?;
        let (hour, rest) = digits(sign(rest, 'T')?, 2, 2)?;
        let (minute, rest) = digits(sign(rest, ':')?, 2, 2)?;
        let (second, rest) = digits(sign(rest, ':')?, 2, 2)?;
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => {
                let end = rest
                    .bytes()
                    .position(|b| !b.is_ascii_digit())
                    .unwrap_or(rest.len());
                if end == 0 {
                    return Err(InstantError);
                }
                rest.split_at_checked(end).ok_or(InstantError)?
            }
            None => ("", rest),
        };
        let fraction = fraction.trim_end_matches('0');
        let end_of_day = hour == 24 && minute == 0 && second == 0 && fraction.is_empty();
        if (hour > 23 && !end_of_day) || minute > 59 || second > 59 {
            return Err(InstantError);
        }
        // xsd:dateTime 1.0 has no year zero: -0001 is the year before 0001.
        let year = if negative { 1 - year } else { year };
        let days = days_since_epoch(year, month, day).ok_or(InstantError)?;
        let offset = zone(rest)?;
        let (nanos, finer) = match fraction.split_at_checked(9) {
            Some((nanos, finer)) => (nanos, finer),
            None => (fraction, ""),
        };
        // Nine digits, zeros where the text stops earlier; no allocation, since filters read the
        // dateTime of every resource they look at.
        let nanos = nanos
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
        Ok(Self {
            seconds: days * 86_400 + hour * 3_600 + minute * 60 + second - offset,
            nanos,
            finer: finer.into(),
        })
    }
}

/// Years of more than four digits have no leading zero.
fn leading_zero(text: &str, negative: bool, year_digits: usize) -> bool {
    year_digits > 4 && text.as_bytes().get(usize::from(negative)) == Some(&b'0')
}

fn digits(text: &str, least: usize, most: usize) -> Result<(i64, &str), InstantError> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    if count < least || (count > most) {
        return Err(InstantError);
    }
    let (number, rest) = text.split_at_checked(count).ok_or(InstantError)?;
    Ok((number.parse().map_err(|_| InstantError)?, rest))
}

fn sign(text: &str, sign: char) -> Result<&str, InstantError> {
    text.strip_prefix(sign).ok_or(InstantError)
}

/// Seconds east of UTC.
fn zone(text: &str) -> Result<i64, InstantError> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Ok(0),
        Some(b'Z') if text.len() == 1 => return Ok(0),
        Some(b'+') => (1, text.strip_prefix('+').unwrap_or_default()),
        Some(b'-') => (-1, text.strip_prefix('-').unwrap_or_default()),
        Some(_) => return Err(InstantError),
    };
    let (hours, rest) = digits(rest, 2, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').ok_or(InstantError)?, 2, 2)?;
    if !rest.is_empty() || minutes > 59 || hours > 14 || (hours == 14 && minutes > 0) {
        return Err(InstantError);
    }
    Ok(sign * (hours * 3_600 + minutes * 60))
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, for years beyond chrono's range too.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    // The calendar repeats every 400 years of 146,097 days.
    let era = year.div_euclid(400);
    let year = i32::try_from(year.rem_euclid(400) + 2000).ok()?;
    let date = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    Some(date.signed_duration_since(epoch).num_days() + (era - 5) * 146_097)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn s03_the_grammar_of_xsd_date_time() {
        for good in [
            "2011-05-13T04:42:34Z",
            "2011-05-13T04:42:34",
            "2011-05-13T24:00:00",
            "-0044-03-15T00:00:00Z",
            "12008-01-01T00:00:00Z",
            "2011-05-13T04:42:34.123456789012345+14:00",
            "2012-02-29T00:00:00-00:00",
        ] {
            instant(good);
        }
        for bad in [
            "",
            "2011-05-13",
            "2011-05-13T04:42Z",
            "2011-05-13t04:42:34Z",
            "2011-05-13T04:42:34z",
            "2011-05-13 04:42:34Z",
            "2011-05-13T04:42:60Z",
            "2011-05-13T24:00:01Z",
            "2011-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2011-05-13T04:42:34+14:01",
            "2011-05-13T04:42:34.Z",
            "011-05-13T04:42:34Z",
            "02011-05-13T04:42:34Z",
            "2011-13-13T04:42:34Z",
            "2011-05-13T04:42:34ZZ",
            "+2011-05-13T04:42:34Z",
        ] {
            assert!(bad.parse::<Instant>().is_err(), "{bad}");
        }
    }

    #[test]
    fn f23_instants_compare_chronologically() {
        assert_eq!(
            instant("2011-05-13T24:00:00Z"),
            instant("2011-05-14T00:00:00+00:00")
        );
        assert_eq!(
            instant("2011-05-13T04:42:34"),
            instant("2011-05-13T04:42:34.000Z")
        );
        assert!(instant("2011-05-13T04:42:34.0000000001Z") > instant("2011-05-13T04:42:34Z"));
        assert!(
            instant("2011-05-13T04:42:34.0000000001Z")
                < instant("2011-05-13T04:42:34.00000000011Z")
        );
        assert!(instant("-0001-12-31T00:00:00Z") < instant("0001-01-01T00:00:00Z"));
        assert!(instant("12008-01-01T00:00:00Z") > instant("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn agrees_with_chrono_where_chrono_reads() {
        for text in [
            "1969-12-31T23:59:59.5Z",
            "2000-02-29T12:00:00+05:30",
            "1600-01-01T00:00:00Z",
        ] {
            let chrono = chrono::DateTime::parse_from_rfc3339(text)
                .unwrap()
                .with_timezone(&Utc);
            assert_eq!(instant(text).to_chrono(), Some(chrono), "{text}");
            assert_eq!(instant(text), Instant::from(chrono), "{text}");
        }
    }
}
