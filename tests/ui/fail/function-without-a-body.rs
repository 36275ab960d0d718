trait Shop {
    #[discord_log::log_errors]
    fn sell(&self) -> Result<u32, String>;
}

fn main() {}
