//! `scim serve`: what it prints, what it keeps, how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use scim_testdata::scenario::Response;
use scim_testdata::tcp::Client;

use crate::folder::Folder;
use crate::process::command;

/// A running `scim serve` on a port of its own; killed at the end of the test unless it has ended.
struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    greeting: String,
    client: Client,
    printed_token: Option<String>,
}

impl Server {
    fn start(arguments: &[&str], token: Option<&str>) -> Self {
        let mut command = command(&["serve", "--listen", "127.0.0.1:0"]);
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(token) = token {
            command.env("SCIM_TOKEN", token);
        }
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.ends_with("ready\n") {
            assert!(stdout.read_line(&mut greeting).unwrap() > 0, "{greeting}");
        }
        let line = |start: &str| {
            let mut lines = greeting.lines();
            lines.find_map(|line| Some(line.strip_prefix(start)?.trim().to_owned()))
        };
        let printed_token = line("Bearer token: ");
        let known = token.map(str::to_owned).or(printed_token.clone());
        let client = Client::new(
            &line("SCIM base URL: ").unwrap(),
            &known.unwrap_or_default(),
        );
        Self {
            child,
            stdout,
            greeting,
            client,
            printed_token,
        }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Asks it to end, and gives its status and what it still printed.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn user(name: &str) -> String {
    format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"}}"#)
}

fn total(client: &Client, path: &str) -> i64 {
    let answer = client.ask("GET", path, "");
    assert_eq!(answer.status, 200);
    let body = scim_core::Resource::from_json(&answer.body).unwrap();
    body.get("totalResults").unwrap().to_json().parse().unwrap()
}

fn text(answer: &Response) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

#[test]
fn the_first_start_prints_a_token_and_a_later_one_keeps_everything() {
    let folder = Folder::new();
    let file = folder.file("scim.db");
    let arguments = ["--db", file.to_str().unwrap()];
    let first = Server::start(&arguments, None);
    assert!(first.printed_token.is_some(), "{}", first.greeting);
    let token = first.client.token.clone();
    assert_eq!(first.client.ask("POST", "/Users", &user("ada")).status, 201);
    assert_eq!(first.stop("TERM"), (Some(0), "stopped\n".to_owned()));

    let mut second = Server::start(&arguments, None);
    assert_eq!(second.printed_token, None, "{}", second.greeting);
    assert!(!second.greeting.contains(&token));
    assert_eq!(second.client.ask("GET", "/Users", "").status, 401);
    second.client.token.clone_from(&token);
    assert_eq!(
        total(&second.client, "/Users?filter=userName%20eq%20%22ADA%22"),
        1
    );
    assert_eq!(second.stop("INT"), (Some(0), "stopped\n".to_owned()));

    // A token that is given replaces the printed one, and stays.
    let third = Server::start(&arguments, Some("given-token"));
    assert_eq!(third.printed_token, None);
    assert_eq!(third.client.ask("GET", "/Users", "").status, 200);
    assert_eq!(
        Client::new(&url(&third), &token)
            .ask("GET", "/Users", "")
            .status,
        401
    );
    drop(third);
    let fourth = Server::start(&arguments, None);
    assert_eq!(fourth.printed_token, None);
    assert_eq!(
        Client::new(&url(&fourth), "given-token")
            .ask("GET", "/Users", "")
            .status,
        200
    );
    for name in ["scim.db", "scim.db-wal"] {
        let bytes = std::fs::read(folder.file(name)).unwrap_or_default();
        for secret in [token.as_str(), "given-token"] {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{name}"
            );
        }
    }
}

fn url(server: &Server) -> String {
    format!(
        "http://{}{}",
        server.client.address, server.client.base_path
    )
}

#[test]
fn the_printed_lines_work_when_pasted() {
    let server = Server::start(&["--in-memory"], None);
    let lines: Vec<_> = server
        .greeting
        .lines()
        .filter(|l| l.starts_with("curl "))
        .collect();
    assert_eq!(lines.len(), 3, "{}", server.greeting);
    let token = server.printed_token.clone().unwrap();
    for line in &lines {
        assert!(
            line.contains(&format!("'Authorization: Bearer {token}'")),
            "{line}"
        );
        assert!(line.contains(&url(&server)), "{line}");
    }
    let has_curl = Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if has_curl.is_ok_and(|status| status.success()) {
        for (line, expected) in lines.iter().zip([
            "ServiceProviderConfig",
            r#""userName":"ada@example.com""#,
            r#""totalResults":1"#,
        ]) {
            let output = Command::new("sh").args(["-c", line]).output().unwrap();
            let answer = String::from_utf8(output.stdout).unwrap();
            assert!(answer.contains(expected), "{line}\n{answer}");
        }
    }
}

#[test]
fn an_acknowledged_write_survives_a_kill() {
    let folder = Folder::new();
    let file = folder.file("scim.db");
    let arguments = ["--db", file.to_str().unwrap()];
    let mut server = Server::start(&arguments, Some("t"));
    let client = server.client.clone();
    let is_over = AtomicBool::new(false);
    let acknowledged: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (client, is_over) = (&client, &is_over);
                scope.spawn(move || {
                    let mut names = Vec::new();
                    for round in 0.. {
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        let name = format!("user-{writer}-{round}");
                        let request = scim_testdata::scenario::Request::new("POST", "/Users")
                            .header("Authorization", "Bearer t")
                            .body(user(&name));
                        match client.try_send(&request) {
                            Ok(answer) => {
                                assert_eq!(answer.status, 201, "{}", text(&answer));
                                names.push(name);
                            }
                            Err(_) => break,
                        }
                    }
                    names
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(700));
        server.signal("KILL");
        is_over.store(true, Ordering::Relaxed);
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    server.child.wait().unwrap();
    assert!(!acknowledged.is_empty());
    let reopened = Server::start(&arguments, Some("t"));
    for name in &acknowledged {
        let path = format!("/Users?filter=userName%20eq%20%22{name}%22");
        assert_eq!(total(&reopened.client, &path), 1, "{name}");
    }
    assert!(total(&reopened.client, "/Users?count=0") >= acknowledged.len() as i64);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    use std::io::Write as _;
    let server = Server::start(&["--in-memory"], Some("t"));
    let mut stream = std::net::TcpStream::connect(server.client.address).unwrap();
    let head = "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    let (status, printed) = server.stop("INT");
    assert_eq!((status, printed.as_str()), (Some(1), ""));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_that_was_not_printed_is_not_kept() {
    let folder = Folder::new();
    let file = folder.file("scim.db");
    let arguments = ["--db", file.to_str().unwrap()];
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let (reader, closed) = std::io::pipe().unwrap();
    drop(reader);
    for stdout in [Stdio::from(full), Stdio::from(closed)] {
        let output = command(&["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(stdout)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(
            stderr.contains("scim: cannot print to standard output: "),
            "{stderr}"
        );
    }
    let server = Server::start(&arguments, None);
    assert!(server.printed_token.is_some(), "{}", server.greeting);
    assert_eq!(server.client.ask("GET", "/Users", "").status, 200);
    let again = server.client.token.clone();
    drop(server);
    let mut later = Server::start(&arguments, None);
    assert_eq!(later.printed_token, None, "{}", later.greeting);
    later.client.token = again;
    assert_eq!(later.client.ask("GET", "/Users", "").status, 200);
}

#[test]
fn it_says_where_it_listens() {
    let url = "http://127.0.0.1:9/scim/v2";
    let server = Server::start(&["--in-memory", "--public-url", url], None);
    assert!(
        server.greeting.contains("Listening on:  127.0.0.1:"),
        "{}",
        server.greeting
    );
    drop(server);
    let outcome = crate::process::scim(&["serve", "--listen", "example.com"], b"");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.stderr.contains("such as 127.0.0.1:8080"),
        "{}",
        outcome.stderr
    );
}

const POSIX: &str = "urn:ietf:params:scim:schemas:oracle:idcs:extension:posix:User";

/// The options with which `serve` gives users the extension.
fn with_posix(folder: &Folder) -> [String; 4] {
    let write = |name: &str, text: &str| {
        let path = folder.file(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let schema = scim_testdata::schema_text("oracle-idcs-posix");
    let user_type = format!(
        r#"{{"name":"User","endpoint":"/Users","schema":"urn:ietf:params:scim:schemas:core:2.0:User",
            "schemaExtensions":[{{"schema":"{POSIX}","required":false}}]}}"#
    );
    [
        "--schema".into(),
        write("posix.json", &schema),
        "--resource-type".into(),
        write("user.json", &user_type),
    ]
}

fn posix_user() -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{POSIX}"],
            "userName":"ada","{POSIX}":{{"uidNumber":7,"homeDirectory":"/home/ada"}}}}"#
    )
}

