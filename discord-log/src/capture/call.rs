//! One call of an annotated function, before it runs: the function, and the fields that its attributes ask for.

use std::borrow::Cow;

use crate::capture::fields::Fields;
use crate::capture::site::Site;
use crate::event::{Event, Kind};
use crate::logger;

/// `log_errors` stands on the function.
pub const ERRORS: u8 = 1;
/// `log_activity` stands on the function.
pub const ACTIVITY: u8 = 2;
/// `log_performance` stands on the function.
pub const PERFORMANCE: u8 = 4;

/// A call that is watched for some of [`ERRORS`], [`ACTIVITY`] and [`PERFORMANCE`]; `A` holds the fields, if the
/// attributes ask for some.
#[derive(Debug)]
pub struct Call<const WATCHED: u8, A = ()> {
    pub(crate) site: &'static Site,
    pub(crate) asked: A,
}

/// The fields of a call, each attribute's for its own events.
#[derive(Debug, Default)]
pub struct Asked {
    errors: Option<Fields>,
    activity: Option<Fields>,
    performance: Option<Fields>,
}

/// Fields that were asked for, or none: a future of a function without fields keeps no room for them.
pub trait Asking: Default + sealed::Sealed {
    #[doc(hidden)]
    fn asked(&self) -> Option<&Asked>;
}

impl Asking for () {
    #[inline]
    fn asked(&self) -> Option<&Asked> {
        None
    }
}

// On the heap, because a future that is stored by the thousand should not grow by an event.
impl Asking for Option<Box<Asked>> {
    #[inline]
    fn asked(&self) -> Option<&Asked> {
        self.as_deref()
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "that it cannot be named is what seals it")]
    pub trait Sealed {}
    impl Sealed for () {}
    impl Sealed for Option<Box<super::Asked>> {}
}

impl<const WATCHED: u8> Call<WATCHED> {
    /// Begins with a function.
    #[inline]
    #[must_use]
    pub const fn of(site: &'static Site) -> Self {
        Self { site, asked: () }
    }

    /// Evaluates fields, if somebody listens.
    #[inline]
    #[must_use]
    pub fn asking(self, build: impl FnOnce(&mut Asked)) -> Call<WATCHED, Option<Box<Asked>>> {
        let asked = logger::is_on().then(|| {
            let mut asked = Box::<Asked>::default();
            build(&mut asked);
            asked
        });
        Call { site: self.site, asked }
    }
}

impl<const WATCHED: u8, A: Asking> Call<WATCHED, A> {
    #[inline]
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.asked.asked()
    }
}

impl Asked {
    /// Evaluates the fields of `log_errors`.
    pub fn of_errors(&mut self, build: impl FnOnce(&mut Fields)) {
        self.errors = Fields::wanted(Kind::Error, build);
    }

    /// Evaluates the fields of `log_activity`.
    pub fn of_activity(&mut self, build: impl FnOnce(&mut Fields)) {
        self.activity = Fields::wanted(Kind::Activity, build);
    }

    /// Evaluates the fields of `log_performance`.
    pub fn of_performance(&mut self, build: impl FnOnce(&mut Fields)) {
        self.performance = Fields::wanted(Kind::SlowCall, build);
    }

    fn fields(&self, of: u8) -> Option<&Fields> {
        match of {
            ERRORS => self.errors.as_ref(),
            ACTIVITY => self.activity.as_ref(),
            _ => self.performance.as_ref(),
        }
    }
}

/// Copies the fields of one attribute behind those that the event has.
pub(crate) fn add_fields(event: &mut Event, asked: Option<&Asked>, of: u8) {
    if let Some(fields) = asked.and_then(|asked| asked.fields(of)) {
        fields.copy_to(event);
    }
}

/// Puts the values of fields where a text names them: `Invoice {id}`. `{{` and `}}` stand for braces; a name without a
/// value stays as it was written.
pub(crate) fn filled_in(template: &'static str, asked: Option<&Asked>, of: u8) -> Cow<'static, str> {
    if !template.contains(['{', '}']) {
        return Cow::Borrowed(template);
    }
    let fields = asked.and_then(|asked| asked.fields(of));
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let doubled = ["{{", "}}"].into_iter().find(|braces| from.starts_with(braces));
        let named = from.strip_prefix('{').and_then(|from| from.split_once('}'));
        rest = match (doubled, named) {
            (Some(braces), _) => {
                text.extend(braces.chars().take(1));
                from.get(2..).unwrap_or_default()
            }
            (None, Some((name, after))) => {
                match fields.and_then(|fields| fields.get(name)) {
                    Some(value) => text.push_str(&value),
                    None => text.extend(["{", name, "}"]),
                }
                after
            }
            (None, None) => {
                text.extend(from.chars().take(1));
                from.get(1..).unwrap_or_default()
            }
        };
    }
    Cow::Owned(text + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_text_are_filled_in() {
        let mut asked = Asked::default();
        let fields = Fields::collect(|fields| {
            fields.value("id", &7);
            fields.display("client", &"ACME");
        });
        asked.errors = Some(fields);
        let filled = |template| filled_in(template, Some(&asked), ERRORS);
        assert_eq!(filled("Invoice {id} of {client}"), "Invoice 7 of ACME");
        assert_eq!(filled("{{id}} {gone} {"), "{id} {gone} {");
        assert_eq!(filled_in("Invoice {id}", None, ERRORS), "Invoice {id}");
        assert_eq!(filled_in("Invoice {id}", Some(&asked), ACTIVITY), "Invoice {id}");
    }
}
