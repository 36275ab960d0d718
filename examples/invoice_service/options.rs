//! What may stand on the command line.

/// How the service is started.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Whether the service brings its own traffic.
    pub traffic: bool,
}

impl Options {
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, &'static str> {
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--port" => options.port = arguments.next().and_then(|port| port.parse().ok()).ok_or(USAGE)?,
                "--traffic" => options.traffic = true,
                _ => return Err(USAGE),
            }
        }
        Ok(options)
    }
}

const USAGE: &str = "usage: invoice_service [--port NUMBER] [--traffic]";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, &'static str> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn both_options_are_read_in_any_order() {
        assert_eq!(parse(""), Ok(Options { port: 0, traffic: false }));
        assert_eq!(parse("--traffic --port 8080"), Ok(Options { port: 8080, traffic: true }));
    }

    #[test]
    fn anything_else_is_answered_with_the_usage() {
        for line in ["--port", "--port x", "--port 70000", "serve"] {
            assert_eq!(parse(line), Err(USAGE), "{line}");
        }
    }
}
