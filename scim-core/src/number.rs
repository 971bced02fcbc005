//! [`Number`]: JSON numbers kept exactly and compared as decimals.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A JSON number with its exact text (RFC 8259 §6; decisions F20, F22, S01, S02).
///
/// Equality, order and hash are those of the exact decimal: `1`, `1.0` and `10e-1` are equal and no
/// digit is lost, however many there are. Comparison is O(n) in the digits written; an exponent
/// costs nothing. Only exponents beyond ±2^62, which no number of this world needs, are not told apart.
///
/// ```
/// use scim_core::Number;
/// let a: Number = "9007199254740993".parse()?;
/// let b: Number = "9007199254740992".parse()?;
/// assert!(a > b);
/// assert_eq!("1.50".parse::<Number>()?, "15e-1".parse::<Number>()?);
/// # Ok::<(), scim_core::NumberError>(())
/// ```
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Integer(i64),
    /// INVARIANT: a JSON number that is not the usual text of an `i64`.
    Text(Box<str>),
}

/// A text that is not a JSON number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number")]
pub struct NumberError;

impl Number {
    /// The value as `i64`, if it is integral and in range, however it was written.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer(integer) => Some(*integer),
            Repr::Text(text) => Decimal::of(text).to_i64(),
        }
    }

    /// The integer, if it is written as one is usually written and in range.
    pub(crate) fn as_plain_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Integer(integer) => Some(integer),
            Repr::Text(_) => None,
        }
    }

    /// The nearest `f64`, for hosts that compute in floating point; may lose digits.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "documented loss")]
            Repr::Integer(integer) => *integer as f64,
            Repr::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Whether the text has neither fraction nor exponent, as RFC 7643 §2.3.4 asks of an integer.
    pub fn is_plain_integer(&self) -> bool {
        match &self.0 {
            Repr::Integer(_) => true,
            Repr::Text(text) => !text.contains(['.', 'e', 'E']),
        }
    }

    /// The same text for equal numbers: `0.` and the significant digits, times a power of ten.
    pub(crate) fn canonical_text(&self) -> String {
        let text = self.to_string();
        let decimal = Decimal::of(&text);
        let sign = if decimal.negative { "-" } else { "" };
        let digits: String = decimal.digits().map(char::from).collect();
        format!("{sign}0.{digits}e{}", decimal.point)
    }

    /// The number of such a text.
    pub(crate) fn from_canonical_text(text: &str) -> Option<Self> {
        match text {
            "0.e0" => Some(Self(Repr::Integer(0))),
            other => other.parse().ok(),
        }
    }

    /// Takes a text already known to be a JSON number.
    pub(crate) fn from_json_text(text: &str) -> Self {
        if text.len() <= 20
            && text != "-0"
            && let Ok(integer) = text.parse::<i64>()
        {
            return Self(Repr::Integer(integer));
        }
        Self(Repr::Text(text.into()))
    }
}

/// The length of the JSON number at the start of `text`, if there is one.
pub(crate) fn scan_number(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| -> usize {
        text.get(from..)
            .unwrap_or_default()
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let int = digits(at);
    // A leading zero stands alone.
    let int = if text.get(at) == Some(&b'0') { 1 } else { int };
    if int == 0 {
        return None;
    }
    at += int;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        match scan_number(text.as_bytes()) {
            Some(len) if len == text.len() => Ok(Self::from_json_text(text)),
            _ => Err(NumberError),
        }
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(Repr::Integer(integer))
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        match i64::try_from(integer) {
            Ok(integer) => Self(Repr::Integer(integer)),
            Err(_) => Self(Repr::Text(integer.to_string().into())),
        }
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// The shortest decimal that reads back as `float`; infinities and NaN are refused.
    fn try_from(float: f64) -> Result<Self, NumberError> {
        if !float.is_finite() {
            return Err(NumberError);
        }
        // `{:?}` always shows a fraction or an exponent, so a decimal stays one.
        format!("{float:?}").parse()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(integer) => write!(f, "{integer}"),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Integer(a), Repr::Integer(b)) => a.cmp(b),
            (Repr::Text(a), Repr::Text(b)) => Decimal::of(a).cmp(&Decimal::of(b)),
            (Repr::Integer(a), Repr::Text(b)) => Decimal::of(&a.to_string()).cmp(&Decimal::of(b)),
            (Repr::Text(a), Repr::Integer(b)) => Decimal::of(a).cmp(&Decimal::of(&b.to_string())),
        }
    }
}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Number {}
impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Integer(integer) => Decimal::of(&integer.to_string()).hash(state),
            Repr::Text(text) => Decimal::of(text).hash(state),
        }
    }
}

