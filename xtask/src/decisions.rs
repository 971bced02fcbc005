//! Each rule that a case of `testdata/` names stands in `docs/decisions.md`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{root, verdict};

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    clause: Option<String>,
}

pub(crate) fn check(_: &[String]) -> Result<()> {
    let root = root();
    let known: BTreeSet<String> = std::fs::read_to_string(root.join("docs/decisions.md"))?
        .lines()
        .filter_map(|line| line.trim_start_matches('#').split_whitespace().next())
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect();
    let mut faults = Vec::new();
    let mut count = 0;
    for folder in ["filter", "path", "patch", "validate", "project"] {
        let folder = root.join("testdata").join(folder);
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let file = entry?.path();
            if file.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&file)?;
            let table: Table = toml::from_str(&text).with_context(|| file.display().to_string())?;
            for case in table.case {
                count += 1;
                let Some(clause) = case.clause else {
                    faults.push(format!("{}: `{}` has no clause", file.display(), case.name));
                    continue;
                };
                for id in clause.split(',').map(str::trim).filter(|word| is_id(word)) {
                    if !known.contains(id) {
                        faults.push(format!("{}: no rule {id}", file.display()));
                    }
                }
            }
        }
    }
    verdict("decisions", count, &faults)
}

/// One capital letter and two digits.
fn is_id(word: &str) -> bool {
    matches!(word.as_bytes(), [a, b, c] if a.is_ascii_uppercase() && b.is_ascii_digit() && c.is_ascii_digit())
}
