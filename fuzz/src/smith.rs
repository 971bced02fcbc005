//! Makes valid resources and nearly valid requests out of bytes.

use scim_core::{Object, PatchOp, PatchOperation, Policy, Resource, Value, builtin};

/// Bytes that choices are read from; zeros once they are used up.
pub struct Source<'d>(&'d [u8]);

impl<'d> Source<'d> {
    /// Choices out of `data`.
    pub fn new(data: &'d [u8]) -> Self {
        Self(data)
    }

    /// Whether all bytes are used up.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// One of the choices.
    pub fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        &among[usize::from(self.byte()) % among.len()]
    }
}

const TEXTS: &[&str] = &[
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
];

const PATHS: &[&str] = &[
    "userName",
    "USERNAME",
    "title",
    "active",
    "password",
    "name",
    "name.givenName",
    "name.nope",
    "emails",
    "emails.type",
    "emails.primary",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "emails[primary eq true].primary",
    "emails[not (type pr)]",
    "emails[type eq \"home\" and value eq \"ada\"].display",
    "emails[value sw \"a\"].primary",
    "phoneNumbers[type eq \"fax\"].value",
    "addresses",
    "addresses[type eq \"home\"].country",
    "roles",
    "roles[value eq \"admin\"]",
    "x509Certificates",
    "groups",
    "groups.value",
    "id",
    "externalId",
    "meta",
    "meta.created",
    "schemas",
    "schemas[value eq \"urn:a:b\"]",
    "nope",
    "department",
    "urn:ietf:params:scim:schemas:core:2.0:User:title",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:a:b:c",
    "emails[",
];

const NAMES: &[&str] = &[
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
    "nope",
];

/// A user that is valid under every policy, with some of the attributes.
pub fn user(source: &mut Source<'_>) -> Resource {
    let flags = [source.byte(), source.byte()];
    let has = |bit: usize| flags[bit / 8] & (1 << (bit % 8)) != 0;
    let mut text = String::from(
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada""#,
    );
    let parts = [
        r#""title":"Countess""#,
        r#""active":true"#,
        r#""name":{"givenName":"Ada","familyName":"Lovelace"}"#,
        r#""emails":[{"value":"ada@example.com","type":"work","primary":true},{"value":"ada"}]"#,
        r#""phoneNumbers":[{"value":"+1","type":"fax"}]"#,
        r#""roles":[{"value":"admin"}]"#,
        r#""addresses":[{"type":"home","country":"GB"},{"locality":"London"}]"#,
        r#""password":"t1meMa$heen""#,
        r#""externalId":"e1""#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","manager":{"value":"26"}}"#,
        r#""x509Certificates":[{"value":"YQ=="}]"#,
    ];
    for (_, part) in parts.iter().enumerate().filter(|(bit, _)| has(*bit)) {
        text.push(',');
        text.push_str(part);
    }
    text.push('}');
    let body: Resource = text.parse().expect("made of JSON");
    let created = scim_schema::create(builtin::user_schema(), body, &Policy::strict());
    let mut user = created
        .expect("valid parts make a valid user")
        .resource
        .into_inner();
    user.insert("id", "u1");
    user
}

/// A PATCH of a few operations, some of them sensible.
pub fn patch(source: &mut Source<'_>) -> PatchOp {
    let mut operations = Vec::new();
    while operations.len() < 4 && (operations.is_empty() || !source.is_empty()) {
        let op = *source.pick(&["add", "replace", "remove", "Add", "Remove", "move"]);
        let path = match source.byte() % 5 {
            0 => None,
            _ => Some(String::from(*source.pick(PATHS))),
        };
        let given = match source.byte() % 8 {
            0 => None,
            _ => Some(value(source, 3)),
        };
        operations.push(PatchOperation::new(op, path, given));
    }
    PatchOp::new(operations)
}

/// A value that an attribute may have.
pub fn value(source: &mut Source<'_>, depth: usize) -> Value {
    match source.byte() % if depth == 0 { 6 } else { 10 } {
        0 => Value::Null,
        1 => source.byte().is_multiple_of(2).into(),
        2 => i64::from(source.byte()).into(),
        3..6 => Value::from(*source.pick(TEXTS)),
        6 | 7 => {
            let count = source.byte() % 4;
            Value::Array((0..count).map(|_| value(source, depth - 1)).collect())
        }
        _ => {
            let count = source.byte() % 4;
            let pairs = (0..count).map(|_| (*source.pick(NAMES), value(source, depth - 1)));
            Value::Object(pairs.collect::<Object>())
        }
    }
}
