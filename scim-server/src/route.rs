//! What a path and a method ask for (RFC 7644 §3.2, Table 2).

use http::Method;
use percent_encoding::percent_decode_str;
use scim_core::{ResourceSchema, ScimError, ScimType, quoted};

/// What a path below the base path names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Route<T = ResourceSchema> {
    /// The base URI itself: every resource.
    Root,
    /// `/.search`, at the root or at a type.
    Search(Option<T>),
    /// `/Users`
    Collection(T),
    /// `/Users/{id}`
    Item(T, String),
    /// `/ServiceProviderConfig`
    ServiceProviderConfig,
    /// `/ResourceTypes`
    ResourceTypes,
    /// `/ResourceTypes/{name}`
    ResourceType(String),
    /// `/Schemas`
    Schemas,
    /// `/Schemas/{uri}`
    Schema(String),
    /// `/Bulk`
    Bulk,
    /// `/Me`
    Me,
}

/// The version of the protocol as it stands in a path (RFC 7644 §3.13).
const VERSION: &str = "v2";

impl<T> Route<T> {
    /// Finds what `path` names. `endpoint` knows the endpoints of the resource types by their name
    /// without slash; `alias` lets `/ServiceProviderConfigs` in (decision D01).
    ///
    /// One slash at the end and the suffix `.scim` make no difference (decision E10).
    ///
    /// # Errors
    /// 404, or `invalidVers` for another version of the protocol directly before an endpoint.
    pub(crate) fn find(
        path: &str,
        base_path: &str,
        alias: bool,
        endpoint: impl Fn(&str) -> Option<T>,
    ) -> Result<Self, ScimError> {
        let below = match strip_base(path, base_path) {
            Some(below) => below,
            None => return Err(other_version(path, base_path).unwrap_or_else(no_endpoint)),
        };
        let below = below.strip_suffix('/').unwrap_or(below);
        let below = below.strip_suffix(".scim").unwrap_or(below);
        let mut segments = below
            .split('/')
            .skip(1)
            .map(|segment| {
                let decoded = percent_decode_str(segment).decode_utf8();
                decoded.map(String::from).map_err(|_| no_endpoint())
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !segments.is_empty() && !last_is_version(base_path) {
            match version(segments.first().map_or("", String::as_str)) {
                Some(VERSION) => drop(segments.remove(0)),
                Some(other) => return Err(unsupported(other)),
                None => {}
            }
        }
        let mut segments = segments.into_iter();
        let route = match (segments.next(), segments.next()) {
            (None, _) => Self::Root,
            (Some(first), None) => match &*first {
                ".search" => Self::Search(None),
                "ServiceProviderConfig" => Self::ServiceProviderConfig,
                "ServiceProviderConfigs" if alias => Self::ServiceProviderConfig,
                "ResourceTypes" => Self::ResourceTypes,
                "Schemas" => Self::Schemas,
                "Bulk" => Self::Bulk,
                "Me" => Self::Me,
                name => Self::Collection(endpoint(name).ok_or_else(no_endpoint)?),
            },
            (Some(first), Some(second)) => match (&*first, &*second) {
                ("ResourceTypes", ".search") | ("Schemas", ".search") => return Err(no_endpoint()),
                ("ResourceTypes", _) => Self::ResourceType(second),
                ("Schemas", _) => Self::Schema(second),
                (name, ".search") => Self::Search(Some(endpoint(name).ok_or_else(no_endpoint)?)),
                (name, _) => Self::Item(endpoint(name).ok_or_else(no_endpoint)?, second),
            },
        };
        match segments.next() {
            None => Ok(route),
            Some(_) => Err(no_endpoint()),
        }
    }

    /// The methods that make sense here, whether or not they are switched on.
    pub(crate) fn methods(&self) -> &'static [Method] {
        const READ: &[Method] = &[Method::GET, Method::HEAD, Method::OPTIONS];
        const COLLECTION: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
        const ITEM: &[Method] = &[
            Method::GET,
            Method::HEAD,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ];
        const POST: &[Method] = &[Method::POST, Method::OPTIONS];
        match self {
            Self::Collection(_) => COLLECTION,
            Self::Item(..) => ITEM,
            Self::Search(_) | Self::Bulk => POST,
            Self::Me => &[
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
                Method::OPTIONS,
            ],
            Self::Root
            | Self::ServiceProviderConfig
            | Self::ResourceTypes
            | Self::ResourceType(_)
            | Self::Schemas
            | Self::Schema(_) => READ,
        }
    }
}

/// The path below `base_path`, with its slash in front.
fn strip_base<'p>(path: &'p str, base_path: &str) -> Option<&'p str> {
    let below = path.strip_prefix(base_path)?;
    (below.is_empty() || below.starts_with('/')).then_some(below)
}

