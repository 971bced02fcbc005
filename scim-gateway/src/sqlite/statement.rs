//! [`Statement`]: an SQL statement put together from pieces, with what it binds.

use rusqlite::types::Value;
use scim_filter::sql::{Sql, SqlValue};

/// The text so far, and its values in the order of their numbers.
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    pub(super) fn new(begin: &str) -> Self {
        // Room for a filter of a term or two.
        let mut text = String::with_capacity(512);
        text.push_str(begin);
        Self {
            text,
            values: Vec::new(),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn value(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
        self.text.push_str(&format!("?{}", self.values.len()));
    }

    pub(super) fn sql(&mut self, sql: &Sql) {
        self.text.push_str(&sql.text_from(self.values.len() + 1));
        self.values
            .extend(sql.values().iter().map(|value| match value {
                SqlValue::Text(text) => Value::Text(text.clone()),
                SqlValue::Integer(integer) => Value::Integer(*integer),
                SqlValue::Boolean(boolean) => Value::Integer((*boolean).into()),
            }));
    }
}
