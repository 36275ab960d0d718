//! Reads a history and makes the figures of a day. Takes as long as the disk does for a fortnight of files, so it runs on
//! a thread of its own; memory stays bounded, whatever the files hold.

use std::io;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::figures::Figures;
use super::fold::Fold;
use crate::event::Currency;
use crate::record::History;

/// What is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) day: Date,
    pub(crate) zone: TimeZone,
    /// The currency of amounts that name none.
    pub(crate) currency: Currency,
}

/// Makes the figures of a day.
pub(crate) fn make(history: &History, request: &Request) -> io::Result<Figures> {
    let fold = Fold::new(request.zone.clone(), request.currency, request.day);
    let mut fold = fold.ok_or_else(|| io::Error::other("a day beyond the calendar"))?;
    let first = fold.first_file();
    for day in history.days()?.into_iter().filter(|day| *day >= first) {
        let damaged = history.read(day, &mut |past| fold.take(&past))?;
        fold.damaged(damaged);
    }
    Ok(fold.finish())
}
