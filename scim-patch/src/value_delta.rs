//! [`ValueDelta`]: a PATCH that reaches elements of one list, each by its `value`.

use std::collections::HashSet;

use scim_core::{
    AttrType, Attribute, Comparison, ComparisonKey, Mutability, RawValue, Resource, Scalar, Value,
    fold,
};

use crate::action::{Action, Target};
use crate::equal::{is_primary, is_primary_element};
use crate::journal::Slot;
use crate::{Applied, PatchError, Plan};

/// A PATCH whose operations reach elements of one multi-valued attribute, each by its `value`.
///
/// Adding members to a group and removing others by id is the usual case. What such a PATCH does
/// depends on the stored elements of those values alone, so that a store looks them up, applies the
/// delta to them and writes the changes, without reading the rest of the list.
///
/// ```
/// use scim_core::{PatchOp, PatchOperation, Policy, Value, builtin};
/// use scim_patch::Plan;
///
/// let member = |id: &str| Value::Object([("value", Value::from(id))].into_iter().collect());
/// let patch = PatchOp::new(vec![
///     PatchOperation::add("members", vec![member("new"), member("old")]),
///     PatchOperation::remove(r#"members[value eq "gone"]"#),
///     PatchOperation::remove(r#"members[value eq "never"]"#),
/// ]);
/// let plan = Plan::new(&patch, builtin::group_schema(), &Policy::strict())?;
/// let delta = plan.value_delta().ok_or("no delta")?;
/// assert_eq!(delta.attribute().name, *"members");
/// let ids: Vec<_> = delta.values().iter().filter_map(Value::as_str).collect();
/// assert_eq!(ids, ["new", "old", "gone", "never"]);
/// // A store answers with the two that it has, of a million.
/// let mut elements = vec![member("gone"), member("old")];
/// let applied = delta.apply(&mut elements)?;
/// assert_eq!(elements, [member("old"), member("new")]);
/// let [added, removed] = &applied.changes[..] else { return Err("two changes".into()) };
/// assert_eq!((&added.before, &added.after), (&None, &Some(member("new"))));
/// assert_eq!((&removed.before, &removed.after), (&Some(member("gone")), &None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ValueDelta<'p, 's> {
    plan: &'p Plan<'s>,
    attribute: &'s Attribute,
    comparison: Comparison,
    values: Vec<Value>,
    /// The texts of the keys of `values`.
    keys: HashSet<Box<str>>,
    /// Whether an element may become primary, and another one lose it.
    primary: bool,
}

impl<'s> Plan<'s> {
    /// The delta of a PATCH that reaches elements of one multi-valued attribute of the base schema,
    /// each by its `value`: by `add` of elements that have one, by a value path whose filter is
    /// `value eq …` or holds it as one of several `eq` joined by `and`, by `remove` with a list.
    ///
    /// `None` where the outcome depends on other elements or attributes: where an element is made
    /// primary and another loses it, where the list is immutable, where it is required and may
    /// become empty.
    ///
    /// # Complexity
    /// Linear in the size of the request.
    pub fn value_delta(&self) -> Option<ValueDelta<'_, 's>> {
        let mut steps = self.steps.iter().map(|step| &step.action);
        let list = list_of(steps.clone().next()?)?;
        let attribute = list.attribute.filter(|_| list.extension.is_none())?;
        let alone = steps.all(|action| {
            list_of(action).is_some_and(|other| other.key() == list.key())
                && (!attribute.required || matches!(action, Action::Add { .. }))
        });
        let alone = alone && attribute.mutability != Mutability::Immutable;
        self.reached_in(list)
            .filter(|delta| alone && !delta.primary)
    }

    /// What the operations reach in one list, if they reach it by value alone; other operations may
    /// stand beside them.
    pub(crate) fn reached_in(&self, list: Slot<'s>) -> Option<ValueDelta<'_, 's>> {
        let attribute = list.attribute?;
        let mut delta = ValueDelta {
            plan: self,
            attribute,
            comparison: comparison_of_values(attribute)?,
            values: Vec::new(),
            keys: HashSet::new(),
            primary: false,
        };
        for step in &self.steps {
            if list_of(&step.action).is_some_and(|other| other.key() == list.key()) {
                delta.read(&step.action)?;
            }
        }
        Some(delta)
    }
}

