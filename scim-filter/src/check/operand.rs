//! Operators and operands against the type of an attribute.

use scim_core::{
    AttrType, Attribute, Comparison, ComparisonKey, Departure, Number, Policy, Tolerance, Value,
};

use super::{CheckError, CheckErrorKind, Part, Term};
use crate::{CompValue, CompareOp};

/// Refuses an operator that the type does not have (decisions F18, F19).
pub(super) fn comparable(
    term: &Term<'_>,
    op: CompareOp,
    definition: &Attribute,
) -> Result<(), CheckError> {
    let attr_type = definition.attr_type;
    let allowed = match attr_type {
        AttrType::String | AttrType::Reference => true,
        AttrType::Integer | AttrType::Decimal | AttrType::DateTime => !op.is_substring(),
        _ => !op.is_substring() && !op.is_order(),
    };
    match allowed {
        true => Ok(()),
        false => {
            let kind = CheckErrorKind::OperatorForType { op, attr_type };
            Err(term.error(Part::Operator, kind))
        }
    }
}

/// The key by which values are compared with the literal (decisions F21 to F24).
pub(super) fn operand(
    term: &Term<'_>,
    literal: &CompValue,
    definition: &Attribute,
    policy: &Policy,
    departures: &mut Vec<Departure>,
) -> Result<ComparisonKey, CheckError> {
    let (value, coerced) = typed(literal, definition, policy);
    if coerced {
        let detail = format!("read a string as {}", value.kind());
        let tolerance = Tolerance::FilterLiteralCoercion;
        departures.push(Departure::new(tolerance, term.path.as_str(), detail));
    }
    Comparison::of(definition)
        .and_then(|comparison| ComparisonKey::new(&value, comparison))
        .ok_or_else(|| term.error(Part::Operand, misfit(definition.attr_type, &value)))
}

/// The literal as a value of the attribute's type, as far as the policy turns it into one, and
/// whether that was needed (decision F21).
pub(crate) fn typed(literal: &CompValue, definition: &Attribute, policy: &Policy) -> (Value, bool) {
    let coerced = match (definition.attr_type, literal) {
        _ if !policy.filter_literal_coercion => None,
        (AttrType::Boolean, CompValue::String(text)) => coerced_boolean(text).map(Value::Bool),
        (AttrType::Integer | AttrType::Decimal, CompValue::String(text)) => {
            text.parse::<Number>().ok().map(Value::Number)
        }
        _ => None,
    };
    match coerced {
        Some(value) => (value, true),
        None => (Value::from(literal.clone()), false),
    }
}

fn coerced_boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// Why the value is no operand for the type.
fn misfit(attr_type: AttrType, value: &Value) -> CheckErrorKind {
    match (attr_type, value) {
        (AttrType::DateTime, Value::String(_)) => CheckErrorKind::NoDateTime,
        (AttrType::Binary, Value::String(_)) => CheckErrorKind::NoBase64,
        _ => CheckErrorKind::OperandForType {
            attr_type,
            found: value.kind(),
        },
    }
}

/// The key of a literal that alone tells the type.
pub(super) fn operand_by_itself(
    term: &Term<'_>,
    op: CompareOp,
    literal: &CompValue,
) -> Result<ComparisonKey, CheckError> {
    let (comparison, attr_type) = match literal {
        CompValue::String(_) => (Comparison::CaseInsensitive, AttrType::String),
        CompValue::Number(_) => (Comparison::Number, AttrType::Decimal),
        CompValue::Bool(_) | CompValue::Null => (Comparison::Boolean, AttrType::Boolean),
    };
    let name = || CheckErrorKind::OperatorForType { op, attr_type };
    let fits = match attr_type {
        AttrType::String => true,
        AttrType::Decimal => !op.is_substring(),
        _ => !op.is_substring() && !op.is_order(),
    };
    ComparisonKey::new(&Value::from(literal.clone()), comparison)
        .filter(|_| fits)
        .ok_or_else(|| term.error(Part::Operator, name()))
}
