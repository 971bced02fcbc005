//! The files behind the cases.

use std::fs;
use std::path::{Path, PathBuf};

/// The JSON text of `resources/<stem>.json`.
pub fn resource(stem: &str) -> String {
    read(&root().join("resources").join(format!("{stem}.json")))
}

/// The resource of a case: JSON text as it stands (begins with `{`), or the file of that stem.
pub fn resource_text(resource_of_case: &str) -> String {
    if resource_of_case.trim_start().starts_with('{') {
        resource_of_case.to_owned()
    } else {
        resource(resource_of_case)
    }
}

/// Every file of `resources/`: stem and JSON text, sorted by stem.
pub fn resources() -> Vec<(String, String)> {
    all("resources", "json")
}

/// The JSON examples of RFC 7643 and RFC 7644: stem and text, sorted by stem.
pub fn examples() -> Vec<(String, String)> {
    all("examples", "json")
}

/// The JSON text of `schemas/<stem>.json`.
pub fn schema_text(stem: &str) -> String {
    read(&root().join("schemas").join(format!("{stem}.json")))
}

/// The JSON text of `resource-types/<stem>.json`, as `load` of a case names it.
pub fn resource_type_text(stem: &str) -> String {
    read(&root().join("resource-types").join(format!("{stem}.json")))
}

/// The JSON texts of those `schemas/*.json` that `resource-types/<stem>.json` names, its base
/// schema first. Built-in schemas have no file here and are left out.
pub fn schema_texts_of(stem: &str) -> Vec<String> {
    let json = |text: &str, of: &str| -> serde_json::Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{of}: {error}"))
    };
    let own = json(&resource_type_text(stem), stem);
    let extensions = own["schemaExtensions"].as_array().into_iter().flatten();
    let named = std::iter::once(&own["schema"]).chain(extensions.map(|e| &e["schema"]));
    let known = all("schemas", "json");
    let known: Vec<_> = known
        .iter()
        .map(|(of, text)| (json(text, of)["id"].clone(), text))
        .collect();
    named
        .filter_map(|uri| known.iter().find(|(id, _)| id == uri))
        .map(|(_, text)| (*text).clone())
        .collect()
}

/// Where this crate's data lies.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of a folder with that extension, sorted by stem; nothing if there is no folder.
pub(crate) fn all(folder: &str, extension: &str) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .map(|entry| {
            entry
                .unwrap_or_else(|error| panic!("{folder}: {error}"))
                .path()
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            (stem.into_owned(), read(&path))
        })
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
