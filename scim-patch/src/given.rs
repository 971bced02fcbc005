//! [`Given`]: the value of an operation, checked and brought into the form its target takes.

use scim_core::{
    Attribute, Mutability, Object, Place, ScimType, Tolerance, Unknown, Value, quoted,
};
use scim_schema::{Findings, Site, ValueCheck};

use crate::PatchError;
use crate::action::{Element, Fields, Target, Verb};
use crate::journal::Slot;
use crate::planner::Planner;

/// The value of an `add` or `replace`, by what it is written to.
#[derive(Debug)]
pub(crate) enum Given<'s> {
    /// `null`, `[]`, or nothing but those inside: unassigns (P17).
    Unassigned,
    /// An empty string that stands for removal, whatever the operation (P27).
    Removed,
    /// For a simple attribute or a sub-attribute.
    Value(Value),
    /// For a complex attribute or an element.
    Fields(Fields<'s>),
    /// For a whole multi-valued attribute.
    Elements(Vec<Element<'s>>),
}

impl<'s> Given<'s> {
    /// Reads the value for `target`; `site` is where it stands in the message.
    pub(crate) fn read(
        planner: &mut Planner<'s, '_>,
        target: &Target<'s>,
        value: Value,
        verb: Verb,
        site: &Site<'_>,
    ) -> Result<Self, PatchError> {
        let Some(attribute) = target.slot.attribute else {
            return Ok(Self::Unassigned);
        };
        if !value.is_assigned() {
            return Ok(Self::Unassigned);
        }
        let place = Place::new(target.slot.extension, attribute, target.sub);
        let mut reader = Reader {
            planner,
            site,
            place,
        };
        if target.sub.is_some() {
            return reader.leaf(value);
        }
        if attribute.multi_valued && target.filter.is_none() {
            return reader.elements(value, verb);
        }
        let value = reader.one_of_list(value);
        if !value.is_assigned() {
            return Ok(Self::Unassigned);
        }
        if attribute.is_complex() {
            return reader.fields(value);
        }
        if attribute.multi_valued {
            return reader.simple_element(value);
        }
        reader.leaf(value)
    }

    /// Reads the list beside a `remove` (P06): elements to compare with, nulls left out.
    pub(crate) fn listed(
        planner: &mut Planner<'s, '_>,
        list: Slot<'s>,
        attribute: &'s Attribute,
        value: Value,
        site: &Site<'_>,
    ) -> Result<Vec<Value>, PatchError> {
        let value = unwrap_own_name(attribute, value);
        let place = Place::new(list.extension, attribute, None);
        let mut reader = Reader {
            planner,
            site,
            place,
        };
        let mut listed = Vec::new();
        for element in value.elements() {
            listed.extend(reader.listed(element.clone())?);
        }
        Ok(listed)
    }
}

/// `{"members": [...]}` beside the path `members` means the list inside, as Salesforce sends it.
fn unwrap_own_name(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::Object(mut object) if object.len() == 1 => {
            match object.get_mut(attribute.name.as_str()) {
                Some(list @ Value::Array(_)) => list.take(),
                _ => Value::Object(object),
            }
        }
        other => other,
    }
}

struct Reader<'r, 's, 'p> {
    planner: &'r mut Planner<'s, 'p>,
    site: &'r Site<'r>,
    place: Place<'s>,
}

