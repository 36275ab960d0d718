//! One attribute on an `impl` or a `trait` watches the functions in it.

use discord_log::{log_activity, log_errors, log_performance, log_skip, testing};

use crate::outcome::{Outcome, Refused, block_on, told};

struct Till(u32);

#[log_errors(context = "Till", fields(number = self.0))]
#[log_performance(threshold = 3600)]
impl Till {
    const FULL: u32 = { 100 };

    fn sell(&self, outcome: Outcome) -> Result<u32, Refused> {
        outcome.decide().map(|value| value.min(Self::FULL))
    }

    async fn deliver(&mut self, outcome: Outcome) -> Result<u32, Refused> {
        outcome.decide_later().await
    }

    #[log_errors(context = "Own")]
    fn refund(&self, outcome: Outcome) -> Result<u32, Refused> {
        outcome.decide()
    }

    #[log_skip]
    fn peek(outcome: Outcome) -> Result<u32, Refused> {
        outcome.decide()
    }

    const fn number(&self) -> u32 {
        self.0
    }
}

#[log_activity]
trait Shop {
    fn open(&self) -> u32;

    fn greet(&self) -> u32 {
        self.open() + 1
    }
}

impl Shop for Till {
    fn open(&self) -> u32 {
        self.number()
    }
}

#[async_trait::async_trait]
trait Bank {
    async fn pay(&self, outcome: Outcome) -> Result<u32, Refused>;
}

#[log_errors(context = "Bank")]
#[async_trait::async_trait]
impl Bank for Till {
    async fn pay(&self, outcome: Outcome) -> Result<u32, Refused> {
        outcome.decide_later().await
    }
}

fn lines(call: impl FnOnce()) -> Vec<String> {
    testing::capture(call).iter().map(told).collect()
}

#[test]
fn each_method_that_can_fail_is_watched() {
    let mut till = Till(3);
    assert_eq!(lines(|| assert!(till.sell(Outcome::Error).is_err())), [r#"sell: Error "refused 13" while ["Till"]"#]);
    let told = lines(|| assert!(block_on(till.deliver(Outcome::Error)).is_err()));
    assert_eq!(told, [r#"deliver: Error "refused 13" while ["Till"]"#]);
    let told = lines(|| assert!(block_on(till.pay(Outcome::Error)).is_err()));
    assert_eq!(told, [r#"pay: Error "refused 13" while ["Bank"]"#]);
}

#[test]
fn a_method_with_an_attribute_of_its_own_keeps_it_and_one_may_be_left_out() {
    let told = lines(|| assert!(Till(3).refund(Outcome::Error).is_err()));
    assert_eq!(told, [r#"refund: Error "refused 13" while ["Own"]"#]);
    assert!(lines(|| assert!(Till::peek(Outcome::Error).is_err())).is_empty());
}

#[test]
fn what_a_trait_does_by_default_is_watched() {
    assert_eq!(lines(|| assert_eq!(Till(3).greet(), 4)), ["greet: Activity Greet ok"]);
}
