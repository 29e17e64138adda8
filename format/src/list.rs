//! One list: things that happen at instants, sorted by time, checked, mapped, and ready to be asked.
//!
//! A list covers a span: what is not in it does not happen in the span. It is derived from the tables of its generation.

use std::mem::offset_of;
use std::path::Path;

use rkyv::api::deserialize_using;
use rkyv::api::high::{HighSerializer, HighValidator};
use rkyv::bytecheck::CheckBytes;
use rkyv::rancor;
use rkyv::rancor::{Infallible, Strategy};
use rkyv::ser::allocator::ArenaHandle;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Serialize};

use crate::eclipse::{LunarEclipse, LunarKind, SolarEclipse, SolarKind};
use crate::error::FormatError;
use crate::event::EventRecord;
use crate::header::{Check, unpadded};
use crate::layout::{HEADER_BYTES, LINE_BYTES};
use crate::manifest::{ListEntry, Manifest};
use crate::mapping::{Mapping, View};

pub mod layout;
mod write;

use layout::{ArchivedListArchive, Header, ListArchive};

pub use write::encode;

/// A list that a dataset can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListName {
    /// Eclipses of the Sun, by their greatest eclipse.
    SolarEclipses,
    /// Eclipses of the Moon, by their greatest eclipse.
    LunarEclipses,
    /// Events of an almanac, in a window that moves with the date.
    Almanac,
}

impl ListName {
    /// Every list, in the order of the manifest.
    pub const ALL: [ListName; 3] = [ListName::SolarEclipses, ListName::LunarEclipses, ListName::Almanac];

    /// The name, as header and manifest spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ListName::SolarEclipses => "solar_eclipses",
            ListName::LunarEclipses => "lunar_eclipses",
            ListName::Almanac => "almanac",
        }
    }

    /// The list of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ListName> {
        ListName::ALL.into_iter().find(|list| list.name() == name)
    }
}

/// What a list can be of. Each kind of entry has a list of its own.
pub trait Entry:
    Archive<
        Archived: Sync
                      + 'static
                      + for<'a> CheckBytes<HighValidator<'a, rancor::Error>>
                      + Deserialize<Self, Strategy<(), Infallible>>,
    > + for<'a> Serialize<HighSerializer<AlignedVec<LINE_BYTES>, ArenaHandle<'a>, rancor::Error>>
    + Clone
    + 'static
{
    /// The list that it stands in.
    const LIST: ListName;

    /// When it happens, which lists are sorted by: a Julian day of TT.
    fn jd_tt(archived: &Self::Archived) -> f64;

    /// The entry as the program's own numbers.
    fn native(archived: &Self::Archived) -> Self {
        let Ok(entry) = deserialize_using::<Self, (), Infallible>(archived, &mut ());
        entry
    }

    /// What is wrong with an entry by itself, if anything is.
    fn fault(archived: &Self::Archived) -> Option<&'static str>;
}

/// Why an eclipse is none that anybody can tell of.
const UNKNOWN_KIND: &str = "is of an unknown kind";

impl Entry for SolarEclipse {
    const LIST: ListName = ListName::SolarEclipses;

    fn jd_tt(archived: &Self::Archived) -> f64 {
        archived.greatest_jd_tt.to_native()
    }

    fn fault(archived: &Self::Archived) -> Option<&'static str> {
        (usize::from(archived.kind) >= SolarKind::ALL.len()).then_some(UNKNOWN_KIND)
    }
}

impl Entry for LunarEclipse {
    const LIST: ListName = ListName::LunarEclipses;

    fn jd_tt(archived: &Self::Archived) -> f64 {
        archived.greatest_jd_tt.to_native()
    }

    fn fault(archived: &Self::Archived) -> Option<&'static str> {
        (usize::from(archived.kind) >= LunarKind::ALL.len()).then_some(UNKNOWN_KIND)
    }
}

impl Entry for EventRecord {
    const LIST: ListName = ListName::Almanac;

    fn jd_tt(archived: &Self::Archived) -> f64 {
        archived.jd_tt.to_native()
    }

