struct Till;

#[discord_log::log_errors(contxt = "Till")]
impl Till {
    fn sell(&self) -> Result<u32, String> {
        Ok(7)
    }

    fn refund(&self) -> Result<u32, String> {
        Ok(7)
    }
}

fn main() {
    assert_eq!(Till.sell(), Till.refund());
}
