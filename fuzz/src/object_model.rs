//! scim-core: bytes are read, written, converted and compared.

use std::cmp::Ordering;

use scim_core::{
    AttrPath, BaseUrl, BulkRequest, Comparison, ComparisonKey, Document, Instant, JsonReader,
    Number, PatchOp, Policy, ReadError, ReadLimits, Resource, SearchRequest, User, Valid, Value,
    VersionMatch, fold,
};

/// Pieces of JSON and of the texts inside.
pub const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-0",
    "1e400",
    "0.1",
    "1.0",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\n",
    "\"a\":",
    "\"A\":",
    "\"userName\":",
    "\"emails\":[",
    "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]",
    "\"value\":",
    "é",
    "e\u{301}",
    "ß",
    "SS",
    "2011-05-13T04:42:34Z",
    "24:00:00",
    "YQ==",
    "YQ",
    "startIndex=",
    "&count=-1",
    "%e9",
    "filter=",
    "W/\"a\"",
    "*",
    "https://example.com/v2/Users/1",
    "../",
    "urn:a:b:c.d",
    "$ref",
];

/// The examples of the RFCs, the named resources, and small texts of every other kind.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = scim_testdata::examples()
        .into_iter()
        .chain(scim_testdata::resources());
    let small = [
        r#"[1,1.0,"a","A","é","2011-05-13T04:42:34Z","YQ==",true,null]"#,
        r#"{"$serde_json::private::Number":"1.5"}"#,
        "filter=userName%20eq%20%22a%22&startIndex=1&count=10&cursor",
        "\"a\", W/\"b,c\"",
        "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
        "https://example.com/v2/Users/2819c223",
        "-12008-05-13T24:00:00.000000000001+14:00",
    ];
    let small = small.into_iter().map(String::from);
    texts
        .map(|(_, text)| text)
        .chain(small)
        .map(String::into_bytes)
        .collect()
}

/// No panic, and nothing is lost.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        texts(text);
    }
    match Value::from_json(data) {
        Ok(value) => values(&value),
        Err(error) => assert!(error.offset() <= data.len()),
    }
    members(data);
}

/// A pass that builds nothing accepts what the reader of trees accepts, and sees the same members.
fn members(data: &[u8]) {
    let names = |mut reader: JsonReader<'_>| -> Result<Vec<String>, ReadError> {
        let mut names = Vec::new();
        let mut object = reader.begin_object()?;
        while let Some(name) = reader.next_name(&mut object)? {
            let value = reader.skip()?;
            let _ = (value.is_present(), value.elements().count());
            names.push(name.into_owned());
        }
        reader.end()?;
        Ok(names)
    };
    let passed = JsonReader::new(data, ReadLimits::default()).and_then(names);
    match Resource::from_json(data) {
        Ok(resource) => {
            let expected = resource.iter().map(|(key, _)| key.as_str().to_owned());
            assert_eq!(passed, Ok(expected.collect()));
        }
        Err(_) => assert!(passed.is_err(), "the pass accepts what the tree refuses"),
    }
}

fn texts(text: &str) {
    if let Ok(path) = text.parse::<AttrPath>() {
        assert_eq!(path.to_string().parse(), Ok(path));
    }
    if let Ok(number) = text.parse::<Number>() {
        assert_eq!(number.to_string(), text);
        let _ = (number.as_i64(), number.to_f64());
    }
    if let Ok(instant) = text.parse::<Instant>() {
        assert_eq!(instant.compare(text), Ok(Ordering::Equal));
    }
    if let Ok(versions) = text.parse::<VersionMatch>() {
        assert_eq!(versions.to_string().parse(), Ok(versions));
    }
    let folded = fold(text);
    assert_eq!(fold(&folded), folded);
    if let Ok((search, _)) = SearchRequest::from_query(text, &Policy::lenient()) {
        let again = SearchRequest::from_query(&search.to_query(), &Policy::strict());
        assert_eq!(again, Ok((search, Vec::new())));
    }
    let base: BaseUrl = "https://example.com/v2".parse().expect("a URL");
    if let Some(target) = base.resolve(text) {
        let location = base.location(&target.endpoint, &target.id);
        // An endpoint is a name of ours; only then is its location one of ours.
        if target.endpoint.bytes().all(|b| b.is_ascii_alphabetic()) {
            assert_eq!(base.resolve(&location), Some(target));
        }
    }
}

fn values(value: &Value) {
    let written = value.to_json();
    let again: Value = written.parse().expect("what was written is read");
    assert_eq!(again, *value);
    assert_eq!(again.to_json(), written);
    assert_eq!(
        Value::from_typed(value).expect("a value").to_json(),
        written
    );
    assert_eq!(value.to::<Value>().expect("a value").to_json(), written);
    if let Value::Array(elements) = value {
        let few = elements.get(..elements.len().min(8)).unwrap_or_default();
        for a in few {
            few.iter().for_each(|b| compare(a, b));
        }
    }
    let _ = PatchOp::from_value(value.clone());
    let _ = BulkRequest::from_value(value.clone());
    let _ = SearchRequest::from_value(value.clone(), &Policy::lenient());
    let _ = scim_core::serde_json::Value::try_from(value);
    if let Ok(resource) = Resource::try_from(value.clone()) {
        resources(resource);
    }
}

fn compare(a: &Value, b: &Value) {
    for comparison in [
        Comparison::CaseInsensitive,
        Comparison::CaseExact,
        Comparison::Number,
        Comparison::Boolean,
        Comparison::Instant,
        Comparison::Binary,
    ] {
        let order = comparison.compare(a, b);
        assert_eq!(order, comparison.compare(b, a).map(Ordering::reverse));
        let keys = (
            ComparisonKey::new(a, comparison),
            ComparisonKey::new(b, comparison),
        );
        if let (Some(x), Some(y)) = keys {
            assert_eq!(order, Some(x.cmp(&y)));
            assert_eq!(x.equals(b), x == y);
        }
    }
}

fn resources(resource: Resource) {
    if let Ok(user) = resource.to::<User>() {
        let written = Resource::from_typed(&user).expect("a user is an object");
        // Empty elements are not written, so the second time round is the one without loss.
        let user = written.to::<User>().expect("what was written is read");
        assert_eq!(Resource::from_typed(&user), Ok(written));
    }
    let document = Document::from_valid(&Valid::assume(resource));
    let opened = Document::assume_canonical(document.as_str()).expect("our own text");
    assert_eq!(opened, document);
    let tree = document.to_resource().expect("our own text");
    assert_eq!(tree.to_json(), document.as_str());
    assert_eq!(tree.len(), document.attributes().count());
    for (name, raw) in document.attributes() {
        let value: Value = raw.parse().expect("the text of a value");
        assert_eq!(value.to_json(), raw);
        assert!(document.get(name).is_some());
    }
}
