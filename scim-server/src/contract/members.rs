//! Groups: memberships seen from both sides, and what a delete leaves behind.

use scim_core::{Policy, Value, builtin};
use scim_schema::Projection;

use super::bench::{Bench, groups, text, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::membership::member_ids;
use crate::store::{Query, Store, Stored, Wants};

checks! {
    a_user_shows_its_groups,
    groups_behind_groups_are_shown_all_or_none,
    groups_of_a_user_follow_the_groups,
    a_membership_does_not_change_the_user,
    groups_are_found_by_a_member,
    users_are_found_by_a_group,
    a_deleted_user_leaves_its_groups,
    a_deleted_group_leaves_its_users,
    an_unknown_member_is_kept,
    members_keep_their_order,
    a_large_group_is_kept_whole,
    a_projection_may_leave_out_what_it_does_not_show,
}

fn shown(stored: &Stored) -> Vec<(&str, Option<&str>, bool)> {
    let groups = stored.groups.iter();
    groups
        .map(|m| (m.group.as_str(), m.display.as_deref(), m.direct))
        .collect()
}

fn a_user_shows_its_groups<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let grace = bench.user("grace").map_err(|e| e.to_string())?;
    let both = bench
        .group("both", &[&ada, &grace])
        .map_err(|e| e.to_string())?;
    let one = bench.group("one", &[&ada]).map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    let expected = [
        (both.id.as_str(), Some("both"), true),
        (one.id.as_str(), Some("one"), true),
    ];
    ensure_eq!(shown(&read), expected, "the groups of ada");
    ensure!(
        read.resource().get("groups").is_none(),
        "groups are not stored"
    );
    let page = bench.query(Query::new(vec![users().schema], 10));
    let page = page.map_err(|e| e.to_string())?;
    let of: Vec<_> = page
        .resources
        .iter()
        .map(|user| user.groups.len())
        .collect();
    ensure_eq!(of, [2, 1], "the numbers of groups in a query");
    let after = bench.set(&users(), &ada.id, "title", Some("x".into()));
    let after = after.map_err(|e| e.to_string())?;
    ensure_eq!(
        after.groups.len(),
        2,
        "the number of groups after an update"
    );
    Ok(())
}

/// Decisions G03, G04.
fn groups_behind_groups_are_shown_all_or_none<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let far = bench.group("far", &[]).map_err(|e| e.to_string())?;
    let inner = bench.group("inner", &[&ada]).map_err(|e| e.to_string())?;
    let outer = bench.group("outer", &[&inner]).map_err(|e| e.to_string())?;
    let both = bench
        .group("both", &[&ada, &outer])
        .map_err(|e| e.to_string())?;
    bench.group("other", &[]).map_err(|e| e.to_string())?;
    // A circle: far lists both, and inner lists far.
    for (group, members) in [(&far, vec![&both]), (&inner, vec![&ada, &far])] {
        let elements = members.iter().map(|m| format!(r#"{{"value":"{}"}}"#, m.id));
        let elements: Vec<String> = elements.collect();
        let members = format!("[{}]", elements.join(","));
        let members: Value = members.parse().map_err(|e| format!("{e}"))?;
        bench
            .set(&groups(), &group.id, "members", Some(members))
            .map_err(|e| e.to_string())?;
    }
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    let direct = [
        (inner.id.as_str(), Some("inner"), true),
        (both.id.as_str(), Some("both"), true),
    ];
    let behind = [
        (far.id.as_str(), Some("far"), false),
        (outer.id.as_str(), Some("outer"), false),
    ];
    let shown = shown(&read);
    let all = [direct, behind].concat();
    ensure!(
        shown == direct || shown == all,
        "the groups are {shown:?}, neither {direct:?} nor {all:?}"
    );
    let (_, found) = bench.find(&users(), r#"groups.type eq "indirect""#)?;
    ensure_eq!(
        found.len(),
        usize::from(shown == all),
        "who is found by them"
    );
    Ok(())
}

fn groups_of_a_user_follow_the_groups<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let group = bench.group("old", &[&ada]).map_err(|e| e.to_string())?;
    let wait = |name, value| {
        let changed = bench.set(&groups(), &group.id, name, value);
        changed.map_err(|e| e.to_string())
    };
    wait("displayName", Some("new".into()))?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        shown(&read),
        [(group.id.as_str(), Some("new"), true)],
        "after a new name"
    );
    wait("members", None)?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure_eq!(shown(&read), [], "after the members were removed");
    let member: Value = format!(r#"[{{"value":"{}"}}]"#, ada.id)
        .parse()
        .map_err(|e| format!("{e}"))?;
    wait("members", Some(member))?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        shown(&read),
        [(group.id.as_str(), Some("new"), true)],
        "as a member again"
    );
    Ok(())
}

