//! How a chart is drawn, where a picture of it is asked for.

use super::lots::LOTS;
use super::params::Params;
use super::word::words;
use crate::picture::Layout;
use crate::svg::Theme;
use crate::text::json::Json;
use crate::wire::media::Format;
use crate::wire::problem::{Code, Problem};

words! {
    /// What is drawn of a chart.
    Picture for "picture" {
        /// Wheel, positions and aspects, beside or under each other.
        Sheet = "sheet",
        /// The wheel alone.
        Wheel = "wheel",
        /// The grid of aspects alone.
        Grid = "grid",
    }
}

/// The parameters that say how it is drawn.
pub(crate) const DRAWN: [&str; 4] = ["picture", "theme", "layout", "title"];

/// The parameters that say what is told in JSON and change nothing of a picture.
const TOLD: [&str; 7] = ["include", "perfection", "rulers", "triplicities", "terms", "precision", "fields"];

/// Most characters of a title.
pub(crate) const MOST_TITLE: usize = 120;

/// A picture that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) picture: Picture,
    pub(crate) theme: Theme,
    pub(crate) layout: Layout,
    /// The title; without one the date is that.
    pub(crate) title: Option<String>,
}

impl Drawing {
    /// Reads the parameters, if the format is that of pictures. `usual` is drawn where `picture` is left out.
    pub(crate) fn read(
        params: &Params<'_>,
        format: Format,
        usual: Picture,
    ) -> Result<Option<Drawing>, Problem> {
        let given = |names: &[&'static str]| names.iter().copied().find(|name| params.get(name).is_some());
        if format != Format::Svg {
            return not_drawn(params, &DRAWN, "chart", format).map(|()| None);
        }
        if let Some(name) = given(&TOLD) {
            return Err(idle(name));
        }
        let picture = match params.get("picture") {
            Some(_) => params.word()?,
            None => usual,
        };
        let layout = params.choice("layout", &Layout::ALL.map(|layout| (layout.name(), layout)))?;
        if picture == Picture::Grid {
            let of_wheels = given(&["layout"]).or_else(|| given(&LOTS));
            if let Some(name) = of_wheels {
                let detail = format!("{name} is of a sheet or a wheel, and a grid is neither");
                return Err(Problem::new(Code::Contradiction, detail)
                    .parameter(name)
                    .hint(format!("leave {name} out, or ask for picture=sheet")));
            }
        }
        let Looks { theme, title } = Looks::read(params)?;
        Ok(Some(Drawing { picture, theme, layout: layout.unwrap_or_default(), title }))
    }

    /// Adds to the `query` of a reply what makes one picture another.
    pub(super) fn echo(&self, json: &mut Json) {
        let Drawing { picture, theme, layout, title } = self;
        json.key("picture").string(picture.name());
        json.key("theme").string(theme.name());
        json.key("layout").string(layout.name());
        if let Some(title) = title {
            json.key("title").string(title);
        }
    }
}

/// What can be said of a map as of a chart: how it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Looks {
    pub(crate) theme: Theme,
    /// The title, instead of the usual one.
    pub(crate) title: Option<String>,
}

impl Looks {
    /// Reads the parameters of a map, if the format is that of pictures.
    pub(crate) fn of_map(params: &Params<'_>, format: Format) -> Result<Option<Looks>, Problem> {
        if format == Format::Svg {
            return Looks::read(params).map(Some);
        }
        not_drawn(params, &["theme", "title"], "map", format).map(|()| None)
    }

    fn read(params: &Params<'_>) -> Result<Looks, Problem> {
        let theme = params.choice("theme", &Theme::ALL.map(|theme| (theme.name(), theme)))?;
        // Blanks are no title.
        let title = params.get("title").map(str::trim).filter(|title| !title.is_empty());
        Ok(Looks { theme: theme.unwrap_or_default(), title: title.map(line).transpose()? })
    }

    /// Adds to the `query` of a reply what makes one picture another.
    pub(super) fn echo(&self, json: &mut Json) {
        json.key("theme").string(self.theme.name());
        if let Some(title) = &self.title {
            json.key("title").string(title);
        }
    }
}

/// Refuses what says how something is drawn, where it is not.
fn not_drawn(params: &Params<'_>, names: &[&'static str], what: &str, format: Format) -> Result<(), Problem> {
    match names.iter().copied().find(|name| params.get(name).is_some()) {
        Some(name) => Err(Problem::new(
            Code::Contradiction,
            format!("{name} says how a {what} is drawn, and format={} draws none", format.name()),
        )
        .parameter(name)
        .hint(format!("add format=svg, or leave {name} out"))),
        None => Ok(()),
    }
}

/// The refusal of what is told in JSON alone.
pub(super) fn idle(name: &'static str) -> Problem {
    Problem::new(Code::Contradiction, format!("{name} is of what is told in JSON, and format=svg draws"))
        .parameter(name)
        .hint(format!("leave {name} out, or ask for format=json"))
}

