//! The conversations of identity providers, played in process.

use scim_core::Policy;
use scim_server::bytes::Bytes;
use scim_testdata::scenario::{Request, Response, scenarios};

use crate::host::{Host, TOKEN};

#[test]
fn every_scenario_plays_in_process() {
    let mut steps = 0;
    let mut faults = Vec::new();
    for scenario in scenarios() {
        let host = Host::loaded(&scenario.load, Policy::lenient());
        match scenario.play(TOKEN, |request| send(&host, request)) {
            Ok(played) => steps += played,
            Err(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(steps > 500, "only {steps} steps were played");
}

/// The profile of a vendor tolerates what that vendor sends.
#[test]
fn each_vendor_plays_under_its_own_profile() {
    let profiles = [
        ("alibaba-cloudsso", Policy::okta()),
        ("entra-aad-optscim", Policy::entra()),
        ("entra-default", Policy::entra()),
        ("entra-filters", Policy::entra()),
        ("google", Policy::google()),
        ("jumpcloud-salesforce", Policy::jump_cloud()),
        ("okta-catalogue", Policy::okta()),
        ("okta-groups", Policy::okta()),
        ("okta-wizard", Policy::okta()),
        ("onelogin", Policy::one_login()),
        ("oracle-app", Policy::oracle()),
        ("oracle-idcs", Policy::oracle()),
    ];
    let mut faults = Vec::new();
    for (file, policy) in profiles {
        let scenarios = scenarios();
        let scenario = scenarios.iter().find(|s| s.stem == file).unwrap();
        let host = Host::loaded(&scenario.load, policy);
        if let Err(fault) = scenario.play(TOKEN, |request| send(&host, request)) {
            faults.push(fault);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn send(host: &Host, request: Request) -> Response {
    let mut asked = scim_server::http::Request::builder()
        .method(&*request.method)
        .uri(format!("/scim/v2{}", request.path));
    for (name, value) in &request.headers {
        asked = asked.header(name, value);
    }
    let response = host.authenticated(asked.body(Bytes::from(request.body)).unwrap());
    Response {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: response.body().to_vec(),
    }
}
