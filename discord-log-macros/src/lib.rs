//! The attributes of discord-log. They are documented where they are meant to be used from: in the crate
//! `discord_log`.
//!
//! An attribute goes through three steps: `arguments` says what was written, `function` what it stands on, and `wrap`
//! what the function becomes: the same, with its body handed to one call into the runtime. All mistakes are told at
//! once, beside the item as it was written.

mod arguments;
mod attribute;
mod callsite;
mod duration;
mod fields;
mod function;
mod mistakes;
mod returns;
mod wrap;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

use crate::attribute::{Attribute, LOG_ACTIVITY, LOG_ERRORS, LOG_PERFORMANCE};

/// See `discord_log::log_errors`.
#[proc_macro_attribute]
pub fn log_errors(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(&LOG_ERRORS, arguments, item)
}

/// See `discord_log::log_activity`.
#[proc_macro_attribute]
pub fn log_activity(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(&LOG_ACTIVITY, arguments, item)
}

/// See `discord_log::log_performance`.
#[proc_macro_attribute]
pub fn log_performance(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(&LOG_PERFORMANCE, arguments, item)
}

/// The item stays beside its mistakes, so that what calls it still compiles.
fn expand(attribute: &Attribute, arguments: TokenStream, item: TokenStream) -> TokenStream {
    match wrap::expand(attribute, arguments.into(), item.clone().into()) {
        Ok(function) => function.into(),
        Err(mistakes) => [mistakes.into_compile_error().into(), item].into_iter().collect(),
    }
}
