//! Chores of the workspace: `cargo xtask <task>`.

mod conformance;
mod decisions;
mod load;
mod postgres;
mod process;
mod requirements;
mod scratch;
mod served;
mod sources;
mod test_functions;
mod trees;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::process::{cargo, cargo_test, cargo_with};

/// A task's name, what it does, and the function.
type Task = (&'static str, &'static str, fn(&[String]) -> Result<()>);

const TASKS: &[Task] = &[
    ("test", "every test of every workspace", test),
    (
        "fuzz",
        "mutated inputs for every fuzz target, on stable; [iterations] [seed]",
        fuzz,
    ),
    (
        "libraries",
        "each library alone, without and with its features",
        libraries,
    ),
    (
        "trees",
        "no async runtime and no HTTP crate below the server",
        trees::check,
    ),
    (
        "benches",
        "the benches build, with serde_json as everyone has it",
        trees::benches,
    ),
    (
        "conformance",
        "scim2-tester, a suite of others, against the binary; needs python3 and its package index",
        conformance::run,
    ),
    (
        "postgres",
        "the SQL of filters on a real PostgreSQL; needs Debian, and installs the server where it is missing",
        postgres::run,
    ),
    (
        "load",
        "what requests cost the gateway, in a release build on SQLite; needs Linux",
        load::run,
    ),
    (
        "requirements",
        "each requirement names tests that exist, or a reason",
        requirements::check,
    ),
    (
        "decisions",
        "each rule that a case names stands in docs/decisions.md",
        decisions::check,
    ),
    (
        "sources",
        "no ignored test, no unfinished business",
        sources::check,
    ),
];

/// The crates that are useful without the others and without a runtime.
const LIBRARIES: [&str; 4] = ["scim-core", "scim-filter", "scim-schema", "scim-patch"];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(name) = arguments.next() else {
        println!("cargo xtask <task>\n");
        for (name, what, _) in TASKS {
            println!("  {name:<14}{what}");
        }
        return ExitCode::SUCCESS;
    };
    let rest: Vec<String> = arguments.collect();
    let result = match TASKS.iter().find(|(task, _, _)| *task == name) {
        Some((_, _, run)) => run(&rest),
        None => Err(anyhow::anyhow!("unknown task `{name}`")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Workspaces of their own: the fuzz targets, whose tests replay the corpus on the stable toolchain, and a host that
/// has switched on a feature of serde_json that nobody else shall get.
const APART: [&str; 2] = ["fuzz", "scim-core/tests/exact-numbers"];

/// README's test command. `default-members` narrows a plain `cargo test`.
fn test(arguments: &[String]) -> Result<()> {
    cargo_test(&["--workspace", "--all-features"], arguments, &[])?;
    APART.iter().try_for_each(|workspace| {
        let manifest = format!("{workspace}/Cargo.toml");
        cargo_test(&["--manifest-path", &manifest], arguments, &[])
    })
}

/// A bounded search on the stable toolchain, the same each time unless another seed is given.
fn fuzz(arguments: &[String]) -> Result<()> {
    let mut arguments = arguments.iter().map(String::as_str);
    let iterations = arguments.next().unwrap_or("100000");
    let seed = arguments.next().unwrap_or("2");
    cargo_with(
        &["test", "--manifest-path", "fuzz/Cargo.toml"],
        &[
            ("SCIM_FUZZ_ITERATIONS", iterations),
            ("SCIM_FUZZ_SEED", seed),
        ],
    )
}

fn libraries(_: &[String]) -> Result<()> {
    for library in LIBRARIES {
        for features in ["--no-default-features", "--all-features"] {
            cargo(&["check", "--package", library, features])?;
        }
    }
    Ok(())
}

/// Reports all faults at once.
fn verdict(task: &str, looked_at: usize, faults: &[String]) -> Result<()> {
    if faults.is_empty() {
        println!("{task}: {looked_at} looked at, all well");
        return Ok(());
    }
    bail!("{} faults\n  {}", faults.len(), faults.join("\n  "))
}
