//! Medians as ratios, in one run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin ratios`.
//!
//! Two workloads are timed in turns, so that whatever else the machine does falls on both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use allocation_counter::measure;
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

/// How long one sample takes at least, and how many are taken.
const SAMPLE: Duration = Duration::from_millis(1);
const SAMPLES: usize = 101;

fn main() {
    let inputs = Inputs::new();
    println!("{:>10} {:>10} {:>6}", "ns", "ns", "ratio");
    for (name, other) in PAIRS {
        let (a, b) = (find(name), find(other));
        let (a, b) = medians(a, b, &inputs);
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

fn medians(a: &Workload, b: &Workload, inputs: &Inputs) -> (f64, f64) {
    let (times_a, times_b) = (repetitions(a, inputs), repetitions(b, inputs));
    // What takes long is sampled less often.
    let samples = if times_a.min(times_b) == 1 {
        SAMPLES / 10
    } else {
        SAMPLES
    };
    let mut samples_a = Vec::new();
    let mut samples_b = Vec::new();
    for _ in 0..samples {
        samples_a.push(sample(a, times_a, inputs));
        samples_b.push(sample(b, times_b, inputs));
    }
    (median(samples_a), median(samples_b))
}

/// How often a workload is done within one sample.
fn repetitions(workload: &Workload, inputs: &Inputs) -> u32 {
    let mut times = 1;
    while times < 1 << 24 {
        let start = Instant::now();
        repeat(workload, times, inputs);
        if start.elapsed() >= SAMPLE {
            break;
        }
        times *= 2;
    }
    times
}

/// Nanoseconds of one repetition.
fn sample(workload: &Workload, times: u32, inputs: &Inputs) -> f64 {
    let start = Instant::now();
    repeat(workload, times, inputs);
    start.elapsed().as_nanos() as f64 / f64::from(times)
}

fn repeat(workload: &Workload, times: u32, inputs: &Inputs) {
    for _ in 0..times {
        assert_eq!(
            (workload.run)(black_box(inputs)),
            workload.expected,
            "{}",
            workload.name
        );
    }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
