//! A channel's messages, in order; those of a thread or forum post stand together, where the newest of them is.

use askama::Template;

use super::message;
use super::snapshot::{Names, Placed, Window};
use crate::guild::ThreadState;

/// A thread ready to be written, with messages of it.
#[derive(Debug, Template)]
#[template(path = "thread.html")]
struct Thread<'a> {
    id: &'a str,
    name: &'a str,
    forum: bool,
    archived: bool,
    locked: bool,
    tags: Vec<String>,
    messages: Vec<String>,
}

/// Writes the items of a channel's list.
pub(super) fn items(window: &Window, names: &Names) -> askama::Result<String> {
    let mut items: Vec<(Option<&str>, Vec<&Placed>)> = Vec::new();
    for placed in &window.messages {
        let thread = placed.message.thread.as_ref().map(|thread| thread.id.as_str());
        let open = thread.and_then(|id| items.iter().position(|(place, _)| *place == Some(id)));
        let mut item = open.map_or((thread, Vec::new()), |position| items.remove(position));
        item.1.push(placed);
        items.push(item);
    }
    let mut html = String::new();
    for (thread, placed) in items {
        let messages = placed.iter().map(|placed| message::html(placed, names));
        let messages = messages.collect::<askama::Result<Vec<String>>>()?;
        match thread.and(placed.first()) {
            Some(first) => html.push_str(&thread_html(first, &window.threads, window.forum, messages)?),
            None => html.push_str(&messages.concat()),
        }
    }
    Ok(html)
}

/// Writes a thread around messages of it; `first` is one of them.
pub(super) fn thread_html(
    first: &Placed,
    threads: &[ThreadState],
    forum: bool,
    messages: Vec<String>,
) -> askama::Result<String> {
    let Some(thread) = &first.message.thread else {
        return Ok(messages.concat());
    };
    let state = threads.iter().find(|state| state.id == thread.id);
    let shown = Thread {
        id: &thread.id,
        name: state.map_or(&thread.name, |state| &state.name),
        forum,
        archived: state.is_some_and(|state| state.archived),
        locked: state.is_some_and(|state| state.locked),
        tags: state.map(|state| state.tags.clone()).unwrap_or_default(),
        messages,
    };
    shown.render()
}
