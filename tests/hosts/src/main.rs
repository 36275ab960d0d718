//! A host on ring: it makes its own TLS configuration before and after `init`, serves TLS itself with a certificate that
//! nobody signed, and gives its own address to the logger as a webhook. Nothing here may panic; the logger has to refuse
//! the certificate, say so, and show no token.

use std::error::Error;
use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use discord_log::Config;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

fn main() -> Result<(), Box<dyn Error>> {
    // Where only ring is built in, rustls finds it by itself; where there are two, every program has to choose.
    if cfg!(feature = "aws-lc") {
        rustls::crypto::ring::default_provider().install_default().map_err(|_| "a provider before ours")?;
    }
    let address = serve()?;
    own_tls();

    let webhook = format!("https://localhost:{}/api/webhooks/1/s3cret-token", address.port());
    let guard = discord_log::init_with(Config::builder().shared_webhook(webhook).journal("memory").build()?)?;
    own_tls();
    discord_log::log_user_action("Invoice generated");

    let patience = Instant::now() + Duration::from_secs(20);
    let trouble = loop {
        let webhooks = discord_log::health().webhooks;
        match webhooks.iter().find(|webhook| !webhook.trouble.is_empty()) {
            Some(webhook) => break webhook.trouble.clone(),
            None if Instant::now() > patience => return Err("the logger did not try".into()),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    println!("refused: {trouble}");
    if !trouble.contains("certificate") || trouble.contains("s3cret-token") {
        return Err(format!("not what a refused certificate should say: {trouble}").into());
    }
    own_tls();
    let _ = guard.shutdown(Duration::ZERO);
    Ok(())
}

/// What the host does for itself; rustls panics here when it cannot tell which provider is meant.
fn own_tls() {
    let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    drop(config);
}

fn serve() -> Result<std::net::SocketAddr, Box<dyn Error>> {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der())?;
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![signed.cert.der().clone()], key)?;
    let config = Arc::new(config);
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Ok(connection) = ServerConnection::new(Arc::clone(&config)) {
                let _ = StreamOwned::new(connection, stream).read(&mut [0; 1024]);
            }
        }
    });
    Ok(address)
}
