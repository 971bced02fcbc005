//! A PATCH of a host's own type does what it does to the resource.

use proptest::prelude::*;
use scim_core::{PatchOp, PatchOperation, Policy, Resource, ScimError, User, builtin};
use scim_patch::{Applied, ApplyToError, Plan};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::laws::{apply, operation, user};

fn apply_to<T: Serialize + DeserializeOwned>(
    operations: &[PatchOperation],
    policy: &Policy,
    typed: &mut T,
) -> Result<Applied, ApplyToError> {
    let patch = PatchOp::new(operations.to_vec());
    Plan::new(&patch, builtin::user_schema(), policy)?.apply_to(typed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_typed_user_follows_the_tree(
        user in user(), operations in proptest::collection::vec(operation(), 1..4)
    ) {
        let before: User = user.to().unwrap();
        for policy in [Policy::strict(), Policy::lenient()] {
            let mut tree = Resource::from_typed(&before).unwrap();
            let mut typed = before.clone();
            let expected = apply(&operations, &policy, &mut tree);
            match apply_to(&operations, &policy, &mut typed) {
                Ok(applied) => {
                    prop_assert_eq!(Ok(applied), expected);
                    prop_assert_eq!(typed, tree.to::<User>().unwrap());
                }
                Err(ApplyToError::Patch(error)) => {
                    prop_assert_eq!(Err(error), expected);
                    prop_assert_eq!(&typed, &before);
                }
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    user_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Title>,
    #[serde(default, skip_serializing)]
    password: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Title {
    Countess,
    Baron,
}

fn ada() -> Account {
    Account {
        user_name: "ada".into(),
        title: Some(Title::Countess),
        password: Some("old".into()),
    }
}

#[test]
fn what_the_type_cannot_take_is_refused_and_nothing_is_done() {
    for (path, value, message, status) in [
        (
            "title",
            "Duke",
            "the type cannot hold what `/title` becomes",
            400,
        ),
        ("nickName", "Ada", "`nickName` is not kept", 500),
        ("displayname", "Ada", "`displayName` is not kept", 500),
        (
            "active",
            "x",
            "operation 0: `active` must be `true` or `false`, found a string",
            400,
        ),
    ] {
        let mut typed = ada();
        let first = PatchOperation::replace("userName", "lovelace");
        let operations = [PatchOperation::replace(path, value), first];
        let error = apply_to(&operations, &Policy::strict(), &mut typed).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(typed, ada());
        let wire = ScimError::from(error);
        assert_eq!(wire.status, status);
        assert!(!wire.detail.unwrap().contains("Duke"));
    }
}

#[test]
fn what_the_type_does_not_show_is_taken_all_the_same() {
    let mut typed = ada();
    let operations = [PatchOperation::replace("password", "new")];
    let applied = apply_to(&operations, &Policy::strict(), &mut typed).unwrap();
    assert_eq!(typed.password.as_deref(), Some("new"));
    assert_eq!(applied.changes.len(), 1);
}

#[test]
fn nothing_to_change_leaves_the_value_alone() {
    let mut typed = ada();
    let operations = [PatchOperation::replace("title", "Countess")];
    let applied = apply_to(&operations, &Policy::strict(), &mut typed).unwrap();
    assert_eq!((applied.changes, typed), (vec![], ada()));
}

#[test]
fn what_is_no_resource_is_refused() {
    let operations = [PatchOperation::replace("title", "x")];
    let error = apply_to(&operations, &Policy::strict(), &mut 7).unwrap_err();
    assert_eq!(error.to_string(), "the value is no resource");
}

#[test]
fn a_type_that_is_strict_about_its_fields_need_not_have_schemas() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Name {
        user_name: String,
    }
    let mut typed = Name {
        user_name: "ada".into(),
    };
    let rename = [PatchOperation::replace("userName", "lovelace")];
    apply_to(&rename, &Policy::strict(), &mut typed).unwrap();
    assert_eq!(typed.user_name, "lovelace");
    let title = [PatchOperation::replace("title", "Countess")];
    let error = apply_to(&title, &Policy::strict(), &mut typed).unwrap_err();
    assert_eq!(error.to_string(), "the type cannot hold the resource");
}

/// In whatever order the type keeps them.
#[test]
fn what_the_type_loses_of_elements_is_noticed() {
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Email {
        value: String,
        #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    }
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Mailbox {
        user_name: String,
        emails: std::collections::BTreeSet<Email>,
    }
    let email = |value: &str, kind: Option<&str>| Email {
        value: value.into(),
        kind: kind.map(Into::into),
    };
    let before = Mailbox {
        user_name: "ada".into(),
        emails: [email("m@x", None)].into(),
    };
    let json = |text: &str| text.parse::<scim_core::Value>().unwrap();
    let add = |path: &str, value: &str| PatchOperation::add(path, json(value));
    let patched = |operation| {
        let mut typed = before.clone();
        let outcome = apply_to(&[operation], &Policy::strict(), &mut typed);
        outcome.map(|_| typed.emails.into_iter().collect::<Vec<_>>())
    };
    let kept = patched(add(
        "emails",
        r#"[{"value":"a@x","type":"work"},{"value":"z@x"}]"#,
    ));
    let expected = vec![
        email("a@x", Some("work")),
        email("m@x", None),
        email("z@x", None),
    ];
    assert_eq!(kept.unwrap(), expected);
    for (path, value, lost) in [
        (
            "emails",
            r#"[{"value":"a@x","primary":true}]"#,
            "emails.primary",
        ),
        (
            r#"emails[value eq "m@x"].display"#,
            r#""d""#,
            "emails.display",
        ),
        ("phoneNumbers", r#"[{"value":"1"}]"#, "phoneNumbers"),
    ] {
        let error = patched(add(path, value)).unwrap_err();
        assert_eq!(error.to_string(), format!("`{lost}` is not kept"));
    }
}
