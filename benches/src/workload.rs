//! What share of what is asked of an ephemeris server is answered live: a workload of frames and dates as real users ask.
//!
//! Nobody publishes such statistics, so the weights below are an estimate, stated with its reasons so that it can be
//! disputed: what the programs that are built on Swiss Ephemeris ask for by default and offer beside it. A weight is a
//! kind's share of all body-states, per cent. Each kind's own share of live answers is printed, so that anybody can weigh
//! anew. Fixed stars, houses and events are other routes and not in it.

use anyhow::{Result, anyhow, ensure};
use orrery_tests::random::Random;
use orrery_tests::views::Asker;

use crate::figure::figure;
use crate::http::served;
use crate::settings::Settings;

/// Queries of each kind.
const QUERIES: usize = 400;

/// The first of January of these years, Julian days.
const J1200: f64 = 2_159_358.5;
const J1800: f64 = 2_378_496.5;
const J1900: f64 = 2_415_020.5;
const J1950: f64 = 2_433_282.5;
const J2020: f64 = 2_458_849.5;
const J2030: f64 = 2_462_502.5;
const J2100: f64 = 2_488_069.5;
const J2400: f64 = 2_597_641.5;
const J3000: f64 = 2_816_787.5;

/// What charts are made of beside the ten of the default.
const CHART: &str = "&bodies=luminaries,planets,true_node,mean_apogee,chiron";

/// The same with what old and new programs add.
const FULL_CHART: &str = "&bodies=all";

/// A kind of query.
struct Kind {
    name: &'static str,
    /// Its share of all body-states, per cent.
    weight: f64,
    /// A query of it, without `?`.
    query: fn(&mut Random) -> String,
}

/// All kinds; the weights are a hundred.
const KINDS: [Kind; 20] = [
    // Births of people who live, and of their parents: what most requests of most services are. Western programs draw
    // the ten, a node, Lilith and Chiron.
    Kind { name: "natal chart", weight: 34.0, query: |random| at(random, J1900, J2030, CHART) },
    // As drawn by programs that show all they have.
    Kind {
        name: "natal chart, all bodies",
        weight: 6.0,
        query: |random| at(random, J1900, J2030, FULL_CHART),
    },
    // India's astrologers are as many as the West's; nine in ten use Lahiri, and the mean node for Rahu.
    Kind {
        name: "natal chart, Lahiri",
        weight: 13.0,
        query: |random| {
            let rest = "&zodiac=sidereal&ayanamsa=lahiri&bodies=luminaries,planets,rahu,ketu";
            at(random, J1900, J2030, rest)
        },
    },
    // Other ayanamsas, some of them held by a star.
    Kind {
        name: "natal chart, other ayanamsas",
        weight: 3.0,
        query: |random| {
            let names = ["raman", "krishnamurti", "fagan_bradley", "true_citra", "true_pushya", "yukteshwar"];
            let name = *random.pick(&names);
            at(
                random,
                J1900,
                J2030,
                &format!("&zodiac=sidereal&ayanamsa={name}&bodies=luminaries,planets,rahu"),
            )
        },
    },
    // Pages, widgets and bots that show the sky of the moment.
    Kind {
        name: "the present sky",
        weight: 9.0,
        query: |_| "date=now&bodies=luminaries,planets,true_node".into(),
    },
    // Transits and progressions to a natal chart, some years to either side of today.
    Kind { name: "transits", weight: 10.0, query: |random| at(random, J2020, J2030, CHART) },
    // Monthly and yearly ephemerides, day by day.
    Kind {
        name: "ephemeris pages",
        weight: 7.0,
        query: |random| {
            let midnight = random.between(J1900, J2100).floor() + 0.5;
            format!("jd={midnight:?}&bodies=luminaries,planets,mean_node,true_node,chiron")
        },
    },
    // Declinations, parallels, out of bounds.
    Kind {
        name: "right ascension, declination",
        weight: 4.0,
        query: |random| at(random, J1900, J2030, "&frame=equatorial&fields=default,out_of_bounds"),
    },
    // Charts with the Moon's parallax, an option of most programs.
    Kind {
        name: "topocentric chart",
        weight: 3.0,
        query: |random| {
            let site = site(random);
            at(random, J1900, J2030, &format!("&center=topo{site}"))
        },
    },
    // Where to look tonight: observers and telescope software.
    Kind {
        name: "over the horizon",
        weight: 2.0,
        query: |random| {
            let rest = format!(
                "&center=topo{}&frame=equatorial&fields=default,azimuth,altitude,magnitude,apparent_diameter",
                site(random)
            );
            at(random, J2020, J2030, &rest)
        },
    },
    // Phases and brightness.
    Kind {
        name: "phase and magnitude",
        weight: 1.5,
        query: |random| at(random, J1950, J2100, "&fields=default,elongation,illuminated_fraction,magnitude"),
    },
    // Orreries, heliocentric astrology.
    Kind { name: "heliocentric", weight: 1.5, query: |random| at(random, J1900, J2100, "&center=helio") },
    // Few ask for the barycentre, who compute something of their own.
    Kind {
        name: "barycentric, along the axes",
        weight: 0.5,
        query: |random| {
            at(random, J1950, J2100, "&center=bary&equinox=icrs&frame=equatorial&coordinates=rectangular")
        },
    },
    // Atlases and catalogues of J2000: apparent places, and as often astrometric ones, which compare with a catalogue.
    Kind {
        name: "J2000 and ICRS, apparent",
        weight: 1.0,
        query: |random| at(random, J1950, J2100, "&equinox=j2000&frame=equatorial"),
    },
    Kind {
        name: "J2000, astrometric",
        weight: 1.0,
        query: |random| at(random, J1950, J2100, "&equinox=j2000&frame=equatorial&place=astrometric"),
    },
    // An option of which the manuals say that it is hardly ever wanted.
    Kind { name: "true places", weight: 0.5, query: |random| at(random, J1900, J2030, "&place=true") },
    // Hamburg's school: the hypothetical planets have no tables.
    Kind {
        name: "the Uranians",
        weight: 0.5,
        query: |random| {
            let rest = "&bodies=cupido,hades,zeus,kronos,apollon,admetos,vulkanus,poseidon";
            at(random, J1900, J2030, rest)
        },
    },
    // Rulers, composers, the founding of states.
    Kind { name: "history since 1800", weight: 1.2, query: |random| at(random, J1800, J1900, CHART) },
    // Before the tables: kings, popes, painters.
    Kind { name: "history before 1800", weight: 1.0, query: |random| at(random, J1200, J1800, "") },
    // After the tables.
    Kind { name: "far future", weight: 0.3, query: |random| at(random, J2400, J3000, "") },
];

