//! The static that tells the runtime what the attributes know of their function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::duration::Threshold;
use crate::fields::located_at;
use crate::function::Function;
use crate::stack::{Stack, Watch};

/// Makes a reference to the static, in a block of its own so that the body does not see it.
pub(crate) fn expand(runtime: &TokenStream, stack: &Stack, function: &Function) -> TokenStream {
    let name = function.signature.ident.unraw().to_string();
    let mut known = quote! {
        #runtime::Site::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!(), &DISCORD_LOG_METER)
    };
    known.extend(stack.watches().iter().map(|watch| said(runtime, watch, &name)));
    // A constant of the user's may be named in here.
    quote!({
        static DISCORD_LOG_METER: #runtime::Meter = #runtime::Meter::new();
        static DISCORD_LOG_SITE: #runtime::Site = #known;
        &DISCORD_LOG_SITE
    })
}

/// What one attribute says of the function.
fn said(runtime: &TokenStream, Watch { attribute, arguments }: &Watch, function: &str) -> TokenStream {
    let mut said = TokenStream::new();
    if attribute.name == "log_activity" {
        let words = arguments.purpose.as_ref().map_or_else(|| in_words(function), syn::LitStr::value);
        said.extend(quote!(.doing(#words)));
        said.extend(arguments.channel.as_ref().map(|channel| quote!(.telling(#channel))));
        return said;
    }
    said.extend(arguments.purpose.as_ref().map(|context| quote!(.failing_in(#context))));
    said.extend(arguments.channel.as_ref().map(|channel| quote!(.failing_to(#channel))));
    said.extend(arguments.severity.as_ref().map(|severity| quote!(.ranked(#runtime::Severity::#severity))));
    said.extend(arguments.threshold.as_ref().map(|threshold| match threshold {
        Threshold::Constant(constant) => {
            let here = located_at(constant.span());
            quote_spanned!(here=> .slow_after_nanos(#runtime::threshold(#constant).discord_log_nanos()))
        }
        Threshold::Nanos(nanos) => quote!(.slow_after_nanos(#nanos)),
    }));
    said
}

/// Writes the name of a function as people would: `create_invoice` is `Create invoice`.
fn in_words(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_words() {
        assert_eq!(in_words("create_invoice"), "Create invoice");
        assert_eq!(in_words("__retry__http2_call_"), "Retry http2 call");
        assert_eq!(in_words("ütf"), "Ütf");
        assert_eq!(in_words("_"), "_");
    }
}
