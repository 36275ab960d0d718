//! The frames of a backtrace that are the program's own: what the standard library, the runtime and this crate put between
//! them is left out, and so is what stands below `main`.
//!
//! Of what other libraries do in between only the number is told, since a web framework alone has more frames than a
//! program. All of it is in the file.
//!
//! Reads the text that `std` writes, since its frames can be had in no other way; looking up names and lines happens
//! there, once an event, and may read the program's debug information from the disk.

use super::budget::Size;
use super::limits;
use super::passage::{Passage, Place, Written};
use crate::event;

/// What the text of a backtrace says of the program.
#[derive(Debug)]
pub(super) struct Backtrace {
    /// `function (file:line)`, the innermost first.
    own: Vec<String>,
    /// Frames of libraries that the program uses.
    foreign: usize,
    /// Bytes of the whole text.
    length: usize,
}

impl Backtrace {
    /// Reads what `std` writes. Where the event was logged tells the program's own functions from others of which no
    /// file is known.
    pub(super) fn read(text: &str, place: Option<event::Place<'_>>) -> Self {
        let module = place.and_then(|place| place.module);
        let own_crate = module.map(|module| module.split("::").next().unwrap_or(module));
        let (mut own, mut foreign): (Vec<String>, usize) = (Vec::new(), 0);
        let mut last = "";
        for (name, place) in frames(text) {
            match origin(name, place, own_crate) {
                Origin::Machinery => continue,
                Origin::Foreign => foreign += 1,
                Origin::Own => {
                    let function = function_of(name);
                    // Where a program keeps tables of lines alone, closures and `async fn` have a place and no name.
                    let is_nameless = function.starts_with('{');
                    // A function that was wrapped shows twice in a row: its body, and what calls that.
                    if function == last && !is_nameless {
                        continue;
                    }
                    last = function;
                    own.push(described(function, place, is_nameless));
                }
            }
        }
        Self { own, foreign, length: text.len() }
    }

    /// Writes as many of the program's own frames as there is room for, and how many others there are; nothing if there
    /// is room for none.
    pub(super) fn write(&self, room: Size) -> Written {
        let most = self.own.len().min(limits::FRAMES);
        let written = (1..=most).rev().map(|count| {
            let own = self.own.iter().take(count).map(|frame| format!("{OWN} {frame}"));
            let frames: Vec<_> = own.chain(self.rest(count)).collect();
            // In one piece or not at all.
            Passage::of(frames.join("\n")).write(Place::Code, Size::characters(usize::MAX))
        });
        let text = written.into_iter().find(|text| Size::of(text).fits(room)).unwrap_or_default();
        Written { cut: self.length.saturating_sub(text.len()), text }
    }

    /// All of the program's own frames, a line each.
    pub(super) fn own(&self) -> impl Iterator<Item = String> {
        self.own.iter().map(|frame| format!("{OWN} {frame}"))
    }

    fn rest(&self, count: usize) -> Option<String> {
        let frames = |count: usize| if count == 1 { "1 frame".to_owned() } else { format!("{count} frames") };
        match (self.own.len() - count, self.foreign) {
            (0, 0) => None,
            (0, foreign) => Some(format!("… {} of other crates in the file", frames(foreign))),
            (own, 0) => Some(format!("… {own} more in the file")),
            (own, foreign) => Some(format!("… {own} more and {} of other crates in the file", frames(foreign))),
        }
    }
}

/// Takes names and places off the lines that tell them.
fn frames(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut frames: Vec<(&str, Option<&str>)> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some((_, known)) = frames.last_mut() {
                known.get_or_insert(place);
            }
        } else if let Some((number, name)) = line.split_once(": ")
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            frames.push((name, None));
        }
    }
    frames
}

fn described(function: &str, place: Option<&str>, is_nameless: bool) -> String {
    let shown = function.get(..function.floor_char_boundary(limits::FUNCTION_BYTES)).unwrap_or_default();
    match place.map(short) {
        Some(place) if is_nameless => place.to_owned(),
        Some(place) => format!("{shown} ({place})"),
        None => shown.to_owned(),
    }
}

/// Whose a frame is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Origin {
    /// Of a library that the program uses.
    Foreign,
    /// What every program has: it says nothing.
    Machinery,
    /// Of the program.
    Own,
}

