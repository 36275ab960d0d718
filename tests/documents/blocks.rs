//! A block of code is compiled, run, or says why it is not.

use super::markdown::blocks;
use super::{guides, read};

/// What a block may be. Behind `sh`: nothing, `run` runs it; `serves`, `run` starts it and ends it; `ci`, each line is one of
/// `.ci/run`; `no-run`, and a comment before it says why. Behind `rust`: a doc test has it.
const LANGUAGES: &[&str] = &["ini", "json", "python", "rust", "sh", "text", "toml", "yaml"];

#[test]
fn every_block_says_what_it_is_and_what_runs_it() {
    let ci = read(".ci/run");
    let mut wrong = Vec::new();
    for guide in guides() {
        let text = read(&guide);
        for block in blocks(&text).0 {
            let place = format!("{guide}:{}", block.line);
            let (language, rest) = block.info.split_once([' ', ',']).unwrap_or((block.info, ""));
            if !LANGUAGES.contains(&language) {
                wrong.push(format!("{place}: `{language}` is none of {LANGUAGES:?}"));
            }
            match (language, rest) {
                ("sh", "" | "serves") => {}
                ("sh", "ci") => {
                    let missing =
                        block.lines.iter().filter(|line| !ci.lines().any(|known| known.trim() == line.trim()));
                    wrong.extend(missing.map(|line| format!("{place}: `{line}` is no line of .ci/run")));
                }
                ("sh", "no-run") if block.before.starts_with("<!-- no-run: ") => {}
                ("rust", "" | "no_run" | "compile_fail") => {
                    let hidden = block.lines.iter().filter(|line| line.starts_with("# "));
                    wrong.extend(hidden.map(|line| format!("{place}: readers see `{line}`")));
                }
                (_, "") => {}
                _ => wrong.push(format!("{place}: `{}`, and nothing says why it is not run", block.info)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_guide_with_code_is_compiled() {
    let compiled = read("tests/src/lib.rs");
    for guide in guides() {
        let has_rust = blocks(&read(&guide)).0.iter().any(|block| block.info.starts_with("rust"));
        let is_compiled = compiled.contains(&format!("\"../../{guide}\""));
        assert_eq!(has_rust, is_compiled, "{guide} in tests/src/lib.rs");
    }
}
