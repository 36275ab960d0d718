#[discord_log::log_skip(all)]
fn number() -> u32 {
    7
}

fn main() {
    assert_eq!(number(), 7);
}