/// Says whose a frame is. One that the compiler has put into another has its bare name and is told by its place; one
/// that has neither path nor a Rust source is a symbol of the system's.
fn origin(name: &str, place: Option<&str>, own_crate: Option<&str>) -> Origin {
    let stands_in = |parts: &[&str]| place.is_some_and(|place| parts.iter().any(|part| place.contains(part)));
    let is_symbol = !name.contains("::") && place.is_none_or(|place| !place.contains(".rs:"));
    if stands_in(&FOREIGN_SOURCES) || is_symbol || is_foreign(name) {
        return Origin::Machinery;
    }
    let is_elsewhere = match (place, own_crate) {
        (Some(_), _) => stands_in(&LIBRARIES),
        (None, Some(own)) => !names_crate(name, own),
        (None, None) => false,
    };
    if is_elsewhere { Origin::Foreign } else { Origin::Own }
}

/// Says whether a function, or the type that it belongs to, is of a crate.
fn names_crate(name: &str, own: &str) -> bool {
    let path = name.trim_start_matches(['<', '&', '*']);
    path.strip_prefix(own).is_some_and(|rest| rest.starts_with("::"))
}

fn is_foreign(name: &str) -> bool {
    let starts_foreign = |path: &str| FOREIGN.iter().any(|foreign| path.starts_with(foreign));
    let subject = name.trim_start_matches(['<', '&', '*']);
    let subject = subject.strip_prefix("mut ").or_else(|| subject.strip_prefix("dyn ")).unwrap_or(subject);
    let (subject, of_trait) = subject.split_once(" as ").unwrap_or((subject, ""));
    // `<F as core::ops::FnOnce>` stands for any function, `<billing::Job as …>` for one of the program's.
    let is_of_anything = !subject.contains("::") || subject.starts_with("fn(");
    starts_foreign(subject) || (is_of_anything && starts_foreign(of_trait))
}

fn function_of(name: &str) -> &str {
    let mut function = name;
    while let Some((outer, last)) = function.rsplit_once("::")
        && last.starts_with('{')
        && last.ends_with('}')
    {
        function = outer;
    }
    function
}

/// Takes the column off, and what stands before the source of a library.
fn short(place: &str) -> &str {
    let file_and_line = place.rsplit_once(':').map_or(place, |(rest, _)| rest);
    let source = file_and_line.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    source.map_or(file_and_line, |(_, rest)| rest).trim_start_matches("./")
}

/// Stands before the program's own frames.
const OWN: &str = "▸";

/// Where the sources of libraries are: in a registry, in a checkout, or beside the program.
const LIBRARIES: [&str; 3] = ["/registry/src/", "/git/checkouts/", "/vendor/"];

/// Crates whose functions say nothing about the program.
const FOREIGN: [&str; 8] =
    ["alloc::", "backtrace::", "core::", "discord_log::", "futures_util::", "std::", "test::", "tokio::"];

