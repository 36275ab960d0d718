//! Figures beside their goals: as lines from a part's process, and as the table at the end.

/// One figure.
#[derive(Debug)]
pub(crate) struct Row {
    name: String,
    figure: String,
    goal: String,
    is_met: Option<bool>,
}

impl Row {
    /// A figure that should not be above its goal.
    pub(crate) fn at_most(name: impl Into<String>, figure: f64, goal: f64, unit: &str) -> Self {
        Self::with_goal(name, figure, unit, format!("≤ {goal} {unit}"), figure <= goal)
    }

    /// A figure that should not be below its goal.
    pub(crate) fn at_least(name: impl Into<String>, figure: f64, goal: f64, unit: &str) -> Self {
        Self::with_goal(name, figure, unit, format!("≥ {goal} {unit}"), figure >= goal)
    }

    /// Something that should be so.
    pub(crate) fn holds(name: impl Into<String>, is_met: bool, figure: impl Into<String>) -> Self {
        Self { name: name.into(), figure: figure.into(), goal: "all".to_owned(), is_met: Some(is_met) }
    }

    /// A figure without a goal.
    pub(crate) fn plain(name: impl Into<String>, figure: impl Into<String>) -> Self {
        Self { name: name.into(), figure: figure.into(), goal: String::new(), is_met: None }
    }

    fn with_goal(name: impl Into<String>, figure: f64, unit: &str, goal: String, is_met: bool) -> Self {
        Self { name: name.into(), figure: format!("{figure:.2} {unit}"), goal, is_met: Some(is_met) }
    }

    fn verdict(&self) -> &'static str {
        match self.is_met {
            Some(true) => "ok",
            Some(false) => "no",
            None => "",
        }
    }

    /// Reads what [`tell`] wrote; other lines are no figures.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut cells = line.strip_prefix(MARK)?.split('\t').map(str::to_owned);
        let (name, figure, goal) = (cells.next()?, cells.next()?, cells.next()?);
        let is_met = match cells.next()?.as_str() {
            "ok" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Some(Self { name, figure, goal, is_met })
    }
}

/// Hands figures to the process that prints the table.
pub(crate) fn tell(rows: &[Row]) {
    for row in rows {
        println!("{MARK}{}\t{}\t{}\t{}", row.name, row.figure, row.goal, row.verdict());
    }
}

/// Prints the table.
pub(crate) fn print(rows: &[Row]) {
    let width = |cell: fn(&Row) -> &str| rows.iter().map(|row| cell(row).chars().count()).max().unwrap_or_default();
    let (names, figures, goals) = (width(|row| &row.name), width(|row| &row.figure), width(|row| &row.goal));
    println!("\n{:names$}  {:>figures$}  {:>goals$}  ok", "name", "figure", "goal");
    for row in rows {
        println!("{:names$}  {:>figures$}  {:>goals$}  {}", row.name, row.figure, row.goal, row.verdict());
    }
}

/// The value in the middle.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

const MARK: &str = "figure\t";
