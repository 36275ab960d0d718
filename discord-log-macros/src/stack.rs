//! The attributes that stand on one function: the outermost takes in those below it, so that the function is wrapped
//! once.
//!
//! What was taken in stays where it is, as `#[log_errors(__merged)]`, which becomes nothing: taken out, its import would
//! be unused, and an editor could not find what it means. An attribute behind `cfg_attr` or under another name is not
//! seen, and wraps the function again, inside; that gives the same events.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Path};

use crate::arguments::Arguments;
use crate::attribute::Attribute;
use crate::mistakes::Mistakes;

/// An attribute with its arguments.
pub(crate) struct Watch {
    pub(crate) attribute: &'static Attribute,
    pub(crate) arguments: Arguments,
}

/// All that watch one function, in the order of [`Attribute::named`].
pub(crate) struct Stack(Vec<Watch>);

impl Stack {
    /// Takes in the attributes in a header, and gives the header without their arguments.
    pub(crate) fn gather(outermost: Watch, header: TokenStream, mistakes: &mut Mistakes) -> (Self, TokenStream) {
        let mut watches = vec![outermost];
        let mut merged: Vec<TokenTree> = Vec::new();
        for token in header {
            let is_attribute = matches!(merged.last(), Some(TokenTree::Punct(hash)) if hash.as_char() == '#');
            match token {
                TokenTree::Group(group) if is_attribute && group.delimiter() == Delimiter::Bracket => {
                    merged.push(TokenTree::Group(take_in(group, &mut watches, mistakes)));
                }
                token => merged.push(token),
            }
        }
        watches.sort_by_key(|watch| ORDER.iter().position(|name| *name == watch.attribute.name));
        (Self(watches), merged.into_iter().collect())
    }

    pub(crate) fn watches(&self) -> &[Watch] {
        &self.0
    }

    /// Gives the path of the runtime.
    pub(crate) fn runtime(&self) -> TokenStream {
        match self.0.iter().find_map(|watch| watch.arguments.runtime.as_ref()) {
            Some(path) => quote!(#path::__private),
            None => quote!(::discord_log::__private),
        }
    }

    /// Gives the attribute that needs a `Result`, if it is there.
    pub(crate) fn needing_result(&self) -> Option<&'static Attribute> {
        self.0.iter().map(|watch| watch.attribute).find(|attribute| attribute.needs_result)
    }
}

/// Says whether the arguments are those of an attribute that was taken in.
pub(crate) fn is_merged(arguments: &TokenStream) -> bool {
    arguments.to_string() == MERGED
}

const MERGED: &str = "__merged";
const ORDER: [&str; 3] = ["log_errors", "log_activity", "log_performance"];

fn take_in(group: Group, watches: &mut Vec<Watch>, mistakes: &mut Mistakes) -> Group {
    let Some((path, attribute, written)) = ours(group.stream()).filter(|(.., written)| !is_merged(written)) else {
        return group;
    };
    if watches.iter().any(|watch| watch.attribute.name == attribute.name) {
        let name = attribute.name;
        mistakes.add(Error::new(group.span(), format_args!("`#[{name}]` stands here twice; leave one out")));
    }
    let arguments = Arguments::parse(attribute, written, mistakes);
    watches.push(Watch { attribute, arguments });
    let mut merged = Group::new(Delimiter::Bracket, quote!(#path(__merged)));
    merged.set_span(group.span());
    merged
}

/// Reads what stands in the brackets of an attribute, if it is one of ours.
pub(crate) fn ours(attribute: TokenStream) -> Option<(Path, &'static Attribute, TokenStream)> {
    let read = |input: ParseStream<'_>| {
        let path = input.call(Path::parse_mod_style)?;
        Ok((path, input.parse::<TokenStream>()?))
    };
    let (path, rest) = read.parse2(attribute).ok()?;
    let known = Attribute::named(&path.segments.last()?.ident.to_string())?;
    let mut rest = rest.into_iter();
    match (rest.next(), rest.next()) {
        (None, _) => Some((path, known, TokenStream::new())),
        (Some(TokenTree::Group(written)), None) if written.delimiter() == Delimiter::Parenthesis => {
            Some((path, known, written.stream()))
        }
        _ => None,
    }
}
