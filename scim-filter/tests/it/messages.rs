//! Every message, as a person sees it.

use std::fmt::Write as _;

use scim_core::{Policy, builtin};
use scim_filter::{FilterLimits, Parser, SortBy, SortOrder};

use crate::types;

fn append(report: &mut String, snippet: &str, scim_type: impl std::fmt::Display) {
    writeln!(report, "{snippet}\n  ({scim_type})\n").unwrap();
}

#[test]
fn refused_by_the_grammar() {
    let mut report = String::new();
    for text in [
        "",
        "   ",
        "userName",
        "userName ",
        "userName eq",
        "userName eq ",
        "userName pr and",
        "userName pr and ",
        "(userName pr",
        "not (userName pr",
        "emails[type pr",
        "()",
        "emails[]",
        "userName xx \"a\"",
        "userName == \"a\"",
        "userName eq1",
        "userName eq(1)",
        "userName eq\"a\"",
        "userName \"a\"",
        "userName eq bjensen",
        "userName eq 'bjensen'",
        "active eq True",
        "userName eq [1]",
        "userName eq )",
        "a eq 01",
        "a eq 5.",
        "a eq \"x",
        "a eq \"x\\\"",
        "a eq \"\\x41\"",
        "a eq \"\\u12\"",
        "a eq \"\\ud83d rest\"",
        "a eq \"x\ty\"",
        "a eq \"x\"and b pr",
        "a eq 1[",
        "a\tpr",
        "\ta pr",
        "a pr\n",
        "a eq\t1",
        "a eq \t1",
        "title gt null",
        "not userName pr",
        "not",
        "title pr xor userType pr",
        "title pr and(a pr)",
        "title pr or or userType pr",
        "userName eq \"a\" \"b\"",
        "title pr)",
        "emails[type pr]]",
        "emails [type pr]",
        "emails[type eq \"work\"] pr",
        "emails[type eq \"work\"].value eq \"x\"",
        "emails[type eq \"work\" and phones[x pr]]",
        "emails[emails.type pr]",
        "emails[urn:example:x:User:type pr]",
        "a.b.c pr",
        "urn:example:x:User:a.b.c pr",
        "urn:example:x:2.0[a pr]",
        "urn:example:x:2.0:User:[a pr]",
        "name. pr",
        ".name pr",
        "1st pr",
        "$ pr",
        "größe pr",
        "\"john\" eq userName",
        "name.gröβe eq \"x\"",
    ] {
        let error = Parser::new().parse(text).expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn refused_by_the_lenient_grammar() {
    let parser = Parser::new().policy(&Policy::lenient());
    let mut report = String::new();
    for text in [
        "a eq1",
        "a eqTrue",
        "emails[type pr].",
        "emails[type pr].value",
        "emails[type pr].value eq",
        "emails[type pr].value.x pr",
        "emails[type pr].1x pr",
    ] {
        let error = parser.parse(text).expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

/// A log of the error holds no literal, whether it shows `Display` or `Debug`.
#[test]
fn no_message_repeats_a_literal() {
    let told = |error: &dyn std::error::Error| {
        let told = format!("{error} {error:?}");
        assert!(!told.contains("s3cret"), "{told}");
    };
    for text in [
        r#"title xx "s3cret""#,
        r#"title eq "s3cret" xx"#,
        "title eq s3cret",
        r#"title eq "s3cret\x""#,
        r#"title eq "s3cret"#,
    ] {
        told(&Parser::new().parse(text).expect_err(text));
    }
    for text in [
        r#"nicName eq "s3cret""#,
        r#"password eq "s3cret""#,
        r#"title eq "s3cret" and active eq "s3cret""#,
        r#"meta.created gt "s3cret""#,
    ] {
        let filter = Parser::new().parse(text).unwrap();
        let error = filter.check(builtin::user_schema(), &Policy::strict());
        told(&error.expect_err(text));
    }
}

/// What a terminal would obey is shown instead.
#[test]
fn no_message_commands_a_terminal() {
    for c in [
        '\u{85}', '\u{9b}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{feff}',
    ] {
        for text in [
            format!("title x{c}31m \"a\""),
            format!("ti{c}tle eq \"a\""),
            format!("title eq \"{c}\" and"),
        ] {
            let error = Parser::new().parse(&text).expect_err(&text);
            let told = format!("{error} {error:?} {}", error.snippet());
            assert!(!told.contains(c), "{c:?} in {told:?}");
        }
    }
}

#[test]
fn refused_by_a_bound() {
    let limits = FilterLimits {
        bytes: 40,
        depth: 2,
        terms: 2,
    };
    let parser = Parser::new().limits(limits);
    let mut report = String::new();
    for text in [
        "a pr or b pr or c pr",
        "((a pr) or (((b pr))))",
        "not (not (a pr))",
        "(a[(b pr)])",
        "userName eq \"a value that is too long for the bound\"",
    ] {
        let error = parser.parse(text).expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn refused_by_the_grammar_of_paths() {
    let mut report = String::new();
    for text in [
        "",
        "name.",
        "name..first",
        "a.b.c",
        "/name/first",
        "userName,displayName",
        "name first",
        "emails [type pr]",
        "emails[type pr] .value",
        "emails[type pr]value",
        "emails[type pr].",
        "emails[type pr].a.b",
        "emails[type pr]]",
        "emails[type pr",
        "emails.type[value pr]",
        "urn:example:x:2.0[value pr]",
        "[value pr]",
        "emails[]",
        "emails[type is \"x\"]",
        "emails[type eq work]",
        "schemas pr",
        "schemas ne \"x\"",
        "schemas eq",
        "schemas eq x",
        "schemas eq \"x\" and a pr",
        "urn:example:x:2.0 eq \"x\"",
    ] {
        let error = Parser::new().parse_path(text).expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn refused_by_the_schema() {
    let mut report = String::new();
    let device = types::resource_type("Device", &["device".to_owned()]);
    let user = builtin::user_schema();
    for (schema, text) in [
        (user, "nicName eq \"x\""),
        (user, "userName pr or (title pr and xyzzy eq \"x\")"),
        (user, "title pr and name.frist eq \"x\""),
        (user, "emails[tpye eq \"work\"]"),
        (user, "emails[userName eq \"work\"]"),
        (user, "employeeNumber pr"),
        (user, "urn:example:x:User:a pr"),
        (user, "urn:example:x:2.0 pr"),
        (user, "a:b pr"),
        (user, "pasword eq \"x\""),
        (user, "givenName pr"),
        (
            user,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr:employeeNumber pr",
        ),
        (
            user,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr pr",
        ),
        (
            user,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.valeu pr",
        ),
        (builtin::group_schema(), "members eq 5"),
        (user, "meta.created eq \"999999999999-01-01T00:00:00Z\""),
        (user, "urn:ietf:params:scim:schemas:core:2.0:User eq \"x\""),
        (user, "userName.value eq \"x\""),
        (user, "password eq \"t1meMa$heen\""),
        (user, "active gt true"),
        (user, "active co \"t\""),
        (user, "meta.created sw \"2011\""),
        (user, "x509Certificates gt \"MAMC\""),
        (user, "userName eq 5"),
        (user, "active eq \"true\""),
        (user, "active eq 1"),
        (user, "meta.created gt \"yesterday\""),
        (user, "meta.created gt 5"),
        (user, "x509Certificates.value eq \"*\""),
        (user, "addresses co \"Hollywood\""),
        (user, "name eq \"Babs\""),
        (user, "userName[value eq \"x\"]"),
        (user, "schemas[display pr]"),
        (&device, "ports eq true"),
        (&device, "weight co \"1\""),
        (&device, "sensors[value eq \"t1\" and key sw \"k\"]"),
    ] {
        let filter = Parser::new().parse(text).unwrap();
        let error = filter.check(schema, &Policy::strict()).expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn paths_refused_by_the_schema() {
    let mut report = String::new();
    for text in [
        "nicName",
        "  name.frist  ",
        "mails[type eq \"work\"]",
        "emails[type eq \"work\"].valeu",
        "name[givenName eq \"x\"]",
        "userName eq \"x\"",
        "emails eq \"x\"",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User[a pr]",
        "emails[kind eq \"work\"].value",
        "emails[value eq 1]",
    ] {
        let path = Parser::new().parse_path(text).unwrap();
        let error = path
            .check(builtin::user_schema(), &Policy::strict())
            .expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn refused_without_a_schema() {
    let mut report = String::new();
    for text in ["a gt true", "a co 5", "a[b sw false]"] {
        let filter = Parser::new().parse(text).unwrap();
        let error = filter.check_without_schema().expect_err(text);
        append(&mut report, &error.snippet(), error.scim_type());
    }
    insta::assert_snapshot!(report);
}

#[test]
fn refused_as_a_sort() {
    let mut report = String::new();
    for path in [
        "",
        "a b",
        "usrName",
        "name",
        "addresses",
        "x509Certificates",
        "password",
        "urn:ietf:params:scim:schemas:core:2.0:User",
    ] {
        let schema = builtin::user_schema();
        let error = SortBy::check(path, SortOrder::Ascending, schema, &Policy::strict());
        let error = error.expect_err(path);
        append(
            &mut report,
            &format!("  {path}: {error}"),
            error.scim_type(),
        );
    }
    insta::assert_snapshot!(report);
}
