//! Colours by meaning: what is well is green wherever it stands, what failed is red.

/// A colour of the page's style sheet, light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Well.
    Good,
    /// Worth a look.
    Warning,
    /// Failed.
    Bad,
    /// Failed altogether.
    Worst,
    /// Of no weight.
    Quiet,
    /// Of still less.
    Faint,
    /// Neither well nor not: one of [`PALETTE`].
    Series(usize),
}

/// How many colours there are for what has no meaning of its own.
pub(crate) const PALETTE: usize = 8;
const HEX: [&str; PALETTE] = ["#4a7fd6", "#2a9da8", "#8b72d0", "#c66b93", "#5d7290", "#a6825a", "#7f9a3c", "#59b0e3"];

impl Colour {
    /// The colour that a name asks for.
    pub(crate) fn of_meaning(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "accept" | "allow" | "success" | "ok" | "2xx" => Self::Good,
            "warn" | "warning" | "4xx" | "timeout" | "skipdata" | "challenge" | "captcha" => Self::Warning,
            "reject" | "block" | "failure" | "error" | "5xx" => Self::Bad,
            "fatal" | "critical" | "severe" | "alert" | "emergency" | "out of memory" => Self::Worst,
            "debug" | "nodata" => Self::Quiet,
            "trace" | "size" | "no level" => Self::Faint,
            "info" | "information" | "notice" | "read-only" | "app" | "average" | "used" => Self::Series(0),
            "3xx" | "vpcflow" | "aws.vpcflow" | "p95" => Self::Series(1),
            "lambda" | "aws.lambda_logs" | "p99" | "write" => Self::Series(2),
            "cloudtrail" | "aws.cloudtrail" => Self::Series(3),
            "access" => Self::Series(4),
            "apigateway" | "aws.apigateway_logs" => Self::Series(5),
            "route53resolver" | "aws.route53_resolver_logs" => Self::Series(6),
            "waf" | "aws.waf" => Self::Series(7),
            _ => return None,
        })
    }

    /// The colour of a number by what its title says it counts.
    pub(crate) fn of_title(title: &str) -> Option<Self> {
        let title = title.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| title.starts_with(word));
        if says(&["error", "failed", "rejected", "server error", "out of memory", "events of the root"]) {
            Some(Self::Bad)
        } else if says(&["warning", "timeout", "client error", "set aside"]) {
            Some(Self::Warning)
        } else {
            None
        }
    }

    /// The colours of names that stand together: by meaning, and what has none takes those that are left.
    pub(crate) fn of_all<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Self> {
        let meanings: Vec<_> = names.into_iter().map(Self::of_meaning).collect();
        let taken = |colour| meanings.contains(&Some(colour));
        let mut left = (0..PALETTE).map(Self::Series).filter(|colour| !taken(*colour)).cycle();
        let mut next = || left.next().unwrap_or(Self::Quiet);
        meanings.iter().map(|meaning| meaning.unwrap_or_else(&mut next)).collect()
    }

    /// Its class in the style sheet.
    pub(crate) fn class(self) -> String {
        match self {
            Self::Good => "good".to_owned(),
            Self::Warning => "warning".to_owned(),
            Self::Bad => "bad".to_owned(),
            Self::Worst => "worst".to_owned(),
            Self::Quiet => "quiet".to_owned(),
            Self::Faint => "faint".to_owned(),
            Self::Series(place) => format!("s{}", place % PALETTE),
        }
    }

    /// What products that know no style sheets are told.
    pub(crate) fn hex(self) -> &'static str {
        match self {
            Self::Good => "#2f9e6e",
            Self::Warning => "#e0a100",
            Self::Bad => "#d64545",
            Self::Worst => "#8f1d3f",
            Self::Quiet => "#98a2b3",
            Self::Faint => "#ccd3dc",
            Self::Series(place) => HEX[place % PALETTE],
        }
    }
}

/// The values of a field that have a colour by meaning.
pub(crate) fn known_values(field: &str) -> &'static [&'static str] {
    match field {
        "event.action" => &["accept", "reject"],
        "event.outcome" => &["success", "failure"],
        "log.level" => &["trace", "debug", "info", "notice", "warn", "warning", "error", "fatal", "critical"],
        "event.dataset" => &[
            "aws.vpcflow",
            "aws.cloudtrail",
            "aws.lambda_logs",
            "aws.apigateway_logs",
            "access",
            "aws.route53_resolver_logs",
            "aws.waf",
            "app",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;

    #[test]
    fn meaning_comes_first() {
        let colours = Colour::of_all(["x", "ERROR", "app", "y"]);
        assert_eq!(colours, [Colour::Series(1), Colour::Bad, Colour::Series(0), Colour::Series(2)]);
        assert_eq!(Colour::of_all((0..20).map(|_| "z")).len(), 20);
    }
}
