//! The way to a provider: no listener, no name, a proxy between, TLS.

use std::sync::{Arc, Mutex};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::servers::{answering, client, get, patient, plain, request, server};
use crate::http::connect::Connector;
use crate::http::{BaseUrl, HttpClient, HttpOptions, Proxies, codes};
use crate::verification::Provider as _;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_port_without_a_listener_is_a_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = get(BaseUrl::parse(&format!("http://{address}")).expect("a base URL")).await.expect_err("an error");
    assert_eq!(error.code, codes::REFUSED);
    assert_eq!(error.message, format!("nothing listens at {address}: connection refused"));
    assert_eq!(error.help, ["start the provider, or correct its URL"]);
}

#[tokio::test]
async fn a_provider_can_be_reached_without_sending_a_request() {
    // The connection that shows it is the one that is used.
    let base = server(|mut stream, number| async move {
        while request(&mut stream).await.is_some() && number == 0 {
            let _ = stream.write_all(OK.as_bytes()).await;
        }
    })
    .await;
    let client = patient(base);
    client.connects().await.expect("a connection");
    client.send(&plain("POST", "/"), &|_, _| true).await.expect("an answer");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let error = client.with_base(BaseUrl::local(port)).connects().await.expect_err("nobody there");
    assert_eq!(error.code, codes::REFUSED);
}

#[tokio::test]
async fn a_server_on_one_of_two_addresses_of_a_name_is_found() {
    let port = answering(OK, false).await.port();
    let reply = get(BaseUrl::local(port)).await.expect("an answer");
    assert_eq!(reply.response.body, b"ok");
}

#[tokio::test]
async fn an_unknown_host_name_is_reported() {
    // No part of a name may be that long, so nobody needs to be asked (RFC 1035, section 2.3.4).
    let name = format!("{}.example", "x".repeat(64));
    let error = get(BaseUrl::parse(&format!("http://{name}")).expect("a base URL")).await.expect_err("an error");
    assert_eq!(error.code, codes::NAME);
    assert!(error.message.starts_with(&format!("the name `{name}` can't be resolved: ")), "{error:?}");
}

