//! JSON for people.

use std::io::Write as _;

use anyhow::Context as _;
use scim_core::{Departure, Object, ScimError, Value, one_line, write_json_string};

/// A value as JSON with line breaks; numbers as they were written.
pub(crate) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                line(index, depth + 1, out);
                write(element, depth + 1, out);
            }
            end(depth, ']', out);
        }
        Value::Object(object) if !object.is_empty() => {
            out.push('{');
            for (index, (key, value)) in object.iter().enumerate() {
                line(index, depth + 1, out);
                write_json_string(key.as_str(), out);
                out.push_str(": ");
                write(value, depth + 1, out);
            }
            end(depth, '}', out);
        }
        _ => value.write_json(out),
    }
}

fn line(index: usize, depth: usize, out: &mut String) {
    out.push_str(if index > 0 { ",\n" } else { "\n" });
    out.push_str(&"  ".repeat(depth));
}

fn end(depth: usize, bracket: char, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(bracket);
}

/// Writes to standard output; a pipe that was closed or a disk that is full is an error as any other.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    written
        .and_then(|()| stdout.flush())
        .context("cannot print to standard output")
}

/// Writes a line to standard error, if that is possible: there is nowhere else to complain. Whatever a resource holds,
/// it stays one line, and a terminal is told nothing by it.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", one_line(line));
}

/// Shows on standard error which tolerances took effect.
pub(crate) fn show_departures(departures: &[Departure]) {
    for departure in departures {
        tell(&format!("tolerated: {departure}"));
    }
}

/// Adds the tolerances that took effect to an answer.
pub(crate) fn add_departures(answer: &mut Object, departures: &[Departure]) {
    if departures.is_empty() {
        return;
    }
    let list: Vec<Value> = departures
        .iter()
        .map(|departure| {
            let mut object = Object::new();
            object.insert("tolerance", departure.tolerance.as_str());
            object.insert("place", departure.place.as_str());
            object.insert("detail", departure.detail.as_str());
            Value::Object(object)
        })
        .collect();
    answer.insert("departures", list);
}

/// An error as the members of an answer.
pub(crate) fn error(error: &ScimError) -> Object {
    let mut answer = Object::new();
    answer.insert("status", i64::from(error.status));
    if let Some(scim_type) = error.scim_type {
        answer.insert("scimType", scim_type.as_str());
    }
    if let Some(detail) = &error.detail {
        answer.insert("detail", detail.as_str());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pretty_keeps_values() {
        let text = r#"{"a":[],"b":{},"c":[1.50,{"d":"é\n"}],"e":null}"#;
        let value: Value = text.parse().unwrap();
        let shown = pretty(&value);
        assert_eq!(shown.parse::<Value>().unwrap(), value);
        assert!(shown.contains("\n    1.50,\n"), "{shown}");
    }
}
