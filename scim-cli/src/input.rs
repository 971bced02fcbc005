//! Arguments that are JSON text, a file, or standard input.

use std::io::Read as _;

use anyhow::Context as _;
use scim_core::{Resource, Value};

/// The bytes an argument stands for: itself if it begins like a JSON object or array, standard input for `-`, else a
/// file.
pub(crate) fn read(argument: &str) -> anyhow::Result<Vec<u8>> {
    if is_json(argument) {
        return Ok(argument.as_bytes().to_vec());
    }
    if argument == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("standard input")?;
        return Ok(bytes);
    }
    std::fs::read(argument).with_context(|| format!("`{argument}`"))
}

pub(crate) fn resource(argument: &str) -> anyhow::Result<Resource> {
    let bytes = read(argument)?;
    Resource::from_json(&bytes).with_context(|| shown(argument))
}

pub(crate) fn value(argument: &str) -> anyhow::Result<Value> {
    let bytes = read(argument)?;
    Value::from_json(&bytes).with_context(|| shown(argument))
}

fn is_json(argument: &str) -> bool {
    argument.trim_start().starts_with(['{', '['])
}

/// How a message names an argument.
fn shown(argument: &str) -> String {
    match argument {
        "-" => "standard input".into(),
        text if is_json(text) => "the JSON argument".into(),
        file => format!("`{file}`"),
    }
}
