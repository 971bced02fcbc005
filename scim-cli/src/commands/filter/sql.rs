//! A filter as SQL over tables that are made up from the schema.

use std::fmt::Write as _;

use scim_core::{
    AttrPath, AttrType, Attribute, Comparison, Object, Policy, Resolved, ResourceSchema, Value,
};
use scim_filter::Checked;
use scim_filter::sql::{
    Column, ColumnType, Columns, Dialect, Held, Sql, SqlFilter, SqlValue, Table,
};

/// What `--sql` and `sql` are told.
pub(super) fn dialect(name: &str) -> Result<Dialect, String> {
    match name {
        "sqlite" => Ok(Dialect::Sqlite),
        "postgres" => Ok(Dialect::Postgres),
        _ => Err(format!(
            "`{name}` is not a dialect; expected `sqlite` or `postgres`"
        )),
    }
}

/// The tables that could hold resources of a type: one called like the type, with a column for each attribute of one
/// value, called by its path; and one for each list, called `Type.path`, with a column for each sub-attribute.
struct Tables<'s> {
    schema: &'s ResourceSchema,
    dialect: Dialect,
}

impl Tables<'_> {
    fn name(&self) -> &str {
        &self.schema.resource_type().name
    }

    fn column_type(&self, attribute: &Attribute) -> Option<ColumnType> {
        let is_sqlite = self.dialect == Dialect::Sqlite;
        Some(match Comparison::of(attribute)? {
            Comparison::CaseExact => ColumnType::Text,
            Comparison::CaseInsensitive => ColumnType::FoldedText,
            Comparison::Boolean => ColumnType::Boolean,
            Comparison::Number if attribute.attr_type == AttrType::Integer => ColumnType::Integer,
            Comparison::Number => ColumnType::Numeric,
            Comparison::Instant if is_sqlite => ColumnType::Milliseconds,
            Comparison::Instant => ColumnType::Timestamp,
            _ => return None,
        })
    }

    fn table(&self, path: &AttrPath, attribute: &Attribute) -> Table {
        let name = format!("{}.{path}", self.name());
        let mut table = Table::new(&name).join("resource", self.name(), "id");
        if let Some(column_type) = self.column_type(attribute) {
            table = table.value("value", column_type);
        }
        for sub in &attribute.sub_attributes {
            if let Some(column_type) = self.column_type(sub).filter(|_| !sub.multi_valued) {
                table = table.column(sub.name.as_str(), sub.name.as_str(), column_type);
            }
        }
        table
    }
}

impl Columns for Tables<'_> {
    fn find(&self, path: &AttrPath) -> Option<Held> {
        let Ok(Resolved::Attribute(place)) = self.schema.resolve(path, &Policy::strict()) else {
            return None;
        };
        let attribute = place.definition();
        if place.sub_attribute.is_none() && attribute.multi_valued {
            return Some(self.table(path, attribute).into());
        }
        if place.attribute.multi_valued || attribute.multi_valued {
            return None;
        }
        let column_type = self.column_type(attribute)?;
        Some(Column::new(self.name(), path.as_str(), column_type).into())
    }
}

fn compile(filter: &Checked, schema: &ResourceSchema, dialect: Dialect) -> SqlFilter {
    filter.to_sql(&Tables { schema, dialect }, dialect)
}

/// The statement, its parameters, what is left to the rows, and why; for people.
pub(super) fn show(filter: &Checked, schema: &ResourceSchema, dialect: Dialect) -> String {
    let sql = compile(filter, schema, dialect);
    let condition = sql.condition();
    let table = &schema.resource_type().name;
    let mut out = format!("SELECT * FROM \"{table}\" WHERE {}\n", condition.text());
    let sign = if dialect == Dialect::Sqlite { '?' } else { '$' };
    for (number, value) in (1..).zip(parameters(condition)) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{sign}{number} = {value}");
    }
    out.push_str(&sql.explain());
    if let Some(residual) = sql.residual() {
        let attributes: Vec<_> = residual
            .attributes()
            .iter()
            .map(AttrPath::to_string)
            .collect();
        let _ = writeln!(out, "the rows need: {}", attributes.join(", "));
    }
    out
}

/// The same as a member of an answer.
pub(super) fn answer(filter: &Checked, schema: &ResourceSchema, dialect: Dialect) -> Object {
    let sql = compile(filter, schema, dialect);
    let mut answer = Object::new();
    answer.insert("condition", sql.condition().text());
    answer.insert("parameters", parameters(sql.condition()));
    let explain = sql.explain();
    let explain: Vec<Value> = explain.lines().map(Value::from).collect();
    answer.insert("explain", explain);
    if let Some(residual) = sql.residual() {
        let attributes = residual.attributes();
        let attributes: Vec<Value> = attributes.iter().map(|path| path.as_str().into()).collect();
        answer.insert("residual", attributes);
    }
    answer
}

fn parameters(sql: &Sql) -> Vec<Value> {
    let values = sql.values().iter().map(|value| match value {
        SqlValue::Text(text) => text.as_str().into(),
        SqlValue::Integer(integer) => (*integer).into(),
        SqlValue::Boolean(boolean) => (*boolean).into(),
    });
    values.collect()
}
