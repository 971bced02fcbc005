//! Lists: the elements of a multi-valued attribute, each once (decision P13).

use std::borrow::Cow;

use scim_core::{
    AttrType, Attribute, ElementIndex, Mutability, Object, ResourceSchema, Value, same_element,
};

use super::keep::is_same_number;
use super::{Canonical, assigned, same_value};
use crate::value::Definitions;
use crate::value::reference::{self, Contradiction};

impl Canonical<'_> {
    /// A list, beside the current one that a PUT replaces.
    pub(super) fn list(
        self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
    ) -> Option<Value> {
        let elements = match value {
            Value::Null => return None,
            Value::Array(elements) => elements,
            value if self.0.wraps() => vec![value],
            value => return Some(value),
        };
        if elements.len() > self.0.limits.elements {
            return Some(Value::Array(elements));
        }
        let mut gave_way = false;
        let mut elements = match self.0.merge {
            true => {
                let kept = self.elements(definition, elements);
                gave_way = !kept.contradictory.is_empty();
                kept.into_values()
            }
            false => self.side_by_side(definition, elements),
        };
        let current = current.and_then(Value::as_array).unwrap_or_default();
        if definition.is_complex() || definition.attr_type == AttrType::Decimal {
            gave_way |= self.settle_elements(definition, &mut elements, current);
        }
        // Without the `type` that it had, an element may be the same as another (decision G02).
        if gave_way && self.0.merge {
            elements = merge_elements(self.0.schema, definition, elements);
        }
        (!elements.is_empty()).then_some(Value::Array(elements))
    }

    /// The elements without duplicates.
    pub(crate) fn elements(self, definition: &Attribute, elements: Vec<Value>) -> Kept<'_, '_> {
        let mut kept = Kept::new(definition, elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            if let Some(element) = self.part(definition, element) {
                kept.push(self.0.schema, Cow::Owned(element), index);
            }
        }
        kept
    }

    /// The elements each by itself.
    fn side_by_side(self, definition: &Attribute, elements: Vec<Value>) -> Vec<Value> {
        // Lists inside the elements are whole values.
        let mut inside = self;
        inside.0.merge = true;
        let elements = elements.into_iter();
        elements
            .filter_map(|element| inside.part(definition, element))
            .collect()
    }

    /// One element, its members looked at one by one only.
    pub(crate) fn part(self, definition: &Attribute, element: Value) -> Option<Value> {
        if matches!(element, Value::Array(_)) && element.is_assigned() {
            return Some(element);
        }
        match self.prepare(definition, element)? {
            Value::Object(object) if definition.is_complex() => {
                let definitions = Definitions::Sub(definition);
                let mut object = self.members(&definitions, object, None, self.0.replace);
                self.drop_contradictions(definition, &mut object);
                let assigned = object.iter().any(|(_, value)| *value != Value::Null);
                assigned.then_some(Value::Object(object))
            }
            refused if definition.is_complex() => Some(refused),
            simple => Some(self.scalar(definition, simple)),
        }
    }

    /// Elements as a whole, each beside the current one that is the same (decision W10); whether the `type` of one
    /// gave way.
    fn settle_elements(
        self,
        definition: &Attribute,
        elements: &mut [Value],
        current: &[Value],
    ) -> bool {
        let mut gave_way = false;
        let current = match self.0.replace {
            true => current,
            false => &[],
        };
        let mut partners = partners(definition, elements.iter(), current).into_iter();
        for element in elements {
            let partner = partners.next().flatten();
            if let Value::Object(object) = element {
                let given = std::mem::take(object);
                let current = partner.and_then(Value::as_object);
                let had_type = assigned(&given, "type").is_some();
                *object = self.settle(&Definitions::Sub(definition), given, current);
                gave_way |= had_type && object.get("type").is_none();
            } else if let Some(same) = partner.filter(|before| is_same_number(element, before)) {
                *element = same.clone();
            }
        }
        gave_way
    }
}

/// The current element that each of these replaces (decision W10): the first that is the same and that none before
/// replaces.
pub(crate) fn partners<'e, 'c>(
    definition: &Attribute,
    elements: impl Iterator<Item = &'e Value>,
    current: &'c [Value],
) -> Vec<Option<&'c Value>> {
    if current.is_empty() {
        return Vec::new();
    }
    let mut index = ElementIndex::new(definition, current);
    let partner = |element: &Value| {
        let at = index.find(element, |at| current.get(at))?;
        let found = current.get(at)?;
        index.remove(found, at);
        Some(found)
    };
    elements.map(partner).collect()
}

/// Elements without duplicates.
pub(crate) struct Kept<'s, 'v> {
    definition: &'s Attribute,
    /// Made once there are too many to be compared one by one.
    index: Option<ElementIndex<'s>>,
    /// Copied where they are not owned and two of them are one.
    pub(crate) elements: Vec<Cow<'v, Value>>,
    /// Where those stood that contradict an element which is the same, and in what.
    pub(crate) contradictory: Vec<(usize, Contradiction)>,
}

