//! [`Judge`]: what the database leaves open is decided on the resources of its rows.

use rusqlite::Connection;
use scim_core::{Document, Resource};
use scim_filter::{Checked, SortBy, SortKey};
use scim_server::{Query, StoreError, StoreOptions, Tenant};

use super::members;
use super::query::Part;
use super::rows::{self, Parts, Row};

/// Decides on the rows of one type.
pub(super) struct Judge<'q> {
    connection: &'q Connection,
    tenant: &'q Tenant,
    query: &'q Query,
    part: &'q Part<'q>,
    parts: Parts,
    /// Whether filter or order look at something that is not in the document.
    looks_beyond: bool,
}

impl<'q> Judge<'q> {
    pub(super) fn new(
        connection: &'q Connection,
        tenant: &'q Tenant,
        query: &'q Query,
        options: StoreOptions,
        part: &'q Part<'q>,
    ) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut references = false;
        let filtered = part.residual().map(Checked::attributes).unwrap_or_default();
        for path in filtered.iter().chain(&part.sort.and_then(SortBy::path)) {
            names.extend(path.schema().is_none().then(|| path.attr().to_owned()));
            references |= path.sub() == Some("$ref");
        }
        let touches = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        let beyond = ["schemas", "id", "meta", "groups", members::ATTRIBUTE];
        Self {
            connection,
            tenant,
            query,
            part,
            parts: Parts {
                members: touches(members::ATTRIBUTE),
                groups: touches("groups"),
                indirect: options.indirect_groups,
            },
            looks_beyond: !query.sees_what_is_stored()
                || references
                || beyond.into_iter().any(touches),
        }
    }

    /// The key that a matching row sorts by, nothing for another row.
    pub(super) fn matching(&self, row: Row) -> Result<Option<Option<SortKey>>, StoreError> {
        let (residual, sort) = (self.part.residual(), self.part.sort);
        if self.looks_beyond {
            let resource = self.resource(row)?;
            let matches = residual.is_none_or(|residual| residual.matches(&resource));
            return Ok(matches.then(|| sort.map(|sort| sort.key(&resource))));
        }
        if residual.is_none() && sort.is_none() {
            return Ok(Some(None));
        }
        let document = Document::assume_canonical(row.document).map_err(StoreError::failed)?;
        let matches = residual.is_none_or(|residual| residual.matches_document(&document));
        // The id lies beside the document; an order falls back on it where its keys are equal (decision Q09).
        let key = |sort: &SortBy| sort.key_of_document(&document).with_id(&row.id);
        Ok(matches.then(|| sort.map(key)))
    }

    /// The resource as filter and order see it.
    fn resource(&self, row: Row) -> Result<Resource, StoreError> {
        let schema = self.part.schema;
        let stored = rows::load(self.connection, self.tenant, schema, row, self.parts)?;
        Ok(self.query.complete(&stored, schema))
    }
}
