//! [`Columns`]: what a host's tables hold of a resource.

use scim_core::{AttrPath, Comparison};

use super::text::{Dialect, Sql, SqlValue};

/// Where a host keeps the attributes of a resource type. A closure will do.
pub trait Columns {
    /// What holds the values at `path`, an attribute or sub-attribute in the schema's spelling, those
    /// of extensions qualified; `None` if no column does. A sub-attribute that nothing is stated for
    /// is looked for in the table of its attribute.
    ///
    /// What is stated here is believed: the condition is exact if the columns hold what they are
    /// said to hold, of resources that are valid by their schema.
    fn find(&self, path: &AttrPath) -> Option<Held>;
}

impl<F: Fn(&AttrPath) -> Option<Held>> Columns for F {
    fn find(&self, path: &AttrPath) -> Option<Held> {
        self(path)
    }
}

/// What holds the values of an attribute.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a value stands in the row of its resource or in another"
)]
pub enum Held {
    /// A column in the row of the resource, for an attribute of which it has one value at most. This is
    /// believed of a multi-valued attribute too: a second value would be lost to the filter.
    Column(Column),
    /// Rows of another table, for one with any number of values.
    Table(Table),
}

impl From<Column> for Held {
    fn from(column: Column) -> Self {
        Self::Column(column)
    }
}

impl From<Table> for Held {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

/// What holds the values at a path, and which of the columns of a table: that of a sub-attribute, or
/// of the value itself.
pub(super) fn locate<'p>(
    columns: &impl Columns,
    path: &'p AttrPath,
) -> Option<(Held, Option<&'p str>)> {
    if let Some(held) = columns.find(path) {
        return Some((held, None));
    }
    let sub = path.sub()?;
    let parent = columns.find(&AttrPath::of(path.schema(), path.attr(), None))?;
    matches!(parent, Held::Table(_)).then_some((parent, Some(sub)))
}

/// The type of a column: in which form it holds values. NULL always means that there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// The text of a case-exact attribute or of a reference other than `schemas`, under NFC: the
    /// [`as_text`](scim_core::ComparisonKey::as_text) of its key, or the text as it is where it is
    /// ASCII.
    Text,
    /// The folded text of an attribute without `caseExact`, and of `schemas` (decision F31): the
    /// [`as_text`](scim_core::ComparisonKey::as_text) of its key, rebuilt when
    /// [`VERSION`](scim_core::ComparisonKey::VERSION) changes.
    FoldedText,
    /// A 64-bit integer.
    Integer,
    /// A number of any size and precision: PostgreSQL's `numeric`. SQLite has no such type.
    Numeric,
    /// A truth value: `boolean`, in SQLite 0 or 1.
    Boolean,
    /// A dateTime as whole seconds since 1970-01-01T00:00:00Z, nothing cut off.
    Seconds,
    /// A dateTime as whole milliseconds since then, nothing finer cut off.
    Milliseconds,
    /// A dateTime as whole microseconds since then, nothing finer cut off.
    Microseconds,
    /// A dateTime as PostgreSQL's `timestamptz`, nothing finer than microseconds cut off.
    Timestamp,
}

impl ColumnType {
    /// Whether values that compare in this way can be asked of such a column.
    pub(super) fn answers(self, comparison: Comparison, dialect: Dialect) -> bool {
        match self {
            Self::Text => comparison == Comparison::CaseExact,
            Self::FoldedText => comparison == Comparison::CaseInsensitive,
            Self::Integer => comparison == Comparison::Number,
            Self::Numeric => comparison == Comparison::Number && dialect == Dialect::Postgres,
            Self::Boolean => comparison == Comparison::Boolean,
            Self::Seconds | Self::Milliseconds | Self::Microseconds => {
                comparison == Comparison::Instant
            }
            Self::Timestamp => comparison == Comparison::Instant && dialect == Dialect::Postgres,
        }
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::FoldedText)
    }
}

