//! The static that tells the runtime what an attribute knows of its function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

use crate::arguments::Arguments;
use crate::attribute::Attribute;
use crate::function::Function;

/// Makes a reference to the static, in a block of its own so that the body does not see it.
pub(crate) fn expand(
    runtime: &TokenStream,
    attribute: &Attribute,
    arguments: &Arguments,
    function: &Function,
) -> TokenStream {
    let name = function.signature.ident.unraw().to_string();
    let mut known = quote! {
        #runtime::Callsite::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!())
    };
    if let Some(purpose) = &arguments.purpose {
        known.extend(quote!(.doing(#purpose)));
    } else if attribute.reads_name {
        let words = in_words(&name);
        known.extend(quote!(.doing(#words)));
    }
    if let Some(channel) = &arguments.channel {
        known.extend(quote!(.told_in(#channel)));
    }
    if let Some(severity) = &arguments.severity {
        known.extend(quote!(.ranked(#runtime::Severity::#severity)));
    }
    if let Some(nanos) = arguments.threshold_nanos {
        known.extend(quote!(.slow_after_nanos(#nanos)));
    }
    quote!({
        static CALLSITE: #runtime::Callsite = #known;
        &CALLSITE
    })
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
