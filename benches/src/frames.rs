//! How near the server's answers are to the C library's own in every frame: from each centre, for each body, at random
//! instants and where they would go wrong first, over HTTP with every digit.

use anyhow::{Result, anyhow, ensure};
use orrery_format::{Body, Center, Dataset, Product};
use orrery_swisseph::{EphemerisDir, LiveAyanamsa, LiveCenter, LivePlane, LiveReference, LiveSite, Session};
use orrery_tests::programs::Server;
use orrery_tests::random::Random;
use orrery_tests::views::{self, Apart, Asker, View, is_torn};
use rayon::prelude::*;

use crate::figure::figure;
use crate::hostile::{self, Kind};
use crate::http::served;
use crate::instants::{random, shuffled};
use crate::settings::Settings;

/// Random instants of each body in each frame.
const RANDOM: usize = 2_000;

/// Hostile instants of each kind drawn by lot, of each body in each frame.
const HOSTILE: usize = 500;

/// Instants around conjunctions with the Sun, of each body.
const NEAR_SUN: usize = 2_000;

/// What is near the Sun, degrees from its centre.
const NEAR_SUN_DEG: f64 = 2.0;

/// Instants of each ayanamsa.
const AYANAMSAS: usize = 200;

/// The one body whose source is noisier than the promise: in the tables below, not in the figures.
const NOISY: Body = Body::InterpolatedPerigee;

/// A column: what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Date,
    Equator,
    J2000,
    Icrs,
    Sidereal,
    Helio,
    Bary,
    Topocentric,
    NearSun,
}

const FRAMES: [Frame; 9] = [
    Frame::Date,
    Frame::Equator,
    Frame::J2000,
    Frame::Icrs,
    Frame::Sidereal,
    Frame::Helio,
    Frame::Bary,
    Frame::Topocentric,
    Frame::NearSun,
];

impl Frame {
    /// The heading of the column and the beginning of its figure.
    const fn name(self) -> &'static str {
        match self {
            Frame::Date => "frame_date",
            Frame::Equator => "frame_equator",
            Frame::J2000 => "frame_j2000",
            Frame::Icrs => "frame_icrs",
            Frame::Sidereal => "frame_sidereal",
            Frame::Helio => "helio",
            Frame::Bary => "bary",
            Frame::Topocentric => "topocentric",
            Frame::NearSun => "topocentric_near_sun",
        }
    }

    const fn center(self) -> Center {
        match self {
            Frame::Helio => Center::Helio,
            Frame::Bary => Center::Bary,
            _ => Center::Geo,
        }
    }

    const fn is_topocentric(self) -> bool {
        matches!(self, Frame::Topocentric | Frame::NearSun)
    }

    /// The view, which for some is drawn by lot.
    fn view(self, random: &mut Random) -> View {
        let geo = View::from(LiveCenter::Geo);
        let equator = View { plane: LivePlane::Equator, ..geo };
        match self {
            Frame::Date => geo,
            Frame::Equator => equator,
            Frame::J2000 => View { equinox: LiveReference::J2000, ..equator },
            Frame::Icrs => View { equinox: LiveReference::Icrs, ..equator },
            Frame::Sidereal => View { ayanamsa: Some(LiveAyanamsa::Mode(random.below(47) as u8)), ..geo },
            Frame::Helio => View::from(LiveCenter::Helio),
            Frame::Bary => View::from(LiveCenter::Bary),
            Frame::Topocentric | Frame::NearSun => View::from(LiveCenter::Topo(LiveSite {
                latitude_deg: random.between(-90.0, 90.0),
                longitude_deg: random.between(-180.0, 180.0),
                altitude_m: random.between(-400.0, 8_800.0),
            })),
        }
    }

    /// The instants of a body.
    fn instants(self, dataset: &Dataset, dir: &EphemerisDir, body: Body) -> Vec<f64> {
        let product = Product::Place(self.center(), body);
        let Some((start, end)) = dataset.span_jd(product) else { return Vec::new() };
        let hostile = hostile::instants(dataset, dir, product);
        let lot = |kind: Kind, most: usize| {
            let of_kind: Vec<f64> =
                hostile.iter().filter(|instant| instant.kind == kind).map(|instant| instant.jd).collect();
            let chosen = shuffled(&format!("{product} {} {}", self.name(), kind.name()), most);
            chosen
                .into_iter()
                .filter_map(move |nth| of_kind.get(nth % of_kind.len().max(1)).copied())
                .collect::<Vec<_>>()
        };
        if self == Frame::NearSun {
            return lot(Kind::Conjunction, NEAR_SUN);
        }
        let mut all = random(&format!("{product} {}", self.name()), RANDOM, start, end);
        for kind in [Kind::Edge, Kind::Seam, Kind::Conjunction, Kind::Station, Kind::End] {
            all.extend(lot(kind, HOSTILE));
        }
        all
    }
}

