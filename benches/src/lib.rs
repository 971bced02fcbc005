//! The work that is measured, as plain functions: `benches/` times it, `bin/ratios` compares it, and
//! `bin/instructions` counts it. [`filter`] is what `bin/filters` holds against its bars.
#![forbid(unsafe_code)]

pub mod filter;
pub mod names;
pub mod timing;

use std::fmt::Write as _;
use std::hint::black_box;

use scim_core::{Document, PatchOp, Policy, ReadLimits, Resource, User, Valid, builtin};
use scim_filter::{Checked, Filter, Parsed, Parser};
use scim_patch::Plan;
use scim_schema::{Operation, Projection, Validator};
use serde::de::IgnoredAny;

use filter::classes::SHORT;

/// A filter as identity providers send them, and longer than most.
pub const FILTER: &str = r#"(userName eq "bjensen@example.com" or emails[type eq "work" and value ew "@example.com"]) and active eq true and meta.lastModified ge "2010-01-01T00:00:00Z""#;

/// What every workload works on, made once.
pub struct Inputs {
    /// The full user of RFC 7643 §8.3, as compact JSON.
    pub user: String,
    /// A group of 100,000 members, as compact JSON.
    pub group: String,
    /// The user as a tree.
    pub resource: Resource,
    /// The user as typed.
    pub typed: User,
    /// The user at rest.
    pub document: Document,
    /// The user as serde_json has it.
    pub json: serde_json::Value,
    /// [`FILTER`], checked.
    pub filter: Checked,
    /// A filter of one term, parsed.
    pub short: Parsed<Filter>,
    /// A PATCH as identity providers send them.
    pub patch: String,
    /// The body of a POST: the user without what the service provider makes.
    pub body: Resource,
    /// What an answer shows without parameters.
    pub projection: Projection,
    /// The policy.
    pub policy: Policy,
}

impl Inputs {
    /// Reads the test data.
    ///
    /// # Panics
    /// When the data is not as it should be.
    pub fn new() -> Self {
        let policy = Policy::strict();
        let schema = builtin::user_schema();
        let text = scim_testdata::resource("rfc-user-enterprise");
        let resource: Resource = text.parse().expect("a user");
        let parsed = Parser::new()
            .policy(&policy)
            .parse(FILTER)
            .expect("a filter");
        let mut body = resource.clone();
        for made in ["id", "meta", "groups"] {
            body.remove(made);
        }
        Self {
            user: resource.to_json(),
            group: group(100_000),
            typed: resource.to().expect("a user"),
            document: Document::from_valid(&Valid::assume(resource.clone())),
            json: serde_json::from_str(&text).expect("JSON"),
            filter: parsed.check(schema, &policy).expect("a filter for users"),
            short: Parser::new().parse(SHORT).expect("a filter"),
            patch: PATCH.to_owned(),
            body,
            projection: Projection::default_for(schema),
            resource,
            policy,
        }
    }
}

impl Default for Inputs {
    fn default() -> Self {
        Self::new()
    }
}

const PATCH: &str = r#"{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [
        {"op": "replace", "path": "active", "value": false},
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "babs@example.com"},
        {"op": "add", "value": {"nickName": "Barb", "name": {"honorificSuffix": "IV"}}},
        {"op": "remove", "path": "photos[type eq \"thumbnail\"]"}
    ]
}"#;

fn group(members: usize) -> String {
    let mut text = String::from(
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g1","displayName":"Everyone","members":["#,
    );
    for index in 0..members {
        if index > 0 {
            text.push(',');
        }
        let id = format!("2819c223-7f76-453a-919d-{index:012}");
        write!(
            text,
            r#"{{"value":"{id}","$ref":"https://example.com/v2/Users/{id}","type":"User"}}"#
        )
        .expect("a string takes text");
    }
    text + "]}"
}

/// One piece of work.
pub struct Workload {
    /// Its name.
    pub name: &'static str,
    /// Does it once. The answer is a count that tells whether it was done right.
    pub run: fn(&Inputs) -> usize,
    /// The count that it must answer.
    pub expected: usize,
}

