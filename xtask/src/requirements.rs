//! `testdata/requirements.toml`: each id names tests that exist, or says why none shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{root, sources::rust_files, verdict};

#[derive(Deserialize)]
struct Table {
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
struct Requirement {
    id: String,
    #[serde(default)]
    tests: Vec<String>,
    reason: Option<String>,
}

pub(crate) fn check(_: &[String]) -> Result<()> {
    let root = root();
    let text = std::fs::read_to_string(root.join("testdata/requirements.toml"))?;
    let table: Table = toml::from_str(&text).context("testdata/requirements.toml")?;
    let mut tests = Tests::default();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    let mut shown = 0;
    for Requirement {
        id,
        tests: named,
        reason,
    } in &table.requirement
    {
        if !seen.insert(id) {
            faults.push(format!("{id} is listed twice"));
        }
        match (named.is_empty(), reason.as_deref().map(str::trim)) {
            (true, None | Some("")) => faults.push(format!("{id}: neither tests nor a reason")),
            (false, Some(_)) => faults.push(format!("{id}: has tests, so the reason must go")),
            (true, Some(_)) => {}
            (false, None) => shown += 1,
        }
        for name in named {
            if !tests.exists(&root, name)? {
                faults.push(format!("{id}: no test `{name}`"));
            }
        }
    }
    println!("requirements: {shown} of {} shown by tests", seen.len());
    verdict("requirements", seen.len(), &faults)
}

/// The names of the test functions of each crate, read when first asked for.
#[derive(Default)]
struct Tests(BTreeMap<String, BTreeSet<String>>);

impl Tests {
    /// `testdata/file.toml`, or `crate::test_name` with any modules between the two.
    fn exists(&mut self, root: &Path, name: &str) -> Result<bool> {
        let Some((package, path)) = name.split_once("::") else {
            return Ok(name.starts_with("testdata/") && root.join(name).is_file());
        };
        let function = path.rsplit("::").next().unwrap_or(path);
        if !self.0.contains_key(package) {
            let found = functions(&root.join(package))?;
            self.0.insert(package.to_owned(), found);
        }
        Ok(self
            .0
            .get(package)
            .is_some_and(|names| names.contains(function)))
    }
}

/// Every function that follows a `#[test]`-like attribute or stands in a `proptest!` block: any `fn` in a file that
/// holds tests is close enough to notice a renamed or deleted test.
fn functions(package: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in rust_files(package)? {
        let text = std::fs::read_to_string(&file)?;
        if !text.contains("test]") && !text.contains("proptest!") {
            continue;
        }
        for line in text.lines() {
            let line = line.trim_start().trim_start_matches("async ");
            if let Some((name, _)) = line.strip_prefix("fn ").and_then(|l| l.split_once('(')) {
                names.insert(name.to_owned());
            }
        }
    }
    Ok(names)
}
