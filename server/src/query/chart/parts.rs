//! Which parts of a chart are told.

use super::RULES;
use crate::query::lots::LOTS;
use crate::query::params::Params;
use crate::wire::problem::{Code, Problem, nearest, shown};

macro_rules! parts {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $usual:literal,)*) => {
        /// A part of a chart.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Part {
            $($(#[$doc])* $variant,)*
        }

        impl Part {
            /// Every one, in the order of a reply.
            pub(crate) const ALL: &'static [Part] = &[$(Part::$variant,)*];

            /// How `include` and the reply call it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Part::$variant => $name,)* }
            }

            /// Whether it is told unasked.
            pub(crate) const fn is_usual(self) -> bool {
                match self { $(Part::$variant => $usual,)* }
            }
        }
    };
}

parts! {
    /// Where the bodies stand.
    Positions = "positions" true,
    /// Cusps and angles.
    Houses = "houses" true,
    /// Angles between two.
    Aspects = "aspects" true,
    /// How far any two are apart.
    Matrix = "matrix" false,
    /// Arabic lots.
    Lots = "lots" true,
    /// The Moon's phase.
    Moon = "moon" true,
    /// Day or night, and who belongs to it.
    Sect = "sect" true,
    /// Elements and modes.
    Balance = "balance" false,
    /// What bodies have in the signs that they are in.
    Dignities = "dignities" false,
    /// Who receives whom.
    Receptions = "receptions" false,
    /// Mirrored in the solstices and in the equinoxes.
    Antiscia = "antiscia" false,
    /// As far from the equator.
    Parallels = "parallels" false,
    /// What several aspects make.
    Patterns = "patterns" false,
}

/// The parts that aspects are told in, by the rules that `aspects`, `orbs`, `orb_by` and `angles` give.
pub(crate) const ASPECTED: [Part; 3] = [Part::Aspects, Part::Patterns, Part::Matrix];

/// The parts that depend on who rules what: on `rulers`, `triplicities` and `terms`.
pub(crate) const RULED: [Part; 2] = [Part::Dignities, Part::Receptions];

/// Parameters that change nothing but some parts.
const OF_PARTS: [(&[&str], &[Part]); 4] = [
    (&RULES, &ASPECTED),
    (&["perfection"], &[Part::Aspects]),
    (&LOTS, &[Part::Lots]),
    (&["rulers", "triplicities", "terms"], &RULED),
];

/// A choice of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts(u16);

impl Parts {
    /// These.
    pub(crate) fn of(parts: impl IntoIterator<Item = Part>) -> Parts {
        Parts(parts.into_iter().fold(0, |all, part| all | 1 << part as u8))
    }

    /// Reads a list of names; `default` and `all` stand for many.
    pub(crate) fn parse(list: Option<&str>) -> Result<Parts, Problem> {
        let every = || Part::ALL.iter().copied();
        let Parts(usual) = Parts::of(every().filter(|part| part.is_usual()));
        let Some(list) = list else { return Ok(Parts(usual)) };
        let mut chosen = 0;
        let mut named: Vec<&str> = Vec::new();
        for name in list.split(',').map(str::trim) {
            if named.contains(&name) {
                return Err(Problem::new(Code::RepeatedField, format!("{} is named twice", shown(name)))
                    .parameter("include")
                    .hint("name each part once"));
            }
            named.push(name);
            chosen |= match name {
                "default" => usual,
                "all" => Parts::of(every()).0,
                _ => {
                    let found = Part::ALL.iter().find(|part| part.name() == name);
                    1 << *found.ok_or_else(|| unknown(name))? as u8
                }
            };
        }
        Ok(Parts(chosen))
    }

    pub(crate) const fn has(self, part: Part) -> bool {
        self.0 & 1 << part as u8 != 0
    }

    /// Whether one of these was chosen.
    pub(crate) fn has_any(self, parts: &[Part]) -> bool {
        parts.iter().any(|part| self.has(*part))
    }