/// Everything that is measured.
pub const WORKLOADS: &[Workload] = &[
    Workload {
        name: "read a user: Resource",
        run: |inputs| read_resource(&inputs.user),
        expected: 23,
    },
    Workload {
        name: "read a user: serde_json::Value",
        run: |inputs| read_json(&inputs.user),
        expected: 23,
    },
    Workload {
        name: "read a user: typed",
        run: |inputs| read_typed(&inputs.user),
        expected: 2,
    },
    Workload {
        name: "read a user: typed by scim_v2",
        run: |inputs| read_scim_v2(&inputs.user),
        expected: 2,
    },
    Workload {
        name: "write a user: Resource",
        run: |inputs| black_box(inputs.resource.to_json()).len(),
        expected: 3567,
    },
    Workload {
        name: "write a user: serde_json::Value",
        run: |inputs| black_box(inputs.json.to_string()).len(),
        expected: 3567,
    },
    Workload {
        name: "write a user: typed",
        run: |inputs| serde_json::to_string(black_box(&inputs.typed)).map_or(0, |text| text.len()),
        expected: 3567,
    },
    Workload {
        name: "convert a user: Resource to typed",
        run: |inputs| {
            let user: Result<User, _> = black_box(&inputs.resource).to();
            user.map_or(0, |user| user.emails.len())
        },
        expected: 2,
    },
    Workload {
        name: "parse a filter",
        run: |_| {
            let filter = Parser::new().parse(black_box(FILTER));
            filter.map_or(0, |filter| filter.text().len())
        },
        expected: FILTER.len(),
    },
    Workload {
        name: "parse and check a filter",
        run: |inputs| {
            let parsed = Parser::new().parse(black_box(FILTER));
            let checked = parsed.map(|f| f.check(builtin::user_schema(), &inputs.policy));
            usize::from(matches!(checked, Ok(Ok(_))))
        },
        expected: 1,
    },
    Workload {
        name: "parse a short filter",
        run: |_| {
            let filter = Parser::new().parse(black_box(SHORT));
            filter.map_or(0, |filter| filter.text().len())
        },
        expected: SHORT.len(),
    },
    Workload {
        name: "check a short filter",
        run: |inputs| {
            let short = black_box(&inputs.short);
            let checked = short.check(builtin::user_schema(), &inputs.policy);
            usize::from(checked.is_ok())
        },
        expected: 1,
    },
    Workload {
        name: "evaluate a filter",
        run: |inputs| usize::from(black_box(&inputs.filter).matches(&inputs.resource)),
        expected: 1,
    },
    Workload {
        name: "read and plan a PATCH",
        run: |inputs| usize::from(plan(inputs, |_| ()).is_some()),
        expected: 1,
    },
    Workload {
        name: "read, plan and apply a PATCH",
        run: |inputs| {
            let applied = plan(inputs, |plan| {
                let mut user = inputs.resource.clone();
                plan.apply(&mut user)
                    .map_or(0, |applied| applied.changes.len())
            });
            applied.unwrap_or_default()
        },
        expected: 5,
    },
    Workload {
        name: "clone a user",
        run: |inputs| black_box(inputs.resource.clone()).len(),
        expected: 23,
    },
    Workload {
        name: "validate a user for POST",
        run: |inputs| {
            let body = inputs.body.clone();
            let created = scim_schema::create(builtin::user_schema(), body, &inputs.policy);
            created.map_or(0, |created| created.resource.len())
        },
        expected: 20,
    },
    Workload {
        name: "validate the text of a user",
        run: |inputs| {
            let validator = Validator::new(builtin::user_schema(), &inputs.policy);
            let text = black_box(&inputs.user).as_bytes();
            let limits = ReadLimits::default();
            let findings = validator.check_json(Operation::Response, text, limits);
            findings.violations().len() + findings.departures().len()
        },
        expected: 0,
    },
    Workload {
        name: "pass over the text of a user: serde_json's IgnoredAny",
        run: |inputs| {
            let passed: Result<IgnoredAny, _> = serde_json::from_str(black_box(&inputs.user));
            usize::from(passed.is_ok())
        },
        expected: 1,
    },
    Workload {
        name: "project a user",
        run: |inputs| black_box(&inputs.projection).apply(&inputs.resource).len(),
        expected: 23,
    },
    Workload {
        name: "look up an attribute: Document",
        run: |inputs| {
            black_box(&inputs.document)
                .get("timezone")
                .map_or(0, str::len)
        },
        expected: 21,
    },
    Workload {
        name: "look up an attribute: parsed by serde_json",
        run: |inputs| {
            let json: serde_json::Value =
                serde_json::from_str(inputs.document.as_str()).unwrap_or_default();
            black_box(json)
                .get("timezone")
                .map_or(0, |zone| zone.to_string().len())
        },
        expected: 21,
    },
];

