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
