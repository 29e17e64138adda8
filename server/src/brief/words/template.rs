//! Sentences with gaps, as a words file has them: `{body} enters {into} {when}.`

macro_rules! slots {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What is put into a gap.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Slot {
            $($(#[$doc])* $variant,)*
        }

        impl Slot {
            /// Every one.
            const ALL: [Slot; [$($name,)*].len()] = [$(Slot::$variant,)*];

            /// As it stands between braces.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Slot::$variant => $name,)* }
            }
        }
    };
}

slots! {
    /// A day of the week.
    Weekday = "weekday",
    /// A day of the month, a number.
    Day = "day",
    /// A month.
    Month = "month",
    /// A year, a number.
    Year = "year",
    /// The same of the last day.
    LastDay = "last_day",
    LastMonth = "last_month",
    LastYear = "last_year",
    /// What the clock is called.
    Clock = "clock",
    /// The name of a sign.
    Sign = "sign",
    /// What is told of when.
    Heading = "heading",
    /// Two digits.
    Hour = "hour",
    /// Two digits.
    Minute = "minute",
    /// A time of day.
    Time = "time",
    /// When something happens.
    When = "when",
    /// From when on.
    Since = "since",
    /// Until when.
    Until = "until",
    /// Being in a sign.
    In = "in",
    /// Coming into a sign.
    Into = "into",
    /// The sign that is left.
    From = "from",
    /// The sign that is gone to.
    To = "to",
    /// Being in the sign after it.
    Next = "next",
    /// Which house that is, behind a sign; nothing where no sign was asked for.
    House = "house",
    /// What a house is about.
    Theme = "theme",
    /// A body that does something.
    Body = "body",
    /// Several of them.
    Bodies = "bodies",
    /// The first of two.
    A = "a",
    /// The other, behind the aspect.
    B = "b",
    /// An aspect.
    Aspect = "aspect",
    /// A phase of the Moon.
    Phase = "phase",
    /// An equinox or a solstice.
    Season = "season",
    /// An eclipse.
    Eclipse = "eclipse",
    /// How a ruler is, if there is something to say of it.
    State = "state",
    /// The same, all that there is.
    States = "states",
}

/// Text with gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(Box<str>),
    Gap(Slot),
}

impl Template {
    /// Reads one that may have some gaps. What is wrong with it is told in words.
    pub(crate) fn parse(text: &str, allowed: &[Slot]) -> Result<Template, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, behind) = rest.split_at(at);
            let inner = behind.strip_prefix('{').ok_or("a } has no { before it; take it away")?;
            let (name, behind) = inner.split_once('}').ok_or("a { has no } behind it; add it")?;
            let slot = Slot::ALL.into_iter().find(|slot| slot.name() == name && allowed.contains(slot));
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            pieces.push(Piece::Gap(slot.ok_or_else(|| not_there(name, allowed))?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Ok(Template(pieces))
    }

    /// The text with its gaps filled. What is not given is left out.
    pub(crate) fn fill(&self, given: &[(Slot, &str)]) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            text.push_str(match piece {
                Piece::Text(piece) => piece,
                Piece::Gap(slot) => {
                    given.iter().find(|(known, _)| known == slot).map_or("", |(_, text)| text)
                }
            });
        }
        text
    }
}

fn not_there(name: &str, allowed: &[Slot]) -> String {
    let known: Vec<_> = allowed.iter().map(|slot| format!("{{{}}}", slot.name())).collect();
    let known = if known.is_empty() { "nothing".to_owned() } else { known.join(" ") };
    format!("{{{name}}} is nothing that can be put in there; {known} can")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled() {
        let template = Template::parse("{body} enters {into} {when}.", &[Slot::Body, Slot::Into, Slot::When]);
        let given = [(Slot::When, "at 12:05"), (Slot::Body, "Venus"), (Slot::Into, "Virgo")];
        assert_eq!(template.unwrap().fill(&given), "Venus enters Virgo at 12:05.");
        assert_eq!(Template::parse("", &[]).unwrap().fill(&[]), "");
        assert_eq!(Template::parse("{a}{b}", &[Slot::A, Slot::B]).unwrap().fill(&[(Slot::B, "x")]), "x");
    }

    #[test]
    fn what_is_no_gap_is_refused() {
        for (text, message) in [
            ("{body", "no } behind"),
            ("body}", "no { before"),
            ("{bodi}", "{bodi} is nothing that can be put in there; {body} {when} can"),
            ("{sign}", "{sign} is nothing"),
            ("{}", "{} is nothing"),
            ("{{body}}", "is nothing"),
        ] {
            let refused = Template::parse(text, &[Slot::Body, Slot::When]).unwrap_err();
            assert!(refused.contains(message), "{text}: {refused}");
        }
    }
}
