//! No request is handled, so there is no answer to one.

use std::convert::Infallible;
use std::marker::PhantomData;

use crate::capture::failing::Ending;
use crate::capture::timing::End;
use crate::capture::trail::Rising;

/// Never made.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'r>(Infallible, PhantomData<&'r ()>);

impl<'r> Answer<'r> {
    pub(super) fn end(self, _: Ending<'_>, _: Vec<Rising>) -> End<'r> {
        match self.0 {}
    }
}
