//! How long a token is accepted.

use std::time::Duration;

use scim_gateway::{Config, Database, Gateway};
use scim_testdata::tcp::Client;

use crate::folder::Folder;
use crate::running::{Running, TOKEN};

#[test]
fn a_token_that_another_process_replaced_is_no_longer_accepted() {
    let folder = Folder::new();
    let config = || Config::new(Database::File(folder.file("scim.db")));
    let first = Running::start(config());
    let status = |token: &str| {
        let client = Client::new(&format!("http://{}/scim/v2", first.client.address), token);
        client.ask("GET", "/Users", "").status
    };
    assert_eq!((status(TOKEN), status("another")), (200, 401));
    let _second = Running::with_token(config(), "another");
    let mut tries = 0;
    while (status(TOKEN), status("another")) != (401, 200) {
        tries += 1;
        assert!(tries < 600, "the first token is still accepted");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_token_that_is_too_old_is_no_longer_accepted() {
    let folder = Folder::new();
    for database in [Database::Memory, Database::File(folder.file("scim.db"))] {
        let config = |lifetime| {
            let mut config = Config::new(database.clone());
            config.token_lifetime = lifetime;
            config
        };
        let status = |running: &Running| running.client.ask("GET", "/Users", "").status;
        let running = Running::start(config(Some(Duration::from_secs(2))));
        let mut tries = 0;
        while status(&running) != 401 {
            tries += 1;
            assert!(tries < 600, "the token is still accepted");
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(running);
        // Given anew, it is as good as new.
        let hour = Duration::from_secs(3600);
        for lifetime in [None, Some(hour)] {
            assert_eq!(
                status(&Running::start(config(lifetime))),
                200,
                "{lifetime:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_start_without_a_valid_token_makes_one() {
    let folder = Folder::new();
    let start = async |lifetime| {
        let mut config = Config::new(Database::File(folder.file("scim.db")));
        config.listen = ([127, 0, 0, 1], 0).into();
        config.token_lifetime = lifetime;
        let gateway = Gateway::bind(config).await.unwrap();
        let is_new = gateway.first_token().is_some();
        gateway.serve(std::future::ready(())).await.unwrap();
        is_new
    };
    assert!(start(None).await);
    assert!(!start(Some(Duration::from_secs(3600))).await);
    assert!(start(Some(Duration::ZERO)).await, "all are too old");
}

#[test]
fn a_token_from_the_future_grows_old_from_now_on() {
    let folder = Folder::new();
    let config = || Config::new(Database::File(folder.file("scim.db")));
    drop(Running::start(config()));
    let connection = rusqlite::Connection::open(folder.file("scim.db")).unwrap();
    let created = || -> i64 {
        let sql = "SELECT created FROM credential";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let now = created();
    connection
        .execute("UPDATE credential SET created = ?1", [i64::MAX])
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut config = config();
    config.listen = ([127, 0, 0, 1], 0).into();
    let gateway = runtime.block_on(Gateway::bind(config)).unwrap();
    assert!(gateway.first_token().is_none(), "it is still good");
    assert!((now..i64::MAX).contains(&created()));
}
