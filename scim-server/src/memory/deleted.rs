//! Who was deleted and may come back (decision G06).

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::store::{Stored, UniqueValue};

/// Deleted resources by the unique values that they were the last to have. Others take them over; who has none left is
/// forgotten.
#[derive(Debug, Default)]
pub(super) struct Deleted(HashMap<(Box<str>, UniqueValue), Gone>);

/// What is kept of a deleted resource.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    pub(super) id: String,
    pub(super) created: DateTime<Utc>,
    pub(super) last_modified: DateTime<Utc>,
    unique: Arc<[UniqueValue]>,
}

impl Deleted {
    pub(super) fn keep(&mut self, stored: &Stored, unique: Vec<UniqueValue>) {
        let gone = Gone {
            id: stored.id.clone(),
            created: stored.created,
            last_modified: stored.last_modified,
            unique: unique.into(),
        };
        for value in &*gone.unique {
            let key = ((&*stored.resource_type).into(), value.clone());
            self.0.insert(key, gone.clone());
        }
    }

    /// Who had the first of these values that anybody had.
    pub(super) fn take(&mut self, resource_type: &str, unique: &[UniqueValue]) -> Option<Gone> {
        let key = |value: &UniqueValue| (resource_type.into(), value.clone());
        let gone = unique
            .iter()
            .find_map(|value| self.0.get(&key(value)))?
            .clone();
        for key in gone.unique.iter().map(key) {
            if self.0.get(&key).is_some_and(|other| other.id == gone.id) {
                self.0.remove(&key);
            }
        }
        Some(gone)
    }
}
