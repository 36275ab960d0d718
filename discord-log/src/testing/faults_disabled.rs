//! Nothing fails on purpose.

#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Recorder,
    Sender,
}

pub(crate) const fn fail_point(_: Part) {}
