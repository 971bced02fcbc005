//! PATCH requests, some of them sensible.

use scim_core::{AttrType, Attribute, Object, PatchOp, PatchOperation, ResourceSchema, Value};

use crate::{Source, resource, value};

/// Paths that name nothing, or are none.
const WRONG: [&str; 8] = [
    "nope",
    "name.nope",
    "schemas[value eq \"urn:a:b\"]",
    "urn:a:b:c",
    "emails[",
    "emails[not (type pr)]",
    "meta.created",
    "department",
];

/// A PATCH of a few operations on resources of the type: with and without path, with values that fit
/// and values that do not.
pub fn patch(source: &mut Source<'_>, schema: &ResourceSchema) -> PatchOp {
    let mut operations = Vec::new();
    while operations.is_empty() || (operations.len() < 4 && source.percent(60)) {
        operations.push(operation(source, schema));
    }
    PatchOp::new(operations)
}

fn operation(source: &mut Source<'_>, schema: &ResourceSchema) -> PatchOperation {
    let op = *source.pick(&[
        "add", "replace", "remove", "Add", "Remove", "replace", "move",
    ]);
    let target = Target::pick(source, schema);
    if source.percent(20) {
        // Without path the value is a part of the resource.
        let Value::Object(object) = target.value(source) else {
            let name = target.attribute.name.as_str();
            let members: Object = [(name, target.value(source))].into_iter().collect();
            return PatchOperation::new(op, None, Some(members.into()));
        };
        return PatchOperation::new(op, None, Some(object.into()));
    }
    let path = match source.percent(10) {
        true => String::from(*source.pick(&WRONG)),
        false => target.path(source),
    };
    let given = match source.below(8) {
        0 => None,
        1 => Some(value(source, 3)),
        _ => Some(target.value(source)),
    };
    PatchOperation::new(op, Some(path), given)
}

/// What an operation is about.
struct Target<'s> {
    extension: Option<&'s str>,
    attribute: &'s Attribute,
    sub: Option<&'s Attribute>,
}

impl<'s> Target<'s> {
    fn pick(source: &mut Source<'_>, schema: &'s ResourceSchema) -> Self {
        let base = schema
            .attributes()
            .iter()
            .map(|attribute| (None, attribute));
        let extended = schema.extensions().iter().flat_map(|extension| {
            let uri = extension.schema.id.as_str();
            extension
                .schema
                .attributes
                .iter()
                .map(move |a| (Some(uri), a))
        });
        let all: Vec<_> = base.chain(extended).collect();
        let (extension, attribute) = *source.pick(&all);
        let subs = &attribute.sub_attributes;
        let sub = (!subs.is_empty() && source.percent(50)).then(|| source.pick(subs));
        Self {
            extension,
            attribute,
            sub,
        }
    }

    fn path(&self, source: &mut Source<'_>) -> String {
        let mut path = String::new();
        if let Some(uri) = self.extension {
            path.push_str(uri);
            path.push(':');
        }
        let name = self.attribute.name.as_str();
        path.push_str(&match source.percent(15) {
            true => name.to_uppercase(),
            false => name.to_owned(),
        });
        if self.attribute.multi_valued && source.percent(50) {
            path.push_str(&self.filter(source));
        }
        if let Some(sub) = self.sub {
            path.push('.');
            path.push_str(sub.name.as_str());
        }
        path
    }

    fn filter(&self, source: &mut Source<'_>) -> String {
        let subs = &self.attribute.sub_attributes;
        let (name, definition) = match subs.is_empty() {
            true => ("value", self.attribute),
            false => {
                let sub = source.pick(subs);
                (sub.name.as_str(), sub)
            }
        };
        let operand = match definition.attr_type {
            AttrType::Boolean => "true".to_owned(),
            AttrType::Integer | AttrType::Decimal => "26".to_owned(),
            _ => match resource::whole(source, definition).as_str() {
                Some(text) => Value::from(text).to_json(),
                None => "\"a\"".to_owned(),
            },
        };
        let op = *source.pick(&["eq", "eq", "eq", "ne", "co"]);
        match source.percent(10) {
            true => format!("[{name} pr]"),
            false => format!("[{name} {op} {operand}]"),
        }
    }

    fn value(&self, source: &mut Source<'_>) -> Value {
        let fits = resource::whole(source, self.sub.unwrap_or(self.attribute));
        match source.below(10) {
            0 => value(source, 2),
            1 => Value::Null,
            // One element where a list may stand, or a list of one.
            2 => match fits {
                Value::Array(mut elements) => elements.pop().unwrap_or(Value::Null),
                one => Value::Array(vec![one]),
            },
            _ => fits,
        }
    }
}
