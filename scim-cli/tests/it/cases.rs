//! The tables of testdata, played through the batch commands.

use std::collections::BTreeMap;

use scim_core::{Object, Value};
use scim_testdata::{filter_cases, patch_cases, project_cases, resource_text, validate_cases};

use crate::folder::Folder;
use crate::process::batch;

/// Requests by the definitions they need, each with what to check the answer by.
struct Batches<C> {
    command: &'static str,
    requests: BTreeMap<Vec<String>, Vec<(String, C)>>,
}

impl<C> Batches<C> {
    fn new(command: &'static str) -> Self {
        Self {
            command,
            requests: BTreeMap::new(),
        }
    }

    fn add(&mut self, load: &[String], members: &[(&str, Option<String>)], case: C) {
        let mut line = String::from("{");
        for (name, json) in members {
            if let Some(json) = json {
                let comma = if line.len() > 1 { "," } else { "" };
                // Line breaks stand between the tokens of JSON, never within one.
                let json = json.replace(['\n', '\r'], " ");
                line.push_str(&format!(r#"{comma}"{name}":{json}"#));
            }
        }
        line.push('}');
        self.requests
            .entry(load.to_vec())
            .or_default()
            .push((line, case));
    }

    /// Runs all, and gives the label and the reason of each answer that is not as it should be.
    fn check(self, judge: impl Fn(&Object, &C) -> Result<(), String>) {
        let folder = Folder::new();
        let mut count = 0;
        let mut faults = Vec::new();
        for (load, requests) in self.requests {
            let arguments = definitions(&folder, &load);
            let mut all = vec![self.command, "--batch"];
            all.extend(arguments.iter().map(String::as_str));
            let lines: Vec<_> = requests.iter().map(|(line, _)| line.clone()).collect();
            for (answer, (line, case)) in batch(&all, &lines).iter().zip(&requests) {
                count += 1;
                let Value::Object(object) = answer.parse().unwrap() else {
                    panic!("{answer}");
                };
                if let Err(fault) = judge(&object, case) {
                    faults.push(format!("{fault}\n  {line}\n  {answer}"));
                }
            }
        }
        assert!(count > 0);
        assert!(
            faults.is_empty(),
            "{} of {count}\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
}

/// The options that load what cases name.
pub(crate) fn definitions(folder: &Folder, load: &[String]) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut add = |option: &str, name: String, text: String| {
        let path = folder.file(&name);
        std::fs::write(&path, text).unwrap();
        arguments.extend([option.to_owned(), path.to_str().unwrap().to_owned()]);
    };
    for stem in load {
        for (index, text) in scim_testdata::schema_texts_of(stem).into_iter().enumerate() {
            add("--schema", format!("{stem}-{index}.json"), text);
        }
        let text = scim_testdata::resource_type_text(stem);
        add("--resource-type", format!("{stem}.json"), text);
    }
    arguments
}

fn json(text: &str) -> String {
    Value::from(text).to_json()
}

fn member<'a>(answer: &'a Object, name: &str) -> Option<&'a str> {
    answer.get(name)?.as_str()
}

fn expect<T: PartialEq + std::fmt::Debug>(
    label: &str,
    what: &str,
    found: T,
    expected: T,
) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!(
            "{label}: {what} is {found:?}, expected {expected:?}"
        )),
    }
}

/// The same members whatever their order, elements in the same order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.iter().map(sorted).collect()),
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn refused(label: &str, answer: &Object, expected: &scim_testdata::Refusal) -> Result<(), String> {
    expect(label, "ok", answer.get("ok"), Some(&Value::Bool(false)))?;
    let scim_type = member(answer, "scimType");
    expect(label, "scimType", scim_type, expected.scim_type.as_deref())?;
    if let Some(part) = &expected.contains {
        let detail = member(answer, "detail").unwrap_or_default();
        expect(label, part, detail.contains(part), true)?;
    }
    Ok(())
}

#[test]
fn filters() {
    let mut batches = Batches::new("filter");
    for case in filter_cases() {
        for policy in &case.policies {
            let members = [
                ("filter", Some(json(&case.filter))),
                ("type", case.resource_type.as_deref().map(json)),
                ("policy", Some(json(policy))),
                ("resource", case.resource_json()),
            ];
            batches.add(&case.load, &members, case.clone());
        }
    }
    batches.check(|answer, case| {
        let label = case.label();
        if let Some(error) = &case.error {
            refused(&label, answer, error)?;
            if let Some((start, end)) = error.span {
                let span = answer.get("span").map(Value::to_json);
                expect(&label, "span", span, Some(format!("[{start},{end}]")))?;
            }
            return Ok(());
        }
        expect(&label, "ok", answer.get("ok"), Some(&Value::Bool(true)))?;
        if let Some(canonical) = &case.canonical {
            expect(
                &label,
                "canonical",
                member(answer, "canonical"),
                Some(canonical),
            )?;
        }
        match case.matches {
            Some(matches) => expect(
                &label,
                "matches",
                answer.get("matches"),
                Some(&Value::Bool(matches)),
            ),
            None => Ok(()),
        }
    });
}

