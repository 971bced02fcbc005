//! Users in SQLite, laid out in several ways.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, ToSql, params_from_iter};
use scim_core::{AttrPath, Comparison, ComparisonKey, Policy, Resolved, Resource, Value, builtin};
use scim_filter::sql::{Column, Columns, Dialect, Held, Holds, Sql, SqlValue, Table};
use scim_filter::{Checked, SortBy, SortKey};

const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

/// The attributes that some layout holds.
const PATHS: [&str; 12] = [
    "id",
    "userName",
    "title",
    "externalId",
    "active",
    "name.givenName",
    DEPARTMENT,
    "meta.lastModified",
    "emails",
    "emails.type",
    "emails.value",
    "emails.primary",
];

/// How the host of a test keeps its users.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// A table of keys instead of columns and of the table of emails.
    pub(crate) keys: bool,
    /// Tables are joined by two columns.
    pub(crate) composite: bool,
    /// Bits of the paths that nothing is stated for.
    pub(crate) without: u16,
}

impl Layout {
    /// Everything has a column or a table of its own.
    pub(crate) const FULL: Self = Self {
        keys: false,
        composite: false,
        without: 0,
    };

    fn table(self, name: &str) -> Table {
        let table = Table::new(name).join("user", "users", "seq");
        match self.composite {
            true => table.join("tenant", "users", "tenant"),
            false => table,
        }
    }
}

impl Columns for Layout {
    fn find(&self, path: &AttrPath) -> Option<Held> {
        let index = PATHS.iter().position(|known| *known == path.as_str())?;
        if self.without & (1 << index) != 0 {
            return None;
        }
        let column = |name, holds| Some(Column::new("users", name, holds).into());
        if self.keys && !matches!(index, 0 | 3 | 4 | 7 | 8 | 11) {
            let keys = self.table("keys").fixed("attribute", path.as_str());
            return Some(keys.value("key", Holds::FoldedText).into());
        }
        match path.as_str() {
            "id" => column("id", Holds::Text),
            "userName" => column("user \"name", Holds::FoldedText),
            "title" => column("title", Holds::FoldedText),
            "externalId" => column("external_id", Holds::Text),
            "active" => Some(Column::expression("status = 'A'", Holds::Boolean).into()),
            "name.givenName" => column("given_name", Holds::FoldedText),
            DEPARTMENT => column("department", Holds::FoldedText),
            "meta.lastModified" => column("changed", Holds::Milliseconds),
            "emails" if !self.keys => {
                let emails = self
                    .table("emails")
                    .column("type", "kind", Holds::FoldedText);
                let emails = emails.column("value", "address", Holds::FoldedText);
                Some(
                    emails
                        .column("primary", "is_primary", Holds::Boolean)
                        .into(),
                )
            }
            _ => None,
        }
    }
}

/// The key of a value of that path, if it is of its type.
fn key(path: &str, value: Option<&Value>) -> Option<ComparisonKey> {
    let path: AttrPath = path.parse().unwrap();
    let schema = builtin::user_schema();
    let Ok(Resolved::Attribute(place)) = schema.resolve(&path, &Policy::strict()) else {
        panic!("{path}");
    };
    ComparisonKey::new(value?, Comparison::of(place.definition()).unwrap())
}

fn text(path: &str, value: Option<&Value>) -> Option<String> {
    key(path, value)?.as_text().map(str::to_owned)
}

fn member<'v>(resource: &'v Resource, outer: &str, inner: &str) -> Option<&'v Value> {
    resource.get(outer)?.as_object()?.get(inner)
}

/// The user without values of the wrong type, and with an id: what a schema lets into a store.
pub(crate) fn valid(user: &Resource, id: usize) -> Resource {
    let mut valid = user.clone();
    for name in ["userName", "title", "externalId", "active"] {
        if key(name, user.get(name)).is_none() {
            valid.remove(name);
        }
    }
    valid.insert("id", format!("u{id}"));
    // Columns hold no dateTime finer than they can.
    if let Some(time) = key("meta.lastModified", member(user, "meta", "lastModified"))
        && milliseconds(&time).is_none()
    {
        valid.remove("meta");
    }
    valid
}

fn milliseconds(key: &ComparisonKey) -> Option<i64> {
    let time = key.as_instant()?.to_chrono()?;
    let whole = scim_core::Instant::from(time) == *key.as_instant()?;
    (whole && time.timestamp_subsec_nanos() % 1_000_000 == 0).then(|| time.timestamp_millis())
}

/// A database with users.
#[derive(Debug)]
pub(crate) struct Users {
    connection: Connection,
    users: Vec<Resource>,
}

