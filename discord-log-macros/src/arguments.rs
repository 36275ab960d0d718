//! What was written in the parentheses of an attribute.

use proc_macro2::{TokenStream, TokenTree};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, ExprPath, Ident, LitStr, Path, Result, Token};

use crate::attribute::Attribute;
use crate::duration::{self, Threshold};
use crate::fields::{self, Field};
use crate::mistakes::Mistakes;
use crate::placeholders;

/// The arguments of an attribute, as far as they were given.
#[derive(Default)]
pub(crate) struct Arguments {
    /// The context of the errors, or the action.
    pub(crate) purpose: Option<LitStr>,
    pub(crate) channel: Option<LitStr>,
    /// A variant of the runtime's `Severity`.
    pub(crate) severity: Option<Ident>,
    pub(crate) threshold: Option<Threshold>,
    pub(crate) fields: Option<Vec<Field>>,
    /// The word `ret`: what is returned is told.
    pub(crate) ret: Option<Ident>,
    /// A function of the user's that knows which errors are no news.
    pub(crate) skip_if: Option<ExprPath>,
    /// The path of the runtime, where it is not `::discord_log`.
    pub(crate) runtime: Option<Path>,
}

impl Arguments {
    /// Reads all arguments, those behind a mistake too.
    pub(crate) fn parse(attribute: &Attribute, written: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut arguments = Self::default();
        for argument in split_at_commas(written) {
            mistakes.sift((|input: ParseStream<'_>| arguments.read(attribute, input)).parse2(argument));
        }
        if let Some(purpose) = &arguments.purpose {
            mistakes.sift(placeholders::check(purpose, arguments.fields.as_deref().unwrap_or_default()));
        }
        arguments
    }

    fn read(&mut self, attribute: &Attribute, input: ParseStream<'_>) -> Result<()> {
        let Attribute { name, takes, example, .. } = attribute;
        let Ok(key) = input.call(Ident::parse_any) else {
            return Err(input.error(format_args!("an argument begins with its name: `{example}`")));
        };
        let known = key.to_string();
        let read = match known.as_str() {
            known if !takes.contains(&known) => {
                let takes = takes.join("`, `");
                Err(Error::new(key.span(), format_args!("`#[{name}]` has no argument `{key}`; it takes `{takes}`")))
            }
            "fields" => set(&mut self.fields, &key, |input| fields::parse(&key, input), input),
            "channel" => set(&mut self.channel, &key, assigned(&key, text), input),
            "severity" => set(&mut self.severity, &key, assigned(&key, severity), input),
            "threshold" | "threshold_seconds" => {
                set(&mut self.threshold, &key, assigned(&key, duration::threshold), input)
            }
            "ret" => set(&mut self.ret, &key, |_| Ok(key.clone()), input),
            "skip_if" => set(&mut self.skip_if, &key, assigned(&key, function), input),
            "crate" => set(&mut self.runtime, &key, assigned(&key, path), input),
            _ => set(&mut self.purpose, &key, assigned(&key, text), input),
        };
        match read {
            Ok(()) if !input.is_empty() => {
                Err(input.error("one value is enough; a comma goes before the next argument"))
            }
            read => read,
        }
    }
}

fn function(key: &Ident, input: ParseStream<'_>) -> Result<ExprPath> {
    let why = format!("`{key}` is the path of a function that takes the error and says whether it is no news");
    let forms = "`skip_if = NotFound::is_expected`, with `fn is_expected(&self) -> bool`";
    let start = input.span();
    input.parse().map_err(|_| Error::new(start, format_args!("{why}: {forms}")))
}

/// Sets an argument, once.
fn set<T>(
    slot: &mut Option<T>,
    key: &Ident,
    value: impl FnOnce(ParseStream<'_>) -> Result<T>,
    input: ParseStream<'_>,
) -> Result<()> {
    let value = value(input);
    if slot.is_some() {
        return Err(Error::new(key.span(), format_args!("`{key}` is given already; leave one of them out")));
    }
    *slot = Some(value?);
    Ok(())
}

/// Reads `= value`.
fn assigned<T>(
    key: &Ident,
    value: fn(&Ident, ParseStream<'_>) -> Result<T>,
) -> impl FnOnce(ParseStream<'_>) -> Result<T> {
    move |input| {
        if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() {
            return Err(Error::new(key.span(), format_args!("`{key}` needs a value: `{key} = …`")));
        }
        value(key, input)
    }
}

fn text(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    let text: LitStr =
        input.parse().map_err(|mistake| Error::new(mistake.span(), format_args!("`{key}` is a text in quotes")))?;
    if text.value().trim().is_empty() {
        return Err(Error::new(text.span(), format_args!("`{key}` is empty; name it, or leave the argument out")));
    }
    Ok(text)
}

fn severity(key: &Ident, input: ParseStream<'_>) -> Result<Ident> {
    let name = text(key, input)?;
    let lower = name.value().to_ascii_lowercase();
    match SEVERITIES.into_iter().find(|severity| severity.to_ascii_lowercase() == lower) {
        Some(variant) => Ok(format_ident!("{variant}", span = name.span())),
        None => Err(Error::new(
            name.span(),
            "no such severity; use `\"info\"`, `\"success\"`, `\"warning\"`, `\"error\"` or `\"critical\"`",
        )),
    }
}

/// The variants of the runtime's `Severity`.
const SEVERITIES: [&str; 5] = ["Info", "Success", "Warning", "Error", "Critical"];

fn path(_: &Ident, input: ParseStream<'_>) -> Result<Path> {
    input.call(Path::parse_mod_style).map_err(|mistake| {
        Error::new(mistake.span(), "`crate` is the path by which discord-log is known here: `crate = crate::logging`")
    })
}

/// Cuts the arguments apart, so that a mistake in one does not hide those of the next.
fn split_at_commas(written: TokenStream) -> Vec<TokenStream> {
    let mut arguments = vec![TokenStream::new()];
    for token in written {
        match (&token, arguments.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => arguments.push(TokenStream::new()),
            (_, Some(last)) => last.extend([token]),
            (_, None) => {}
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
}
