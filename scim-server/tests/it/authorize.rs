//! What a client may do, and what it may see.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use scim_server::bytes::Bytes;
use scim_server::contract::block_on;
use scim_server::http::Request;
use scim_server::scim_core::{Place, Policy, ResourceSchema, ScimError, Valid, builtin};
use scim_server::{
    Access, Action, Authorize, Context, NewResource, ProtocolPolicy, Scope, Store, Tenant,
};

use crate::host::{Answer, Host, patch, read, user};
use crate::queries::names;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Hides `title` and the manager, and lets nobody write `displayName` of users.
struct Hidden;

impl Authorize for Hidden {
    fn attribute(&self, _: &Context, schema: &ResourceSchema, place: &Place<'_>) -> Access {
        match place.attribute.name.as_str() {
            "title" | "manager" => Access::None,
            "displayName" if schema.resource_type().name == "User" => Access::Read,
            _ => Access::Write,
        }
    }
}

/// Users are for reading, groups are not there.
struct ReadUsers;

impl Authorize for ReadUsers {
    fn action(
        &self,
        _: &Context,
        action: Action,
        schema: &ResourceSchema,
        id: Option<&str>,
    ) -> Result<(), ScimError> {
        let users = schema.resource_type().name == "User";
        match action {
            Action::Read if users && id.is_some() => Ok(()),
            Action::Query if users => Ok(()),
            _ => Err(ScimError::new(403, "this client may only read users")),
        }
    }
}

/// Ada as the store keeps her, with all that is hidden.
fn ada(host: &Host) -> String {
    let id = host.user("ada");
    let body = format!(
        r#"{{"userName":"ada","title":"Countess","displayName":"Ada","nickName":"a","{ENTERPRISE}":{{"department":"d","manager":{{"value":"m"}}}}}}"#
    );
    host.keep(&id, &body);
    id
}

fn refusal(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.scim_type())
}

fn strict() -> Host {
    Host::new(|builder| builder.authorize(Hidden))
}