    /// Events of unknown kinds are none: readers take no notice of them.
    fn fault(archived: &Self::Archived) -> Option<&'static str> {
        let (jd_tt, end_jd_tt) = (archived.jd_tt.to_native(), archived.end_jd_tt.to_native());
        let ends = end_jd_tt.is_nan() || (jd_tt <= end_jd_tt && end_jd_tt < f64::INFINITY);
        (!ends).then_some("ends before it begins")
    }
}

/// A list file, mapped.
#[derive(Debug)]
pub struct List<T: Entry> {
    entries: View<T::Archived>,
    about: About,
}

/// What is known of every list, whatever it is of.
#[derive(Debug)]
pub struct About {
    name: ListName,
    start_jd_tt: f64,
    end_jd_tt: f64,
    entries: usize,
    entries_at: usize,
    recipe: String,
    recipe_hash: [u8; 32],
    mapping: Mapping,
}

impl<T: Entry> List<T> {
    /// Maps and checks a file of which it is known what it is a list of, by itself. The lists of a generation, which a manifest
    /// names, come with their [`Dataset`](crate::Dataset); what a file is a list of, [`AnyList::open`] finds out.
    ///
    /// The checks, in order: length, magic, layout version, the header's own hash, the lengths and places that the header
    /// names, with [`Check::EveryByte`] the archive's hash, the name, the archive's structure (bytecheck), agreement of header
    /// and archive, and with [`Check::EveryByte`] that instants are finite, in order and inside the span, and that entries have
    /// no [`Entry::fault`]. After them no read can leave the mapping, whatever the entries hold.
    ///
    /// # Errors
    /// With the byte offset of the first fault met.
    pub fn open(path: &Path, check: Check) -> Result<List<T>, FormatError> {
        let mapping = Mapping::open(path)?;
        let list = List::of(path, &mapping, &Checked::of(path, &mapping, check)?)?;
        if check == Check::EveryByte {
            list.check_order(path)?;
        }
        Ok(list)
    }

    /// Checks what follows the header, but for the order of entries.
    fn of(path: &Path, mapping: &Mapping, header: &Checked) -> Result<List<T>, FormatError> {
        let Checked { header, archive, name } = header;
        if *name != T::LIST {
            let what = format!("this is a list of {}, not of {}", name.name(), T::LIST.name());
            return Err(FormatError::damaged(path, offset_of!(Header, own.name), what));
        }
        let root = rkyv::access::<ArchivedListArchive<T>, rancor::Error>(archive).map_err(|error| {
            FormatError::damaged(path, HEADER_BYTES, format!("the archive's structure is broken: {error}"))
        })?;
        let entries_at = agree(path, header, root, mapping.bytes())?;
        let outside = || FormatError::damaged(path, HEADER_BYTES, "entries outside the file");
        Ok(List {
            entries: mapping.view(&root.entries).ok_or_else(outside)?,
            about: About {
                name: *name,
                start_jd_tt: header.own.start_jd_tt.get(),
                end_jd_tt: header.own.end_jd_tt.get(),
                entries: root.entries.len(),
                entries_at,
                recipe: root.recipe.as_str().to_owned(),
                recipe_hash: header.recipe,
                mapping: mapping.clone(),
            },
        })
    }

    /// Instants that are finite, in order, and inside the span; and entries without a fault of their own.
    fn check_order(&self, path: &Path) -> Result<(), FormatError> {
        match disorder::<T>(&self.entries, (self.about.start_jd_tt, self.about.end_jd_tt)) {
            None => Ok(()),
            Some((nth, what)) => {
                let at = self.about.entries_at + nth * size_of::<T::Archived>();
                Err(FormatError::damaged(path, at, format!("entry {nth} {what}")))
            }
        }
    }

    /// Its name, span and provenance.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The entries, in order of time, as they lie in the mapping.
    #[must_use]
    pub fn entries(&self) -> &[T::Archived] {
        &self.entries
    }

    /// The index of the first entry at an instant or after it, a Julian day of TT; the number of entries if there is none.
    #[must_use]
    pub fn first_at_or_after(&self, jd_tt: f64) -> usize {
        self.entries.partition_point(|entry| T::jd_tt(entry) < jd_tt)
    }

