//! The conversations of `scenarios/`, and the one runner that plays them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::files;

/// A conversation with an empty service provider that runs the lenient policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// The stem of its file.
    #[serde(skip)]
    pub stem: String,
    /// What it is about.
    pub name: String,
    /// Where its requests are documented.
    pub source: String,
    /// File stems of `resource-types/` that the service provider has loaded, with their schemas.
    #[serde(default)]
    pub load: Vec<String>,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    request: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    status: u16,
    #[serde(default)]
    body_has: BTreeMap<String, toml::Value>,
    #[serde(default)]
    body_json_has: BTreeMap<String, String>,
    #[serde(default)]
    body_lacks: Vec<String>,
    #[serde(default)]
    body_contains: BTreeMap<String, Vec<toml::Value>>,
    #[serde(default)]
    body_count: BTreeMap<String, usize>,
    #[serde(default)]
    header_has: BTreeMap<String, String>,
    #[serde(default)]
    save: BTreeMap<String, String>,
}

/// What a step asks, ready to be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The HTTP method.
    pub method: String,
    /// Path below the base path, with the query.
    pub path: String,
    /// The headers, `Authorization` and `Content-Type` among them where they are to be sent.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a response has these three parts"
)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request with a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// Every conversation of `scenarios/`, sorted by stem.
pub fn scenarios() -> Vec<Scenario> {
    files::all("scenarios", "toml")
        .into_iter()
        .map(|(stem, text)| {
            let mut scenario: Scenario =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{stem}: {error}"));
            scenario.stem = stem;
            scenario
        })
        .collect()
}

impl Scenario {
    /// Plays the conversation: `send` carries one request to the service provider. `token` is a
    /// bearer token the service provider accepts. Returns the number of steps played.
    ///
    /// # Errors
    /// The first step that was answered otherwise than it expects, with the exchange.
    pub fn play(
        &self,
        token: &str,
        mut send: impl FnMut(Request) -> Response,
    ) -> Result<usize, String> {
        let mut names = BTreeMap::new();
        for (index, step) in self.steps.iter().enumerate() {
            let request = step.request(token, &names);
            let response = send(request.clone());
            step.judge(&response, &mut names).map_err(|fault| {
                format!(
                    "{}, step {} `{}`: {fault}\n  {} {}\n  {}\n  -> {} {:?}\n  {}",
                    self.stem,
                    index + 1,
                    step.name,
                    request.method,
                    request.path,
                    String::from_utf8_lossy(&request.body),
                    response.status,
                    response.headers,
                    String::from_utf8_lossy(&response.body),
                )
            })?;
        }
        Ok(self.steps.len())
    }
}

impl Step {
    fn request(&self, token: &str, names: &BTreeMap<String, String>) -> Request {
        let asked = fill(&self.request, names);
        let (method, path) = asked
            .split_once(' ')
            .unwrap_or_else(|| panic!("`{asked}` is not a method and a path"));
        let mut headers = BTreeMap::from([(
            "authorization".to_owned(),
            ("Authorization".to_owned(), format!("Bearer {token}")),
        )]);
        let mut set = |name: &str, value: String| {
            headers.insert(name.to_ascii_lowercase(), (name.to_owned(), value));
        };
        if self.body.is_some() {
            set("Content-Type", "application/scim+json".to_owned());
        }
        for (name, value) in &self.headers {
            set(name, fill(value, names));
        }
        Request {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: headers
                .into_values()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
            body: fill(self.body.as_deref().unwrap_or_default(), names).into_bytes(),
        }
    }

