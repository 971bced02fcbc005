//! scim-patch: operations are planned and applied to a valid user, and to a valid resource of a schema made up.

use scim_core::{
    Document, PatchOp, PatchOperation, Policy, Resource, ResourceSchema, Valid, builtin,
};
use scim_patch::{ApplyDocumentError, Plan};
use scim_schema::{Operation, validate};
use scim_smith::{Definitions, Source, has_twins};

/// Pieces of PATCH bodies.
pub const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "\"op\":\"add\"",
    "\"op\":\"remove\"",
    "\"op\":\"Replace\"",
    "\"path\":\"emails\"",
    "\"path\":\"emails[type eq \\\"work\\\"].value\"",
    "\"path\":\"name.givenName\"",
    "\"path\":\"members\"",
    "\"value\":null",
    "\"value\":[]",
    "\"value\":{\"active\":\"False\"}",
    "\"value\":[{\"value\":\"a\",\"primary\":true}]",
    "\"Operations\":[{",
    "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "\0\x01\x02\x03",
    "\x04\x05\x06\x07",
    "\x08\x0b\x0e\x11",
    "\x14\x17\x1a\x1d",
];

/// The bodies of the case tables, and bytes that the smith makes operations of.
pub fn seeds() -> Vec<Vec<u8>> {
    let cases = scim_testdata::patch_cases();
    let users = cases
        .iter()
        .filter(|case| case.resource_type.as_deref() == Some("User"));
    let bodies = users.map(|case| case.body().into_bytes());
    let made = (0..=255u8).map(|start| {
        let bytes = (0..24u8).map(|step| start.wrapping_mul(31) ^ step.wrapping_mul(start | 1));
        bytes.collect()
    });
    bodies.chain(made).collect()
}

/// A text that is a PATCH is applied to a user; any other bytes are made into a resource and a PATCH, of a
/// user and of a schema made out of them as well.
pub fn run(data: &[u8]) {
    let user = builtin::user_schema();
    if let Ok(patch) = PatchOp::from_json(data) {
        // Many attributes, and few.
        for choices in [&[0xff; 256][..], &[]] {
            let before = scim_smith::stored(&mut Source::new(choices), user);
            check(&patch, &before, user);
        }
    } else {
        made(&mut Source::new(data), user);
        let mut source = Source::new(data);
        let schema = Definitions::new(&mut source).resource_schema();
        made(&mut source, &schema);
    }
}

fn made(source: &mut Source<'_>, schema: &ResourceSchema) {
    let before = scim_smith::stored(source, schema);
    check(&scim_smith::patch(source, schema), &before, schema);
}

fn check(patch: &PatchOp, before: &Resource, schema: &ResourceSchema) {
    let apply = |policy: Policy| apply(patch, before, schema, &policy);
    let strict = apply(Policy::strict());
    let lenient = apply(Policy::lenient());
    apply(Policy::interop());
    if let Some(strict) = strict {
        let lenient = lenient.expect("lenient accepts what strict accepts");
        // An empty `value` is how some clients take a manager away, and lenient reads it so (P27).
        if !patch.operations.iter().any(has_empty_value) {
            assert_eq!(lenient, strict);
        }
    }
}

fn has_empty_value(operation: &PatchOperation) -> bool {
    let value = operation.value.as_ref().map(scim_core::Value::to_json);
    let value = value.unwrap_or_default().to_ascii_lowercase();
    let path = operation.path.as_deref().unwrap_or_default();
    let to_value = path.to_ascii_lowercase().ends_with("value");
    value.contains(r#"value":"""#) || to_value && value == r#""""#
}

/// All or nothing, changes that tell the truth, and a result that is valid.
fn apply(
    patch: &PatchOp,
    before: &Resource,
    schema: &ResourceSchema,
    policy: &Policy,
) -> Option<Resource> {
    let plan = match Plan::new(patch, schema, policy) {
        Ok(plan) => plan,
        Err(error) => {
            assert!(!error.to_string().contains('\n'));
            return None;
        }
    };
    let mut after = before.clone();
    let outcome = plan.apply(&mut after);
    let document = Document::from_valid(&Valid::assume(before.clone()));
    match (&outcome, plan.apply_document(&document)) {
        (Ok(applied), Ok((patched, same))) => {
            let expected = Document::from_valid(&Valid::assume(after.clone()));
            assert_eq!(patched, expected, "text and tree agree");
            assert_eq!(same, *applied, "text and tree change the same");
        }
        (Err(error), Err(ApplyDocumentError::Patch(same))) => assert_eq!(same, *error),
        (tree, text) => panic!("{text:?} from text, {tree:?} from the tree"),
    }
    let Ok(applied) = outcome else {
        assert_eq!(
            after.to_json(),
            before.to_json(),
            "a failed PATCH changes nothing"
        );
        return None;
    };
    if applied.changes.is_empty() {
        assert_eq!(
            after.to_json(),
            before.to_json(),
            "no change, no difference"
        );
    } else {
        assert_ne!(after, *before, "a change makes a difference");
    }
    let validated = validate(
        schema,
        Operation::Patch,
        after.clone(),
        Some(before),
        policy,
    );
    match validated {
        // Validation joins elements that are the same one, which a PATCH may well leave apart.
        Ok(_) if has_twins(&after, schema) => {}
        Ok(validated) => assert_eq!(*validated.resource, after, "the result is canonical"),
        Err(rejected) => panic!("{after}: {:?}", rejected.violations),
    }
    if is_idempotent(patch) {
        let again = plan.apply(&mut after.clone()).expect("once more");
        assert_eq!(again.changes, Vec::new(), "the second time changes nothing");
    }
    Some(after)
}

/// One `add` or `replace` without any filter.
fn is_idempotent(patch: &PatchOp) -> bool {
    let [operation] = &*patch.operations else {
        return false;
    };
    let value = operation.value.as_ref().map(scim_core::Value::to_json);
    !operation.op.eq_ignore_ascii_case("remove")
        && !operation
            .path
            .as_ref()
            .is_some_and(|path| path.contains('['))
        && !value.is_some_and(|text| text.contains(" eq "))
}