/// A column in the row of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    source: Source,
    column_type: ColumnType,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Name {
        table: String,
        column: String,
    },
    Expression(String),
    /// What a query of one row yields.
    Query(Sql),
}

impl Column {
    /// The column `column` of `table`, both as the statement calls them; they are quoted. A table in a
    /// schema of its own is named by the alias that the host's `FROM` gives it:
    /// `FROM directory.users AS users`.
    pub fn new(table: &str, column: &str, column_type: ColumnType) -> Self {
        Self {
            source: Source::Name {
                table: table.to_owned(),
                column: column.to_owned(),
            },
            column_type,
        }
    }

    /// What an SQL expression yields, like `(users.status = 'A')` for `active`. It goes into the
    /// statement as it is, so no part of it may come from a request.
    pub fn expression(sql: &str, column_type: ColumnType) -> Self {
        Self {
            source: Source::Expression(format!("({sql})")),
            column_type,
        }
    }

    pub(super) fn column_type(&self) -> ColumnType {
        self.column_type
    }

    pub(super) fn write(&self, sql: &mut Sql) {
        match &self.source {
            Source::Name { table, column } => sql.push_column(table, column),
            Source::Expression(text) => sql.push(text),
            Source::Query(query) => sql.push_sql(query),
        }
    }
}

/// A table with one row for each value of an attribute; of a complex attribute, for each element
/// that has content.
///
/// ```
/// use scim_filter::sql::{ColumnType, Table};
/// let emails = Table::new("emails")
///     .join("user_id", "users", "id")
///     .column("value", "address_folded", ColumnType::FoldedText)
///     .column("primary", "is_primary", ColumnType::Boolean);
/// let tags = Table::new("labels")
///     .join("holder", "users", "id")
///     .fixed("kind", "tag")
///     .value("label", ColumnType::Text);
/// # let _ = (emails, tags);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    name: String,
    joins: Vec<Join>,
    fixed: Vec<(String, String)>,
    value: Option<(String, ColumnType)>,
    columns: Vec<(String, String, ColumnType)>,
    is_unique: bool,
}

/// A column that has the value of another one in the row of the resource.
#[derive(Clone, Debug, PartialEq)]
struct Join {
    column: String,
    other_table: String,
    other_column: String,
}

