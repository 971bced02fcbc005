//! The tables: one struct per folder, fields as `README.md` lists them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::files;

/// The fault that a case expects.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The keyword, absent where the RFC has none.
    #[serde(default)]
    pub scim_type: Option<String>,
    /// The HTTP status, 400 when the table leaves it out.
    #[serde(default = "bad_request")]
    pub status: u16,
    /// The UTF-8 byte offsets that the error points at.
    #[serde(default)]
    pub span: Option<(usize, usize)>,
    /// A part of the message.
    #[serde(default)]
    pub contains: Option<String>,
}

/// A violation that a case of `validate/` expects.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// The JSON pointer.
    pub pointer: String,
    /// The rule that is broken.
    pub rule: String,
    /// The keyword, if the case cares.
    #[serde(default)]
    pub scim_type: Option<String>,
}

/// A case of one of the tables.
pub(crate) trait Case: DeserializeOwned {
    /// The folder of the table.
    const FOLDER: &'static str;

    fn set_file(&mut self, file: &str);

    fn name(&self) -> &str;

    fn clause(&self) -> &str;

    /// What is wrong with the case as a whole, if anything.
    fn fault(&self) -> Option<&'static str>;
}

macro_rules! cases {
    (
        $(#[$doc:meta])*
        $name:ident in $folder:literal as $all:ident {
            $($(#[$field_doc:meta])* $field:ident: $of:ty,)*
        }
        valid if $what:literal: |$case:ident| $valid:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The file that holds the case, by its stem.
            #[serde(skip)]
            pub file: String,
            /// What must hold, one sentence.
            pub name: String,
            /// The RFC clause or decision, several separated by commas.
            pub clause: String,
            /// The presets for which it holds: all three when the table leaves them out.
            #[serde(default = "every_policy")]
            pub policies: Vec<String>,
            /// The resource type.
            #[serde(rename = "type", default)]
            pub resource_type: Option<String>,
            /// Stems of `resource-types/` to load first.
            #[serde(default)]
            pub load: Vec<String>,
            /// The resource as written; [`resource_text`](crate::resource_text) gives its JSON.
            #[serde(default)]
            pub resource: Option<String>,
            $($(#[$field_doc])* pub $field: $of,)*
        }

        impl $name {
            /// File and name, for the message of an assertion.
            pub fn label(&self) -> String {
                format!("{}/{}.toml: {}", $folder, self.file, self.name)
            }

            /// The JSON text of the resource, if the case has one.
            pub fn resource_json(&self) -> Option<String> {
                self.resource.as_deref().map(files::resource_text)
            }
        }

        impl Case for $name {
            const FOLDER: &'static str = $folder;

            fn set_file(&mut self, file: &str) {
                self.file = file.to_owned();
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn clause(&self) -> &str {
                &self.clause
            }

            fn fault(&self) -> Option<&'static str> {
                let $case = self;
                (!$valid).then_some($what)
            }
        }

        #[doc = concat!("Every case of `", $folder, "/`, in the order of files and lines.")]
        pub fn $all() -> Vec<$name> {
            load()
        }
    };
}

cases! {
    /// A filter: accepted, refused, meaning.
    FilterCase in "filter" as filter_cases {
        /// The filter.
        filter: String,
        /// Its printed form.
        #[serde(default)]
        canonical: Option<String>,
        /// Whether it matches `resource`.
        #[serde(default)]
        matches: Option<bool>,
        /// The fault, for a filter that must be refused.
        #[serde(default)]
        error: Option<Refusal>,
    }
    valid if "expects either an error, or a canonical form or a match (which needs a resource)":
        |case| case.error.is_some() != (case.canonical.is_some() || case.matches.is_some())
            && (case.matches.is_none() || case.resource.is_some())
}

cases! {
    /// A path of a PATCH operation: accepted, refused.
    PathCase in "path" as path_cases {
        /// The path.
        path: String,
        /// Its printed form.
        #[serde(default)]
        canonical: Option<String>,
        /// The fault, for a path that must be refused.
        #[serde(default)]
        error: Option<Refusal>,
    }
    valid if "expects either an error or a canonical form":
        |case| case.error.is_some() != case.canonical.is_some()
}

cases! {
    /// A resource, a PATCH body, what comes out.
    PatchCase in "patch" as patch_cases {
        /// JSON text of the Operations array.
        #[serde(default)]
        operations: Option<String>,
        /// JSON text of the whole body.
        #[serde(default)]
        patch: Option<String>,
        /// JSON text of the whole resource afterwards.
        #[serde(default)]
        result: Option<String>,
        /// Whether nothing may change.
        #[serde(default)]
        unchanged: bool,
        /// How many effective changes there are.
        #[serde(default)]
        changes: Option<usize>,
        /// Whether a tolerance was reported.
        #[serde(default)]
        departures: Option<bool>,
        /// The fault, for a PATCH that must be refused.
        #[serde(default)]
        error: Option<Refusal>,
    }
    valid if "has a type, a resource, operations or a patch, and expects an error, a result or no change":
        |case| case.resource_type.is_some()
            && case.resource.is_some()
            && case.operations.is_some() != case.patch.is_some()
            && u8::from(case.error.is_some())
                + u8::from(case.result.is_some())
                + u8::from(case.unchanged) == 1
}

impl PatchCase {
    /// JSON text of the whole PatchOp body.
    pub fn body(&self) -> String {
        match (&self.patch, &self.operations) {
            (Some(patch), _) => patch.clone(),
            (None, operations) => format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{}}}"#,
                operations.as_deref().unwrap_or("[]")
            ),
        }
    }
}

cases! {
    /// A resource, an operation, the violations.
    ValidateCase in "validate" as validate_cases {
        /// `create`, `replace`, `patch` or `response`.
        operation: String,
        /// The resource as it is before a replace; [`resource_text`](crate::resource_text) gives
        /// its JSON.
        #[serde(default)]
        current: Option<String>,
        /// Whether it must be accepted.
        #[serde(default)]
        valid: bool,
        /// JSON text of the resource that comes back.
        #[serde(default)]
        result: Option<String>,
        /// All violations, for a resource that must be refused.
        #[serde(rename = "violation", default)]
        violations: Vec<Violation>,
    }
    valid if "has a type, a resource, a known operation, and expects either `valid` or violations":
        |case| case.resource_type.is_some()
            && case.resource.is_some()
            && ["create", "replace", "patch", "response"].contains(&case.operation.as_str())
            && case.valid == case.violations.is_empty()
            && (case.valid || case.result.is_none())
}

cases! {
    /// A resource, a projection, what remains.
    ProjectCase in "project" as project_cases {
        /// What the client asks for.
        #[serde(default)]
        attributes: Vec<String>,
        /// What the client leaves out.
        #[serde(default)]
        excluded_attributes: Vec<String>,
        /// `get`, `create`, `replace` or `patch`.
        #[serde(default = "get")]
        operation: String,
        /// Attribute paths that the client itself wrote.
        #[serde(default)]
        written: Vec<String>,
        /// JSON text of what remains.
        #[serde(default)]
        result: Option<String>,
        /// The fault, for a projection that must be refused.
        #[serde(default)]
        error: Option<Refusal>,
    }
    valid if "has a type, a resource, a known operation, and expects either a result or an error":
        |case| case.resource_type.is_some()
            && case.resource.is_some()
            && ["get", "create", "replace", "patch"].contains(&case.operation.as_str())
            && case.result.is_some() != case.error.is_some()
}

fn load<C: Case>() -> Vec<C> {
    /// The top of every file: a list of `[[case]]`.
    #[derive(Deserialize)]
    #[serde(bound = "T: DeserializeOwned", deny_unknown_fields)]
    struct Table<T> {
        case: Vec<T>,
    }
    let mut cases = Vec::new();
    for (file, text) in files::all(C::FOLDER, "toml") {
        let table: Table<C> = toml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}/{file}.toml: {error}", C::FOLDER));
        for mut case in table.case {
            case.set_file(&file);
            let unfounded = case.clause().is_empty().then_some("names a clause");
            if let Some(what) = unfounded.or(case.fault()) {
                panic!("{}/{file}.toml: {}: a case {what}", C::FOLDER, case.name());
            }
            cases.push(case);
        }
    }
    cases
}

fn every_policy() -> Vec<String> {
    ["strict", "lenient", "interop"].map(String::from).into()
}

fn bad_request() -> u16 {
    400
}

fn get() -> String {
    "get".to_owned()
}
