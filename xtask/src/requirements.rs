//! `testdata/requirements.toml`: each id names tests that exist, or says why none shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::test_functions::test_functions;
use crate::{root, verdict};

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
    let mut tests = Tests::new(root);
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
        let mut once = BTreeSet::new();
        for name in named {
            if !once.insert(name) {
                faults.push(format!("{id}: `{name}` is named twice"));
            }
            if let Some(fault) = tests.fault(name)? {
                faults.push(format!("{id}: {fault}"));
            }
        }
    }
    println!("requirements: {shown} of {} shown by tests", seen.len());
    verdict("requirements", seen.len(), &faults)
}

/// What there is to name, read when first asked for.
struct Tests {
    root: PathBuf,
    /// The names of the cases of each table; `None` where there is no such file.
    tables: BTreeMap<String, Option<BTreeSet<String>>>,
    /// The paths of the test functions of each crate; `None` where there is no such crate.
    crates: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Tests {
    fn new(root: PathBuf) -> Self {
        Self {
            root,
            tables: BTreeMap::new(),
            crates: BTreeMap::new(),
        }
    }

    /// What is wrong with `testdata/folder/file.toml`, `testdata/folder/file.toml#name of a case`, or
    /// `crate::modules::test`; modules may be left out from the left.
    fn fault(&mut self, name: &str) -> Result<Option<String>> {
        let (file, case) = match name.split_once('#') {
            Some((file, case)) => (file, Some(case)),
            None => (name, None),
        };
        if file.starts_with("testdata/") {
            let Some(names) = self.table(file)? else {
                return Ok(Some(format!("no table `{file}`")));
            };
            return Ok(match case {
                None if names.is_empty() => Some(format!("`{file}` has no cases")),
                Some(case) if !names.contains(case) => Some(format!("no case `{case}` in {file}")),
                _ => None,
            });
        }
        let Some((package, path)) = name.split_once("::") else {
            return Ok(Some(format!("`{name}` is neither a table nor a test")));
        };
        let Some(functions) = self.functions(package)? else {
            return Ok(Some(format!("no crate `{package}`")));
        };
        let end = format!("::{path}");
        let known = functions
            .iter()
            .any(|known| known == path || known.ends_with(&end));
        Ok((!known).then(|| format!("no test `{path}` in {package}")))
    }

    fn table(&mut self, file: &str) -> Result<Option<&BTreeSet<String>>> {
        if !self.tables.contains_key(file) {
            let path = self.root.join(file);
            let is_table = path.is_file() && path.extension().is_some_and(|found| found == "toml");
            let names = if is_table {
                let text = std::fs::read_to_string(&path)?;
                Some(case_names(&text).with_context(|| file.to_owned())?)
            } else {
                None
            };
            self.tables.insert(file.to_owned(), names);
        }
        Ok(self.tables.get(file).and_then(Option::as_ref))
    }

    fn functions(&mut self, package: &str) -> Result<Option<&BTreeSet<String>>> {
        if !self.crates.contains_key(package) {
            let folder = self.root.join(package);
            let found = if folder.join("Cargo.toml").is_file() {
                Some(test_functions(&folder)?)
            } else {
                None
            };
            self.crates.insert(package.to_owned(), found);
        }
        Ok(self.crates.get(package).and_then(Option::as_ref))
    }
}

/// The names in a table: of the cases, or of the steps of a scenario.
fn case_names(text: &str) -> Result<BTreeSet<String>> {
    #[derive(Deserialize)]
    struct Cases {
        #[serde(default, alias = "step")]
        case: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        name: String,
    }
    let cases: Cases = toml::from_str(text)?;
    Ok(cases.case.into_iter().map(|case| case.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_there() {
        let mut tests = Tests::new(root());
        for name in [
            "testdata/patch/add.toml",
            "testdata/patch/identity.toml#re-adding a member changes nothing",
            "testdata/validate/formats.toml#https://example.com/a?b=c#d is a URI reference",
            "scim-core::compare::tests::f25_folding_is_full_and_normalized",
            "scim-core::it::laws::numbers_order_as_decimals",
            "scim-core::numbers_order_as_decimals",
        ] {
            assert_eq!(tests.fault(name).unwrap(), None, "{name}");
        }
        for (name, fault) in [
            (
                "testdata/patch/no.toml",
                "no table `testdata/patch/no.toml`",
            ),
            ("testdata/patch", "no table `testdata/patch`"),
            (
                "testdata/patch/add.toml#no such case",
                "no case `no such case` in testdata/patch/add.toml",
            ),
            ("scim-nothing::a", "no crate `scim-nothing`"),
            (
                "scim-core::no_such_test",
                "no test `no_such_test` in scim-core",
            ),
            (
                "scim-core::value::tests::f25_folding_is_full_and_normalized",
                "no test `value::tests::f25_folding_is_full_and_normalized` in scim-core",
            ),
            ("scim-core::key", "no test `key` in scim-core"),
            ("numbers", "`numbers` is neither a table nor a test"),
        ] {
            assert_eq!(tests.fault(name).unwrap().as_deref(), Some(fault), "{name}");
        }
    }
}
