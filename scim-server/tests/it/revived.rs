//! A store that brings back what it deleted (decision G06).

use scim_server::scim_schema::Registry;
use scim_server::{MemoryStore, StoreOptions};

use crate::host::{BASE, Host, user};

#[test]
fn g06_who_is_created_again_may_be_who_was_deleted() {
    let options = StoreOptions {
        revive_deleted: true,
        ..StoreOptions::default()
    };
    let host = Host::over(MemoryStore::with(options), Registry::builtin(), |b| b);
    let send = |line: &str, body: &str| host.send(line, body);
    let created = send("POST /Users", &user("ada"));
    let id = created.text(&["id"]).unwrap();
    let item = format!("/Users/{id}");
    assert_eq!(send(&format!("DELETE {item}"), "").status, 204);
    for line in ["GET", "DELETE"] {
        assert_eq!(send(&format!("{line} {item}"), "").status, 404, "{line}");
    }
    let none = send("GET /Users?filter=userName%20eq%20%22ada%22", "");
    assert!(
        none.body.to_string().contains(r#""totalResults":0"#),
        "{none:?}"
    );
    // In a bulk request, so that others may refer to whom the store brings back.
    let group = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"bulkId:a"}]}"#;
    let bulk = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{"method":"POST","path":"/Users","bulkId":"a","data":{}}},{{"method":"POST","path":"/Groups","bulkId":"g","data":{group}}}]}}"#,
        user("ADA")
    );
    let done = send("POST /Bulk", &bulk);
    let location = format!("{BASE}{item}");
    assert_eq!(done.text(&["Operations", "0", "status"]), Some("201"));
    assert_eq!(
        done.text(&["Operations", "0", "location"]),
        Some(&*location)
    );
    assert_eq!(
        send(&format!("GET {item}"), "").text(&["userName"]),
        Some("ADA")
    );
    let groups = send("GET /Groups", "");
    let member = groups.text(&["Resources", "0", "members", "0", "value"]);
    assert_eq!(member, Some(id), "{groups:?}");
    assert_eq!(send("POST /Users", &user("ada")).status, 409);
}
