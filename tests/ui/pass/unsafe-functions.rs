use discord_log::{log_activity, log_errors};

#[log_errors]
unsafe fn first(numbers: *const u32) -> Result<u32, String> {
    if numbers.is_null() {
        return Err("null".into());
    }
    Ok(unsafe { *numbers })
}

#[log_activity]
async unsafe fn first_later(numbers: *const u32) -> u32 {
    unsafe { *numbers }
}

#[log_activity]
pub unsafe extern "C" fn first_for_c(numbers: *const u32) -> u32 {
    unsafe { *numbers }
}

fn main() {
    let numbers = [1, 2];
    assert_eq!(unsafe { first(numbers.as_ptr()) }, Ok(1));
    assert_eq!(unsafe { first_for_c(numbers.as_ptr()) }, 1);
    drop(unsafe { first_later(numbers.as_ptr()) });
}
