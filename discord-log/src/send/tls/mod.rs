//! Which TLS is used: a feature picks the file. None of them changes anything for the rest of the program: no
//! process-wide provider is installed, and one that the program installed itself is used.

#[cfg_attr(any(feature = "tls-aws-lc", feature = "tls-ring", feature = "tls-host-provider"), path = "rustls.rs")]
#[cfg_attr(
    all(feature = "tls-native", not(any(feature = "tls-aws-lc", feature = "tls-ring", feature = "tls-host-provider"))),
    path = "native.rs"
)]
#[cfg_attr(
    not(any(feature = "tls-native", feature = "tls-aws-lc", feature = "tls-ring", feature = "tls-host-provider")),
    path = "none.rs"
)]
mod backend;

pub(super) use self::backend::configure;
