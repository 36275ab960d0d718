//! The whole page, and the part of a channel before what is shown of it.

use askama::Template;
use serde_json::{Value, json};

use super::budget::{Faults, Stats, Switch, Webhook, switches};
use super::column;
use super::snapshot::{Asked, Names, Snapshot, Window};

#[derive(Debug, Template)]
#[template(path = "page.html")]
struct Page<'a> {
    /// The name that live updates go on from; nothing on a stretch of the past.
    since: Option<String>,
    columns: Vec<Column<'a>>,
    channels: &'a [String],
    only: Option<&'a str>,
    stats: Stats<'a>,
    faults: Faults<'a>,
    switches: [Switch; 8],
}

#[derive(Debug)]
struct Column<'a> {
    window: &'a Window,
    items: String,
    webhooks: Vec<(&'a str, String)>,
}

/// Writes the page.
pub(crate) fn document(snapshot: &Snapshot, asked: &Asked, run: u64) -> askama::Result<String> {
    let columns = snapshot.windows.iter().map(|window| column(window, snapshot));
    let page = Page {
        since: asked.before.is_none().then(|| format!("{run}-{}", snapshot.revision)),
        columns: columns.collect::<askama::Result<_>>()?,
        channels: &snapshot.channels,
        only: asked.channel.as_deref(),
        stats: Stats::of(&snapshot.state),
        faults: Faults { faults: &snapshot.state.faults },
        switches: switches(),
    };
    page.render()
}

fn column<'a>(window: &'a Window, snapshot: &'a Snapshot) -> askama::Result<Column<'a>> {
    let budgets = &snapshot.state.budgets.webhooks;
    let webhooks = window.webhooks.iter().filter_map(|id| {
        let budget = budgets.iter().find(|budget| budget.webhook_id == *id)?;
        Some(Webhook { budget }.render().map(|html| (id.as_str(), html)))
    });
    Ok(Column {
        window,
        items: column::items(window, &snapshot.names)?,
        webhooks: webhooks.collect::<askama::Result<_>>()?,
    })
}

/// Messages before those that are shown, and where the next ones start.
pub(crate) fn earlier(window: &Window, names: &Names) -> askama::Result<Value> {
    Ok(json!({
        "items": column::items(window, names)?,
        "before": window.earlier.map(|key| key.to_string()),
    }))
}
