//! What the fuzz targets do, as plain functions, so that a stable toolchain can replay every corpus
//! and try mutated inputs as well.
//!
//! A target is a function over bytes that panics when a promise is broken. What it is fed: the files
//! of `corpus/<target>/`, the tables of `testdata/` as seeds, and mutations of both.
#![forbid(unsafe_code)]

use std::fs;
use std::io;
use std::path::PathBuf;

pub mod filter;
pub mod mutate;
pub mod object_model;
pub mod patch;
pub mod schema;
pub mod server;
pub mod sql;

/// A fuzz target.
pub struct Target {
    /// The name of its program and of its folder in `corpus/`.
    pub name: &'static str,
    /// What it does with an input.
    pub run: fn(&[u8]),
    /// Inputs that get far.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Pieces of its language, for mutations that pass the first rules.
    pub words: &'static [&'static str],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "core",
        run: object_model::run,
        seeds: object_model::seeds,
        words: object_model::WORDS,
    },
    Target {
        name: "filter",
        run: filter::run,
        seeds: filter::seeds,
        words: filter::WORDS,
    },
    Target {
        name: "sql",
        run: sql::run,
        seeds: sql::seeds,
        words: sql::WORDS,
    },
    Target {
        name: "schema",
        run: schema::run,
        seeds: schema::seeds,
        words: schema::WORDS,
    },
    Target {
        name: "patch",
        run: patch::run,
        seeds: patch::seeds,
        words: patch::WORDS,
    },
    Target {
        name: "server",
        run: server::run,
        seeds: server::seeds,
        words: server::WORDS,
    },
];

impl Target {
    /// The files of the corpus, name and content, sorted.
    pub fn corpus(&self) -> Vec<(String, Vec<u8>)> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(self.name);
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().to_string_lossy().into_owned();
                Some((name, fs::read(entry.path()).ok()?))
            })
            .collect();
        files.sort();
        files
    }
}

/// Runs a target over the files named on the command line.
///
/// # Errors
/// When a file cannot be read.
pub fn replay_arguments(run: fn(&[u8])) -> io::Result<()> {
    for file in std::env::args_os().skip(1) {
        run(&fs::read(&file)?);
        println!("{}: passed", file.to_string_lossy());
    }
    Ok(())
}
