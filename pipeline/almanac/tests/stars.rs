//! Hazard: a star that is not where it is seen, or that is another's. Places were printed by the Swiss Ephemeris
//! 2.10.03 (`swe_fixstar2` with `SEFLG_SWIEPH | SEFLG_NONUT`); the lines are those of its `sefstars.txt`.

mod sky;

use orrery_almanac::Error;
use orrery_almanac::stars::{Catalogue, Equinox, Sight, Star};

const LINES: &str = "\
# Virgo and others
Spica     ,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10, 3672\r
Azimech   ,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10, 3672\r
Sirius     ,alCMa,ICRS,06,45,08.91728,-16,42,58.0171,-546.01,-1223.07,-5.5,379.21,-1.46,-16, 1591

Polaris      ,alUMi,ICRS,02,31,49.09456,+89,15,50.7923,44.48,-11.85,-16.42,7.54,2.02, 88,    8
Barnard's star,V2500 Oph,ICRS,17,57,48.49803,+04,41,36.2072,-798.58,10328.12,-110.51,548.31,9.511,0, 0
Proxima Centauri,V645 Cen,ICRS,14,29,42.94853,-62,40,46.1631,-3775.75,765.54,-22.4,769.91,11.13, 00, 0000
Apex         ,Apex,1950,18,03,50.2, 30,00,16.8,  0.000,   0.00,-16.5,0.0000,999.99,  0,    0
Great Attractor,GA,2000,16,15,02.836,-60,53,22.54,0.000,   0.00,  0.0,0.0000159,999.99,  0,    0
Algedi     ,al-1Cap,ICRS,20,17,38.86987,-12,30,29.5594,22.98,1.28,-25.79,5.73,4.27,-12, 5683
Algedi     ,al-2Cap,ICRS,20,18,03.25595,-12,32,41.4684,62.63,2.66,0.7,30.82,3.58,-12, 5685
,pPup,ICRS,07,35,22.89366,-28,22,09.5735,-65.93,-19.73,3.3,14.72,4.63,0,0
,P_Pup,ICRS,07,49,14.29536,-46,22,23.5422,-4.37,8.66,24,1.98,4.11,0,0
,61Cyg,ICRS,21,06,53.95249,+38,44,57.9854,4168.31,3269.2,-65.74,286.82,4.84, 38, 4343
Trapezium    ,th-1Ori,ICRS,05,35,16.46375,-05,23,22.8486,-4.13,6.82,23.6,-13,5.13,0, 0
Gal.Pole,GPol,ICRS,12,51,36.7151981,27,06,11.193172,0.0,0.0,0.0,0.0,0.0,0,0
";

fn catalogue() -> Catalogue {
    Catalogue::parse(LINES).unwrap_or_else(|error| panic!("{error}"))
}

fn assert_place(star: &Star, what: &str, found: [f64; 2], expected: [f64; 2]) {
    let along = (found[0] - expected[0]) * expected[1].to_radians().cos();
    let apart = along.hypot(found[1] - expected[1]) * 3600.0;
    assert!(apart < 2e-5, "{} {what}: {apart}″ off", star.name());
}

