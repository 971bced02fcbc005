//! From one state of a multi-valued attribute to another, element by element.

use scim_core::{
    AttrPath, Attribute, ElementIndex, Mutability, Object, PatchOperation, Place, Policy, Value,
};
use scim_filter::{CompValue, ElementFilter, Filter, Path};

use super::same::is_same;
use super::{assigned, of_fields, writable};
use crate::PatchLimits;
use crate::value_delta::{comparison_of_values, value_of};

/// Operations on single elements; one on the whole list where no filter tells them apart.
pub(super) fn of_elements(place: &Place<'_>, old: &[Value], new: &[Value]) -> Vec<PatchOperation> {
    let attribute = place.attribute;
    let mut index = ElementIndex::new(attribute, old);
    let mut partners: Vec<Option<&Value>> = vec![None; old.len()];
    let mut added = Vec::new();
    for element in new {
        let position = index.find(element, |at| old.get(at));
        match position.and_then(|at| Some((at, old.get(at)?, partners.get_mut(at)?))) {
            Some((at, stored, partner)) => {
                index.remove(stored, at);
                // What is immutable goes with the whole element alone, which may come back (P21).
                match loses_immutable(attribute, stored, element) {
                    true => added.push(element.clone()),
                    false => *partner = Some(element),
                }
            }
            None => added.push(element.clone()),
        }
    }
    let demotes = |element: &Value| element.as_object().is_some_and(is_primary);
    let new_primary = added.iter().any(demotes)
        || old
            .iter()
            .zip(&partners)
            .any(|(old, new)| new.is_some_and(demotes) && !demotes(old));
    let mut selection = Selection::of(attribute, old);
    let mut operations = Vec::new();
    let mut promotions = Vec::new();
    for (at, (stored, partner)) in old.iter().zip(&partners).enumerate() {
        if partner.is_some_and(|new| is_same(attribute, Some(stored), Some(new))) {
            continue;
        }
        let Some(filter) = selection.filter(at) else {
            return vec![write_list(place, new)];
        };
        let path = Path::new(place.path()).with_filter(filter);
        match (stored, partner) {
            (_, None) => operations.push(PatchOperation::remove(path.to_string())),
            (Value::Object(stored), Some(Value::Object(partner))) => {
                let mut stored = stored.clone();
                // The promotion of another element demotes this one by itself (P14).
                if new_primary && is_primary(&stored) {
                    stored.insert("primary", false);
                }
                for operation in of_fields(attribute, &path, &stored, partner) {
                    let promotes = operation.value == Some(Value::Bool(true))
                        && operation
                            .path
                            .as_deref()
                            .is_some_and(|p| p.ends_with(".primary"));
                    match promotes {
                        true => promotions.push(operation),
                        false => operations.push(operation),
                    }
                }
            }
            // Simple elements that are the same and written differently.
            _ => return vec![write_list(place, new)],
        }
    }
    operations.extend(promotions);
    let added = writable(attribute, Value::Array(added));
    if added.has_content() {
        operations.push(PatchOperation::add(place.path().to_string(), added));
    }
    operations
}

fn loses_immutable(attribute: &Attribute, stored: &Value, element: &Value) -> bool {
    let has = |element: &Value, sub: &Attribute| {
        let object = element.as_object();
        object.is_some_and(|object| assigned(object, sub).is_some())
    };
    let mut subs = attribute.sub_attributes.iter();
    subs.any(|sub| {
        sub.mutability == Mutability::Immutable && has(stored, sub) && !has(element, sub)
    })
}

fn write_list(place: &Place<'_>, new: &[Value]) -> PatchOperation {
    let list = writable(place.attribute, Value::Array(new.to_vec()));
    PatchOperation::replace(place.path().to_string(), list)
}

fn is_primary(object: &Object) -> bool {
    object.get("primary") == Some(&Value::Bool(true))
}

/// Finds filters that select one element of a list.
struct Selection<'a> {
    attribute: &'a Attribute,
    elements: &'a [Value],
    /// Made when the first element goes or changes.
    index: Option<ElementIndex<'a>>,
    /// Comparisons left: a PATCH that takes more is refused by [`PatchLimits::default`].
    left: usize,
}

impl<'a> Selection<'a> {
    fn of(attribute: &'a Attribute, elements: &'a [Value]) -> Self {
        Self {
            attribute,
            elements,
            index: None,
            left: PatchLimits::default().comparisons,
        }
    }

    /// The shortest filter that selects the element at a position and no other: by value, by value and
    /// type, by all sub-attributes.
    fn filter(&mut self, at: usize) -> Option<Filter> {
        let element = self.elements.get(at)?;
        let rivals = self.rivals(element);
        let attribute = self.attribute;
        let Value::Object(object) = element else {
            let name = AttrPath::of(None, "value", None);
            let filter = Filter::eq(name, literal(element)?);
            return self.selects_only(at, &rivals, &filter).then_some(filter);
        };
        let term = |name: &str| -> Option<Filter> {
            let sub = attribute.sub_attribute(name)?;
            let path = AttrPath::of(None, sub.name.as_str(), None);
            match assigned(object, sub) {
                Some(value) => Some(Filter::eq(path, literal(value)?)),
                None => Some(!Filter::present(path)),
            }
        };
        let by_value = term("value").filter(|_| object.get("value").is_some());
        let candidates = [
            by_value.clone(),
            by_value.and_then(|value| Some(value.and(term("type")?))),
            attribute
                .sub_attributes
                .iter()
                .filter(|sub| !sub.is_hidden())
                .filter_map(|sub| term(sub.name.as_str()))
                .reduce(Filter::and),
        ];
        let mut filters = candidates.into_iter().flatten();
        filters.find(|filter| self.selects_only(at, &rivals, filter))
    }

    /// The elements that a filter of this element could select: those of its value, if elements are
    /// told apart by value, else all.
    fn rivals(&mut self, element: &Value) -> Vec<usize> {
        let attribute = self.attribute;
        let is_told = attribute
            .sub_attribute("value")
            .is_none_or(|sub| !sub.is_hidden());
        let value = value_of(element).filter(|value| value.is_assigned() && is_told);
        let Some(value) = value.filter(|_| comparison_of_values(attribute).is_some()) else {
            return (0..self.elements.len()).collect();
        };
        let given = match element {
            Value::Object(_) => Object::from_iter([("value", value.clone())]).into(),
            _ => value.clone(),
        };
        let elements = self.elements;
        let index = self
            .index
            .get_or_insert_with(|| ElementIndex::new(attribute, elements));
        index.positions(&given, |at| elements.get(at))
    }

    fn selects_only(&mut self, at: usize, rivals: &[usize], filter: &Filter) -> bool {
        self.left = self.left.saturating_sub(rivals.len());
        let checked = ElementFilter::check(filter, self.attribute, &Policy::strict());
        checked.is_ok_and(|checked| {
            let selects = |&rival: &usize| {
                let element = self.elements.get(rival);
                element.is_some_and(|element| checked.matches(element))
            };
            self.left > 0 && rivals.iter().all(|rival| selects(rival) == (*rival == at))
        })
    }
}

/// A simple value as the literal that a filter compares it with.
fn literal(value: &Value) -> Option<CompValue> {
    match value {
        Value::Bool(value) => Some(CompValue::Bool(*value)),
        Value::Number(number) => Some(CompValue::Number(number.clone())),
        Value::String(text) => Some(CompValue::String(text.clone())),
        _ => None,
    }
}