/// A decimal as sign, position of the point and significant digits: `0.d1d2d3… × 10^point`.
struct Decimal<'a> {
    negative: bool,
    /// Digits before and after the point of the text, zeros at both outer ends cut off.
    before: &'a [u8],
    after: &'a [u8],
    /// INVARIANT: 0 for zero. Saturates: two exponents beyond ±2^62 are told apart by nobody.
    point: i64,
}

impl<'a> Decimal<'a> {
    fn of(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, saturating_exponent(exponent)),
            None => (text, 0),
        };
        let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let before = before.trim_start_matches('0');
        let after = after.trim_end_matches('0');
        let (before, after, point) = if before.is_empty() {
            let digits = after.trim_start_matches('0');
            let zeros = after.len() - digits.len();
            ("", digits, exponent.saturating_sub(length(zeros)))
        } else {
            let point = exponent.saturating_add(length(before.len()));
            let before = if after.is_empty() {
                before.trim_end_matches('0')
            } else {
                before
            };
            (before, after, point)
        };
        let zero = before.is_empty() && after.is_empty();
        Self {
            negative: negative && !zero,
            before: before.as_bytes(),
            after: after.as_bytes(),
            point: if zero { 0 } else { point },
        }
    }

    fn is_zero(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = u8> + '_ {
        self.before.iter().chain(self.after).copied()
    }

    fn to_i64(&self) -> Option<i64> {
        let count = self.before.len() + self.after.len();
        if length(count) > self.point.max(0) && !self.is_zero() || self.point > 19 {
            return None;
        }
        let mut value: i128 = 0;
        for digit in self.digits() {
            value = value * 10 + i128::from(digit - b'0');
        }
        for _ in count..usize::try_from(self.point).unwrap_or(0) {
            value *= 10;
        }
        i64::try_from(if self.negative { -value } else { value }).ok()
    }
}

impl Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |d: &Self| match (d.is_zero(), d.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let magnitude = self
                .point
                .cmp(&other.point)
                .then_with(|| self.digits().cmp(other.digits()));
            if self.negative {
                magnitude.reverse()
            } else {
                magnitude
            }
        })
    }

    fn hash<H: Hasher>(&self, state: &mut H) {
        self.negative.hash(state);
        self.point.hash(state);
        self.digits().for_each(|digit| state.write_u8(digit));
    }
}

fn length(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

fn saturating_exponent(text: &str) -> i64 {
    const BOUND: i64 = 1 << 62;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut value = 0i64;
    for digit in digits.bytes() {
        value = value
            .saturating_mul(10)
            .saturating_add(i64::from(digit.wrapping_sub(b'0')))
            .min(BOUND);
    }
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn compares_as_exact_decimals() {
        for (a, b) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("0", "-0.0e9"),
            ("0.001", "1E-3"),
            ("120.50", "1205e-1"),
        ] {
            assert_eq!(number(a), number(b), "{a} {b}");
        }
        let ascending = [
            "-1e400",
            "-12",
            "-1.5",
            "-1",
            "-1e-400",
            "0",
            "1e-400",
            "0.09",
            "0.1",
            "1",
            "1.5",
            "9007199254740992",
            "9007199254740993",
            "92233720368547758079",
            "1e400",
        ];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_json_number() {
        for bad in ["", "-", "01", "1.", ".5", "1e", "+1", "0x1", "1 ", "NaN"] {
            assert!(bad.parse::<Number>().is_err(), "{bad}");
        }
    }

    #[test]
    fn integers_are_found_whatever_their_text() {
        assert_eq!(number("1e2").as_i64(), Some(100));
        assert_eq!(number("1.50").as_i64(), None);
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("0.0").as_i64(), Some(0));
        assert_eq!(number("1e99999999999999999999").as_i64(), None);
        assert_eq!(number("1e-99999999999999999999").as_i64(), None);
    }

    #[test]
    fn text_is_kept() {
        for text in ["-0", "1.50", "1E+2", "123456789012345678901234567890"] {
            assert_eq!(number(text).to_string(), text);
        }
    }
}
