//! Law 8 on generated schemas: operations plus elements where elements are named by value, the
//! product otherwise, and that is bounded.

use allocation_counter::measure;
use proptest::prelude::*;
use scim_core::{
    AttrType, Attribute, ExtensionSchema, Mutability, Object, PatchOp, PatchOperation, Policy,
    Resource, ResourceSchema, Schema, Value, builtin,
};
use scim_patch::{PatchLimits, Plan};
use scim_smith::{Definitions, Source};

use crate::differential::generated;

/// A list whose elements are named by a `value`, and beside which nothing has to stand.
struct List<'s> {
    extension: Option<&'s Schema>,
    attribute: &'s Attribute,
    /// The `value`, or the simple attribute itself.
    value: &'s Attribute,
}

fn lists(schema: &ResourceSchema) -> Vec<List<'_>> {
    let complete = |extension: &&ExtensionSchema| {
        let mut attributes = extension.schema.attributes.iter();
        attributes.all(|attribute| !attribute.required)
    };
    let base = schema
        .attributes()
        .iter()
        .map(|attribute| (None, attribute));
    let extensions = schema.extensions().iter().filter(complete);
    let extended = extensions.flat_map(|extension| {
        let attributes = extension.schema.attributes.iter();
        attributes.map(|attribute| (Some(&*extension.schema), attribute))
    });
    base.chain(extended)
        .filter(|(_, attribute)| attribute.multi_valued && attribute.name != *"schemas")
        .filter_map(|(extension, attribute)| {
            let value = match attribute.is_complex() {
                true => attribute.sub_attribute("value")?,
                false => attribute,
            };
            let named = matches!(value.attr_type, AttrType::String | AttrType::Integer);
            let writable = |a: &Attribute| {
                matches!(a.mutability, Mutability::ReadWrite) && !a.required && !a.is_hidden()
            };
            let fits = named && writable(attribute) && writable(value);
            (fits && (!attribute.is_complex() || !value.multi_valued)).then_some(List {
                extension,
                attribute,
                value,
            })
        })
        .collect()
}

impl List<'_> {
    fn value(&self, at: usize) -> Value {
        match self.value.attr_type {
            AttrType::Integer => i64::try_from(at).unwrap().into(),
            _ => format!("value {at}").into(),
        }
    }

    fn element(&self, at: usize) -> Value {
        match self.attribute.is_complex() {
            true => Value::Object(Object::from_iter([("value", self.value(at))])),
            false => self.value(at),
        }
    }

    fn path(&self, filter: &str) -> String {
        let name = &self.attribute.name;
        match self.extension {
            Some(extension) => format!("{}:{name}{filter}", extension.id),
            None => format!("{name}{filter}"),
        }
    }

    /// A resource with nothing but the list.
    fn holding(&self, count: usize) -> Resource {
        let elements: Vec<_> = (0..count).map(|at| self.element(at)).collect();
        let mut resource = Resource::default();
        match self.extension {
            None => resource.insert(&self.attribute.name, elements),
            Some(extension) => {
                let object = Object::from_iter([(self.attribute.name.as_str(), elements)]);
                resource.insert(&extension.id, object)
            }
        };
        resource
    }

    /// Every third element goes by a filter, every third by a list; every third operation is an add of
    /// one that is there.
    fn by_value(&self, count: usize) -> Vec<PatchOperation> {
        let operation = |at: usize| {
            let filter = format!("[value eq {}]", self.value(at));
            match at % 3 {
                0 => PatchOperation::remove(self.path(&filter)),
                1 => PatchOperation::new("remove", Some(self.path("")), Some(self.element(at))),
                _ => PatchOperation::add(self.path(""), vec![self.element(at)]),
            }
        };
        (0..count).map(operation).collect()
    }
}

fn limits(comparisons: usize) -> PatchLimits {
    PatchLimits {
        comparisons,
        ..PatchLimits::default()
    }
}

/// So many that a walk over the list for each change of an element would take hours.
const MANY: usize = 200_000;

fn group(members: usize) -> Resource {
    let member = |at: usize| Value::Object(Object::from_iter([("value", format!("u{at}"))]));
    let mut group = Resource::default();
    group.insert("displayName", "g");
    group.insert("members", (0..members).map(member).collect::<Vec<_>>());
    group
}

/// `members` has to be there, so that each change of it asks what is left.
fn with_required_members() -> ResourceSchema {
    builtin::group_schema().amended(|place| {
        let is_members = place.attribute.name == *"members" && place.sub_attribute.is_none();
        let mut members = place.attribute.clone();
        members.required = true;
        is_members.then_some(members)
    })
}

#[test]
fn what_is_left_of_a_list_is_asked_once() {
    let schema = with_required_members();
    let first = group(MANY / 2).remove("members");
    let remove = PatchOperation::new("remove", Some("members".into()), first.clone());
    let add = PatchOperation::new("add", Some("members".into()), first);
    for (operations, changes) in [(vec![remove.clone()], MANY / 2), (vec![remove, add], 0)] {
        let patch = PatchOp::new(operations);
        let plan = Plan::new(&patch, &schema, &Policy::lenient()).unwrap();
        let applied = plan.apply(&mut group(MANY)).unwrap();
        assert_eq!(applied.changes.len(), changes);
    }
}