    fn judge(
        &self,
        response: &Response,
        names: &mut BTreeMap<String, String>,
    ) -> Result<(), String> {
        if response.status != self.status {
            return Err(format!("status {}, not {}", self.status, response.status));
        }
        let header = |name: &str| {
            let mut found = response.headers.iter();
            let found = found.find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        for (name, start) in &self.header_has {
            let start = fill(start, names);
            match header(name) {
                Some(value) if start == "*" || value.starts_with(&start) => {}
                other => return Err(format!("header {name}: {start}, not {other:?}")),
            }
        }
        let body = if response.body.is_empty() {
            None
        } else {
            let read = serde_json::from_slice::<Value>(&response.body);
            Some(read.map_err(|error| format!("a body of JSON: {error}"))?)
        };
        let at = |pointer: &str| body.as_ref().and_then(|body| body.pointer(pointer));
        for (pointer, value) in &self.body_has {
            let value = json(value, names);
            if at(pointer) != Some(&value) {
                return Err(format!("{pointer}: {value}, not {:?}", at(pointer)));
            }
        }
        for (pointer, text) in &self.body_json_has {
            let value: Value = serde_json::from_str(&fill(text, names))
                .unwrap_or_else(|error| panic!("{}: {error}", self.name));
            if at(pointer) != Some(&value) {
                return Err(format!("{pointer}: {value}, not {:?}", at(pointer)));
            }
        }
        for pointer in &self.body_lacks {
            if let Some(value) = at(pointer) {
                return Err(format!("nothing at {pointer}, not {value}"));
            }
        }
        for (pointer, objects) in &self.body_contains {
            let elements = at(pointer)
                .and_then(Value::as_array)
                .ok_or_else(|| format!("an array at {pointer}"))?;
            for object in objects {
                let object = json(object, names);
                if !elements.iter().any(|element| holds(element, &object)) {
                    return Err(format!("an element of {pointer} that holds {object}"));
                }
            }
        }
        for (pointer, count) in &self.body_count {
            let found = at(pointer).and_then(Value::as_array).map(Vec::len);
            if found != Some(*count) {
                return Err(format!("{count} elements at {pointer}, not {found:?}"));
            }
        }
        for (name, place) in &self.save {
            let value = match place.strip_prefix("header:") {
                Some(name) => header(name).map(str::to_owned),
                None => at(place).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
            };
            let value = value.ok_or_else(|| format!("something at {place}"))?;
            names.insert(name.clone(), value);
        }
        Ok(())
    }
}

/// The text with `${name}` replaced by what was saved.
fn fill(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, tail) = after
            .split_once('}')
            .unwrap_or_else(|| panic!("`{text}`: a name that does not end"));
        let value = names
            .get(name)
            .unwrap_or_else(|| panic!("`{text}`: nothing was saved as {name}"));
        filled.push_str(before);
        filled.push_str(value);
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// The expected value as JSON, names filled in.
fn json(value: &toml::Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        toml::Value::String(text) => fill(text, names).into(),
        toml::Value::Integer(integer) => (*integer).into(),
        toml::Value::Float(float) => (*float).into(),
        toml::Value::Boolean(boolean) => (*boolean).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(elements) => elements.iter().map(|e| json(e, names)).collect(),
        toml::Value::Table(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), json(value, names)))
                .collect(),
        ),
    }
}

/// Whether `found` has every member of `wanted`.
fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| holds(found, value))),
        _ => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        toml::from_str(text).unwrap()
    }

    const ONE_STEP: &str = r#"
name = "n"
source = "s"
[[step]]
name = "create"
request = "POST /Users"
headers = { "Authorization" = "" }
body = '{}'
status = 201
save = { user = "/id", tag = "header:etag" }
[[step]]
name = "read"
request = "GET /Users/${user}"
headers = { "If-None-Match" = "${tag}" }
status = 200
body_has = { "/id" = "${user}", "/n" = 1 }
body_json_has = { "/l" = '[{"a": "${user}"}]' }
body_contains = { "/l" = [{ a = "${user}" }] }
body_count = { "/l" = 1 }
body_lacks = ["/x"]
header_has = { "ETag" = "W/", "x" = "*" }
"#;

    fn answer(request: &Request, body: &str) -> Response {
        let created = request.method == "POST";
        Response {
            status: if created { 201 } else { 200 },
            headers: vec![
                ("etag".into(), "W/\"1\"".into()),
                ("X".into(), "anything".into()),
            ],
            body: body.into(),
        }
    }

    #[test]
    fn what_was_saved_is_filled_in() {
        let mut asked = Vec::new();
        let played = scenario(ONE_STEP).play("secret", |request| {
            let response = answer(&request, r#"{"id":"7","n":1,"l":[{"a":"7","b":2}]}"#);
            asked.push(request);
            response
        });
        // `body_json_has` is exact where `body_contains` is not.
        assert!(played.unwrap_err().contains("/l"));
        assert_eq!(asked[1].path, "/Users/7");
        assert_eq!(asked[0].headers.len(), 1, "{:?}", asked[0].headers);
        assert_eq!(
            asked[1].headers,
            [
                ("Authorization".to_owned(), "Bearer secret".to_owned()),
                ("If-None-Match".to_owned(), "W/\"1\"".to_owned())
            ]
        );
        let played = scenario(ONE_STEP).play("secret", |request| {
            answer(&request, r#"{"id":"7","n":1,"l":[{"a":"7"}]}"#)
        });
        assert_eq!(played, Ok(2));
    }

    #[test]
    fn every_expectation_can_fail() {
        for body in [
            r#"{"id":"8","n":1,"l":[{"a":"7"}]}"#,
            r#"{"id":"7","n":"1","l":[{"a":"7"}]}"#,
            r#"{"id":"7","n":1,"l":[{"a":"7"},{"a":"7"}]}"#,
            r#"{"id":"7","n":1,"l":[]}"#,
            r#"{"id":"7","n":1,"l":[{"a":"7"}],"x":null}"#,
            "not JSON",
            "",
        ] {
            let played = scenario(ONE_STEP).play("secret", |request| {
                let first = request.method == "POST";
                answer(&request, if first { r#"{"id":"7"}"# } else { body })
            });
            assert!(played.is_err(), "{body}");
        }
    }

    #[test]
    fn every_file_is_read() {
        let all = scenarios();
        assert!(all.len() > 10);
        assert!(all.iter().all(|scenario| !scenario.steps.is_empty()));
    }
}