fn a_membership_does_not_change_the_user<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    bench.group("g", &[&ada]).map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure_eq!(read.version, ada.version, "the version of the user");
    ensure_eq!(
        read.last_modified,
        ada.last_modified,
        "the time of the user"
    );
    Ok(())
}

fn groups_are_found_by_a_member<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let grace = bench.user("grace").map_err(|e| e.to_string())?;
    let both = bench
        .group("both", &[&ada, &grace])
        .map_err(|e| e.to_string())?
        .id;
    let one = bench.group("one", &[&ada]).map_err(|e| e.to_string())?.id;
    let none = bench.group("none", &[]).map_err(|e| e.to_string())?.id;
    let (a, g) = (&ada.id, &grace.id);
    for (filter, expected) in [
        (format!(r#"members.value eq "{a}""#), vec![&both, &one]),
        (format!(r#"members eq "{g}""#), vec![&both]),
        (format!(r#"members[value eq "{g}"]"#), vec![&both]),
        (
            format!(r#"members.value eq "{g}" or displayName eq "none""#),
            vec![&both, &none],
        ),
        (
            format!(r#"id eq "{one}" and members.value eq "{a}""#),
            vec![&one],
        ),
        (format!(r#"id eq "{one}" and members eq "{g}""#), vec![]),
        (r#"members.value eq "nobody""#.to_owned(), vec![]),
        ("members pr".to_owned(), vec![&both, &one]),
        (r#"members.type eq "user""#.to_owned(), vec![&both, &one]),
    ] {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        ensure_eq!(
            bench.find(&groups(), &filter)?,
            (expected.len() as u64, expected),
            filter
        );
    }
    Ok(())
}

fn users_are_found_by_a_group<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let grace = bench.user("grace").map_err(|e| e.to_string())?;
    let group = bench
        .group("Engineers", &[&ada])
        .map_err(|e| e.to_string())?;
    for (filter, expected) in [
        (format!(r#"groups.value eq "{}""#, group.id), &ada),
        (
            r#"groups[display eq "engineers" and type eq "direct"]"#.to_owned(),
            &ada,
        ),
        ("groups pr".to_owned(), &ada),
        ("not (groups pr)".to_owned(), &grace),
    ] {
        ensure_eq!(
            bench.find(&users(), &filter)?,
            (1, vec![expected.id.clone()]),
            filter
        );
    }
    Ok(())
}

fn a_deleted_user_leaves_its_groups<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let grace = bench.user("grace").map_err(|e| e.to_string())?;
    let both = bench
        .group("both", &[&ada, &grace])
        .map_err(|e| e.to_string())?;
    let one = bench.group("one", &[&ada]).map_err(|e| e.to_string())?;
    let other = bench.group("other", &[&grace]).map_err(|e| e.to_string())?;
    bench.delete(&users(), &ada.id).map_err(|e| e.to_string())?;
    for (before, left, touched) in [
        (&both, vec![grace.id.as_str()], true),
        (&one, vec![], true),
        (&other, vec![grace.id.as_str()], false),
    ] {
        let name = text(before, "displayName").unwrap_or_default();
        let after = bench
            .get(&groups(), &before.id)
            .map_err(|e| e.to_string())?;
        ensure_eq!(member_ids(after.resource()).collect::<Vec<_>>(), left, name);
        ensure!(
            (after.version != before.version) == touched,
            "the version of {name}"
        );
        ensure!(
            (after.last_modified > before.last_modified) == touched,
            "the time of {name}"
        );
    }
    let after = bench.get(&groups(), &one.id).map_err(|e| e.to_string())?;
    ensure!(
        after.resource().get("members").is_none(),
        "an empty list was left behind"
    );
    ensure_eq!(
        bench.find(&groups(), &format!(r#"members.value eq "{}""#, ada.id))?,
        (0, vec![]),
        "groups that hold the deleted user"
    );
    Ok(())
}

fn a_deleted_group_leaves_its_users<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let inner = bench.group("inner", &[&ada]).map_err(|e| e.to_string())?;
    let outer = bench.group("outer", &[&inner]).map_err(|e| e.to_string())?;
    bench
        .delete(&groups(), &inner.id)
        .map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure_eq!(shown(&read), [], "the groups of the user");
    let read = bench.get(&groups(), &outer.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).count(),
        0,
        "the members of the group around it"
    );
    Ok(())
}

fn an_unknown_member_is_kept<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let body = r#"{"displayName":"g","members":[{"value":"somebody","display":"S"}]}"#;
    let group = bench
        .create_in(&groups(), body)
        .map_err(|e| e.to_string())?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(read.resource().to_json(), body, "the attributes");
    ensure_eq!(
        bench.find(&groups(), r#"members.value eq "somebody""#)?,
        (1, vec![group.id]),
        "by the member"
    );
    Ok(())
}

fn members_keep_their_order<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut members = Vec::new();
    for name in ["c", "a", "b"] {
        members.push(bench.user(name).map_err(|e| e.to_string())?);
    }
    let all: Vec<_> = members.iter().collect();
    let group = bench.group("g", &all).map_err(|e| e.to_string())?;
    let expected: Vec<_> = members.iter().map(|member| member.id.as_str()).collect();
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).collect::<Vec<_>>(),
        expected,
        "as created"
    );
    let added: Value = format!(
        r#"[{{"value":"{}"}},{{"value":"0"}},{{"value":"{}"}}]"#,
        members.first().map_or("", |m| &m.id),
        members.last().map_or("", |m| &m.id),
    )
    .parse()
    .map_err(|e| format!("{e}"))?;
    let expected = [
        expected.first().copied(),
        Some("0"),
        expected.last().copied(),
    ];
    bench
        .set(&groups(), &group.id, "members", Some(added))
        .map_err(|e| e.to_string())?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).map(Some).collect::<Vec<_>>(),
        expected,
        "as replaced"
    );
    Ok(())
}

fn a_large_group_is_kept_whole<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    const SIZE: usize = 2_500;
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let mut elements: Vec<_> = (1..SIZE)
        .map(|n| format!(r#"{{"value":"m{n}"}}"#))
        .collect();
    elements.push(format!(r#"{{"value":"{}","type":"User"}}"#, ada.id));
    let body = format!(
        r#"{{"displayName":"g","members":[{}]}}"#,
        elements.join(",")
    );
    let group = bench
        .create_in(&groups(), &body)
        .map_err(|e| e.to_string())?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).count(),
        SIZE,
        "the number of members"
    );
    bench.delete(&users(), &ada.id).map_err(|e| e.to_string())?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).count(),
        SIZE - 1,
        "the members after a delete"
    );
    Ok(())
}

fn a_projection_may_leave_out_what_it_does_not_show<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let group = bench.group("g", &[&ada]).map_err(|e| e.to_string())?;
    let policy = Policy::strict();
    let wants = |schema, names: &[&str], excluded: &[&str]| {
        let projection = Projection::new(schema, names, excluded, &policy);
        projection
            .map(|p| Wants::of(p.into()))
            .map_err(|e| e.to_string())
    };
    let only_name = wants(builtin::group_schema(), &["displayName"], &[])?;
    let read = bench.get_wanting(&groups(), &group.id, &only_name);
    let read = read.map_err(|e| e.to_string())?;
    ensure_eq!(text(&read, "displayName"), Some("g"), "what is shown");
    let without = wants(builtin::group_schema(), &[], &["displayName"])?;
    let read = bench.get_wanting(&groups(), &group.id, &without);
    let read = read.map_err(|e| e.to_string())?;
    ensure_eq!(
        member_ids(read.resource()).count(),
        1,
        "the members, which are shown"
    );
    let with_groups = wants(builtin::user_schema(), &["groups.value"], &[])?;
    let read = bench.get_wanting(&users(), &ada.id, &with_groups);
    ensure_eq!(
        read.map_err(|e| e.to_string())?.groups.len(),
        1,
        "the groups, which are shown"
    );
    Ok(())
}
