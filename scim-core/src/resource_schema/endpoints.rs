//! [`Endpoints`]: where the resources of each type are.

use std::sync::Arc;

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