/// The segment, if it is a version of the protocol.
fn version(segment: &str) -> Option<&str> {
    let digits = segment.strip_prefix('v')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(segment)
}

fn last_is_version(base_path: &str) -> bool {
    base_path
        .rsplit('/')
        .next()
        .is_some_and(|last| version(last).is_some())
}

/// The refusal of a path that differs from the base path in the version alone.
fn other_version(path: &str, base_path: &str) -> Option<ScimError> {
    let (before, last) = base_path.rsplit_once('/')?;
    version(last)?;
    let rest = path.strip_prefix(before)?.strip_prefix('/')?;
    let (segment, _endpoint) = rest.split_once('/')?;
    version(segment).map(unsupported)
}

fn unsupported(version: &str) -> ScimError {
    let version = quoted(version);
    ScimError::of(
        ScimType::InvalidVers,
        format!("version {version} of the protocol is not supported, `{VERSION}` is"),
    )
}

fn no_endpoint() -> ScimError {
    ScimError::new(404, "there is no such endpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: &str, base: &str) -> Result<Route<&'static str>, (u16, Option<ScimType>)> {
        Route::find(path, base, true, |name| match name {
            "Users" => Some("User"),
            "Groups" => Some("Group"),
            _ => None,
        })
        .map_err(|error| (error.status, error.scim_type))
    }

    #[test]
    fn table_2() {
        use Route::*;
        for (path, route) in [
            ("", Root),
            ("/", Root),
            ("/.search", Search(None)),
            ("/Users", Collection("User")),
            ("/Users/", Collection("User")),
            ("/Users.scim", Collection("User")),
            ("/Users/.search", Search(Some("User"))),
            ("/Users/7", Item("User", "7".into())),
            ("/Users/7.scim/", Item("User", "7".into())),
            ("/Users/a%2Fb", Item("User", "a/b".into())),
            ("/ServiceProviderConfig", ServiceProviderConfig),
            ("/ServiceProviderConfigs", ServiceProviderConfig),
            ("/ResourceTypes/User", ResourceType("User".into())),
            ("/Schemas/urn:a:b", Schema("urn:a:b".into())),
            ("/Schemas/urn%3Aa%3Ab", Schema("urn:a:b".into())),
            ("/Bulk", Bulk),
            ("/Me", Me),
        ] {
            assert_eq!(find(path, ""), Ok(route.clone()), "{path}");
            assert_eq!(
                find(&format!("/scim/v2{path}"), "/scim/v2"),
                Ok(route),
                "{path}"
            );
        }
    }

    #[test]
    fn e10_versions() {
        use Route::Collection;
        let refused = Err((400, Some(ScimType::InvalidVers)));
        assert_eq!(find("/v2/Users", ""), Ok(Collection("User")));
        assert_eq!(find("/scim/v2/Users", "/scim"), Ok(Collection("User")));
        assert_eq!(find("/v1/Users", ""), refused);
        assert_eq!(find("/scim/v3/Users", "/scim/v2"), refused);
        assert_eq!(find("/scim/v99999999999999999999/Users", "/scim"), refused);
    }

    #[test]
    fn what_is_nowhere() {
        for (path, base) in [
            ("/Things", ""),
            ("/users", ""),
            ("/Users/7/emails", ""),
            ("/Users//7", ""),
            ("//Users", ""),
            ("/Users/%FF", ""),
            ("/Users/7/.search", ""),
            ("/Schemas/.search", ""),
            ("/Users", "/scim/v2"),
            ("/scim/v2x/Users", "/scim/v2"),
            ("/scim/v2/v2/Users", "/scim/v2"),
            ("/vienna/Users", ""),
        ] {
            assert_eq!(find(path, base), Err((404, None)), "{path}");
        }
    }
}
