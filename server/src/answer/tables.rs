//! Where the rows of a table come from: the blocks that they may be from, known before any is told, and who answered.

use std::ops::Range;

use orrery_almanac::instant::{MAX_JD, MIN_JD};
use orrery_format::manifest::ListEntry;
use orrery_format::{Center, ListName, Product, TtDay, UtDay};

use crate::answer::aid::Needs;
use crate::answer::mix::Mix;
use crate::app::{Generation, Live};
use crate::query::{CastQuery, SkyQuery, SourceChoice, When};
use crate::text::json::Json;

/// Days that the time scales may be apart, and a day that a time zone may be.
const APART_DAYS: f64 = 2.0;

/// The blocks and lists that a table may be from, by their indices in the manifest, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Extent {
    blocks: Vec<u32>,
    /// The lists, likewise.
    lists: Vec<u32>,
    /// Whether a body's places are among them.
    has_places: bool,
    max_error_arcsec: f64,
}

impl Extent {
    /// Of what is asked of instants between two.
    pub(crate) fn of(sky: &SkyQuery, ends: [When; 2], generation: &Generation) -> Extent {
        Extent::of_needs(sky, Needs::of(sky, true), ends, generation)
    }

    /// The same with fixed stars beside the bodies.
    pub(crate) fn of_stars(sky: &SkyQuery, ends: [When; 2], generation: &Generation) -> Extent {
        Extent::of_needs(sky, Needs::of_stars(sky), ends, generation)
    }

    fn of_needs(sky: &SkyQuery, needs: Needs, ends: [When; 2], generation: &Generation) -> Extent {
        if sky.source == SourceChoice::Live {
            return Extent::default();
        }
        let center = sky.view.observer.center();
        let bodies = sky.bodies.iter().filter(|_| sky.view.is_tabulated());
        let places = bodies.filter_map(|body| Some(Product::Place(center, body.tabulated()?.0)));
        let places: Vec<_> = places.map(|product| product.to_string()).collect();
        let aids: Vec<_> = needs.iter().map(|aid| aid.product().to_string()).collect();
        let [first, last] = ends.map(day);
        let manifest = generation.dataset.manifest();
        let (mut blocks, mut worst, mut nutation) = (Vec::new(), 0.0_f64, 0.0_f64);
        let mut has_places = false;
        let rotation = Product::EarthRotation.to_string();
        for (index, block) in manifest.blocks.iter().enumerate() {
            let is_there = block.start_jd < last + APART_DAYS && first - APART_DAYS < block.end_jd;
            let (is_place, is_aid) = (places.contains(&block.product), aids.contains(&block.product));
            if !is_there || !(is_place || is_aid || block.product == rotation) {
                continue;
            }
            blocks.push(index as u32);
            has_places |= is_place;
            if is_place {
                worst = worst.max(block.max_error_arcsec);
            } else if is_aid && block.product == Product::Nutation.to_string() {
                nutation = nutation.max(block.max_error_arcsec);
            }
        }
        Extent { blocks, lists: Vec::new(), has_places, max_error_arcsec: worst + nutation }
    }

    /// Of what charts are cast of.
    pub(crate) fn of_casts<'q>(
        casts: impl IntoIterator<Item = &'q CastQuery>,
        generation: &Generation,
    ) -> Extent {
        let mut extent = Extent::default();
        for cast in casts {
            let whens = cast.whens();
            let (Some(first), Some(last)) = (whens.first(), whens.last()) else { continue };
            let of_cast = Extent::of(&cast.sky, [*first, *last], generation);
            extent.blocks.extend(of_cast.blocks);
        }
        extent.blocks.sort_unstable();
        extent.blocks.dedup();
        extent.weigh(generation);
        extent
    }

    /// With what is looked for in the tables of bodies seen from the Earth, wherever in them.
    pub(crate) fn and_search(mut self, sky: &SkyQuery, generation: &Generation) -> Extent {
        let places =
            sky.bodies.iter().filter_map(|body| Some(Product::Place(Center::Geo, body.tabulated()?.0)));
        let products: Vec<Product> = places.chain([Product::Nutation]).collect();
        self.blocks.extend(Extent::of_search(&products, &[], sky.source, generation).blocks);
        self.blocks.sort_unstable();
        self.blocks.dedup();
        self.weigh(generation);
        self
    }

    /// Of what is looked for in tables, wherever in them, and in lists: all their blocks.
    pub(crate) fn of_search(
        products: &[Product],
        lists: &[ListName],
        source: SourceChoice,
        generation: &Generation,
    ) -> Extent {
        let mut extent = Extent::default();
        if source == SourceChoice::Live {
            return extent;
        }
        let is_read = |product: &Product| *product == Product::EarthRotation || products.contains(product);
        let blocks = generation.prepared.products.iter().enumerate();
        let there = blocks.filter(|(_, product)| product.as_ref().is_some_and(is_read));
        extent.blocks = there.map(|(index, _)| index as u32).collect();
        extent.weigh(generation);
        let is_wanted =
            |entry: &ListEntry| ListName::from_name(&entry.name).is_some_and(|name| lists.contains(&name));
        let there = generation.dataset.manifest().lists.iter().enumerate();
        extent.lists = there.filter(|(_, entry)| is_wanted(entry)).map(|(index, _)| index as u32).collect();
        extent
    }

    /// Of these, the blocks and lists that hold some of a range of Julian days.
    pub(crate) fn within(&self, range: &Range<f64>, generation: &Generation) -> Extent {
        let manifest = generation.dataset.manifest();
        let is_near = |start: f64, end: f64| start < range.end + APART_DAYS && range.start - APART_DAYS < end;
        let blocks = self.blocks.iter().copied().filter(|index| {
            let block = &manifest.blocks[*index as usize];
            is_near(block.start_jd, block.end_jd)
        });
        let lists = self.lists.iter().copied().filter(|index| {
            let list = &manifest.lists[*index as usize];
            is_near(list.start_jd_tt, list.end_jd_tt)
        });
        let mut extent = Extent { blocks: blocks.collect(), lists: lists.collect(), ..*self };
        extent.weigh(generation);
        extent
    }

    /// Notes the worst error of the places among its blocks, nutation's added.
    fn weigh(&mut self, generation: &Generation) {
        let mut worst = [0.0_f64; 2];
        self.has_places = false;
        for index in &self.blocks {
            let block = &generation.dataset.manifest().blocks[*index as usize];
            let product = generation.prepared.products[*index as usize];
            let is_nutation = product == Some(Product::Nutation);
            if product != Some(Product::EarthRotation) {
                let worst = &mut worst[usize::from(is_nutation)];
                *worst = worst.max(block.max_error_arcsec);
                self.has_places |= !is_nutation;
            }
        }
        self.max_error_arcsec = worst.iter().sum();
    }

    /// Its blocks, by their indices in the manifest.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = u32> + '_ {
        self.blocks.iter().copied()
    }

    /// The worst error of the places among its blocks, arcseconds, nutation's added.
    pub(crate) const fn max_error_arcsec(&self) -> f64 {
        self.max_error_arcsec
    }

    /// What the content of its blocks and lists is known by.
    pub(crate) fn marks<'g>(&'g self, generation: &'g Generation) -> impl Iterator<Item = u64> + 'g {
        let prepared = &generation.prepared;
        let blocks = self.blocks.iter().map(|index| prepared.marks[*index as usize]);
        blocks.chain(self.lists.iter().map(|index| prepared.list_marks[*index as usize]))
    }
}

