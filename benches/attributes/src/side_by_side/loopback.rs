//! Servers that stand in for Discord, on this machine alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use discord_log::{Config, Guard, Loss};

/// Listens, and answers nobody.
pub fn hanging() -> SocketAddr {
    let (listener, address) = listen();
    thread::spawn(move || {
        let open: Vec<_> = listener.incoming().collect();
        drop(open);
    });
    address
}

/// Takes every message, and says so at once.
pub fn answering() -> SocketAddr {
    let (listener, address) = listen();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    address
}

/// A webhook at an address.
pub fn webhook(address: SocketAddr) -> String {
    format!("http://{address}/api/webhooks/1/token-of-a-measurement")
}

/// Starts discord-log with a webhook for every channel at an address.
pub fn start(address: SocketAddr) -> Guard {
    let settings = Config::builder().shared_webhook(webhook(address)).service("benches").journal("memory");
    let guard = discord_log::init_with(settings.build().expect("settings")).expect("a logger");
    // Until the logger's own threads have settled.
    thread::sleep(std::time::Duration::from_millis(300));
    guard
}

/// Counts events that found the ring full, and so cost less than others.
pub fn refused() -> u64 {
    discord_log::health().lost.get(&Loss::QueueFull).copied().unwrap_or_default()
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

fn answer(mut stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        let header = line.trim().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        line.clear();
        if header.is_empty() {
            let mut body = vec![0; std::mem::take(&mut length)];
            let is_gone = reader.read_exact(&mut body).is_err();
            if is_gone || stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_err() {
                return;
            }
        }
    }
}
