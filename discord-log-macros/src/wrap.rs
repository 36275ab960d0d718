//! What an annotated function becomes: itself, with its body handed to the runtime in one call.
//!
//! What is generated decides nothing. It names no variable, matches nothing and imports nothing, so that whatever the
//! user's names mean in their scope makes no difference; a closure's parameter and the guard of a scope are hygienic.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Error, Ident, ReturnType, Type};

use crate::arguments::Arguments;
use crate::attribute::Attribute;
use crate::fields::located_at;
use crate::function::Function;
use crate::mistakes::Mistakes;
use crate::returns::Shape;
use crate::site;
use crate::stack::{Stack, Watch};

/// Expands an attribute and those below it, or says everything that is wrong.
pub(crate) fn expand(
    attribute: &'static Attribute,
    arguments: TokenStream,
    item: TokenStream,
) -> syn::Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    let arguments = Arguments::parse(attribute, arguments, &mut mistakes);
    let Some(mut function) = mistakes.sift(Function::parse(attribute, item)) else {
        return mistakes.finish().map(|()| TokenStream::new());
    };
    let (stack, header) = Stack::gather(Watch { attribute, arguments }, function.header, &mut mistakes);
    function.header = header;
    let shape = Shape::of(&function.signature);
    mistakes.sift(check(attribute, &stack, &function, &shape));
    mistakes.finish()?;

    let runtime = stack.runtime();
    Ok(function.with_body(&body(&runtime, &stack, &function, &shape)))
}

fn check(attribute: &Attribute, stack: &Stack, function: &Function, shape: &Shape) -> syn::Result<()> {
    let signature = &function.signature;
    let mut mistakes = Mistakes::default();
    if let Some(keyword) = &signature.constness {
        let why = "may run inside the compiler; remove `const`, or annotate what calls it";
        let name = attribute.name;
        mistakes.add(Error::new(keyword.span, format_args!("`#[{name}]` cannot watch a `const fn`, which {why}")));
    }
    if let Some(Attribute { name, .. }) = stack.needing_result()
        && let Some(returns) = returns_no_result(shape)
    {
        let needs = format!("`#[{name}]` needs a function that returns a `Result`, and this one {returns}");
        let instead = "return a `Result`, or use `#[log_activity]`, which takes any function";
        mistakes.add(match &signature.output {
            ReturnType::Default => Error::new(signature.ident.span(), format_args!("{needs}; {instead}")),
            ReturnType::Type(_, returned) => Error::new_spanned(returned, format_args!("{needs}; {instead}")),
        });
    }
    if let (Shape::Opaque | Shape::Never, Some(ret)) = (shape, argument(stack, |arguments| arguments.ret.as_ref())) {
        let why = "hides what it returns, or never returns; leave it out";
        mistakes.add(Error::new(ret.span(), format_args!("`ret` cannot be told of a function that {why}")));
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

fn argument<'s, T>(stack: &'s Stack, of: impl Fn(&'s Arguments) -> Option<T>) -> Option<T> {
    stack.watches().iter().find_map(|watch| of(&watch.arguments))
}

/// The call, with the fields it is to tell; evaluated before the body takes the function's arguments.
fn call(runtime: &TokenStream, stack: &Stack, function: &Function) -> TokenStream {
    let watched: u8 = stack.watches().iter().map(|watch| watch.attribute.bit).sum();
    let site = site::expand(runtime, stack, function);
    let call = quote!(#runtime::Call::<#watched>::of(#site));
    let asked = Ident::new("asked", Span::mixed_site());
    let collection = Ident::new("fields", Span::mixed_site());
    let asks: Vec<_> = stack
        .watches()
        .iter()
        .filter_map(|Watch { attribute, arguments }| {
            let fields = arguments.fields.as_deref().filter(|fields| !fields.is_empty())?;
            let asks = format_ident!("{}", attribute.asks);
            let pushes = fields.iter().map(|field| field.push_to(&collection));
            Some(quote!(#asked.#asks(|#collection| { #(#pushes)* });))
        })
        .collect();
    if asks.is_empty() { call } else { quote!(#call.asking(|#asked| { #(#asks)* })) }
}

/// The forms differ in what makes the user's types and early returns mean what they meant in the function itself.
fn body(runtime: &TokenStream, stack: &Stack, function: &Function, shape: &Shape) -> TokenStream {
    let statements = &function.statements;
    let call = call(runtime, stack, function);
    let look = look(runtime, stack, shape);
    match shape {
        Shape::Value(returned) => {
            let arrow = returned.as_ref().map(|returned| quote!(-> #returned));
            quote!(#runtime::observe(#call, move || #arrow { #statements }, #look))
        }
        Shape::Opaque | Shape::Never => {
            let scope = Ident::new("_scope", Span::mixed_site());
            quote!(let #scope = #runtime::scope(#call); #statements)
        }
        Shape::Async(returned) => {
            // Without a value of the written type to return, the compiler would not coerce to it.
            let (named, typed) = match returned {
                None => (quote!(()), None),
                Some(Type::Never(_)) => (quote!(#runtime::Never), None),
                Some(named) => (quote!(#named), Some(quote!(if false { return #runtime::unreached::<#named>(); }))),
            };
            let body = quote!(async move { #typed #statements });
            quote!(#runtime::observe_async::<_, _, #named, _, _>(#call, #body, #look).await)
        }
        Shape::Future { output } => {
            quote!(#runtime::observe_future::<_, _, #output, _, _>(#call, move || { #statements }, #look))
        }
        Shape::BoxedFuture { output, returned } => {
            let make = match unboxed(statements) {
                Some(future) => quote!(move || #future),
                None => quote!(move || -> #returned { #statements }),
            };
            quote!(#runtime::observe_boxed::<_, _, #output, _, _>(#call, #make, #look))
        }
    }
}

/// The closure that looks at what was returned. The type is written out, so that the compiler points at the user's own
/// where it is no `Result`.
fn look(runtime: &TokenStream, stack: &Stack, shape: &Shape) -> TokenStream {
    let value = Ident::new("returned", Span::mixed_site());
    let mut look = match shape.value().filter(|_| stack.needing_result().is_some()) {
        Some(returned) => quote!(#runtime::fallible::<#returned>(#value).discord_log_look()),
        None => quote!(#runtime::probe(#value).discord_log_look()),
    };
    if let Some(path) = argument(stack, |arguments| arguments.skip_if.as_ref()) {
        look = quote!(#runtime::excuse(#look, #value, #path));
    }
    if let Some(ret) = argument(stack, |arguments| arguments.ret.as_ref()) {
        let here = located_at(ret.span());
        let shown = quote_spanned!(here=> #runtime::returned(#value).discord_log_shown());
        look = quote!(#runtime::showing(#look, #shown));
    }
    quote!(|#value| #look)
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
