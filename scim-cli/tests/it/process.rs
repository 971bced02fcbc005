//! Running the binary.

use std::io::Write as _;
use std::process::{Command, Stdio};

pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `scim` to its end.
pub(crate) fn scim(arguments: &[&str], stdin: &[u8]) -> Outcome {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    let feeder = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Outcome {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `scim`, with none of its variables set.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scim"));
    command
        .args(arguments)
        .env_remove("SCIM_TOKEN")
        .env_remove("SCIM_LOG");
    command
}

/// Answers of a batch, one for each line.
pub(crate) fn batch(arguments: &[&str], lines: &[String]) -> Vec<String> {
    let outcome = scim(arguments, lines.join("\n").as_bytes());
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    let answers: Vec<_> = outcome.stdout.lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), lines.len());
    answers
}
