//! Texts that name fields: `context = "Invoice {id}"`.

use syn::{Error, LitStr, Result};

use crate::fields::Field;

/// Checks that each name in braces is one of the fields; `{{` and `}}` stand for braces.
pub(crate) fn check(text: &LitStr, fields: &[Field]) -> Result<()> {
    let written = text.value().replace("{{", "").replace("}}", "");
    let mut rest = written.as_str();
    while let Some((before, from)) = rest.split_once('{') {
        let Some((name, after)) = from.split_once('}').filter(|_| !before.contains('}')) else {
            return Err(unbalanced(text));
        };
        if !fields.iter().any(|field| field.is_called(name)) {
            let forms = format!("add it, `fields({name} = …)`, or write `{{{{` for a brace");
            return Err(Error::new(text.span(), format_args!("`{{{name}}}` names no field; {forms}")));
        }
        rest = after;
    }
    if rest.contains('}') { Err(unbalanced(text)) } else { Ok(()) }
}

fn unbalanced(text: &LitStr) -> Error {
    Error::new(text.span(), "a brace is missing; a field is named `{id}`, and a brace itself is written twice")
}
