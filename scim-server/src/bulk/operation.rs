//! [`Operation`]: what one operation of a bulk request asks for.

use http::Method;
use scim_core::{
    BulkOperation, Departure, PatchOp, Resource, ResourceSchema, ScimError, ScimType, Tolerance,
    Value, quoted,
};

use super::references::{self, bulk_id};
use crate::provider::Shared;
use crate::route::Route;

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// The method; `GET` stands for any that is none of bulk.
    pub(super) method: Method,
    /// As the client spelt it.
    pub(super) written_method: String,
    pub(super) bulk_id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) path: String,
    /// Where it goes, or why it cannot be done.
    pub(super) place: Result<Place, ScimError>,
    pub(super) data: Option<Value>,
}

/// The target of an operation (decision B11).
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// The endpoint of a type: for POST.
    Collection(ResourceSchema),
    /// A resource: for the other methods. The id may be a reference by bulkId.
    Item(ResourceSchema, String),
}

impl Operation {
    /// Judges method, path and bulkId.
    pub(super) fn read(
        written: BulkOperation,
        at: usize,
        base_path: &str,
        shared: &Shared,
        departures: &mut Vec<Departure>,
    ) -> Self {
        let method = match method(&written.method, shared) {
            Some((method, exact)) => {
                if !exact {
                    let place = format!("/Operations/{at}/method");
                    let tolerance = Tolerance::OpCaseInsensitive;
                    departures.push(Departure::new(tolerance, place, "the case was ignored"));
                }
                Ok(method)
            }
            None => Err(invalid(format!(
                "`method`: expected POST, PUT, PATCH or DELETE, found {}",
                quoted(&written.method)
            ))),
        };
        let place = method.clone().and_then(|method| {
            let place = place(&written.path, &method, base_path, shared)?;
            if method == Method::POST && written.bulk_id.is_none() {
                if !shared.protocol.missing_bulk_id {
                    return Err(invalid("`bulkId`: a POST needs one".to_owned()));
                }
                let place = format!("/Operations/{at}/bulkId");
                let tolerance = Tolerance::MissingBulkId;
                departures.push(Departure::new(tolerance, place, "a POST without was done"));
            }
            Ok(place)
        });
        Self {
            method: method.unwrap_or(Method::GET),
            written_method: written.method,
            bulk_id: written.bulk_id,
            version: written.version,
            path: written.path,
            place,
            data: written.data,
        }
    }

    /// The operation cannot be done, whatever else it says.
    pub(super) fn refuse(&mut self, detail: &str) {
        self.place = Err(invalid(detail.to_owned()));
    }

    /// Shows `see` the bulkIds that the operation refers to.
    pub(super) fn references(&mut self, shared: &Shared, see: &mut dyn FnMut(&str)) {
        let schema = match &self.place {
            Ok(Place::Collection(schema)) => schema,
            Ok(Place::Item(schema, id)) => {
                bulk_id(id).map(&mut *see);
                schema
            }
            Err(_) => return,
        };
        let (policy, Some(data)) = (&shared.policy, &mut self.data) else {
            return;
        };
        let mut note = |name: &str| {
            see(name);
            Ok(None)
        };
        // Nothing is replaced, so nothing can be refused.
        let _ = match self.method {
            Method::POST | Method::PUT => match data {
                Value::Object(object) => {
                    let mut body = Resource::from(std::mem::take(object));
                    let seen = references::in_body(schema, &mut body, |_, name| note(name));
                    *data = body.into();
                    seen
                }
                _ => Ok(()),
            },
            Method::PATCH => match PatchOp::from_value(data.clone()) {
                Ok(mut patch) => references::in_patch(schema, policy, &mut patch, &mut note),
                Err(_) => Ok(()),
            },
            _ => Ok(()),
        };
    }
}

/// The method, and whether it is written as it should.
fn method(written: &str, shared: &Shared) -> Option<(Method, bool)> {
    let methods = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let fold = shared.policy.op_case_insensitive;
    methods.into_iter().find_map(|method| {
        let exact = method.as_str() == written;
        let same = exact || (fold && method.as_str().eq_ignore_ascii_case(written));
        same.then_some((method, exact))
    })
}

/// Below the base path a path means what it means in a request of its own.
fn place(
    path: &str,
    method: &Method,
    base_path: &str,
    shared: &Shared,
) -> Result<Place, ScimError> {
    let refused = |expected: &str| {
        let found = quoted(path);
        invalid(format!("`path`: expected {expected}, found {found}"))
    };
    if path.contains(['?', '#']) {
        return Err(refused("a path without query"));
    }
    if path.contains("://") || path.starts_with("//") {
        return Err(refused("a path below the base URL"));
    }
    let below = path.strip_prefix('/').unwrap_or(path);
    let route = shared.route(&format!("{base_path}/{below}"), base_path);
    match (route, *method == Method::POST) {
        (Ok(Route::Collection(schema)), true) => Ok(Place::Collection(schema)),
        (Ok(Route::Item(schema, id)), false) => Ok(Place::Item(schema, id)),
        (Err(error), _) if error.scim_type == Some(ScimType::InvalidVers) => Err(error),
        (_, true) => Err(refused("the endpoint of a resource type")),
        (_, false) => Err(refused("one resource")),
    }
}

fn invalid(detail: String) -> ScimError {
    ScimError::of(ScimType::InvalidValue, detail)
}