/// An instant to within [`APART_DAYS`].
fn day(when: When) -> f64 {
    let jd = match when {
        When::Utc(utc) => utc.day().midnight_jd(),
        When::Ut(UtDay(jd)) | When::Tt(TtDay(jd)) => jd,
    };
    jd.clamp(MIN_JD, MAX_JD)
}

/// How much was answered by whom: rows, days, or stretches of time that were searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) table: u64,
    pub(crate) live: u64,
    pub(crate) moshier: u64,
    /// Whether something beside the bodies was live that one from a table depends on, such as ΔT or an ayanamsa.
    pub(crate) any_aid_live: bool,
}

/// What a table says of where its rows are from.
pub(crate) struct Provenance<'a> {
    sky: &'a SkyQuery,
    extent: &'a Extent,
    generation: &'a Generation,
    live: Option<&'a Live>,
    answered: Answered,
}

impl<'a> Provenance<'a> {
    pub(crate) fn of(
        sky: &'a SkyQuery,
        extent: &'a Extent,
        generation: &'a Generation,
        live: Option<&'a Live>,
        answered: Answered,
    ) -> Provenance<'a> {
        Provenance { sky, extent, generation, live, answered }
    }

    /// In one word where the rows come from that are told.
    pub(crate) fn mix(&self) -> Mix {
        match (self.answered.table, self.answered.live + self.answered.moshier) {
            // Of nothing, who would have been asked.
            (0, 0) if self.sky.source == SourceChoice::Live => Mix::Live,
            (_, 0) if !self.answered.any_aid_live => Mix::Table,
            (0, _) => Mix::Live,
            _ => Mix::Mixed,
        }
    }

    /// As a JSON document. Before all rows are told it does not say who answers them: each row does, and names all who may;
    /// the error is then that of the rows from tables.
    pub(crate) fn written(&self, all_told: bool) -> String {
        let mut json = Json::new();
        json.open(b'{');
        let (has_tables, has_live, has_moshier) = if all_told {
            json.key("source").string(self.mix().name());
            let Answered { table, live, moshier, any_aid_live } = self.answered;
            (table > 0, live > 0 || any_aid_live, moshier > 0)
        } else {
            (self.extent.has_places, true, self.sky.moshier.is_allowed())
        };
        let mut names: Vec<&str> = Vec::new();
        if has_tables {
            names.push(&self.generation.dataset.manifest().source.ephemeris);
        }
        if let Some(live) = self.live.filter(|_| self.sky.source != SourceChoice::Table) {
            names.extend(has_live.then_some(&*live.ephemeris));
            names.extend(has_moshier.then_some(&*live.moshier));
        }
        names.dedup();
        json.key("ephemeris").string(&names.join("; "));
        json.key("blocks");
        let list = json.len();
        for block in &self.extent.blocks {
            json.piece(&self.generation.prepared.names[*block as usize]);
        }
        json.end_list(list);
        if !self.extent.lists.is_empty() {
            json.key("lists");
            let list = json.len();
            for index in &self.extent.lists {
                json.piece(&self.generation.prepared.list_names[*index as usize]);
            }
            json.end_list(list);
        }
        let json = &mut json;
        json.key("max_error_arcsec");
        if (all_told && self.mix() != Mix::Table) || !self.extent.has_places {
            json.null();
        } else {
            json.rounded(self.extent.max_error_arcsec, 9);
        }
        json.close(b'}');
        String::from_utf8_lossy(&std::mem::replace(json, Json::new()).into_bytes()).into_owned()
    }
}
