//! A throw-away certificate for this machine, and the authority that signed it: made for one run, known to nobody else.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The server side of TLS, and the certificate that a client must trust for it.
pub(super) struct ThrowAway {
    pub config: Arc<ServerConfig>,
    /// The authority's certificate, as PEM.
    pub authority: String,
}

/// Makes a certificate for `localhost`, `127.0.0.1` and `::1`.
///
/// # Errors
///
/// If this machine's cryptography refuses, with its message.
pub(super) fn throw_away() -> Result<ThrowAway, String> {
    let told = |error: rcgen::Error| error.to_string();
    let key = KeyPair::generate().map_err(told)?;
    let mut authority = CertificateParams::new(Vec::new()).map_err(told)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "upheld mock, for this run only");
    let certificate = authority.self_signed(&key).map_err(told)?;
    let issuer = Issuer::new(authority, key);

    let own_key = KeyPair::generate().map_err(told)?;
    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let mut own = CertificateParams::new(names.to_vec()).map_err(told)?;
    own.distinguished_name.push(DnType::CommonName, "localhost");
    own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let own_certificate = own.signed_by(&own_key, &issuer).map_err(told)?;

    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![own_certificate.der().clone()], private)
        .map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(ThrowAway { config: Arc::new(config), authority: certificate.pem() })
}
