//! The table `member`: the elements of `members`, found from the group and from the member.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row as SqlRow, params};
use scim_core::{Changes, Comparison, ComparisonKey, Object, RawValue, Value, write_json_string};
use scim_server::{Membership, StoreError, Tenant};

use super::failure;

/// The attribute whose elements lie in the table.
pub(super) const ATTRIBUTE: &str = "members";

/// An element: the comparison key of its `value`, and the other sub-attributes as JSON. A `value` that is not its own
/// key, which no id of ours is, stands among the others as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Member {
    value: Option<String>,
    rest: Option<String>,
}

impl Member {
    fn of(element: &Value) -> Self {
        let Value::Object(object) = element else {
            return Self {
                value: None,
                rest: Some(element.to_json()),
            };
        };
        let text = object.get("value").and_then(Value::as_str);
        let value = text.map(exact);
        let mut rest = object.clone();
        if value.as_deref() == text {
            rest.remove("value");
        }
        Self {
            value: value.map(Cow::into_owned),
            rest: (!rest.is_empty()).then(|| rest.to_json()),
        }
    }

    /// The columns `position`, `value` and `rest`.
    fn read(row: &SqlRow<'_>) -> rusqlite::Result<(i64, Self)> {
        let (value, rest) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, Self { value, rest }))
    }

    /// Appends the element as JSON.
    fn write(&self, out: &mut String) {
        let rest = self.rest.as_deref();
        let has_value = |rest: &str| RawValue::assume(rest).get("value").is_some();
        let Some(value) = self.value.as_ref().filter(|_| !rest.is_some_and(has_value)) else {
            return out.push_str(rest.unwrap_or("{}"));
        };
        out.push_str(r#"{"value":"#);
        write_json_string(value, out);
        match rest.and_then(|rest| rest.strip_prefix('{')) {
            Some(others) => {
                out.push(',');
                out.push_str(others);
            }
            None => out.push('}'),
        }
    }

    fn element(&self) -> Result<Value, StoreError> {
        let mut text = String::new();
        self.write(&mut text);
        text.parse().map_err(StoreError::failed)
    }
}

/// A text as a filter compares it where case matters.
fn exact(text: &str) -> Cow<'_, str> {
    match text.is_ascii() {
        true => text.into(),
        false => ComparisonKey::new(&text.into(), Comparison::CaseExact)
            .map_or_else(|| text.into(), |key| key.to_text().into_owned().into()),
    }
}

/// The members of a group as a JSON array; `None` if there are none.
pub(super) fn text(connection: &Connection, holder: i64) -> Result<Option<String>, StoreError> {
    let mut text = String::new();
    for (_, member) in stored(connection, holder, usize::MAX)? {
        text.push(if text.is_empty() { '[' } else { ',' });
        member.write(&mut text);
    }
    text.push(']');
    Ok((text.len() > 1).then_some(text))
}

/// The first members of a group.
pub(super) fn first(
    connection: &Connection,
    holder: i64,
    most: usize,
) -> Result<Vec<Value>, StoreError> {
    let stored = stored(connection, holder, most)?.into_iter();
    stored.map(|(_, member)| member.element()).collect()
}

/// Makes the table say what `resource` says, and touches only rows that differ.
pub(super) fn write(
    connection: &Connection,
    tenant: &Tenant,
    holder: i64,
    resource: &Object,
) -> Result<(), StoreError> {
    let wanted: Vec<Member> = resource
        .get(ATTRIBUTE)
        .into_iter()
        .flat_map(Value::elements)
        .map(Member::of)
        .collect();
    let present = stored(connection, holder, usize::MAX)?;
    let plan = plan(&present, wanted);
    let mut delete = connection
        .prepare_cached("DELETE FROM member WHERE holder = ?1 AND position = ?2")
        .map_err(failure)?;
    for position in plan.gone {
        delete.execute([holder, position]).map_err(failure)?;
    }
    (plan.next..)
        .zip(plan.new)
        .try_for_each(|(position, member)| insert(connection, tenant, holder, position, &member))
}

