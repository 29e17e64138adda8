//! Writes families of metrics: each begun with its name and what it is, then its values by labels.

use std::fmt::Error;

use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Unit;

/// Labels with their values.
pub(super) type Labels<'a, const N: usize> = [(&'static str, &'a str); N];

/// Writes families one after the other.
#[derive(Debug)]
pub(super) struct Pen<'a> {
    encoder: DescriptorEncoder<'a>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(encoder: DescriptorEncoder<'a>) -> Pen<'a> {
        Pen { encoder }
    }

    fn begin(
        &mut self,
        name: &str,
        about: &str,
        unit: Option<&Unit>,
        kind: MetricType,
        with: impl FnOnce(MetricEncoder<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        with(self.encoder.encode_descriptor(name, about, unit, kind)?)
    }

    /// A count that never goes down, whose name gets `_total` behind it.
    pub(super) fn counter(&mut self, name: &str, about: &str, value: u64) -> Result<(), Error> {
        self.begin(name, about, None, MetricType::Counter, |mut metric| {
            metric.encode_counter::<NoLabelSet, _, f64>(&value, None)
        })
    }

    /// The same by labels.
    pub(super) fn counters<'v, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        values: impl IntoIterator<Item = (Labels<'v, N>, u64)>,
    ) -> Result<(), Error> {
        self.begin(name, about, None, MetricType::Counter, |mut metric| {
            values.into_iter().try_for_each(|(labels, value)| {
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&value, None)
            })
        })
    }

    /// The same of seconds that add up.
    pub(super) fn seconds<'v, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        values: impl IntoIterator<Item = (Labels<'v, N>, f64)>,
    ) -> Result<(), Error> {
        self.begin(name, about, Some(&Unit::Seconds), MetricType::Counter, |mut metric| {
            values.into_iter().try_for_each(|(labels, value)| {
                metric.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&value, None)
            })
        })
    }

    /// A value that goes up and down; nothing is written where it is not known.
    pub(super) fn gauge(
        &mut self,
        name: &str,
        about: &str,
        unit: Option<&Unit>,
        value: Option<f64>,
    ) -> Result<(), Error> {
        let Some(value) = value else { return Ok(()) };
        self.begin(name, about, unit, MetricType::Gauge, |mut metric| metric.encode_gauge(&value))
    }

    /// The same by labels.
    pub(super) fn gauges<'v, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        unit: Option<&Unit>,
        values: impl IntoIterator<Item = (Labels<'v, N>, f64)>,
    ) -> Result<(), Error> {
        self.begin(name, about, unit, MetricType::Gauge, |mut metric| {
            values
                .into_iter()
                .try_for_each(|(labels, value)| metric.encode_family(&labels)?.encode_gauge(&value))
        })
    }

    /// How long something took: the sum in seconds, how many, and how many in each bucket.
    pub(super) fn histograms<'v, const N: usize>(
        &mut self,
        name: &str,
        about: &str,
        values: impl IntoIterator<Item = (Labels<'v, N>, f64, Vec<(f64, u64)>)>,
    ) -> Result<(), Error> {
        self.begin(name, about, Some(&Unit::Seconds), MetricType::Histogram, |mut metric| {
            values.into_iter().try_for_each(|(labels, sum, buckets)| {
                // Of the buckets, so that a reply that is counted meanwhile is in both or in neither.
                let count = buckets.iter().map(|(_, count)| count).sum();
                metric.encode_family(&labels)?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
            })
        })
    }
}
