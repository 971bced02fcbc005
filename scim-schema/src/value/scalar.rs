//! Simple values: types (RFC 7643 §2.3) and the form of their text.

use scim_core::{
    AttrType, Attribute, Instant, Number, Policy, Scalar, Tolerance, Value, is_base64,
};

use super::{At, Standing, ValueCheck, reference};
use crate::node::Node;
use crate::{Findings, Rule, Site};

impl ValueCheck<'_> {
    /// A simple value that is not null.
    pub(super) fn scalar<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        at: At<'_>,
        findings: &mut Findings,
    ) {
        node.scalar(|given| {
            let mut made = None;
            if fits(definition.attr_type, given) {
                if let Scalar::String(text) = given {
                    self.text(definition, node, text, at.site, findings);
                    self.text_in_place(definition, text, at, findings);
                }
            } else if let Some((value, how)) = coerce(definition.attr_type, given, self.policy) {
                if let Some(how) = how {
                    findings.departure(Tolerance::ValueCoercion, at.site, how);
                }
                made = Some(value);
            } else {
                return findings.violation(at.site, Rule::Type, || {
                    wrong_type(definition, given, node.noun(), at.site)
                });
            }
            if let Some(rules) = self.rules {
                let value = made.unwrap_or_else(|| node.tree().into_owned());
                rules.check_value(definition, &value, at.site, findings);
            }
        });
    }

    /// The rules for the text of single attributes: never empty (W06), a country (S12).
    fn text_in_place(
        &self,
        definition: &Attribute,
        text: &str,
        at: At<'_>,
        findings: &mut Findings,
    ) {
        if definition.multi_valued {
            return;
        }
        match at.standing {
            Standing::Sub(parent)
                if definition.name == *"country"
                    && parent.name == *"addresses"
                    && definition.attr_type == AttrType::String =>
            {
                self.country(text, at.site, findings);
            }
            Standing::Top if text.is_empty() && never_empty(definition) => {
                let scim_type = self
                    .required
                    .map_or(Rule::Required.scim_type(), |r| r.scim_type());
                findings.violation_as(at.site, Rule::Required, scim_type, || {
                    format!("`{}` must not be empty", at.site.label())
                });
            }
            _ => {}
        }
    }

    /// The rules of text, whatever its type, and of its type.
    fn text<'n, N: Node<'n>>(
        &self,
        definition: &Attribute,
        node: N,
        text: &str,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let limit = self.limits.string_bytes;
        if text.len() > limit {
            return findings.violation(site, Rule::Limit, || {
                format!("{} is longer than {limit} bytes", site.subject())
            });
        }
        let expected = match definition.attr_type {
            AttrType::DateTime if text.parse::<Instant>().is_err() => {
                "a date and time like `2011-05-13T04:42:34Z`"
            }
            AttrType::Binary if !is_base64(text) => "base64 text",
            AttrType::Reference if !reference::is_uri(text) => "a URI",
            AttrType::Reference => {
                return reference::check_form(self.schema, definition, text, site, findings);
            }
            AttrType::String if node.has_nul() => {
                return findings.violation(site, Rule::Format, || {
                    format!("{} must not contain the character U+0000", site.subject())
                });
            }
            _ => return,
        };
        findings.violation(site, Rule::Format, || {
            format!("{} must be {expected}", site.subject())
        });
    }

    /// ISO 3166-1 alpha-2 (decision S12).
    fn country(&self, text: &str, site: &Site<'_>, findings: &mut Findings) {
        let two_letters = text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
        if self.policy.country_alpha2 && !two_letters {
            findings.violation(site, Rule::Format, || {
                format!("{} must be a country code of two letters", site.subject())
            });
        }
    }
}

/// Whether a value is of the type as it is.
pub(crate) fn fits(attr_type: AttrType, given: Scalar<'_>) -> bool {
    match (attr_type, given) {
        (AttrType::Boolean, Scalar::Bool(_))
        | (
            AttrType::String | AttrType::DateTime | AttrType::Binary | AttrType::Reference,
            Scalar::String(_),
        ) => true,
        (AttrType::Integer, Scalar::Number(number)) => {
            number.is_plain_integer() && number.as_i64().is_some()
        }
        (AttrType::Decimal, Scalar::Number(number)) => with_fraction(number).is_none(),
        _ => false,
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

fn wrong_type(definition: &Attribute, given: Scalar<'_>, noun: &str, site: &Site<'_>) -> String {
    let (subject, expected) = (site.subject(), expected(definition));
    match (definition.attr_type, given) {
        (AttrType::Integer, Scalar::Number(number)) if !number.is_plain_integer() => {
            format!("{subject} must be {expected}, written without fraction or exponent")
        }
        (AttrType::Integer, Scalar::Number(_)) => {
            format!("{subject} must be {expected}, found a larger number")
        }
        _ => format!("{subject} must be {expected}, found {noun}"),
    }
}

/// What a value is read as, and the tolerance by which it is, if any.
type Made = (Value, Option<&'static str>);

/// How a value is read that does not fit the type as it is: `None` if it cannot be (decisions P28, S01
/// and S02).
pub(crate) fn coerce(attr_type: AttrType, given: Scalar<'_>, policy: &Policy) -> Option<Made> {
    let number = |text: &str| text.parse::<Number>().ok();
    let (value, how) = match (attr_type, given) {
        (AttrType::Decimal, Scalar::Number(number)) => {
            return Some((with_fraction(number)?.into(), None));
        }
        (AttrType::Integer, Scalar::Number(number)) => (
            number.as_i64()?.into(),
            "read an integer written as a decimal",
        ),
        (AttrType::Boolean, Scalar::String(text)) => {
            let mut words = [("true", true), ("false", false)].into_iter();
            let (_, truth) = words.find(|(word, _)| text.eq_ignore_ascii_case(word))?;
            (truth.into(), "read a string as a boolean")
        }
        (AttrType::Integer, Scalar::String(text)) => {
            (number(text)?.as_i64()?.into(), "read a string as a number")
        }
        (AttrType::Decimal, Scalar::String(text)) => {
            let number = number(text)?;
            let number = with_fraction(&number).unwrap_or(number);
            (Value::Number(number), "read a string as a number")
        }
        _ => return None,
    };
    policy.value_coercion.then_some((value, Some(how)))
}

/// Decision W06: the attributes whose empty string is no value.
fn never_empty(definition: &Attribute) -> bool {
    ["userName", "id", "externalId"]
        .iter()
        .any(|name| definition.name == **name)
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
