//! A place on this machine where connections are taken.

use std::{future::Future, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A connection, plain or over TLS.
pub type Wire = Box<dyn Both>;

/// What can be read and written.
pub trait Both: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// Takes connections, over TLS where a configuration is given, and has a conversation over each; `http://127.0.0.1:PORT` is where.
pub async fn listen<T: Future<Output = ()> + Send + 'static>(
    tls: Option<rustls::ServerConfig>,
    converse: impl Fn(Wire) -> T + Clone + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (converse, acceptor) = (converse.clone(), acceptor.clone());
            tokio::spawn(async move {
                match acceptor {
                    None => converse(Box::new(stream)).await,
                    // Who does not like the certificate goes away.
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            converse(Box::new(stream)).await;
                        }
                    }
                }
            });
        }
    });
    address
}
