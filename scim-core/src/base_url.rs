//! [`BaseUrl`]: where the service provider is, and what its locations look like.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::percent;

/// The URL in front of every endpoint (RFC 7644 §1.3), from which `meta.location` and `$ref` are built
/// and into which references are resolved (decision E12).
///
/// ```
/// use scim_core::BaseUrl;
/// let base: BaseUrl = "https://example.com/scim/v2/".parse()?;
/// let location = base.location("/Users", "2819c223");
/// assert_eq!(location, "https://example.com/scim/v2/Users/2819c223");
///
/// let target = base.resolve("../Users/2819c223").ok_or("elsewhere")?;
/// assert_eq!((target.endpoint.as_ref(), target.id.as_ref()), ("Users", "2819c223"));
/// assert!(base.resolve("https://example.org/Users/2819c223").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// INVARIANT: an absolute http or https URL without user information, query, fragment or slash at
    /// the end.
    text: Box<str>,
    /// Where the path begins: at a slash or at the end.
    path: usize,
}

/// A text that cannot be the base of a service provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an absolute http or https URL without user information, query and fragment")]
pub struct BaseUrlError;

/// The resource that a reference points to (RFC 7643 §2.3.7).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target<'r> {
    /// The endpoint, without slashes.
    pub endpoint: Cow<'r, str>,
    /// The identifier of the resource.
    pub id: Cow<'r, str>,
}

impl BaseUrl {
    /// The text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL of an endpoint, with or without a leading slash: `/Users`.
    pub fn endpoint(&self, endpoint: &str) -> String {
        format!("{}/{}", self.text, endpoint.trim_matches('/'))
    }

    /// The URL of a resource: its `meta.location`, and the `$ref` of what points to it.
    pub fn location(&self, endpoint: &str, id: &str) -> String {
        let endpoint = endpoint.trim_matches('/');
        let len = self.text.len() + endpoint.len() + id.len() + 2;
        let mut location = String::with_capacity(len);
        for part in [&*self.text, "/", endpoint, "/"] {
            location.push_str(part);
        }
        percent::encode(id, &mut location);
        location
    }

    /// The endpoint and the identifier that a reference names, be it absolute, a path, or relative
    /// to the base; `None` for anything that is not one resource below this base.
    ///
    /// The version segment (`v2`) plays no part (RFC 7643 §2.4).
    pub fn resolve<'r>(&self, reference: &'r str) -> Option<Target<'r>> {
        let (origin, path) = self.text.split_at_checked(self.path)?;
        let path = without_version(path.trim_matches('/'));
        let reference = reference.split(['?', '#']).next()?;
        let inside = if reference.contains("://") {
            let rest = reference.get(origin.len()..)?;
            let same = reference.get(..origin.len())?.eq_ignore_ascii_case(origin);
            let rest = rest.strip_prefix('/').filter(|_| same)?;
            below(rest, path)?
        } else if let Some(rest) = reference.strip_prefix('/') {
            // Some write `/Users/1` and mean it relative to the base.
            below(rest, path).unwrap_or(rest)
        } else {
            let mut rest = reference;
            // A first segment with a colon begins with the scheme of another URI (RFC 3986 §4.2).
            if rest.split('/').next()?.contains(':') {
                return None;
            }
            while let Some(after) = rest.strip_prefix("../").or(rest.strip_prefix("./")) {
                rest = after;
            }
            rest
        };
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let (first, rest) = inside.split_once('/')?;
        let (endpoint, id) = match is_version(first) {
            true => rest.split_once('/')?,
            false => (first, rest),
        };
        if id.contains('/') {
            return None;
        }
        let (endpoint, id) = (name(endpoint)?, name(id)?);
        Some(Target { endpoint, id })
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(BaseUrlError)?;
        let known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let visible =
            |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '"' | '<' | '>' | '\\');
        let authority = rest.split('/').next().unwrap_or_default();
        // A user's name and password would go out with every location.
        let bare = !authority.is_empty() && !authority.contains('@');
        if !known || !bare || !rest.chars().all(visible) || !percent::is_well_formed(rest) {
            return Err(BaseUrlError);
        }
        Ok(Self {
            text: text.trim_end_matches('/').into(),
            path: scheme.len() + "://".len() + authority.len(),
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What a segment of a path names: neither nothing nor a step (RFC 3986 §5.2.4).
fn name(segment: &str) -> Option<Cow<'_, str>> {
    percent::decode(segment, false).filter(|name| !matches!(&**name, "" | "." | ".."))
}

/// What of `path` lies below `base`, neither with a leading slash.
fn below<'r>(path: &'r str, base: &str) -> Option<&'r str> {
    if base.is_empty() {
        return Some(path);
    }
    path.strip_prefix(base)?.strip_prefix('/')
}

