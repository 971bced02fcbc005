//! Filters and sorting as SQL.

mod bounds;
mod laws;
mod numbers;
mod store;
mod text;

use scim_core::{Policy, ResourceSchema};
use scim_filter::{Checked, Filter};

fn checked(text: &str, schema: &ResourceSchema) -> Checked {
    let filter: Filter = text.parse().unwrap();
    filter.check(schema, &Policy::strict()).unwrap()
}
