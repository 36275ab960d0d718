//! The command: starts a local Discord, prints the settings that point a program at it, and serves until Ctrl-C.

use std::io::{self, Write};
use std::process::ExitCode;

use discord_log_preview::{Builder, Discord, Limits};

const USAGE: &str = "\
A local Discord for webhooks.

Usage: discord-log-preview [OPTIONS]

  --port N           listen on this port of 127.0.0.1 (default: any that is free)
  --limits real|none Discord's rate limits, or none (default: real)
  --channel NAME     a further text channel; may be repeated
  --forum NAME       a forum channel; may be repeated
  --help             this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // Without a place to say it, the exit code alone tells.
            let _ = writeln!(io::stderr(), "discord-log-preview: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let Some(builder) = read(arguments)? else {
        return say(USAGE).map_err(|error| error.to_string());
    };
    let discord = builder.start().map_err(|error| {
        let cause = std::error::Error::source(&error);
        cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
    })?;
    say(&discord.greeting()).map_err(|error| error.to_string())?;
    discord.serve_forever();
    Ok(())
}

fn read(arguments: &[String]) -> Result<Option<Builder>, String> {
    let mut builder = Discord::builder().stable();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--help" {
            return Ok(None);
        }
        let value = arguments.next();
        let value = value.ok_or_else(|| format!("{argument} needs a value; see --help"))?;
        builder = match argument.as_str() {
            "--port" => {
                let port = value.parse();
                builder.port(port.map_err(|_| format!("`{value}` is not a port"))?)
            }
            "--limits" => match value.as_str() {
                "real" => builder.limits(Limits::default()),
                "none" => builder.limits(Limits::unlimited()),
                other => return Err(format!("--limits is real or none, not `{other}`")),
            },
            "--channel" => builder.channel(value),
            "--forum" => builder.forum(value),
            other => return Err(format!("unknown option `{other}`; see --help")),
        };
    }
    Ok(Some(builder))
}

fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_are_read_and_mistakes_are_named() {
        let fine = "--port 0 --limits none --channel deploys --forum incidents";
        assert!(matches!(read(&words(fine)), Ok(Some(_))));
        assert!(matches!(read(&words("--help")), Ok(None)));
        for (wrong, told) in [
            ("--port many", "`many` is not a port"),
            ("--limits some", "--limits is real or none, not `some`"),
            ("--prot 1", "unknown option `--prot`; see --help"),
            ("--port", "--port needs a value; see --help"),
        ] {
            assert_eq!(read(&words(wrong)).unwrap_err(), told);
        }
    }
}
