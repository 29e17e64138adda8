//! The layout of a list file, said once: a fixed header, then one rkyv archive whose root stands at the end.
//!
//! `SPEC.md`, sections 15 and 16, is this module in prose.

use std::mem::offset_of;

use rkyv::{Archive, Serialize};
use zerocopy::little_endian::{F64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::eclipse::{ArchivedElements, ArchivedLunarEclipse, ArchivedSolarEclipse};
use crate::event::{ArchivedEventRecord, EventRecord};
use crate::header::Fields;
use crate::layout::HEADER_BYTES;

/// What a list says of itself in its header.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ListFields {
    /// Where the entries start, a multiple of 8 inside the archive.
    pub entries_offset: U64,
    /// How many entries there are.
    pub entry_count: U64,
    /// Length of one entry, a multiple of 8.
    pub entry_bytes: U32,
    /// Zero.
    pub reserved_a: U32,
    /// First instant that the list covers, a Julian day of TT.
    pub start_jd_tt: F64,
    /// First instant after it.
    pub end_jd_tt: F64,
    /// Name of the list, padded with zeros.
    pub name: [u8; 32],
    /// Zero.
    pub reserved_b: [u8; 48],
}

impl Fields for ListFields {
    const MAGIC: [u8; 8] = *b"ORRLST\r\n";
    const KIND: &str = "list";
}

/// The first 256 bytes of a list.
pub type Header = crate::header::Header<ListFields>;

const _: () = assert!(size_of::<Header>() == HEADER_BYTES);
const _: () = assert!(offset_of!(Header, own.entries_offset) == 40);
const _: () = assert!(offset_of!(Header, own.entry_bytes) == 56);
const _: () = assert!(offset_of!(Header, own.start_jd_tt) == 64);
const _: () = assert!(offset_of!(Header, own.name) == 80);

/// The root of the archive.
#[derive(Archive, Serialize)]
pub struct ListArchive<T> {
    /// The entries, in order of time. They stand first, and so at the start of the archive.
    pub entries: Vec<T>,
    /// How the list was made: JSON, the recipe whose BLAKE3 the header carries.
    pub recipe: String,
}

/// What a reader in another language goes by: the sizes and places of `SPEC.md`.
const _: () = {
    assert!(size_of::<ArchivedListArchive<EventRecord>>() == 32);
    assert!(offset_of!(ArchivedListArchive<EventRecord>, entries) == 0);
    assert!(offset_of!(ArchivedListArchive<EventRecord>, recipe) == 16);

    assert!(size_of::<ArchivedEventRecord>() == 32);
    assert!(offset_of!(ArchivedEventRecord, jd_tt) == 0);
    assert!(offset_of!(ArchivedEventRecord, end_jd_tt) == 8);
    assert!(offset_of!(ArchivedEventRecord, value) == 16);
    assert!(offset_of!(ArchivedEventRecord, kind) == 24);
    assert!(offset_of!(ArchivedEventRecord, body) == 26);
    assert!(offset_of!(ArchivedEventRecord, partner) == 28);
    assert!(offset_of!(ArchivedEventRecord, detail) == 30);

    assert!(size_of::<ArchivedElements>() == 288);
    assert!(offset_of!(ArchivedElements, t0_jd_tt) == 0);
    assert!(offset_of!(ArchivedElements, reach_h) == 8);
    assert!(offset_of!(ArchivedElements, x) == 16);
    assert!(offset_of!(ArchivedElements, y) == 64);
    assert!(offset_of!(ArchivedElements, d_deg) == 112);
    assert!(offset_of!(ArchivedElements, mu_deg) == 144);
    assert!(offset_of!(ArchivedElements, l1) == 176);
    assert!(offset_of!(ArchivedElements, l2) == 216);
    assert!(offset_of!(ArchivedElements, tan_f1) == 256);
    assert!(offset_of!(ArchivedElements, tan_f2) == 272);

    assert!(size_of::<ArchivedSolarEclipse>() == 456);
    assert!(offset_of!(ArchivedSolarEclipse, greatest_jd_tt) == 0);
    assert!(offset_of!(ArchivedSolarEclipse, gamma) == 8);
    assert!(offset_of!(ArchivedSolarEclipse, magnitude) == 16);
    assert!(offset_of!(ArchivedSolarEclipse, obscuration) == 24);
    assert!(offset_of!(ArchivedSolarEclipse, latitude_deg) == 32);
    assert!(offset_of!(ArchivedSolarEclipse, ephemeris_longitude_deg) == 40);
    assert!(offset_of!(ArchivedSolarEclipse, sun_altitude_deg) == 48);
    assert!(offset_of!(ArchivedSolarEclipse, sun_azimuth_deg) == 56);
    assert!(offset_of!(ArchivedSolarEclipse, central_duration_s) == 64);
    assert!(offset_of!(ArchivedSolarEclipse, path_width_km) == 72);
    assert!(offset_of!(ArchivedSolarEclipse, penumbra_jd_tt) == 80);
    assert!(offset_of!(ArchivedSolarEclipse, umbra_jd_tt) == 112);
    assert!(offset_of!(ArchivedSolarEclipse, axis_jd_tt) == 144);
    assert!(offset_of!(ArchivedSolarEclipse, elements) == 160);
    assert!(offset_of!(ArchivedSolarEclipse, saros) == 448);
    assert!(offset_of!(ArchivedSolarEclipse, saros_member) == 450);
    assert!(offset_of!(ArchivedSolarEclipse, kind) == 452);

    assert!(size_of::<ArchivedLunarEclipse>() == 104);
    assert!(offset_of!(ArchivedLunarEclipse, greatest_jd_tt) == 0);
    assert!(offset_of!(ArchivedLunarEclipse, gamma) == 8);
    assert!(offset_of!(ArchivedLunarEclipse, umbral_magnitude) == 16);
    assert!(offset_of!(ArchivedLunarEclipse, penumbral_magnitude) == 24);
    assert!(offset_of!(ArchivedLunarEclipse, latitude_deg) == 32);
    assert!(offset_of!(ArchivedLunarEclipse, ephemeris_longitude_deg) == 40);
    assert!(offset_of!(ArchivedLunarEclipse, penumbra_jd_tt) == 48);
    assert!(offset_of!(ArchivedLunarEclipse, umbra_jd_tt) == 64);
    assert!(offset_of!(ArchivedLunarEclipse, saros) == 96);
    assert!(offset_of!(ArchivedLunarEclipse, saros_member) == 98);
    assert!(offset_of!(ArchivedLunarEclipse, kind) == 100);
};
