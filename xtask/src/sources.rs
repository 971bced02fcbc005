//! What must not stand in a source file.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{root, verdict};

pub(crate) fn check(_: &[String]) -> Result<()> {
    // Built from parts, so that this file does not accuse itself.
    let barred = [
        ["#[", "ignore"].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["X", "XX"].concat(),
    ];
    let mut faults = Vec::new();
    let root = root();
    let files = rust_files(&root)?;
    for file in &files {
        let text = std::fs::read_to_string(file)?;
        let shown = file.strip_prefix(&root).unwrap_or(file).display();
        if file.file_name().is_some_and(|name| name == "mod.rs") {
            faults.push(format!("{shown}: a module stands in a file named after it"));
        }
        for (number, line) in text.lines().enumerate() {
            for word in &barred {
                if line.contains(word.as_str()) {
                    faults.push(format!("{shown}:{}: `{word}`", number + 1));
                }
            }
        }
    }
    verdict("sources", files.len(), &faults)
}

/// All Rust files below a folder, build output left out.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or("");
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
