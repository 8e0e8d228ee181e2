//! `upheld record` in front of a provider with TLS.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use super::support::World;
use super::support::client::send;

const CONTRACT: &str = "contracts/storefront/orders.yaml";

/// The arguments to record orders at this URL.
fn record_orders(url: &str) -> Vec<&str> {
    vec!["record", "--consumer", "storefront", "--provider", "orders", "--upstream", url]
}

#[test]
fn a_provider_with_tls_is_recorded_if_its_certificate_is_trusted() {
    let world = World::new();
    let (url, certificate) = tls_provider();
    world.write("ca.pem", certificate);
    let trusting = world.variable("SSL_CERT_FILE", "ca.pem");
    let recording = trusting.wrap(record_orders(&url));
    let received = send(recording.url(), "GET /orders/1", &[], b"");
    assert_eq!((received.status, received.text().as_str()), (200, "{\"safe\":true}"), "{received:?}");
    assert_eq!(recording.done().code, Some(0));
    assert!(trusting.read(CONTRACT).contains("safe: true"));

    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    let received = send(recording.url(), "GET /orders/1", &[], b"");
    assert!(received.status == 502 && received.text().contains("the TLS handshake with"), "{received:?}");
    let output = recording.done();
    assert_eq!(output.code, Some(5), "{output}");
    assert!(!world.path("contracts").exists());
}

/// A provider with TLS that always sends the same response, and the certificate of its CA.
fn tls_provider() -> (String, String) {
    use std::sync::Arc;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![String::from("localhost")]).unwrap().signed_by(&key, &ca).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
            let mut got = Vec::new();
            let mut piece = [0; 4096];
            while let Ok(length) = stream.read(&mut piece) {
                got.extend_from_slice(&piece[..length]);
                if length == 0 || got.ends_with(b"\r\n\r\n") {
                    break;
                }
            }
            let response =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"safe\":true}";
            let _ = stream.write_all(response).and_then(|()| stream.flush());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (url, ca.pem())
}
