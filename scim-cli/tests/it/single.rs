//! The commands on single arguments, for people.

use scim_core::Value;

use crate::folder::Folder;
use crate::process::scim;

#[test]
fn a_filter_is_printed_and_judged() {
    let outcome = scim(
        &["filter", r#"(userName EQ "ada")"#, "--resource", "-"],
        br#"{"username":"ADA"}"#,
    );
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (0, "userName eq \"ada\"\nmatches\n")
    );
    let outcome = scim(&["filter", "a pr", "--resource", "{}"], b"");
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (0, "a pr\ndoes not match\n")
    );
}

#[test]
fn a_fault_in_a_filter_is_pointed_at() {
    let outcome = scim(&["filter", r#"userName xx "a""#], b"");
    assert_eq!(outcome.status, 1);
    assert!(
        outcome
            .stderr
            .starts_with("  userName xx \"a\"\n           ^^ "),
        "{}",
        outcome.stderr
    );
    let outcome = scim(&["filter", "--type", "User", "nicName pr"], b"");
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("^^^^^^^ "), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("nickName"), "{}", outcome.stderr);
}

#[test]
fn a_filter_explains_itself() {
    let filter = r#"userName eq "Ada" and emails[value eq "a" or value eq "b"] and active eq true"#;
    let outcome = scim(&["filter", "--type", "User", "--explain", filter], b"");
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert_eq!(
        outcome.stdout,
        format!(
            r#"{filter}
fingerprint: username eq ? and emails[value eq ? x2] and active eq ?
attribute: active
attribute: emails.value
attribute: userName
an index answers: userName = "ada"
an index answers: emails.value = "a" or "b"
an index answers: active = true
"#
        )
    );
}

#[test]
fn json_that_is_no_resource_is_no_file() {
    for text in [
        "[]", "[1]", " null", "true", "7", r#""x""#, r#""x"#, "", " ",
    ] {
        for arguments in [
            &["filter", "a pr", "--resource", text][..],
            &["patch", "--type", "User", text, "{}"],
            &["diff", "--type", "User", text, "{}"],
            &["validate", "--type", "User", text],
            &["project", "--type", "User", text],
        ] {
            let outcome = scim(arguments, b"");
            assert_eq!(outcome.status, 1, "{arguments:?}");
            let told = &outcome.stderr;
            let expected = "scim: the JSON argument: expected a ";
            assert!(told.starts_with(expected) || text == r#""x"#, "{told}");
            assert!(told.contains("the JSON argument"), "{told}");
        }
    }
}

#[test]
fn an_encoding_that_is_not_json_is_named() {
    let utf_16 = b"\xff\xfe{\0}\0";
    for text in [&utf_16[..], b"\xfe\xff\0{\0}", b"\xef\xbb\xbf{}"] {
        let told = scim(&["validate", "--type", "User", "-"], text).stderr;
        let expected = "scim: standard input: expected UTF-8 without a byte order mark";
        assert!(told.starts_with(expected), "{told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_input_without_end_is_refused() {
    for arguments in [
        &["validate", "--type", "User", "/dev/zero"][..],
        &["filter", "a pr", "--resource", "/dev/zero"],
        &["filter", "a pr", "--schema", "/dev/zero"],
    ] {
        let outcome = scim(arguments, b"");
        assert_eq!(outcome.status, 1);
        let told = outcome.stderr;
        assert_eq!(told, "scim: `/dev/zero`: longer than 67108864 bytes\n");
    }
}

#[test]
fn a_filter_is_shown_as_sql() {
    let sql = |dialect: &str, filter: &str| {
        let outcome = scim(&["filter", "--type", "User", "--sql", dialect, filter], b"");
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
        outcome.stdout
    };
    assert_eq!(
        sql(
            "sqlite",
            r#"userName sw "Ada" and emails[type eq "work"] and emails pr"#
        ),
        r#"userName sw "Ada" and emails[type eq "work"] and emails pr
SELECT * FROM "User" WHERE (("User"."userName" IS NOT NULL AND "User"."userName" COLLATE BINARY >= ?1 AND "User"."userName" COLLATE BINARY < ?2) AND "User"."id" IN (SELECT "scim_row"."resource" FROM "User.emails" AS "scim_row" WHERE "scim_row"."resource" IS NOT NULL AND ("scim_row"."type" IS NOT NULL AND "scim_row"."type" COLLATE BINARY = ?3)) AND "User"."id" IN (SELECT "scim_row"."resource" FROM "User.emails" AS "scim_row" WHERE "scim_row"."resource" IS NOT NULL AND TRUE))
?1 = "ada"
?2 = "adb"
?3 = "work"
in SQL: userName sw ?
in SQL: emails[type eq ?]
narrowed in SQL, decided on the rows: emails pr: a row of `emails` does not tell whether the element is empty
the rows need: emails
"#
    );
    assert_eq!(
        sql(
            "postgres",
            r#"meta.created gt "2024-01-01T00:00:00Z" and active eq true"#
        ),
        r#"meta.created gt "2024-01-01T00:00:00Z" and active eq true
SELECT * FROM "User" WHERE (("User"."meta.created" IS NOT NULL AND "User"."meta.created" > $1::text::timestamptz) AND ("User"."active" IS NOT NULL AND "User"."active" = $2::boolean))
$1 = "2024-01-01 00:00:00.000000+00"
$2 = true
in SQL: meta.created gt ?
in SQL: active eq ?
"#
    );
}

#[test]
fn tolerances_are_shown() {
    let arguments = [
        "filter",
        "--type",
        "User",
        "--policy",
        "lenient",
        r#"active eq "True""#,
    ];
    let outcome = scim(&arguments, b"");
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert!(
        outcome
            .stderr
            .starts_with("tolerated: filter_literal_coercion at "),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_patch_shows_resource_and_changes() {
    let folder = Folder::new();
    let file = folder.file("user.json");
    std::fs::write(
        &file,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#,
    )
    .unwrap();
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"userName","value":"lovelace"}]}"#;
    let outcome = scim(
        &["patch", "--type", "User", file.to_str().unwrap(), patch],
        b"",
    );
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert_eq!(
        outcome.stdout,
        "{\n  \"schemas\": [\n    \"urn:ietf:params:scim:schemas:core:2.0:User\"\n  ],\n  \"userName\": \"lovelace\"\n}\n"
    );
    assert_eq!(outcome.stderr, "~ userName: \"ada\" -> \"lovelace\"\n");
    let outcome = scim(&["patch", "--type", "User", "{}", "{}"], b"");
    assert_eq!(outcome.status, 1);
    assert!(
        outcome.stderr.starts_with("400 invalidSyntax: "),
        "{}",
        outcome.stderr
    );
}

/// What the type does not know is no fault of a PATCH, and no loss of the resource.
#[test]
fn w08_a_patch_leaves_what_the_type_does_not_know() {
    let user = |rest: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"{rest},"old":1,"urn:gone:x":{{"a":1}},"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"lost":"l"}}}}"#
        )
    };
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"title","value":"t"}]}"#;
    for policy in ["strict", "lenient"] {
        let arguments = [
            "patch",
            "--type",
            "User",
            "--policy",
            policy,
            &user(""),
            patch,
        ];
        let outcome = scim(&arguments, b"");
        assert_eq!(outcome.stderr, "+ title: \"t\"\n");
        let patched: Value = outcome.stdout.parse().unwrap();
        assert_eq!(patched, user(r#","title":"t""#).parse().unwrap());
    }
    // A sub-attribute is part of a value.
    let user = user(r#","name":{"old":1}"#);
    let refused = scim(&["patch", "--type", "User", &user, patch], b"");
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("/name/old"), "{}", refused.stderr);
}

#[test]
fn a_malformed_resource_is_not_patched() {
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"title"}]}"#;
    let outcome = scim(&["patch", "--type", "User", r#"{"title":1}"#, patch], b"");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""));
    assert!(
        outcome
            .stderr
            .lines()
            .any(|line| line.starts_with("/title ")),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.lines().count() > 1, "{}", outcome.stderr);
}

#[test]
fn a_diff_is_a_patch_that_leads_there() {
    let user = |rest: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"{rest}}}"#
        )
    };
    let before = user(r#","title":"Miss","emails":[{"value":"a@x"}]"#);
    let after = user(r#","nickName":"Ada","emails":[{"value":"a@x","type":"work"}]"#);
    let outcome = scim(&["diff", "--type", "User", &before, &after], b"");
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    assert_eq!(
        outcome.stderr,
        concat!(
            "+ nickName: \"Ada\"\n",
            "- title: \"Miss\"\n",
            "~ emails: {\"value\":\"a@x\"} -> {\"value\":\"a@x\",\"type\":\"work\"}\n",
        )
    );
    let arguments = ["patch", "--type", "User", &before, "-"];
    let patched = scim(&arguments, outcome.stdout.as_bytes()).stdout;
    let patched = scim(&["diff", "--type", "User", &patched, &after], b"");
    assert_eq!(
        (patched.stdout.as_str(), patched.stderr.as_str()),
        ("", "nothing changed\n")
    );
}

/// A pipe from `diff` to `patch` works for states that are the same.
#[test]
fn an_empty_pipe_changes_nothing() {
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    let arguments = ["patch", "--type", "User", user, "-"];
    let outcome = scim(&arguments, b"\n");
    assert_eq!(
        (outcome.status, outcome.stderr.as_str()),
        (0, "nothing changed\n")
    );
    assert!(outcome.stdout.contains("ada"), "{}", outcome.stdout);
    // An argument that is empty is a slip.
    let outcome = scim(&["patch", "--type", "User", user, ""], b"");
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
}

#[test]
fn a_diff_says_where_only_what_is_read_only_differs() {
    let user = |id: &str, manager: &str| {
        let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{uri}"],"id":"{id}","userName":"ada",
                "{uri}":{{"manager":{{"value":"1","displayName":"{manager}"}}}}}}"#
        )
    };
    let outcome = scim(
        &[
            "diff",
            "--type",
            "User",
            &user("1", "Bob"),
            &user("2", "Eve"),
        ],
        b"",
    );
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, ""));
    assert_eq!(
        outcome.stderr,
        "nothing to change: only readOnly attributes differ, `id`, \
         `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager`\n"
    );
}

