//! What a person types, as the index understands it.

/// Writes words, phrases (`"connection refused"`) and beginnings (`pay*`) as a query, all of which have to be found; none
/// if there is no word in them. Whatever is typed, it is only ever looked for: nothing in it is a command to SQLite.
///
/// Source: strings and prefixes of queries, <https://www.sqlite.org/fts5.html#fts5_strings>.
pub(super) fn query(typed: &[String]) -> Option<String> {
    let terms: Vec<String> = typed.iter().flat_map(|typed| terms(typed)).filter_map(|term| quoted(&term)).collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

struct Term {
    text: String,
    is_beginning: bool,
}

/// Cuts what is typed at its spaces, but not within quotes. What the shell took the quotes off is one phrase.
fn terms(typed: &str) -> Vec<Term> {
    if !typed.contains('"') {
        return vec![term(typed)];
    }
    let parts = typed.split('"').enumerate();
    parts
        .flat_map(|(number, part)| {
            let is_quoted = number % 2 == 1;
            if is_quoted { vec![term(part)] } else { part.split_whitespace().map(term).collect() }
        })
        .collect()
}

fn term(text: &str) -> Term {
    Term { text: text.trim_end_matches('*').to_owned(), is_beginning: text.ends_with('*') }
}

fn quoted(term: &Term) -> Option<String> {
    // What has no letter and no digit is no word, and a phrase without words is found nowhere.
    if !term.text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let text = term.text.replace(['"', '\0'], " ");
    Some(if term.is_beginning { format!("\"{text}\" *") } else { format!("\"{text}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(typed: &[&str]) -> String {
        query(&typed.iter().map(|typed| (*typed).to_owned()).collect::<Vec<_>>()).unwrap_or_default()
    }

    #[test]
    fn words_phrases_and_beginnings_are_told_apart() {
        assert_eq!(of(&["connection", "refused"]), r#""connection" AND "refused""#);
        assert_eq!(of(&["connection refused"]), r#""connection refused""#);
        assert_eq!(of(&[r#"late "connection refused" pay*"#]), r#""late" AND "connection refused" AND "pay" *"#);
        assert_eq!(of(&["pay*", "***", "", "--", "INV-001"]), r#""pay" * AND "INV-001""#);
    }

    #[test]
    fn nothing_that_is_typed_is_syntax() {
        for typed in
            ["a OR b", "NEAR(a b)", "text:x", "^a", "a\"b", "\"", "a\0b", "{text}:a", "(", "a AND NOT b", "-a", "+"]
        {
            let query = of(&[typed]);
            assert_eq!(query.matches('"').count() % 2, 0, "{query}");
            assert!(query.is_empty() || query.starts_with('"'), "{query}");
            assert!(!query.contains('\0'));
        }
    }
}
