//! An attribute on an `impl` or a `trait`: each function in it that the attribute fits gets it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute as Written, Error, Result, Signature, Token, Type, Visibility, token};

use crate::arguments::Arguments;
use crate::attribute::Attribute;
use crate::function::without_invisible_groups;
use crate::mistakes::Mistakes;
use crate::returns::Shape;

/// Says whether an item is an `impl` or a `trait`.
pub(crate) fn holds_methods(item: &TokenStream) -> bool {
    let starts = |input: ParseStream<'_>| {
        input.call(Written::parse_outer)?;
        input.parse::<Visibility>()?;
        if input.peek(Token![default]) {
            input.parse::<Token![default]>()?;
        }
        input.parse::<Option<Token![unsafe]>>()?;
        let holds = input.peek(Token![impl]) || input.peek(Token![trait]);
        input.parse::<TokenStream>()?;
        Ok(holds)
    };
    starts.parse2(without_invisible_groups(item.clone())).unwrap_or(false)
}

/// Puts the attribute on each function that it fits, or says what is wrong with it, once.
pub(crate) fn expand(attribute: &'static Attribute, written: &TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    let arguments = Arguments::parse(attribute, written.clone(), &mut mistakes);
    mistakes.finish()?;

    let name = format_ident!("{}", attribute.name);
    let path = match &arguments.runtime {
        Some(path) => quote!(#path::#name),
        None => quote!(::discord_log::#name),
    };
    let added = quote!(#[#path(#written)]);
    let mut outer: Vec<TokenTree> = without_invisible_groups(item).into_iter().collect();
    let Some(TokenTree::Group(body)) = outer.pop().filter(is_braced) else {
        return Err(Error::new_spanned(written, "expected the body of an `impl` or a `trait`"));
    };
    let mut annotated = Group::new(Delimiter::Brace, annotate(attribute, &added, body.stream()));
    annotated.set_span(body.span());
    outer.push(TokenTree::Group(annotated));
    Ok(outer.into_iter().collect())
}

fn is_braced(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Writes the attribute before each function that it fits; everything else stays as it is, half-written bodies too.
fn annotate(attribute: &Attribute, added: &TokenStream, mut rest: TokenStream) -> TokenStream {
    let mut annotated = TokenStream::new();
    while !rest.is_empty() {
        let item = take_item(&mut rest);
        let is_wanted = (|input: ParseStream<'_>| fits(attribute, input)).parse2(item.clone()).unwrap_or(false);
        if is_wanted {
            annotated.extend(added.clone());
        }
        annotated.extend(item);
    }
    annotated
}

/// Takes an item, which ends with its braces or its semicolon; of an item with both the semicolon is one of its own.
fn take_item(rest: &mut TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = std::mem::take(rest).into_iter().collect();
    let through_body = |input: ParseStream<'_>| {
        input.call(Written::parse_outer)?;
        input.parse::<Visibility>()?;
        if input.peek(Token![default]) {
            input.parse::<Token![default]>()?;
        }
        input.parse::<Signature>()?;
        input.parse::<TokenTree>()?;
        Ok(input.parse::<TokenStream>()?.into_iter().count())
    };
    // Only the signature tells a body from the braces of a constant in it.
    let left = through_body.parse2(trees.iter().cloned().collect()).ok();
    let length = left
        .map_or_else(|| trees.iter().position(is_end).map_or(trees.len(), |end| end + 1), |left| trees.len() - left);
    let (item, after) = trees.split_at_checked(length.max(1)).unwrap_or((&trees, &[]));
    *rest = after.iter().cloned().collect();
    item.iter().cloned().collect()
}

fn is_end(token: &TokenTree) -> bool {
    is_braced(token) || matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

/// Says whether an item is a function that the attribute can watch, and that nobody has left out.
fn fits(attribute: &Attribute, input: ParseStream<'_>) -> Result<bool> {
    let attributes = input.call(Written::parse_outer)?;
    input.parse::<Visibility>()?;
    if input.peek(Token![default]) {
        input.parse::<Token![default]>()?;
    }
    let signature: Signature = input.parse()?;
    let has_body = input.peek(token::Brace);
    input.parse::<TokenStream>()?;

    let is_left_out = attributes.iter().any(|written| {
        let last = written.path().segments.last().map(|segment| segment.ident.to_string());
        last.is_some_and(|name| name == "log_skip" || name == attribute.name)
    });
    let shape = Shape::of(&signature);
    let fails = !attribute.needs_result || shape.value().is_some_and(is_called_result);
    Ok(has_body && signature.constness.is_none() && !is_left_out && fails)
}

/// What an alias stands for cannot be seen, so its name decides: `Result`, `io::Result`, `QueryResult`.
fn is_called_result(of: &Type) -> bool {
    match of {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident.to_string().contains("Result")),
        Type::Group(group) => is_called_result(&group.elem),
        Type::Paren(paren) => is_called_result(&paren.elem),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{LOG_ACTIVITY, LOG_ERRORS};

    fn annotated(attribute: &'static Attribute, item: TokenStream) -> Vec<String> {
        assert!(holds_methods(&item));
        let expanded = expand(attribute, &TokenStream::new(), item).expect("it expands").to_string();
        let named = expanded.split("fn ").zip(expanded.split("fn ").skip(1));
        let has_attribute = |before: &str| {
            before.rsplit(['}', ';', '{']).next().is_some_and(|own| own.contains(&format!(":: {}", attribute.name)))
        };
        named
            .filter(|(before, _)| has_attribute(before))
            .map(|(_, after)| after.split([' ', '(', '<']).next().unwrap_or_default().to_owned())
            .collect()
    }

    fn item() -> TokenStream {
        quote! {
            unsafe impl<const N: usize> Shop for Till<{ N + 1 }> {
                const LIMIT: usize = { 3 };
                type Sold = u32;
                fn sell(&self) -> Result<u32, Full> { self.half. }
                pub(crate) async fn later(&self) -> io::Result<()> { Ok(()) }
                fn boxed(&self) -> BoxFuture<'_, QueryResult<[u8; { N }]>> { todo!() }
                fn count(&self) -> usize { 3 }
                const fn fixed() -> Result<u32, Full> { Ok(1) }
                #[log_skip]
                fn left_out(&self) -> Result<u32, Full> { Ok(1) }
                #[log_errors(context = "own")]
                fn own(&self) -> Result<u32, Full> { Ok(1) }
                fn declared(&self) -> Result<u32, Full>;
            }
        }
    }

    #[test]
    fn each_method_that_fits_is_annotated() {
        assert_eq!(annotated(&LOG_ERRORS, item()), ["sell", "later", "boxed"]);
        assert_eq!(annotated(&LOG_ACTIVITY, item()), ["sell", "later", "boxed", "count", "own"]);
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let expanded = expand(&LOG_ERRORS, &TokenStream::new(), item()).expect("it expands").to_string();
        let added = quote!(#[::discord_log::log_errors()]).to_string();
        let without = expanded.replace(&added, "").split_whitespace().collect::<String>();
        assert_eq!(without, item().to_string().split_whitespace().collect::<String>());
    }

    #[test]
    fn a_function_or_a_module_holds_no_methods() {
        assert!(!holds_methods(&quote!(
            pub unsafe fn implement() {}
        )));
        assert!(!holds_methods(&quote!(
            mod implementation {}
        )));
        assert!(holds_methods(&quote!(
            #[doc = "x"]
            pub(crate) unsafe trait Shop {
                fn sell(&self) {}
            }
        )));
    }
}