/// What was found of a body in a frame.
#[derive(Clone, Debug)]
struct Cell {
    frame: Frame,
    body: Body,
    compared: usize,
    live: usize,
    worst: Apart,
    /// The query of the largest angle.
    query: String,
    /// While light crosses a seam of the files, which comes to a site sooner or later than to the Earth's centre.
    torn: (usize, Apart),
}

/// Compares all, prints a table, and notes figures.
pub(crate) fn run(settings: &Settings) -> Result<()> {
    let (dataset, dir) = (settings.current_dataset()?, EphemerisDir::open(&settings.ephe)?);
    let server = served::start(settings, 2, None)?;
    let pairs: Vec<(Frame, Body)> = FRAMES
        .into_iter()
        .flat_map(|frame| Body::ALL.into_iter().map(move |body| (frame, body)))
        .filter(|(frame, body)| Product::Place(frame.center(), *body).exists())
        .filter(|(frame, body)| *frame != Frame::NearSun || is_bent(*body))
        .collect();
    let cells: Vec<Cell> = pairs
        .par_iter()
        .with_max_len(1)
        .map(|&(frame, body)| measure(&dataset, &dir, &server, frame, body))
        .collect::<Result<_>>()?;
    print_table(&cells);
    figures(&cells);
    ayanamsas(&dataset, &dir, &server)
}

/// Whether the Sun bends the light of a body.
fn is_bent(body: Body) -> bool {
    !matches!(body, Body::Sun | Body::Moon) && !hostile::is_lunar_point(body)
}

fn measure(dataset: &Dataset, dir: &EphemerisDir, server: &Server, frame: Frame, body: Body) -> Result<Cell> {
    let (mut session, mut asker) = (Session::open(dir)?, Asker::new(server.client()));
    let mut random = Random::of(&format!("{} {body}", frame.name()));
    let mut cell = Cell {
        frame,
        body,
        compared: 0,
        live: 0,
        worst: Apart::default(),
        query: String::new(),
        torn: (0, Apart::default()),
    };
    for jd in frame.instants(dataset, dir, body) {
        let view = frame.view(&mut random);
        let query = format!(
            "jd_tt={jd:?}&bodies={body}&precision=full&fields=default{}&{}",
            if frame == Frame::NearSun { ",elongation" } else { "" },
            view.query()
        );
        let reply = asker.positions(&query).map_err(|fault| anyhow!(fault))?;
        let position = &reply["positions"][0];
        let is_near = position["elongation"].as_f64().is_none_or(|degrees| degrees <= NEAR_SUN_DEG);
        if !is_near {
            continue;
        }
        let expected = view.expected(&mut session, body.name(), jd)?;
        let found = view.found(position).map_err(|fault| anyhow!("{query}: {fault}"))?;
        let apart = Apart::of(found, expected);
        let is_live = position["source"] == "live";
        if !is_live && frame.is_topocentric() && is_torn(dir, &view, body.name(), jd, expected) {
            cell.torn = (cell.torn.0 + 1, cell.torn.1.max(apart));
            continue;
        }
        cell.compared += 1;
        cell.live += usize::from(is_live);
        let worst = cell.worst.max(apart);
        if worst.arcsec != cell.worst.arcsec {
            cell.query = query;
        }
        cell.worst = worst;
    }
    ensure!(
        cell.compared >= if frame == Frame::NearSun { 100 } else { RANDOM },
        "{body}: only {} instants were compared for {}",
        cell.compared,
        frame.name()
    );
    Ok(cell)
}

