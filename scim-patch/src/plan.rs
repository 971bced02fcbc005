//! [`Plan`]: a PATCH, parsed and checked before anything is touched.

use scim_core::{
    Changes, Departure, PatchOp, Policy, Resource, ResourceSchema, SchemaUri, ScimType, Value,
};
use scim_schema::effective_schemas;

use crate::PatchError;
use crate::action::Step;
use crate::contradiction::{left_out, losers};
use crate::effect::effects;
use crate::journal::Editor;
use crate::judge::judge;
use crate::limits::PatchLimits;
use crate::planner::Planner;
use crate::run::Run;
use crate::spelling;

/// A checked PATCH for resources of one type (RFC 7644 §3.5.2).
///
/// Every operation is parsed, resolved and type-checked when the plan is made; applying it can fail
/// only by what the resource holds. A plan may be applied to any number of resources.
///
/// ```
/// use scim_core::{PatchOp, PatchOperation, Policy, Resource, builtin};
/// use scim_patch::Plan;
///
/// let mut user: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "userName":"ada","emails":[{"value":"ada@example.com","type":"work"}]}"#.parse()?;
/// let patch = PatchOp::new(vec![PatchOperation::replace(
///     r#"emails[type eq "work"].value"#,
///     "lovelace@example.com",
/// )]);
/// let plan = Plan::new(&patch, builtin::user_schema(), &Policy::strict())?;
/// let applied = plan.apply(&mut user)?;
/// assert_eq!(applied.changes.len(), 1);
/// assert!(user.to_string().contains("lovelace"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Plan<'s> {
    pub(crate) schema: &'s ResourceSchema,
    pub(crate) policy: Policy,
    pub(crate) limits: PatchLimits,
    pub(crate) steps: Vec<Step<'s>>,
    departures: Vec<Departure>,
}

/// What a PATCH did.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Applied {
    /// The effective changes; empty if nothing happened (decision V08).
    pub changes: Changes,
    /// The tolerances that let the request pass.
    pub departures: Vec<Departure>,
}

impl<'s> Plan<'s> {
    /// Checks a PATCH under the default [`PatchLimits`].
    ///
    /// # Errors
    /// [`PatchError`] for the first operation that cannot be carried out on any resource of the
    /// type.
    ///
    /// # Complexity
    /// Linear in the size of the request.
    pub fn new(
        patch: &PatchOp,
        schema: &'s ResourceSchema,
        policy: &Policy,
    ) -> Result<Self, PatchError> {
        Self::with_limits(patch, schema, policy, PatchLimits::default())
    }

    /// Checks a PATCH under limits of your own.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn with_limits(
        patch: &PatchOp,
        schema: &'s ResourceSchema,
        policy: &Policy,
        limits: PatchLimits,
    ) -> Result<Self, PatchError> {
        if patch.operations.is_empty() {
            return Err(PatchError::new(
                ScimType::InvalidSyntax,
                "`Operations` holds no operation",
            ));
        }
        if patch.operations.len() > limits.operations {
            return Err(PatchError::new(
                ScimType::InvalidValue,
                format!(
                    "{} operations are more than the {} allowed",
                    patch.operations.len(),
                    limits.operations
                ),
            ));
        }
        let mut planner = Planner::new(schema, policy, limits.values);
        for (index, operation) in patch.operations.iter().enumerate() {
            planner
                .plan(index, operation)
                .map_err(|error| error.in_operation(index))?;
        }
        Ok(Self {
            schema,
            policy: policy.clone(),
            limits,
            steps: planner.steps,
            departures: planner.departures,
        })
    }

    /// The tolerances that let the request pass.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// Applies the operations in order; all of them or none.
    ///
    /// # Errors
    /// [`PatchError`], and the resource is as it was, to the byte.
    ///
    /// # Complexity
    /// Operations plus elements, where elements are named by identity or by `value eq`; other
    /// filters cost the product, bounded by [`PatchLimits::comparisons`].
    pub fn apply(&self, resource: &mut Resource) -> Result<Applied, PatchError> {
        let (editor, applied) = self.carry_out(resource)?;
        if applied.changes.is_empty() {
            editor.roll_back();
        } else {
            let in_extension = editor.is_in_extension();
            let resource = editor.commit();
            if in_extension {
                update_schemas(self.schema, resource);
            }
        }
        Ok(applied)
    }

    /// Carries the operations out and judges what comes of them. With an error everything is as it
    /// was; else the caller commits or rolls back.
    pub(crate) fn carry_out<'r>(
        &self,
        resource: &'r mut Resource,
    ) -> Result<(Editor<'r, 's>, Applied), PatchError> {
        let mut run = Run::new(resource, self);
        let outcome = self
            .steps
            .iter()
            .try_for_each(|step| run.step(step))
            .and_then(|()| {
                run.settle_removed();
                let mut found = effects(&run.editor);
                let mut settled = spelling::stored(&found);
                if self.policy.ignore_contradictory_reference {
                    for (slot, operation) in losers(self.schema, &run.editor, &found) {
                        run.departures.push(left_out(slot, operation));
                        settled.push((slot, Value::Null, operation));
                    }
                }
                if !settled.is_empty() {
                    for (slot, value, operation) in settled {
                        run.editor.begin(operation);
                        run.editor.set(slot, value);
                    }
                    found = effects(&run.editor);
                }
                judge(&run, self.schema, &found)?;
                Ok(found.iter().filter_map(|e| e.to_change()).collect())
            });
        match outcome {
            Err(error) => {
                run.editor.roll_back();
                Err(error)
            }
            Ok(changes) => {
                let mut departures = self.departures.clone();
                departures.append(&mut run.departures);
                let applied = Applied {
                    changes,
                    departures,
                };
                Ok((run.editor, applied))
            }
        }
    }
}

/// Brings `schemas` in step with the extensions in use (P24), once one of them was written to; the
/// order of the URIs has no meaning.
fn update_schemas(schema: &ResourceSchema, resource: &mut Resource) {
    let schemas = resource.get("schemas");
    let listed = || {
        let elements = schemas.into_iter().flat_map(Value::elements);
        elements.filter_map(Value::as_str)
    };
    let is_listed = |uri: &SchemaUri| listed().any(|one| *uri == *one);
    let extensions = schema.extensions().iter();
    let in_use = extensions.filter(|extension| extension.is_in_use(resource));
    let mut count = 0;
    let all_listed = std::iter::once(&schema.base().id)
        .chain(in_use.map(|extension| &extension.schema.id))
        .inspect(|_| count += 1)
        .all(is_listed);
    if !all_listed || count != listed().count() {
        let effective = effective_schemas(schema, resource);
        resource.insert("schemas", effective);
    }
}