#[tokio::test]
async fn a_listener_that_never_accepts_is_given_up() {
    // TLS waits for the server's part of the handshake, which never comes.
    let base = server(|mut stream, _| async move {
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await;
    let secure = BaseUrl::parse(&base.to_string().replace("http:", "https:")).expect("a base URL");
    let error = client(secure).send(&plain("GET", "/"), &|_, _| true).await.expect_err("an error");
    assert_eq!(error.code, codes::CONNECT_TIMEOUT, "{error:?}");
}

/// A proxy that keeps the first lines of the requests that it gets, and forwards tunnels to `target`.
async fn proxy(target: u16) -> (Proxies, Arc<Mutex<Vec<String>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let base = server(move |mut stream, _| {
        let keep = Arc::clone(&keep);
        async move {
            while let Some((head, _)) = request(&mut stream).await {
                keep.lock().expect("no panic").push(head.clone());
                if head.starts_with("CONNECT closed.example") {
                    let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
                } else if head.starts_with("CONNECT") {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                    let mut onward = TcpStream::connect(("127.0.0.1", target)).await.expect("the target");
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut onward).await;
                } else {
                    let _ = stream.write_all(OK.as_bytes()).await;
                }
            }
        }
    })
    .await;
    let url = base.to_string().replace("http://", "http://ann:s3cr3t@");
    (Proxies::all(&url, ""), kept)
}

/// A server with a certificate for `localhost` and `orders.example`, and a TLS configuration that trusts it.
async fn secure() -> (u16, ClientConfig) {
    let names = ["localhost".to_owned(), "orders.example".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server_config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key"),
        )
        .expect("a key that fits");
    let acceptor = TlsAcceptor::from(Arc::new(server_config));
    let base = server(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { return };
                head.push(byte);
            }
            let _ = stream.write_all(OK.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).expect("a root");
    let client_config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (base.port(), client_config)
}

#[tokio::test]
async fn a_provider_with_a_trusted_certificate_is_reached_over_tls() {
    let (port, trust) = secure().await;
    let base = BaseUrl::parse(&format!("https://localhost:{port}")).expect("a base URL");
    let client = HttpClient::connecting_by(Connector::trusting(trust), base, &HttpOptions::default());
    assert_eq!(client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer").response.body, b"ok");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_issuer_is_refused() {
    let (port, _) = secure().await;
    let base = BaseUrl::parse(&format!("https://localhost:{port}")).expect("a base URL");
    let error = get(base).await.expect_err("an error");
    assert_eq!(error.code, codes::TLS);
    assert!(error.message.contains("UnknownIssuer"), "{error:?}");
    assert!(error.help[0].contains("SSL_CERT_FILE"), "{error:?}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let (port, trust) = secure().await;
    let base = BaseUrl::parse(&format!("https://127.0.0.1:{port}")).expect("a base URL");
    let client = HttpClient::connecting_by(Connector::trusting(trust), base, &HttpOptions::default());
    let error = client.send(&plain("GET", "/"), &|_, _| true).await.expect_err("an error");
    assert_eq!(error.code, codes::TLS);
    assert!(error.help[0].contains("for the host in its URL"), "{error:?}");
}

#[tokio::test]
async fn plain_http_in_place_of_tls_is_reported() {
    let port = server(|mut stream, _| async move {
        let _ = stream.read_u8().await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
    .port();
    let error =
        get(BaseUrl::parse(&format!("https://127.0.0.1:{port}")).expect("a base URL")).await.expect_err("an error");
    assert_eq!(error.code, codes::TLS);
    assert!(error.help[0].contains(&format!("write `http://127.0.0.1:{port}`")), "{error:?}");
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url_and_its_own_credentials() {
    let (proxies, kept) = proxy(0).await;
    let base = BaseUrl::parse("http://orders.example:8080/api").expect("a base URL");
    let client = HttpClient::new(base, &HttpOptions { proxies, ..HttpOptions::default() });
    assert_eq!(client.send(&plain("GET", "/orders"), &|_, _| true).await.expect("an answer").response.body, b"ok");
    assert_eq!(
        kept.lock().expect("no panic").as_slice(),
        ["GET http://orders.example:8080/api/orders HTTP/1.1\r\nhost: orders.example:8080\r\n\
          proxy-authorization: Basic YW5uOnMzY3IzdA==\r\n\r\n"]
    );
}

#[tokio::test]
async fn tls_goes_through_a_tunnel_of_the_proxy() {
    let (port, trust) = secure().await;
    let (proxies, kept) = proxy(port).await;
    let base = BaseUrl::parse("https://orders.example").expect("a base URL");
    let connector = Connector::trusting(trust).through(proxies);
    let client = HttpClient::connecting_by(connector, base, &HttpOptions::default());
    assert_eq!(client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer").response.body, b"ok");
    let kept = kept.lock().expect("no panic");
    assert_eq!(kept.len(), 1);
    assert!(kept[0].starts_with("CONNECT orders.example:443 HTTP/1.1\r\nhost: orders.example:443\r\n"), "{kept:?}");
}

#[tokio::test]
async fn a_refusing_proxy_is_named() {
    let (proxies, _) = proxy(0).await;
    let base = BaseUrl::parse("https://closed.example").expect("a base URL");
    let options = HttpOptions { proxies, ..HttpOptions::default() };
    let error =
        HttpClient::new(base.clone(), &options).send(&plain("GET", "/"), &|_, _| true).await.expect_err("an error");
    assert_eq!(error.code, codes::PROXY);
    assert!(error.message.contains("it responded with 403 Forbidden"), "{error:?}");
    assert!(!error.message.contains("s3cr3t"), "{error:?}");

    let options = HttpOptions { proxies: Proxies::all("https://127.0.0.1:1", ""), ..HttpOptions::default() };
    let error = HttpClient::new(base, &options).send(&plain("GET", "/"), &|_, _| true).await.expect_err("an error");
    assert!(error.message.contains("only proxies with an `http://` URL"), "{error:?}");
}

#[tokio::test]
async fn this_machine_is_reached_without_the_proxy() {
    let (proxies, kept) = proxy(0).await;
    let base = answering(OK, false).await;
    let client = HttpClient::new(base, &HttpOptions { proxies, ..HttpOptions::default() });
    client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer");
    assert!(kept.lock().expect("no panic").is_empty());
    assert!(patient(BaseUrl::local(1)).base().is_local());
}
