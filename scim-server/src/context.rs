//! [`Context`]: what the host knows about a request.

use chrono::{DateTime, Utc};
use scim_core::BaseUrl;

use crate::store::Tenant;

/// What the host knows about a request: who asks, for which tenant, under which address, and when.
///
/// The service provider has no clock and no authentication of its own.
///
/// ```
/// use scim_server::{Context, Tenant};
/// let base_url = "https://example.com/scim/v2".parse()?;
/// let mut context = Context::new(base_url, "2026-01-02T03:04:05Z".parse()?);
/// context.tenant = Tenant::new("acme");
/// assert_eq!(context.base_path(), "/scim/v2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context {
    /// The authenticated client (RFC 7644 §2), as the host names it.
    pub principal: Option<String>,
    /// The tenant the request belongs to (RFC 7644 §6).
    pub tenant: Tenant,
    /// The base URI of RFC 7644 §1.3, with which every `location` and `$ref` of the answer begins
    /// (decision E12).
    pub base_url: BaseUrl,
    /// The time of the request.
    pub now: DateTime<Utc>,
}

impl Context {
    /// A request of nobody in particular, to the default tenant.
    pub fn new(base_url: BaseUrl, now: DateTime<Utc>) -> Self {
        Self {
            principal: None,
            tenant: Tenant::default(),
            base_url,
            now,
        }
    }

    /// The path of the base URI: empty, or with a slash in front and none at the end.
    pub fn base_path(&self) -> &str {
        let text = self.base_url.as_str();
        let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
        match after_scheme.find('/') {
            Some(at) => after_scheme.get(at..).unwrap_or_default(),
            None => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_that_of_the_base_url() {
        for (url, path) in [
            ("https://example.com", ""),
            ("https://example.com/", ""),
            ("https://example.com:8080/scim/v2/", "/scim/v2"),
        ] {
            let context = Context::new(url.parse().unwrap(), DateTime::UNIX_EPOCH);
            assert_eq!(context.base_path(), path);
        }
    }
}
