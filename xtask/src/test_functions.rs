//! The test functions of a crate, found in its sources.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use crate::sources::rust_files;

/// The paths of all test functions of a crate as `cargo test` prints them: `compare::tests::name` for
/// those in `src`, and for those in `tests` the binary first: `it::laws::name`.
pub(crate) fn test_functions(package: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for file in rust_files(package)? {
        let text = std::fs::read_to_string(&file)?;
        let inside = file.strip_prefix(package).unwrap_or(&file);
        found.extend(in_source(&module_of(inside), &text));
    }
    Ok(found)
}

/// The modules that a file stands for, from its place in the crate.
fn module_of(file: &Path) -> Vec<String> {
    let mut modules: Vec<String> = file
        .with_extension("")
        .iter()
        .skip(1)
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if matches!(modules.last().map(String::as_str), Some("lib" | "main")) {
        modules.pop();
    }
    modules
}

/// Every function under an attribute that ends in `test]`, with the modules around it. Relies on the
/// indentation that rustfmt gives.
fn in_source(file: &[String], text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut modules: Vec<(usize, &str)> = Vec::new();
    let mut is_test = false;
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if code.is_empty() || code.starts_with("//") {
            continue;
        }
        if code.starts_with('}') {
            modules.retain(|(outer, _)| *outer < indent);
        }
        if let Some(name) = name_after(code, "mod ").filter(|_| code.ends_with('{')) {
            modules.push((indent, name));
        }
        if code.starts_with("#[") {
            is_test |= code.starts_with("#[test]") || code.contains("::test]");
            continue;
        }
        if let Some(name) = name_after(code, "fn ") {
            if is_test {
                let around = modules.iter().map(|(_, name)| *name);
                let path = file.iter().map(String::as_str).chain(around);
                let path: Vec<&str> = path.chain([name]).collect();
                found.push(path.join("::"));
            }
            is_test = false;
        }
    }
    found
}

/// The identifier after a keyword that stands at the beginning of a line, but for `pub` and `async`.
fn name_after<'c>(code: &'c str, keyword: &str) -> Option<&'c str> {
    let code = code.strip_prefix("pub ").unwrap_or(code);
    let code = code.strip_prefix("async ").unwrap_or(code);
    let rest = code.strip_prefix(keyword)?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
fn helper() {}

mod outer {
    #[cfg(test)]
    mod tests {
        fn helper() {}

        #[test]
        #[should_panic(expected = "x")]
        fn first() {
            let x = { 1 };
        }
    }

    proptest! {
        #[test]
        fn second(a in any::<u8>()) {
        }
    }
}

#[tokio::test]
async fn third() {
}

// #[test]
fn fourth() {}
"#;

    #[test]
    fn functions_are_found_with_their_modules() {
        let file = ["it".to_owned(), "laws".to_owned()];
        assert_eq!(
            in_source(&file, SOURCE),
            [
                "it::laws::outer::tests::first",
                "it::laws::outer::second",
                "it::laws::third",
            ]
        );
    }

    #[test]
    fn a_file_is_a_module() {
        for (file, module) in [
            ("src/lib.rs", ""),
            ("src/compare.rs", "compare"),
            ("src/json/read.rs", "json::read"),
            ("tests/it/main.rs", "it"),
            ("tests/it/laws.rs", "it::laws"),
        ] {
            assert_eq!(module_of(Path::new(file)).join("::"), module, "{file}");
        }
    }
}
