//! [`Endpoints`]: where the resources of each type are.

use std::sync::Arc;

use super::ResourceSchema;
use crate::ResourceType;

/// The types that are where RFC 7643 §4 has them as long as nobody says otherwise.
const BUILTIN: [(&str, &str); 2] = [("User", "Users"), ("Group", "Groups")];

/// The resource types that references may lead to: the name and the endpoint of each.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints(Arc<[(Box<str>, Box<str>)]>);

impl Endpoints {
    /// Those of these types, and the built-in ones whose name and endpoint nobody else has.
    pub(crate) fn of<'t>(types: impl IntoIterator<Item = &'t ResourceType>) -> Self {
        let types = types.into_iter();
        let mut all: Vec<(Box<str>, Box<str>)> = types
            .map(|known| (known.name.as_str().into(), known.endpoint_name().into()))
            .collect();
        for (name, endpoint) in BUILTIN {
            if !all.iter().any(|(n, e)| **n == *name || **e == *endpoint) {
                all.push((name.into(), endpoint.into()));
            }
        }
        Self(all.into())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, endpoint)| (&**name, &**endpoint))
    }
}

impl ResourceSchema {
    /// Makes the types of a service provider known to each other, so that references lead to the
    /// endpoints that they have (decision S05).
    pub fn connect(types: &mut [Self]) {
        let endpoints = Endpoints::of(types.iter().map(Self::resource_type));
        for schema in types {
            schema.endpoints = endpoints.clone();
        }
    }

    /// The names of the types that references may lead to, each with its endpoint, without slash: this
    /// type, those it was [connected](Self::connect) with, and where these do not say otherwise `User` at
    /// `Users` and `Group` at `Groups`.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, &str)> {
        self.endpoints.iter()
    }
}
