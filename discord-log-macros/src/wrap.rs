//! What an annotated function becomes: itself, with its body handed to the runtime in one call.
//!
//! What is generated decides nothing. It names no variable, matches nothing and imports nothing, so that whatever the
//! user's names mean in their scope makes no difference; a closure's parameter and the guard of a scope are hygienic.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Ident, ReturnType, Type};

use crate::arguments::Arguments;
use crate::attribute::Attribute;
use crate::callsite;
use crate::function::Function;
use crate::mistakes::Mistakes;
use crate::returns::Shape;

/// Expands an attribute, or says everything that is wrong.
pub(crate) fn expand(attribute: &Attribute, arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    let arguments = Arguments::parse(attribute, arguments, &mut mistakes);
    let Some(function) = mistakes.sift(Function::parse(attribute, item)) else {
        return mistakes.finish().map(|()| TokenStream::new());
    };
    let shape = Shape::of(&function.signature);
    mistakes.sift(check(attribute, &function, &shape));
    mistakes.finish()?;

    let runtime = match &arguments.runtime {
        Some(path) => quote!(#path::__private),
        None => quote!(::discord_log::__private),
    };
    let observer = observer(&runtime, attribute, &arguments, &function);
    Ok(function.with_body(&body(&runtime, attribute, &observer, &function, &shape)))
}

fn check(attribute: &Attribute, function: &Function, shape: &Shape) -> syn::Result<()> {
    let Attribute { name, needs_result, .. } = attribute;
    let signature = &function.signature;
    let mut mistakes = Mistakes::default();
    if let Some(keyword) = &signature.constness {
        let why = "may run inside the compiler; remove `const`, or annotate what calls it";
        mistakes.add(Error::new(keyword.span, format_args!("`#[{name}]` cannot watch a `const fn`, which {why}")));
    }
    if *needs_result && let Some(returns) = returns_no_result(shape) {
        let needs = format!("`#[{name}]` needs a function that returns a `Result`, and this one {returns}");
        let instead = "return a `Result`, or use `#[log_activity]`, which takes any function";
        mistakes.add(match &signature.output {
            ReturnType::Default => Error::new(signature.ident.span(), format_args!("{needs}; {instead}")),
            ReturnType::Type(_, returned) => Error::new_spanned(returned, format_args!("{needs}; {instead}")),
        });
    }
    mistakes.finish()
}

/// Says what a function returns that can be seen to be no `Result`; of any other type the compiler decides.
fn returns_no_result(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Value(None) | Shape::Async(None) => Some("returns nothing"),
        Shape::Never | Shape::Async(Some(Type::Never(_))) => Some("never returns"),
        Shape::Opaque => Some("hides what it returns"),
        _ => None,
    }
}

/// The observer, with the fields it is to tell; evaluated before the body takes the function's arguments.
fn observer(runtime: &TokenStream, attribute: &Attribute, arguments: &Arguments, function: &Function) -> TokenStream {
    let observer = Ident::new(attribute.observer, Span::call_site());
    let callsite = callsite::expand(runtime, attribute, arguments, function);
    let observer = quote!(#runtime::#observer::at(#callsite));
    match arguments.fields.as_deref() {
        None | Some([]) => observer,
        Some(fields) => {
            let collection = Ident::new("fields", Span::mixed_site());
            let fields = fields.iter().map(|field| field.push_to(&collection));
            quote!(#observer.with(|#collection| { #(#fields)* }))
        }
    }
}

/// The forms differ in what makes the user's types and early returns mean what they meant in the function itself.
fn body(
    runtime: &TokenStream,
    attribute: &Attribute,
    observer: &TokenStream,
    function: &Function,
    shape: &Shape,
) -> TokenStream {
    let statements = &function.statements;
    let failure = |returned: Option<&Type>| failure(runtime, attribute, returned);
    match shape {
        Shape::Value(returned) => {
            let arrow = returned.as_ref().map(|returned| quote!(-> #returned));
            let failure = failure(returned.as_ref());
            quote!(#runtime::observe(#observer, move || #arrow { #statements }, #failure))
        }
        Shape::Opaque | Shape::Never => {
            let scope = Ident::new("_scope", Span::mixed_site());
            quote!(let #scope = #runtime::scope(#observer); #statements)
        }
        Shape::Async(returned) => {
            // Without a value of the written type to return, the compiler would not coerce to it.
            let (named, typed) = match returned {
                None => (quote!(()), None),
                Some(Type::Never(_)) => (quote!(#runtime::Never), None),
                Some(named) => (quote!(#named), Some(quote!(if false { return #runtime::unreached::<#named>(); }))),
            };
            let failure = failure(returned.as_ref());
            let body = quote!(async move { #typed #statements });
            quote!(#runtime::observe_async::<#named, _, _, _>(#observer, #body, #failure).await)
        }
        Shape::Future { output } => {
            let failure = failure(Some(output));
            quote!(#runtime::observe_future::<#output, _, _, _>(#observer, move || { #statements }, #failure))
        }
        Shape::BoxedFuture { output, returned } => {
            let failure = failure(Some(output));
            let make = match unboxed(statements) {
                Some(future) => quote!(move || #future),
                None => quote!(move || -> #returned { #statements }),
            };
            quote!(#runtime::observe_boxed::<#output, _, _, _>(#observer, #make, #failure))
        }
    }
}

/// The closure that finds the failure in what was returned. The type is written out, so that the compiler points at
/// the user's own where it is no `Result`.
fn failure(runtime: &TokenStream, attribute: &Attribute, returned: Option<&Type>) -> TokenStream {
    let value = Ident::new("returned", Span::mixed_site());
    match returned {
        Some(returned) if attribute.needs_result => {
            quote!(|#value| #runtime::fallible::<#returned>(#value).discord_log_failure())
        }
        _ => quote!(|#value| #runtime::probe(#value).discord_log_failure()),
    }
}

/// Gives `future` of a body that is `Box::pin(future)` and nothing else, which then needs one box instead of two.
fn unboxed(statements: &TokenStream) -> Option<TokenStream> {
    let mut path: Vec<TokenTree> = statements.clone().into_iter().collect();
    let TokenTree::Group(arguments) = path.pop()? else { return None };
    let is_path = path.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    let ends_in =
        path.iter().rev().filter(|token| matches!(token, TokenTree::Ident(_))).take(2).map(ToString::to_string);
    if !is_path || arguments.delimiter() != Delimiter::Parenthesis || !ends_in.eq(["pin", "Box"]) {
        return None;
    }
    let mut future: Vec<TokenTree> = arguments.stream().into_iter().collect();
    future.pop_if(|last| matches!(last, TokenTree::Punct(comma) if comma.as_char() == ','));
    Some(future.into_iter().collect())
}
