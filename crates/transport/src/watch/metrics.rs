//! The numbers of one actor, and their text.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::families::{Family, Kind};

/// Series of one family: more than our labels can have. What goes beyond is counted as `other`.
const SERIES_MAX: usize = 400;

/// Labels of one family: the list is ours.
pub(super) const LABELS_MAX: usize = 4;

/// The longest value of a label, in bytes.
const VALUE_BYTES_MAX: usize = 64;

/// What stands in place of values that are one too many.
const OTHER: &str = "other";

/// The numbers of one actor. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Vec<Mutex<Series>>>);

/// The series of one family, in the order of the values of their labels.
#[derive(Debug, Default)]
struct Series(Vec<(Vec<String>, Figure)>);

impl Series {
    /// Where these values stand, or would. Nothing is copied to find them: this is asked for every message.
    fn place(&self, values: &[&str]) -> Result<usize, usize> {
        let order = |held: &[String]| -> Ordering {
            held.iter().map(String::as_str).cmp(values.iter().copied())
        };
        self.0.binary_search_by(|(held, _)| order(held))
    }

    fn find(&self, values: &[&str]) -> Option<&Figure> {
        let place = self.place(values).ok()?;
        self.0.get(place).map(|(_, figure)| figure)
    }

    /// The figure under these values, which begins at nothing; under `other` where there is no more room.
    fn figure(&mut self, values: &[&str], kind: Kind) -> Option<&mut Figure> {
        let place = match self.place(values) {
            Ok(place) => place,
            Err(_) if self.0.len() >= SERIES_MAX && values.iter().any(|value| *value != OTHER) => {
                return self.figure(&vec![OTHER; values.len()], kind);
            }
            Err(place) => {
                let values = values.iter().map(|value| (*value).to_owned()).collect();
                self.0.insert(place, (values, Figure::none(kind)));
                place
            }
        };
        self.0.get_mut(place).map(|(_, figure)| figure)
    }
}

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// Of a counter.
    Count(u64),
    /// Of a gauge.
    Level(f64),
    /// Of a histogram.
    Spread {
        /// How many fell between this bound and the one before; the last stands for all beyond.
        buckets: Vec<u64>,
        /// All together.
        sum: f64,
    },
}

impl Figure {
    fn none(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Count(0),
            Kind::Gauge => Self::Level(0.0),
            Kind::Histogram(bounds) => Self::Spread {
                buckets: vec![0; bounds.len() + 1],
                sum: 0.0,
            },
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let family = |family: &Family| {
            let mut series = Series::default();
            if family.labels().is_empty() {
                // What has not happened yet is nought, and not unknown.
                series.figure(&[], family.kind());
            }
            Mutex::new(series)
        };
        Self(Arc::new(Family::ALL.iter().map(family).collect()))
    }
}

impl Metrics {
    /// Counts so many more. Nothing happens where the family is no counter.
    pub fn add(&self, family: Family, labels: &[&str], more: u64) {
        self.change(family, labels, |figure| {
            if let Figure::Count(count) = figure {
                *count = count.saturating_add(more);
            }
        });
    }

    /// Sets a gauge.
    pub fn set(&self, family: Family, labels: &[&str], level: f64) {
        self.change(family, labels, |figure| {
            if let Figure::Level(now) = figure {
                *now = level;
            }
        });
    }

    /// Moves a gauge.
    pub fn shift(&self, family: Family, labels: &[&str], by: f64) {
        self.change(family, labels, |figure| {
            if let Figure::Level(now) = figure {
                *now += by;
            }
        });
    }

    /// Notes one value of a histogram.
    pub fn observe(&self, family: Family, labels: &[&str], value: f64) {
        let Kind::Histogram(bounds) = family.kind() else {
            return;
        };
        let place = bounds.partition_point(|bound| *bound < value);
        self.change(family, labels, |figure| {
            if let Figure::Spread { buckets, sum } = figure
                && let Some(bucket) = buckets.get_mut(place)
            {
                *bucket = bucket.saturating_add(1);
                *sum += value;
            }
        });
    }

    /// One number, for whoever wants to know only that.
    #[must_use]
    pub fn figure(&self, family: Family, labels: &[&str]) -> Option<Figure> {
        self.series(family)?.find(labels).cloned()
    }

    fn change(&self, family: Family, labels: &[&str], change: impl FnOnce(&mut Figure)) {
        debug_assert_eq!(labels.len(), family.labels().len(), "{}", family.name());
        let Some(mut series) = self.series(family) else {
            return;
        };
        let mut values = [""; LABELS_MAX];
        let values = &mut values[..family.labels().len().min(LABELS_MAX)];
        for (value, given) in values.iter_mut().zip(labels) {
            *value = shortened(given);
        }
        if let Some(figure) = series.figure(values, family.kind()) {
            change(figure);
        }
    }