/// The members with these ids, as positions and elements, in order.
pub(super) fn named(
    connection: &Connection,
    tenant: &Tenant,
    holder: i64,
    ids: &HashSet<String>,
) -> Result<Vec<(i64, Value)>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            // Without the hint all members of the group would be read.
            "SELECT position, value, rest FROM member INDEXED BY member_by_value
             WHERE tenant = ?1 AND value = ?2 AND holder = ?3",
        )
        .map_err(failure)?;
    let mut found = Vec::new();
    for id in ids {
        let rows = statement
            .query_map(params![tenant.as_str(), id, holder], Member::read)
            .map_err(failure)?;
        for row in rows {
            let (position, member) = row.map_err(failure)?;
            found.push((position, member.element()?));
        }
    }
    found.sort_unstable_by_key(|(position, _)| *position);
    Ok(found)
}

/// Writes changes of members, `named` being those that may go or change.
pub(super) fn change(
    connection: &Connection,
    tenant: &Tenant,
    holder: i64,
    named: Vec<(i64, Value)>,
    changes: &Changes,
) -> Result<(), StoreError> {
    let mut places: HashMap<String, Vec<i64>> = HashMap::with_capacity(named.len());
    for (position, element) in named.into_iter().rev() {
        places.entry(element.to_json()).or_default().push(position);
    }
    let mut delete = connection
        .prepare_cached("DELETE FROM member WHERE holder = ?1 AND position = ?2")
        .map_err(failure)?;
    let mut next: i64 = connection
        .prepare_cached("SELECT coalesce(max(position) + 1, 0) FROM member WHERE holder = ?1")
        .and_then(|mut statement| statement.query_row([holder], |row| row.get(0)))
        .map_err(failure)?;
    for change in changes {
        let present = change.before.as_ref().map(Value::to_json);
        let present = present.and_then(|json| places.get_mut(&json)?.pop());
        if let Some(position) = present {
            delete.execute([holder, position]).map_err(failure)?;
        }
        if let Some(after) = &change.after {
            let position = present.unwrap_or(next);
            insert(connection, tenant, holder, position, &Member::of(after))?;
            next = next.max(position + 1);
        }
    }
    Ok(())
}

fn insert(
    connection: &Connection,
    tenant: &Tenant,
    holder: i64,
    position: i64,
    Member { value, rest }: &Member,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO member (holder, position, tenant, value, rest) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut statement| {
            statement.execute(params![holder, position, tenant.as_str(), value, rest])
        })
        .map_err(failure)?;
    Ok(())
}

/// Which rows to delete, and what to append at which position.
#[derive(Debug, PartialEq)]
struct Plan {
    gone: Vec<i64>,
    next: i64,
    new: Vec<Member>,
}

/// Elements keep their position and new ones go to the end (decision P34), so the rows that stay are those that lead
/// `wanted` in ascending position; from the first that does not fit, everything is written anew.
fn plan(present: &[(i64, Member)], wanted: Vec<Member>) -> Plan {
    let mut places: HashMap<&Member, Vec<i64>> = HashMap::with_capacity(present.len());
    for (position, member) in present.iter().rev() {
        places.entry(member).or_default().push(*position);
    }
    let mut last = None;
    let mut staying = HashSet::new();
    for member in &wanted {
        match places.get_mut(member).and_then(Vec::pop) {
            Some(position) if last.is_none_or(|last| last < position) => {
                last = Some(position);
                staying.insert(position);
            }
            _ => break,
        }
    }
    let kept = staying.len();
    Plan {
        gone: present
            .iter()
            .map(|(position, _)| *position)
            .filter(|position| !staying.contains(position))
            .collect(),
        next: present.last().map_or(0, |(position, _)| position + 1),
        new: wanted.into_iter().skip(kept).collect(),
    }
}

/// The first members of a group with their positions.
fn stored(
    connection: &Connection,
    holder: i64,
    most: usize,
) -> Result<Vec<(i64, Member)>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT position, value, rest FROM member WHERE holder = ?1 ORDER BY position LIMIT ?2",
        )
        .map_err(failure)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement
        .query_map([holder, most], Member::read)
        .map_err(failure)?;
    rows.collect::<Result<_, _>>().map_err(failure)
}

