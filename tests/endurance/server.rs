//! Servers that hang, trickle and break off: a lane is held up by its own server alone, and never for long.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use discord_log_preview::Fault;

use crate::ledger::titles;
use crate::program::PATIENCE;
use crate::world::World;

#[test]
fn a_lane_whose_server_misbehaves_goes_on_within_its_timeout_and_holds_up_no_other() {
    let mut world = World::start();
    world.set("DISCORD_TIMEOUT", "1");
    let faults = [
        Fault::hang(),
        Fault::trickle(1, Duration::from_millis(300)),
        Fault::truncated(),
        Fault::garbage(),
        Fault::oversized(1 << 30),
        Fault::no_content(),
        Fault::connection_closed(),
        Fault::connection_reset(),
        Fault::connection_reset().after_storing(),
        Fault::latency(Duration::from_millis(1_500)),
    ];
    let mut program = world.program("s");
    program.expect_ready();
    for (number, fault) in (1..).zip(faults) {
        let name = fault.kind().name();
        world.discord.fault(fault.in_channel("errors").only("POST").times(2));
        let start = Instant::now();
        program.expect("log errors 10", "done");
        program.expect("log activity 10", "done");
        assert!(world.wait_for_told("activity", number * 10, PATIENCE));
        let others = start.elapsed();
        program.flush();
        println!("{name}: others after {others:.1?}, all after {:.1?}", start.elapsed());
        assert!(others < Duration::from_secs(1), "{name} holds up other lanes for {others:.1?}");
        // Twice the timeout, the pauses between, and room for a busy machine.
        assert!(start.elapsed() < Duration::from_secs(5), "{name} holds its lane up for {:.1?}", start.elapsed());
        world.discord.clear_faults();
    }
    assert!(program.end("drop").success());
    world.judge_all().check();
}

#[test]
fn a_server_that_breaks_the_protocol_gets_everything_in_the_end() {
    let mut world = World::start();
    let (port, bodies) = serve_badly();
    world.set("DISCORD_TIMEOUT", "1");
    world.set("DISCORD_WEBHOOK_ERRORS", &format!("http://127.0.0.1:{port}/api/webhooks/77/canary-of-a-bad-server"));
    let mut program = world.program("r");
    program.expect_ready();
    let start = Instant::now();
    program.expect("log errors 10", "done");
    program.expect("log activity 10", "done");
    assert!(world.wait_for_told("activity", 10, Duration::from_secs(1)), "other lanes are held up");
    program.flush();
    let took = start.elapsed();
    println!("{BAD_ANSWERS} bad answers in {took:.1?}");
    // All but the first two and the last cost the timeout.
    assert!(took < Duration::from_secs(u64::from(BAD_ANSWERS) + 5), "{took:.1?}");
    assert!(program.end("drop").success());
    let told: std::collections::BTreeSet<_> =
        bodies.try_iter().flat_map(|body| titles(&body).collect::<Vec<_>>()).collect();
    assert_eq!(told.len(), 10, "{told:?}");
    world.judge().check();
}

/// Answers its first messages in ways that no proxy of the preview can, then well; hands out what it took well.
fn serve_badly() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (body, bodies) = channel();
    let count = Arc::new(AtomicU32::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (body, count) = (body.clone(), Arc::clone(&count));
            thread::spawn(move || {
                // Who is hung up on writes in vain.
                let _ = answer(stream, &count, &body);
            });
        }
    });
    (port, bodies)
}

fn answer(mut stream: TcpStream, count: &AtomicU32, taken: &std::sync::mpsc::Sender<String>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        head.push_str(&line);
    }
    let good = |id: u32| {
        let body = format!("{{\"id\":\"{id}\",\"channel_id\":\"5\"}}");
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    };
    if !head.starts_with("POST") {
        return stream.write_all(good(1).as_bytes());
    }
    let number = count.fetch_add(1, Ordering::Relaxed);
    if number == 0 {
        return Ok(());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    match number {
        1 => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le"),
        2 => drip(&mut stream, good(2).as_bytes()),
        3 => stream.write_all(b"HTTP/1.1 200 OK\r\n").map(|()| sleep(PATIENCE)),
        4 => drip(&mut stream, format!("HTTP/1.1 200 OK\r\nX-Long: {}", "x".repeat(1_000)).as_bytes()),
        5 => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
        _ => {
            let _ = taken.send(String::from_utf8_lossy(&body).into_owned());
            stream.write_all(good(number).as_bytes())
        }
    }
}

fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte])?;
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

const BAD_ANSWERS: u32 = 6;
