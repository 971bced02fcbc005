//! Objects of many attributes: what they cost must grow with the number of these, and hardly faster.

use scim_core::{Policy, ReadLimits, Resource, ResourceSchema};
use scim_schema::{Operation, Projection, Registry, Validator, changes};

/// A resource of many attributes, and what is done with it.
pub struct Many {
    schema: ResourceSchema,
    policy: Policy,
    text: String,
    body: Resource,
    stored: Resource,
    projection: Projection,
}

/// Something that is done with many attributes.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Does it; whether it went as it should.
    pub run: fn(&Many) -> bool,
}

/// All kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "read many attributes",
        run: |many| many.text.parse::<Resource>().is_ok(),
    },
    Kind {
        name: "validate the text of many attributes",
        run: |many| {
            let text = many.text.as_bytes();
            let findings =
                many.validator()
                    .check_json(Operation::Create, text, ReadLimits::default());
            findings.is_valid()
        },
    },
    Kind {
        name: "validate many attributes for POST",
        run: |many| many.validator().create(many.body.clone()).is_ok(),
    },
    Kind {
        name: "validate many attributes for PUT",
        run: |many| {
            let replaced = many.validator().replace(&many.stored, many.body.clone());
            replaced.is_ok_and(|replaced| replaced.changes.is_empty())
        },
    },
    Kind {
        name: "compare many attributes",
        run: |many| changes(&many.schema, &many.stored, &many.body).is_empty(),
    },
    Kind {
        name: "project many attributes",
        run: |many| many.projection.apply(&many.stored).len() == many.stored.len(),
    },
];

impl Many {
    /// So many attributes, all required and every second one immutable, as names that a client spells in
    /// its own way.
    pub fn new(count: usize) -> Self {
        let attribute = |number: usize| {
            let mutability = ["immutable", "readWrite"][number % 2];
            format!(
                r#"{{"name":"a{number}","type":"string","required":true,"mutability":"{mutability}"}}"#
            )
        };
        let attributes: Vec<_> = (0..count).map(attribute).collect();
        let schema = format!(
            r#"{{"id":"urn:x:many","attributes":[{}]}}"#,
            attributes.join(",")
        );
        let mut registry = Registry::builtin();
        registry.load_schema(&schema).expect("a schema");
        let resource_type = r#"{"name":"Many","endpoint":"/Many","schema":"urn:x:many"}"#;
        registry.load_resource_type(resource_type).expect("a type");
        let schema = registry
            .resource_schema("Many")
            .expect("it was loaded")
            .clone();

        let members: String = (0..count)
            .map(|number| format!(r#","A{number}":"value""#))
            .collect();
        let text = format!(r#"{{"schemas":["urn:x:many"]{members}}}"#);
        let body: Resource = text.parse().expect("a resource");
        let policy = Policy::strict();
        let created = scim_schema::create(&schema, body.clone(), &policy).expect("a valid one");
        Self {
            projection: Projection::default_for(&schema),
            stored: created.resource.into_inner(),
            schema,
            policy,
            text,
            body,
        }
    }

    fn validator(&self) -> Validator<'_> {
        Validator::new(&self.schema, &self.policy)
    }
}
