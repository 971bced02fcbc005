//! Instructions of every workload, counted by valgrind, the same on every run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin instructions`.
//!
//! Each workload runs in a process of its own, once few times and once many times; the difference
//! leaves out how long it takes to get there. Below stand hostile filters in two sizes, per byte, and
//! resources of many attributes, per attribute: where the second figure is no larger than the first, the
//! cost is linear.

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use scim_benches::filter::hostile::{KINDS, read_and_check};
use scim_benches::names::{self, Many};
use scim_benches::{Inputs, WORKLOADS, workload};

const FEW: u64 = 10;
const MANY: u64 = 110;

/// The sizes of hostile filters, in bytes.
const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

/// The numbers of attributes, the larger one close to what a schema may have.
const SOME: usize = 190;
const MOST: usize = 1_900;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [name, times] = &*arguments {
        return repeat(name, times.parse().unwrap_or_default());
    }
    if let [name, size, times] = &*arguments {
        let (size, times) = (size.parse(), times.parse());
        return repeat_sized(name, size.unwrap_or_default(), times.unwrap_or_default());
    }
    for workload in WORKLOADS {
        match (count(&[workload.name], FEW), count(&[workload.name], MANY)) {
            (Some(few), Some(many)) => {
                println!("{:>10}  {}", (many - few) / (MANY - FEW), workload.name);
            }
            _ => {
                eprintln!("valgrind is needed to count instructions");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("\n{:>10} {:>10}", "per byte", "per byte");
    for kind in KINDS {
        let length = |bytes: usize| (kind.text)(bytes).len();
        sized(kind.name, "bytes", [SMALL, LARGE], length);
    }
    println!("\n{:>10} {:>10}", "per name", "per name");
    for kind in names::KINDS {
        sized(kind.name, "attributes", [SOME, MOST], |count| count);
    }
    ExitCode::SUCCESS
}

/// Shows what one unit costs in two sizes.
fn sized(name: &str, unit: &str, sizes: [usize; 2], units: impl Fn(usize) -> usize) {
    let each = |size: usize| {
        let text = size.to_string();
        let counted = |times| count(&[name, &text], times);
        Some((counted(3)? - counted(1)?) as f64 / 2.0 / units(size) as f64)
    };
    if let [Some(small), Some(large)] = sizes.map(each) {
        let [less, more] = sizes;
        println!("{small:>10.2} {large:>10.2}  {name}, {less} and {more} {unit}");
    }
}

/// Runs this program under callgrind and reads how many instructions it took.
fn count(name: &[&str], times: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().ok()?)
        .args(name)
        .arg(times.to_string())
        .output()
        .ok()?;
    let report = String::from_utf8(output.stderr).ok()?;
    let line = report
        .lines()
        .find_map(|line| line.split_once("Collected :"));
    line?.1.trim().parse().ok()
}

fn repeat_sized(name: &str, size: usize, times: u64) -> ExitCode {
    if let Some(kind) = names::KINDS.iter().find(|kind| kind.name == name) {
        let many = Many::new(size);
        return match (0..times).all(|_| (kind.run)(black_box(&many))) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    }
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        return ExitCode::FAILURE;
    };
    let text = (kind.text)(size);
    for _ in 0..times {
        black_box(read_and_check(black_box(&text)));
    }
    ExitCode::SUCCESS
}

fn repeat(name: &str, times: u64) -> ExitCode {
    let Some(workload) = workload(name) else {
        return ExitCode::FAILURE;
    };
    let inputs = Inputs::new();
    for _ in 0..times {
        if (workload.run)(black_box(&inputs)) != workload.expected {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
