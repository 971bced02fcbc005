//! The load on one machine: what a request costs the server, on SQLite, in a release build.
//!
//! Everything runs on loopback in one go, so that ratios hold whatever the machine is. What is compared takes turns,
//! and medians over the turns are shown. `microseconds` are processor time of the server for one request, `answer` is
//! the median time until the answer as a client sees it.

mod client;
mod measure;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use self::client::{Base, Request, Seen, ask, crowd};
use self::measure::{flush_times, median, processor_time};
use crate::process::cargo;
use crate::scratch::Scratch;
use crate::served::Served;

const USERS: usize = 10_000;
const ROUNDS: usize = 5;
/// Requests of a kind in one round.
const READS: usize = 10_000;
const PATCHES: usize = 1_000;
/// Clients that read at once, and that write at once.
const READERS: usize = 4;
const WRITERS: usize = 32;

pub(crate) fn run(_: &[String]) -> Result<()> {
    cargo(&["build", "--release", "--package", "scim-cli"])?;
    cargo(&[
        "build",
        "--release",
        "--package",
        "scim-gateway",
        "--example",
        "bare",
    ])?;
    // Not in memory, as the folder of temporary files may be.
    let target = std::env::current_exe()?;
    let target = target.ancestors().nth(2).context("the target folder")?;
    let scratch = Scratch::within(target, "load")?;
    let database = scratch.path().join("scim.db");
    let gateway = Server::new(Served::start(
        "release",
        &["--db".as_ref(), database.as_os_str()],
    )?)?;

    creates(&gateway, scratch.path())?;
    let ids = ids(&gateway)?;
    reads(&gateway, &ids, scratch.path())?;
    patches(&gateway, &ids)
}

/// A server with its address.
struct Server {
    served: Served,
    base: Base,
}

impl Server {
    fn new(served: Served) -> Result<Self> {
        let base = Base::of(&served.url)?;
        Ok(Self { served, base })
    }

    /// Sends requests by a crowd of clients; what they saw, and the processor time of one request in microseconds.
    fn serve(
        &self,
        clients: usize,
        count: usize,
        request: impl Fn(usize) -> Request + Sync,
    ) -> Result<(Seen, f64)> {
        let before = processor_time(self.served.process())?;
        let seen = crowd(&self.base, clients, count, &request)?;
        let used = processor_time(self.served.process())?.saturating_sub(before);
        Ok((seen, microseconds(used) / count as f64))
    }
}

/// What rounds of one kind of request cost.
#[derive(Default)]
struct Cost {
    processor: Vec<f64>,
    answers: Vec<f64>,
}

impl Cost {
    fn add(&mut self, (seen, processor): (Seen, f64)) {
        self.processor.push(processor);
        let answers: Vec<f64> = seen.latencies.iter().copied().map(microseconds).collect();
        self.answers.extend(median(&answers));
    }

    /// Prints a line; `against` another with the most that the ratio of both may be.
    fn show(&self, what: &str, against: Option<(&Self, f64)>) {
        let cpu = median(&self.processor).unwrap_or_default();
        let answer = median(&self.answers).unwrap_or_default();
        let ratio = against.map(|(other, most)| {
            let other = median(&other.processor).unwrap_or(f64::NAN);
            format!("   ratio {:.2}, at most {most}", cpu / other)
        });
        let ratio = ratio.unwrap_or_default();
        println!("{what:<44}{cpu:>9.1} microseconds{answer:>9.1} answer{ratio}");
    }
}

/// Creates the users, many clients at once: their flushes to disk are shared.
fn creates(gateway: &Server, folder: &Path) -> Result<()> {
    let (mut rates, mut processors, mut flushes) = (Vec::new(), Vec::new(), Vec::new());
    let each = USERS / ROUNDS;
    for round in 0..ROUNDS {
        flushes.extend(flush_times(folder)?);
        let (seen, processor) = gateway.serve(WRITERS, each, |number| {
            let number = round * each + number;
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user-{number}@example.com",
                "externalId":"ext-{number}","name":{{"givenName":"Given {number}","familyName":"Family {number}"}},
                "displayName":"Given Family {number}","title":"Engineer","active":true,"emails":[
                {{"value":"user-{number}@example.com","type":"work","primary":true}}]}}"#
            );
            Request::new(&gateway.base, "POST", "/Users", &body)
        })?;
        rates.push(each as f64 / seen.elapsed.as_secs_f64());
        processors.push(processor);
    }
    flushes.extend(flush_times(folder)?);
    let flush = median(&flushes).context("no times")?;
    let rate = median(&rates).unwrap_or_default();
    let bound = WRITERS as f64 / flush.as_secs_f64();
    println!(
        "POST of a user, {WRITERS} clients: {rate:.0} a second, {:.1} microseconds\n  a flush to disk takes {:.0} \
         microseconds; {WRITERS} users for each were {bound:.0} a second: ratio {:.2}, at least 0.5",
        median(&processors).unwrap_or_default(),
        microseconds(flush),
        rate / bound
    );
    Ok(())
}