    /// The parameters that change nothing without a part that was not chosen, each with the parts that it is of.
    pub(crate) fn idle(self) -> impl Iterator<Item = (&'static str, &'static [Part])> {
        let others = OF_PARTS.into_iter().filter(move |(_, parts)| !self.has_any(parts));
        others.flat_map(|(names, parts)| names.iter().map(move |name| (*name, parts)))
    }

    /// Refuses a parameter that changes nothing.
    pub(crate) fn check(self, params: &Params<'_>) -> Result<(), Problem> {
        let Some((name, parts)) = self.idle().find(|(name, _)| params.get(name).is_some()) else {
            return Ok(());
        };
        let names: Vec<_> = parts.iter().map(|part| part.name()).collect();
        let first = names.first().copied().unwrap_or_default();
        let remedy = match params.get("include") {
            Some(_) => format!("add {first} to include, or leave {name} out"),
            None => format!("add include=default,{first}, or leave {name} out"),
        };
        let detail = format!("{name} is of {}, and they are not told", names.join(", "));
        Err(Problem::new(Code::Contradiction, detail).parameter(name).hint(remedy))
    }

    /// Those that were chosen, in the order of a reply.
    pub(crate) fn iter(self) -> impl Iterator<Item = Part> {
        Part::ALL.iter().copied().filter(move |part| self.has(*part))
    }
}

fn unknown(name: &str) -> Problem {
    let names = Part::ALL.iter().map(|part| part.name()).chain(["default", "all"]);
    let problem = Problem::new(Code::UnknownValue, format!("{} is no part of a chart", shown(name)))
        .parameter("include");
    match nearest(name, names) {
        Some(name) => problem.hint(format!("did you mean {name}?")),
        None => problem.hint("give names such as positions,houses,aspects, or all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::charts::chart::PARAMETERS;

    #[test]
    fn what_is_of_a_part_that_is_not_told_is_refused() {
        let check = |query: &str| {
            let params = Params::parse(query, PARAMETERS).unwrap();
            Parts::parse(params.get("include")).unwrap().check(&params)
        };
        for name in ["aspects", "orbs", "orb_by", "angles", "perfection", "lots", "formula"] {
            assert_eq!(check(&format!("{name}=x")), Ok(()), "{name}");
            let problem = check(&format!("{name}=x&include=positions")).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::Contradiction, Some(name)));
            let part = if ["lots", "formula"].contains(&name) { "lots" } else { "aspects" };
            assert_eq!(
                problem.hint.as_deref().unwrap(),
                format!("add {part} to include, or leave {name} out")
            );
        }
        for name in ["rulers", "triplicities", "terms"] {
            assert_eq!(check(&format!("{name}=x&include=receptions")), Ok(()), "{name}");
            let problem = check(&format!("{name}=x")).unwrap_err();
            assert_eq!(
                problem.hint.as_deref().unwrap(),
                format!("add include=default,dignities, or leave {name} out")
            );
        }
        assert_eq!(check("angles=vertex&include=matrix"), Ok(()));
        assert!(check("perfection=true&include=matrix").is_err());
    }

    #[test]
    fn parts_are_chosen_by_name() {
        let names = |list| {
            let parts: Vec<_> = Parts::parse(list).unwrap().iter().map(Part::name).collect();
            parts.join(",")
        };
        assert_eq!(names(None), "positions,houses,aspects,lots,moon,sect");
        assert_eq!(names(Some("default,balance")), "positions,houses,aspects,lots,moon,sect,balance");
        assert_eq!(names(Some("sect, positions")), "positions,sect");
        assert_eq!(Parts::parse(Some("all")).unwrap().iter().count(), Part::ALL.len());
        for (list, code) in [
            ("aspect", Code::UnknownValue),
            ("", Code::UnknownValue),
            ("lots,lots", Code::RepeatedField),
            ("lots,,moon", Code::UnknownValue),
        ] {
            let problem = Parts::parse(Some(list)).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some("include")), "{list}");
            assert!(problem.hint.is_some(), "{list}");
        }
        assert_eq!(Parts::parse(Some("aspect")).unwrap_err().hint.as_deref(), Some("did you mean aspects?"));
    }
}
