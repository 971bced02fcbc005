//! Arguments that are JSON text, a file, or standard input.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::error::ErrorKind;
use scim_core::{ReadLimits, Resource, Value, quoted};

/// Ends with a usage error where more than one argument is standard input, which the second would find empty.
pub(crate) fn expect_one_stdin(arguments: [&str; 2]) {
    if arguments == ["-"; 2] {
        let message = "standard input can be read once: give `-` for one argument only\n";
        clap::Error::raw(ErrorKind::ArgumentConflict, message).exit();
    }
}

pub(crate) fn resource(argument: &str) -> anyhow::Result<Resource> {
    let bytes = read(argument)?;
    Resource::from_json(&bytes).with_context(|| shown(argument))
}

/// `None` where standard input is empty, as after `scim diff` of states that are the same.
pub(crate) fn piped_value(argument: &str) -> anyhow::Result<Option<Value>> {
    let bytes = read(argument)?;
    if argument == "-" && bytes.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value = Value::from_json(&bytes).with_context(|| shown(argument))?;
    Ok(Some(value))
}

/// The text of a file, however it is called.
pub(crate) fn file(path: &Path) -> anyhow::Result<String> {
    let read = || {
        let bytes = bounded(File::open(path)?)?;
        String::from_utf8(bytes).context("expected UTF-8")
    };
    read().with_context(|| named(path))
}

/// The bytes an argument stands for: itself if it is JSON text, standard input for `-`, else a file.
fn read(argument: &str) -> anyhow::Result<Vec<u8>> {
    if is_json(argument) {
        return Ok(argument.as_bytes().to_vec());
    }
    let bytes = match argument {
        "-" => bounded(std::io::stdin().lock()),
        file => File::open(file).map_err(Into::into).and_then(bounded),
    };
    bytes.with_context(|| shown(argument))
}

/// All there is to read, as long as a resource may be: a device never ends.
fn bounded(from: impl Read) -> anyhow::Result<Vec<u8>> {
    let limit = ReadLimits::default().bytes;
    let mut bytes = Vec::new();
    let longest = u64::try_from(limit).unwrap_or(u64::MAX);
    from.take(longest.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        bail!("longer than {limit} bytes");
    }
    // Of UTF-8, and of UTF-16 in both orders.
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    if marks.iter().any(|mark| bytes.starts_with(mark)) {
        bail!("expected UTF-8 without a byte order mark (RFC 8259 §8.1)");
    }
    Ok(bytes)
}

/// Whether an argument is, or begins like, JSON text. A file whose name does is told by its folder, as in `./1`.
fn is_json(argument: &str) -> bool {
    let text = argument.trim_start();
    text.is_empty()
        || text.starts_with(['{', '[', '"'])
        || Value::from_json(text.as_bytes()).is_ok()
}

/// How a message names an argument.
fn shown(argument: &str) -> String {
    match argument {
        "-" => "standard input".into(),
        text if is_json(text) => "the JSON argument".into(),
        file => named(Path::new(file)),
    }
}

/// How a message names a file. What was meant to be JSON is not repeated, since it may hold a secret.
pub(crate) fn named(file: &Path) -> String {
    match file.to_string_lossy() {
        text if text.contains('{') => {
            "the file whose name holds `{` (JSON text begins with `{`, without a byte order mark)"
                .into()
        }
        text => quoted(&text).to_string(),
    }
}