impl Users {
    pub(crate) fn new(users: Vec<Resource>) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE users (seq INTEGER PRIMARY KEY, tenant TEXT, id TEXT COLLATE NOCASE,
                     \"user \"\"name\" TEXT COLLATE NOCASE, title TEXT COLLATE RTRIM,
                     external_id TEXT COLLATE NOCASE, status TEXT, given_name TEXT,
                     department TEXT, changed INTEGER);
                 CREATE TABLE emails (user INTEGER, tenant TEXT, kind TEXT, address TEXT,
                     is_primary INTEGER);
                 CREATE TABLE keys (user INTEGER, tenant TEXT, attribute TEXT, key TEXT);
                 INSERT INTO emails VALUES (NULL, NULL, 'a', 'a', 1);",
            )
            .unwrap();
        let this = Self { connection, users };
        for (seq, user) in this.users.iter().enumerate() {
            this.insert(i64::try_from(seq).unwrap(), user);
        }
        this
    }

    fn insert(&self, seq: i64, user: &Resource) {
        let tenant = "t";
        let run = |sql: &str, values: &[&dyn ToSql]| {
            self.connection.execute(sql, values).unwrap();
        };
        let of = |path: &str| text(path, user.get(path));
        let active = key("active", user.get("active")).and_then(|key| key.as_bool());
        let given = text("name.givenName", member(user, "name", "givenName"));
        let (uri, _) = DEPARTMENT.rsplit_once(':').unwrap();
        let department = text(DEPARTMENT, member(user, uri, "department"));
        let changed = key("meta.lastModified", member(user, "meta", "lastModified"));
        run(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                &seq,
                &tenant,
                &of("id"),
                &of("userName"),
                &of("title"),
                &of("externalId"),
                &active.map(|active| if active { "A" } else { "L" }),
                &given,
                &department,
                &changed.as_ref().and_then(milliseconds),
            ],
        );
        let mut keys: Vec<(&str, Option<String>)> = vec![
            ("userName", of("userName")),
            ("title", of("title")),
            ("name.givenName", given),
            (DEPARTMENT, department),
        ];
        for email in user.get("emails").into_iter().flat_map(Value::elements) {
            let email = email.as_object().unwrap();
            let kind = text("emails.type", email.get("type"));
            let address = text("emails.value", email.get("value"));
            let primary = key("emails.primary", email.get("primary")).and_then(|key| key.as_bool());
            if email.iter().any(|(_, value)| *value != Value::Null) {
                run(
                    "INSERT INTO emails VALUES (?, ?, ?, ?, ?)",
                    &[&seq, &tenant, &kind, &address, &primary],
                );
            }
            keys.extend([("emails.type", kind), ("emails.value", address)]);
        }
        for (path, key) in keys {
            if let Some(key) = key {
                run(
                    "INSERT INTO keys VALUES (?, ?, ?, ?)",
                    &[&seq, &tenant, &path, &key],
                );
            }
        }
    }

    /// The numbers of the users that satisfy a condition.
    fn select(&self, condition: &str, values: &[SqlValue]) -> Vec<usize> {
        let sql = format!("SELECT seq FROM users WHERE {condition} ORDER BY seq");
        numbers(&self.connection, &sql, values)
    }

    /// The users that a filter selects: those of the condition that match the residual.
    pub(crate) fn matching(&self, filter: &Checked, layout: Layout) -> Vec<usize> {
        let sql = filter.to_sql(&layout, Dialect::Sqlite);
        let (text, values) = (sql.condition().text(), sql.condition().values());
        let mut selected = self.select(&text, values);
        let others = self.select(&format!("NOT ({text})"), values);
        assert_eq!(
            selected.len() + others.len(),
            self.users.len(),
            "null: {text}"
        );
        if let Some(residual) = sql.residual() {
            selected.retain(|&seq| {
                self.users
                    .get(seq)
                    .is_some_and(|user| residual.matches(user))
            });
        }
        selected
    }

    /// The users in the order of a sort.
    pub(crate) fn sorted(&self, by: &SortBy, layout: Layout) -> Option<Vec<usize>> {
        let order = by.to_sql(&layout, Dialect::Sqlite)?;
        let sql = format!("SELECT seq FROM users ORDER BY {}", order.text());
        Some(numbers(&self.connection, &sql, order.values()))
    }

    /// Those of them that come behind a place.
    pub(crate) fn sorted_after(&self, by: &SortBy, place: &SortKey, layout: Layout) -> Vec<usize> {
        let order = by.to_sql(&layout, Dialect::Sqlite).unwrap();
        let after = by.to_sql_after(place, &layout, Dialect::Sqlite).unwrap();
        let first = 1 + after.values().len();
        let (condition, order_by) = (after.text(), order.text_from(first));
        let sql = format!("SELECT seq FROM users WHERE {condition} ORDER BY {order_by}");
        let values = [after.values(), order.values()].concat();
        numbers(&self.connection, &sql, &values)
    }

    pub(crate) fn users(&self) -> &[Resource] {
        &self.users
    }

    /// Runs nothing, but shows that SQLite takes the statement.
    pub(crate) fn prepare(&self, condition: &Sql) {
        let sql = format!("SELECT seq FROM users WHERE {}", condition.text());
        numbers(&self.connection, &sql, condition.values());
    }
}

/// The numbers that a statement yields.
pub(crate) fn numbers(connection: &Connection, sql: &str, values: &[SqlValue]) -> Vec<usize> {
    let mut statement = connection
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map(params_from_iter(values.iter().map(cell)), |row| {
        row.get::<_, u32>(0)
    });
    rows.unwrap().map(|row| row.unwrap() as usize).collect()
}

fn cell(value: &SqlValue) -> Cell {
    match value {
        SqlValue::Text(text) => Cell::Text(text.clone()),
        SqlValue::Integer(integer) => Cell::Integer(*integer),
        SqlValue::Boolean(boolean) => Cell::Integer((*boolean).into()),
    }
}
