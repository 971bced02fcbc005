//! PATCH against its bars, in one run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin patches`.
//!
//! Plans are made before, but where a line says otherwise. Every outcome is checked before it is timed.

use std::collections::HashSet;
use std::hint::black_box;

use cpu_time::ThreadTime;
use scim_benches::timing::medians;
use scim_core::{
    AttrPath, Change, Document, PatchOp, PatchOperation, Policy, Resource, ResourceSchema, Valid,
    Value, builtin,
};
use scim_patch::Plan;
use serde::de::IgnoredAny;

const MEMBERS: usize = 100_000;

fn main() {
    println!("ratios of medians of processor time; `ok` where the bar is held\n");
    user_tree();
    user_document();
    group_tree();
    group_document();
    growth();
}

fn line(ours: f64, theirs: f64, bar: f64, what: &str) {
    let unit = |nanos: f64| match nanos {
        _ if nanos < 10_000.0 => format!("{nanos:.0} ns"),
        _ if nanos < 10_000_000.0 => format!("{:.0} us", nanos / 1e3),
        _ => format!("{:.1} ms", nanos / 1e6),
    };
    let ratio = ours / theirs;
    let verdict = if ratio <= bar { "ok" } else { "OVER" };
    println!(
        "{ratio:>8.3} <= {bar:<5.3} {verdict:<4}  {what} ({} / {})",
        unit(ours),
        unit(theirs)
    );
}

/// The median of seven runs, each on something made anew outside the clock.
fn fresh<T>(make: impl Fn() -> T, work: impl Fn(T) -> T) -> f64 {
    let mut taken: Vec<f64> = (0..7)
        .map(|_| {
            let made = make();
            let start = ThreadTime::now();
            let left = work(black_box(made));
            let took = start.elapsed().as_nanos() as f64;
            drop(black_box(left));
            took
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    taken[3]
}

fn plan<'s>(operations: Vec<PatchOperation>, schema: &'s ResourceSchema) -> Plan<'s> {
    let patch = PatchOp::new(operations);
    Plan::new(&patch, schema, &Policy::strict()).expect("a plan")
}

fn user() -> Resource {
    let text = scim_testdata::resource("rfc-user-full");
    text.parse().expect("a user")
}

/// `replace` of a simple attribute, of a sub-attribute and of one in an element, there and back.
const SIMPLE: [(&str, &str, &str); 3] = [
    ("title", "Countess", "Baroness"),
    ("name.givenName", "Ada", "Barbara"),
    (
        r#"emails[type eq "work"].value"#,
        "a@example.com",
        "b@example.com",
    ),
];

fn user_tree() {
    let schema = builtin::user_schema();
    println!("one operation on the tree of the full user / written by hand with the same record");
    for (path, there, back) in SIMPLE {
        let plans = [there, back].map(|to| plan(vec![PatchOperation::replace(path, to)], schema));
        let ours = std::cell::RefCell::new(user());
        let apply = || {
            for plan in &plans {
                let applied = plan.apply(&mut ours.borrow_mut()).expect("applied");
                assert_eq!(black_box(applied.changes).len(), 1);
            }
        };
        let theirs = std::cell::RefCell::new(user());
        let by_hand = || {
            for to in [there, back] {
                let change = by_hand(&mut theirs.borrow_mut(), path, to);
                black_box(change).expect("changed");
            }
        };
        let took = medians(&[&apply, &by_hand]);
        line(took[0] / 2.0, took[1] / 2.0, 3.0, path);
    }
}

