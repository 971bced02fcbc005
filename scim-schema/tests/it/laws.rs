//! What holds for every resource.

use proptest::prelude::*;
use scim_core::{Policy, Resource, ResourceSchema, Value, builtin};
use scim_schema::{Operation, Projection, changes, create, replace, validate};

use scim_smith::Source;

use crate::support::{bytes, registry};

fn device() -> ResourceSchema {
    let registry = registry(&["device".to_owned()]);
    registry.resource_schema("Device").unwrap().clone()
}

fn body(schema: ResourceSchema) -> impl Strategy<Value = Resource> {
    bytes().prop_map(move |bytes| scim_smith::body(&mut Source::new(&bytes), &schema))
}

fn accepted(schema: &ResourceSchema, body: &Resource, policy: &Policy) -> Resource {
    match create(schema, body.clone(), policy) {
        Ok(validated) => {
            assert_eq!(validated.departures, [], "{body}");
            validated.resource.into_inner()
        }
        Err(rejected) => panic!("{body} was refused: {:?}", rejected.violations),
    }
}

/// Whether a pointer leads into the document, or to a member that an object there lacks.
fn leads_into(document: &Resource, pointer: &str) -> bool {
    let Some((parent, _)) = pointer.rsplit_once('/') else {
        return pointer.is_empty();
    };
    let mut value = Value::from(document.clone());
    for token in parent.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let next = match &value {
            Value::Array(elements) => token.parse().ok().and_then(|at: usize| elements.get(at)),
            Value::Object(object) => object.get(&token),
            _ => None,
        };
        let Some(next) = next.cloned() else {
            // A required member of an extension that is not there.
            return document.get(&token).is_none() && token.contains(':');
        };
        value = next;
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_valid_stays_valid_after_write_and_read(body in body(device())) {
        let schema = device();
        let strict = Policy::strict();
        let stored = accepted(&schema, &body, &strict);
        let read: Resource = stored.to_json().parse().unwrap();
        prop_assert_eq!(&read, &stored);
        prop_assert_eq!(&accepted(&schema, &read, &strict), &stored);
        for operation in [Operation::Patch, Operation::Replace] {
            let again = validate(&schema, operation, read.clone(), Some(&stored), &strict);
            prop_assert_eq!(&*again.unwrap().resource, &stored);
        }
    }

    #[test]
    fn what_strict_accepts_is_the_same_to_lenient_and_interop(
        body in body(builtin::user_schema().clone()),
    ) {
        let schema = builtin::user_schema();
        let strict = accepted(schema, &body, &Policy::strict());
        prop_assert_eq!(&accepted(schema, &body, &Policy::lenient()), &strict);
        prop_assert_eq!(&accepted(schema, &body, &Policy::interop()), &strict);
    }

    #[test]
    fn a_replace_by_itself_changes_nothing(body in body(device())) {
        let schema = device();
        let stored = accepted(&schema, &body, &Policy::strict());
        let same = replace(&schema, &stored, body, &Policy::strict()).unwrap();
        prop_assert_eq!(&same.changes, &[]);
        prop_assert_eq!(&*same.resource, &stored);
    }

    #[test]
    fn a_replace_is_done_once(
        a in body(builtin::user_schema().clone()),
        b in body(builtin::user_schema().clone()),
    ) {
        let schema = builtin::user_schema();
        let stored = accepted(schema, &a, &Policy::strict());
        let first = replace(schema, &stored, b.clone(), &Policy::strict()).unwrap();
        let second = replace(schema, &first.resource, b, &Policy::strict()).unwrap();
        prop_assert_eq!(&second.changes, &[]);
        prop_assert_eq!(first.changes.is_empty(), changes(schema, &first.resource, &stored).is_empty());
    }

    #[test]
    fn nothing_panics_and_every_pointer_leads_somewhere(
        bytes in bytes(),
        lenient in any::<bool>(),
    ) {
        let mut source = Source::new(&bytes);
        let body = scim_smith::near_miss(&mut source, builtin::user_schema());
        let current = scim_smith::near_miss(&mut source, builtin::user_schema());
        let policy = if lenient { Policy::lenient() } else { Policy::strict() };
        let schemas = [builtin::user_schema(), builtin::group_schema()];
        let operations =
            [Operation::Create, Operation::Replace, Operation::Patch, Operation::Response];
        for (schema, operation) in schemas.into_iter().flat_map(|s| operations.map(|o| (s, o))) {
            let run = || validate(schema, operation, body.clone(), Some(&current), &policy);
            let answer = run();
            prop_assert_eq!(&run(), &answer, "the same each time");
            let Err(rejected) = answer else { continue };
            prop_assert!(rejected.first().is_some());
            for violation in rejected.violations {
                // What a replace or a PATCH lost stands in the current resource.
                let found = leads_into(&body, &violation.pointer)
                    || leads_into(&current, &violation.pointer);
                prop_assert!(found, "{} in {}", violation, body);
            }
        }
    }

    #[test]
    fn one_wrong_leaf_is_found_where_it_is(
        body in body(device()),
        pick in any::<proptest::sample::Index>(),
    ) {
        let schema = device();
        let mut leaves = Vec::new();
        collect_leaves(&Value::from(body.clone()), "", &mut leaves);
        leaves.retain(|pointer| !pointer.starts_with("/schemas"));
        let pointer = &leaves[pick.index(leaves.len())];
        let mut value = Value::from(body);
        // No attribute of the type holds an object here.
        *at(&mut value, pointer) = r#"{"not":"a leaf"}"#.parse().unwrap();
        let Value::Object(object) = value else { unreachable!() };
        let rejected = create(&schema, object.into(), &Policy::strict()).unwrap_err();
        prop_assert!(
            rejected.violations.iter().any(|v| v.pointer == *pointer),
            "{} is not among {:?}", pointer, rejected.violations
        );
    }

    #[test]
    fn projections(
        body in body(device()),
        names in proptest::collection::vec(prop_oneof![
            Just("label"), Just("pin"), Just("internalNote"), Just("location"), Just("details.log"),
            Just("location.doorCode"), Just("sensors.key"), Just("sensors.value"), Just("SENSORS"),
            Just("diagnostics"), Just("unknown"), Just("serialNumber"), Just("location.badge"),
            Just("urn:example:params:scim:schemas:test:asset:2.0:Device"),
            Just("urn:example:params:scim:schemas:test:asset:2.0:Device:wipeKey"),
            Just("urn:example:params:scim:schemas:test:2.0:Device"),
        ], 0..4),
        exclude in any::<bool>(),
        wrote in any::<bool>(),
    ) {
        let schema = device();
        let policy = Policy::strict();
        let stored = accepted(&schema, &body, &policy);
        let written = if wrote { scim_schema::written_in(&schema, &body) } else { Vec::new() };
        let (only, without): (&[&str], &[&str]) =
            if exclude { (&[], &names) } else { (&names, &[]) };
        let projection = Projection::of_write(&schema, only, without, &written, &policy).unwrap();
        let shown = projection.apply(&stored);
        prop_assert_eq!(&projection.apply(&shown), &shown, "idempotent");
        // An answer may show all that is left: nothing of it is hidden, nothing of it is wrong.
        let mut answer = shown.clone();
        answer.insert("id", "1");
        let answer = validate(&schema, Operation::Response, answer, None, &policy);
        prop_assert!(answer.is_ok(), "{:?}", answer);
        prop_assert_eq!(shown.get("schemas"), stored.get("schemas"));
        prop_assert_eq!(shown.get("serialNumber"), stored.get("serialNumber"), "always returned");
        for (name, _) in stored.iter() {
            prop_assert!(
                shown.get(name.as_str()).is_none() || projection.wants(name.as_str()),
                "a store may skip what is not wanted"
            );
        }
    }
}

fn collect_leaves(value: &Value, pointer: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter() {
                collect_leaves(value, &format!("{pointer}/{key}"), out);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                collect_leaves(element, &format!("{pointer}/{index}"), out);
            }
        }
        _ => out.push(pointer.to_owned()),
    }
}

fn at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    pointer
        .split('/')
        .skip(1)
        .fold(value, |value, token| match value {
            Value::Array(elements) => &mut elements[token.parse::<usize>().unwrap()],
            Value::Object(object) => object.get_mut(token).unwrap(),
            _ => unreachable!("a leaf has no members"),
        })
}
