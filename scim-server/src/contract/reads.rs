//! Reading: what was created is found, and nothing else.

use scim_core::{Resource, Valid, builtin};

use super::bench::{Bench, groups, ids, text, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::store::{NewResource, Query, Scope, Store, StoreError, Tenant, View};

checks! {
    a_created_resource_is_read_as_it_was_written,
    an_unknown_id_is_not_found,
    the_id_of_another_type_is_not_found,
    a_tenant_does_not_see_another,
    ids_are_case_exact,
    the_view_knows_the_types_of_ids,
    an_empty_store_answers_queries,
    text_of_every_kind_survives,
}

fn a_created_resource_is_read_as_it_was_written<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let body = r#"{"userName":"ada","active":true,"emails":[{"value":"a@x","primary":true},{"value":"b@x"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d"}}"#;
    let created = bench.create_in(&users(), body).map_err(|e| e.to_string())?;
    let read = bench
        .get(&users(), &created.id)
        .map_err(|e| e.to_string())?;
    ensure_eq!(read.resource().to_json(), body, "the attributes");
    ensure_eq!(
        created.resource().to_json(),
        body,
        "the attributes that `create` returns"
    );
    ensure_eq!(read.id, created.id, "the id");
    ensure_eq!(&*read.resource_type, "User", "the type");
    ensure_eq!(read.created, created.created, "the time of creation");
    ensure_eq!(
        read.last_modified,
        read.created,
        "the time of the last change"
    );
    ensure_eq!(read.version, created.version, "the version");
    ensure!(!read.version.is_empty(), "a version is needed");
    ensure!(read.groups.is_empty(), "a new user is in no group");
    Ok(())
}

fn an_unknown_id_is_not_found<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    for id in ["nobody", "", "\u{0}", "é"] {
        let found = bench.get(&users(), id);
        ensure!(
            matches!(found, Err(StoreError::NotFound)),
            "{id:?}: {found:?}"
        );
    }
    let _ = bench.user("ada").map_err(|e| e.to_string())?;
    let found = bench.get(&users(), "nobody");
    ensure!(matches!(found, Err(StoreError::NotFound)), "{found:?}");
    Ok(())
}

fn the_id_of_another_type_is_not_found<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let found = bench.get(&groups(), &user.id);
    ensure!(matches!(found, Err(StoreError::NotFound)), "get: {found:?}");
    let gone = bench.delete(&groups(), &user.id);
    ensure!(
        matches!(gone, Err(StoreError::NotFound)),
        "delete: {gone:?}"
    );
    bench.get(&users(), &user.id).map_err(|e| e.to_string())?;
    Ok(())
}

fn a_tenant_does_not_see_another<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let acme = Scope::new(Tenant::new("acme"), builtin::user_schema().clone());
    let here = bench.user("ada").map_err(|e| e.to_string())?;
    let there = bench
        .create_in(&acme, r#"{"userName":"ADA"}"#)
        .map_err(|e| format!("a userName is unique within its tenant: {e}"))?;
    ensure!(
        bench.get(&acme, &here.id).is_err(),
        "acme reads the default tenant's user"
    );
    ensure!(
        bench.get(&users(), &there.id).is_err(),
        "the default tenant reads acme's user"
    );
    let page = bench.query_in(&acme.tenant, Query::new(vec![acme.schema.clone()], 10));
    ensure_eq!(
        ids(&page.map_err(|e| e.to_string())?),
        [there.id],
        "acme's users"
    );
    ensure_eq!(
        bench.find(&users(), "userName pr")?,
        (1, vec![here.id]),
        "the default tenant's"
    );
    Ok(())
}

fn ids_are_case_exact<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let found = bench.get(&users(), &user.id.to_uppercase());
    ensure!(matches!(found, Err(StoreError::NotFound)), "{found:?}");
    Ok(())
}

fn the_view_knows_the_types_of_ids<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let group = bench.group("engineers", &[]).map_err(|e| e.to_string())?;
    let (u, g) = (user.id.clone(), group.id.clone());
    let asked = move |view: &dyn View| -> Result<(), StoreError> {
        let types = view.resource_types(&[&g, "nobody", &u, &u])?;
        let types: Vec<_> = types.iter().map(Option::as_deref).collect();
        match types == [Some("Group"), None, Some("User"), Some("User")] {
            true => Ok(()),
            false => Err(StoreError::failed(format!("{types:?}"))),
        }
    };
    let ask = asked.clone();
    let now = bench.now();
    let schema = users().schema;
    bench
        .create_with(&users(), move |view| {
            ask(view)?;
            let resource: Resource = r#"{"userName":"b"}"#.parse().map_err(StoreError::failed)?;
            Ok(NewResource::new(
                "id-b".into(),
                &schema,
                Valid::assume(resource),
                now,
            ))
        })
        .map_err(|e| format!("in `create`: {e:?}"))?;
    bench
        .update(
            &users(),
            &user.id,
            &crate::Precondition::none(),
            move |_, view| {
                asked(view)?;
                Ok(crate::Update::Keep)
            },
        )
        .map_err(|e| format!("in `update`: {e:?}"))?;
    Ok(())
}

fn an_empty_store_answers_queries<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    ensure_eq!(
        bench.find(&users(), r#"userName eq "ada""#)?,
        (0, vec![]),
        "by userName"
    );
    ensure_eq!(
        bench.find(&groups(), "members pr")?,
        (0, vec![]),
        "by members"
    );
    let page = bench.query(Query::new(vec![users().schema, groups().schema], 10));
    ensure_eq!(page.map_err(|e| e.to_string())?.total, Some(0), "the total");
    Ok(())
}

fn text_of_every_kind_survives<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    for (name, value) in [
        ("quotes", r#"O\"Hara \\ 'x' %_"#),
        ("unicode", "Zoë \u{1F600} \u{202e}"),
        ("control", r"a\nb\tc\u0001"),
        ("long", &"x".repeat(60_000)),
    ] {
        let body = format!(r#"{{"userName":"{name}","displayName":"{value}"}}"#);
        let expected: Resource = body.parse().map_err(|e| format!("{e}"))?;
        let user = bench
            .create_in(&users(), &body)
            .map_err(|e| format!("{name}: {e}"))?;
        let read = bench
            .get(&users(), &user.id)
            .map_err(|e| format!("{name}: {e}"))?;
        let display = expected.get("displayName").and_then(|v| v.as_str());
        ensure!(
            text(&read, "displayName") == display,
            "{name} did not survive"
        );
    }
    Ok(())
}