/// The mutation as someone writes it for this one path, with the change that it makes.
fn by_hand(user: &mut Resource, path: &str, to: &str) -> Option<Change> {
    let (path, before, after) = match path {
        "title" => {
            let before = user.insert("title", to);
            ("title", before, Value::from(to))
        }
        "name.givenName" => {
            let name = user.get_mut("name")?.as_object_mut()?;
            ("name.givenName", name.insert("givenName", to), to.into())
        }
        _ => {
            let emails = user.get_mut("emails")?.as_array_mut()?;
            let is_work = |email: &&mut Value| {
                let of_type = email.as_object().and_then(|email| email.get("type"));
                let of_type = of_type.and_then(Value::as_str);
                of_type.is_some_and(|of_type| of_type.eq_ignore_ascii_case("work"))
            };
            let email = emails.iter_mut().find(is_work)?;
            let before = email.clone();
            email.as_object_mut()?.insert("value", to);
            ("emails", Some(before), email.clone())
        }
    };
    let path: AttrPath = path.parse().ok()?;
    Some(Change::new(path, before, Some(after)))
}

fn user_document() {
    let schema = builtin::user_schema();
    let document = Document::from_valid(&Valid::assume(user()));
    let text = document.as_str();
    println!(
        "\none operation from document to document, a user of {} bytes",
        text.len()
    );
    let ignored = || {
        black_box(serde_json::from_str::<IgnoredAny>(black_box(text)).expect("JSON"));
    };
    for (path, to, _) in SIMPLE {
        let patch = PatchOp::new(vec![PatchOperation::replace(path, to)]);
        let policy = Policy::strict();
        let made = Plan::new(&patch, schema, &policy).expect("a plan");
        let apply = || {
            let (patched, applied) = made.apply_document(black_box(&document)).expect("applied");
            assert_eq!(black_box((patched, applied.changes)).1.len(), 1);
        };
        let with_plan = || {
            let plan = Plan::new(black_box(&patch), schema, &policy).expect("a plan");
            black_box(plan.apply_document(black_box(&document)).expect("applied"));
        };
        let round_trip = || {
            let mut value: serde_json::Value = serde_json::from_str(black_box(text)).expect("JSON");
            match path {
                "title" => value["title"] = to.into(),
                "name.givenName" => value["name"]["givenName"] = to.into(),
                _ => value["emails"][0]["value"] = to.into(),
            }
            black_box(serde_json::to_string(&value).expect("text"));
        };
        let took = medians(&[&apply, &with_plan, &ignored, &round_trip]);
        line(took[0], took[2], 2.0, &format!("{path} / IgnoredAny"));
        line(
            took[1],
            took[2],
            2.0,
            &format!("{path}, planned and checked too / IgnoredAny"),
        );
        line(
            took[0],
            took[3],
            1.0 / 6.0,
            &format!("{path} / serde_json::Value there and back"),
        );
        line(
            took[1],
            took[3],
            1.0 / 6.0,
            &format!("{path}, planned and checked too / serde_json::Value there and back"),
        );
    }
}

fn id(at: usize) -> String {
    format!(
        "{:08x}-7f76-453a-919d-{:012x}",
        at.wrapping_mul(0x9e37_79b9) as u32,
        at
    )
}

fn group(members: usize) -> Resource {
    let member = |at| {
        let id = id(at);
        let text = format!(
            r#"{{"value":"{id}","$ref":"https://example.com/v2/Users/{id}","type":"User","display":"User {at}"}}"#
        );
        text.parse::<Value>().expect("a member")
    };
    let mut group: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g","displayName":"all"}"#
        .parse()
        .expect("a group");
    group.insert("members", (0..members).map(member).collect::<Vec<_>>());
    group
}

