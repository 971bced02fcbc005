//! Medians as ratios, in one run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin ratios`.
//!
//! Two workloads are timed in turns, so that whatever else the machine does falls on both.

use std::hint::black_box;

use allocation_counter::measure;
use scim_benches::timing::medians;
use scim_benches::{Inputs, Workload, workload};

/// What is compared: the first takes so many times as long as the second.
const PAIRS: &[(&str, &str)] = &[
    ("read a user: Resource", "read a user: serde_json::Value"),
    ("read a user: typed", "read a user: typed by scim_v2"),
    ("write a user: Resource", "write a user: serde_json::Value"),
    ("convert a user: Resource to typed", "read a user: typed"),
    ("parse a filter", "read a user: serde_json::Value"),
    ("evaluate a filter", "read a user: serde_json::Value"),
    (
        "read, plan and apply a PATCH",
        "read a user: serde_json::Value",
    ),
    ("validate a user for POST", "read a user: serde_json::Value"),
    ("project a user", "read a user: serde_json::Value"),
    (
        "look up an attribute: Document",
        "look up an attribute: parsed by serde_json",
    ),
    (
        "read a group of 100,000: Resource",
        "read a group of 100,000: serde_json::Value",
    ),
];

fn main() {
    let inputs = Inputs::new();
    println!("{:>10} {:>10} {:>6}", "ns", "ns", "ratio");
    for (name, other) in PAIRS {
        let (a, b) = (find(name), find(other));
        let times = medians(&[&|| run(a, &inputs), &|| run(b, &inputs)]);
        let (a, b) = (times[0], times[1]);
        println!("{a:>10.0} {b:>10.0} {:>6.2}  {name} / {other}", a / b);
    }
    println!("\n{:>10} {:>10} {:>6}", "bytes", "bytes", "ratio");
    let ours = held(|| scim_core::Resource::from_json(inputs.group.as_bytes()).ok());
    let theirs = held(|| serde_json::from_str::<serde_json::Value>(&inputs.group).ok());
    line(
        ours,
        theirs,
        "a group of 100,000 members: Resource / serde_json::Value",
    );
    let ours = held(|| scim_core::Resource::from_json(inputs.user.as_bytes()).ok());
    let theirs = held(|| serde_json::from_str::<serde_json::Value>(&inputs.user).ok());
    line(ours, theirs, "a user: Resource / serde_json::Value");
    let ours = held(|| inputs.document.clone()) + size_of_val(&inputs.document) as u64;
    let text = inputs.document.as_str().len() as u64;
    line(ours, text, "a user: Document / its JSON");
    println!("\n{:>10} {:>10}", "allocs", "allocs");
    for (name, other) in PAIRS {
        let (a, b) = (find(name), find(other));
        let count = |workload: &Workload| {
            let info = measure(|| {
                black_box((workload.run)(&inputs));
            });
            info.count_total
        };
        println!("{:>10} {:>10}         {name} / {other}", count(a), count(b));
    }
}

fn line(ours: u64, theirs: u64, what: &str) {
    println!(
        "{ours:>10} {theirs:>10} {:>6.2}  {what}",
        ours as f64 / theirs as f64
    );
}

/// The heap that what is made holds on to.
fn held<T>(make: impl FnOnce() -> T) -> u64 {
    let mut kept = None;
    let info = measure(|| kept = Some(make()));
    drop(black_box(kept));
    info.bytes_current.unsigned_abs()
}

fn find(name: &str) -> &'static Workload {
    workload(name).unwrap_or_else(|| panic!("no workload `{name}`"))
}

fn run(workload: &Workload, inputs: &Inputs) {
    assert_eq!(
        (workload.run)(black_box(inputs)),
        workload.expected,
        "{}",
        workload.name
    );
}
