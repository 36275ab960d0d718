//! Every setting stands in the guide for operators and in `.env.example`, with the default and the range that it has.

use std::collections::BTreeSet;

use discord_log::{Config, ConfigError};

use super::markdown::{blocks, code_spans, rows, section};
use super::source::sources;
use super::{documents, read};

/// Every variable that the settings know; what ends in `_` takes the name of a channel.
fn known() -> BTreeSet<String> {
    let config = sources().into_iter().filter(|source| source.path.starts_with("config/"));
    let literals = config.flat_map(|source| source.literals());
    let is_variable = |text: &String| {
        let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        text.len() > PREFIX.len() && text.starts_with(PREFIX) && text.bytes().all(is_plain)
    };
    let known: BTreeSet<_> = literals.filter(is_variable).collect();
    assert!(known.len() > 30, "{known:?}");
    known
}

/// Rows of the guide's tables: a variable, its default, what it takes.
fn told() -> Vec<(String, String, String)> {
    let operations = read("docs/operations.md");
    let prose = blocks(section(&operations, "Settings")).1;
    let row = |row: Vec<&str>| match row.as_slice() {
        [name, default, takes, _] if name.starts_with("`DISCORD_") => {
            Some((name.trim_matches('`').to_owned(), (*default).to_owned(), (*takes).to_owned()))
        }
        _ => None,
    };
    rows(&prose).filter_map(row).collect()
}

/// The variable of a row, with a channel in place of `<CHANNEL>`.
fn named(variable: &str) -> String {
    variable.replace("<CHANNEL>", "ERRORS")
}

fn read_as(variable: &str, value: &str) -> Result<Config, ConfigError> {
    Config::builder().variables([(named(variable), value)]).build()
}

#[test]
fn every_setting_stands_in_the_guide_and_in_the_example() {
    let told: Vec<_> = told().into_iter().map(|(name, ..)| name).collect();
    let example = read(".env.example");
    let shown: Vec<_> = example.lines().filter_map(|line| line.trim_start_matches('#').split_once('=')).collect();
    for variable in known() {
        let is_it = |name: &str| if variable.ends_with('_') { name.starts_with(&variable) } else { name == variable };
        assert!(told.iter().any(|name| is_it(name)), "{variable} has no row in docs/operations.md");
        assert!(shown.iter().any(|(name, _)| is_it(name)), "{variable} is not in .env.example");
    }
}

#[test]
fn every_setting_that_is_named_is_there() {
    let known = known();
    let is_known = |word: &str| {
        let takes_name = |known: &&String| known.ends_with('_') && word.starts_with(known.as_str());
        known.contains(word) || known.iter().any(|known| takes_name(&known)) || word == PREFIX
    };
    for document in documents().into_iter().chain([".env.example".to_owned()]) {
        let text = read(&document);
        let is_part = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_';
        for word in text.split(|sign| !is_part(sign)).filter(|word| word.starts_with(PREFIX)) {
            let is_prefix = known.iter().any(|known| known.starts_with(word) && word.ends_with('_'));
            assert!(is_known(word) || is_prefix, "{document} names {word}");
        }
    }
}

#[test]
fn every_default_is_the_one_that_counts() {
    let unset = format!("{:?}", Config::builder().build().expect("defaults"));
    let mut checked = 0;
    for (variable, default, _) in told() {
        if let ([value], true) = (code_spans(&default).as_slice(), default.starts_with('`')) {
            let config = read_as(&variable, value).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(format!("{config:?}"), unset, "{variable}={value}");
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} defaults");
}

#[test]
fn every_range_is_the_one_that_is_taken() {
    let mut checked = 0;
    for (variable, _, takes) in told() {
        let Some((least, rest)) = takes.split_once(" to ") else { continue };
        let least = least.trim_matches('`').replace(',', "");
        let most = rest.split([' ', '`']).find(|word| !word.is_empty()).unwrap_or_default();
        let most = most.trim_end_matches(',').replace(',', "");
        for value in [&least, &most] {
            assert!(read_as(&variable, value).is_ok(), "{variable}={value} is said to be taken");
        }
        for value in [beyond(&least, -1), beyond(&most, 1)] {
            assert!(read_as(&variable, &value).is_err(), "{variable}={value} is said not to be taken");
        }
        checked += 1;
    }
    assert!(checked > 8, "{checked} ranges");
}

#[test]
fn the_example_changes_nothing_before_it_is_edited_and_shows_what_is_taken() {
    let example = read(".env.example");
    let settings: Vec<_> = example.lines().filter_map(|line| line.split_once('=')).collect();
    let as_it_is = settings.iter().filter(|(name, _)| name.starts_with(PREFIX)).copied();
    let config = Config::builder().variables(as_it_is).build().expect("the example");
    let unset = Config::builder().build().expect("defaults");
    assert_eq!(format!("{config:?}"), format!("{unset:?}"));
    let shown = settings.iter().filter_map(|(name, value)| Some((name.strip_prefix('#')?, *value)));
    for (name, value) in shown.filter(|(name, _)| name.starts_with(PREFIX) && !name.ends_with("_FILE")) {
        assert!(read_as(name, value).is_ok() || value.is_empty(), "{name}={value}");
    }
}

/// The next number in a direction, in the same unit: a whole one, or the half of a part of one.
fn beyond(value: &str, step: i64) -> String {
    let number = value.trim_end_matches(char::is_alphabetic);
    let unit = &value[number.len()..];
    match number.parse::<i64>() {
        Ok(number) => format!("{}{unit}", number + step),
        Err(_) => format!("{}{unit}", number.parse::<f64>().expect("a number") / 2.0),
    }
}

const PREFIX: &str = "DISCORD_";
