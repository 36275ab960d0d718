//! Every shape of function, under each attribute: what is told, that it is told once, and that the value comes back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use discord_log::testing;

use crate::outcome::{Outcome, Refused, block_on, give_up, told};

type Call = fn(Outcome) -> Result<u32, Refused>;
type Later = fn(Outcome) -> Pin<Box<dyn Future<Output = Result<u32, Refused>>>>;

/// The functions of one module that `shapes!` writes.
pub(crate) struct Shapes {
    pub(crate) calls: Vec<(&'static str, Call)>,
    pub(crate) futures: Vec<(&'static str, Later)>,
}

/// Writes one function of each shape under the given attributes, and the list of them.
macro_rules! shapes {
    (mod $module:ident: $(#[$attribute:meta])+) => {
        pub(crate) mod $module {
            use std::fmt::Debug;
            use std::pin::Pin;
            use std::rc::Rc;
            use std::sync::Arc;

            use futures_util::future::{BoxFuture, FutureExt, LocalBoxFuture};

            use crate::outcome::{Outcome, Refused, block_on};
            use crate::shapes::Shapes;

            type Decision<T = u32> = Result<T, Refused>;

            $(#[$attribute])+
            fn plain(outcome: Outcome) -> Result<u32, Refused> {
                outcome.decide()
            }

            $(#[$attribute])+
            fn returning_early(outcome: Outcome) -> Decision {
                if let Outcome::Error = outcome {
                    return outcome.decide();
                }
                let value = outcome.decide()?;
                Ok(value)
            }

            $(#[$attribute])+
            fn with_closures(outcome: Outcome) -> Decision {
                fn nested(outcome: Outcome) -> Decision {
                    outcome.decide()
                }
                let maybe = || {
                    let value = Some(7)?;
                    Some(value)
                };
                let decided = |outcome| {
                    let value = nested(outcome)?;
                    Ok::<u32, Refused>(value.min(maybe().unwrap_or_default()))
                };
                decided(outcome)
            }

            $(#[$attribute])+
            fn with_patterns((outcome, mut list): (Outcome, Vec<u32>), _: String, mut last: u32) -> Decision {
                last += 1;
                list.push(last);
                outcome.decide()
            }

            $(#[$attribute])+
            fn generic<T, const N: usize>(outcome: Outcome, of: [T; N], by: impl Fn(&T) -> bool) -> Decision
            where
                T: Debug + Copy,
            {
                assert!(of.iter().all(|each| by(each)));
                outcome.decide()
            }

            $(#[$attribute])+
            fn borrowing<'a, 'b: 'a>(names: &'a [&'b str], outcome: Outcome) -> Decision<&'a str> {
                outcome.decide()?;
                Ok(names.first().copied().unwrap_or_default())
            }

            $(#[$attribute])+
            fn hiding_inside(outcome: Outcome) -> Result<impl Iterator<Item = u32> + use<>, Refused> {
                outcome.decide().map(|value| [value].into_iter())
            }

            #[derive(Clone)]
            struct Till(Outcome, u32);

            impl Till {
                $(#[$attribute])+
                fn by_reference(&self) -> Decision<&u32> {
                    self.0.decide().map(|_| &self.1)
                }

                $(#[$attribute])+
                fn by_mutable_reference(&mut self) -> Decision<&mut u32> {
                    self.1 = self.0.decide()?;
                    Ok(&mut self.1)
                }

                $(#[$attribute])+
                fn by_value(mut self) -> Decision<Self> {
                    self.1 = self.0.decide()?;
                    Ok(self)
                }

                $(#[$attribute])+
                fn by_arc(self: Arc<Self>) -> Decision {
                    self.0.decide()
                }

                $(#[$attribute])+
                async fn later(&mut self) -> Decision<&mut u32> {
                    self.1 = self.0.decide_later().await?;
                    Ok(&mut self.1)
                }
            }

            trait Shop: Sync {
                fn sell(&self, outcome: Outcome) -> Decision;

                $(#[$attribute])+
                fn sell_by_default(&self, outcome: Outcome) -> Decision {
                    outcome.decide()
                }

                async fn deliver(&self, outcome: Outcome) -> Decision;

                $(#[$attribute])+
                async fn deliver_by_default(&self, outcome: Outcome) -> Decision {
                    outcome.decide_later().await
                }
            }

            impl Shop for Till {
                $(#[$attribute])+
                fn sell(&self, outcome: Outcome) -> Decision {
                    outcome.decide()
                }

                $(#[$attribute])+
                async fn deliver(&self, outcome: Outcome) -> Decision {
                    outcome.decide_later().await
                }
            }

            #[async_trait::async_trait]
            trait Bank {
                async fn pay(&self, outcome: Outcome) -> Decision;

                $(#[$attribute])+
                async fn pay_by_default(&self, outcome: Outcome) -> Decision {
                    outcome.decide_later().await
                }
            }

            #[async_trait::async_trait]
            impl Bank for Till {
                $(#[$attribute])+
                async fn pay(&self, outcome: Outcome) -> Decision {
                    let value = outcome.decide_later().await?;
                    Ok(value)
                }
            }

            impl Till {
                /// What `async_trait` made of a method before it used blocks.
                $(#[$attribute])+
                fn pay_the_old_way<'life, 'made>(
                    &'life self,
                    outcome: Outcome,
                ) -> Pin<Box<dyn Future<Output = Decision> + Send + 'made>>
                where
                    'life: 'made,
                    Self: 'made,
                {
                    async fn pay(_till: &Till, outcome: Outcome) -> Decision {
                        outcome.decide_later().await
                    }
                    Box::pin(pay(self, outcome))
                }
            }

            $(#[$attribute])+
            async fn later(outcome: Outcome) -> Decision {
                let value = outcome.decide_later().await?;
                if value == 0 {
                    return Ok(1);
                }
                Ok(value)
            }

            $(#[$attribute])+
            async fn later_borrowing<'a>(names: &'a [&str], outcome: Outcome) -> Decision<&'a str> {
                outcome.decide_later().await?;
                Ok(names.first().copied().unwrap_or_default())
            }

            $(#[$attribute])+
            async fn later_generic<T: Debug>(outcome: Outcome, of: T, by: impl FnOnce(T) -> u32) -> Decision {
                outcome.decide_later().await.map(|value| value + by(of))
            }

            $(#[$attribute])+
            async fn later_coerced(outcome: Outcome) -> Result<Box<dyn Debug>, Refused> {
                Ok(Box::new(outcome.decide_later().await?))
            }

            $(#[$attribute])+
            async fn later_hiding(outcome: Outcome) -> Result<impl Debug + use<>, Refused> {
                outcome.decide_later().await
            }

            $(#[$attribute])+
            async fn later_on_one_thread(outcome: Outcome) -> Decision {
                let shared = Rc::new(outcome);
                shared.decide_later().await
            }

            $(#[$attribute])+
            fn future(outcome: Outcome) -> impl Future<Output = Decision> + Send {
                async move { outcome.decide_later().await }
            }

            $(#[$attribute])+
            fn future_of_either(outcome: Outcome) -> impl Future<Output = Decision> {
                if let Outcome::Ok = outcome {
                    return async { Ok(7) }.left_future();
                }
                outcome.decide_later().right_future()
            }

            $(#[$attribute])+
            fn boxed(outcome: Outcome) -> Pin<Box<dyn Future<Output = Decision> + Send>> {
                Box::pin(async move {
                    let value = outcome.decide_later().await?;
                    Ok(value)
                })
            }

            $(#[$attribute])+
            fn boxed_in_statements(outcome: Outcome) -> Pin<Box<dyn Future<Output = Decision>>> {
                if let Outcome::Ok = outcome {
                    return Box::pin(std::future::ready(Ok(7)));
                }
                let shared = Rc::new(outcome);
                Box::pin(async move { shared.decide_later().await })
            }

            $(#[$attribute])+
            fn future_decided_at_once(outcome: Outcome) -> impl Future<Output = Decision> {
                let decided = outcome.decide();
                async move {
                    outcome.wait().await;
                    decided
                }
            }

            $(#[$attribute])+
            fn boxed_decided_at_once(outcome: Outcome) -> Pin<Box<dyn Future<Output = Decision>>> {
                let decided = outcome.decide();
                Box::pin(async move {
                    outcome.wait().await;
                    decided
                })
            }

            $(#[$attribute])+
            fn boxed_by_alias<'a>(outcome: &'a Outcome) -> BoxFuture<'a, Decision> {
                outcome.decide_later().boxed()
            }

            $(#[$attribute])+
            fn boxed_locally(outcome: Rc<Outcome>) -> LocalBoxFuture<'static, Decision> {
                Box::pin(async move { outcome.decide_later().await })
            }

            pub(crate) fn shapes() -> Shapes {
                Shapes {
                    calls: vec![
                        ("plain", plain),
                        ("returning_early", returning_early),
                        ("with_closures", with_closures),
                        ("with_patterns", |o| with_patterns((o, Vec::new()), String::new(), 1)),
                        ("generic", |o| generic(o, [1, 2], |_| true)),
                        ("borrowing", |o| borrowing(&["seven"], o).map(|name| u32::from(name == "seven") * 7)),
                        ("hiding_inside", |o| hiding_inside(o).map(Iterator::sum)),
                        ("by_reference", |o| Till(o, 7).by_reference().copied()),
                        ("by_mutable_reference", |o| Till(o, 0).by_mutable_reference().copied()),
                        ("by_value", |o| Till(o, 0).by_value().map(|till| till.1)),
                        ("by_arc", |o| Arc::new(Till(o, 0)).by_arc()),
                        ("sell", |o| Till(o, 0).sell(o)),
                        ("sell_by_default", |o| Till(o, 0).sell_by_default(o)),
                        ("later_coerced", |o| block_on(later_coerced(o)).map(|value| format!("{value:?}").len() as u32 * 7)),
                        ("later_hiding", |o| block_on(later_hiding(o)).map(|value| format!("{value:?}").len() as u32 * 7)),
                    ],
                    futures: vec![
                        ("later", |o| Box::pin(later(o))),
                        ("later", |o| Box::pin(async move { Till(o, 0).later().await.copied() })),
                        ("later_borrowing", |o| {
                            Box::pin(async move { later_borrowing(&["seven"], o).await.map(|_| 7) })
                        }),
                        ("later_generic", |o| Box::pin(later_generic(o, "", |_| 0))),
                        ("later_on_one_thread", |o| Box::pin(later_on_one_thread(o))),
                        ("future", |o| Box::pin(future(o))),
                        ("future_of_either", |o| Box::pin(future_of_either(o))),
                        ("future_decided_at_once", |o| Box::pin(future_decided_at_once(o))),
                        ("boxed", |o| boxed(o)),
                        ("boxed_decided_at_once", boxed_decided_at_once),
                        ("boxed_in_statements", boxed_in_statements),
                        ("boxed_by_alias", |o| Box::pin(async move { boxed_by_alias(&o).await })),
                        ("boxed_locally", |o| boxed_locally(Rc::new(o))),
                        ("deliver", |o| Box::pin(async move { Till(o, 0).deliver(o).await })),
                        ("deliver_by_default", |o| Box::pin(async move { Till(o, 0).deliver_by_default(o).await })),
                        ("pay", |o| Box::pin(async move { Till(o, 0).pay(o).await })),
                        ("pay_by_default", |o| Box::pin(async move { Till(o, 0).pay_by_default(o).await })),
                        ("pay_the_old_way", |o| Box::pin(async move { Till(o, 0).pay_the_old_way(o).await })),
                    ],
                }
            }
        }
    };
}

pub(crate) use shapes;

shapes!(mod with_errors: #[discord_log::log_errors(context = "Trying")]);
shapes!(mod with_activity: #[discord_log::log_activity(action = "Try")]);
shapes!(mod with_performance: #[discord_log::log_performance(threshold = 1e-9)]);

/// Calls each function, checks what comes back and what was told.
pub(crate) fn check(shapes: &Shapes, outcome: Outcome, expected: impl Fn(&str) -> Vec<String>) {
    for (name, call) in &shapes.calls {
        check_call(name, outcome, || call(outcome), &expected(name));
    }
    for (name, future) in &shapes.futures {
        check_call(name, outcome, || block_on(future(outcome)), &expected(name));
    }
}

fn check_call(name: &str, outcome: Outcome, call: impl FnOnce() -> Result<u32, Refused>, expected: &[String]) {
    let mut returned = Ok(Ok(0));
    let events = testing::capture(|| returned = catch_unwind(AssertUnwindSafe(call)));
    match (outcome, returned) {
        (Outcome::Ok, Ok(Ok(value))) => assert_eq!(value, 7, "{name}"),
        (Outcome::Error, Ok(Err(error))) => assert_eq!(*error.0, 13, "{name}"),
        (Outcome::Panic, Err(payload)) => assert_eq!(payload.downcast_ref(), Some(&"broken"), "{name}"),
        (_, returned) => assert!(returned.is_err(), "{name} ended otherwise than it was told to: {returned:?}"),
    }
    let mut told: Vec<String> = events.iter().map(told).collect();
    told.sort();
    assert_eq!(told, expected, "{name}, {outcome:?}");
}

/// Polls each future, drops it, and hands over what was told.
pub(crate) fn check_cancelled(shapes: &Shapes, expected: impl Fn(&str) -> Vec<String>) {
    for (name, future) in &shapes.futures {
        let events = testing::capture(|| give_up(future(Outcome::Never)));
        assert_eq!(events.iter().map(told).collect::<Vec<_>>(), expected(name), "{name}");
    }
}

#[test]
fn an_error_is_told_once_and_handed_on() {
    let error = |name: &str| vec![format!("{name}: Error \"refused 13\" while [\"Trying\"]")];
    check(&with_errors::shapes(), Outcome::Error, error);
}

#[test]
fn a_success_tells_log_errors_nothing() {
    check(&with_errors::shapes(), Outcome::Ok, |_| vec![]);
}

#[test]
fn a_panic_is_told_as_such_and_goes_on() {
    discord_log::__private::remember();
    let panic = |name: &str| vec![format!("{name}: Panic \"broken\" while [\"Trying\"]")];
    check(&with_errors::shapes(), Outcome::Panic, panic);
}

#[test]
fn a_cancelled_future_tells_log_errors_nothing() {
    check_cancelled(&with_errors::shapes(), |_| vec![]);
}

#[test]
fn an_activity_is_told_with_its_outcome() {
    let activity = |outcome: &'static str| move |name: &str| vec![format!("{name}: Activity Try {outcome}")];
    check(&with_activity::shapes(), Outcome::Ok, activity("ok"));
    check(&with_activity::shapes(), Outcome::Error, activity("error"));
    check(&with_activity::shapes(), Outcome::Panic, activity("panicked"));
    check_cancelled(&with_activity::shapes(), activity("cancelled"));
}

#[test]
fn a_slow_call_is_told_however_it_ends() {
    let slow = |name: &str| vec![format!("{name}: SlowCall")];
    check(&with_performance::shapes(), Outcome::Ok, slow);
    check(&with_performance::shapes(), Outcome::Error, slow);
    check(&with_performance::shapes(), Outcome::Panic, slow);
    check_cancelled(&with_performance::shapes(), |_| vec![]);
}