/// A query at a random instant between two.
fn at(random: &mut Random, start: f64, end: f64, rest: &str) -> String {
    format!("jd={:?}{rest}", random.between(start, end))
}

/// A place where people live.
fn site(random: &mut Random) -> String {
    format!(
        "&lat={:.4}&lon={:.4}&alt={:.0}",
        random.between(-45.0, 65.0),
        random.between(-180.0, 180.0),
        random.between(0.0, 2_500.0)
    )
}

/// Asks all kinds and counts who answered.
pub(crate) fn run(settings: &Settings) -> Result<()> {
    settings.current_dataset()?;
    let weights: f64 = KINDS.iter().map(|kind| kind.weight).sum();
    ensure!((weights - 100.0).abs() < 1e-9, "the weights of the workload are {weights} per cent");
    let server = served::start(settings, 1, None)?;
    let mut asker = Asker::new(server.client());
    println!("{:<32} {:>7} {:>8} {:>9}", "kind", "weight", "states", "live %");
    let mut all = 0.0;
    for Kind { name, weight, query } in &KINDS {
        let mut random = Random::of(name);
        let (mut states, mut live) = (0_usize, 0_usize);
        for _ in 0..QUERIES {
            let query = query(&mut random);
            let reply = asker.positions(&query).map_err(|fault| anyhow!(fault))?;
            let positions = reply["positions"].as_array().map(Vec::as_slice).unwrap_or_default();
            states += positions.len();
            // Whatever is not from a table.
            live += positions.iter().filter(|position| !is_tabulated(&reply, position)).count();
        }
        ensure!(states > 0, "{name}: nothing was answered");
        let percent = 100.0 * live as f64 / states as f64;
        println!("{name:<32} {weight:>7.1} {states:>8} {percent:>9.3}");
        all += percent * weight / 100.0;
    }
    figure("live_share_percent_mixed", all, "percent");
    Ok(())
}

/// Whether a position is a table's. Where fields were chosen without `source`, the reply as a whole says so.
fn is_tabulated(reply: &serde_json::Value, position: &serde_json::Value) -> bool {
    let source = position.get("source").unwrap_or(&reply["provenance"]["source"]);
    source == "table"
}
