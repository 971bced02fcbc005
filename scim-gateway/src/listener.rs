//! Taking connections, and letting them finish.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::connections::{Connection, Connections};
use crate::limits;
use crate::wire::Wire;

/// Takes connections until `shutdown` completes, at most so many at once, then lets the requests under way finish and the
/// database close, for as long as `grace` allows.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    most: u32,
    grace: Duration,
) {
    let connections = Connections::new(most);
    let mut shutdown = pin!(shutdown);
    let mut shortage = Sometimes::default();
    loop {
        let is_short = connections.are_short();
        if is_short {
            connections.spare_one();
        }
        if connections.left() == 0 && shortage.is_due(Instant::now()) {
            tracing::warn!(most, "all connections are taken: new ones wait");
        }
        let accepted = async {
            let place = connections.place().await?;
            Some((place, listener.accept().await))
        };
        let (place, stream) = tokio::select! {
            () = &mut shutdown => break,
            // Whoever is idle now may be so for long enough by then.
            () = tokio::time::sleep(limits::SPARED), if is_short => continue,
            accepted = accepted => match accepted {
                Some((place, Ok((stream, _)))) => (place, stream),
                Some((_, Err(error))) => {
                    // Out of file descriptors, most likely: wait for connections to end.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                None => break,
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small packets may wait");
        }
        let head_timeout = match is_short {
            true => limits::HEAD_TIMEOUT_UNDER_PRESSURE,
            false => limits::HEAD_TIMEOUT,
        };
        let (connection, router) = (connections.open(place), router.clone());
        tokio::spawn(async move {
            if let Err(error) = answer(stream, router, &connection, head_timeout).await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    let deadline = Instant::now() + grace;
    if tokio::time::timeout_at(deadline, connections.finish())
        .await
        .is_err()
    {
        tracing::warn!("requests under way were given up");
    }
    close(router, deadline).await;
}

/// Answers the requests of a connection, until either side ends it.
async fn answer(
    stream: TcpStream,
    router: Router,
    connection: &Connection,
    head_timeout: Duration,
) -> hyper::Result<()> {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        let (busy, answer) = (connection.busy(), router.call(request));
        async move {
            let answer = answer.await;
            drop(busy);
            answer
        }
    });
    let stream = Wire::new(TokioIo::new(stream));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .serve_connection(stream, service);
    let mut served = pin!(served);
    tokio::select! {
        ended = served.as_mut() => return ended,
        () = connection.leave() => served.as_mut().graceful_shutdown(),
    }
    served.await
}

/// Drops the router, and with it the database, which waits for the writes under way: on a thread of its own, because no
/// deadline holds for what blocks.
async fn close(router: Router, deadline: Instant) {
    let (closing, closed) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new().name("scim-closing".into());
    let spawned = thread.spawn(move || {
        drop(router);
        drop(closing);
    });
    if spawned.is_ok() && tokio::time::timeout_at(deadline, closed).await.is_err() {
        tracing::warn!("the database is still busy and was not closed");
    }
}

/// Lets a line through to the log once in a while.
#[derive(Debug, Default)]
struct Sometimes(Option<Instant>);

impl Sometimes {
    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self
            .0
            .is_none_or(|last| now.duration_since(last) >= limits::WARNING_INTERVAL);
        if is_due {
            self.0 = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// A database that takes long to close.
    struct Slow;

    impl Drop for Slow {
        fn drop(&mut self) {
            std::thread::sleep(Duration::from_secs(60));
        }
    }

    /// Sends a request on a connection that stays open, and reads the beginning of the answer.
    async fn ask(stream: &mut TcpStream) -> std::io::Result<String> {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            .await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test]
    async fn a_connection_that_is_idle_makes_room_for_one_that_is_not() {
        let slow = || tokio::time::sleep(Duration::from_secs(60));
        let router = Router::new()
            .route("/", get(|| std::future::ready("")))
            .route("/slow", get(move || async move { slow().await }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let grace = Duration::from_millis(100);
        let server = tokio::spawn(serve(listener, router, shutdown, 4, grace));
        let connect = || async { TcpStream::connect(address).await.unwrap() };
        let mut busy = connect().await;
        let slow = b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
        busy.write_all(slow).await.unwrap();
        let silent = connect().await;
        let mut idle = [connect().await, connect().await];
        for stream in &mut idle {
            assert_eq!(ask(stream).await.unwrap(), "HTTP/1.1 200");
        }
        let (begun, mut new) = (Instant::now(), Vec::new());
        for _ in 0..3 {
            let mut stream = connect().await;
            assert_eq!(ask(&mut stream).await.unwrap(), "HTTP/1.1 200");
            new.push(stream);
        }
        let elapsed = begun.elapsed();
        assert!(elapsed < limits::HEAD_TIMEOUT_UNDER_PRESSURE, "{elapsed:?}");
        for mut stream in [silent].into_iter().chain(idle) {
            let mut rest = Vec::new();
            let closed =
                tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut rest));
            assert!(closed.await.is_ok(), "an idle connection is still open");
        }
        let mut byte = [0];
        let open = tokio::time::timeout(grace, busy.read(&mut byte)).await;
        assert!(open.is_err(), "the busy one was closed");
        drop(stop);
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_shutdown_ends_though_the_database_does_not_close() {
        let slow = Arc::new(Slow);
        let router = Router::new().route(
            "/",
            get(move || {
                let _slow = slow.clone();
                std::future::ready("")
            }),
        );
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let begun = Instant::now();
        let grace = Duration::from_millis(100);
        serve(listener, router, std::future::ready(()), 1, grace).await;
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_warning_is_not_repeated_at_once() {
        let mut warning = Sometimes::default();
        let now = Instant::now();
        assert!(warning.is_due(now));
        assert!(!warning.is_due(now + Duration::from_secs(1)));
        assert!(warning.is_due(now + limits::WARNING_INTERVAL));
    }
}
