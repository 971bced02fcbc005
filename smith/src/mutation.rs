//! [`Mutation`]: a resource that breaks exactly one rule.

mod faults;

use scim_core::{Policy, Resource, ResourceSchema, Value};
use scim_schema::{Operation, Rejected, Rule, Validated, validate};

use crate::{Source, body, shown, stored};
use faults::{Faults, Step};

/// A valid resource with one thing changed, so that strict finds exactly one violation.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What the resource is checked for.
    pub operation: Operation,
    /// The stored resource, for a replace and a PATCH.
    pub current: Option<Resource>,
    /// The resource with its fault.
    pub body: Resource,
    /// The rule that is broken.
    pub rule: Rule,
    /// Where.
    pub pointer: String,
}

impl Mutation {
    /// Makes a valid resource and breaks one rule in it: most times in a body to create, else in one
    /// to replace another, in the state that a PATCH leaves, or in an answer.
    pub fn new(source: &mut Source<'_>, schema: &ResourceSchema) -> Self {
        let made = match source.below(8) {
            5 => {
                let current = stored(source, schema);
                let mut faults = Faults::new(schema, &current);
                faults.fixed(scim_core::Mutability::Immutable);
                faults.pick(source, Operation::Replace, Some(current.clone()))
            }
            6 => {
                let current = stored(source, schema);
                let mut faults = Faults::new(schema, &current);
                faults.fixed(scim_core::Mutability::ReadOnly);
                faults.pick(source, Operation::Patch, Some(current.clone()))
            }
            7 => {
                let shown = shown(source, schema);
                let mut faults = Faults::new(schema, &shown);
                faults.of_answers(source);
                faults.pick(source, Operation::Response, None)
            }
            _ => None,
        };
        made.unwrap_or_else(|| {
            let valid = body(source, schema);
            let mut faults = Faults::new(schema, &valid);
            faults.of_values();
            faults.of_schemas();
            let made = faults.pick(source, Operation::Create, None);
            made.expect("`schemas` can always be wrong")
        })
    }

    /// Checks the resource for its operation.
    ///
    /// # Errors
    /// [`Rejected`], with this mutation as its one violation if the check is right and strict.
    pub fn validate(
        &self,
        schema: &ResourceSchema,
        policy: &Policy,
    ) -> Result<Validated, Rejected> {
        let current = self.current.as_ref();
        validate(schema, self.operation, self.body.clone(), current, policy)
    }
}

/// One way to break a rule.
#[derive(Clone, Debug)]
struct Fault {
    rule: Rule,
    pointer: String,
    /// What is set or, with `None`, removed.
    edits: Vec<(Vec<Step>, Option<Value>)>,
}

impl Fault {
    fn apply(self, resource: &Resource) -> Resource {
        let mut root = Value::from(resource.clone());
        for (path, value) in self.edits {
            edit(&mut root, &path, value);
        }
        Resource::try_from(root).expect("still an object")
    }
}

fn edit(root: &mut Value, path: &[Step], value: Option<Value>) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    let parent = way.iter().fold(root, |value, step| {
        let next = match (value, step) {
            (Value::Object(object), Step::Name(name)) => object.get_mut(name),
            (Value::Array(elements), Step::Index(index)) => elements.get_mut(*index),
            _ => None,
        };
        next.expect("the way was walked before")
    });
    match (parent, last, value) {
        (Value::Object(object), Step::Name(name), Some(value)) => {
            object.insert(name.as_str(), value);
        }
        (Value::Object(object), Step::Name(name), None) => {
            object.remove(name);
        }
        (Value::Array(elements), Step::Index(index), Some(value)) => {
            match elements.get_mut(*index) {
                Some(element) => *element = value,
                None => elements.push(value),
            }
        }
        (Value::Array(elements), Step::Index(index), None) => {
            elements.remove(*index);
        }
        _ => {}
    }
}