/// The groups that list a resource, in creation order.
pub(super) fn groups_of(
    connection: &Connection,
    tenant: &Tenant,
    id: &str,
) -> Result<Vec<Membership>, StoreError> {
    // In the order of the index, so that nothing has to be sorted; a group that lists the resource twice comes twice.
    let mut statement = connection
        .prepare_cached(
            "SELECT resource.id, resource.document ->> '$.displayName'
             FROM member CROSS JOIN resource ON resource.seq = member.holder
             WHERE member.tenant = ?1 AND member.value = ?2 ORDER BY member.holder",
        )
        .map_err(failure)?;
    let rows = statement
        .query_map(params![tenant.as_str(), exact(id)], |row| {
            Ok(Membership::direct(
                row.get::<_, String>(0)?,
                row.get::<_, Option<String>>(1)?,
            ))
        })
        .map_err(failure)?;
    let mut groups = rows.collect::<Result<Vec<_>, _>>().map_err(failure)?;
    groups.dedup();
    Ok(groups)
}

/// The same, and then those that hold it through other groups. `UNION` looks at each group once, so that circles end.
pub(super) fn all_groups_of(
    connection: &Connection,
    tenant: &Tenant,
    id: &str,
) -> Result<Vec<Membership>, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "WITH RECURSIVE holder (seq) AS (
                 SELECT holder FROM member WHERE tenant = ?1 AND value = ?2
                 UNION
                 SELECT member.holder FROM holder CROSS JOIN resource ON resource.seq = holder.seq
                 CROSS JOIN member ON member.tenant = ?1 AND member.value = resource.id
             ), found AS (
                 SELECT seq, EXISTS (
                     SELECT 1 FROM member WHERE tenant = ?1 AND value = ?2 AND member.holder = holder.seq
                 ) AS direct FROM holder
             )
             SELECT direct, id, document ->> '$.displayName' FROM found CROSS JOIN resource USING (seq)
             WHERE direct OR id <> ?3 ORDER BY direct DESC, seq",
        )
        .map_err(failure)?;
    let rows = statement
        .query_map(params![tenant.as_str(), exact(id), id], |row| {
            let (group, display) = (row.get::<_, String>(1)?, row.get(2)?);
            Ok(match row.get(0)? {
                true => Membership::direct(group, display),
                false => Membership::indirect(group, display),
            })
        })
        .map_err(failure)?;
    rows.collect::<Result<_, _>>().map_err(failure)
}

/// Takes a deleted resource out of every group and returns the rows of those groups (decision G05).
pub(super) fn remove_everywhere(
    connection: &Connection,
    tenant: &Tenant,
    id: &str,
) -> Result<Vec<i64>, StoreError> {
    let key = (tenant.as_str(), exact(id));
    let holders = connection
        .prepare_cached("SELECT DISTINCT holder FROM member WHERE tenant = ?1 AND value = ?2")
        .and_then(|mut statement| {
            statement
                .query_map((key.0, &key.1), |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()
        })
        .map_err(failure)?;
    connection
        .prepare_cached("DELETE FROM member WHERE tenant = ?1 AND value = ?2")
        .and_then(|mut statement| statement.execute((key.0, &key.1)))
        .map_err(failure)?;
    Ok(holders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(present: &str, wanted: &str) -> (Vec<i64>, String) {
        let member = |name: char| Member {
            value: Some(name.to_string()),
            rest: None,
        };
        let present: Vec<_> = (10..).zip(present.chars().map(member)).collect();
        let plan = plan(&present, wanted.chars().map(member).collect());
        assert_eq!(plan.next, present.last().map_or(0, |(last, _)| last + 1));
        let new = plan.new.into_iter().filter_map(|m| m.value).collect();
        (plan.gone, new)
    }

    #[test]
    fn p34_only_rows_that_differ_are_written() {
        for (present, wanted, gone, new) in [
            ("", "ab", vec![], "ab"),
            ("ab", "ab", vec![], ""),
            ("ab", "abc", vec![], "c"),
            ("abc", "ac", vec![11], ""),
            ("abc", "acd", vec![11], "d"),
            ("abc", "", vec![10, 11, 12], ""),
            ("abc", "axc", vec![11, 12], "xc"),
            ("ab", "ba", vec![10], "a"),
            ("aba", "aab", vec![11], "b"),
        ] {
            let (is_gone, is_new) = planned(present, wanted);
            assert_eq!(
                (is_gone, is_new.as_str()),
                (gone, new),
                "{present} {wanted}"
            );
        }
    }
}