impl<'s> Reader<'_, 's, '_> {
    /// A sub-attribute, or a singular simple attribute.
    fn leaf(&mut self, value: Value) -> Result<Given<'s>, PatchError> {
        let place = self.place;
        if place.sub_attribute.is_some_and(|sub| sub.name == *"value") && self.removes(&value) {
            return Ok(Given::Removed);
        }
        let checked =
            self.check(|check, site, findings| check.place(&place, value, site, findings))?;
        Ok(checked.map_or(Given::Unassigned, Given::Value))
    }

    /// Whether a `value` of a singular complex attribute is an empty string that means removal (P27).
    fn removes(&mut self, value: &Value) -> bool {
        let removes = self.planner.policy.value_coercion
            && !self.place.attribute.multi_valued
            && value.as_str() == Some("");
        if removes {
            let detail = "an empty `value` read as removal";
            self.planner
                .depart(Tolerance::ValueCoercion, self.site, detail);
        }
        removes
    }

    /// A list of one beside a filter is the one value (S09), if the policy allows.
    fn one_of_list(&mut self, value: Value) -> Value {
        match value {
            Value::Array(mut list)
                if list.len() == 1
                    && self.place.attribute.multi_valued
                    && self.planner.policy.value_coercion =>
            {
                let detail = "read a list of one as one value";
                self.planner
                    .depart(Tolerance::ValueCoercion, self.site, detail);
                list.pop().unwrap_or_default()
            }
            value => value,
        }
    }

    /// One value for the selected elements of a simple list.
    fn simple_element(&mut self, value: Value) -> Result<Given<'s>, PatchError> {
        let attribute = self.place.attribute;
        let checked =
            self.check(|check, site, findings| check.element(attribute, value, site, findings))?;
        Ok(checked.map_or(Given::Unassigned, Given::Value))
    }

    /// A whole list; one value stands for a list of one (P11). Elements that are the same are one in a
    /// `replace` (P13), and those of an `add` meet the stored ones first (P12).
    fn elements(&mut self, value: Value, verb: Verb) -> Result<Given<'s>, PatchError> {
        let attribute = self.place.attribute;
        let checked = self.check(|check, site, findings| {
            let check = match verb {
                Verb::Add => check.without_merge(),
                Verb::Replace { .. } => *check,
            };
            check.attribute(attribute, value, site, findings)
        })?;
        let Some(Value::Array(list)) = checked else {
            return Ok(Given::Unassigned);
        };
        let mut elements = Vec::with_capacity(list.len());
        for mut value in list {
            let read_only = match &mut value {
                Value::Object(object) => self.take_read_only(object),
                _ => Vec::new(),
            };
            // Nothing but readOnly sub-attributes that the policy left out: no element (S10).
            if value.has_content() || !read_only.is_empty() {
                elements.push(Element { value, read_only });
            }
        }
        Ok(Given::Elements(elements))
    }

    /// One element to compare with, its sub-attributes each on its own: they are not judged together,
    /// since nothing is written.
    fn listed(&mut self, value: Value) -> Result<Option<Value>, PatchError> {
        let attribute = self.place.attribute;
        if !attribute.is_complex() {
            return self
                .check(|check, site, findings| check.element(attribute, value, site, findings));
        }
        let object = match value {
            Value::Object(object) => object,
            Value::String(_) | Value::Number(_) if self.planner.policy.value_coercion => {
                let detail = "a simple value read as the `value` of an element";
                self.planner
                    .depart(Tolerance::ValueCoercion, self.site, detail);
                let name: &str = "value";
                Object::from_iter([(name, value)])
            }
            other => {
                return Err(PatchError::new(
                    ScimType::InvalidValue,
                    format!(
                        "expected an element of `{}`, found {}",
                        attribute.name,
                        other.kind()
                    ),
                ));
            }
        };
        let mut listed = Object::new();
        for (name, value) in object {
            let Some(sub) = attribute.sub_attribute(name.as_str()) else {
                let unknown = format!(
                    "unknown sub-attribute {} of `{}`",
                    quoted(name.as_str()),
                    attribute.name
                );
                self.planner.unknown_key(
                    unknown,
                    self.planner.policy.unknown_attributes == Unknown::Reject,
                    Tolerance::UnknownAttributes,
                    self.site,
                )?;
                continue;
            };
            self.place.sub_attribute = Some(sub);
            let value =
                self.check(|check, site, findings| check.attribute(sub, value, site, findings))?;
            if let Some(value) = value {
                listed.insert(&sub.name, value);
            }
        }
        // One that says nothing is equal to nothing.
        Ok((!listed.is_empty()).then_some(listed.into()))
    }

    /// The sub-attributes of a complex value; a written `null` stays, to unassign.
    fn fields(&mut self, value: Value) -> Result<Given<'s>, PatchError> {
        let attribute = self.place.attribute;
        let is_empty_text = value.as_str() == Some("");
        let checked = self.check(|check, site, findings| match value {
            Value::Object(object) => Some(Value::Object(
                check.object(attribute, object, site, findings),
            )),
            other if attribute.multi_valued => check.element(attribute, other, site, findings),
            other => check.attribute(attribute, other, site, findings),
        })?;
        let Some(Value::Object(mut object)) = checked else {
            return Ok(match is_empty_text {
                true => Given::Removed,
                false => Given::Unassigned,
            });
        };
        if object.get("value").is_some_and(|value| self.removes(value)) {
            return Ok(Given::Removed);
        }
        let read_only = self.take_read_only(&mut object);
        let writable = object
            .into_iter()
            .filter_map(|(name, value)| Some((attribute.sub_attribute(name.as_str())?, value)))
            .collect();
        Ok(Given::Fields(Fields {
            writable,
            read_only,
        }))
    }

    /// Takes the readOnly sub-attributes out (P20): to compare later, or to forget if the policy
    /// says so.
    fn take_read_only(&mut self, object: &mut Object) -> Vec<(&'s Attribute, Value)> {
        let attribute = self.place.attribute;
        let is_read_only = |sub: &Attribute| sub.mutability == Mutability::ReadOnly;
        if !attribute.sub_attributes.iter().any(is_read_only) {
            return Vec::new();
        }
        let mut taken = Vec::new();
        object.retain(|name, value| match attribute.sub_attribute(name.as_str()) {
            Some(sub) if is_read_only(sub) => {
                taken.push((sub, value.take()));
                false
            }
            _ => true,
        });
        if self.planner.policy.ignore_readonly_in_patch_value && !taken.is_empty() {
            let names: Vec<_> = taken.iter().map(|(sub, _)| sub.name.as_str()).collect();
            let detail = format!("left out what is readOnly: `{}`", names.join("`, `"));
            self.planner
                .depart(Tolerance::IgnoreReadonlyInPatchValue, self.site, detail);
            taken.clear();
        }
        taken
    }

    /// Runs a check of scim-schema and turns its first violation into an error.
    fn check(
        &mut self,
        check: impl FnOnce(&ValueCheck<'_>, &Site<'_>, &mut Findings) -> Option<Value>,
    ) -> Result<Option<Value>, PatchError> {
        let unknown = self.planner.unknown_keyword(ScimType::InvalidValue);
        let checker = ValueCheck::for_patch(self.planner.schema, self.planner.policy)
            .limits(self.planner.limits)
            .unknown_as(unknown);
        let site = self.site.of(self.place);
        let mut findings = Findings::new(self.planner.limits);
        let value = check(&checker, &site, &mut findings);
        let (violations, departures) = findings.into_parts();
        if let Some(first) = violations.into_iter().next() {
            return Err(PatchError::new(first.scim_type, first.detail));
        }
        self.planner.departures.extend(departures);
        Ok(value)
    }
}