/// The ids of all users.
fn ids(gateway: &Server) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    while ids.len() < USERS {
        let path = format!(
            "/Users?attributes=id&count=1000&startIndex={}",
            ids.len() + 1
        );
        let list = ask(&gateway.base, "GET", &path, "")?;
        let found = list
            .split(r#""id":""#)
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let before = ids.len();
        ids.extend(found.map(str::to_owned));
        anyhow::ensure!(
            ids.len() > before,
            "fewer users than were made: {}",
            ids.len()
        );
    }
    Ok(ids)
}

/// Reads by id and by name, beside a server that only sends bytes.
fn reads(gateway: &Server, ids: &[String], folder: &Path) -> Result<()> {
    // A thousand of them are in a group.
    group(gateway, "load", ids.iter().take(1_000))?;
    let id = ids.last().context("no user")?;
    let body = folder.join("body");
    std::fs::write(
        &body,
        ask(&gateway.base, "GET", &format!("/Users/{id}"), "")?,
    )?;
    let bare = Server::new(Served::example("bare", &[&body])?)?;

    let (mut least, mut by_id, mut by_name) = (Cost::default(), Cost::default(), Cost::default());
    for _ in 0..ROUNDS {
        least.add(bare.serve(READERS, READS, |_| Request::new(&bare.base, "GET", "/", ""))?);
        by_id.add(gateway.serve(READERS, READS, |number| {
            let id = ids.get(number * 7 % ids.len()).map_or("", String::as_str);
            Request::new(&gateway.base, "GET", &format!("/Users/{id}"), "")
        })?);
        by_name.add(gateway.serve(READERS, READS, |number| {
            let filter = format!(
                "userName%20eq%20%22user-{}%40example.com%22",
                number * 7 % USERS
            );
            Request::new(&gateway.base, "GET", &format!("/Users?filter={filter}"), "")
        })?);
    }
    least.show("the same bytes from axum", None);
    by_id.show("GET by id", Some((&least, 2.0)));
    by_name.show("GET by filter on userName", Some((&by_id, 1.5)));
    Ok(())
}

/// One member more and one less, in a small group and in a large one.
fn patches(gateway: &Server, ids: &[String]) -> Result<()> {
    let strangers: Vec<String> = (0..100_000).map(|n| format!("stranger-{n}")).collect();
    let small = group(gateway, "small", ids.iter().take(10))?;
    let large = group(gateway, "large", strangers.iter())?;
    let (mut to_small, mut to_large) = (Cost::default(), Cost::default());
    for round in 0..ROUNDS {
        for (group, cost) in [(&small, &mut to_small), (&large, &mut to_large)] {
            // Added, and removed by the next request, so that the groups keep their sizes.
            let path = format!("/Groups/{group}?excludedAttributes=members");
            cost.add(gateway.serve(1, PATCHES, |number| {
                let member = format!("new-{round}-{}", number / 2);
                let operation = match number % 2 {
                    0 => format!(r#"{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}"#),
                    _ => format!(r#"{{"op":"remove","path":"members[value eq \"{member}\"]"}}"#),
                };
                let body = format!(
                    r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
                );
                Request::new(&gateway.base, "PATCH", &path, &body)
            })?);
        }
    }
    to_small.show("PATCH of a member, group of 10", None);
    to_large.show(
        "PATCH of a member, group of 100,000",
        Some((&to_small, 1.5)),
    );
    Ok(())
}

/// Creates a group: its id.
fn group<'i>(
    gateway: &Server,
    name: &str,
    members: impl Iterator<Item = &'i String>,
) -> Result<String> {
    let members: Vec<_> = members.map(|id| format!(r#"{{"value":"{id}"}}"#)).collect();
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}","members":[{}]}}"#,
        members.join(",")
    );
    let created = ask(&gateway.base, "POST", "/Groups?attributes=id", &body)?;
    let id = created
        .split(r#""id":""#)
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    Ok(id.context("an id")?.to_owned())
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
