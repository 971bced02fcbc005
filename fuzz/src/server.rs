//! scim-server: a conversation with a service provider that keeps its users in memory.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use scim_core::{Policy, Resource, Value, builtin};
use scim_schema::{Operation, Registry, validate};
use scim_server::bytes::Bytes;
use scim_server::chrono::DateTime;
use scim_server::contract::block_on;
use scim_server::http::{HeaderMap, Method, Request};
use scim_server::{Context, MemoryStore, ProtocolPolicy, ServiceProvider, active_by_default};
use scim_testdata::scenario::{self, scenarios};

/// Pieces of requests.
pub const WORDS: &[&str] = &[
    "\0GET ",
    "\0POST ",
    "\0PUT ",
    "\0PATCH ",
    "\0DELETE ",
    "\0HEAD ",
    "\0OPTIONS ",
    "/Users",
    "/Groups",
    "/Users/1",
    "/Groups/2",
    "/.search",
    "/Schemas",
    "/ResourceTypes",
    "/ServiceProviderConfig",
    "/Bulk",
    "/Me",
    "?filter=",
    "?attributes=",
    "&excludedAttributes=members",
    "&sortBy=meta.location",
    "&startIndex=2&count=1",
    "userName%20eq%20%22",
    "members.$ref%20pr",
    "\nIf-Match: W/\"1\"",
    "\nIf-None-Match: *",
    "\nAccept: application/json",
    "\nContent-Type: text/plain",
    "\n\n",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"x\"}",
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[",
    "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"1\"}]}",
    "{\"op\":\"replace\",\"path\":\"password\",\"value\":\"secret-word\"}",
    "{\"op\":\"remove\",\"path\":\"members[value eq \\\"1\\\"]\"}",
    "\"password\":\"secret-word\"",
    "\"members\":[{\"$ref\":\"../Users/1\"}]",
    "]}",
    "%00",
    "%FF",
    "null",
    "?cursor=",
    "&cursor=&count=1",
];

/// Requests of one input that are sent; a conversation is not better for being longer.
const REQUESTS: usize = 12;

const BASE: &str = "https://scim.example.com/scim/v2";

/// What stands for every secret that is stored.
const HASHED: &str = "a-hash-that-nobody-sends";

/// What a client has to do with secrets here: an input that says it elsewhere proves nothing.
const SECRET: &str = "secret-word";

struct Host {
    provider: ServiceProvider<MemoryStore>,
    policy: Policy,
    clock: AtomicI64,
}

/// A request of an input: `METHOD path`, lines of headers, an empty line, the body.
struct Asked<'d> {
    method: &'d [u8],
    path: &'d [u8],
    headers: Vec<(&'d [u8], &'d [u8])>,
    body: &'d [u8],
}

/// The conversations of the scenarios, cut into inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for scenario in scenarios() {
        let host = Host::new(Policy::lenient(), ProtocolPolicy::lenient());
        let mut conversation = Vec::new();
        // Steps about tokens are answered otherwise here, and end the conversation.
        let _ = scenario.play("token", |request| {
            conversation.push(text(&request));
            let response = host.send(&Asked::read(&text(&request)).expect("a request"));
            let (status, headers, body) = response.expect("a request that can be sent");
            let headers = headers.iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            });
            scenario::Response {
                status,
                headers: headers.collect(),
                body: body.to_vec(),
            }
        });
        seeds.extend(conversation.chunks(REQUESTS).map(|part| part.join(&0)));
    }
    seeds
}

fn text(request: &scenario::Request) -> Vec<u8> {
    let mut text = format!("{} {}", request.method, request.path).into_bytes();
    for (name, value) in &request.headers {
        if !name.eq_ignore_ascii_case("authorization") {
            text.extend(format!("\n{name}: {value}").bytes());
        }
    }
    text.extend(b"\n\n");
    text.extend(&request.body);
    text
}

/// Bytes are requests, separated by NUL, to a strict and to a lenient service provider.
pub fn run(data: &[u8]) {
    for (policy, protocol) in [
        (Policy::strict(), ProtocolPolicy::strict()),
        (Policy::lenient(), ProtocolPolicy::lenient()),
    ] {
        let host = Host::new(policy, protocol);
        host.populate();
        for asked in data.split(|b| *b == 0).take(REQUESTS) {
            if let Some(asked) = Asked::read(asked) {
                host.check(&asked);
            }
        }
        host.check_lists();
    }
}

impl<'d> Asked<'d> {
    fn read(text: &'d [u8]) -> Option<Self> {
        let end = text.windows(2).position(|two| two == b"\n\n");
        let (head, body) = match end {
            Some(at) => (&text[..at], &text[at + 2..]),
            None => (text, &[][..]),
        };
        let mut lines = head.split(|b| *b == b'\n');
        let (method, path) = cut(lines.next()?, b' ')?;
        let headers = lines.filter_map(|line| cut(line, b':'));
        Some(Self {
            method,
            path,
            headers: headers
                .map(|(name, value)| (name, value.trim_ascii()))
                .collect(),
            body,
        })
    }
}

fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|b| *b == at)?;
    Some((&text[..place], &text[place + 1..]))
}