/// The path of a base without the version segment at its end.
fn without_version(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((before, last)) if is_version(last) => before,
        None if is_version(path) => "",
        _ => path,
    }
}

/// `v` and a number (RFC 7644 §3.13).
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(base: &str, reference: &str) -> Option<String> {
        let base: BaseUrl = base.parse().unwrap();
        let target = base.resolve(reference)?;
        Some(format!("{} {}", target.endpoint, target.id))
    }

    #[test]
    fn e12_references_are_resolved_below_the_base() {
        for base in ["https://example.com/scim/v2", "https://example.com/scim"] {
            for reference in [
                "https://example.com/scim/v2/Users/1",
                "https://example.com/scim/v1/Users/1/",
                "HTTPS://EXAMPLE.com/scim/Users/1?attributes=id",
                "/scim/v2/Users/1",
                "/Users/1",
                "Users/1",
                "v2/Users/1",
                "../Users/1",
                "./../v2/Users/1",
                "/scim/v2/Users/%31",
            ] {
                let found = resolve(base, reference);
                assert_eq!(found.as_deref(), Some("Users 1"), "{base} {reference}");
            }
            for reference in [
                "https://example.org/scim/v2/Users/1",
                "https://example.com/other/Users/1",
                "https://example.com.evil/scim/Users/1",
                "http://example.com/scim/Users/1",
                "urn:uuid:1",
                "Users",
                "Users/",
                "Users/1/2",
                "/",
                "",
                "Users/%zz",
                "urn:uuid:1/2",
                "mailto:a/b",
                "javascript:x/1",
                "Users/..",
                "Users/.",
                "/Users/%2E%2e",
                "https://example.com/scim/v2/Users/..",
                "https://example.com/scim/v2/../1",
            ] {
                assert_eq!(resolve(base, reference), None, "{base} {reference}");
            }
        }
        assert_eq!(
            resolve("http://a", "http://a/Users/1").as_deref(),
            Some("Users 1")
        );
        assert_eq!(
            resolve("http://a/v2", "http://a/v2/Users/1").as_deref(),
            Some("Users 1")
        );
    }

    #[test]
    fn what_is_built_is_resolved() {
        let base: BaseUrl = "http://127.0.0.1:8080/scim/v2".parse().unwrap();
        let location = base.location("Users", "a b/é");
        assert_eq!(
            location,
            "http://127.0.0.1:8080/scim/v2/Users/a%20b%2F%C3%A9"
        );
        assert_eq!(base.resolve(&location).unwrap().id, "a b/é");
        assert_eq!(
            base.endpoint("/Users"),
            "http://127.0.0.1:8080/scim/v2/Users"
        );
    }

    #[test]
    fn only_an_absolute_url_is_a_base() {
        for bad in [
            "",
            "/scim",
            "example.com",
            "ftp://a",
            "http://",
            "http:///x",
            "http://a?b",
            "http://a/b c",
            "http://user@a/b",
            "http://user:secret@a",
            "http://a/%",
            "http://a/%2",
            "http://a/%zz/b",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
        assert!("http://a/b%20c/@d%ff".parse::<BaseUrl>().is_ok());
    }
}