#[test]
fn places_are_those_of_the_swiss_ephemeris() {
    let (catalogue, centre, site) = (catalogue(), sky::observer(), sky::at_site());
    let from = |star: &Star, observer, sight| {
        let place = star.path.place(observer, sight).unwrap();
        [place.longitude_deg, place.latitude_deg]
    };
    for (name, apparent, geometric, from_site) in [
        (
            "Spica",
            [204.168_276_942, -2.056_082_433],
            [204.164_481_799, -2.056_237_531],
            [204.168_317_939, -2.056_058_167],
        ),
        (
            "Sirius",
            [104.405_330_827, -39.613_457_453],
            [104.400_628_407, -39.610_606_187],
            [104.405_370_246, -39.613_469_635],
        ),
        (
            "Polaris",
            [88.897_386_501, 66.109_042_955],
            [88.891_719_6, 66.104_217_852],
            [88.897_427_864, 66.109_100_896],
        ),
        (
            "Apex",
            [272.411_084_618, 53.432_216_451],
            [272.415_474_721, 53.436_333_952],
            [272.411_051_078, 53.432_188_273],
        ),
        (
            "Great Attractor",
            [254.277_436_45, -38.903_015_376],
            [254.278_579_547, -38.906_586_083],
            [254.277_432_881, -38.902_962_545],
        ),
        (
            "Barnard's star",
            [269.695_337_751, 28.192_463_498],
            [269.698_026_412, 28.194_941_46],
            [269.695_317_91, 28.192_458_669],
        ),
        (
            "V645 Cen",
            [239.404_150_426, -44.768_418_697],
            [239.403_305_226, -44.772_449_522],
            [239.404_166_8, -44.768_363_999],
        ),
    ] {
        let star = catalogue.find(name).unwrap();
        assert_place(star, "apparent", from(star, &centre, Sight::Apparent), apparent);
        assert_place(star, "geometric", from(star, &centre, Sight::Geometric), geometric);
        assert_place(star, "from the site", from(star, &site, Sight::Apparent), from_site);
    }
    let sirius = catalogue.find("Sirius").unwrap().path.place(&centre, Sight::Apparent).unwrap();
    assert!((sirius.distance_au - 543_905.603_020_386).abs() < 1e-6, "{}", sirius.distance_au);
}

/// The library puts it on the other side of the sky.
#[test]
fn a_star_with_a_negative_parallax_is_far_away_where_it_is_seen() {
    let catalogue = catalogue();
    let trapezium = catalogue.find("Trapezium").unwrap();
    let place = trapezium.path.place(&sky::observer(), Sight::Apparent).unwrap();
    // In Orion's sword: 23° of Gemini, 28.7° south.
    assert!((place.longitude_deg - 83.3).abs() < 0.1 && (place.latitude_deg + 28.7).abs() < 0.1, "{place:?}");
    assert!((place.distance_au - 1e9).abs() < 1e3, "{}", place.distance_au);
}

#[test]
fn lines_of_one_star_are_one() {
    let catalogue = catalogue();
    assert_eq!(catalogue.stars().len(), 14);
    let spica = &catalogue.stars()[0];
    assert_eq!(spica.names, ["Spica", "Azimech"]);
    assert_eq!((spica.name(), spica.designation.as_str(), spica.magnitude), ("Spica", "alVir", Some(0.97)));
    assert_eq!(spica.entry.equinox, Equinox::Icrs);
    assert!((spica.entry.right_ascension_deg - 201.298_247_375).abs() < 1e-12);
    assert!((spica.entry.declination_deg + 11.161_319_472_222).abs() < 1e-11);
    assert_eq!(catalogue.find("61 Cygni").unwrap().name(), "61Cyg");
}

#[test]
fn numbers_that_differ_under_one_designation_are_two_stars() {
    let line = |name: &str, seconds: &str| {
        format!("{name},zeUMa,ICRS,13,23,{seconds},+54,55,31.2671,119.01,-25.97,-6.31,38.01,2.27,55,1598\n")
    };
    let text =
        line("Mizar", "55.54") + &line("Miz0", "55.55") + &line("Mizar", "55.55") + &line("Zeta", "55.54");
    let catalogue = Catalogue::parse(&text).unwrap();
    let names: Vec<_> = catalogue.stars().iter().map(|star| star.names.join(" ")).collect();
    assert_eq!(names, ["Mizar Zeta", "Miz0"]);
    assert_eq!(catalogue.find("zeUMa").unwrap().name(), "Mizar");
    assert_eq!(catalogue.find("Miz0,zeUMa").unwrap().name(), "Miz0");
}

