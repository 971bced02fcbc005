//! A gateway to talk to.

use scim_gateway::{Config, Database, Gateway, StartError, Token};
use scim_testdata::scenario::Response;
use scim_testdata::tcp::Client;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// The token of every gateway of the tests.
pub(crate) const TOKEN: &str = "token-of-the-test";

/// A gateway on a port of its own, which ends with the value.
pub(crate) struct Running {
    pub(crate) client: Client,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
    ended: Option<tokio::task::JoinHandle<Result<(), StartError>>>,
}

impl Running {
    pub(crate) fn start(config: Config) -> Self {
        Self::with_token(config, TOKEN)
    }

    pub(crate) fn with_token(mut config: Config, token: &str) -> Self {
        config.listen = ([127, 0, 0, 1], 0).into();
        config.token = Some(Token::new(token));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let base_path = config.base_path.clone();
        let gateway = runtime.block_on(Gateway::bind(config)).unwrap();
        let url = format!("http://{}{base_path}", gateway.local_addr());
        let client = Client::new(&url, token);
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = runtime.spawn(gateway.serve(async { drop(stopped.await) }));
        Self {
            client,
            stop: Some(stop),
            runtime: Some(runtime),
            ended: Some(ended),
        }
    }

    pub(crate) fn in_memory() -> Self {
        Self::start(Config::new(Database::Memory))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let (Some(runtime), Some(ended)) = (self.runtime.take(), self.ended.take()) {
            let _ = runtime.block_on(ended).unwrap();
        }
    }
}

pub(crate) fn text(answer: &Response) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

pub(crate) fn header<'r>(answer: &'r Response, name: &str) -> Option<&'r str> {
    let mut headers = answer.headers.iter();
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(&found.1)
}

pub(crate) fn user(name: &str) -> String {
    format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"}}"#)
}
