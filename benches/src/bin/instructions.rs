//! Instructions of every workload, counted by valgrind, the same on every run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin instructions`.
//!
//! Each workload runs in a process of its own, once few times and once many times; the difference
//! leaves out how long it takes to get there. Below stand hostile filters in two sizes, per byte: where
//! the second figure is no larger than the first, the cost is linear.

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use scim_benches::filter::hostile::{KINDS, read_and_check};
use scim_benches::{Inputs, WORKLOADS, workload};

const FEW: u64 = 10;
const MANY: u64 = 110;

/// The sizes of hostile filters, in bytes.
const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [name, times] = &*arguments {
        return repeat(name, times.parse().unwrap_or_default());
    }
    if let [name, bytes, times] = &*arguments {
        let (bytes, times) = (bytes.parse(), times.parse());
        return repeat_hostile(name, bytes.unwrap_or_default(), times.unwrap_or_default());
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
        let per_byte = |bytes: usize| {
            let size = bytes.to_string();
            let counted = |times| count(&[kind.name, &size], times);
            Some((counted(3)? - counted(1)?) as f64 / 2.0 / (kind.text)(bytes).len() as f64)
        };
        if let (Some(small), Some(large)) = (per_byte(SMALL), per_byte(LARGE)) {
            println!(
                "{small:>10.2} {large:>10.2}  {}, {SMALL} and {LARGE} bytes",
                kind.name
            );
        }
    }
    ExitCode::SUCCESS
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

fn repeat_hostile(name: &str, bytes: usize, times: u64) -> ExitCode {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        return ExitCode::FAILURE;
    };
    let text = (kind.text)(bytes);
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