fn line(text: &str) -> Result<String, Problem> {
    let is_line = !text.chars().any(char::is_control);
    if is_line && text.chars().count() <= MOST_TITLE {
        return Ok(text.to_owned());
    }
    let why = if is_line { "it is too long" } else { "it is more than a line" };
    Err(Problem::new(Code::OutOfRange, format!("title is no title of a picture: {why}"))
        .parameter("title")
        .hint(format!("give one line of at most {MOST_TITLE} characters")))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::query::ChartQuery;
    use crate::routes::charts::chart::PARAMETERS;

    fn read(query: &str, format: Format) -> Result<Option<Drawing>, Problem> {
        Drawing::read(&Params::parse(query, PARAMETERS)?, format, Picture::Sheet)
    }

    #[test]
    fn how_it_is_drawn_is_read_where_it_is_drawn() {
        assert_eq!(read("lat=1", Format::Json), Ok(None));
        let usual =
            Drawing { picture: Picture::Sheet, theme: Theme::Auto, layout: Layout::Landscape, title: None };
        assert_eq!(read("lat=1", Format::Svg), Ok(Some(usual.clone())));
        let title = "é".repeat(MOST_TITLE);
        assert_eq!(
            read(&format!("picture=wheel&theme=print&layout=portrait&title={title}"), Format::Svg),
            Ok(Some(Drawing {
                picture: Picture::Wheel,
                theme: Theme::Print,
                layout: Layout::Portrait,
                title: Some(title)
            }))
        );
        assert_eq!(read("picture=grid", Format::Svg), Ok(Some(Drawing { picture: Picture::Grid, ..usual })));
    }

    #[test]
    fn lots_are_not_reckoned_for_a_grid() {
        let book = crate::config::Charts::default().book().unwrap();
        let params = Params::parse("jd=2451545&lat=1&lon=1&bodies=mars", PARAMETERS).unwrap();
        let chart = |picture| {
            let drawing = Drawing { picture, theme: Theme::Auto, layout: Layout::Landscape, title: None };
            ChartQuery::new(&params, Some(drawing), &book, SystemTime::now).unwrap()
        };
        let (grid, wheel) = (chart(Picture::Grid), chart(Picture::Wheel));
        assert!(grid.lots.is_none() && grid.cast.sky.bodies.len() == 1, "{grid:?}");
        assert!(wheel.lots.is_some() && wheel.cast.sky.bodies.len() > 1, "{wheel:?}");
    }

    #[test]
    fn blanks_are_no_title() {
        let title = |query: &str| read(query, Format::Svg).unwrap().unwrap().title;
        assert_eq!(title("title=%20%20"), None);
        assert_eq!(title("title=+One+chart%20").as_deref(), Some("One chart"));
    }

    #[test]
    fn maps_have_themes_and_titles() {
        let of = |query: &str, format| {
            Looks::of_map(&Params::parse(query, crate::routes::charts::astrocartography::PARAMETERS)?, format)
        };
        assert_eq!(of("lat=1&lon=1", Format::Geojson), Ok(None));
        assert_eq!(of("lat=1&lon=1", Format::Svg), Ok(Some(Looks::default())));
        let looks = Looks { theme: Theme::Dark, title: Some("Where".to_owned()) };
        assert_eq!(of("theme=dark&title=Where", Format::Svg), Ok(Some(looks)));
        for name in ["theme", "title"] {
            let problem = of(&format!("{name}=dark"), Format::Geojson).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (Code::Contradiction, Some(name)));
        }
    }

    #[test]
    fn what_would_change_nothing_is_refused() {
        for (query, format, code, parameter) in [
            ("picture=sheet", Format::Json, Code::Contradiction, "picture"),
            ("theme=dark", Format::Json, Code::Contradiction, "theme"),
            ("title=x", Format::Json, Code::Contradiction, "title"),
            ("include=houses", Format::Svg, Code::Contradiction, "include"),
            ("precision=3", Format::Svg, Code::Contradiction, "precision"),
            ("perfection=false", Format::Svg, Code::Contradiction, "perfection"),
            ("picture=grid&layout=portrait", Format::Svg, Code::Contradiction, "layout"),
            ("picture=grid&lots=fortune", Format::Svg, Code::Contradiction, "lots"),
            ("picture=grid&formula=mine:sun", Format::Svg, Code::Contradiction, "formula"),
            ("picture=weel", Format::Svg, Code::UnknownValue, "picture"),
            ("theme=night", Format::Svg, Code::UnknownValue, "theme"),
            ("layout=square", Format::Svg, Code::UnknownValue, "layout"),
            ("title=a%0Ab", Format::Svg, Code::OutOfRange, "title"),
        ] {
            let problem = read(query, format).unwrap_err();
            assert_eq!((problem.code, problem.parameter.as_deref()), (code, Some(parameter)), "{query}");
            assert!(problem.hint.is_some(), "{query}");
        }
        assert!(read(&format!("title={}", "é".repeat(MOST_TITLE + 1)), Format::Svg).is_err());
    }
}