#[test]
fn a_star_is_found_by_what_people_call_it() {
    let catalogue = catalogue();
    for (text, designation) in [
        ("Spica", "alVir"),
        ("  sPICA ", "alVir"),
        ("azimech", "alVir"),
        ("alVir", "alVir"),
        (",alVir", "alVir"),
        ("alvir", "alVir"),
        ("Spica,alVir", "alVir"),
        ("alpha Virginis", "alVir"),
        ("Alpha  virgo", "alVir"),
        ("Alp Vir", "alVir"),
        ("al Vir", "alVir"),
        ("α Vir", "alVir"),
        ("αVir", "alVir"),
        ("Α Virginis", "alVir"),
        ("alpha Canis Majoris", "alCMa"),
        ("alpha_ursae_minoris", "alUMi"),
        ("barnards star", "V2500 Oph"),
        ("v2500oph", "V2500 Oph"),
        ("Algedi", "al-2Cap"),
        ("Algedi,al-1Cap", "al-1Cap"),
        ("alpha Capricorni", "al-2Cap"),
        ("alpha1 Cap", "al-1Cap"),
        ("alpha-2 Cap", "al-2Cap"),
        ("α¹ Capricorni", "al-1Cap"),
        ("Alpha 2 Capricorni", "al-2Cap"),
        ("p Puppis", "pPup"),
        ("P Puppis", "P_Pup"),
        ("61 Cygni", "61Cyg"),
        ("61cyg", "61Cyg"),
        ("theta Orionis", "th-1Ori"),
    ] {
        let found = catalogue.find(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(found.designation, designation, "{text}");
    }
}

#[test]
fn an_unknown_star_is_refused_with_the_nearest_name() {
    let catalogue = catalogue();
    for (text, nearest) in [
        ("Sipca", Some("Spica")),
        ("alpha virgnis", Some("alpha Virginis")),
        ("alhpa Virginis", Some("alpha Virginis")),
        ("Great Atractor", Some("Great Attractor")),
        ("beta Virginis", None),
        ("", None),
        (",", None),
    ] {
        let error = catalogue.find(text).unwrap_err();
        assert_eq!(error.suggestion(), nearest, "{text}");
        assert_eq!(error.parameter(), Some("stars"));
    }
    let long = "x".repeat(100_000);
    assert!(catalogue.find(&long).unwrap_err().to_string().len() < 300);
}

#[test]
fn the_brightest_come_first_and_points_without_magnitude_not_at_all() {
    let catalogue = catalogue();
    let names =
        |faintest| catalogue.up_to_magnitude(faintest).into_iter().map(Star::name).collect::<Vec<_>>();
    assert_eq!(names(4.0), ["Sirius", "Spica", "Polaris", "Algedi"]);
    assert_eq!(names(-2.0), Vec::<&str>::new());
    let all = names(f64::INFINITY);
    assert_eq!(all.len(), 11);
    assert!(!all.contains(&"Gal.Pole") && !all.contains(&"Apex"));
}

#[test]
fn a_broken_line_is_refused_with_its_number() {
    let good = "Spica,alVir,ICRS,13,25,11.57937,-11,09,40.7501,-42.35,-30.67,1,13.06,0.97,-10,3672";
    for (broken, problem) in [
        ("Spica", "fourteen fields"),
        ("Spica,alVir,ICRS,13,25,11,-11,09,40,-42,-30,1,13", "fourteen fields"),
        (&good.replace("alVir", " "), "designation"),
        (&good.replace("ICRS", "1975"), "equinox"),
        (&good.replace("-42.35", "x"), "number"),
        (&good.replace("-42.35", "inf"), "number"),
        (&good.replace("13.06", ""), "number"),
        (&good.replace("ICRS,13", "ICRS,25"), "right ascension"),
        (&good.replace("-11,09", "-91,09"), "declination"),
    ] {
        let text = format!("# comment\n\n{good}\n{broken}\n{good}\n");
        let error = Catalogue::parse(&text).unwrap_err();
        let Error::StarCatalogue { line: 4, problem: found, .. } = &error else { panic!("{error:?}") };
        assert!(found.contains(problem), "{broken}: {error}");
        assert_eq!(error.parameter(), None);
    }
    for empty in ["", "# nothing\n\n"] {
        assert!(matches!(Catalogue::parse(empty), Err(Error::StarCatalogue { line: 0, .. })));
    }
}
