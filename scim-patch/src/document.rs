//! [`Plan::apply_document`]: from stored text to stored text.

mod list;

use scim_core::{Document, RawValue, ReadError, Resource, Scalar, ScimError, Value};

use crate::action::Action;
use crate::{Applied, PatchError, Plan};

/// Why a PATCH is not applied to a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyDocumentError {
    /// The PATCH is refused.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The text was assumed to be canonical and is not even JSON.
    #[error("the document cannot be read")]
    Read(#[from] ReadError),
}

impl From<ApplyDocumentError> for ScimError {
    fn from(error: ApplyDocumentError) -> Self {
        match error {
            ApplyDocumentError::Patch(error) => error.into(),
            ApplyDocumentError::Read(_) => Self::new(500, error.to_string()),
        }
    }
}

impl Plan<'_> {
    /// Applies the operations to a document and gives the document that comes of it: the one that
    /// [`Document::from_valid`] makes of the tree after [`Plan::apply`], and the same changes.
    ///
    /// Only what the operations touch is read, an attribute or an extension at a time; of a long
    /// list whose elements they reach by value, only these elements. The rest is copied.
    ///
    /// ```
    /// use scim_core::{Document, PatchOp, PatchOperation, Policy, builtin};
    /// use scim_patch::Plan;
    ///
    /// let stored = Document::assume_canonical(
    ///     r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","active":true}"#,
    /// )?;
    /// let patch = PatchOp::new(vec![PatchOperation::replace("userName", "lovelace")]);
    /// let plan = Plan::new(&patch, builtin::user_schema(), &Policy::strict())?;
    /// let (patched, applied) = plan.apply_document(&stored)?;
    /// assert_eq!(patched.get("userName"), Some("\"lovelace\""));
    /// assert_eq!(applied.changes.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ApplyDocumentError`].
    ///
    /// # Complexity
    /// One copy of the text, one pass over the attributes that are touched, and the operations.
    pub fn apply_document(
        &self,
        document: &Document,
    ) -> Result<(Document, Applied), ApplyDocumentError> {
        let touched = self.touched();
        if let [name] = touched[..]
            && let Some(done) = self.apply_to_list(document, name)?
        {
            return Ok(done);
        }
        let mut part = Resource::default();
        for name in &touched {
            if let Some(text) = document.get(name) {
                let value: Value = text.parse()?;
                part.insert(*name, value);
            }
        }
        let (editor, applied) = self.carry_out(&mut part)?;
        if applied.changes.is_empty() {
            return Ok((document.clone(), applied));
        }
        let in_extension = editor.is_in_extension();
        editor.commit();
        if in_extension && let Some(schemas) = self.schemas(document, &part, &touched) {
            part.insert("schemas", schemas);
        }
        // In the order of the tree, in which new attributes came.
        let there = part
            .iter()
            .map(|(name, value)| (name.as_str(), content(value)));
        let gone = touched.iter().filter(|name| part.get(name).is_none());
        let written: Vec<_> = there.chain(gone.map(|name| (*name, None))).collect();
        let spliced: Vec<_> = written
            .iter()
            .map(|(name, text)| (*name, text.as_slice()))
            .collect();
        Ok((document.assume_spliced(&spliced), applied))
    }

    /// The top-level attributes that the operations read and write, each once.
    fn touched(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut add = |name| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        for step in &self.steps {
            let slot = match &step.action {
                Action::Set { target, .. }
                | Action::Merge { target, .. }
                | Action::Remove { target } => target.slot,
                Action::Add { list, .. }
                | Action::Replace { list, .. }
                | Action::RemoveListed { list, .. } => *list,
                Action::Expect { slot, .. } => *slot,
                Action::RemoveExtension(extension) | Action::ClearExtension { extension, .. } => {
                    add(extension.id.as_str());
                    continue;
                }
                Action::Schemas(_) => {
                    for extension in self.schema.extensions() {
                        add(extension.schema.id.as_str());
                    }
                    continue;
                }
            };
            match (slot.extension, slot.attribute) {
                (Some(extension), _) => add(extension.id.as_str()),
                (None, Some(attribute)) => add(attribute.name.as_str()),
                (None, None) => {}
            }
        }
        names
    }

    /// `schemas`, if it has to change: the extensions of the part and of the document are no longer
    /// those that it lists.
    fn schemas(&self, document: &Document, part: &Resource, touched: &[&str]) -> Option<Value> {
        let schemas = document.get("schemas").unwrap_or("[]");
        let extensions = self.schema.extensions().iter();
        let in_use: Vec<_> = extensions
            .filter(
                |extension| match touched.contains(&extension.schema.id.as_str()) {
                    true => extension.is_in_use(part),
                    false => extension.is_in_use_in(document),
                },
            )
            .map(|extension| extension.schema.id.as_str())
            .collect();
        let listed = || RawValue::assume(schemas).elements();
        let is_listed = |uri: &str| {
            listed().any(|one| {
                one.scalar(
                    |one| matches!(one, Scalar::String(one) if one.eq_ignore_ascii_case(uri)),
                )
            })
        };
        let in_step = is_listed(self.schema.base().id.as_str())
            && in_use.iter().all(|uri| is_listed(uri))
            && listed().count() == in_use.len() + 1;
        let mut uris = vec![self.schema.base().id.as_str()];
        uris.extend(in_use);
        (!in_step).then(|| uris.into())
    }
}

/// The text of what is left of a value; none if nothing is.
fn content(value: &Value) -> Option<String> {
    value.has_content().then(|| {
        // To grow from nothing costs as much as to write a small value.
        let mut text = String::with_capacity(256);
        value.write_content(&mut text);
        text
    })
}