/// A row for each body, a column for each frame.
fn print_table(cells: &[Cell]) {
    println!(
        "largest angle between the server's answer and Swiss Ephemeris' own to the same flags, arcseconds"
    );
    print!("{:<22}", "");
    for frame in FRAMES {
        print!(" {:>14}", frame.name().trim_start_matches("frame_").trim_start_matches("topocentric_"));
    }
    println!();
    for body in Body::ALL {
        print!("{:<22}", body.name());
        for frame in FRAMES {
            match cells.iter().find(|cell| (cell.frame, cell.body) == (frame, body)) {
                Some(cell) => print!(" {:>14.7}", cell.worst.arcsec),
                None => print!(" {:>14}", ""),
            }
        }
        println!();
    }
    let sums: [fn(&Cell) -> usize; 3] = [|cell| cell.compared, |cell| cell.live, |cell| cell.torn.0];
    for (name, sum) in ["compared", "of them live", "beside a seam"].into_iter().zip(sums) {
        print!("{name:<22}");
        for frame in FRAMES {
            print!(" {:>14}", cells.iter().filter(|cell| cell.frame == frame).map(sum).sum::<usize>());
        }
        println!();
    }
    for frame in FRAMES {
        if let Some(worst) = worst_of(cells, |cell| cell.frame == frame && cell.body != NOISY) {
            println!("worst of {}: {:.7}″, {}", frame.name(), worst.worst.arcsec, worst.query);
        }
    }
}

/// The cell with the largest angle; one that is no number is the largest.
fn worst_of(cells: &[Cell], wanted: impl Fn(&Cell) -> bool) -> Option<&Cell> {
    cells.iter().filter(|cell| wanted(cell)).max_by(|a, b| a.worst.arcsec.total_cmp(&b.worst.arcsec))
}

fn figures(cells: &[Cell]) {
    for frame in FRAMES {
        let is_moon = |cell: &Cell| frame == Frame::Topocentric && cell.body == Body::Moon;
        let of = |cell: &&Cell| cell.frame == frame && cell.body != NOISY && !is_moon(cell);
        let worst = cells.iter().filter(of).fold(Apart::default(), |worst, cell| worst.max(cell.worst));
        figure(&format!("{}_max_error_arcsec", frame.name()), worst.arcsec, "arcsec");
        if let Some(moon) = cells.iter().find(|cell| cell.frame == frame && is_moon(cell)) {
            figure("topocentric_moon_max_error_arcsec", moon.worst.arcsec, "arcsec");
        }
    }
    let relative = |cell: &Cell| cell.worst.relative;
    figure("frames_max_error_distance_relative", cells.iter().map(relative).fold(0.0, f64::max), "relative");
    let torn = cells.iter().fold(Apart::default(), |worst, cell| worst.max(cell.torn.1));
    figure("topocentric_beside_seam_max_error_arcsec", torn.arcsec, "arcsec");
}

/// All 47, each by itself.
fn ayanamsas(dataset: &Dataset, dir: &EphemerisDir, server: &Server) -> Result<()> {
    let (start, end) = dataset
        .span_jd(Product::Place(Center::Geo, Body::MeanApogee))
        .ok_or_else(|| anyhow!("there is no table of the mean apogee"))?;
    let found: Vec<(f64, usize)> = (0..47_u8)
        .into_par_iter()
        .with_max_len(1)
        .map(|number| {
            let (mut session, mut asker) = (Session::open(dir)?, Asker::new(server.client()));
            let mut worst = (0.0_f64, 0);
            for jd in random(&format!("ayanamsa {number}"), AYANAMSAS, start, end) {
                let (off, reply) = views::ayanamsa_off(&mut asker, &mut session, number, jd)
                    .map_err(|fault| anyhow!(fault))?;
                ensure!(off.is_finite(), "ayanamsa {number} at {jd:?} is {off}″ off");
                worst.0 = worst.0.max(off);
                worst.1 += usize::from(reply["provenance"]["source"] != "table");
            }
            Ok(worst)
        })
        .collect::<Result<_>>()?;
    println!(
        "ayanamsas, largest deviation in arcseconds at {AYANAMSAS} instants each, and how often the Sun hid a star:"
    );
    for (number, (worst, hidden)) in found.iter().enumerate() {
        print!("  {number:>2} {worst:.7} {hidden:>2}{}", if number % 5 == 4 { "\n" } else { "" });
    }
    println!();
    let worst = found.iter().map(|(worst, _)| *worst).fold(0.0, f64::max);
    figure("ayanamsa_max_error_arcsec", worst, "arcsec");
    Ok(())
}