#[test]
fn patches() {
    let mut batches = Batches::new("patch");
    for case in patch_cases() {
        // An empty body cannot be a member of a request.
        if case.body().trim().is_empty() {
            continue;
        }
        for policy in &case.policies {
            let members = [
                ("type", case.resource_type.as_deref().map(json)),
                ("policy", Some(json(policy))),
                ("resource", case.resource_json()),
                ("patch", Some(case.body())),
            ];
            batches.add(&case.load, &members, case.clone());
        }
    }
    batches.check(|answer, case| {
        let label = case.label();
        if let Some(error) = &case.error {
            refused(&label, answer, error)?;
            let status = Value::from(i64::from(error.status));
            return expect(&label, "status", answer.get("status"), Some(&status));
        }
        expect(&label, "ok", answer.get("ok"), Some(&Value::Bool(true)))?;
        let expected = match case.unchanged {
            true => case.resource_json(),
            false => case.result.clone(),
        };
        let expected: Value = expected.unwrap().parse().unwrap();
        let found = answer.get("resource").map(sorted);
        expect(&label, "resource", found, Some(sorted(&expected)))?;
        if let Some(changes) = case.changes {
            let found = answer
                .get("changes")
                .and_then(Value::as_array)
                .map(<[_]>::len);
            expect(&label, "changes", found, Some(changes))?;
        }
        match case.departures {
            Some(any) => expect(
                &label,
                "departures",
                answer.get("departures").is_some(),
                any,
            ),
            None => Ok(()),
        }
    });
}

/// From the state before to the state after every strict PATCH of the tables: what `diff` answers, `patch`
/// plays, and then nothing is left to do.
#[test]
fn diffs() {
    let folder = Folder::new();
    let mut loads: BTreeMap<Vec<String>, Vec<_>> = BTreeMap::new();
    for case in patch_cases() {
        let is_strict = case.policies.iter().any(|policy| policy == "strict");
        let Some(after) = case.result.as_ref().filter(|_| is_strict) else {
            continue;
        };
        let states = loads.entry(case.load.clone()).or_default();
        states.push([
            json(case.resource_type.as_deref().unwrap()),
            case.resource_json().unwrap(),
            after.clone(),
        ]);
    }
    for (load, states) in loads {
        let options = definitions(&folder, &load);
        let run = |command: &str, lines: Vec<String>| {
            let mut all = vec![command, "--batch"];
            all.extend(options.iter().map(String::as_str));
            let lines: Vec<_> = lines
                .iter()
                .map(|line| line.replace(['\n', '\r'], " "))
                .collect();
            let answers = batch(&all, &lines);
            let read = answers.iter().map(|answer| answer.parse().unwrap());
            read.collect::<Vec<Value>>()
        };
        let diff = |states: &[[String; 3]]| {
            let lines = states.iter().map(|[of_type, before, after]| {
                format!(r#"{{"type":{of_type},"before":{before},"after":{after}}}"#)
            });
            run("diff", lines.collect())
        };
        let mut patched = Vec::new();
        let mut patches = Vec::new();
        for (state, answer) in states.iter().zip(diff(&states)) {
            let answer = answer.as_object().unwrap();
            assert_eq!(
                answer.get("ok"),
                Some(&true.into()),
                "{state:?}: {answer:?}"
            );
            let Some(patch) = answer.get("patch") else {
                continue;
            };
            let [of_type, before, _] = state;
            patches.push(format!(
                r#"{{"type":{of_type},"resource":{before},"patch":{patch}}}"#
            ));
            patched.push(state.clone());
        }
        for (state, answer) in patched.iter_mut().zip(run("patch", patches)) {
            state[1] = answer
                .as_object()
                .unwrap()
                .get("resource")
                .unwrap()
                .to_json();
        }
        assert!(!patched.is_empty());
        for (state, answer) in patched.iter().zip(diff(&patched)) {
            assert_eq!(answer.to_json(), r#"{"ok":true,"changes":[]}"#, "{state:?}");
        }
    }
}

#[test]
fn validations() {
    let mut batches = Batches::new("validate");
    for case in validate_cases() {
        for policy in &case.policies {
            let members = [
                ("type", case.resource_type.as_deref().map(json)),
                ("operation", Some(json(&case.operation))),
                ("policy", Some(json(policy))),
                ("resource", case.resource_json()),
                ("current", case.current.as_deref().map(resource_text)),
            ];
            batches.add(&case.load, &members, case.clone());
        }
    }
    batches.check(|answer, case| {
        let label = case.label();
        expect(
            &label,
            "ok",
            answer.get("ok"),
            Some(&Value::Bool(case.valid)),
        )?;
        let listed = answer
            .get("violations")
            .map_or(&[][..], |v| v.as_array().unwrap());
        let mut found: Vec<_> = listed
            .iter()
            .map(|violation| {
                let violation = violation.as_object().unwrap();
                (
                    member(violation, "pointer").unwrap(),
                    member(violation, "rule").unwrap(),
                )
            })
            .collect();
        let mut expected: Vec<_> = case
            .violations
            .iter()
            .map(|violation| (violation.pointer.as_str(), violation.rule.as_str()))
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        expect(&label, "violations", found, expected)
    });
}

#[test]
fn projections() {
    let mut batches = Batches::new("project");
    let list = |names: &[String]| Value::from(names.to_vec()).to_json();
    for case in project_cases() {
        // What a write returns beyond a read is not asked by this command.
        if case.operation != "get" || !case.written.is_empty() {
            continue;
        }
        for policy in &case.policies {
            let members = [
                ("type", case.resource_type.as_deref().map(json)),
                ("policy", Some(json(policy))),
                ("resource", case.resource_json()),
                ("attributes", Some(list(&case.attributes))),
                ("excludedAttributes", Some(list(&case.excluded_attributes))),
            ];
            batches.add(&case.load, &members, case.clone());
        }
    }
    batches.check(|answer, case| {
        let label = case.label();
        if let Some(error) = &case.error {
            return refused(&label, answer, error);
        }
        let expected: Value = case.result.as_deref().unwrap().parse().unwrap();
        let found = answer.get("resource").map(sorted);
        expect(&label, "resource", found, Some(sorted(&expected)))
    });
}