impl Host {
    fn new(policy: Policy, protocol: ProtocolPolicy) -> Self {
        let next = AtomicU64::new(1);
        let ids = move || next.fetch_add(1, Ordering::Relaxed).to_string();
        let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
        let builder = builder
            .policy(policy.clone())
            .protocol(protocol)
            .defaults(active_by_default)
            .hash_secrets(async |_| Ok(HASHED.to_owned()))
            .cursors([7; 32], Duration::from_secs(1));
        Self {
            provider: builder.build().expect("sound settings"),
            policy,
            clock: AtomicI64::new(0),
        }
    }

    /// User 1, and group 2 that holds it.
    fn populate(&self) {
        for (path, body) in [
            (
                "/Users",
                r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#,
            ),
            (
                "/Groups",
                r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"1"}]}"#,
            ),
        ] {
            let text = format!("POST {path}\n\n{body}");
            let (status, ..) = self.ask(&text);
            assert_eq!(status, 201);
        }
    }

    fn ask(&self, text: &str) -> (u16, HeaderMap, Bytes) {
        let asked = Asked::read(text.as_bytes()).expect("a request");
        self.send(&asked).expect("a request that can be sent")
    }

    /// `None` for what no HTTP stack would hand on.
    fn send(&self, asked: &Asked<'_>) -> Option<(u16, HeaderMap, Bytes)> {
        let path = [b"/scim/v2", asked.path].concat();
        let mut request = Request::builder()
            .method(Method::from_bytes(asked.method).ok()?)
            .uri(&*path);
        for (name, value) in &asked.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(asked.body)).ok()?;
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        let now = DateTime::from_timestamp_millis(now).expect("a time");
        let context = Context::new(BASE.parse().expect("a base URL"), now);
        let response = block_on(self.provider.handle(request, &context));
        let (head, body) = response.into_parts();
        Some((head.status.as_u16(), head.headers, body))
    }

    /// Every answer is one of the protocol, and no secret is in it.
    fn check(&self, asked: &Asked<'_>) {
        let Some((status, headers, body)) = self.send(asked) else {
            return;
        };
        assert!(matches!(status, 200..=499 | 501), "status {status}");
        let shown = String::from_utf8(body.to_vec()).expect("a body in UTF-8");
        assert!(!shown.contains(HASHED), "a secret is shown");
        if body.is_empty() {
            return;
        }
        let media_type = headers.get("content-type").expect("a content type");
        assert!(media_type == "application/scim+json" || media_type == "application/json");
        let answer = Resource::from_json(&body).expect("a JSON object");
        assert!(answer.schemas().next().is_some(), "schemas are missing");
        if status < 400 {
            return;
        }
        let wanted = status.to_string();
        assert_eq!(answer.get("status").and_then(Value::as_str), Some(&*wanted));
        let detail = answer.get("detail").and_then(Value::as_str);
        assert!(detail.is_some_and(|detail| !detail.is_empty()));
        assert!(
            !shown.contains(SECRET) || !is_about_secrets(asked),
            "a secret is told"
        );
    }

    /// Page by page the resources are the same.
    fn check_cursors(&self, resources: &Value) {
        let mut cursor = String::new();
        for resource in resources.elements() {
            let (status, _, body) = self.ask(&format!("GET /?count=1&cursor={cursor}"));
            assert_eq!(status, 200);
            let page = Resource::from_json(&body).expect("a page");
            let shown = page.get("Resources").expect("resources");
            assert_eq!(shown.elements().next(), Some(resource));
            cursor = match page.get("nextCursor") {
                Some(next) => next.as_str().expect("a cursor").to_owned(),
                None => String::new(),
            };
        }
        assert!(cursor.is_empty(), "a cursor beyond the last page");
    }

    /// What the lists show can be read one by one, and is the same there.
    fn check_lists(&self) {
        let (status, _, body) = self.ask("GET /");
        assert_eq!(status, 200);
        let list = Resource::from_json(&body).expect("a list");
        let resources = list.get("Resources").expect("resources");
        self.check_cursors(resources);
        for resource in resources.elements() {
            let resource = resource.as_object().expect("a resource");
            let meta = resource.get("meta").and_then(Value::as_object);
            let text = |name: &str| meta.and_then(|meta| meta.get(name)?.as_str());
            let location = text("location").expect("a location");
            let path = location
                .strip_prefix(BASE)
                .expect("a location below the base");
            let (status, headers, body) = self.ask(&format!("GET {path}"));
            assert_eq!(status, 200);
            let etag = headers.get("etag").expect("a version");
            assert_eq!(text("version").map(str::as_bytes), Some(etag.as_bytes()));
            let one = Resource::from_json(&body).expect("a resource");
            assert_eq!(one.to_json(), resource.to_json());
            let schema = match path.starts_with("/Users") {
                true => builtin::user_schema(),
                false => builtin::group_schema(),
            };
            let shown = validate(schema, Operation::Response, one, None, &self.policy);
            assert!(shown.is_ok(), "{shown:?}");
        }
    }
}

/// Whether the secret stands where it is one: as the value of a password in the body, and nowhere
/// else, since a message may quote what it refuses.
fn is_about_secrets(asked: &Asked<'_>) -> bool {
    let count = |bytes: &[u8], word: &str| String::from_utf8_lossy(bytes).matches(word).count();
    let as_password = format!("\"password\":\"{SECRET}\"");
    let elsewhere = asked
        .headers
        .iter()
        .map(|(name, value)| [*name, *value].concat());
    count(asked.body, SECRET) == count(asked.body, &as_password)
        && count(asked.path, SECRET) == 0
        && elsewhere
            .into_iter()
            .all(|header| count(&header, SECRET) == 0)
}