/// Work on the large group: too long to be repeated as often.
pub const LARGE: &[Workload] = &[
    Workload {
        name: "read a group of 100,000: Resource",
        run: |inputs| members(&Resource::from_json(inputs.group.as_bytes()).ok()),
        expected: 100_000,
    },
    Workload {
        name: "read a group of 100,000: serde_json::Value",
        run: |inputs| {
            let json: serde_json::Value = serde_json::from_str(&inputs.group).unwrap_or_default();
            let members = json.get("members").and_then(serde_json::Value::as_array);
            members.map_or(0, Vec::len)
        },
        expected: 100_000,
    },
];

/// The work of that name.
pub fn workload(name: &str) -> Option<&'static Workload> {
    WORKLOADS
        .iter()
        .chain(LARGE)
        .find(|workload| workload.name == name)
}

fn members(group: &Option<Resource>) -> usize {
    let members = group
        .as_ref()
        .and_then(|group| group.get("members")?.as_array());
    members.map_or(0, <[_]>::len)
}

fn read_resource(text: &str) -> usize {
    Resource::from_json(black_box(text).as_bytes()).map_or(0, |resource| resource.len())
}

fn read_json(text: &str) -> usize {
    let json: Result<serde_json::Value, _> = serde_json::from_str(black_box(text));
    json.ok()
        .as_ref()
        .and_then(|json| json.as_object())
        .map_or(0, |object| object.len())
}

fn read_typed(text: &str) -> usize {
    let user: Result<User, _> = serde_json::from_str(black_box(text));
    user.map_or(0, |user| black_box(user).emails.len())
}

fn read_scim_v2(text: &str) -> usize {
    let user: Result<scim_v2::models::user::User, _> = serde_json::from_str(black_box(text));
    user.map_or(0, |user| black_box(user).emails.as_slice().len())
}

/// Reads and plans the PATCH, and hands the plan on.
fn plan<T>(inputs: &Inputs, then: impl FnOnce(&Plan<'_>) -> T) -> Option<T> {
    let patch = PatchOp::from_json(black_box(&inputs.patch).as_bytes()).ok()?;
    let plan = Plan::new(&patch, builtin::user_schema(), &inputs.policy).ok()?;
    Some(then(&plan))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_does_its_work() {
        let inputs = Inputs::new();
        for workload in WORKLOADS.iter().chain(LARGE) {
            assert_eq!(
                (workload.run)(&inputs),
                workload.expected,
                "{}",
                workload.name
            );
        }
    }

    /// Figures taken with these features on would not be the figures that users see.
    #[test]
    fn serde_json_is_as_everyone_has_it() {
        let number: serde_json::Number = serde_json::from_str("1.50").unwrap();
        assert_eq!(number.to_string(), "1.5", "arbitrary_precision is on");
        let object: serde_json::Value = serde_json::from_str(r#"{"b":1,"a":2}"#).unwrap();
        assert_eq!(
            object.to_string(),
            r#"{"a":2,"b":1}"#,
            "preserve_order is on"
        );
    }
}
