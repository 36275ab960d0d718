//! The attributes of discord-log. They are documented where they are meant to be used from: in the crate
//! `discord_log`.
//!
//! An attribute goes through four steps: `arguments` says what was written, `function` what it stands on, `stack` which
//! others of ours stand there too, and `wrap` what the function becomes: the same, with its body handed to one call into
//! the runtime. All mistakes are told at once, beside the item as it was written. On an `impl` or a `trait`, `methods`
//! puts the attribute on the functions in it.

mod arguments;
mod attribute;
mod duration;
mod fields;
mod function;
mod methods;
mod mistakes;
mod placeholders;
mod returns;
mod site;
mod stack;
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

/// See `discord_log::log_skip`.
#[proc_macro_attribute]
pub fn log_skip(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let written = proc_macro2::TokenStream::from(arguments);
    if written.is_empty() {
        return item;
    }
    let mistake = syn::Error::new_spanned(written, "`#[log_skip]` takes no arguments");
    [mistake.into_compile_error().into(), item].into_iter().collect()
}

/// The item stays beside its mistakes, so that what calls it still compiles.
fn expand(attribute: &'static Attribute, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let (written, kept) = (arguments.into(), item.clone().into());
    if stack::is_merged(&written) {
        return item;
    }
    let expanded = if methods::holds_methods(&kept) {
        methods::expand(attribute, &written, kept)
    } else {
        wrap::expand(attribute, written, kept)
    };
    match expanded {
        Ok(item) => item.into(),
        Err(mistakes) => [mistakes.into_compile_error().into(), item].into_iter().collect(),
    }
}