#[test]
fn users_get_an_extension_of_the_operators_own() {
    let folder = Folder::new();
    let options = with_posix(&folder);
    let mut arguments = vec!["--in-memory"];
    arguments.extend(options.iter().map(String::as_str));
    let server = Server::start(&arguments, None);
    let created = server.client.ask("POST", "/Users", &posix_user());
    assert_eq!(created.status, 201, "{}", text(&created));
    let filter = format!("/Users?filter={POSIX}:uidNumber%20eq%207");
    assert_eq!(total(&server.client, &filter), 1);
    let types = text(&server.client.ask("GET", "/ResourceTypes/User", ""));
    assert!(types.contains(POSIX), "{types}");
}

#[test]
fn w08_an_extension_that_is_not_loaded_is_not_lost() {
    let folder = Folder::new();
    let (file, options) = (folder.file("scim.db"), with_posix(&folder));
    let without = ["--db", file.to_str().unwrap()];
    let mut with = without.to_vec();
    with.extend(options.iter().map(String::as_str));
    let start = |arguments: &[&str]| Server::start(arguments, Some("a-token"));

    let server = start(&with);
    let created = server.client.ask("POST", "/Users", &posix_user());
    let id = scim_core::Resource::from_json(&created.body).unwrap();
    let user = format!("/Users/{}", id.id().unwrap());
    server.stop("TERM");

    let server = start(&without);
    let replaced = server.client.ask("PUT", &user, &self::user("ada"));
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations":[{"op":"add","path":"title","value":"Countess"}]}"#;
    let patched = server.client.ask("PATCH", &user, patch);
    for answer in [replaced, patched, server.client.ask("GET", &user, "")] {
        assert_eq!(answer.status, 200, "{}", text(&answer));
        assert!(!text(&answer).contains(POSIX), "{}", text(&answer));
    }
    server.stop("TERM");

    let server = start(&with);
    let shown = scim_core::Resource::from_json(&server.client.ask("GET", &user, "").body).unwrap();
    assert_eq!(shown.get("schemas").unwrap().elements().count(), 2);
    let kept = shown.get(POSIX).unwrap().to_json();
    assert_eq!(kept, r#"{"uidNumber":7,"homeDirectory":"/home/ada"}"#);
    assert!(shown.get("title").is_some());
    let filter = format!("/Users?filter={POSIX}:uidNumber%20eq%207");
    assert_eq!(total(&server.client, &filter), 1);
}

#[test]
fn a_token_lives_for_a_day_at_least() {
    let outcome = crate::process::scim(&["serve", "--in-memory", "--token-lifetime", "0"], b"");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.stderr.contains("0 is not in 1.."),
        "{}",
        outcome.stderr
    );
}

#[test]
fn what_cannot_start_says_why() {
    let folder = Folder::new();
    let nowhere = folder.file("none/scim.db");
    for (arguments, reason) in [
        (
            &["--db", nowhere.to_str().unwrap()][..],
            "/none/scim.db`: the database file cannot be created",
        ),
        (
            &["--db", ":memory:"],
            "`:memory:` does not name a file; to keep everything in memory there is `--in-memory`",
        ),
        (
            &["--in-memory", "--token", "two words"],
            "a token holds letters",
        ),
        (
            &["--in-memory", "--base-path", "/a b"],
            "`/a b` is not a path",
        ),
        (
            &["--in-memory", "--public-url", "example.com"],
            "`example.com` is not a base URL",
        ),
    ] {
        let mut all = vec!["serve", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let outcome = crate::process::scim(&all, b"");
        assert_eq!(outcome.status, 1, "{arguments:?}");
        assert!(outcome.stderr.contains(reason), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("two words"), "{}", outcome.stderr);
    }
}
