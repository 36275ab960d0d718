use super::*;
use crate::markdown::{
    fuel::{FULL, Fuel},
    node::Node,
    parse::parse,
};

/// The length of the longest text Discord takes.
const LONGEST: usize = 6_000;

fn cost(text: &str) -> usize {
    let fuel = Fuel::default();
    parse(text, Place::Body, false, &fuel);
    fuel.spent()
}

fn repeated(piece: &str) -> String {
    piece.chars().cycle().take(LONGEST).collect()
}

#[test]
fn no_row_of_marks_costs_more_than_its_length_and_depth() {
    let pieces = [
        "*", "**", "***", "_", "__", "~", "~~", "|", "||", "`", "[", "]", "<", ">", "\\", "(", ")", "@", "#", "-",
        "- ", "* ", "1. ", "> ", ">>> ", "# ", "# \n", "-# ", "*a", "**a", "_a", "__a ", "~~a", "||a", "`a", "``a`",
        "```a", "[a", "[]", "[a]", "[a](", "[a](b", "](", "[](", "<a", "<a:", "<a:/", "<t:", "<:a:", "</a", "<@",
        "http://", "http", "h", "*a **b ", "*a_b", "**a*", "__a_", "`` ` ", "\\*", "\\`", " ", "\n", "a\n", "- a\n",
        "- a\n  ", "> a\n", "(", "[a](b(", "<a:/b", "``````\n", "\\\\*", "_*", "*_", "||~~", "**__", "*- ", "**> ",
    ];
    for piece in pieces {
        let cost = cost(&repeated(piece));
        assert!(cost < LONGEST * 40, "{piece:?} costs {cost}");
    }
}

#[test]
fn rows_of_marks_before_one_long_text_cost_no_more() {
    for (row, rest) in [("<", "a:/b"), ("**a ", "b"), ("*", "a"), ("`", "``a"), ("||", "a"), ("(", ")")] {
        let text = repeated(row)[..LONGEST / 2].to_owned() + &repeated(rest)[..LONGEST / 2];
        let cost = cost(&text);
        assert!(cost < LONGEST * 40, "{row:?} and {rest:?} cost {cost}");
    }
}

#[test]
fn brackets_that_pair_in_many_ways_run_dry_and_are_shown() {
    for (row, rest) in [("[[]", "[[]"), ("[", "[b]"), ("[", "](")] {
        let text = repeated(row)[..LONGEST / 2].to_owned() + &repeated(rest)[..LONGEST / 2];
        let fuel = Fuel::default();
        let nodes = parse(&text, Place::Body, false, &fuel);
        assert!(fuel.spent() > LONGEST * 40, "{row:?} and {rest:?} cost {}", fuel.spent());
        assert_eq!(nodes, [Node::Text(text)]);
    }
}

#[test]
fn prose_costs_about_its_length() {
    let prose = "The **quick** `fox` jumps_over the [lazy](https://dog.example) *dog*, 3 * 4 = 12.\n- and > so\n";
    let cost = cost(&repeated(prose));
    assert!(cost < LONGEST * 12, "{cost}");
}

#[test]
fn a_text_out_of_fuel_is_shown_as_typed() {
    let fuel = Fuel::default();
    fuel.spend(FULL - 10);
    let nodes = parse(&"**a** ".repeat(100), Place::Body, false, &fuel);
    assert!(nodes.len() < 10, "{nodes:?}");
}
