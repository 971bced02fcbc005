//! [`Plan::apply_to`]: a PATCH of a host's own type.

use scim_core::{
    AttrPath, Attribute, Change, ConvertError, ElementIndex, Place, Policy, Resolved, Resource,
    ScimError, ScimType, Value,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Applied, PatchError, Plan};

/// Why a PATCH is not applied to a host's own value; the value is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyToError {
    /// The PATCH is refused.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The value does not serialize to a resource.
    #[error("the value is no resource")]
    Serialize(#[source] ConvertError),
    /// The patched resource does not fit the type. The source may quote the client's value.
    #[error("the type cannot hold {}", place(.0))]
    Deserialize(#[source] ConvertError),
    /// The type has no field for an attribute of the schema that the PATCH assigns, or for a
    /// sub-attribute of one, or keeps fewer elements of a list. Not noticed is the loss of what no
    /// answer may show, such as a password, which a type may read and never write, and that of an
    /// element which the type makes another one of.
    #[error("`{0}` is not kept")]
    NotKept(AttrPath),
}

impl From<ApplyToError> for ScimError {
    /// A value that the type cannot take is the client's fault, a type that does not follow the
    /// schema is the host's.
    fn from(error: ApplyToError) -> Self {
        match error {
            ApplyToError::Patch(error) => error.into(),
            ApplyToError::Deserialize(_) => Self::of(ScimType::InvalidValue, error.to_string()),
            ApplyToError::Serialize(_) | ApplyToError::NotKept(_) => {
                Self::new(500, "the resource cannot be changed this way")
            }
        }
    }
}

impl Plan<'_> {
    /// Applies the operations to a value of a host's own type, which is a resource as serde writes it;
    /// all of them or none. What the type does not serialize starts anew, as in any reading of it; if
    /// nothing changes, the value is left alone.
    ///
    /// ```
    /// use scim_core::{PatchOp, PatchOperation, Policy, builtin};
    /// use scim_patch::{ApplyToError, Plan};
    ///
    /// #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Account {
    ///     user_name: String,
    ///     title: Option<String>,
    /// }
    ///
    /// let plan = |path: &str, value: &str| {
    ///     let patch = PatchOp::new(vec![PatchOperation::replace(path, value)]);
    ///     Plan::new(&patch, builtin::user_schema(), &Policy::strict())
    /// };
    /// let mut ada = Account { user_name: "ada".into(), title: None };
    /// let applied = plan("title", "Countess")?.apply_to(&mut ada)?;
    /// assert_eq!(ada.title.as_deref(), Some("Countess"));
    /// assert_eq!(applied.changes.len(), 1);
    ///
    /// let before = ada.clone();
    /// let error = plan("nickName", "Ada")?.apply_to(&mut ada).unwrap_err();
    /// assert!(matches!(error, ApplyToError::NotKept(path) if path.as_str() == "nickName"));
    /// assert_eq!(ada, before);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ApplyToError`], and the value is as it was.
    ///
    /// # Complexity
    /// As [`Plan::apply`], and the value is written twice and read once.
    pub fn apply_to<T>(&self, typed: &mut T) -> Result<Applied, ApplyToError>
    where
        T: Serialize + DeserializeOwned,
    {
        let mut resource = Resource::from_typed(typed).map_err(ApplyToError::Serialize)?;
        let has_schemas = resource.get("schemas").is_some();
        let applied = self.apply(&mut resource)?;
        if applied.changes.is_empty() {
            return Ok(applied);
        }
        if !has_schemas {
            resource.remove("schemas");
        }
        let patched: T = resource.to().map_err(ApplyToError::Deserialize)?;
        let kept = Resource::from_typed(&patched).map_err(ApplyToError::Serialize)?;
        // The changes of one list stand side by side.
        for changes in applied.changes.chunk_by(|a, b| a.path == b.path) {
            let assigns = |change: &&Change| change.after.is_some();
            if let Some(Change { path, .. }) = changes.iter().find(assigns)
                && let Some(patched) = resource.at(path).filter(|value| value.is_assigned())
                && let Some(lost) = self.lost(path, patched, kept.at(path))
            {
                return Err(ApplyToError::NotKept(lost));
            }
        }
        *typed = patched;
        Ok(applied)
    }

    /// What is there of an attribute and not kept.
    fn lost(&self, path: &AttrPath, patched: &Value, kept: Option<&Value>) -> Option<AttrPath> {
        let Some(kept) = kept.filter(|value| value.is_assigned()) else {
            return Some(path.clone());
        };
        let (Value::Array(patched), Value::Array(kept)) = (patched, kept) else {
            return None;
        };
        if kept.len() < patched.len() {
            return Some(path.clone());
        }
        let Ok(Resolved::Attribute(Place { attribute, .. })) =
            self.schema.resolve(path, &Policy::strict())
        else {
            return None;
        };
        let mut index = ElementIndex::new(attribute, kept);
        patched.iter().find_map(|element| {
            let position = index.find(element, |at| kept.get(at))?;
            let kept = kept.get(position)?;
            index.remove(kept, position);
            let has = |element: &Value, sub: &Attribute| {
                let value = element.as_object().and_then(|o| o.get(sub.name.as_str()));
                value.is_some_and(Value::is_assigned)
            };
            let mut shown = attribute
                .sub_attributes
                .iter()
                .filter(|sub| !sub.is_hidden());
            let lost = shown.find(|sub| has(element, sub) && !has(kept, sub))?;
            let sub = Some(lost.name.as_str());
            Some(AttrPath::of(path.schema(), path.attr(), sub))
        })
    }
}

fn place(error: &ConvertError) -> String {
    match error.place() {
        whole if whole.is_empty() => "the resource".into(),
        place => format!("what `{place}` becomes"),
    }
}
