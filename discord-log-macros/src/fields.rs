//! The argument `fields(name = value, name = %displayed, name = ?debugged, name = redact(value))`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Result, Token, parenthesized, token};

use crate::mistakes::Mistakes;

/// A value to be told under a name.
pub(crate) struct Field {
    name: Ident,
    shown: Shown,
    value: Expr,
}

/// How the value becomes text.
enum Shown {
    AsItIs,
    Debug,
    Display,
    /// Not at all: only that there is one.
    Redacted,
}

/// Reads the fields with their parentheses.
pub(crate) fn parse(key: &Ident, input: ParseStream<'_>) -> Result<Vec<Field>> {
    if !input.peek(token::Paren) {
        return Err(Error::new(key.span(), "fields are written `fields(id = %draft.id, total = draft.total)`"));
    }
    let content;
    parenthesized!(content in input);
    let fields: Vec<Field> = Punctuated::<Field, Token![,]>::parse_terminated(&content)?.into_iter().collect();

    let mut mistakes = Mistakes::default();
    for (index, field) in fields.iter().enumerate() {
        if fields.iter().take(index).any(|earlier| earlier.name == field.name) {
            let name = &field.name;
            mistakes.add(Error::new(name.span(), format_args!("the field `{name}` is given twice; rename one")));
        }
    }
    mistakes.finish().map(|()| fields)
}

impl Parse for Field {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let Ok(name) = input.call(Ident::parse_any) else {
            return Err(input.error("a field begins with its name: `id = %draft.id`"));
        };
        if input.parse::<Option<Token![=]>>()?.is_none() {
            let forms =
                format!("write `{name} = {name}`, `{name} = %{name}` (`Display`) or `{name} = ?{name}` (`Debug`)");
            return Err(Error::new(name.span(), format_args!("the field `{name}` needs a value; {forms}")));
        }
        let shown = if input.parse::<Option<Token![%]>>()?.is_some() {
            Shown::Display
        } else if input.parse::<Option<Token![?]>>()?.is_some() {
            Shown::Debug
        } else if input.peek(redact) && input.peek2(token::Paren) {
            input.parse::<redact>()?;
            let content;
            parenthesized!(content in input);
            return Ok(Self { name, shown: Shown::Redacted, value: content.parse()? });
        } else {
            Shown::AsItIs
        };
        Ok(Self { name, shown, value: input.parse()? })
    }
}

syn::custom_keyword!(redact);

/// Gives a span that is ours to the lints, and the user's where the compiler has to point at something.
pub(crate) fn located_at(users: Span) -> Span {
    Span::call_site().located_at(users)
}

impl Field {
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.unraw() == name
    }

    /// Adds the field to the runtime's collection.
    pub(crate) fn push_to(&self, collection: &Ident) -> TokenStream {
        let Self { name, shown, value } = self;
        let name = name.unraw().to_string();
        let push = match shown {
            Shown::AsItIs => quote!(value),
            Shown::Debug => quote!(debug),
            Shown::Display => quote!(display),
            Shown::Redacted => quote!(redacted),
        };
        let here = located_at(value.span());
        let borrowed = quote_spanned!(here=> &(#value));
        if let Shown::Redacted = shown {
            // Never evaluated, but it has to make sense.
            return quote!(#collection.#push(#name, || { let _ = #borrowed; }););
        }
        quote!(#collection.#push(#name, #borrowed);)
    }
}
