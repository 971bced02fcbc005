//! Instructions of every workload, counted by valgrind, the same on every run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin instructions`.
//!
//! Each workload runs in a process of its own, once few times and once many times; the difference
//! leaves out how long it takes to get there.

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use scim_benches::{Inputs, WORKLOADS, workload};

const FEW: u64 = 10;
const MANY: u64 = 110;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [name, times] = &*arguments {
        return repeat(name, times.parse().unwrap_or_default());
    }
    for workload in WORKLOADS {
        match (count(workload.name, FEW), count(workload.name, MANY)) {
            (Some(few), Some(many)) => {
                println!("{:>10}  {}", (many - few) / (MANY - FEW), workload.name);
            }
            _ => {
                eprintln!("valgrind is needed to count instructions");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Runs this program under callgrind and reads how many instructions it took.
fn count(name: &str, times: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().ok()?)
        .args([name, &times.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8(output.stderr).ok()?;
    let line = report
        .lines()
        .find_map(|line| line.split_once("Collected :"));
    line?.1.trim().parse().ok()
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
