//! Who was deleted and may come back (decision G06).

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::store::{Stored, UniqueValue};

/// Deleted resources by the unique values that they were the last to have. Whoever gives such a value up after them takes
/// it from them; who has none left is forgotten.
#[derive(Debug, Default)]
pub(super) struct Deleted(HashMap<UniqueValue, Gone>);

/// What is kept of a deleted resource.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    resource_type: Arc<str>,
    pub(super) id: String,
    pub(super) created: DateTime<Utc>,
    pub(super) last_modified: DateTime<Utc>,
    unique: Arc<[UniqueValue]>,
}

impl Deleted {
    pub(super) fn keep(&mut self, stored: &Stored, unique: Vec<UniqueValue>) {
        let gone = Gone {
            resource_type: stored.resource_type.clone(),
            id: stored.id.clone(),
            created: stored.created,
            last_modified: stored.last_modified,
            unique: unique.into(),
        };
        for value in &*gone.unique {
            self.0.insert(value.clone(), gone.clone());
        }
    }

    /// Who had the first of these values that anybody had.
    pub(super) fn take(&mut self, resource_type: &str, unique: &[UniqueValue]) -> Option<Gone> {
        let mut had = unique.iter().filter_map(|value| self.0.get(value));
        let gone = had
            .find(|gone| *gone.resource_type == *resource_type)?
            .clone();
        for value in &*gone.unique {
            if self.0.get(value).is_some_and(|other| other.id == gone.id) {
                self.0.remove(value);
            }
        }
        Some(gone)
    }

    /// Notes that these values had another owner since.
    pub(super) fn forget(&mut self, unique: &[UniqueValue]) {
        for value in unique {
            self.0.remove(value);
        }
    }
}
