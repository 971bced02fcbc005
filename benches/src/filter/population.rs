//! Ten thousand full users of 1.8 KB, as trees, at rest and as text.

use scim_core::{Document, Resource, Valid};

/// How many users there are.
pub const USERS: usize = 10_000;

/// How many of them are also kept as trees.
pub const TREES: usize = 500;

/// The users.
pub struct Population {
    /// Their JSON, compact.
    pub texts: Vec<String>,
    /// Their documents.
    pub documents: Vec<Document>,
    /// Some of them as trees.
    pub resources: Vec<Resource>,
    /// The same as serde_json has them.
    pub json: Vec<serde_json::Value>,
}

impl Population {
    /// Makes the users, the same ones every time.
    ///
    /// # Panics
    /// When a user is not as it should be.
    pub fn new() -> Self {
        let texts: Vec<String> = (0..USERS).map(user).collect();
        let resource = |text: &String| -> Resource { text.parse().expect("a user") };
        let json = |text: &String| serde_json::from_str(text).expect("JSON");
        Self {
            documents: texts
                .iter()
                .map(|text| Document::from_valid(&Valid::assume(resource(text))))
                .collect(),
            resources: texts.iter().take(TREES).map(resource).collect(),
            json: texts.iter().take(TREES).map(json).collect(),
            texts,
        }
    }
}

impl Default for Population {
    fn default() -> Self {
        Self::new()
    }
}

/// The id of a user: as random ones do, no two begin alike.
pub fn id(index: usize) -> String {
    let mixed = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (head, tail) = (mixed >> 32, mixed & 0xffff_ffff);
    format!("{head:08x}-7f76-453a-919d-4138{tail:08x}")
}

/// Every third has a work address at example.com, every other is active.
fn user(index: usize) -> String {
    let id = id(index);
    let domain = match index % 3 {
        0 => "example.com",
        1 => "example.org",
        _ => "example.net",
    };
    let active = index.is_multiple_of(2);
    let family = ["Jensen", "Smith", "Okafor", "Ito", "Silva"][index % 5];
    format!(
        concat!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","#,
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"{id}","#,
            r#""externalId":"ext-{index:06}","userName":"user{index:04}@example.com","#,
            r#""name":{{"formatted":"Ms. Barbara J {family}, III","familyName":"{family}","#,
            r#""givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms."}},"#,
            r#""displayName":"Babs {family}","nickName":"Babs","profileUrl":"#,
            r#""https://login.example.com/user{index:04}","title":"Tour Guide","#,
            r#""userType":"Employee","preferredLanguage":"en-US","locale":"en-US","#,
            r#""timezone":"America/Los_Angeles","active":{active},"emails":["#,
            r#"{{"value":"user{index:04}@{domain}","type":"work","primary":true}},"#,
            r#"{{"value":"babs{index:04}@jensen.org","type":"home"}}],"#,
            r#""phoneNumbers":[{{"value":"tel:+1-555-555-{index:04}","type":"work"}},"#,
            r#"{{"value":"tel:+1-555-556-{index:04}","type":"mobile"}}],"addresses":["#,
            r#"{{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","#,
            r#""region":"CA","postalCode":"91608","country":"US","primary":true,"#,
            r#""formatted":"100 Universal City Plaza\nHollywood, CA 91608 USA"}},"#,
            r#"{{"type":"home","streetAddress":"456 Hollywood Blvd","locality":"Hollywood","#,
            r#""region":"CA","postalCode":"91608","country":"US","#,
            r#""formatted":"456 Hollywood Blvd\nHollywood, CA 91608 USA"}}],"#,
            r#""entitlements":[{{"value":"licence-e3"}}],"roles":[{{"value":"guide","primary":true}}],"#,
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"employeeNumber":"#,
            r#""{index:06}","costCenter":"4130","organization":"Universal Studios","division":"#,
            r#""Theme Park","department":"Tour Operations","manager":{{"value":"#,
            r#""26118915-6090-4610-87e4-49d8ca9f808d","displayName":"John Smith"}}}},"#,
            r#""meta":{{"resourceType":"User","created":"2010-01-23T04:56:22Z","#,
            r#""lastModified":"2011-05-13T04:42:34Z","version":"W/\"a330bc54f0671c9\"","#,
            r#""location":"https://example.com/v2/Users/{id}"}}}}"#
        ),
        id = id,
        index = index,
        domain = domain,
        family = family,
        active = active,
    )
}
