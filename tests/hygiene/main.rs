//! The expansion means the same whatever the names around it mean: nothing is in scope here, and much is shadowed.
#![no_implicit_prelude]
#![expect(dead_code, non_snake_case, unused_imports, unused_macros, reason = "what is shadowed must not be found")]

use ::core::prelude::v1::test;

/// Where this crate pretends to have the library.
mod chronicle {
    pub(crate) use ::discord_log::*;
}

mod core {}
mod std {}
mod discord_log {}

pub(crate) struct Ok;
pub(crate) struct Err;
pub(crate) struct Some;
pub(crate) struct None;
pub(crate) struct Result;
pub(crate) struct Option;
pub(crate) struct Box;
pub(crate) struct String;
pub(crate) struct Callsite;
pub(crate) struct Fields;

/// Methods that every type has, by the names that the expansion calls.
pub(crate) trait Everywhere: ::core::marker::Sized {
    fn failure(&self) {}
    fn at(self) {}
    fn doing(self) {}
    fn with(self) {}
    fn value(&self) {}
    fn display(&self) {}
}

impl<T> Everywhere for T {}

macro_rules! module_path {
    () => {
        ::core::compile_error!("the user's macro was called")
    };
}
pub(crate) use module_path;

type Fallible = ::core::result::Result<u32, ::std::string::String>;

#[::discord_log::log_errors(context = "Hygiene", severity = "error", channel = "x", fields(a = fields, b = %returned))]
#[::discord_log::log_activity(fields(a = ?CALLSITE))]
#[::discord_log::log_performance(threshold = "1s")]
fn shadowed(fields: u32, returned: u32, CALLSITE: u32) -> Fallible {
    if fields == 0 {
        return ::core::result::Result::Err(::std::string::String::new());
    }
    ::core::result::Result::Ok(fields + returned + CALLSITE)
}

#[chronicle::log_errors(crate = crate::chronicle, fields(a = _scope))]
#[chronicle::log_activity(crate = self::chronicle)]
#[chronicle::log_performance(crate = chronicle)]
async fn renamed(_scope: u32) -> Fallible {
    ::core::result::Result::Ok(_scope)
}

#[chronicle::log_activity(crate = chronicle)]
fn hidden(_scope: u32) -> impl ::core::ops::Fn() -> u32 {
    move || _scope
}

#[chronicle::log_errors(crate = chronicle)]
fn boxed(
    number: u32,
) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = Fallible> + ::core::marker::Send>> {
    ::std::boxed::Box::pin(async move { ::core::result::Result::Ok(number) })
}

const DISCORD_LOG: f64 = 1.0;

#[expect(clippy::ptr_arg, reason = "`skip_if` asks about the error itself")]
fn is_empty(error: &::std::string::String) -> bool {
    error.is_empty()
}

#[chronicle::log_errors(crate = chronicle, context = "At {a}", fields(a = a, b = redact(asked)), skip_if = is_empty)]
#[chronicle::log_activity(crate = chronicle, ret)]
#[chronicle::log_performance(crate = chronicle, threshold = DISCORD_LOG)]
fn with_every_argument(a: u32, asked: u32) -> Fallible {
    ::core::result::Result::Ok(a + asked)
}

struct Till;

#[chronicle::log_errors(crate = chronicle)]
#[chronicle::log_activity(crate = chronicle)]
impl Till {
    fn sell(&self) -> ::core::result::Result<u32, ::std::string::String> {
        ::core::result::Result::Ok(7)
    }

    #[chronicle::log_skip]
    async fn deliver(&self) -> u32 {
        7
    }
}

#[test]
fn shadowed_names_change_nothing() {
    ::core::assert!(::core::matches!(with_every_argument(1, 2), ::core::result::Result::Ok(3)));
    ::core::assert!(Till.sell().is_ok());
    ::core::mem::drop(Till.deliver());
    ::core::assert!(::core::matches!(shadowed(1, 2, 3), ::core::result::Result::Ok(6)));
    ::core::assert!(shadowed(0, 2, 3).is_err());
    ::core::assert_eq!(hidden(5)(), 5);
    ::core::mem::drop((renamed(1), boxed(1)));
}