#[test]
fn colours_are_for_terminals() {
    let arguments = [
        "diff",
        "--type",
        "User",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob"}"#,
    ];
    let stderr = |variables: &[&str]| {
        let mut command = crate::process::command(&arguments);
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        for variable in variables {
            command.env(variable, "1");
        }
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    let plain = "~ userName: \"ada\" -> \"bob\"\n";
    assert_eq!(stderr(&[]), plain);
    let coloured = stderr(&["CLICOLOR_FORCE"]);
    assert!(coloured.contains("\u{1b}[31m\"ada\""), "{coloured:?}");
    assert!(coloured.contains("\u{1b}[32m\"bob\""), "{coloured:?}");
    assert_eq!(stderr(&["CLICOLOR_FORCE", "NO_COLOR"]), plain);
}

#[test]
fn validation_names_every_violation() {
    let outcome = scim(
        &["validate", "--type", "User", r#"{"active":"x","title":1}"#],
        b"",
    );
    assert_eq!(outcome.status, 1);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines.len() >= 3, "{}", outcome.stderr);
    assert!(lines.iter().any(|line| line.starts_with("/title ")));
    // The columns stand below each other.
    let columns = |line: &&str| line.find("`").filter(|_| line.starts_with(['/']));
    let details: Vec<_> = lines.iter().filter_map(columns).collect();
    assert!(
        details.windows(2).all(|two| two[0] == two[1]),
        "{}",
        outcome.stderr
    );
    let good = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    let outcome = scim(&["validate", "--type", "User", good], b"");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, "valid\n"));
}