    /// Whether all that happens from one instant (Julian day of TT) to another, the second excluded, would be among the entries.
    #[must_use]
    pub fn covers(&self, jd_tt: &std::ops::Range<f64>) -> bool {
        self.about.start_jd_tt() <= jd_tt.start && jd_tt.end <= self.about.end_jd_tt()
    }

    /// The entries from one instant (Julian day of TT) to another, which is excluded.
    #[must_use]
    pub fn range(&self, jd_tt: std::ops::Range<f64>) -> &[T::Archived] {
        let (from, to) = (self.first_at_or_after(jd_tt.start), self.first_at_or_after(jd_tt.end));
        self.entries.get(from..to).unwrap_or_default()
    }
}

impl About {
    /// Which list it is.
    #[must_use]
    pub fn name(&self) -> ListName {
        self.name
    }

    /// First instant that the list covers, a Julian day of TT.
    #[must_use]
    pub fn start_jd_tt(&self) -> f64 {
        self.start_jd_tt
    }

    /// First instant after it.
    #[must_use]
    pub fn end_jd_tt(&self) -> f64 {
        self.end_jd_tt
    }

    /// How many entries it has.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// Where the entries are in the file.
    #[must_use]
    pub fn entries_at(&self) -> usize {
        self.entries_at
    }

    /// The recipe it was made by, as JSON.
    #[must_use]
    pub fn recipe(&self) -> &str {
        &self.recipe
    }

    /// BLAKE3 of the recipe.
    #[must_use]
    pub fn recipe_hash(&self) -> [u8; 32] {
        self.recipe_hash
    }

    /// Length of the file in bytes.
    #[must_use]
    pub fn file_bytes(&self) -> usize {
        self.mapping.bytes().len()
    }

    /// BLAKE3 of the whole file.
    #[must_use]
    pub fn content_hash(&self) -> [u8; 32] {
        *blake3::hash(self.mapping.bytes()).as_bytes()
    }

    /// The mapping, for those who check where pointers point.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

/// A list of whatever its header says.
#[derive(Debug)]
pub enum AnyList {
    /// Eclipses of the Sun.
    SolarEclipses(List<SolarEclipse>),
    /// Eclipses of the Moon.
    LunarEclipses(List<LunarEclipse>),
    /// Events of an almanac.
    Almanac(List<EventRecord>),
}

impl AnyList {
    /// Maps and checks a file, as [`List::open`] does.
    ///
    /// # Errors
    /// With the byte offset of the first fault met.
    pub fn open(path: &Path, check: Check) -> Result<AnyList, FormatError> {
        let list = AnyList::of(path, &Mapping::open(path)?, check)?;
        if check == Check::EveryByte {
            list.check_order(path)?;
        }
        Ok(list)
    }

    /// Maps and checks a list of a generation.
    ///
    /// As [`List::open`], and it must be the list that the manifest names. With [`Check::EveryByte`] the whole file is hashed
    /// against the manifest, which takes the place of the archive's own hash.
    ///
    /// # Errors
    /// As [`List::open`]; and when it is another list than listed.
    pub fn open_listed(dir: &Path, entry: &ListEntry, check: Check) -> Result<AnyList, FormatError> {
        let path = &Manifest::list_path(dir, entry);
        let mapping = Mapping::open(path)?;
        let matches =
            check == Check::Structure || blake3::hash(mapping.bytes()).to_hex().as_str() == entry.blake3;
        // Of a file that is not the one, its own hashes may tell where it is damaged.
        let own = if matches { Check::Structure } else { Check::EveryByte };
        let list = AnyList::of(path, &mapping, own)?;
        if !matches {
            return Err(FormatError::damaged(path, 0, "the file is not the one that the manifest names"));
        }
        if check == Check::EveryByte {
            list.check_order(path)?;
        }
        let about = list.about();
        if about.name.name() != entry.name
            || about.start_jd_tt != entry.start_jd_tt
            || about.end_jd_tt != entry.end_jd_tt
            || about.file_bytes() as u64 != entry.bytes
            || about.entries as u64 != entry.entries
            || blake3::Hash::from(about.recipe_hash).to_hex().as_str() != entry.recipe
        {
            let manifest = dir.join(crate::manifest::MANIFEST_FILE);
            return Err(FormatError::manifest(
                &manifest,
                format!("{} is another list than listed", entry.file),
            ));
        }
        Ok(list)
    }

