use discord_log::{log_activity, log_errors, log_performance};

macro_rules! fallible {
    ($visibility:vis $name:ident($argument:ident: $of:ty) -> $returned:ty $body:block, $context:literal, $threshold:literal) => {
        #[log_errors(context = $context, fields(argument = $argument))]
        #[log_performance(threshold = $threshold)]
        $visibility fn $name($argument: $of) -> $returned $body
    };
}

fallible!(pub(crate) half(number: u32) -> Result<u32, String> {
    if number % 2 == 1 {
        return Err("odd".into());
    }
    Ok(number / 2)
}, "Halving", 0.5);

macro_rules! annotated {
    ($item:item) => {
        #[log_activity]
        $item
    };
}

annotated! {
    async fn nothing() {}
}

fn main() {
    assert_eq!(half(4), Ok(2));
    drop(nothing());
}
