//! [`DateTime`]: a value of type dateTime.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use chrono::{Datelike as _, Timelike as _, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Instant, InstantError};

/// A value of type dateTime: the text as it was written, and the instant it names (RFC 7643 §2.3.5;
/// decision S03).
///
/// Equality, order and hash are those of the instant. What is made from a clock is written in UTC with
/// milliseconds (decision V11).
///
/// ```
/// use scim_core::{DateTime, chrono};
/// let a: DateTime = "2011-05-13T04:42:34+02:00".parse()?;
/// let time = chrono::DateTime::from_timestamp(1_305_254_554, 0).ok_or("range")?;
/// assert_eq!(a, DateTime::from(time));
/// assert_eq!(DateTime::from(time).as_str(), "2011-05-13T02:42:34.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DateTime {
    text: Box<str>,
    instant: Instant,
}

impl DateTime {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant it names.
    pub fn instant(&self) -> &Instant {
        &self.instant
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(time: chrono::DateTime<Utc>) -> Self {
        let millis = time.timestamp_subsec_millis().min(999);
        let time = time.with_nanosecond(millis * 1_000_000).unwrap_or(time);
        // xsd:dateTime 1.0 has no year zero.
        let (sign, year) = match time.year() {
            year @ 1.. => ("", year),
            year => ("-", 1 - year),
        };
        let text = format!(
            "{sign}{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{millis:03}Z",
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
        );
        Self {
            text: text.into(),
            instant: time.into(),
        }
    }
}

impl FromStr for DateTime {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        Ok(Self {
            instant: text.parse()?,
            text: text.into(),
        })
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}
impl Eq for DateTime {}
impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}
impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v11_a_clock_is_written_with_milliseconds() {
        for (seconds, nanos, text) in [
            (0, 1_999_999, "1970-01-01T00:00:00.001Z"),
            (-62_135_596_800, 0, "0001-01-01T00:00:00.000Z"),
            (-62_135_596_801, 0, "-0001-12-31T23:59:59.000Z"),
            (316_000_000_000, 0, "11983-08-23T09:46:40.000Z"),
        ] {
            let time = chrono::DateTime::from_timestamp(seconds, nanos).unwrap();
            let written = DateTime::from(time);
            assert_eq!(written.as_str(), text);
            assert_eq!(written, text.parse().unwrap());
        }
    }
}
