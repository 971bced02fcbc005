//! Any JSON, with the names and values of SCIM among it.

use scim_core::{Object, Resource, ResourceSchema, Value};

use crate::Source;

const TEXTS: [&str; 16] = [
    "",
    "work",
    "WORK",
    "home",
    "ada",
    "straße",
    "STRASSE",
    "ada@example.com",
    "a",
    "True",
    "26",
    "1.50",
    "2011-05-13T04:42:34Z",
    "https://example.com/v2/Users/26",
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "no\0text",
];

const NAMES: [&str; 25] = [
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "givenName",
    "familyName",
    "country",
    "title",
    "emails",
    "name",
    "name.givenName",
    "active",
    "userName",
    "id",
    "schemas",
    "meta",
    "VALUE",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "department",
    "manager",
    "emails[type eq \"work\"].value",
    "addresses",
    "a/b~c",
    "nope",
];

/// A value that some attribute of a User may have, and that others may not.
pub fn value(source: &mut Source<'_>, depth: usize) -> Value {
    any(source, depth, &NAMES)
}

/// A resource of any JSON, with the names of the type among it.
pub fn near_miss(source: &mut Source<'_>, schema: &ResourceSchema) -> Resource {
    let mut names = vec!["schemas", "nope", "a/b~c"];
    for extension in schema.extensions() {
        names.push(extension.schema.id.as_str());
        names.extend(extension.schema.attributes.iter().map(|a| a.name.as_str()));
    }
    for attribute in schema.attributes() {
        names.push(attribute.name.as_str());
        names.extend(attribute.sub_attributes.iter().map(|a| a.name.as_str()));
    }
    let members = (0..source.below(12)).map(|_| {
        let name = *source.pick(&names);
        (name, any(source, 3, &names))
    });
    Resource::from(members.collect::<Object>())
}

fn any(source: &mut Source<'_>, depth: usize, names: &[&str]) -> Value {
    match source.byte() % if depth == 0 { 6 } else { 10 } {
        0 => Value::Null,
        1 => source.byte().is_multiple_of(2).into(),
        2 => i64::from(source.byte()).into(),
        3..6 => Value::from(*source.pick(&TEXTS)),
        6 | 7 => {
            let count = source.byte() % 4;
            Value::Array((0..count).map(|_| any(source, depth - 1, names)).collect())
        }
        _ => {
            let count = source.byte() % 4;
            let pairs = (0..count).map(|_| {
                let name = *source.pick(names);
                (name, any(source, depth - 1, names))
            });
            Value::Object(pairs.collect::<Object>())
        }
    }
}