    // The lock is held for one change, which cannot fail half way.
    fn series(&self, family: Family) -> Option<MutexGuard<'_, Series>> {
        let place = self.0.get(family as usize)?;
        Some(place.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All numbers in Prometheus' text format 0.0.4.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for family in Family::ALL {
            let Some(series) = self.series(*family) else {
                continue;
            };
            if series.0.is_empty() {
                continue;
            }
            let (name, kind) = (family.name(), family.kind());
            // Writing to a String does not fail.
            writeln!(text, "# HELP {name} {}", family.help()).ok();
            writeln!(text, "# TYPE {name} {}", kind.as_str()).ok();
            for (values, figure) in &series.0 {
                write(&mut text, *family, values, figure);
            }
        }
        text
    }
}

fn write(text: &mut String, family: Family, values: &[String], figure: &Figure) {
    let name = family.name();
    let labels = labels(family, values, None);
    match figure {
        Figure::Count(count) => writeln!(text, "{name}{labels} {count}").ok(),
        Figure::Level(level) => writeln!(text, "{name}{labels} {level}").ok(),
        Figure::Spread { buckets, sum } => {
            let Kind::Histogram(bounds) = family.kind() else {
                return;
            };
            let bounds = bounds.iter().map(ToString::to_string);
            let mut below = 0_u64;
            for (bound, bucket) in bounds.chain(["+Inf".to_owned()]).zip(buckets) {
                below = below.saturating_add(*bucket);
                let labels = self::labels(family, values, Some(&bound));
                writeln!(text, "{name}_bucket{labels} {below}").ok();
            }
            writeln!(text, "{name}_sum{labels} {sum}").ok();
            writeln!(text, "{name}_count{labels} {below}").ok()
        }
    };
}

/// `{door="gateway-public",le="0.5"}`, or nothing.
fn labels(family: Family, values: &[String], bound: Option<&str>) -> String {
    let named = family
        .labels()
        .iter()
        .zip(values)
        .map(|(name, value)| (*name, value.as_str()));
    let pairs: Vec<_> = named
        .chain(bound.map(|bound| ("le", bound)))
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", pairs.join(","))
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn shortened(value: &str) -> &str {
    let mut end = value.len().min(VALUE_BYTES_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.add(Family::HttpRequests, &["gateway-public", "200"], 2);
        metrics.add(Family::HttpRequests, &["gateway-public", "503"], 1);
        metrics.set(Family::ClockOffsetSeconds, &[], -1.5);
        for seconds in [0.0001, 0.0002, 0.4, 31.0] {
            metrics.observe(Family::StageSeconds, &["receive"], seconds);
        }
        let text = metrics.text();
        for line in [
            "# TYPE qaqpa_http_requests_total counter",
            "qaqpa_http_requests_total{door=\"gateway-public\",status=\"200\"} 2",
            "qaqpa_http_requests_total{door=\"gateway-public\",status=\"503\"} 1",
            "qaqpa_clock_offset_seconds -1.5",
            "qaqpa_stage_seconds_bucket{stage=\"receive\",le=\"0.0001\"} 1",
            "qaqpa_stage_seconds_bucket{stage=\"receive\",le=\"0.00025\"} 2",
            "qaqpa_stage_seconds_bucket{stage=\"receive\",le=\"0.5\"} 3",
            "qaqpa_stage_seconds_bucket{stage=\"receive\",le=\"30\"} 3",
            "qaqpa_stage_seconds_bucket{stage=\"receive\",le=\"+Inf\"} 4",
            "qaqpa_stage_seconds_sum{stage=\"receive\"} 31.4003",
            "qaqpa_stage_seconds_count{stage=\"receive\"} 4",
        ] {
            assert!(
                text.lines().any(|one| one == line),
                "{line} is missing in\n{text}"
            );
        }
    }

    #[test]
    fn values_are_escaped_and_shortened_and_too_many_become_one() {
        let metrics = Metrics::default();
        metrics.add(Family::HttpRequests, &["a\"\\\nb", &"я".repeat(100)], 1);
        let text = metrics.text();
        let line = format!(
            "qaqpa_http_requests_total{{door=\"a\\\"\\\\\\nb\",status=\"{}\"}} 1",
            "я".repeat(32)
        );
        assert!(text.lines().any(|one| one == line), "{text}");
        for n in 0..2 * SERIES_MAX {
            metrics.add(Family::Deliveries, &["gateway", &n.to_string()], 1);
        }
        assert_eq!(
            metrics.figure(Family::Deliveries, &[OTHER, OTHER]),
            Some(Figure::Count(SERIES_MAX as u64))
        );
    }
}
