//! Running cargo and other programs.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::root;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs cargo in the root of the workspace, its output shown.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    cargo_with(arguments, &[])
}

/// [`cargo`] with variables of the environment.
pub(crate) fn cargo_with(arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let line = arguments.join(" ");
    eprintln!("> cargo {line}");
    let status = command(arguments)
        .envs(variables.iter().copied())
        .status()
        .with_context(|| format!("cargo {line}"))?;
    if !status.success() {
        bail!("cargo {line}: {status}");
    }
    Ok(())
}

/// Runs tests. Generated cases are the same on each run, unless the environment has a seed of its own; a plain
/// `cargo test` looks for new ones.
pub(crate) fn cargo_test(
    scope: &[&str],
    arguments: &[String],
    variables: &[(&str, &str)],
) -> Result<()> {
    const SEED: &str = "PROPTEST_RNG_SEED";
    let seed = std::env::var(SEED).unwrap_or_else(|_| "7644".to_owned());
    let arguments = arguments.iter().map(String::as_str);
    let line: Vec<&str> = ["test"]
        .into_iter()
        .chain(scope.iter().copied())
        .chain(arguments)
        .collect();
    cargo_with(&line, &[variables, &[(SEED, &seed)]].concat())
}

/// Runs cargo in the root of the workspace and returns what it printed.
pub(crate) fn cargo_output(arguments: &[&str]) -> Result<String> {
    let line = arguments.join(" ");
    let output = command(arguments)
        .output()
        .with_context(|| format!("cargo {line}"))?;
    if !output.status.success() {
        bail!(
            "cargo {line}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a program, its output shown.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| name.clone())?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}
