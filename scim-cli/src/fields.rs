//! The members of a batch request.

use std::cell::RefCell;

use scim_core::{Object, Policy, Resource, ResourceSchema, Value};
use scim_schema::Registry;

use crate::batch::{Answer, refusal};
use crate::definitions;

/// A request of a batch: a JSON object whose members are asked for by name.
pub(crate) struct Fields<'a> {
    request: &'a Object,
    registry: &'a Registry,
    default_policy: &'a Policy,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(
        request: &'a Object,
        registry: &'a Registry,
        default_policy: &'a Policy,
    ) -> Self {
        Self {
            request,
            registry,
            default_policy,
            asked: RefCell::default(),
        }
    }

    /// Answers the request, and tells of the members that nobody asked for: they may be misspelt.
    /// `answer` fails by itself where there is no such request, else with the answer that it gets.
    pub(crate) fn answer(self, answer: impl FnOnce(&Self) -> Result<Answer, Object>) -> Answer {
        let mut answer = answer(&self)?;
        let members = match &mut answer {
            Ok(members) | Err(members) => members,
        };
        let asked = self.asked.into_inner();
        let is_ignored = |name: &&str| !asked.iter().any(|asked| name.eq_ignore_ascii_case(asked));
        let names = self.request.iter().map(|(name, _)| name.as_str());
        let ignored: Vec<Value> = names.filter(is_ignored).map(Value::from).collect();
        if !ignored.is_empty() {
            members.insert("ignored", ignored);
        }
        answer
    }

    /// A member; `null` is the same as none.
    pub(crate) fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().push(name);
        self.request
            .get(name)
            .filter(|value| **value != Value::Null)
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Object> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => unexpected(name, "a boolean", other),
        }
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&'a str>, Object> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => unexpected(name, "a string", other),
        }
    }

    pub(crate) fn resource(&self, name: &'static str) -> Result<Option<Resource>, Object> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object.clone().into())),
            Some(other) => unexpected(name, "an object", other),
        }
    }

    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<&'a str>, Object> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(elements)) => elements
                .iter()
                .map(|element| match element.as_str() {
                    Some(text) => Ok(text),
                    None => unexpected(name, "an array of strings", element),
                })
                .collect(),
            Some(other) => unexpected(name, "an array of strings", other),
        }
    }

    /// The resource type, if one is named.
    pub(crate) fn schema(&self) -> Result<Option<&'a ResourceSchema>, Object> {
        match self.text("type")? {
            None => Ok(None),
            Some(name) => match definitions::find(self.registry, name) {
                Ok(schema) => Ok(Some(schema)),
                Err(error) => refusal(error.to_string()),
            },
        }
    }

    /// The policy of the request, else that of the command line.
    pub(crate) fn policy(&self) -> Result<Policy, Object> {
        match self.text("policy")? {
            None => Ok(self.default_policy.clone()),
            Some(name) => match name.parse() {
                Ok(policy) => Ok(policy),
                Err(error) => refusal(format!("{error}")),
            },
        }
    }
}

/// What must be there.
pub(crate) fn required<T>(name: &str, value: Option<T>) -> Result<T, Object> {
    match value {
        Some(value) => Ok(value),
        None => refusal(format!("expected a member `{name}`")),
    }
}

fn unexpected<T>(name: &str, expected: &str, found: &Value) -> Result<T, Object> {
    let found = found.kind();
    refusal(format!("`{name}`: expected {expected}, found {found}"))
}
