//! Changes, for people and for programs.

use std::io::Write as _;

use anstyle::{AnsiColor, Style};
use scim_core::{Change, Object, Value, one_line};

use crate::output;

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();

/// Shows the changes on standard error, a line each; in colour if that is a terminal and `NO_COLOR` is not set.
pub(crate) fn tell(changes: &[Change]) {
    if changes.is_empty() {
        output::tell("nothing changed");
    }
    let mut stderr = anstream::stderr().lock();
    for change in changes {
        // There is nowhere else to complain.
        let _ = writeln!(stderr, "{}", line(change));
    }
}

fn line(change: &Change) -> String {
    let path = &change.path;
    match (
        change.before.as_ref().map(one_line),
        change.after.as_ref().map(one_line),
    ) {
        (None, Some(after)) => format!("{ADDED}+ {path}: {after}{ADDED:#}"),
        (Some(before), None) => format!("{REMOVED}- {path}: {before}{REMOVED:#}"),
        (Some(before), Some(after)) => format!(
            "{CHANGED}~ {path}:{CHANGED:#} {REMOVED}{before}{REMOVED:#} -> {ADDED}{after}{ADDED:#}"
        ),
        (None, None) => format!("{CHANGED}~ {path}{CHANGED:#}"),
    }
}

/// The changes as a member of an answer.
pub(crate) fn add(answer: &mut Object, changes: &[Change]) {
    let list: Vec<Value> = changes.iter().map(shown).collect();
    answer.insert("changes", list);
}

fn shown(change: &Change) -> Value {
    let mut object = Object::new();
    object.insert("path", change.path.as_str());
    if let Some(before) = &change.before {
        object.insert("before", before.clone());
    }
    if let Some(after) = &change.after {
        object.insert("after", after.clone());
    }
    if let Some(operation) = change.operation {
        object.insert("operation", i64::try_from(operation).unwrap_or(i64::MAX));
    }
    Value::Object(object)
}
