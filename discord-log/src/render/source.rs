//! Where the source can be read: a template of an address, filled in with a file and a line.

/// A template with `{file}`, and with `{line}` if the place shows single lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SourceUrl(String);

impl SourceUrl {
    /// Takes a template; none that could end the markup around it, or leads anywhere but to the web.
    pub(crate) fn parse(template: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>()[]\"'`\\|^*".contains(&byte);
        let filled = template.replace(FILE, "src/main.rs").replace(LINE, "1");
        let url = url::Url::parse(&filled).ok()?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let is_filled = template.contains(FILE) && !filled.contains(['{', '}']);
        let is_taken = is_web && is_filled && template.bytes().all(is_plain) && url.password().is_none();
        is_taken.then(|| Self(template.to_owned()))
    }

    /// Gives the address of a line of the program's own source; those of libraries lie elsewhere.
    pub(crate) fn link(&self, file: &str, line: u32) -> Option<String> {
        let file = file.replace('\\', "/");
        let file = file.trim_start_matches("./");
        let has_drive = file.as_bytes().get(1) == Some(&b':');
        let is_own =
            !file.is_empty() && !file.starts_with('/') && !has_drive && !file.split('/').any(|part| part == "..");
        is_own.then(|| self.0.replace(LINE, &line.to_string()).replace(FILE, &encoded(file)))
    }
}

/// Encodes all that has a meaning in an address or in markdown.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

const FILE: &str = "{file}";
const LINE: &str = "{line}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_templates_of_web_addresses_are_taken() {
        for (template, is_taken) in [
            ("https://github.com/acme/billing/blob/main/{file}#L{line}", true),
            ("http://git.local:3000/{file}", true),
            ("https://github.com/acme/billing", false),
            ("{file}", false),
            ("ftp://a.example/{file}", false),
            ("https://a.example/{file}?{branch}", false),
            ("https://a.example/({file})", false),
            ("https://a.example/ {file}", false),
            ("https://u:secret@a.example/{file}", false),
        ] {
            assert_eq!(SourceUrl::parse(template).is_some(), is_taken, "{template}");
        }
    }

    #[test]
    fn a_place_in_the_programs_own_source_is_linked() {
        let url = SourceUrl::parse("https://a.example/blob/{file}#L{line}").expect("a template");
        let link = |file| url.link(file, 42);
        assert_eq!(link("src/main.rs").as_deref(), Some("https://a.example/blob/src/main.rs#L42"));
        assert_eq!(
            link("./src\\my file(1)*.rs").as_deref(),
            Some("https://a.example/blob/src/my%20file%281%29%2A.rs#L42")
        );
        assert_eq!(link("src/é{line}.rs").as_deref(), Some("https://a.example/blob/src/%C3%A9%7Bline%7D.rs#L42"));
        for foreign in ["/root/.cargo/registry/src/a/b.rs", "C:\\src\\a.rs", "../other/src/a.rs", ""] {
            assert_eq!(link(foreign), None, "{foreign}");
        }
    }
}
