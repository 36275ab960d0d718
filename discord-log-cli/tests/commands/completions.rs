//! `discord-log completions`, and what every command has in common.

use std::process::Stdio;

use crate::machine::Machine;

#[test]
fn a_script_for_each_shell_names_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Machine::empty().run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("completions"), "{shell}: {}", ran.stdout);
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let machine = Machine::empty();
    let mut child = machine
        .command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_wrong_command_line_is_code_two_and_says_what_was_meant() {
    let ran = Machine::empty().run(&["completion", "bash"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("'completions'"), "{}", ran.stderr);
}