/// The index by `value` serves a filter that asks for more than the value.
#[test]
fn a_value_among_other_terms_looks_at_the_elements_of_that_value() {
    let members = 10_000;
    let remove =
        |at| PatchOperation::remove(format!(r#"members[type eq "User" and value eq "u{at}"]"#));
    let patch = PatchOp::new((0..1_000).map(remove).collect());
    let schema = builtin::group_schema();
    let plan = Plan::with_limits(&patch, schema, &Policy::strict(), limits(20_000)).unwrap();
    let mut group = group(members);
    for member in group.get_mut("members").unwrap().as_array_mut().unwrap() {
        member.as_object_mut().unwrap().insert("type", "User");
    }
    assert_eq!(plan.apply(&mut group).unwrap().changes.len(), 1_000);
}

/// References are the same by where they lead (W10), in long lists as in short ones.
#[test]
fn listed_references_are_found_in_a_long_list() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        for sub in &mut attribute.sub_attributes {
            if attribute.name == *"photos" && sub.name == *"value" {
                sub.reference_types = vec!["User".into()];
            }
        }
        Some(attribute)
    });
    for count in [2, 40] {
        let photo = |at: usize| {
            let value = match at {
                0 => "https://example.com/v2/Users/26".to_owned(),
                1 => "../Users/26".to_owned(),
                at => format!("https://example.com/{at}.png"),
            };
            Value::Object(Object::from_iter([("value", value)]))
        };
        let mut user: Resource = r#"{"userName":"ada"}"#.parse().unwrap();
        user.insert("photos", (0..count).map(photo).collect::<Vec<_>>());
        let remove = PatchOperation::new("remove", Some("photos".into()), Some(photo(0)));
        let patch = PatchOp::new(vec![remove.clone(), remove]);
        let plan = Plan::new(&patch, &schema, &Policy::lenient()).unwrap();
        assert_eq!(plan.apply(&mut user).unwrap().changes.len(), 2);
        assert!(plan.value_delta().is_none());
    }
}

/// Where the `value` is the service provider's, elements have another identity (P12).
#[test]
fn a_read_only_value_is_found_in_a_long_list() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        for sub in &mut attribute.sub_attributes {
            if attribute.name == *"emails" && sub.name == *"value" {
                sub.mutability = Mutability::ReadOnly;
            }
        }
        Some(attribute)
    });
    let email = |at: usize| {
        let members = [("value", format!("{at}@x")), ("display", format!("e{at}"))];
        Value::Object(Object::from_iter(members))
    };
    let mut user: Resource = r#"{"userName":"ada"}"#.parse().unwrap();
    user.insert("emails", (0..30).map(email).collect::<Vec<_>>());
    let remove = |at| PatchOperation::remove(format!(r#"emails[value eq "{at}@x"]"#));
    let patch = PatchOp::new((0..30).map(remove).collect());
    let plan = Plan::new(&patch, &schema, &Policy::strict()).unwrap();
    assert_eq!(plan.apply(&mut user).unwrap().changes.len(), 30);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn elements_named_by_value_cost_their_sum(
        bytes in proptest::collection::vec(any::<u8>(), 0..200), size in 20..60usize
    ) {
        let schema = Definitions::new(&mut Source::new(&bytes)).resource_schema();
        for list in lists(&schema) {
            let counts = [size, 2 * size].map(|operations| {
                let elements = 4 * operations;
                let patch = PatchOp::new(list.by_value(operations));
                let limits = limits(16 * (operations + elements));
                let plan = Plan::with_limits(&patch, &schema, &Policy::lenient(), limits).unwrap();
                let mut resource = list.holding(elements);
                let mut outcome = None;
                let counted = measure(|| outcome = Some(plan.apply(&mut resource)));
                let changes = outcome.unwrap().unwrap().changes.len();
                assert_eq!(changes, operations - operations / 3);
                counted.count_total
            });
            prop_assert!(counts[1] < 3 * counts[0], "{counts:?}");
        }
    }

    #[test]
    fn other_filters_cost_their_product_and_no_more_than_the_limit(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        elements in 1..60usize, operations in 1..20usize
    ) {
        let schema = Definitions::new(&mut Source::new(&bytes)).resource_schema();
        for list in lists(&schema) {
            let (one, other) = (list.value(1_000), list.value(1_001));
            let path = list.path(&format!("[value eq {one} or value eq {other}]"));
            let patch = PatchOp::new(vec![PatchOperation::remove(path); operations]);
            let before = list.holding(elements);
            let product = 2 * elements * operations;
            for (limit, fits) in [(product, true), (product - 1, false)] {
                let mut resource = before.clone();
                let plan = Plan::with_limits(&patch, &schema, &Policy::strict(), limits(limit)).unwrap();
                prop_assert_eq!(plan.apply(&mut resource).is_ok(), fits);
                prop_assert_eq!(resource.to_string(), before.to_string());
            }
        }
    }

    #[test]
    fn a_plan_costs_what_the_request_is_long(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, _, patch) = generated(&bytes);
        let repeated = PatchOp::new(vec![patch.operations.clone(); 8].concat());
        let count = |patch: &PatchOp| {
            measure(|| drop(Plan::new(patch, &schema, &Policy::lenient()))).count_total
        };
        let (once, repeated) = (count(&patch), count(&repeated));
        prop_assert!(repeated <= 8 * once + 50, "{repeated} for {once}");
    }
}
