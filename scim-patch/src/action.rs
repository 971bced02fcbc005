//! What a checked plan consists of: actions on places of the schema.

use std::borrow::Cow;

use scim_core::{Attribute, Schema, Value};
use scim_filter::ElementFilter;

use crate::journal::Slot;

/// One action and the operation it comes from.
#[derive(Debug)]
pub(crate) struct Step<'s> {
    pub(crate) operation: usize,
    pub(crate) action: Action<'s>,
}

#[derive(Debug)]
pub(crate) enum Action<'s> {
    /// Write a simple value to a singular attribute, a sub-attribute, or selected simple elements.
    Set {
        target: Target<'s>,
        value: Value,
        verb: Verb,
    },
    /// Write sub-attributes into a singular complex attribute or into selected elements.
    Merge {
        target: Target<'s>,
        fields: Fields<'s>,
        verb: Verb,
    },
    /// Add elements to a multi-valued attribute.
    Add {
        list: Slot<'s>,
        elements: Vec<Element<'s>>,
    },
    /// Replace all elements of a multi-valued attribute.
    Replace {
        list: Slot<'s>,
        elements: Vec<Element<'s>>,
    },
    /// Unassign what the target names.
    Remove { target: Target<'s> },
    /// Remove the elements that a `remove` lists in its value (P06).
    RemoveListed { list: Slot<'s>, listed: Vec<Value> },
    /// Unassign all attributes of an extension.
    RemoveExtension(&'s Schema),
    /// Unassign the attributes of an extension that a whole replacement does not name (P23).
    ClearExtension {
        extension: &'s Schema,
        keep: Vec<&'s Attribute>,
    },
    /// A readOnly attribute was given inside a value: it must be what it is already (P20).
    Expect { slot: Slot<'s>, value: Value },
    /// An operation on `schemas` itself (P22).
    Schemas(SchemasAction),
}

/// `add` or `replace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    /// `whole`: sub-attributes that are not given go (P07).
    Replace {
        whole: bool,
    },
}

/// An attribute, which of its elements, and which sub-attribute of those.
#[derive(Debug)]
pub(crate) struct Target<'s> {
    pub(crate) slot: Slot<'s>,
    pub(crate) filter: Option<ElementFilter>,
    /// How many comparisons the filter makes with an element.
    pub(crate) terms: usize,
    pub(crate) sub: Option<&'s Attribute>,
}

/// Sub-attributes to write; `null` unassigns.
#[derive(Debug, Default)]
pub(crate) struct Fields<'s> {
    pub(crate) writable: Vec<(&'s Attribute, Value)>,
    /// readOnly ones to compare with what is there (P20).
    pub(crate) read_only: Vec<(&'s Attribute, Value)>,
}

/// A canonical element to write.
#[derive(Debug)]
pub(crate) struct Element<'s> {
    pub(crate) value: Value,
    /// readOnly sub-attributes to compare with those of the same stored element (P20).
    pub(crate) read_only: Vec<(&'s Attribute, Value)>,
}

impl Element<'_> {
    /// The element as it was given, which is what tells it apart (P12).
    pub(crate) fn given(&self) -> Cow<'_, Value> {
        let mut given = Cow::Borrowed(&self.value);
        for (sub, value) in &self.read_only {
            if let Value::Object(object) = given.to_mut() {
                object.insert(&sub.name, value.clone());
            }
        }
        given
    }
}

/// What an operation does to `schemas`: only the extensions that go matter, since the rest is
/// computed.
#[derive(Debug)]
pub(crate) enum SchemasAction {
    /// Remove the URIs that the filter selects; all of them without a filter.
    Remove(Option<ElementFilter>),
    /// Keep the URIs listed.
    Keep(Vec<Box<str>>),
    /// Remove the URIs listed.
    RemoveListed(Vec<Box<str>>),
}
