//! [`Operand`]: a literal as a column of some kind sees it.

use scim_core::{ComparisonKey, Instant, Number};

use super::columns::ColumnType;
use super::text::{Dialect, SqlValue};

/// A literal for a column.
pub(super) struct Operand {
    pub(super) value: SqlValue,
    /// Whether the literal is that value; else it lies between it and the next one that the column
    /// can hold.
    pub(super) is_exact: bool,
}

impl Operand {
    /// `None` if the column cannot be asked for it.
    pub(super) fn new(
        key: &ComparisonKey,
        column_type: ColumnType,
        dialect: Dialect,
    ) -> Option<Self> {
        if !column_type.answers(key.comparison(), dialect) {
            return None;
        }
        let exactly = |value| Self {
            value,
            is_exact: true,
        };
        match column_type {
            ColumnType::Text | ColumnType::FoldedText => {
                let text = key.as_text()?;
                // PostgreSQL neither holds U+0000 nor takes it as a parameter.
                let fits = dialect != Dialect::Postgres || !text.contains('\0');
                fits.then(|| exactly(SqlValue::Text(text.to_owned())))
            }
            ColumnType::Boolean => key.as_bool().map(|value| exactly(SqlValue::Boolean(value))),
            ColumnType::Integer => {
                let integer = key.as_number().and_then(Number::as_i64);
                integer.map(|integer| exactly(SqlValue::Integer(integer)))
            }
            ColumnType::Numeric => key.as_number().and_then(numeric).map(exactly),
            ColumnType::Seconds => since_1970(key.as_instant()?, 1),
            ColumnType::Milliseconds => since_1970(key.as_instant()?, 1_000),
            ColumnType::Microseconds => since_1970(key.as_instant()?, 1_000_000),
            ColumnType::Timestamp => timestamp(key.as_instant()?),
        }
    }
}

/// The last tick that is not after the instant.
fn since_1970(instant: &Instant, ticks_a_second: i64) -> Option<Operand> {
    let time = instant.to_chrono()?;
    let nanos = i64::from(time.timestamp_subsec_nanos());
    let nanos_a_tick = 1_000_000_000 / ticks_a_second;
    let ticks = time
        .timestamp()
        .checked_mul(ticks_a_second)?
        .checked_add(nanos / nanos_a_tick)?;
    Some(Operand {
        value: SqlValue::Integer(ticks),
        is_exact: nanos % nanos_a_tick == 0 && is_whole(instant),
    })
}

/// Whether nothing of the instant is finer than a nanosecond.
fn is_whole(instant: &Instant) -> bool {
    instant.to_chrono().map(Instant::from).as_ref() == Some(instant)
}

/// The microsecond that is not after the instant, of the years 1 to 9999.
fn timestamp(instant: &Instant) -> Option<Operand> {
    const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
    let time = instant.to_chrono()?;
    YEARS.contains(&time.timestamp()).then(|| Operand {
        value: SqlValue::Text(time.format("%Y-%m-%d %H:%M:%S%.6f+00").to_string()),
        is_exact: time.timestamp_subsec_nanos() % 1_000 == 0 && is_whole(instant),
    })
}

/// The number as text for `numeric`, unless it is beyond what a column of that type may hold.
fn numeric(number: &Number) -> Option<SqlValue> {
    // PostgreSQL takes 131,072 digits before the point and 16,383 behind it.
    const DIGITS: usize = 1_000;
    let text = number.to_string();
    let exponent = text
        .split_once(['e', 'E'])
        .map_or("0", |(_, exponent)| exponent);
    let exponent: i64 = exponent.trim_start_matches('+').parse().ok()?;
    let fits = text.len() <= DIGITS && exponent.unsigned_abs() <= DIGITS as u64;
    fits.then_some(SqlValue::Text(text))
}
