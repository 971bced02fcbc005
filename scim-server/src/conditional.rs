//! [`Precondition`]: `If-Match` and `If-None-Match` (RFC 7644 §3.14, RFC 9110 §13.1).

use http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use scim_core::{ScimError, Version, VersionMatch};

/// What a request demands of the current version of its resource.
///
/// Tags are compared without regard to `W/`, also for `If-Match`: all our tags are weak, and under
/// the letter of RFC 9110 a weak tag could never match there (decision V01).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    if_match: Option<VersionMatch>,
    if_none_match: Option<VersionMatch>,
}

impl Precondition {
    /// Nothing is demanded.
    pub fn none() -> Self {
        Self::default()
    }

    /// The resource must still have this version.
    pub fn if_match(version: &str) -> Self {
        Self {
            if_match: Some(VersionMatch::OneOf(
                Version::weak(version).into_iter().collect(),
            )),
            if_none_match: None,
        }
    }

    /// What the headers of a request demand.
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: of_header(headers, &IF_MATCH),
            if_none_match: of_header(headers, &IF_NONE_MATCH),
        }
    }

    /// Judges the current version for a read: whether the client has it already, so that the answer
    /// is 304 (decisions V03, V06).
    ///
    /// # Errors
    /// 412 if `If-Match` names another version.
    pub fn is_not_modified(&self, version: &str) -> Result<bool, ScimError> {
        if matches(&self.if_match, version) == Some(false) {
            return Err(failed(OTHER_VERSION));
        }
        Ok(matches(&self.if_none_match, version) == Some(true))
    }

    /// Whether nothing is demanded.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Judges the current version for a write. A store calls it inside its transaction, after it
    /// found the resource and before it changes anything.
    ///
    /// # Errors
    /// 412 without keyword (decision V05).
    pub fn check(&self, version: &str) -> Result<(), ScimError> {
        if self.is_not_modified(version)? {
            return Err(failed(
                "the resource has the version that `If-None-Match` excludes",
            ));
        }
        Ok(())
    }
}

const OTHER_VERSION: &str = "the resource has another version than `If-Match` names";

/// What all headers of that name say together. A text that is no list of entity tags matches
/// nothing.
fn of_header(headers: &HeaderMap, name: &HeaderName) -> Option<VersionMatch> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    if values.is_empty() {
        return None;
    }
    let read = values.join(",").parse();
    Some(read.unwrap_or_else(|_| VersionMatch::OneOf(Vec::new())))
}

/// Whether a header that is there names the version.
fn matches(header: &Option<VersionMatch>, version: &str) -> Option<bool> {
    let tags = header.as_ref()?;
    Some(tags.matches(Version::weak(version).ok().as_ref()))
}

fn failed(detail: &str) -> ScimError {
    ScimError::new(412, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v03_lists_stars_and_both_headers() {
        for (if_match, if_none_match, write, read) in [
            (None, None, 0, Some(false)),
            (Some(r#"W/"3""#), None, 0, Some(false)),
            (Some(r#""3""#), None, 0, Some(false)),
            (Some(r#""a,3", W/"3""#), None, 0, Some(false)),
            (Some(r#""a,3""#), None, 412, None),
            (Some("*"), Some(r#"W/"3""#), 412, Some(true)),
            (Some(r#"W/"2""#), Some(r#"W/"3""#), 412, None),
            (None, Some("*"), 412, Some(true)),
            (None, Some(r#""1", "2""#), 0, Some(false)),
            (Some("3"), None, 412, None),
            (None, Some("3"), 0, Some(false)),
            (Some(""), None, 412, None),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(IF_MATCH, if_match), (IF_NONE_MATCH, if_none_match)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            let precondition = Precondition::of(&headers);
            let status = precondition
                .check("3")
                .map_or_else(|error| error.status, |()| 0);
            assert_eq!(status, write, "{headers:?}");
            assert_eq!(precondition.is_not_modified("3").ok(), read, "{headers:?}");
        }
    }

    #[test]
    fn a_precondition_judges_one_version() {
        assert_eq!(Precondition::none().check("3"), Ok(()));
        assert_eq!(Precondition::if_match("3").check("3"), Ok(()));
        let refused = Precondition::if_match("2").check("3").unwrap_err();
        assert_eq!((refused.status, refused.scim_type), (412, None));
    }
}