/// Where their sources are: in the compiler's own tree, as it was built or as a component; in a registry; in a checkout.
const FOREIGN_SOURCES: [&str; 6] =
    ["/rustc/", "/rustlib/src/", "/discord-log-", "/discord-log/src/", "/futures-util-", "/tokio-"];

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Vec<String> {
        Backtrace::read(text, None).own
    }

    fn write(text: &str, room: Size) -> String {
        Backtrace::read(text, None).write(room).text
    }

    const TEXT: &str = "\
   0: std::backtrace_rs::backtrace::libunwind::trace
             at /rustc/48a426eca9df23b24b3559e545cf88dee61d4de9/library/std/src/../../backtrace/src/libunwind.rs:117:9
   1: std::backtrace::Backtrace::create
             at /rustc/48a426eca9df23b24b3559e545cf88dee61d4de9/library/std/src/backtrace.rs:331:13
   2: discord_log::capture::log_errors::report
             at /cargo/registry/src/index.crates.io-1949cf8c6b5b557f/discord-log-1.0.0/src/capture/log_errors.rs:70:9
   3: <discord_log::capture::probe::Probe<T> as core::ops::drop::Drop>::drop
   4: inlined
             at ./src/store.rs:77:3
   4: billing::store::save::{{closure}}::{closure#0}
             at ./src/store.rs:42:17
   5: billing::store::save
             at ./src/store.rs:40:1
   6: <billing::Job as core::ops::function::FnOnce<()>>::call_once
             at ./src/job.rs:7:5
   7: <F as core::future::future::Future>::poll
   8: <&mut F as core::future::future::Future>::poll
   9: sqlx_core::pool::inner::acquire::{{closure}}::{{closure}}
             at /cargo/registry/src/index.crates.io-1949cf8c6b5b557f/sqlx-core-0.8.2/src/pool/inner.rs:263:9
  10: <tokio::task::coop::Coop<F> as core::future::future::Future>::poll
  11: tokio::runtime::park::CachedParkThread::block_on
  12: billing::main
             at ./src/main.rs:9:5
  13: core::ops::function::FnOnce::call_once
  14: std::sys::backtrace::__rust_begin_short_backtrace
  15: call_once<billing::main::{closure_env#0}, ()>
             at /rustc/48a426eca9df23b24b3559e545cf88dee61d4de9/library/core/src/ops/function.rs:250:5
  16: main
  16: start_thread
             at ./nptl/pthread_create.c:442:8
  17: <unknown>
  18: __libc_start_main
";

    #[test]
    fn only_the_programs_own_frames_are_shown() {
        let expected = [
            "inlined (src/store.rs:77)",
            "billing::store::save (src/store.rs:42)",
            "<billing::Job as core::ops::function::FnOnce<()>>::call_once (src/job.rs:7)",
            "billing::main (src/main.rs:9)",
        ];
        assert_eq!(own(TEXT), expected);
        assert_eq!(Backtrace::read(TEXT, None).foreign, 1);
    }

    #[test]
    fn as_many_frames_are_written_as_there_is_room_for() {
        let whole = write(TEXT, Size::characters(4_096));
        assert!(whole.starts_with("```\n▸ inlined (src"), "{whole}");
        assert!(whole.ends_with("main.rs:9)\n… 1 frame of other crates in the file\n```"), "{whole}");
        let one = write(TEXT, Size::characters(93));
        assert_eq!(one, "```\n▸ inlined (src/store.rs:77)\n… 3 more and 1 frame of other crates in the file\n```");
        for room in 0..whole.len() {
            assert!(Size::of(&write(TEXT, Size::characters(room))).fits(Size::characters(room)), "{room}");
        }
        assert_eq!(write(TEXT, Size::characters(20)), "");
    }

    #[test]
    fn a_deep_backtrace_is_cut_to_a_dozen_frames() {
        let deep: String =
            (0..500).map(|frame| format!("{frame}: billing::f{frame}\n   at ./src/a.rs:1:2\n")).collect();
        let written = write(&deep, Size::characters(4_096));
        assert_eq!(written.lines().count(), limits::FRAMES + 3, "{written}");
        assert!(written.contains("\n… 488 more in the file\n"), "{written}");
    }

    #[test]
    fn what_the_standard_library_writes_today_is_read() {
        let backtrace = std::backtrace::Backtrace::force_capture().to_string();
        // Everything in here but the test itself is foreign, whether the compiler keeps it whole or not.
        let frames = own(&backtrace.replace("discord_log::", "billing::"));
        assert!(frames.first().is_some_and(|frame| frame.contains("writes_today_is_read (")), "{frames:?} {backtrace}");
        assert!(frames.iter().all(|frame| frame.contains("src/render/backtrace.rs:")), "{frames:?} {backtrace}");
    }

    #[test]
    fn what_has_no_name_is_told_by_its_place() {
        let text = "\
   0: {async_fn#0}
             at ./src/store.rs:42:5
   1: {async_block#0}
             at ./src/store.rs:50:22
   2: {closure#0}<billing::main::{closure_env#0}>
             at ./src/job.rs:8:3
   3: {closure#0}<billing::main::{closure_env#0}>
             at ./src/job.rs:3:3
   4: run<billing::main::{closure_env#0}>
             at ./src/job.rs:2:1
";
        let expected = [
            "src/store.rs:42",
            "src/store.rs:50",
            "src/job.rs:8",
            "src/job.rs:3",
            "run<billing::main::{closure_env#0}> (src/job.rs:2)",
        ];
        assert_eq!(own(text), expected);
    }
}
