//! Simple values: types (RFC 7643 §2.3) and the form of their text.

use iri_string::types::UriReferenceStr;
use scim_core::{AttrType, Attribute, Instant, Number, Tolerance, Value, decode_base64};

use super::{ValueCheck, reference};
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// A simple value that is not null.
    pub(super) fn scalar(
        &self,
        definition: &Attribute,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Value {
        let value = match self.coerce(definition.attr_type, value, site, findings) {
            Ok(value) => value,
            Err(value) => {
                findings.violation(site, Rule::Type, || wrong_type(definition, &value, site));
                return value;
            }
        };
        if let Value::String(text) = &value {
            self.text(definition, text, site, findings);
        }
        if let Some(rules) = self.rules {
            rules.check_value(definition, &value, site, findings);
        }
        value
    }

    /// The value if it is of the type, else what the policy makes of it (decisions P28, S01), else
    /// the value as it was.
    fn coerce(
        &self,
        attr_type: AttrType,
        value: Value,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Result<Value, Value> {
        let coerced = match (attr_type, &value) {
            (AttrType::Boolean, Value::Bool(_)) => return Ok(value),
            (AttrType::Integer, Value::Number(number)) => match number.as_i64() {
                Some(_) if number.is_plain_integer() => return Ok(value),
                Some(integer) => Some((integer.into(), "read an integer written as a decimal")),
                None => None,
            },
            (AttrType::Decimal, Value::Number(number)) => {
                return Ok(with_fraction(number).map_or(value, Value::Number));
            }
            (
                AttrType::String | AttrType::DateTime | AttrType::Binary | AttrType::Reference,
                Value::String(_),
            ) => return Ok(value),
            (AttrType::Boolean, Value::String(text)) => [("true", true), ("false", false)]
                .into_iter()
                .find(|(word, _)| text.eq_ignore_ascii_case(word))
                .map(|(_, truth)| (truth.into(), "read a string as a boolean")),
            (AttrType::Integer, Value::String(text)) => text
                .parse::<Number>()
                .ok()
                .and_then(|number| number.as_i64())
                .map(|integer| (integer.into(), "read a string as a number")),
            (AttrType::Decimal, Value::String(text)) => text.parse::<Number>().ok().map(|number| {
                let number = with_fraction(&number).unwrap_or(number);
                (Value::Number(number), "read a string as a number")
            }),
            _ => None,
        };
        match coerced {
            Some((coerced, how)) if self.policy.value_coercion => {
                findings.departure(Tolerance::ValueCoercion, site, how);
                Ok(coerced)
            }
            _ => Err(value),
        }
    }

    /// The rules of text, whatever its type, and of its type.
    fn text(&self, definition: &Attribute, text: &str, site: &Site<'_>, findings: &mut Findings) {
        let limit = self.limits.string_bytes;
        if text.len() > limit {
            return findings.violation(site, Rule::Limit, || {
                format!("{} is longer than {limit} bytes", site.subject())
            });
        }
        if text.contains('\0') {
            return findings.violation(site, Rule::Format, || {
                format!("{} must not contain the character U+0000", site.subject())
            });
        }
        let expected = match definition.attr_type {
            AttrType::DateTime if text.parse::<Instant>().is_err() => {
                "a date and time like `2011-05-13T04:42:34Z`"
            }
            AttrType::Binary if decode_base64(text).is_none() => "base64 text",
            AttrType::Reference if UriReferenceStr::new(text).is_err() => "a URI",
            AttrType::Reference => {
                return reference::check_form(definition, text, site, findings);
            }
            _ => return,
        };
        findings.violation(site, Rule::Format, || {
            format!("{} must be {expected}", site.subject())
        });
    }

    /// ISO 3166-1 alpha-2 (decision S12).
    pub(super) fn country(&self, text: &str, site: &Site<'_>, findings: &mut Findings) {
        let two_letters = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
        if self.policy.country_alpha2 && !two_letters {
            findings.violation(site, Rule::Format, || {
                format!("{} must be a country code of two letters", site.subject())
            });
        }
    }
}

/// What a value of the attribute looks like, for messages.
pub(super) fn expected(definition: &Attribute) -> &'static str {
    match definition.attr_type {
        AttrType::Boolean => "`true` or `false`",
        AttrType::Integer => "a 64-bit integer",
        AttrType::Decimal => "a number",
        AttrType::Complex => "an object",
        _ => "a string",
    }
}

fn wrong_type(definition: &Attribute, value: &Value, site: &Site<'_>) -> String {
    let (subject, expected) = (site.subject(), expected(definition));
    match (definition.attr_type, value) {
        (AttrType::Integer, Value::Number(number)) if !number.is_plain_integer() => {
            format!("{subject} must be {expected}, written without fraction or exponent")
        }
        (AttrType::Integer, Value::Number(_)) => {
            format!("{subject} must be {expected}, found a larger number")
        }
        _ => format!("{subject} must be {expected}, found {}", value.kind()),
    }
}

/// The number with a digit after the point, if it has none (decision S02).
fn with_fraction(number: &Number) -> Option<Number> {
    let text = number.to_string();
    if text.contains('.') {
        return None;
    }
    let text = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => format!("{digits}.0e{exponent}"),
        None => format!("{text}.0"),
    };
    text.parse().ok()
}
