//! Figures beside their goals: as lines from a group's process, and as the table at the end.

use super::cases::Figure;

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// The group, and then the cells as they are printed, the verdict last.
    cells: Vec<String>,
}

impl Row {
    /// A case beside the bare function of the same process.
    pub fn timed(name: &str, figure: Figure, bare: Figure, goal: Option<f64>) -> Self {
        Self::compared(name, figure, figure.median, bare.median, goal)
    }

    /// A case beside another one, both at their best.
    pub fn least(name: &str, figure: Figure, beside: Figure, goal: Option<f64>) -> Self {
        Self::compared(name, figure, figure.min, beside.min, goal)
    }

    fn compared(name: &str, figure: Figure, time: f64, bare: f64, goal: Option<f64>) -> Self {
        let over = time - bare;
        let verdict = goal.map(|goal| verdict(over <= goal)).unwrap_or_default();
        let goal = goal.map(|goal| format!("≤ {goal:.0}")).unwrap_or_default();
        let number = |number: f64| if number < 100.0 { format!("{number:.2}") } else { format!("{number:.0}") };
        let times = format!("{:.1}", time / bare);
        let signed = if over.abs() < 100.0 { format!("{over:+.2}") } else { format!("{over:+.0}") };
        Self::with([name, &number(figure.min), &number(figure.median), &times, &signed, &goal, verdict])
    }

    /// Something that should be so.
    pub fn holds(name: &str, is_so: bool, figure: &str) -> Self {
        Self::with([name, "", figure, "", "", "so", verdict(is_so)])
    }

    /// Puts it under a group.
    pub fn of(mut self, group: &str) -> Self {
        self.cells.insert(0, group.to_owned());
        self
    }

    fn with(cells: [&str; 7]) -> Self {
        Self { cells: cells.map(str::to_owned).to_vec() }
    }

    /// Reads what [`tell`] wrote; other lines are no figures.
    pub fn parse(group: &str, line: &str) -> Option<Self> {
        let cells = line.strip_prefix(MARK)?.split('\t').map(str::to_owned).collect();
        Some(Self { cells }.of(group))
    }
}

const fn verdict(is_met: bool) -> &'static str {
    if is_met { "ok" } else { "no" }
}

/// Hands figures to the process that prints the table.
pub fn tell(rows: &[Row]) {
    for row in rows {
        println!("{MARK}{}", row.cells.join("\t"));
    }
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    println!("| group | what | min ns | median ns | × bare | over bare | goal | ok |");
    println!("|---|---|--:|--:|--:|--:|--:|---|");
    for row in rows {
        println!("| {} |", row.cells.join(" | "));
    }
}

const MARK: &str = "figure\t";
