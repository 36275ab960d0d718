//! What the compiler says of a mistake: one file a mistake, with the message beside it.
//!
//! After a change, `TRYBUILD=overwrite cargo test -p discord-log-macros --test ui` writes the messages anew.

#[test]
fn a_mistake_is_answered_with_what_to_write_instead() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("../tests/ui/fail/*.rs");
    cases.pass("../tests/ui/pass/*.rs");
}
