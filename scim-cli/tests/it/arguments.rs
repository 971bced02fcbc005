//! Arguments that are wrong in themselves.

use crate::process::scim;

/// What was meant as JSON may hold a secret.
#[test]
fn an_argument_that_is_no_file_is_not_repeated() {
    let secret = r#"{"password":"hunter2"}"#;
    for text in [
        format!("x{secret}"),
        format!("\u{feff}{secret}"),
        format!("{}hunter2", "x".repeat(200)),
    ] {
        let text = text.as_str();
        for arguments in [
            &["filter", "a pr", "--resource", text][..],
            &["filter", "a pr", "--schema", text],
            &["filter", "a pr", "--resource-type", text],
            &["patch", "--type", "User", text, "{}"],
            &["patch", "--type", "User", "{}", text],
            &["diff", "--type", "User", text, "{}"],
            &["diff", "--type", "User", "{}", text],
            &["validate", "--type", "User", text],
            &["validate", "--type", "User", "--current", text, "{}"],
            &["project", "--type", "User", text],
            &["serve", "--in-memory", "--schema", text],
        ] {
            let outcome = scim(arguments, b"");
            assert_eq!(outcome.status, 1, "{arguments:?}: {}", outcome.stderr);
            let told = outcome.stderr;
            assert!(!told.contains("hunter2"), "{arguments:?}: {told}");
        }
    }
}

#[test]
fn standard_input_is_read_once() {
    for arguments in [
        &["patch", "--type", "User", "-", "-"][..],
        &["diff", "--type", "User", "-", "-"],
        &[
            "validate",
            "--type",
            "User",
            "--operation",
            "patch",
            "--current",
            "-",
            "-",
        ],
    ] {
        let outcome = scim(arguments, br#"{"userName":"ada"}"#);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        let told = outcome.stderr;
        assert!(told.contains("standard input"), "{told}");
        assert!(told.contains("once"), "{told}");
    }
}

#[test]
fn bad_arguments_are_explained() {
    for arguments in [
        &["filter"][..],
        &["filter", "a pr", "--batch"],
        &["filter", "a pr", "--policy", "loose"],
        &["filter", "a pr", "--sql", "sqlite"],
        &["filter", "userName pr", "--type", "User", "--sql", "mysql"],
        &["validate", "{}"],
        &["nothing"],
    ] {
        let outcome = scim(arguments, b"");
        assert_eq!(outcome.status, 2, "{arguments:?}");
        assert!(outcome.stderr.contains("--help"), "{}", outcome.stderr);
    }
    let outcome = scim(&["validate", "--type", "Nothing", "{}"], b"");
    assert_eq!(outcome.status, 1);
    assert_eq!(
        outcome.stderr,
        "scim: unknown resource type `Nothing`, expected one of User, Group\n"
    );
    let outcome = scim(&["validate", "--type", "user", "{}"], b"");
    assert_eq!(
        outcome.stderr,
        "scim: unknown resource type `user`, did you mean `User`?\n"
    );
    for command in ["filter", "patch", "diff", "validate", "project"] {
        let outcome = scim(&[command, "--batch", "--type", "User"], b"");
        assert_eq!(outcome.status, 2);
        let usage = format!("Usage: scim {command} [OPTIONS] ");
        assert!(outcome.stderr.contains(&usage), "{}", outcome.stderr);
        let batch = format!("       scim {command} [OPTIONS] --batch\n");
        assert!(outcome.stderr.contains(&batch), "{}", outcome.stderr);
    }
    let outcome = scim(&["project", "--type", "User", "/nowhere/user.json"], b"");
    assert!(
        outcome.stderr.starts_with("scim: `/nowhere/user.json`: "),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_current_resource_goes_with_what_changes_it() {
    let arguments = ["validate", "--type", "User", "--current", "{}", "{}"];
    let outcome = scim(&arguments, b"");
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("--operation"), "{}", outcome.stderr);
}
