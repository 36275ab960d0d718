//! What stands in the library's source: its string literals, with `…` in place of what is filled in.

use std::fs;
use std::path::Path;

use super::root;

/// A file of the library, by its path in `discord-log/src`.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: String,
    /// Without comments, and without what follows `#[cfg(test)]`.
    pub(crate) code: String,
}

/// Reads the library, without what is compiled for tests alone.
pub(crate) fn sources() -> Vec<Source> {
    let library = root().join("discord-log/src");
    let (mut sources, mut folders) = (Vec::new(), vec![library.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_test = ["simulation", "tests", "tests.rs"].iter().any(|name| path.ends_with(name));
            match path.is_dir() {
                _ if is_test => {}
                true => folders.push(path),
                false => sources.push(source(&library, &path)),
            }
        }
    }
    sources
}

fn source(library: &Path, path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("text");
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code = lines.filter(is_code).flat_map(|line| [line, "\n"]).collect();
    let path = path.strip_prefix(library).expect("within");
    Source { path: path.to_string_lossy().replace('\\', "/"), code }
}

impl Source {
    /// Gives the texts that the code holds, but for what it says to the compiler.
    pub(crate) fn literals(&self) -> Vec<String> {
        let is_told = |line: &&str| !line.contains(", reason = \"") && !line.contains("#[must_use");
        let code =
            self.code.lines().filter(is_told).flat_map(|line| [line, "\n"]).collect::<String>().replace("'\"'", "");
        let (mut literals, mut rest) = (Vec::new(), code.as_str());
        while let Some((_, after)) = rest.split_once('"') {
            let mut literal = String::new();
            let mut signs = after.char_indices();
            let mut end = after.len();
            while let Some((place, sign)) = signs.next() {
                match sign {
                    '"' => {
                        end = place + 1;
                        break;
                    }
                    '\\' => literal.extend(signs.next().map(|(_, sign)| if sign.is_whitespace() { ' ' } else { sign })),
                    sign => literal.push(sign),
                }
            }
            literals.push(filled(&literal));
            rest = after.get(end..).unwrap_or_default();
        }
        literals
    }

    /// Gives the names of the public fields of a struct.
    pub(crate) fn fields(&self, name: &str) -> Vec<String> {
        let (_, after) = self.code.split_once(&format!("pub struct {name} {{")).expect("the struct");
        let body = after.split("\n}").next().unwrap_or_default();
        let field = |line: &str| Some(line.trim().strip_prefix("pub ")?.split_once(':')?.0.to_owned());
        body.lines().filter_map(field).collect()
    }
}

/// Writes `…` for what is filled in, and one space for any number.
fn filled(literal: &str) -> String {
    let (mut text, mut depth) = (String::new(), 0);
    for sign in literal.chars() {
        match sign {
            '{' => {
                depth += 1;
                text.push('…');
            }
            '}' => depth -= 1,
            sign if depth == 0 => text.push(sign),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