/// The elements of a multi-valued attribute, each once: what a later one gives is set in the first that is the same, as
/// in a body that was written (RFC 7643 §2.4). For who changes elements once they are validated, and may so make two
/// of them one.
///
/// # Complexity
/// Linear in the number of elements.
///
/// ```
/// use scim_core::{Value, builtin};
/// use scim_schema::merge_elements;
/// let schema = builtin::user_schema();
/// let emails = schema.attribute("emails").expect("a User has it");
/// let given: Value = r#"[{"value":"a@b.c","type":"work"},{"value":"a@b.c","display":"A"}]"#.parse()?;
/// let elements = given.as_array().unwrap_or_default().to_vec();
/// let merged = Value::from(merge_elements(schema, emails, elements));
/// assert_eq!(merged.to_json(), r#"[{"value":"a@b.c","type":"work","display":"A"}]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn merge_elements(
    schema: &ResourceSchema,
    definition: &Attribute,
    elements: Vec<Value>,
) -> Vec<Value> {
    let mut kept = Kept::new(definition, elements.len());
    for (index, element) in elements.into_iter().enumerate() {
        kept.push(schema, Cow::Owned(element), index);
    }
    kept.into_values()
}

/// Whether what is given for an element that is there already agrees with it in which resource both refer to
/// (decisions S06, G02 and P13), as it would if both stood in one body.
///
/// ```
/// use scim_core::{Object, Value, builtin};
/// use scim_schema::references_agree;
/// let group = builtin::group_schema();
/// let members = group.attribute("members").ok_or("members")?;
/// let stored: Value = r#"{"value":"a","type":"User"}"#.parse()?;
/// let given: Value = r#"{"value":"a","$ref":"../Groups/a"}"#.parse()?;
/// let (stored, given) = stored.as_object().zip(given.as_object()).ok_or("objects")?;
/// assert!(!references_agree(group, members, stored, given));
/// assert!(references_agree(group, members, stored, &Object::new()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn references_agree(
    schema: &ResourceSchema,
    definition: &Attribute,
    stored: &Object,
    given: &Object,
) -> bool {
    let says = ["$ref", "type"]
        .iter()
        .any(|name| given.get(name).is_some());
    if !says || !reference::is_linked(definition) {
        return true;
    }
    let mut first = Value::from(stored.clone());
    let found = merge(schema, definition, &mut first, Value::from(given.clone()));
    found == [None; 2]
}

/// How many elements are compared one by one. An index costs an allocation and a hash for each.
const FEW: usize = 8;

impl<'s, 'v> Kept<'s, 'v> {
    pub(crate) fn new(definition: &'s Attribute, capacity: usize) -> Self {
        Self {
            definition,
            index: None,
            elements: Vec::with_capacity(capacity),
            contradictory: Vec::new(),
        }
    }

    /// Adds an element, or merges it into the first that is the same; where that is.
    pub(crate) fn push(
        &mut self,
        schema: &ResourceSchema,
        element: Cow<'v, Value>,
        origin: usize,
    ) -> usize {
        let (definition, elements) = (self.definition, &mut self.elements);
        if self.index.is_none() && elements.len() == FEW {
            let mut index = ElementIndex::new(definition, &[]);
            for (at, element) in elements.iter().enumerate() {
                index.insert(element, at);
            }
            self.index = Some(index);
        }
        let same = match &self.index {
            Some(index) => index.find(&element, |at| elements.get(at).map(|first| &**first)),
            None => elements
                .iter()
                .position(|first| same_element(definition, first, &element)),
        };
        if let Some((at, first)) = same.and_then(|at| Some((at, elements.get_mut(at)?))) {
            // It may get a `type` from the later one.
            if let Some(index) = &mut self.index {
                index.remove(first, at);
            }
            let later = element.into_owned();
            let found = merge(schema, definition, first.to_mut(), later);
            self.contradictory
                .extend(found.into_iter().flatten().map(|what| (origin, what)));
            if let Some(index) = &mut self.index {
                index.insert(first, at);
            }
            return at;
        }
        let at = elements.len();
        if let Some(index) = &mut self.index {
            index.insert(&element, at);
        }
        elements.push(element);
        at
    }

    fn into_values(self) -> Vec<Value> {
        self.elements.into_iter().map(Cow::into_owned).collect()
    }
}

/// What the later element gives is set in the first, whose names are found in any case. What is
/// immutable stays, as does the spelling of a value that is the same; a `$ref` that fits the other
/// spelling or leads elsewhere goes, and so does a `type` that the `$ref` contradicts. What of these
/// contradicts the first.
fn merge(
    schema: &ResourceSchema,
    definition: &Attribute,
    first: &mut Value,
    later: Value,
) -> [Option<Contradiction>; 2] {
    let (Value::Object(first), Value::Object(mut later)) = (first, later) else {
        return [None; 2];
    };
    let agreed = reference::reference_agrees(schema, definition, first);
    let says_type = assigned(&later, "type").is_some();
    let leads_elsewhere = agreed
        && reference::reference_agrees(schema, definition, &later)
        && reference::leads_elsewhere(definition, first, &later);
    if leads_elsewhere {
        later.remove("$ref");
    }
    for (name, value) in later {
        let sub = definition.sub_attribute(name.as_str());
        let known = first.get(name.as_str()).zip(sub);
        let stays = |(old, sub): (&Value, &Attribute)| {
            let fixed = sub.mutability == Mutability::Immutable && old.is_assigned();
            fixed || same_value(sub, old, &value)
        };
        if known.is_some_and(stays) {
            continue;
        }
        if value != Value::Null || first.get(name.as_str()).is_none() {
            first.insert(name, value);
        }
    }
    let dropped = reference::drop_contradictions(schema, definition, first);
    [
        leads_elsewhere.then_some(Contradiction::Value),
        dropped
            .filter(|what| agreed && *what == Contradiction::Type)
            .map(|what| what.beside(says_type)),
    ]
}
