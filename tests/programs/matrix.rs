//! One small service in many shapes: on no runtime or on any, and with ends that are none. The argument says which; each
//! logs the same events, so that a test can look for every one of them.

use std::cell::RefCell;
use std::error::Error;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use discord_log::{Guard, log_errors, log_user_action};
use smol::future::yield_now;
use tokio::runtime::Builder;

type Anything<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let case = std::env::args().nth(1).unwrap_or_default();
    let ended = match case.as_str() {
        "no-runtime" => no_runtime(),
        "current-thread" => current_thread(),
        "multi-thread" => multi_thread(),
        "two-runtimes" => two_runtimes(),
        "smol" => on_smol(),
        "panic-in-main" => panicking(|| fall("main")),
        "panic-in-thread" => panicking(|| drop(thread::spawn(|| fall("thread")).join())),
        "panic-in-destructor" => panicking(|| drop(thread::spawn(|| LAST_WORDS.with(|_| {})).join())),
        "panic-in-panic" => panicking(|| {
            let _untidy = Untidy;
            fall("first");
        }),
        other => Err(format!("no case `{other}`").into()),
    };
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn no_runtime() -> Anything<()> {
    let guard = discord_log::init()?;
    let threads: Vec<_> = (0..TASKS).map(|task| thread::spawn(move || smol::block_on(work(task)))).collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread panicked")??;
    }
    thread::spawn(|| AT_THE_END.with(|_| {})).join().map_err(|_| "a thread panicked")?;
    discord_log::flush(PATIENCE)?;
    end(guard)
}

/// Without a timer and without I/O, and with the guard in it, as in an `async fn main`.
fn current_thread() -> Anything<()> {
    Builder::new_current_thread().build()?.block_on(async {
        let guard = discord_log::init()?;
        work_on_tokio().await?;
        discord_log::flush_async(PATIENCE).await?;
        end(guard)
    })
}

fn multi_thread() -> Anything<()> {
    Builder::new_multi_thread().worker_threads(2).build()?.block_on(async {
        let guard = discord_log::init()?;
        work_on_tokio().await?;
        discord_log::flush_async(PATIENCE).await?;
        tokio::task::spawn_blocking(|| end(guard)).await?
    })
}

/// The logger outlives the runtime on which it was started.
fn two_runtimes() -> Anything<()> {
    let first = Builder::new_multi_thread().worker_threads(2).build()?;
    let guard = first.block_on(async { discord_log::init() })?;
    let (half, rest) = (0..TASKS / 2, TASKS / 2..TASKS);
    first.block_on(async move { on_tokio(half).await })?;
    // With a task that never ends.
    first.spawn(std::future::pending::<()>());
    drop(first);
    let second = Builder::new_current_thread().build()?;
    second.block_on(async move { on_tokio(rest).await })?;
    second.block_on(discord_log::flush_async(PATIENCE))?;
    drop(second);
    end(guard)
}

fn on_smol() -> Anything<()> {
    smol::block_on(async {
        let guard = discord_log::init()?;
        let tasks: Vec<_> = (0..TASKS).map(|task| smol::spawn(work(task))).collect();
        for task in tasks {
            task.await?;
        }
        discord_log::flush_async(PATIENCE).await?;
        smol::unblock(|| end(guard)).await
    })
}

async fn work_on_tokio() -> Anything<()> {
    on_tokio(0..TASKS).await
}

async fn on_tokio(tasks: std::ops::Range<usize>) -> Anything<()> {
    let tasks: Vec<_> = tasks.map(|task| tokio::spawn(work(task))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// What every task does: it logs, gives way to others, and the last of them fails.
async fn work(task: usize) -> Anything<()> {
    for number in 0..EVENTS {
        log_user_action(format!("Action {task}-{number}"));
        yield_now().await;
    }
    if task == TASKS - 1 && deliver().await.is_ok() {
        return Err("it had to fail".into());
    }
    Ok(())
}

#[log_errors(context = "Deliver")]
async fn deliver() -> Anything<()> {
    yield_now().await;
    knock().await
}

#[log_errors(context = "Knock")]
async fn knock() -> Anything<()> {
    yield_now().await;
    Err("nobody is at home".into())
}

fn end(guard: Guard) -> Anything<()> {
    let left = guard.shutdown(PATIENCE).left;
    if left == 0 { Ok(()) } else { Err(format!("{left} events are left").into()) }
}

/// Logs one event and panics before anything of it can be delivered.
fn panicking(panics: impl FnOnce()) -> Anything<()> {
    let _guard = discord_log::init()?;
    log_user_action("Action 0-0");
    panics();
    Ok(())
}

#[expect(clippy::panic, reason = "this is what the test is about")]
fn fall(text: &str) {
    panic!("fell in {text}");
}

/// Panics while another panic is under way.
struct Untidy;

impl Drop for Untidy {
    fn drop(&mut self) {
        fall("second");
    }
}

/// Does something when its thread ends.
struct Last(fn());

impl Drop for Last {
    fn drop(&mut self) {
        self.0();
    }
}

thread_local! {
    static AT_THE_END: RefCell<Last> = const { RefCell::new(Last(|| log_user_action("Action at-the-end"))) };
    static LAST_WORDS: RefCell<Last> = const { RefCell::new(Last(|| fall("destructor"))) };
}

const TASKS: usize = 4;
const EVENTS: usize = 10;
/// Longest that anything takes on a healthy machine.
const PATIENCE: Duration = Duration::from_secs(15);
