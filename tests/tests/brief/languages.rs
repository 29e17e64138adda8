//! Languages: that which is built in beside English, and those of an operator.

use orrery_tests::programs::{self, Server};
use orrery_tests::{tables, workspace};

use crate::{Asked, assert_told};

#[test]
fn german_has_the_same_facts() {
    let asked = Asked::open();
    let german = asked.text("date=2026-08-12&tz=Europe/Berlin&lang=de&sign=aquarius");
    assert_told(
        &german,
        &[
            "Wassermann, Mittwoch, 12. August 2026 (Europe/Berlin).",
            "Der Mond steht den ganzen Tag im Löwen (dein siebtes Haus: Partnerschaft).",
            "Eine totale Sonnenfinsternis im Löwen (dein siebtes Haus: Partnerschaft) erreicht ihren Höhepunkt um 19:45 Uhr.",
        ],
    );
    let facts = |lang: &str| {
        let brief = asked.brief(&format!("date=2026-08-12&lang={lang}"));
        let mentions = brief["mentions"].as_array().unwrap().clone();
        mentions.iter().map(|mention| mention["fact"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(facts("en"), facts("de"));
}

#[test]
fn german_reads_as_people_write_it() {
    let asked = Asked::open();
    assert_told(
        &asked.text("date=2026-03-20&lang=de"),
        &["Das März-Äquinoktium tritt um 14:45 Uhr ein, wenn die Sonne in den Widder wechselt."],
    );
    let month = asked.text("date=2026-05-09&span=month&lang=de");
    assert_told(&month, &["Der Vollmond im Skorpion wird am 1. Mai um 17:23 Uhr exakt."]);
    let mut met = 0;
    for day in 1..=28 {
        let text = asked.text(&format!("date=2026-02-{day:02}&lang=de"));
        assert!(!["genau", " zur ", " zum ", " zu "].iter().any(|word| text.contains(word)), "{text}");
        met += usize::from(text.contains("eine Konjunktion mit "));
    }
    assert!(met > 3, "{met}");
}

#[test]
fn varieties_fall_back_on_their_language() {
    let asked = Asked::open();
    for (lang, tag) in [("", "en"), ("&lang=de", "de"), ("&lang=de-AT", "de"), ("&lang=en-GB-oxendict", "en")]
    {
        for format in ["text", "json"] {
            let target = format!("/v1/brief?date=2026-08-12&format={format}{lang}");
            let reply = asked.client.get(&target);
            assert_eq!((reply.status, reply.header("content-language")), (200, Some(tag)), "{target}");
            let known = reply.header("etag").unwrap();
            let known = asked.client.send("GET", &target, &[("if-none-match", known)]);
            assert_eq!((known.status, known.header("content-language")), (304, Some(tag)), "{target}");
        }
    }
    assert_eq!(asked.text("date=2026-08-12&lang=de-AT"), asked.text("date=2026-08-12&lang=de"));
    let refused = asked.client.get("/v1/brief?lang=xx-de").problem(422, "unknown_value");
    assert_eq!(refused["parameter"], "lang");
}

#[test]
fn an_operator_adds_a_language() {
    let scratch = workspace::scratch();
    let english = std::fs::read_to_string(workspace::root().join("data/words/en.toml")).unwrap();
    let latin = english.replace("is greatest {when}", "maxima est {when}");
    assert_ne!(latin, english);
    std::fs::write(scratch.path().join("la.toml"), &latin).unwrap();
    let setting = format!("[brief]\nwords_dir = {:?}\n", scratch.path());
    let server = Server::with_settings(&setting);
    assert_told(
        &server.text("/v1/brief?date=2026-08-12&lang=la"),
        &["of the Sun in Leo maxima est at 17:45."],
    );
    drop(server);

    // What cannot be used is told before anything is served.
    std::fs::write(scratch.path().join("la.toml"), latin.replace("between = ", "betwen = ")).unwrap();
    let dir = scratch.path().display().to_string();
    let dataset = tables::shared_dir().display().to_string();
    for arguments in [&["--check-config"][..], &["--datasets", &dataset, "--listen", "127.0.0.1:0"]] {
        let output =
            programs::command("orrery-server").args(arguments).args(["--brief-words-dir", &dir]).output();
        let output = output.unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("la.toml: `list.between` is missing"), "{told}");
    }
}
