use super::*;
use crate::wire::problem::Code;

const ENGLISH: &str = include_str!("../../../../data/words/en.toml");

fn wrong(text: &str) -> String {
    Words::parse("xx", "xx.toml", text).unwrap_err().to_string()
}

#[test]
fn every_built_in_language_is_whole() {
    let languages = Languages::open(None).unwrap();
    assert_eq!(languages.all().iter().map(|words| &*words.lang).collect::<Vec<_>>(), ["en", "de"]);
    for words in languages.all() {
        assert_eq!(words.phrases.len(), PHRASES.len());
        assert_eq!((words.bodies.len(), words.signs.len(), words.aspects.len()), (10, 12, 5));
        assert!(words.phrases.iter().all(|phrase| *phrase != Template::default()), "{}", words.lang);
    }
    let german = languages.find(Some("DE")).unwrap();
    assert_eq!((&*german.name, german.list(&["a", "b", "c"])), ("Deutsch", "a, b und c".to_owned()));
    assert_eq!(german.list(&["a", "b"]), "a und b");
    assert_eq!((german.list(&["a"]), german.list(&[])), ("a".to_owned(), String::new()));
}

#[test]
fn forms_are_chosen_by_number() {
    let text = ENGLISH.replace("[event.retrograde]\n", "[event.retrograde]\n2 = \"{bodies}, both.\"\n");
    let words = Words::parse("en", "en.toml", &text).unwrap();
    let bodies = &bodies::DEFAULT[2..];
    assert_eq!(words.retrograde(&bodies[..1]), "Mercury is retrograde throughout.");
    assert_eq!(words.retrograde(&bodies[..2]), "Mercury and Venus, both.");
    assert_eq!(words.retrograde(&bodies[..3]), "Mercury, Venus and Mars are retrograde throughout.");
}

#[test]
fn days_of_the_week_are_those_of_the_calendar() {
    let words = Words::parse("en", "en.toml", ENGLISH).unwrap();
    let day = |year, month, day| CivilDate { year, month, day }.day_number(None).unwrap();
    assert_eq!(words.weekday(day(2026, 8, 12)), "Wednesday");
    assert_eq!(words.weekday(day(1582, 10, 4)), "Thursday");
    assert_eq!(words.weekday(day(1582, 10, 15)), "Friday");
    assert_eq!(words.weekday(day(-4712, 1, 1)), "Monday");
}

/// Whatever line of a file is left out, what is missing is named.
#[test]
fn every_key_is_needed() {
    let keyed = |line: &&str| line.contains(" = ") && !line.starts_with("1 =") && !line.ends_with('[');
    let lines: Vec<_> = ENGLISH.lines().filter(keyed).collect();
    assert!(lines.len() > 80);
    for line in lines {
        let refused = wrong(&ENGLISH.replacen(&format!("\n{line}\n"), "\n", 1));
        let key = line.split(" = ").next().unwrap();
        assert!(refused.starts_with("xx.toml: `") && refused.contains("` is missing"), "{line}: {refused}");
        assert!(refused.contains(key), "{line}: {refused}");
    }
}

#[test]
fn what_is_wrong_is_named_by_file_and_key() {
    let with = |from: &str, to: &str| {
        assert!(ENGLISH.contains(from), "{from}");
        wrong(&ENGLISH.replacen(from, to, 1))
    };
    for (refused, message) in [
        (with("name = \"English\"", "name = 1"), "xx.toml: `name` is no text"),
        (with("last = \" and \"", "last = \"\""), "`list.last` is empty"),
        (with("{body} enters", "{bodi} enters"), "`event.ingress` cannot be used: {bodi} is nothing"),
        (with("{body} enters", "{a} enters"), "{body} {into} {house} {when} can"),
        (
            with("{body} enters", "{body enters"),
            "`event.ingress` cannot be used: {body enters {into} is nothing",
        ),
        (with("utc = \"UTC\"", "utc = \"UTC\\n\""), "`clock.utc` has a line break"),
        (with("utc = \"UTC\"", &format!("utc = \"{}\"", "x".repeat(241))), "is longer than 240"),
        (with("\"Monday\", ", ""), "`calendar.weekdays` is no list of 7 texts"),
        (with("\"Monday\"", "1"), "`calendar.weekdays` is no text"),
        (
            with("last = \" and \"", "last = \" and \"\nlasst = \"x\""),
            "unknown key `list.lasst`; did you mean `list.last`?",
        ),
        (with("[sign.visitors]\n1 =", "[sign.visitors]\none ="), "`sign.visitors.one` is neither a number"),
        ("name = ".to_owned() + &wrong("name = "), "xx.toml: TOML parse error at line 1"),
        (wrong(""), "xx.toml: `name` is missing; add it, as data/words/en.toml has it"),
    ] {
        assert!(refused.contains(message), "{refused}: {message}");
    }
}

#[test]
fn a_directory_adds_languages_and_replaces_them() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    put("fr.toml", &ENGLISH.replace("name = \"English\"", "name = \"Français\""));
    put("en.toml", &ENGLISH.replace("name = \"English\"", "name = \"Plain English\""));
    put("notes.txt", "nothing to read");
    let languages = Languages::open(Some(dir.path())).unwrap();
    let name = |lang| &*languages.find(Some(lang)).unwrap().name;
    assert_eq!([name("fr"), name("en"), name("de")], ["Français", "Plain English", "Deutsch"]);
    assert_eq!(&*languages.find(None).unwrap().name, "Plain English");
    // What there is of a variety goes before what there is of its language.
    put("de-at.toml", &ENGLISH.replace("name = \"English\"", "name = \"Österreichisch\""));
    let languages = Languages::open(Some(dir.path())).unwrap();
    let name = |lang| &*languages.find(Some(lang)).unwrap().name;
    assert_eq!(
        ["de-AT", "de-CH", "DE-at-1996", "fr-Latn-CA"].map(name),
        ["Österreichisch", "Deutsch", "Österreichisch", "Français"]
    );
    let refused = languages.find(Some("fe")).unwrap_err();
    assert_eq!((refused.code, refused.parameter.as_deref()), (Code::UnknownValue, Some("lang")));
    assert!(refused.hint.as_deref().unwrap().starts_with("did you mean lang="));
    let refused = languages.find(Some("klingon")).unwrap_err();
    assert_eq!(refused.hint.as_deref(), Some("give lang=en or lang=de or lang=de-at or lang=fr"));
    put("French.toml", ENGLISH);
    let refused = Languages::open(Some(dir.path())).unwrap_err().to_string();
    assert!(refused.contains("\"French\" is no language"), "{refused}");
    let nowhere = Languages::open(Some(&dir.path().join("nowhere"))).unwrap_err().to_string();
    assert!(nowhere.contains("nowhere: cannot be read"), "{nowhere}");
}