    /// Checks a mapped file, but for the order of entries.
    fn of(path: &Path, mapping: &Mapping, check: Check) -> Result<AnyList, FormatError> {
        let header = Checked::of(path, mapping, check)?;
        Ok(match header.name {
            ListName::SolarEclipses => AnyList::SolarEclipses(List::of(path, mapping, &header)?),
            ListName::LunarEclipses => AnyList::LunarEclipses(List::of(path, mapping, &header)?),
            ListName::Almanac => AnyList::Almanac(List::of(path, mapping, &header)?),
        })
    }

    fn check_order(&self, path: &Path) -> Result<(), FormatError> {
        match self {
            AnyList::SolarEclipses(list) => list.check_order(path),
            AnyList::LunarEclipses(list) => list.check_order(path),
            AnyList::Almanac(list) => list.check_order(path),
        }
    }

    /// Its name, span and provenance.
    #[must_use]
    pub fn about(&self) -> &About {
        match self {
            AnyList::SolarEclipses(list) => list.about(),
            AnyList::LunarEclipses(list) => list.about(),
            AnyList::Almanac(list) => list.about(),
        }
    }
}

/// What a header that agrees with itself says that its file is.
struct Checked<'a> {
    header: Header,
    archive: &'a [u8],
    name: ListName,
}

impl Checked<'_> {
    fn of<'a>(path: &Path, mapping: &'a Mapping, check: Check) -> Result<Checked<'a>, FormatError> {
        let (header, archive) = Header::checked(path, mapping.bytes(), check)?;
        match unpadded(&header.own.name).and_then(ListName::from_name) {
            Some(name) => Ok(Checked { header, archive, name }),
            None => Err(FormatError::damaged(path, offset_of!(Header, own.name), "unknown list")),
        }
    }
}

/// Whether header and archive tell the same story; where the entries are in the file.
fn agree<T: Entry>(
    path: &Path,
    header: &Header,
    root: &ArchivedListArchive<T>,
    bytes: &[u8],
) -> Result<usize, FormatError> {
    let fault = |offset: usize, what: &str| Err(FormatError::damaged(path, offset, what));
    let (start, end) = (header.own.start_jd_tt.get(), header.own.end_jd_tt.get());
    if !(start.is_finite() && end.is_finite() && start < end) {
        return fault(offset_of!(Header, own.start_jd_tt), "the span is not one");
    }
    if header.own.entry_bytes.get() as usize != size_of::<T::Archived>() {
        return fault(offset_of!(Header, own.entry_bytes), "the length of an entry is not its kind's");
    }
    if root.entries.len() as u64 != header.own.entry_count.get() {
        return fault(offset_of!(Header, own.entry_count), "the numbers of entries differ");
    }
    let entries_at = (root.entries.as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
    if entries_at as u64 != header.own.entries_offset.get() {
        return fault(offset_of!(Header, own.entries_offset), "the entries are not where the header says");
    }
    header.check_recipe(path, &root.recipe)?;
    Ok(entries_at)
}

/// The first entry that is not as it should be, and what is wrong with it.
fn disorder<T: Entry>(entries: &[T::Archived], span: (f64, f64)) -> Option<(usize, &'static str)> {
    let mut before = f64::NEG_INFINITY;
    for (nth, entry) in entries.iter().enumerate() {
        let jd_tt = T::jd_tt(entry);
        // Written so that NaN and infinities fail.
        if !(span.0 <= jd_tt && jd_tt < span.1) {
            return Some((nth, "lies outside the span"));
        }
        if jd_tt < before {
            return Some((nth, "comes before the one that it follows"));
        }
        if let Some(fault) = T::fault(entry) {
            return Some((nth, fault));
        }
        before = jd_tt;
    }
    None
}

#[cfg(test)]
mod tests;
