//! What goes out as one message, until Discord has it.

use super::form::Form;
use super::shown::Shown;
use crate::event::Channel;

/// What goes out as one message.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) shown: Vec<Shown>,
    pub(crate) form: Form,
    pub(crate) target: Target,
    /// An earlier attempt may have arrived.
    pub(crate) may_repeat: bool,
    /// A part of one that was refused, or that broke the server.
    pub(super) is_cut: bool,
    /// How often in a row the server broke over it.
    pub(super) faults: u32,
    /// How many messages of the lane had been delivered when it was put aside last.
    pub(super) aside_since: Option<u64>,
    /// How often it came back from there, after others were delivered, and the server broke over it again.
    pub(super) proofs: u32,
}

/// Where a message goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    /// The channel of the webhook.
    Channel,
    /// A forum post that it opens.
    NewThread,
    /// A forum post that is there.
    Thread(String),
}

impl Batch {
    pub(super) const fn new(form: Form, target: Target, shown: Vec<Shown>) -> Self {
        Self { shown, form, target, may_repeat: false, is_cut: false, faults: 0, aside_since: None, proofs: 0 }
    }

    /// Cuts off what comes after the first `kept`.
    pub(super) fn split_off(&mut self, kept: usize) -> Self {
        let shown = self.shown.split_off(kept);
        Self { may_repeat: self.may_repeat, is_cut: self.is_cut, ..Self::new(self.form, self.target.clone(), shown) }
    }

    /// Says whether it is as it was made: nobody has judged it yet.
    pub(super) const fn is_fresh(&self) -> bool {
        !self.may_repeat && !self.is_cut && self.faults == 0 && self.aside_since.is_none()
    }

    pub(super) fn keeps_its_order(&self) -> bool {
        self.shown.iter().any(|shown| shown.entry.event.channel() == Channel::Finance)
    }
}
