//! What the attributes expand to, as people would read it.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::attribute::{Attribute, LOG_ACTIVITY, LOG_ERRORS, LOG_PERFORMANCE};
use crate::wrap;

fn expand(attribute: &'static Attribute, arguments: TokenStream, item: TokenStream) -> TokenStream {
    wrap::expand(attribute, arguments, item).expect("the attribute expands")
}

/// Prints an item as `rustfmt` would; a method is printed within an `impl`.
fn printed(item: &TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(item.clone()).expect("the expansion parses"))
}

/// Compares with `snapshots/<name>.snap`; `INSTA_UPDATE=always` writes that file anew.
fn matches(name: &str, expansion: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, expansion));
}

macro_rules! snapshots {
    ($($name:ident: $attribute:ident($($arguments:tt)*) $item:tt)+) => {$(
        #[test]
        fn $name() {
            let item: TokenStream = unbraced(quote!($item));
            matches(stringify!($name), &printed(&expand(&$attribute, quote!($($arguments)*), item)));
        }
    )+};
}

fn unbraced(item: TokenStream) -> TokenStream {
    item.into_iter()
        .filter_map(|token| if let TokenTree::Group(group) = token { Some(group.stream()) } else { None })
        .collect()
}

fn in_an_impl(item: &TokenStream) -> TokenStream {
    quote!(impl Ledger { #item })
}

snapshots! {
    log_errors_on_a_function: LOG_ERRORS(context = "Invoice Processing", severity = "warning", channel = "billing") {
        /// Makes an invoice.
        #[must_use]
        pub(crate) fn create_invoice<T: Into<Draft>>(draft: T) -> Result<Invoice, BillingError> {
            let draft = draft.into();
            if draft.is_empty() {
                return Err(BillingError::Empty);
            }
            Ok(draft.finish()?)
        }
    }
    log_errors_on_an_async_function: LOG_ERRORS(fields(id = %draft.id, total = draft.total, draft = ?draft)) {
        async fn create_invoice(draft: Draft) -> Result<Invoice, BillingError> {
            draft.finish().await
        }
    }
    log_errors_on_a_boxed_future: LOG_ERRORS() {
        fn create_invoice<'a>(draft: &'a Draft) -> Pin<Box<dyn Future<Output = Result<Invoice, BillingError>> + Send + 'a>> {
            Box::pin(async move { draft.finish().await })
        }
    }
    log_errors_on_a_boxed_future_in_statements: LOG_ERRORS() {
        fn create_invoice(draft: Draft) -> BoxFuture<'static, Result<Invoice, BillingError>> {
            let draft = draft.checked();
            Box::pin(async move { draft.finish().await })
        }
    }
    log_errors_on_a_future: LOG_ERRORS() {
        fn create_invoice(draft: Draft) -> impl Future<Output = Result<impl Display, BillingError>> + Send {
            async move { draft.finish().await }
        }
    }
    log_activity_on_a_function: LOG_ACTIVITY() {
        fn close_the_books() {
            ledger().close();
        }
    }
    log_activity_on_an_async_function: LOG_ACTIVITY(action = "Close Books") {
        pub async unsafe fn close(ledger: Ledger) -> Closed<impl Display> {
            ledger.close().await
        }
    }
    log_activity_on_a_function_that_hides_what_it_returns: LOG_ACTIVITY() {
        fn counter(from: u32) -> impl Fn(u32) -> u32 {
            move |to| to - from
        }
    }
    log_performance_on_a_function: LOG_PERFORMANCE(threshold = "250ms") {
        fn sum(lines: &[u64]) -> u64 {
            lines.iter().sum()
        }
    }
    log_performance_on_an_async_function: LOG_PERFORMANCE(threshold_seconds = 2, crate = crate::logging) {
        async fn run() -> ! {
            loop { turn().await }
        }
    }
}

#[test]
fn each_on_a_method() {
    let method = quote! {
        fn post(&mut self, entry: Entry) -> Result<&mut Entry, Full> {
            self.entries.push(entry)
        }
    };
    for (name, attribute) in
        [("log_errors", &LOG_ERRORS), ("log_activity", &LOG_ACTIVITY), ("log_performance", &LOG_PERFORMANCE)]
    {
        let method = expand(attribute, TokenStream::new(), method.clone());
        matches(&format!("{name}_on_a_method"), &printed(&in_an_impl(&method)));
    }
}

#[test]
fn stacked() {
    let item = quote! {
        #[discord_log::log_activity(action = "Create {id}", fields(id = draft.id, card = redact(draft.card)), ret)]
        #[must_use]
        #[log_performance(threshold = SLOW)]
        async fn create_invoice(draft: Draft) -> Result<Invoice, BillingError> {
            draft.finish().await
        }
    };
    let item = expand(&LOG_ERRORS, quote!(context = "Invoice Processing", skip_if = BillingError::is_benign), item);
    matches("stacked", &printed(&item));
}

#[test]
fn the_outermost_attribute_takes_in_the_others_whichever_it_is() {
    let others = [
        (&LOG_ERRORS, quote!(#[log_activity] #[log_performance])),
        (&LOG_ACTIVITY, quote!(#[log_errors] #[log_performance])),
        (&LOG_PERFORMANCE, quote!(#[log_activity] #[log_errors])),
    ];
    let bodies = others.map(|(attribute, others)| {
        let item = expand(attribute, TokenStream::new(), quote!(#others fn f() -> Result<u32, u32> { Ok(1) }));
        assert_eq!(item.to_string().matches("__merged").count(), 2, "{item}");
        item.into_iter().last().map(|body| body.to_string())
    });
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[test]
fn a_renamed_crate_is_named_by_no_other_name() {
    let item = quote!(
        async fn f(x: u32) -> Result<u32, u32> {
            Err(x)
        }
    );
    for attribute in [&LOG_ERRORS, &LOG_ACTIVITY, &LOG_PERFORMANCE] {
        let expansion = expand(attribute, quote!(crate = ::chronicle, fields(x = x)), item.clone()).to_string();
        assert!(expansion.contains(":: chronicle :: __private"), "{expansion}");
        assert!(!expansion.contains(":: discord_log"), "{expansion}");
    }
}

#[test]
fn a_half_written_body_is_kept_as_it_is() {
    let item = quote!(fn f() -> Result<u32, u32> { let x = self.; if x. });
    let expansion = expand(&LOG_ERRORS, TokenStream::new(), item).to_string();
    assert!(expansion.contains("let x = self . ; if x ."), "{expansion}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let item = quote!(
        const fn f() {}
    );
    let arguments = quote!(context = 5, severity = "loud", chanel = "x", fields(a = 1, a = 2), context);
    let mistakes = wrap::expand(&LOG_ERRORS, arguments, item).expect_err("there are mistakes");
    assert_eq!(mistakes.into_iter().count(), 7);
}
