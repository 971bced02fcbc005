//! The gateway over a socket.

use scim_gateway::{Config, Database};
use scim_testdata::scenario::{Request, scenarios};
use scim_testdata::tcp::Client;

use crate::folder::Folder;
use crate::running::{Running, TOKEN, header, text, user};

/// Plays every conversation, each with a gateway of its own.
fn play(database: impl Fn(&Folder) -> Database) {
    let mut steps = 0;
    let mut faults = Vec::new();
    for scenario in scenarios() {
        let folder = Folder::new();
        let mut config = Config::new(database(&folder));
        for stem in &scenario.load {
            for schema in scim_testdata::schema_texts_of(stem) {
                config.registry.load_schema(&schema).unwrap();
            }
            let text = scim_testdata::resource_type_text(stem);
            config.registry.load_resource_type(&text).unwrap();
        }
        let running = Running::start(config);
        match scenario.play(TOKEN, |request| running.client.send(request)) {
            Ok(played) => steps += played,
            Err(fault) => faults.push(fault),
        }
    }
    assert!(
        faults.is_empty(),
        "{} scenarios\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(steps > 100, "{steps}");
}

#[test]
fn scenarios_over_tcp_on_sqlite() {
    play(|folder| Database::File(folder.file("scim.db")));
}

#[test]
fn scenarios_over_tcp_in_memory() {
    play(|_| Database::Memory);
}

#[test]
fn health_needs_no_token() {
    let folder = Folder::new();
    for database in [Database::Memory, Database::File(folder.file("scim.db"))] {
        let running = Running::start(Config::new(database));
        let mut client = running.client.clone();
        client.base_path = String::new();
        let answer = client.send(Request::new("GET", "/health"));
        assert_eq!(
            (answer.status, text(&answer).as_str()),
            (200, r#"{"status":"ready"}"#)
        );
        let answer = client.send(Request::new("POST", "/health"));
        assert_eq!(answer.status, 405);
        assert_eq!(header(&answer, "allow"), Some("GET, HEAD"));
        assert!(
            text(&answer).contains(r#""status":"405""#),
            "{}",
            text(&answer)
        );
    }
}

#[test]
fn who_has_no_token_learns_nothing() {
    let running = Running::in_memory();
    let none = r#"Bearer realm="scim""#;
    let wrong = r#"Bearer realm="scim", error="invalid_token""#;
    for (authorization, challenge) in [
        ("", none),
        ("Bearer wrong", wrong),
        ("Basic dG9rZW46dG9rZW4=", none),
        ("Bearer", none),
    ] {
        for path in ["/Users", "/ServiceProviderConfig", "/Nowhere"] {
            let mut request = Request::new("GET", path);
            if !authorization.is_empty() {
                request = request.header("Authorization", authorization);
            }
            let answer = running.client.send(request);
            assert_eq!(answer.status, 401, "{authorization} {path}");
            assert_eq!(header(&answer, "www-authenticate"), Some(challenge));
            assert_eq!(
                header(&answer, "content-type"),
                Some("application/scim+json")
            );
            assert_eq!(
                text(&answer),
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401","detail":"a valid bearer token is required"}"#
            );
        }
    }
}

#[test]
fn d10_a_switch_opens_the_config_and_nothing_else() {
    let mut config = Config::new(Database::Memory);
    config.open_config = true;
    let running = Running::start(config);
    let nobody = Client::new(
        &format!("http://{}/scim/v2", running.client.address),
        "wrong",
    );
    for (method, path, status) in [
        ("GET", "/ServiceProviderConfig", 200),
        ("HEAD", "/ServiceProviderConfig", 200),
        ("GET", "/ServiceProviderConfig/", 200),
        ("GET", "/ServiceProviderConfig.scim", 200),
        ("GET", "/ServiceProviderConfigs", 200),
        ("POST", "/ServiceProviderConfig", 401),
        ("GET", "//ServiceProviderConfig", 401),
        ("GET", "/ServiceProviderConfig/x", 401),
        ("GET", "/Schemas", 401),
        ("GET", "/ResourceTypes", 401),
        ("GET", "/Users", 401),
    ] {
        let answer = nobody.send(Request::new(method, path));
        assert_eq!(answer.status, status, "{method} {path}");
        if (method, status) == ("GET", 200) {
            let config = text(&answer);
            assert!(config.contains("oauthbearertoken"), "{config}");
        }
    }
}

#[test]
fn e18_a_body_beyond_the_limit_is_413_and_the_gateway_goes_on() {
    let mut config = Config::new(Database::Memory);
    config.body_limit = 1000;
    let running = Running::start(config);
    let client = &running.client;
    let long = format!(r#"{{"userName":"{}"}}"#, "a".repeat(2000));
    let answer = client.ask("POST", "/Users", &long);
    assert_eq!(answer.status, 413, "{}", text(&answer));
    assert!(text(&answer).contains("1000 bytes"), "{}", text(&answer));
    // Within what is read and dropped, so that a client that sends first sees the answer.
    let client_without_token = Client::new(&format!("http://{}/scim/v2", client.address), "wrong");
    for (client, status) in [(client, 413), (&client_without_token, 401)] {
        let answer = client.ask("POST", "/Users", &"x".repeat(3900));
        assert_eq!(answer.status, status, "{}", text(&answer));
    }
    assert_eq!(client.ask("POST", "/Users", &user("ada")).status, 201);
}

#[test]
fn who_waits_for_leave_to_send_is_refused_before() {
    use std::io::{Read as _, Write as _};
    let running = Running::in_memory();
    for (token, length, status) in [("wrong", 10, 401), (TOKEN, 100 << 20, 413)] {
        let mut stream = std::net::TcpStream::connect(running.client.address).unwrap();
        let head = format!(
            "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        let answer = String::from_utf8(answer.to_vec()).unwrap();
        assert_eq!(answer, format!("HTTP/1.1 {status}"));
    }
}

/// Sends bytes and gives what comes back until the gateway closes the connection or nothing more comes.
fn exchange(running: &Running, request: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(running.client.address).unwrap();
    let patience = Some(std::time::Duration::from_secs(2));
    stream.set_read_timeout(patience).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn e18_a_body_announced_too_long_is_refused_before_it_is_sent() {
    let running = Running::in_memory();
    let answer = exchange(
        &running,
        &format!(
            "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n{{",
            100 << 20
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""status":"413""#), "{answer}");
}

#[test]
fn a_transfer_coding_that_is_not_known_is_refused() {
    let running = Running::in_memory();
    let body = user("ada");
    let ask = |coding: &str| {
        let request = format!(
            "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
             Transfer-Encoding: {coding}\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        );
        exchange(&running, &request)
    };
    let refused = ask("gzip, chunked");
    assert!(refused.starts_with("HTTP/1.1 501 "), "{refused}");
    assert!(refused.contains(r#""status":"501""#), "{refused}");
    let created = ask("Chunked");
    assert!(created.starts_with("HTTP/1.1 201 "), "{created}");
}

#[test]
fn a_request_without_host_is_refused() {
    let running = Running::in_memory();
    let token = format!("Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n");
    for (line, status) in [
        ("GET /scim/v2/Users HTTP/1.1", 400),
        ("GET /health HTTP/1.1", 400),
        ("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nHost: b", 400),
        ("GET /scim/v2/Users HTTP/1.0", 200),
    ] {
        let answer = exchange(&running, &format!("{line}\r\n{token}"));
        assert!(
            answer.get(9..12) == Some(&status.to_string()),
            "{line}: {answer}"
        );
        assert!(
            status == 200 || answer.contains(r#""status":"400""#),
            "{answer}"
        );
    }
}

#[test]
fn bad_bytes_are_answered_and_the_gateway_goes_on() {
    let running = Running::in_memory();
    let client = &running.client;
    let send = |body: &[u8], content_type: &str| {
        let request = Request::new("POST", "/Users")
            .header("Authorization", &format!("Bearer {TOKEN}"))
            .header("Content-Type", content_type)
            .body(body);
        client.send(request)
    };
    for (body, content_type, status) in [
        (
            &b"{\"userName\":\"\xff\"}"[..],
            "application/scim+json",
            400,
        ),
        (b"{", "application/scim+json", 400),
        (b"", "application/scim+json", 400),
        (
            b"{\"userName\":\"a\",\"username\":\"b\"}",
            "application/json",
            400,
        ),
        (b"<user/>", "text/xml", 415),
        (&[b'['; 100_000], "application/scim+json", 400),
    ] {
        let answer = send(body, content_type);
        assert_eq!(answer.status, status, "{}", text(&answer));
        assert!(text(&answer).contains("urn:ietf:params:scim:api:messages:2.0:Error"));
    }
    let deep = format!("/Users?filter={}", "(".repeat(50_000));
    let answer = client.ask("GET", &deep, "");
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_eq!(client.ask("POST", "/Users", &user("ada")).status, 201);
}

#[test]
fn e14_what_is_no_request_is_refused_in_the_form_of_scim() {
    use std::io::{Read as _, Write as _};
    let running = Running::in_memory();
    let end = format!("Host: h\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n");
    let long = "(".repeat(100_000);
    for (request, status) in [
        (
            format!("GET /scim/v2/Users?filter={long} HTTP/1.1\r\n{end}"),
            "414",
        ),
        (
            format!(
                "GET /scim/v2/Users HTTP/1.1\r\nX: {}\r\n{end}",
                long.repeat(5)
            ),
            "431",
        ),
        (
            format!("GET /scim/v2/Users?filter=a eq 1 HTTP/1.1\r\n{end}"),
            "400",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let mut stream = std::net::TcpStream::connect(running.client.address).unwrap();
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        // The rest of the request may be refused before it was read, which resets the connection.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
        assert!(
            head.contains("content-type: application/scim+json"),
            "{head}"
        );
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{head}"
        );
        assert!(
            body.contains("urn:ietf:params:scim:api:messages:2.0:Error"),
            "{body}"
        );
        assert!(body.contains(&format!(r#""status":"{status}""#)), "{body}");
    }
    assert_eq!(running.client.ask("GET", "/Users", "").status, 200);
}

#[test]
fn e12_locations_begin_with_the_public_url() {
    let mut config = Config::new(Database::Memory);
    config.base_path = "/scimgate".into();
    config.public_url = Some("https://id.example.com/scim/v2/".into());
    let running = Running::start(config);
    let mut client = running.client.clone();
    let request = Request::new("POST", "/Users")
        .header("Authorization", &format!("Bearer {TOKEN}"))
        .header("X-Forwarded-Host", "evil.example")
        .body(user("ada"));
    let answer = client.send(request);
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let location = header(&answer, "location").unwrap();
    assert!(
        location.starts_with("https://id.example.com/scim/v2/Users/"),
        "{location}"
    );
    assert!(
        text(&answer).contains(&format!(r#""location":"{location}""#)),
        "{}",
        text(&answer)
    );
    client.base_path = "/scim/v2".into();
    assert_eq!(client.ask("GET", "/Users", "").status, 404);
}

#[test]
fn w21_a_user_is_active_unless_the_client_says_otherwise() {
    let running = Running::in_memory();
    let answer = running.client.ask("POST", "/Users", &user("ada"));
    assert!(
        text(&answer).contains(r#""active":true"#),
        "{}",
        text(&answer)
    );
}

#[test]
fn a_password_is_kept_as_a_hash_and_shown_to_nobody() {
    const SECRETS: [&str; 3] = ["correct-horse", "battery-staple", "second-battery"];
    let folder = Folder::new();
    for database in [Database::File(folder.file("scim.db")), Database::Memory] {
        let running = Running::start(Config::new(database));
        let ask = |method: &str, target: &str, body: &str| {
            let answer = running.client.ask(method, target, body);
            let shown = text(&answer);
            assert!(
                SECRETS.iter().all(|secret| !shown.contains(secret)),
                "{shown}"
            );
            assert!(!shown.contains("$argon2"), "{shown}");
            (answer.status, shown)
        };
        let body = |secret: &str| user("ada").replace('}', &format!(r#","password":"{secret}"}}"#));
        let (status, created) = ask("POST", "/Users", &body(SECRETS[0]));
        assert_eq!(status, 201, "{created}");
        let (_, id) = created.split_once(r#""id":""#).unwrap();
        let user = format!("/Users/{}", id.split('"').next().unwrap());
        assert_eq!(ask("PUT", &user, &body(SECRETS[1])).0, 200);
        let patch = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations":[{{"op":"replace","path":"password","value":"{}"}}]}}"#,
            SECRETS[2]
        );
        assert_eq!(ask("PATCH", &user, &patch).0, 200);
        assert_eq!(
            ask("GET", &format!("{user}?attributes=password"), "").0,
            200
        );
        let filter = format!("/Users?filter=password%20eq%20%22{}%22", SECRETS[2]);
        let (status, refused) = ask("GET", &filter, "");
        assert_eq!(status, 400);
        assert!(refused.contains("invalidFilter"), "{refused}");
        let (_, config) = ask("GET", "/ServiceProviderConfig", "");
        assert!(
            config.contains(r#""changePassword":{"supported":true}"#),
            "{config}"
        );
    }
    let bytes = std::fs::read(folder.file("scim.db")).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(SECRETS.iter().all(|secret| !holds(secret)));
}

#[test]
fn a_cursor_outlives_a_restart() {
    let folder = Folder::new();
    let start = || Running::start(Config::new(Database::File(folder.file("scim.db"))));
    let page = |running: &Running, cursor: &str| {
        let target = format!("/Users?sortBy=userName&count=2&cursor={cursor}");
        let answer = text(&running.client.ask("GET", &target, ""));
        let next = answer.split_once(r#""nextCursor":""#);
        let next = next.map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
        let names = answer.matches(r#""userName":"#).count();
        (names, next, answer)
    };
    let running = start();
    for name in ["c", "a", "b"] {
        assert_eq!(
            running.client.ask("POST", "/Users", &user(name)).status,
            201
        );
    }
    let (names, cursor, answer) = page(&running, "");
    assert_eq!(names, 2, "{answer}");
    drop(running);
    let (names, next, answer) = page(&start(), &cursor.unwrap());
    assert_eq!((names, next), (1, None), "{answer}");
    assert!(answer.contains(r#""userName":"c""#), "{answer}");
    let other = page(&Running::in_memory(), "forged").2;
    assert!(other.contains("invalidCursor"), "{other}");
}

#[test]
fn a_shutdown_lets_the_request_under_way_finish() {
    use std::io::{Read as _, Write as _};
    let mut running = Running::in_memory();
    let mut stream = std::net::TcpStream::connect(running.client.address).unwrap();
    let body = user("ada");
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Time for the head to arrive before the shutdown begins.
    std::thread::sleep(std::time::Duration::from_millis(200));
    drop(running.stop.take());
    std::thread::sleep(std::time::Duration::from_millis(200));
    let refused = std::net::TcpStream::connect(running.client.address);
    assert!(refused.is_err(), "no new connection is taken");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}
