//! Users in a database, laid out in several ways.

use scim_core::{
    AttrPath, Comparison, ComparisonKey, Object, Policy, Resolved, Resource, ResourceSchema, Value,
    builtin,
};
use scim_filter::sql::{Column, ColumnType, Columns, Dialect, Held, Sql, SqlValue, Table};
use scim_filter::{Checked, Filter, SortBy, SortKey};

use super::Database;

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
            return Some(keys.value("key", ColumnType::FoldedText).into());
        }
        match path.as_str() {
            "id" => column("id", ColumnType::Text),
            "userName" => column("user \"name", ColumnType::FoldedText),
            "title" => column("title", ColumnType::FoldedText),
            "externalId" => column("external_id", ColumnType::Text),
            "active" => Some(Column::expression("status = 'A'", ColumnType::Boolean).into()),
            "name.givenName" => column("given_name", ColumnType::FoldedText),
            DEPARTMENT => column("department", ColumnType::FoldedText),
            "meta.lastModified" => column("changed", ColumnType::Milliseconds),
            "emails" if !self.keys => {
                let emails = self
                    .table("emails")
                    .column("type", "kind", ColumnType::FoldedText);
                let emails = emails.column("value", "address", ColumnType::FoldedText);
                Some(
                    emails
                        .column("primary", "is_primary", ColumnType::Boolean)
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
    let mut valid = match Database::DIALECT {
        // No text of a valid resource has U+0000 (decision S11), which SQLite is tried with.
        Dialect::Postgres => Resource::from(without_nul(user)),
        _ => user.clone(),
    };
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

fn without_nul(object: &Object) -> Object {
    fn clean(value: &Value) -> Value {
        match value {
            Value::String(text) => text.replace('\0', "").into(),
            Value::Array(values) => Value::Array(values.iter().map(clean).collect()),
            Value::Object(object) => Value::Object(without_nul(object)),
            other => other.clone(),
        }
    }
    let members = object
        .iter()
        .map(|(name, value)| (name.clone(), clean(value)));
    Object::from_iter(members)
}

fn milliseconds(key: &ComparisonKey) -> Option<i64> {
    let time = key.as_instant()?.to_chrono()?;
    let whole = scim_core::Instant::from(time) == *key.as_instant()?;
    (whole && time.timestamp_subsec_nanos() % 1_000_000 == 0).then(|| time.timestamp_millis())
}

pub(crate) fn checked(text: &str, schema: &ResourceSchema) -> Checked {
    let filter: Filter = text.parse().unwrap();
    filter.check(schema, &Policy::strict()).unwrap()
}

/// A database with users.
pub(crate) struct Users {
    database: Database,
    users: Vec<Resource>,
}

impl Users {
    pub(crate) fn new(users: Vec<Resource>) -> Self {
        let mut database = Database::new();
        // Orders and equality of the database itself, which must not matter.
        let [one, other] = Database::COLLATIONS;
        database.run(&format!(
            "CREATE TEMP TABLE users (seq BIGINT PRIMARY KEY, tenant TEXT, id TEXT COLLATE {one},
                 \"user \"\"name\" TEXT COLLATE {one}, title TEXT COLLATE {other},
                 external_id TEXT COLLATE {one}, status TEXT, given_name TEXT,
                 department TEXT, changed BIGINT);
             CREATE TEMP TABLE emails (\"user\" BIGINT, tenant TEXT, kind TEXT, address TEXT,
                 is_primary BOOLEAN);
             CREATE TEMP TABLE keys (\"user\" BIGINT, tenant TEXT, attribute TEXT, key TEXT);
             INSERT INTO emails VALUES (NULL, NULL, 'a', 'a', TRUE);",
        ));
        for (seq, user) in users.iter().enumerate() {
            insert(&mut database, i64::try_from(seq).unwrap(), user);
        }
        Self { database, users }
    }

    /// The numbers of the users that satisfy a condition.
    fn select(&mut self, condition: &str, values: &[SqlValue]) -> Vec<usize> {
        let sql = format!("SELECT seq FROM users WHERE {condition} ORDER BY seq");
        self.database.numbers(&sql, values)
    }

    /// The users that a filter selects: those of the condition that match the residual.
    pub(crate) fn matching(&mut self, filter: &Checked, layout: Layout) -> Vec<usize> {
        let sql = filter.to_sql(&layout, Database::DIALECT);
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
    pub(crate) fn sorted(&mut self, by: &SortBy, layout: Layout) -> Option<Vec<usize>> {
        let order = by.to_sql(&layout, Database::DIALECT)?;
        let sql = format!("SELECT seq FROM users ORDER BY {}", order.text());
        Some(self.database.numbers(&sql, order.values()))
    }

    /// Those of them that come behind a place.
    pub(crate) fn sorted_after(
        &mut self,
        by: &SortBy,
        place: &SortKey,
        layout: Layout,
    ) -> Vec<usize> {
        let order = by.to_sql(&layout, Database::DIALECT).unwrap();
        let after = by.to_sql_after(place, &layout, Database::DIALECT).unwrap();
        let first = 1 + after.values().len();
        let (condition, order_by) = (after.text(), order.text_from(first));
        let sql = format!("SELECT seq FROM users WHERE {condition} ORDER BY {order_by}");
        let values = [after.values(), order.values()].concat();
        self.database.numbers(&sql, &values)
    }

    pub(crate) fn users(&self) -> &[Resource] {
        &self.users
    }

    /// Runs nothing, but shows that the database takes the statement.
    pub(crate) fn prepare(&mut self, condition: &Sql) {
        self.select(&condition.text(), condition.values());
    }
}

fn insert(database: &mut Database, seq: i64, user: &Resource) {
    let text_of = |path: &str, value| text(path, value).map(SqlValue::Text);
    let of = |path: &str| text_of(path, user.get(path));
    let (seq, tenant) = (
        Some(SqlValue::Integer(seq)),
        Some(SqlValue::Text("t".to_owned())),
    );
    let active = key("active", user.get("active")).and_then(|key| key.as_bool());
    let status = active.map(|active| SqlValue::Text(if active { "A" } else { "L" }.to_owned()));
    let given = text_of("name.givenName", member(user, "name", "givenName"));
    let (uri, _) = DEPARTMENT.rsplit_once(':').unwrap();
    let department = text_of(DEPARTMENT, member(user, uri, "department"));
    let changed = key("meta.lastModified", member(user, "meta", "lastModified"));
    let changed = changed.as_ref().and_then(milliseconds);
    database.insert(
        "users",
        &[
            seq.clone(),
            tenant.clone(),
            of("id"),
            of("userName"),
            of("title"),
            of("externalId"),
            status,
            given.clone(),
            department.clone(),
            changed.map(SqlValue::Integer),
        ],
    );
    let mut keys = vec![
        ("userName", of("userName")),
        ("title", of("title")),
        ("name.givenName", given),
        (DEPARTMENT, department),
    ];
    for email in user.get("emails").into_iter().flat_map(Value::elements) {
        let email = email.as_object().unwrap();
        let kind = text_of("emails.type", email.get("type"));
        let address = text_of("emails.value", email.get("value"));
        let primary = key("emails.primary", email.get("primary")).and_then(|key| key.as_bool());
        if email.iter().any(|(_, value)| *value != Value::Null) {
            let primary = primary.map(SqlValue::Boolean);
            let row = [
                seq.clone(),
                tenant.clone(),
                kind.clone(),
                address.clone(),
                primary,
            ];
            database.insert("emails", &row);
        }
        keys.extend([("emails.type", kind), ("emails.value", address)]);
    }
    for (path, key) in keys {
        if key.is_some() {
            let path = Some(SqlValue::Text(path.to_owned()));
            database.insert("keys", &[seq.clone(), tenant.clone(), path, key]);
        }
    }
}
