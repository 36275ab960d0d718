//! The function that an attribute stands on: its signature understood, everything else as it was written.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute as Written, Error, Ident, Result, Signature, Token, Visibility, token};

use crate::attribute::Attribute;

/// A function with a body.
pub(crate) struct Function {
    pub(crate) signature: Signature,
    /// All that comes before the body.
    pub(crate) header: TokenStream,
    /// The attributes that the body begins with, as in `{ #![expect(…)] … }`.
    inner_attributes: TokenStream,
    /// What is between the braces; never parsed, so that a half-written body is still that of a function.
    pub(crate) statements: TokenStream,
}

impl Function {
    pub(crate) fn parse(attribute: &Attribute, item: TokenStream) -> Result<Self> {
        let item = without_invisible_groups(item);
        let signature = (|input: ParseStream<'_>| signature(attribute, input)).parse2(item.clone())?;

        let mut header: Vec<TokenTree> = item.into_iter().collect();
        let body = without_invisible_groups(header.pop().into_iter().collect());
        let statements = match body.into_iter().next() {
            Some(TokenTree::Group(body)) => body.stream(),
            _ => TokenStream::new(),
        };
        let (inner_attributes, statements) = split_inner_attributes(statements);
        Ok(Self { signature, header: header.into_iter().collect(), inner_attributes, statements })
    }

    /// Gives the function with another body.
    pub(crate) fn with_body(&self, body: &TokenStream) -> TokenStream {
        let Self { header, inner_attributes, .. } = self;
        quote!(#header { #inner_attributes #body })
    }
}

fn signature(attribute: &Attribute, input: ParseStream<'_>) -> Result<Signature> {
    input.call(Written::parse_outer)?;
    input.parse::<Visibility>()?;
    let name = attribute.name;
    if let Some(keyword) =
        input.fork().call(Ident::parse_any).ok().filter(|word| NO_FUNCTIONS.iter().any(|no| word == no))
    {
        return Err(Error::new(
            keyword.span(),
            format_args!("`#[{name}]` goes on a function, an `impl` or a `trait`, and this is `{keyword}`"),
        ));
    }
    if input.peek(Token![default]) {
        input.parse::<Token![default]>()?;
    }
    let signature: Signature = input.parse()?;
    if let Some(semicolon) = input.parse::<Option<Token![;]>>()? {
        return Err(Error::new(
            semicolon.span,
            format_args!("`#[{name}]` needs a function with a body; put it on each implementation"),
        ));
    }
    if !input.peek(token::Brace) {
        return Err(input.error("expected the body of a function"));
    }
    input.parse::<TokenTree>()?;
    Ok(signature)
}

/// Words with which other items begin.
const NO_FUNCTIONS: [&str; 9] = ["enum", "let", "macro_rules", "mod", "static", "struct", "type", "union", "use"];

/// Opens the invisible groups that fragments of declarative macros arrive in.
pub(crate) fn without_invisible_groups(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_groups(group.stream())
        }
        _ => tokens,
    }
}

fn split_inner_attributes(statements: TokenStream) -> (TokenStream, TokenStream) {
    let mut attributes = TokenStream::new();
    let mut rest: Vec<TokenTree> = statements.into_iter().collect();
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group), ..] = rest.as_slice() {
        if hash.as_char() != '#' || bang.as_char() != '!' || group.delimiter() != Delimiter::Bracket {
            break;
        }
        attributes.extend(rest.drain(..3));
    }
    (attributes, rest.into_iter().collect())
}