#[test]
fn what_is_hidden_is_not_shown() {
    let host = strict();
    let id = ada(&host);
    for line in [
        format!("GET /Users/{id}"),
        format!("GET /Users/{id}?attributes=title,displayName,{ENTERPRISE}:manager,{ENTERPRISE}"),
        "GET /Users".to_owned(),
        "GET /?attributes=title,displayName".to_owned(),
    ] {
        let answer = host.send(&line, "");
        let text = answer.body.to_string();
        assert_eq!(answer.status, 200, "{text}");
        assert!(text.contains(r#""displayName":"Ada""#), "{text}");
        assert!(
            !text.contains("Countess") && !text.contains("manager"),
            "{text}"
        );
    }
    host.keep(
        &id,
        &format!(r#"{{"userName":"ada","{ENTERPRISE}":{{"manager":{{"value":"m"}}}}}}"#),
    );
    let text = host.send(&format!("GET /Users/{id}"), "").body.to_string();
    assert!(
        !text.contains("enterprise"),
        "not even that there is something: {text}"
    );
}

#[test]
fn what_is_hidden_is_refused_as_what_is_unknown() {
    for (policy, is_strict) in [(Policy::strict(), true), (Policy::lenient(), false)] {
        let hidden = Host::new(|builder| builder.policy(policy).authorize(Hidden));
        let id = ada(&hidden);
        let both = |line: &dyn Fn(&str) -> (String, String)| -> u16 {
            let [hidden, unknown] = ["title", "shoeSize"].map(|name| {
                let (line, body) = line(name);
                let answer = hidden.send(&line, &body);
                let text = answer.body.to_string().replace(name, "…");
                let text = text
                    .split_once(", did you mean")
                    .map_or(&*text, |(said, _)| said);
                (
                    answer.status,
                    answer.scim_type().map(str::to_owned),
                    text.to_owned(),
                )
            });
            assert_eq!(hidden, unknown);
            hidden.0
        };
        both(&|name| (format!("GET /Users?filter={name}%20pr"), String::new()));
        for line in [
            "GET /Users?filter=NAME%20pr",
            "GET /Users?filter=userName%20pr%20or%20NAME%20eq%20%22x%22",
            "GET /Users?sortBy=NAME",
            "GET /?filter=NAME%20pr",
            "GET /?sortBy=NAME",
        ] {
            let status = both(&|name| (line.replace("NAME", name), String::new()));
            assert_eq!(status, 400, "{line}");
        }
        for op in ["add", "replace", "remove"] {
            let status = both(&|name| {
                let operation = format!(r#"{{"op":"{op}","path":"{name}","value":"x"}}"#);
                (format!("PATCH /Users/{id}"), patch(&operation))
            });
            assert_eq!(status == 400, is_strict, "{op}: W01");
        }
        let stored = hidden.stored(&id).to_json();
        assert!(stored.contains("Countess"), "{stored}");
    }
}

#[test]
fn the_presence_of_a_parent_tells_nothing_of_what_is_hidden_in_it() {
    struct NoFamilies;
    impl Authorize for NoFamilies {
        fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
            match place.sub_attribute.map(|sub| sub.name.as_str()) {
                Some("familyName") => Access::None,
                _ => Access::Write,
            }
        }
    }
    let host = Host::new(|builder| builder.authorize(NoFamilies));
    for (name, part) in [("ada", "familyName"), ("grace", "givenName")] {
        let id = host.user(name);
        let body = format!(r#"{{"userName":"{name}","name":{{"{part}":"x"}}}}"#);
        host.keep(&id, &body);
    }
    let found = host.send("GET /Users?filter=name%20pr", "");
    assert_eq!(names(&found), ["grace"]);
}

#[test]
fn no_write_touches_what_is_hidden() {
    let host = strict();
    let id = ada(&host);
    let hidden = |host: &Host| {
        let stored = host.stored(&id).to_json();
        assert!(stored.contains(r#""title":"Countess""#), "{stored}");
        assert!(stored.contains(r#""manager":{"value":"m"}"#), "{stored}");
        stored
    };
    let put = host.send(&format!("PUT /Users/{id}"), &user("ada"));
    assert_eq!(put.status, 200, "{put:?}");
    let stored = hidden(&host);
    assert!(
        !stored.contains("nickName") && !stored.contains("department"),
        "{stored}"
    );
    assert!(
        stored.contains(r#""displayName":"Ada""#),
        "only read: {stored}"
    );
    for operation in [
        r#"{"op":"replace","path":"nickName","value":"b"}"#.to_owned(),
        format!(r#"{{"op":"add","path":"{ENTERPRISE}:department","value":"e"}}"#),
        format!(r#"{{"op":"remove","path":"{ENTERPRISE}"}}"#),
        format!(
            r#"{{"op":"replace","value":{{"nickName":"c","{ENTERPRISE}":{{"department":"f"}}}}}}"#
        ),
    ] {
        let answer = host.send(&format!("PATCH /Users/{id}"), &patch(&operation));
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        assert!(!answer.body.to_string().contains("Countess"));
        hidden(&host);
    }
    let version = host.send(&format!("GET /Users/{id}"), "");
    let version = version.text(&["meta", "version"]).map(str::to_owned);
    let same = patch(r#"{"op":"replace","path":"nickName","value":"c"}"#);
    let kept = host.send(&format!("PATCH /Users/{id}"), &same);
    assert_eq!(kept.text(&["meta", "version"]), version.as_deref(), "V08");
}

#[test]
fn what_may_only_be_read_is_read_only() {
    let host = strict();
    let id = ada(&host);
    let operation = r#"{"op":"replace","path":"displayName","value":"x"}"#;
    let refused = host.send(&format!("PATCH /Users/{id}"), &patch(operation));
    assert_eq!(refusal(&refused), (400, Some("mutability")));
    let found = host.send("GET /Users?filter=displayName%20eq%20%22ada%22", "");
    assert_eq!(names(&found), ["ada"]);
    let body = user("grace").replace('}', r#","displayName":"x"}"#);
    let created = host.send("POST /Users", &body);
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.text(&["displayName"]), None, "W03");
    let unknown = user("grace").replace('}', r#","title":"x"}"#);
    let refused = host.send("POST /Users", &unknown);
    assert_eq!(refusal(&refused), (400, Some("invalidSyntax")), "W01");
}

#[test]
fn what_a_type_requires_is_required_of_who_may_not_write_it() {
    struct NoNames(Access);
    impl Authorize for NoNames {
        fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
            match place.attribute.name == "userName" {
                true => self.0,
                false => Access::Write,
            }
        }
    }
    for access in [Access::None, Access::Read] {
        let host =
            Host::new(|builder| builder.policy(Policy::lenient()).authorize(NoNames(access)));
        let refused = host.send("POST /Users", &user("ada"));
        assert_eq!(
            refusal(&refused),
            (400, Some("invalidValue")),
            "{refused:?}"
        );
    }
}

#[test]
fn what_a_client_may_not_do_is_refused() {
    let host = Host::new(|builder| {
        builder
            .protocol(ProtocolPolicy::lenient())
            .subjects(|_| Some(scim_server::Subject::new("User", "nobody")))
            .authorize(ReadUsers)
    });
    let no_change = patch(r#"{"op":"remove","path":"title"}"#);
    for (line, body, status) in [
        ("GET /Users/1", "", 404),
        ("HEAD /Users/1", "", 404),
        ("GET /Users", "", 200),
        ("GET /", "", 200),
        ("GET /Me", "", 404),
        ("DELETE /Me", "", 403),
        ("GET /Groups", "", 403),
        ("GET /Groups/1", "", 403),
        ("POST /Users", "not even read", 403),
        ("PUT /Users/1", "{}", 403),
        ("PATCH /Users/1", &no_change, 403),
        ("DELETE /Users/1", "", 403),
        ("GET /Schemas", "", 200),
    ] {
        let answer = host.send(line, body);
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }
    let bulk = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
        {"method":"POST","path":"/Users","bulkId":"a","data":{}},
        {"method":"PATCH","path":"/Users/1","data":{}},
        {"method":"DELETE","path":"/Groups/1"}]}"#;
    let answer = host.send("POST /Bulk", bulk);
    for at in ["0", "1", "2"] {
        assert_eq!(
            answer.text(&["Operations", at, "status"]),
            Some("403"),
            "{answer:?}"
        );
    }
}

#[test]
fn a_query_leaves_out_the_types_that_are_refused() {
    struct OnlyGroups;
    impl Authorize for OnlyGroups {
        fn action(
            &self,
            context: &Context,
            action: Action,
            schema: &ResourceSchema,
            _: Option<&str>,
        ) -> Result<(), ScimError> {
            let hidden = action == Action::Query && context.principal.is_none();
            match hidden && schema.resource_type().name == "User" {
                true => Err(ScimError::new(403, "no users")),
                false => Ok(()),
            }
        }
    }
    let host = Host::new(|builder| builder.authorize(OnlyGroups));
    host.user("ada");
    let group = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"}"#;
    host.create("Groups", group);
    assert_eq!(names(&host.send("GET /", "")), ["g"]);
    assert_eq!(
        host.send("GET /?filter=userName%20pr", "").status,
        400,
        "F28"
    );
}

#[test]
fn a_subject_may_be_left_alone_with_itself() {
    struct Own;
    impl Authorize for Own {
        fn action(
            &self,
            context: &Context,
            _: Action,
            _: &ResourceSchema,
            id: Option<&str>,
        ) -> Result<(), ScimError> {
            match id.is_some() && id == context.principal.as_deref() {
                true => Ok(()),
                false => Err(ScimError::new(404, "there is no such resource")),
            }
        }
    }
    let host = Host::new(|builder| builder.authorize(Own));
    let scope = Scope::new(Tenant::default(), builtin::user_schema().clone());
    for id in ["ada", "grace"] {
        let body = format!(r#"{{"userName":"{id}"}}"#).parse().unwrap();
        let body = Valid::assume(body);
        let now = host.context().now;
        let new = NewResource::new(id.to_owned(), &scope.schema, body, now);
        let created = host
            .provider
            .store()
            .create(&scope, move |_| Ok(new.clone()));
        block_on(created).unwrap();
    }
    let get = |id: &str| {
        let mut context = host.context();
        context.principal = Some("ada".to_owned());
        let request = Request::get(format!("/scim/v2/Users/{id}"));
        let request = request.body(Bytes::new()).unwrap();
        read(block_on(host.provider.handle(request, &context)))
    };
    assert_eq!(get("ada").text(&["userName"]), Some("ada"));
    let (others, nobodys) = (get("grace"), get("nobody"));
    assert_eq!(
        (others.status, &others.body),
        (404, &nobodys.body),
        "nothing is told"
    );
}

#[test]
fn each_page_is_authorized_anew() {
    struct Until(Arc<AtomicBool>);
    impl Authorize for Until {
        fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
            match place.attribute.name == "nickName" && self.0.load(Ordering::Relaxed) {
                true => Access::None,
                false => Access::Write,
            }
        }
    }
    let closed = Arc::new(AtomicBool::new(false));
    let rules = Until(closed.clone());
    let hour = std::time::Duration::from_secs(3600);
    let host = Host::new(|builder| builder.cursors([7; 32], hour).authorize(rules));
    for name in ["a", "b"] {
        let body = user(name).replace('}', r#","nickName":"nick"}"#);
        host.create("Users", &body);
    }
    let page = |sort: &str, cursor: &str| {
        host.send(&format!("GET /Users?count=1&{sort}cursor={cursor}"), "")
    };
    let [plain, sorted] = ["", "sortBy=nickName&"].map(|sort| {
        let first = page(sort, "");
        assert!(first.body.to_string().contains("nick"));
        first.text(&["nextCursor"]).unwrap().to_owned()
    });
    closed.store(true, Ordering::Relaxed);
    let second = page("", &plain);
    assert_eq!(names(&second), ["b"]);
    assert!(!second.body.to_string().contains("nick"), "{second:?}");
    assert_eq!(page("sortBy=nickName&", &sorted).status, 400);
}