#[test]
fn projection_takes_lists() {
    let user = r#"{"id":"1","userName":"ada","title":"x","password":"p"}"#;
    let outcome = scim(
        &[
            "project",
            "--type",
            "User",
            "--attributes",
            "title, userName",
            user,
        ],
        b"",
    );
    assert_eq!(
        outcome.stdout,
        "{\n  \"id\": \"1\",\n  \"userName\": \"ada\",\n  \"title\": \"x\"\n}\n"
    );
}

#[test]
fn definitions_of_ones_own() {
    let folder = Folder::new();
    let mut arguments = vec!["validate".to_owned(), "--type".into(), "Device".into()];
    for (index, text) in scim_testdata::schema_texts_of("device").iter().enumerate() {
        let file = folder.file(&format!("{index}.json"));
        std::fs::write(&file, text).unwrap();
        arguments.extend(["--schema".into(), file.to_str().unwrap().into()]);
    }
    let file = folder.file("type.json");
    std::fs::write(&file, scim_testdata::resource_type_text("device")).unwrap();
    arguments.extend([
        "--resource-type".into(),
        file.to_str().unwrap().into(),
        "-".into(),
    ]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = scim(
        &arguments,
        scim_testdata::resource("device-minimal").as_bytes(),
    );
    assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    std::fs::write(&file, "{").unwrap();
    let outcome = scim(&arguments, b"{}");
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("type.json"), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_an_error() {
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    for arguments in [
        &["filter", "userName pr"][..],
        &["validate", "--type", "User", user],
        &["project", "--type", "User", user],
    ] {
        let full = || {
            std::fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap()
        };
        let output = crate::process::command(arguments)
            .stdout(full())
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(
            stderr.starts_with("scim: cannot print to standard output: "),
            "{stderr}"
        );
        let mut silent = crate::process::command(arguments);
        let silent = silent.stdout(full()).stderr(full()).output().unwrap();
        assert_eq!(silent.status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn a_name_of_a_stranger_tells_a_terminal_nothing() {
    let name = "a\\u001b[31mred\\nforged line: valid\\u009b\\u202e";
    let uri = "urn:ietf:params:scim:schemas:core:2.0:User";
    let user = format!(r#"{{"schemas":["{uri}"],"userName":"a","{name}":1}}"#);
    for policy in ["strict", "lenient"] {
        let arguments = ["validate", "--type", "User", "--policy", policy, &user];
        let told = scim(&arguments, b"").stderr;
        assert_eq!(told.lines().count(), 1, "{told:?}");
        assert!(
            told.contains(r"\nforged line: valid\u{9b}\u{202e}"),
            "{told:?}"
        );
        assert!(!told.trim_end().contains(char::is_control), "{told:?}");
    }
}
