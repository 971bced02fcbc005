//! Taking connections, and letting them finish.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;

use crate::limits;
use crate::wire::Wire;

/// Takes connections until `shutdown` completes, then lets the requests under way finish and the database close, for as
/// long as `grace` allows.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    grace: Duration,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS));
    let mut shutdown = pin!(shutdown);
    let mut shortage = Sometimes::default();
    loop {
        let left = places.available_permits();
        if left == 0 && shortage.is_due(Instant::now()) {
            let most = limits::CONNECTIONS;
            tracing::warn!(most, "all connections are taken: new ones wait");
        }
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            () = &mut shutdown => break,
            (place, accepted) = accepted => match accepted {
                Ok((stream, _)) => (place, stream),
                Err(error) => {
                    // Out of file descriptors, most likely: wait for connections to end.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small packets may wait");
        }
        let head_timeout = match left < limits::PRESSURE {
            true => limits::HEAD_TIMEOUT_UNDER_PRESSURE,
            false => limits::HEAD_TIMEOUT,
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_timeout)
            .serve_connection(
                Wire::new(TokioIo::new(stream)),
                TowerToHyperService::new(router.clone()),
            );
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    let deadline = Instant::now() + grace;
    if tokio::time::timeout_at(deadline, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests under way were given up");
    }
    close(router, deadline).await;
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
    use axum::routing::get;

    use super::*;

    /// A database that takes long to close.
    struct Slow;

    impl Drop for Slow {
        fn drop(&mut self) {
            std::thread::sleep(Duration::from_secs(60));
        }
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
        serve(listener, router, std::future::ready(()), grace).await;
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
