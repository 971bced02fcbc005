//! What the tables hold of a resource, in the words of filters and orders.

use scim_core::{AttrPath, Comparison, ResourceSchema};
use scim_filter::sql::{Column, ColumnType, Columns, Held, Table};
use scim_server::{Indexed, Tenant, members_attribute};

use super::members;

/// The tables as one resource type of one tenant fills them.
pub(super) struct Tables<'t> {
    pub(super) tenant: &'t Tenant,
    pub(super) schema: &'t ResourceSchema,
}

impl Columns for Tables<'_> {
    fn find(&self, path: &AttrPath) -> Option<Held> {
        let column = |name, holds| Some(Column::new("resource", name, holds).into());
        match path.as_str() {
            "id" => column("id", ColumnType::Text),
            "meta.created" => column("created", ColumnType::Milliseconds),
            "meta.lastModified" => column("last_modified", ColumnType::Milliseconds),
            members::ATTRIBUTE => members_attribute(self.schema).map(|_| {
                self.table("member", "holder")
                    .column("value", "value", ColumnType::Text)
                    .into()
            }),
            _ => {
                let indexed = Indexed::at(self.schema, path)?;
                let holds = match indexed.comparison() {
                    Comparison::CaseExact => ColumnType::Text,
                    Comparison::CaseInsensitive => ColumnType::FoldedText,
                    _ => return None,
                };
                let keys = self.table("attribute_key", "resource");
                let keys = keys.fixed("attribute", &indexed.name()).value("key", holds);
                Some(match indexed.is_unique() {
                    true => keys.unique().into(),
                    false => keys.into(),
                })
            }
        }
    }
}

impl Tables<'_> {
    fn table(&self, name: &str, resource: &str) -> Table {
        Table::new(name)
            .join(resource, "resource", "seq")
            .fixed("tenant", self.tenant.as_str())
    }
}
