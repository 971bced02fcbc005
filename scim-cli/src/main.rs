#![doc = include_str!("../README.md")]

mod batch;
mod changes;
mod commands;
mod definitions;
mod fields;
mod input;
mod output;
mod violations;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{diff, filter, patch, project, serve, validate};

/// SCIM 2.0 from the command line: run a service provider, or put filters, patches and schemas to work on files
/// and pipes.
#[derive(Parser)]
#[command(
    name = "scim",
    version,
    about,
    max_term_width = 100,
    after_help = "Results go to standard output; faults, tolerances and changes go to standard error. The status is 0 if all went well, 1 if not, 2 for wrong arguments."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Filter(filter::Arguments),
    Patch(patch::Arguments),
    Diff(diff::Arguments),
    Validate(validate::Arguments),
    Project(project::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Filter(arguments) => filter::run(&arguments),
        Command::Patch(arguments) => patch::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Project(arguments) => project::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        output::tell(&format!("scim: {error:#}"));
        ExitCode::FAILURE
    })
}
