//! Tenants: nothing that one does is seen by another (RFC 7644 §6).

use std::sync::{Arc, Mutex, PoisonError};

use scim_core::builtin;

use super::bench::{Bench, groups, ids, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::store::{Query, Scope, Start, Store, StoreError, Tenant};

checks! {
    a_tenant_does_not_write_what_is_of_another,
    a_tenant_has_its_own_memberships,
    a_delete_touches_one_tenant,
    a_query_reads_one_tenant,
    the_view_of_a_tenant_shows_no_other,
}

/// The users and the groups of another tenant than the default one.
fn acme() -> (Scope, Scope) {
    let of = |schema: &scim_core::ResourceSchema| Scope::new(Tenant::new("acme"), schema.clone());
    (of(builtin::user_schema()), of(builtin::group_schema()))
}

fn a_tenant_does_not_write_what_is_of_another<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let (acme, _) = acme();
    let ours = bench.user("ada").map_err(|e| e.to_string())?;
    let changed = bench.set(&acme, &ours.id, "title", Some("x".into()));
    ensure!(
        matches!(changed, Err(StoreError::NotFound)),
        "update: {changed:?}"
    );
    let deleted = bench.delete(&acme, &ours.id);
    ensure!(
        matches!(deleted, Err(StoreError::NotFound)),
        "delete: {deleted:?}"
    );
    let read = bench.get(&users(), &ours.id).map_err(|e| e.to_string())?;
    ensure_eq!(read.version, ours.version, "the version afterwards");
    Ok(())
}

fn a_tenant_has_its_own_memberships<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let (_, acme) = acme();
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let body = format!(
        r#"{{"displayName":"g","members":[{{"value":"{}"}}]}}"#,
        ada.id
    );
    bench.create_in(&acme, &body).map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
    ensure!(
        read.groups.is_empty(),
        "a group of another tenant: {:?}",
        read.groups
    );
    ensure_eq!(
        bench.find(&users(), "groups pr")?.0,
        0,
        "the users with groups"
    );
    let filter = format!(r#"members.value eq "{}""#, ada.id);
    ensure_eq!(bench.find(&groups(), &filter)?.0, 0, "the groups by member");
    Ok(())
}

fn a_delete_touches_one_tenant<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let (_, acme) = acme();
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let body = format!(
        r#"{{"displayName":"g","members":[{{"value":"{}"}}]}}"#,
        ada.id
    );
    let theirs = bench.create_in(&acme, &body).map_err(|e| e.to_string())?;
    bench.delete(&users(), &ada.id).map_err(|e| e.to_string())?;
    let read = bench.get(&acme, &theirs.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        read.version,
        theirs.version,
        "the version of the other tenant's group"
    );
    ensure_eq!(read.resource().to_json(), body, "the other tenant's group");
    Ok(())
}

fn a_query_reads_one_tenant<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let (acme, _) = acme();
    let mut theirs = Vec::new();
    for n in 0..4 {
        bench.user(&format!("u{n}")).map_err(|e| e.to_string())?;
        let body = format!(r#"{{"userName":"u{n}"}}"#);
        let user = bench.create_in(&acme, &body).map_err(|e| e.to_string())?;
        theirs.push(user.id);
    }
    let mut all = Query::new(vec![acme.schema.clone()], 100);
    let mut some = bench.filtered(&acme, r#"userName sw "u""#)?;
    let mut found = Vec::new();
    for query in [&mut all, &mut some] {
        let page = bench
            .query_in(&acme.tenant, query.clone())
            .map_err(|e| e.to_string())?;
        ensure_eq!(
            (page.total, ids(&page)),
            (Some(4), theirs.clone()),
            "by index"
        );
        (query.start, query.count) = (Start::After(None), 3);
        loop {
            let page = bench
                .query_in(&acme.tenant, query.clone())
                .map_err(|e| e.to_string())?;
            found.extend(ids(&page));
            match page.next {
                Some(next) => query.start = Start::After(Some(next)),
                None => break,
            }
        }
        ensure_eq!(std::mem::take(&mut found), theirs, "by cursor");
    }
    Ok(())
}

fn the_view_of_a_tenant_shows_no_other<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let (acme, _) = acme();
    let ours = bench.user("ada").map_err(|e| e.to_string())?.id;
    let seen = Arc::new(Mutex::new(None));
    let refused = bench.create_with(&acme, {
        let seen = seen.clone();
        move |view| {
            let types = view.resource_types(&[&ours])?;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(types);
            Err(StoreError::NotFound)
        }
    });
    ensure!(
        refused.is_err(),
        "the refusal of the closure was not handed back"
    );
    let types = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    ensure_eq!(
        types,
        Some(vec![None]),
        "the type of an id of another tenant"
    );
    Ok(())
}
