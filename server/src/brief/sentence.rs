//! Facts as sentences.

use orrery_almanac::dignities::Dignity;
use orrery_almanac::zodiac::Sign;
use orrery_almanac::{Aspect, DayNumber, UtcOffset, WireBody, Zone};

use super::fact::{Dated, Fact, Matter, Ruler, house, ruler};
use super::words::{Phrase, Slot, Words};
use crate::query::{BriefQuery, DayClock, Stretch};
use crate::text::heading::{self, begun};

/// Writes sentences in the language of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen<'q> {
    query: &'q BriefQuery,
    words: &'q Words,
}

impl<'q> Pen<'q> {
    pub(crate) fn new(query: &'q BriefQuery) -> Pen<'q> {
        Pen { query, words: &query.words }
    }

    /// What is told of when, and for whom.
    pub(crate) fn heading(&self) -> String {
        let BriefQuery { ends: [first, after], time, stretch, clock, sign, .. } = self.query;
        let last = DayNumber(after.0 - 1);
        let [from, to] = [*first, last].map(|day| day.civil(time.calendar));
        let [day, last_day] = [from, to].map(|date| date.day.to_string());
        let [year, last_year] = [from, to].map(|date| self.year(date.year));
        let offset;
        let clock = match clock {
            DayClock::Of(Zone::LocalMean(_)) => self.words.local_mean(),
            DayClock::Of(zone) => zone.name(),
            DayClock::At(UtcOffset::UTC) => self.words.utc(),
            DayClock::At(other) => {
                offset = heading::offset(*other);
                &offset
            }
        };
        let phrase = match stretch {
            Stretch::Day => Phrase::HeadingOfDay,
            Stretch::Week => Phrase::HeadingOfWeek,
            Stretch::Month => Phrase::HeadingOfMonth,
        };
        let heading = self.words.phrase(
            phrase,
            &[
                (Slot::Weekday, self.words.weekday(*first)),
                (Slot::Day, &day),
                (Slot::Month, self.words.month(from)),
                (Slot::Year, &year),
                (Slot::LastDay, &last_day),
                (Slot::LastMonth, self.words.month(to)),
                (Slot::LastYear, &last_year),
                (Slot::Clock, clock),
            ],
        );
        let heading = match sign {
            Some(sign) => {
                let name = &self.words.sign(*sign).name;
                self.words.phrase(Phrase::HeadingOfSign, &[(Slot::Sign, name), (Slot::Heading, &heading)])
            }
            None => self.words.phrase(Phrase::Heading, &[(Slot::Heading, &heading)]),
        };
        begun(&heading)
    }

    /// A year, which has its own name before the first.
    fn year(&self, year: i32) -> String {
        match heading::before_christ(year) {
            None => year.to_string(),
            Some(year) => self.words.phrase(Phrase::BeforeChrist, &[(Slot::Year, &year.to_string())]),
        }
    }

    /// A fact.
    pub(crate) fn sentence(&self, fact: &Fact) -> String {
        let when = fact.at.as_ref().map(|at| self.when(at)).unwrap_or_default();
        begun(&self.written(&fact.matter, fact.at.as_ref(), &when))
    }

    fn written(&self, matter: &Matter, at: Option<&Dated>, when: &str) -> String {
        let words = self.words;
        let named_in = |phrase: Phrase, name: (Slot, &str), sign: Sign| {
            words.phrase(
                phrase,
                &[
                    name,
                    (Slot::In, &words.sign(sign).within),
                    (Slot::Into, &words.sign(sign).into),
                    (Slot::House, &self.house(sign)),
                    (Slot::When, when),
                ],
            )
        };
        match matter {
            Matter::Visitors { bodies } => words.visitors(bodies),
            Matter::Retrograde { bodies } => words.retrograde(bodies),
            Matter::Quiet => words.phrase(Phrase::Quiet, &[]),
            Matter::Ruler(ruler) => self.ruler(ruler),
            Matter::Moon { sign, next: None } => words.phrase(
                Phrase::MoonStays,
                &[(Slot::In, &words.sign(*sign).within), (Slot::House, &self.house(*sign))],
            ),
            Matter::Moon { sign, next: Some((next, at)) } => words.phrase(
                Phrase::MoonMoves,
                &[
                    (Slot::In, &words.sign(*sign).within),
                    (Slot::House, &self.house(*sign)),
                    (Slot::Until, &self.until(at)),
                    (Slot::Next, &words.sign(*next).within),
                ],
            ),
            Matter::MoonTravels { from, to } => words.phrase(
                Phrase::MoonTravels,
                &[(Slot::From, &words.sign(*from).from), (Slot::To, &words.sign(*to).to)],
            ),
            Matter::Void { end, .. } => {
                let since = at.map(|at| self.since(at)).unwrap_or_default();
                words.phrase(Phrase::Void, &[(Slot::Since, &since), (Slot::Until, &self.until(end))])
            }
            Matter::Eclipse { id, kind, sign } => {
                named_in(Phrase::Eclipse, (Slot::Eclipse, words.eclipse(id.eclipsed, *kind)), *sign)
            }
            Matter::Lunation { phase, sign } => {
                named_in(Phrase::Lunation, (Slot::Phase, words.phase(*phase)), *sign)
            }
            Matter::Season { nth, sign: Some(sign) } => {
                named_in(Phrase::SeasonWithSign, (Slot::Season, words.season(*nth)), *sign)
            }
            Matter::Season { nth, sign: None } => {
                words.phrase(Phrase::Season, &[(Slot::Season, words.season(*nth)), (Slot::When, when)])
            }
            Matter::Ingress { body, sign, from, is_retrograde } => {
                let phrase = match is_retrograde {
                    _ if Some(*from) == self.query.sign => Phrase::Leaving,
                    true => Phrase::IngressBackwards,
                    false => Phrase::Ingress,
                };
                named_in(phrase, (Slot::Body, words.subject(*body)), *sign)
            }
            Matter::Station { body, sign, is_retrograde } => {
                let phrase = if *is_retrograde { Phrase::TurnsRetrograde } else { Phrase::TurnsDirect };
                named_in(phrase, (Slot::Body, words.subject(*body)), *sign)
            }
            Matter::Aspect { bodies, aspect, .. } => self.aspect(*bodies, *aspect, when),
        }
    }

    /// How the ruler of the sign is.
    fn ruler(&self, ruler: &Ruler) -> String {
        let Ruler { body, sign, is_leaving, is_retrograde, dignity } = ruler;
        let words = self.words;
        let retrograde = is_retrograde.then(|| words.phrase(Phrase::Retrograde, &[]));
        // In the sign that was asked for it is at home anyway.
        let is_plain = Some(*sign) == self.query.sign && *dignity == Some(Dignity::Domicile);
        let dignity = dignity.filter(|_| !is_plain).and_then(|dignity| words.dignity(dignity));
        let states: Vec<_> = retrograde.as_deref().into_iter().chain(dignity).collect();
        let state = if states.is_empty() {
            String::new()
        } else {
            words.phrase(Phrase::State, &[(Slot::States, &words.list(&states))])
        };
        words.phrase(
            if *is_leaving { Phrase::RulerAtFirst } else { Phrase::Ruler },
            &[
                (Slot::Body, words.subject(*body)),
                (Slot::In, &words.sign(*sign).within),
                (Slot::House, &self.house(*sign)),
                (Slot::State, &state),
            ],
        )
    }

    /// An aspect, in which the ruler of the sign is named as such.
    fn aspect(&self, [a, b]: [WireBody; 2], aspect: Aspect, when: &str) -> String {
        let words = self.words;
        let own = self.query.sign.map(ruler);
        let named = |body: WireBody, name: &str, phrase: Phrase| {
            if Some(body) == own { words.phrase(phrase, &[(Slot::Body, name)]) } else { name.to_owned() }
        };
        words.phrase(
            Phrase::Aspect,
            &[
                (Slot::A, &named(a, words.subject(a), Phrase::RulerAsA)),
                (Slot::Aspect, words.aspect(aspect)),
                (Slot::B, &named(b, words.object(b), Phrase::RulerAsB)),
                (Slot::When, when),
            ],
        )
    }

    /// Which house a sign is; nothing where no sign was asked for.
    fn house(&self, sign: Sign) -> String {
        match self.query.sign {
            None => String::new(),
            Some(own) if own == sign => self.words.phrase(Phrase::OwnHouse, &[]),
            Some(own) => {
                let [name, theme] = self.words.house(house(own, sign));
                self.words.phrase(Phrase::House, &[(Slot::House, name), (Slot::Theme, theme)])
            }
        }
    }

    /// When something happens.
    fn when(&self, at: &Dated) -> String {
        let phrase = match self.query.stretch {
            _ if !self.query.has(at.day) => Phrase::InMonth,
            Stretch::Day => Phrase::InDay,
            Stretch::Week => Phrase::InWeek,
            Stretch::Month => Phrase::InMonth,
        };
        self.clocked(phrase, at)
    }

    fn since(&self, at: &Dated) -> String {
        self.clocked(if self.is_plain(at) { Phrase::SinceTime } else { Phrase::SinceDate }, at)
    }

    fn until(&self, at: &Dated) -> String {
        self.clocked(if self.is_plain(at) { Phrase::UntilTime } else { Phrase::UntilDate }, at)
    }

    /// Whether an instant needs no date to be understood.
    fn is_plain(&self, at: &Dated) -> bool {
        self.query.stretch == Stretch::Day && self.query.has(at.day)
    }

    /// A time, as a clock shows it that has no seconds.
    fn clocked(&self, phrase: Phrase, at: &Dated) -> String {
        let [hour, minute] = [at.time.hour(), at.time.minute()].map(|number| format!("{number:02}"));
        let time = self.words.phrase(Phrase::Time, &[(Slot::Hour, &hour), (Slot::Minute, &minute)]);
        let date = at.day.civil(self.query.time.calendar);
        self.words.phrase(
            phrase,
            &[
                (Slot::Weekday, self.words.weekday(at.day)),
                (Slot::Day, &date.day.to_string()),
                (Slot::Month, self.words.month(date)),
                (Slot::Time, &time),
            ],
        )
    }
}