impl<'s> ValueDelta<'_, 's> {
    /// The list that changes.
    pub fn attribute(&self) -> &'s Attribute {
        self.attribute
    }

    /// The values that the operations name, each once: the stored elements of these values have to
    /// be looked up, compared as [`comparison`](Self::comparison) says.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// How values of the list compare.
    pub fn comparison(&self) -> Comparison {
        self.comparison
    }

    /// Whether a stored element is one of those to be looked up.
    pub fn reaches(&self, element: &Value) -> bool {
        value_of(element).is_some_and(|value| self.names(value.into()))
    }

    /// [`reaches`](Self::reaches) of an element that stays in its text.
    pub(crate) fn reaches_raw(&self, element: RawValue<'_>) -> bool {
        let value = match element.is_object() {
            true => element.get("value"),
            false => Some(element),
        };
        value.is_some_and(|value| value.scalar(|value| self.names(value)))
    }

    fn names(&self, value: Scalar<'_>) -> bool {
        let value = match (value, self.comparison) {
            // The text is its own key.
            (Scalar::String(text), Comparison::CaseExact) if text.is_ascii() => {
                return self.keys.contains(text);
            }
            (Scalar::String(text), Comparison::CaseInsensitive) => {
                return self.keys.contains(&*fold(text));
            }
            (Scalar::String(text), _) => text.into(),
            (Scalar::Number(number), _) => number.clone().into(),
            (Scalar::Bool(value), _) => value.into(),
            (Scalar::Other, _) => Value::Null,
        };
        ComparisonKey::new(&value, self.comparison)
            .is_some_and(|key| self.keys.contains(&*key.to_text()))
    }

    /// Applies the operations to the stored elements that the delta [reaches](Self::reaches), given
    /// in the order of the list; leaves the elements that are there afterwards, new ones at the end.
    ///
    /// The changes are those of [`Plan::apply`] on the whole resource. Each is an element to insert,
    /// to delete, or to replace where it stands. More elements than needed do no harm.
    ///
    /// # Errors
    /// As [`Plan::apply`], and the elements are as they were.
    ///
    /// # Complexity
    /// Operations plus elements given.
    pub fn apply(&self, elements: &mut Vec<Value>) -> Result<Applied, PatchError> {
        let name = self.attribute.name.as_str();
        let mut resource = Resource::default();
        resource.insert(&self.attribute.name, std::mem::take(elements));
        let outcome = self.plan.apply(&mut resource);
        if let Some(Value::Array(left)) = resource.remove(name) {
            *elements = left;
        }
        outcome
    }

    /// Notes what an action reaches; `None` if that is more than elements of given values.
    fn read(&mut self, action: &Action<'s>) -> Option<()> {
        match action {
            Action::Add { elements, .. } => elements.iter().try_for_each(|element| {
                self.primary |= is_primary_element(&element.value);
                self.name(value_of(&element.value)?)
            }),
            Action::RemoveListed { listed, .. } => listed
                .iter()
                .try_for_each(|given| self.name(value_of(given)?)),
            Action::Remove { target } => self.selected(target, false),
            Action::Set { target, value, .. } => {
                self.primary |= is_primary(target.sub, value);
                self.selected(target, true)
            }
            Action::Merge { target, fields, .. } => {
                let mut fields = fields.writable.iter();
                self.primary |= fields.any(|(sub, value)| is_primary(Some(sub), value));
                self.selected(target, true)
            }
            _ => None,
        }
    }

    /// The value that the filter of a target names; `creates`: it may describe a new element.
    fn selected(&mut self, target: &Target<'s>, creates: bool) -> Option<()> {
        let terms = target.filter.as_ref()?.equalities()?;
        self.primary |= creates
            && terms.iter().any(|(name, value)| {
                is_primary(self.attribute.sub_attribute(name.as_str()), value)
            });
        let (_, value) = terms.iter().find(|(name, _)| *name == *"value")?;
        self.name(value)
    }

    fn name(&mut self, value: &Value) -> Option<()> {
        let key = ComparisonKey::new(value, self.comparison)?;
        if self.keys.insert(key.to_text().into()) {
            self.values.push(value.clone());
        }
        Some(())
    }
}

/// The attribute whose elements an action writes to, if it writes to elements.
fn list_of<'s>(action: &Action<'s>) -> Option<Slot<'s>> {
    match action {
        Action::Add { list, .. }
        | Action::Replace { list, .. }
        | Action::RemoveListed { list, .. } => Some(*list),
        Action::Remove { target } | Action::Set { target, .. } | Action::Merge { target, .. } => {
            Some(target.slot)
        }
        _ => None,
    }
}

/// How the values that tell elements apart (P12) compare: the elements themselves or their `value`s.
/// Not references: which of them are the same is seen from where they lead (W10), not from their keys.
pub(crate) fn comparison_of_values(attribute: &Attribute) -> Option<Comparison> {
    let value = match attribute.is_complex() {
        true => attribute
            .sub_attribute("value")
            .filter(|sub| !sub.multi_valued && sub.mutability != Mutability::ReadOnly)?,
        false => attribute,
    };
    let by_key = attribute.multi_valued && value.attr_type != AttrType::Reference;
    Comparison::of(value).filter(|_| by_key)
}

/// What tells an element apart.
pub(crate) fn value_of(element: &Value) -> Option<&Value> {
    match element {
        Value::Object(object) => object.get("value"),
        simple => Some(simple),
    }
}
