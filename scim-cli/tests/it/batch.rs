//! The batch commands answer as they say.

use crate::cases::definitions;
use crate::folder::Folder;
use crate::process::{batch, scim};

fn answers(command: &str, requests: &[(&str, &str)]) {
    let lines: Vec<_> = requests
        .iter()
        .map(|(line, _)| (*line).to_owned())
        .collect();
    for (answer, (request, expected)) in batch(&[command, "--batch"], &lines).iter().zip(requests) {
        match expected.strip_suffix('…') {
            Some(start) => assert!(answer.starts_with(start), "{request}\n{answer}"),
            None => assert_eq!(answer, expected, "{request}"),
        }
    }
}

#[test]
fn filter() {
    answers(
        "filter",
        &[
            (
                r#"{"filter":"(username EQ \"ada\")","resource":{"userName":"ADA"}}"#,
                r#"{"ok":true,"canonical":"username eq \"ada\"","matches":true}"#,
            ),
            (
                r#"{"filter":"userName eq \"ada\"","type":"User"}"#,
                r#"{"ok":true,"canonical":"userName eq \"ada\""}"#,
            ),
            (
                r#"{"Filter":"a pr","ressource":{"a":1}}"#,
                r#"{"ok":true,"canonical":"a pr","ignored":["ressource"]}"#,
            ),
            (
                r#"{"filter":"id eq \"A\" or id eq \"b\"","explain":true}"#,
                r#"{"ok":true,"canonical":"id eq \"A\" or id eq \"b\"","explain":{"fingerprint":"id eq ? x2","attributes":["id"],"equalities":[{"path":"id","keys":["A","b"]}]}}"#,
            ),
            (
                r#"{"filter":"title pr","type":"Group","sql":"postgres"}"#,
                r#"{"ok":false,"scimType":"invalidFilter","detail":"…"#,
            ),
            (
                r#"{"filter":"title pr","sql":"postgres"}"#,
                r#"{"ok":false,"detail":"expected a member `type`"}"#,
            ),
            (
                r#"{"filter":"title pr","type":"User","sql":"mysql"}"#,
                r#"{"ok":false,"detail":"`mysql` is not a dialect; expected `sqlite` or `postgres`"}"#,
            ),
            (
                r#"{"filter":"é eq"}"#,
                r#"{"ok":false,"scimType":"invalidFilter","detail":"…"#,
            ),
            (
                r#"{"filter":7}"#,
                r#"{"ok":false,"detail":"`filter`: expected a string, found a number"}"#,
            ),
            (
                r#"{}"#,
                r#"{"ok":false,"detail":"expected a member `filter`"}"#,
            ),
            (
                "[]",
                r#"{"ok":false,"detail":"expected a JSON object, found an array"}"#,
            ),
            ("", r#"{"ok":false,"detail":"…"#),
            (
                r#"{"filter":"a pr","type":"Nothing"}"#,
                r#"{"ok":false,"detail":"unknown resource type `Nothing`, expected one of User, Group"}"#,
            ),
            (
                r#"{"filter":"a pr","policy":"loose"}"#,
                r#"{"ok":false,"detail":"`loose` is not a policy; expected `strict`, `lenient` or `interop`"}"#,
            ),
        ],
    );
}

#[test]
fn a_resource_may_nest_as_deep_as_on_its_own() {
    let resource =
        |levels: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    let answer = |resource: &str| {
        let line = format!(r#"{{"filter":"a pr","resource":{resource}}}"#);
        batch(&["filter", "--batch"], &[line]).remove(0)
    };
    for (levels, status, is_ok) in [(31, 0, true), (32, 1, false)] {
        let resource = resource(levels);
        let outcome = crate::process::scim(&["filter", "a pr", "--resource", &resource], b"");
        assert_eq!(outcome.status, status, "{}", outcome.stderr);
        let answer = answer(&resource);
        assert_eq!(answer.starts_with(r#"{"ok":true"#), is_ok, "{answer}");
    }
}

#[test]
fn a_filter_as_sql() {
    let filter = r#"active eq true and nickName eq \"A\" and emails pr"#;
    let line = format!(r#"{{"filter":"{filter}","type":"User","sql":"sqlite"}}"#);
    assert_eq!(
        batch(&["filter", "--batch"], &[line])[0],
        format!(
            r#"{{"ok":true,"canonical":"{filter}","sql":{{"condition":"((\"User\".\"active\" IS NOT NULL AND \"User\".\"active\" = ?1) AND (\"User\".\"nickName\" IS NOT NULL AND \"User\".\"nickName\" COLLATE BINARY = ?2) AND \"User\".\"id\" IN (SELECT \"scim_row\".\"resource\" FROM \"User.emails\" AS \"scim_row\" WHERE \"scim_row\".\"resource\" IS NOT NULL AND TRUE))","parameters":[true,"a"],"explain":["in SQL: active eq ?","in SQL: nickName eq ?","narrowed in SQL, decided on the rows: emails pr: a row of `emails` does not tell whether the element is empty"],"residual":["emails"]}}}}"#
        )
    );
}

#[test]
fn a_span_counts_bytes() {
    let lines = [r#"{"filter":"a eq \"é\" and b xx 1"}"#.to_owned()];
    let answer = &batch(&["filter", "--batch"], &lines)[0];
    assert!(answer.ends_with(r#""span":[16,18]}"#), "{answer}");
}

#[test]
fn patch() {
    const SCHEMAS: &str = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;
    let patch = |resource: &str, operation: &str| {
        format!(
            r#"{{"type":"User","resource":{resource},"patch":{{{SCHEMAS},"Operations":[{operation}]}}}}"#
        )
    };
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    let lines = [
        patch(user, r#"{"op":"add","path":"title","value":"Countess"}"#),
        patch(user, r#"{"op":"remove","path":"userName"}"#),
        patch(user, r#"{"op":"add","path":"nothing","value":1}"#),
        r#"{"type":"User","resource":{}}"#.to_owned(),
        patch(
            &user.replace("\"ada\"", "7"),
            r#"{"op":"remove","path":"title"}"#,
        ),
    ];
    let answers = batch(&["patch", "--batch"], &lines);
    assert_eq!(
        answers[0],
        concat!(
            r#"{"ok":true,"resource":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"#,
            r#""userName":"ada","title":"Countess"},"#,
            r#""changes":[{"path":"title","after":"Countess","operation":0}]}"#
        )
    );
    let refused = r#"{"ok":false,"status":400,"scimType":"mutability","detail":""#;
    assert!(answers[1].starts_with(refused), "{}", answers[1]);
    let refused = r#"{"ok":false,"status":400,"scimType":"invalidPath","detail":""#;
    assert!(answers[2].starts_with(refused), "{}", answers[2]);
    assert_eq!(
        answers[3],
        r#"{"ok":false,"detail":"expected a member `patch`"}"#
    );
    let malformed = r#"{"ok":false,"violations":[{"pointer":"/userName","rule":"type","#;
    assert!(answers[4].starts_with(malformed), "{}", answers[4]);
}

#[test]
fn diff() {
    let user = |rest: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"{rest}}}"#
        )
    };
    let request = |before: &str, after: &str| {
        format!(r#"{{"type":"User","before":{before},"after":{after}}}"#)
    };
    let lines = [
        request(&user(""), &user(r#","title":"Countess""#)),
        request(&user(r#","title":"x""#), &user(r#","TITLE":"x""#)),
        request(&user(""), "{}"),
        request(&user(r#","active":1"#), &user("")),
        r#"{"type":"User","before":{}}"#.to_owned(),
        format!(
            r#"{{"type":"Group","before":{0},"after":{1}}}"#,
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"1","display":"a"}]}"#,
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"1","display":"b"}]}"#,
        ),
    ];
    let read_only = request(&user(r#","id":"1""#), &user(r#","id":"2""#));
    let lines = lines.into_iter().chain([read_only]).collect::<Vec<_>>();
    let loose = r#"{"type":"User","policy":"lenient","before":{"userName":"ada"},"after":{"userName":"ada","active":"True"}}"#;
    let lines = [lines, vec![loose.to_owned()]].concat();
    let answers = batch(&["diff", "--batch"], &lines);
    let departure = r#"{"tolerance":"value_coercion","place":"/after/active","#;
    assert!(answers[7].contains(departure), "{}", answers[7]);
    assert_eq!(answers[6], r#"{"ok":true,"changes":[],"readOnly":["id"]}"#);
    assert_eq!(
        answers[0],
        concat!(
            r#"{"ok":true,"patch":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"#,
            r#""Operations":[{"op":"add","path":"title","value":"Countess"}]},"#,
            r#""changes":[{"path":"title","after":"Countess","operation":0}]}"#
        )
    );
    assert_eq!(answers[1], r#"{"ok":true,"changes":[]}"#);
    let malformed = r#"{"ok":false,"violations":[{"pointer":"/after/schemas","#;
    assert!(answers[2].starts_with(malformed), "{}", answers[2]);
    let malformed = r#"{"ok":false,"violations":[{"pointer":"/before/active","#;
    assert!(answers[3].starts_with(malformed), "{}", answers[3]);
    assert_eq!(
        answers[4],
        r#"{"ok":false,"detail":"expected a member `after`"}"#
    );
    let immutable =
        r#"{"ok":false,"attribute":"members","detail":"no PATCH changes `members` so: "#;
    assert!(answers[5].starts_with(immutable), "{}", answers[5]);
}

#[test]
fn validate() {
    let user = r#""type":"User","operation":"create""#;
    let schemas = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]"#;
    let lines = [
        format!(r#"{{{user},"resource":{{{schemas},"userName":"ada"}}}}"#),
        format!(r#"{{{user},"resource":{{{schemas},"userName":"ada","active":"yes"}}}}"#),
        format!(r#"{{{user},"policy":"lenient","resource":{{"userName":"ada","active":"True"}}}}"#),
        r#"{"type":"User","operation":"destroy","resource":{}}"#.to_owned(),
        r#"{"operation":"create","resource":{}}"#.to_owned(),
    ];
    let answers = batch(&["validate", "--batch"], &lines);
    assert_eq!(answers[0], r#"{"ok":true}"#);
    let refused = r#"{"ok":false,"violations":[{"pointer":"/active","rule":"type","scimType":"invalidValue","#;
    assert!(answers[1].starts_with(refused), "{}", answers[1]);
    assert!(
        answers[2].starts_with(r#"{"ok":true,"departures":[{"#),
        "{}",
        answers[2]
    );
    assert!(
        answers[3].starts_with(r#"{"ok":false,"detail":"`operation`: "#),
        "{}",
        answers[3]
    );
    assert_eq!(
        answers[4],
        r#"{"ok":false,"detail":"expected a member `type`"}"#
    );
}

#[test]
fn project() {
    answers(
        "project",
        &[
            (
                r#"{"type":"User","resource":{"id":"1","userName":"ada","password":"x"},"attributes":["userName"]}"#,
                r#"{"ok":true,"resource":{"id":"1","userName":"ada"}}"#,
            ),
            (
                r#"{"type":"User","resource":{"id":"1","userName":"ada","title":"x"},"excludedAttributes":["title"]}"#,
                r#"{"ok":true,"resource":{"id":"1","userName":"ada"}}"#,
            ),
            (
                r#"{"type":"User","resource":{},"attributes":["a"],"excludedAttributes":["b"]}"#,
                r#"{"ok":false,"status":400,"scimType":"invalidValue","detail":"…"#,
            ),
            (
                r#"{"type":"User","resource":{},"attributes":"a"}"#,
                r#"{"ok":false,"detail":"`attributes`: expected an array of strings, found a string"}"#,
            ),
        ],
    );
}

#[test]
fn numbers_stay_exact() {
    let folder = Folder::new();
    let mut arguments = vec!["project".to_owned(), "--batch".to_owned()];
    arguments.extend(definitions(&folder, &["device".to_owned()]));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let device = scim_testdata::resource("device-numbers").replace('\n', " ");
    let answer = batch(
        &arguments,
        &[format!(r#"{{"type":"Device","resource":{device}}}"#)],
    );
    for number in [
        ":9007199254740993,",
        ":0.30000000000000004,",
        ":-9223372036854775808,",
        "[1.10,-0.0,123456789012345678901234567890.5]",
        ":100.00}",
    ] {
        assert!(answer[0].contains(number), "{number} {}", answer[0]);
    }
}

#[test]
fn bytes_that_are_not_utf_8_do_not_end_the_run() {
    let outcome = scim(
        &["filter", "--batch"],
        b"{\"filter\":\"\xff\"}\n{\"filter\":\"a pr\"}\n",
    );
    assert_eq!(outcome.status, 0);
    let answers: Vec<_> = outcome.stdout.lines().collect();
    assert!(
        answers[0].starts_with(r#"{"ok":false,"detail":"#),
        "{}",
        answers[0]
    );
    assert_eq!(answers[1], r#"{"ok":true,"canonical":"a pr"}"#);
}

#[test]
fn answers_come_while_the_input_stays_open() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::Stdio;
    let mut child = crate::process::command(&["filter", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..2 {
        stdin.write_all(b"{\"filter\":\"a pr\"}\n").unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert_eq!(answer, "{\"ok\":true,\"canonical\":\"a pr\"}\n");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_no_request_has_is_named_in_every_answer() {
    let lines = [
        r#"{"type":"User","polcy":"lenient","resource":{"active":1}}"#.to_owned(),
        r#"{"type":"User","resource":{},"current":{}}"#.to_owned(),
        r#"{"polcy":"lenient","resource":{}}"#.to_owned(),
    ];
    let answers = batch(&["validate", "--batch"], &lines);
    assert!(
        answers[0].ends_with(r#","ignored":["polcy"]}"#),
        "{}",
        answers[0]
    );
    assert!(
        answers[1].ends_with(r#","ignored":["current"]}"#),
        "{}",
        answers[1]
    );
    assert_eq!(
        answers[2],
        r#"{"ok":false,"detail":"expected a member `type`"}"#
    );
}
