//! Behaviour seen through the public API lives in the folders beside this one. The library itself is empty: it lets the
//! code of the documents be compiled.

/// Compiles the code of a document, under its name.
#[cfg(doctest)]
macro_rules! documents {
    ($($name:ident = $path:literal;)*) => {$(
        #[doc = include_str!($path)]
        struct $name;
    )*};
}

#[cfg(doctest)]
documents! {
    Readme = "../../README.md";
    MigratingFromPython = "../../docs/migrating-from-python.md";
    Security = "../../docs/security.md";
}
