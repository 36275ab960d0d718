//! What waits to be posted: the most important first, with a guaranteed share for the rest.

use std::collections::VecDeque;

use super::form::Form;
use super::shown::{Importance, Shown};

/// What waits to be posted.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    critical: VecDeque<Shown>,
    errors: VecDeque<Shown>,
    rest: VecDeque<Shown>,
    /// Messages in a row that left the rest behind.
    passed_by: u32,
}

impl Waiting {
    pub(super) fn push(&mut self, shown: Shown) {
        self.queue(shown.importance()).push_back(shown);
    }

    /// Puts back in front what was taken, in its order.
    pub(super) fn put_back(&mut self, taken: Vec<Shown>) {
        for shown in taken.into_iter().rev() {
            self.queue(shown.importance()).push_front(shown);
        }
    }

    /// Moves what became more important to where it belongs.
    pub(super) fn sort(&mut self, from: Importance) {
        let queue = self.queue(from);
        let (stay, go) = queue.drain(..).partition(|shown| shown.importance() >= from);
        *queue = stay;
        let go: VecDeque<_> = go;
        go.into_iter().for_each(|shown| self.push(shown));
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Shown> {
        self.critical.iter_mut().chain(&mut self.errors).chain(&mut self.rest)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.critical.len() + self.errors.len() + self.rest.len()
    }

    /// How many events of the journal are held.
    pub(super) fn held(&self) -> usize {
        self.critical.iter().chain(&self.errors).chain(&self.rest).map(Shown::held).sum()
    }

    /// Takes what one message tells, of so many a minute, and says how; what is a message of its own alone.
    pub(super) fn take(&mut self, messages: u32) -> Option<(Form, Vec<Shown>)> {
        let (form, mut taken) = self.take_any(messages)?;
        let Some(apart) = taken.iter().position(Shown::stands_alone) else { return Some((form, taken)) };
        let others = taken.split_off(apart.max(1));
        self.put_back(others);
        Some((if apart == 0 { Form::Embeds } else { form }, taken))
    }

    /// Takes what goes together. What fits into one message goes together; of more than that only
    /// what is of one importance, so that a flood of the lesser never hides an error in a file.
    fn take_any(&mut self, messages: u32) -> Option<(Form, Vec<Shown>)> {
        let few = Form::Embeds.capacity();
        if self.len() <= few {
            self.passed_by = 0;
            let all = self.critical.drain(..).chain(self.errors.drain(..)).chain(self.rest.drain(..));
            return Some((Form::Embeds, all.collect())).filter(|(_, all): &(Form, Vec<Shown>)| !all.is_empty());
        }
        let is_due = self.passed_by >= PASSED_BY && !self.rest.is_empty();
        let importance = match (self.critical.is_empty(), self.errors.is_empty()) {
            _ if is_due => Importance::Rest,
            (false, _) => Importance::Critical,
            (true, false) => Importance::Error,
            (true, true) => Importance::Rest,
        };
        self.passed_by = if importance == Importance::Rest { 0 } else { self.passed_by + 1 };
        let queue = self.queue(importance);
        // Whoever has to act now reads no file.
        let form = match importance {
            Importance::Critical => Form::Embeds,
            Importance::Error | Importance::Rest => Form::for_backlog(queue.len(), messages),
        };
        let count = queue.len().min(form.capacity());
        Some((form, queue.drain(..count).collect()))
    }

    /// Takes the next that is told by itself or as a group, with all that may go with it.
    pub(super) fn take_for_forum(&mut self, messages: u32) -> Option<(Form, Vec<Shown>)> {
        let (form, mut taken) = self.take(messages)?;
        let is_group = |shown: &Shown| shown.group.is_some();
        let count = match form {
            // A group is a post of its own.
            Form::Embeds if taken.first().is_some_and(is_group) => 1,
            Form::Embeds => taken.iter().take_while(|shown| !is_group(shown)).count(),
            Form::Lines | Form::Digest => taken.len(),
        };
        let others = taken.split_off(count);
        self.put_back(others);
        Some((form, taken))
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = Shown> {
        self.critical.drain(..).chain(self.errors.drain(..)).chain(self.rest.drain(..))
    }

    fn queue(&mut self, importance: Importance) -> &mut VecDeque<Shown> {
        match importance {
            Importance::Critical => &mut self.critical,
            Importance::Error => &mut self.errors,
            Importance::Rest => &mut self.rest,
        }
    }
}

/// Messages in a row that may leave the rest behind: one in five is for it.
const PASSED_BY: u32 = 4;
