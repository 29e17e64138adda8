//! The languages that there are words of: those that are built in, and those of a directory.

use std::path::Path;
use std::sync::Arc;

use super::{Words, WordsError};
use crate::wire::problem::{Code, Problem, nearest, shown};

/// The languages that are built in: the first is that of who names none.
const BUILT_IN: [(&str, &str); 2] = [
    ("en", include_str!("../../../../data/words/en.toml")),
    ("de", include_str!("../../../../data/words/de.toml")),
];

/// The languages that there are words of; the first is that of who names none.
#[derive(Clone, Debug)]
pub(crate) struct Languages(Vec<Arc<Words>>);

impl Languages {
    /// Those that are built in, and those of the files of a directory, if there is one: `fr.toml` has French. A file of a
    /// language that is built in takes its place.
    pub(crate) fn open(directory: Option<&Path>) -> Result<Languages, WordsError> {
        let mut languages = Vec::new();
        for (lang, text) in BUILT_IN {
            languages.push(Arc::new(Words::parse(lang, &format!("data/words/{lang}.toml"), text)?));
        }
        for words in directory.map(read).transpose()?.unwrap_or_default() {
            match languages.iter_mut().find(|known| known.lang == words.lang) {
                Some(known) => *known = Arc::new(words),
                None => languages.push(Arc::new(words)),
            }
        }
        Ok(Languages(languages))
    }

    /// The language of a tag, or that of who names none. Where there are no words of a variety, as of `de-AT`, those of the language
    /// serve (RFC 4647, 3.4).
    pub(crate) fn find(&self, name: Option<&str>) -> Result<&Arc<Words>, Problem> {
        let names = || self.0.iter().map(|words| &*words.lang);
        let wanted = name.map_or_else(|| BUILT_IN[0].0.to_owned(), str::to_ascii_lowercase);
        let known = |tag: &str| self.0.iter().find(|words| *words.lang == *tag);
        let tags =
            std::iter::successors(Some(&*wanted), |tag| tag.rsplit_once('-').map(|(broader, _)| broader));
        tags.into_iter().find_map(known).ok_or_else(|| {
            let problem = Problem::new(
                Code::UnknownValue,
                format!("there are no words of the language {}", shown(&wanted)),
            )
            .parameter("lang");
            match nearest(&wanted, names()) {
                Some(meant) => problem.hint(format!("did you mean lang={meant}?")),
                None => problem.hint(format!("give lang={}", names().collect::<Vec<_>>().join(" or lang="))),
            }
        })
    }

    /// Every one.
    #[cfg(test)]
    pub(crate) fn all(&self) -> &[Arc<Words>] {
        &self.0
    }
}

/// The languages of a directory, by their names.
fn read(directory: &Path) -> Result<Vec<Words>, WordsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |source| WordsError::Unreadable { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable(directory))? {
        paths.push(entry.map_err(unreadable(directory))?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort_unstable();
    let mut languages = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if !is_language(&name) {
            return Err(WordsError::Name { name: name.into_owned(), path });
        }
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        languages.push(Words::parse(&name, &path.display().to_string(), &text)?);
    }
    Ok(languages)
}

/// Whether a name has the form of a language tag, in lower case: two or three letters, and perhaps subtags.
fn is_language(name: &str) -> bool {
    let is_subtag = |part: &str| {
        (2..=8).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let mut parts = name.split('-');
    parts.next().is_some_and(|first| {
        (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && parts.all(is_subtag)
}