/// Members spread over the group.
fn removals(count: usize, members: usize) -> Vec<PatchOperation> {
    let path = |at: usize| format!(r#"members[value eq "{}"]"#, id(at * members / count));
    (0..count)
        .map(|at| PatchOperation::remove(path(at)))
        .collect()
}

/// Members to add, of which every other one is there.
fn additions(count: usize, members: usize) -> Vec<PatchOperation> {
    let member = |at: usize| {
        let at = if at % 2 == 0 {
            at * members / count
        } else {
            members + at
        };
        Value::Object([("value", id(at))].into_iter().collect())
    };
    let add = |at| PatchOperation::add("members", vec![member(at)]);
    (0..count).map(add).collect()
}

fn group_tree() {
    let schema = builtin::group_schema();
    let group = group(MEMBERS);
    println!(
        "\n1,000 operations on the tree of a group of 100,000 / one hash-set pass over its members"
    );
    let pass = || {
        let ids: Vec<_> = (0..1_000).map(|at| id(at * MEMBERS / 1_000)).collect();
        let start = ThreadTime::now();
        let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let members = group
            .get("members")
            .and_then(Value::as_array)
            .expect("members");
        let value = |member: &Value| {
            let member = member.as_object()?;
            Some(ids.contains(member.get("value")?.as_str()?))
        };
        let found = members
            .iter()
            .filter(|member| value(member) == Some(true))
            .count();
        assert_eq!(black_box(found), 1_000);
        start.elapsed().as_nanos() as f64
    };
    let mut passes: Vec<f64> = (0..21).map(|_| pass()).collect();
    passes.sort_by(f64::total_cmp);
    for (what, operations, changes) in [
        (
            "remove members[value eq …]",
            removals(1_000, MEMBERS),
            1_000,
        ),
        ("add, half of them there", additions(1_000, MEMBERS), 500),
    ] {
        let plan = plan(operations, schema);
        let took = fresh(
            || group.clone(),
            |mut group| {
                let applied = plan.apply(&mut group).expect("applied");
                assert_eq!(applied.changes.len(), changes);
                black_box(applied);
                group
            },
        );
        line(took, passes[10], 2.5, what);
    }
}

fn group_document() {
    let schema = builtin::group_schema();
    let document = Document::from_valid(&Valid::assume(group(MEMBERS)));
    let text = document.as_str();
    println!(
        "\nfrom document to document, a group of 100,000 in {} bytes",
        text.len()
    );
    let ignored = || {
        black_box(serde_json::from_str::<IgnoredAny>(black_box(text)).expect("JSON"));
    };
    let apply = |plan: &Plan<'_>, changes: usize| {
        let (patched, applied) = plan.apply_document(black_box(&document)).expect("applied");
        assert_eq!(applied.changes.len(), changes);
        black_box(patched);
    };
    let one = plan(removals(1, MEMBERS), schema);
    let removals = plan(removals(1_000, MEMBERS), schema);
    let additions = plan(additions(1_000, MEMBERS), schema);
    let took = medians(&[
        &|| apply(&removals, 1_000),
        &|| apply(&additions, 500),
        &|| apply(&one, 1),
        &ignored,
    ]);
    line(took[0], took[3], 2.0, "1,000 removals / IgnoredAny");
    line(
        took[1],
        took[3],
        2.0,
        "1,000 adds, half of them there / IgnoredAny",
    );
    line(took[0], took[2], 1.3, "1,000 removals / one");
    line(
        took[1],
        took[2],
        1.3,
        "1,000 adds, half of them there / one removal",
    );
}

fn growth() {
    let schema = builtin::group_schema();
    println!("\n1,000 removals for each member, beside the size before");
    let mut before: Option<[f64; 2]> = None;
    for members in [1_000, 10_000, 100_000, 1_000_000] {
        let group = group(members);
        let removals = plan(removals(1_000, members), schema);
        let tree = fresh(
            || group.clone(),
            |mut group| {
                black_box(removals.apply(&mut group).expect("applied"));
                group
            },
        );
        let document = Document::from_valid(&Valid::assume(group));
        let text = fresh(
            || None,
            |_| removals.apply_document(black_box(&document)).ok(),
        );
        let now = [tree, text].map(|took| took / members as f64);
        if let Some(before) = before {
            line(now[0], before[0], 1.5, &format!("tree, {members} members"));
            line(
                now[1],
                before[1],
                1.5,
                &format!("document, {members} members"),
            );
        }
        before = Some(now);
    }
}