impl Table {
    /// The table `name`; it is quoted, so a dot is part of it. One in a schema that PostgreSQL's
    /// `search_path` does not name is reached by a view in one that it does. Without
    /// [`join`](Self::join) all its rows belong to every resource.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            joins: Vec::new(),
            fixed: Vec::new(),
            value: None,
            columns: Vec::new(),
            is_unique: false,
        }
    }

    /// Its rows belong to the resource where `column` equals `other_column` of `other_table`, which
    /// is never NULL.
    #[must_use]
    pub fn join(mut self, column: &str, other_table: &str, other_column: &str) -> Self {
        self.joins.push(Join {
            column: column.to_owned(),
            other_table: other_table.to_owned(),
            other_column: other_column.to_owned(),
        });
        self
    }

    /// Only rows with this text in `column` count. It is bound, not written.
    #[must_use]
    pub fn fixed(mut self, column: &str, text: &str) -> Self {
        self.fixed.push((column.to_owned(), text.to_owned()));
        self
    }

    /// The column of the value itself, where it has no sub-attributes, or where the table holds the
    /// values of one sub-attribute alone.
    #[must_use]
    pub fn value(mut self, column: &str, column_type: ColumnType) -> Self {
        self.value = Some((column.to_owned(), column_type));
        self
    }

    /// Of the rows that count, no two have the same value in the column of [`value`](Self::value). SQLite then looks for
    /// the one row that an `eq` means, where it otherwise gathers all there may be.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.is_unique = true;
        self
    }

    /// The column of a sub-attribute that has one value.
    #[must_use]
    pub fn column(mut self, sub_attribute: &str, column: &str, column_type: ColumnType) -> Self {
        self.columns
            .push((sub_attribute.to_owned(), column.to_owned(), column_type));
        self
    }

    /// The column of a sub-attribute, or of the value itself.
    pub(super) fn find(&self, sub_attribute: Option<&str>) -> Option<Column> {
        let (column, column_type) = match sub_attribute {
            None => self
                .value
                .as_ref()
                .map(|(column, column_type)| (column, column_type))?,
            Some(name) => self
                .columns
                .iter()
                .find(|(sub, _, _)| sub.eq_ignore_ascii_case(name))
                .map(|(_, column, column_type)| (column, column_type))?,
        };
        Some(Column::new(ROW, column, *column_type))
    }

    /// Begins to ask whether some row of the resource satisfies the condition that is written next,
    /// or whether none does. A parenthesis ends it.
    ///
    /// SQLite looks through every resource to answer a correlated `EXISTS`, while `IN` starts from
    /// an index of the table; where none may be found, and in PostgreSQL, `EXISTS` is the better.
    pub(super) fn write_has_row(&self, has: bool, sql: &mut Sql) {
        match self.joins.as_slice() {
            [join] if has && sql.dialect() == Dialect::Sqlite => {
                self.write_resource_of(" IN (SELECT ", join, sql);
            }
            joins => {
                sql.push(if has {
                    "EXISTS (SELECT 1"
                } else {
                    "NOT EXISTS (SELECT 1"
                });
                self.write_rows(joins, sql);
            }
        }
    }

    /// The same, to be followed by a test that one value passes: whether a row of the resource has it.
    pub(super) fn write_has_value(&self, sql: &mut Sql) {
        match self.joins.as_slice() {
            // `IS`, as `=` would be NULL without a row. SQLite makes no table of what is found, as it does for `IN`.
            [join] if self.is_unique && sql.dialect() == Dialect::Sqlite => {
                self.write_resource_of(" IS (SELECT ", join, sql);
            }
            _ => self.write_has_row(true, sql),
        }
    }

    /// Begins to ask for the resource of a row by an operator and a query.
    fn write_resource_of(&self, operator: &str, join: &Join, sql: &mut Sql) {
        sql.push_column(&join.other_table, &join.other_column);
        sql.push(operator);
        sql.push_column(ROW, &join.column);
        self.write_rows(&[], sql);
        sql.push_column(ROW, &join.column);
        sql.push(" IS NOT NULL AND ");
    }

    /// The column of a sub-attribute, or of the value itself, as one of the resource, which has one
    /// row at most.
    pub(super) fn only(&self, sub_attribute: Option<&str>, dialect: Dialect) -> Option<Column> {
        let column = self.find(sub_attribute)?;
        let mut sql = Sql::new(dialect);
        sql.push("(SELECT ");
        column.write(&mut sql);
        self.write_rows(&self.joins, &mut sql);
        sql.push("TRUE LIMIT 1)");
        Some(Column {
            source: Source::Query(sql),
            column_type: column.column_type,
        })
    }

    /// ` FROM … WHERE … AND `, to be followed by a condition.
    fn write_rows(&self, joins: &[Join], sql: &mut Sql) {
        sql.push(" FROM ");
        sql.push_name(&self.name);
        sql.push(" AS ");
        sql.push_name(ROW);
        sql.push(" WHERE ");
        for join in joins {
            sql.push_column(ROW, &join.column);
            sql.push(" = ");
            sql.push_column(&join.other_table, &join.other_column);
            sql.push(" AND ");
        }
        for (column, text) in &self.fixed {
            sql.push_column(ROW, column);
            sql.push(" = ");
            sql.push_value(SqlValue::Text(text.clone()));
            sql.push(" AND ");
        }
    }
}

/// What a row of a [`Table`] is called inside the statement.
const ROW: &str = "scim_row";
