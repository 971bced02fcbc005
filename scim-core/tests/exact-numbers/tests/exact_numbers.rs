//! With serde_json's `arbitrary_precision` no digit is lost on any way in or out (decisions S01, S02). Exponents are spelled as serde_json spells them.

use scim_core::{Resource, User, Value};
use serde::{Deserialize, Serialize};

/// Each is beyond what `f64` or 64 bits hold, or would be written otherwise.
const NUMBERS: &str =
    r#"[1.50,-0.0,1e+400,1e+2,9007199254740993.5,123456789012345678901234567890]"#;

#[test]
fn the_feature_is_on() {
    let number: serde_json::Number = serde_json::from_str("1.50").unwrap();
    assert_eq!(number.to_string(), "1.50");
}

#[test]
fn text_through_serde_json_is_exact() {
    let value: Value = serde_json::from_str(NUMBERS).unwrap();
    assert_eq!(value.to_json(), NUMBERS);
    assert_eq!(serde_json::to_string(&value).unwrap(), NUMBERS);
    let resource: Resource = serde_json::from_str(&format!(r#"{{"a":{NUMBERS}}}"#)).unwrap();
    assert_eq!(resource.get("A"), Some(&value));
}

#[test]
fn the_value_of_serde_json_is_exact() {
    let theirs: serde_json::Value = serde_json::from_str(NUMBERS).unwrap();
    let ours = Value::from(theirs.clone());
    assert_eq!(ours.to_json(), NUMBERS);
    assert_eq!(serde_json::Value::try_from(&ours).unwrap(), theirs);
    assert_eq!(Value::from_typed(&theirs).unwrap().to_json(), NUMBERS);
    assert_eq!(serde_json::to_value(&ours).unwrap(), theirs);
    assert_eq!(
        serde_json::from_value::<Value>(theirs).unwrap().to_json(),
        NUMBERS
    );
}

#[test]
fn a_type_of_the_host_is_exact() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Account {
        balance: serde_json::Number,
        #[serde(flatten)]
        other: serde_json::Map<String, serde_json::Value>,
    }
    let text = r#"{"balance":1.50,"limit":1e+400}"#;
    let account: Account = serde_json::from_str(text).unwrap();
    let resource = Resource::from_typed(&account).unwrap();
    assert_eq!(resource.to_json(), text);
    assert_eq!(resource.to::<Account>().unwrap(), account);
}

#[test]
fn what_a_typed_resource_does_not_know_is_exact() {
    let text = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","x":{"y":1.50}}"#;
    let user: User = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&user).unwrap(), text);
    assert_eq!(Resource::from_typed(&user).unwrap().to_json(), text);
}
