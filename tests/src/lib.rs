//! Behaviour of discord-log through its public interface; see the folders beside this one.
