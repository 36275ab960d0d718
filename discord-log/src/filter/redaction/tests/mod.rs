//! Secrets must go, everything else must stay, and neither may take long.

mod corpus;
mod events;
mod near_misses;
mod properties;
mod words;
