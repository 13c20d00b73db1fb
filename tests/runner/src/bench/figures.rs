//! The actors' own numbers, read from their `/metrics`: Prometheus' text format 0.0.4.

use std::collections::BTreeMap;

/// The samples of one reading: by name and labels, as they stand in the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(BTreeMap<String, f64>);

/// How long something took, from a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// How often.
    pub count: u64,
    /// Seconds altogether.
    pub sum_s: f64,
    /// Upper bounds in seconds with how many were at or below them.
    bounds: Vec<(f64, u64)>,
}

impl Figures {
    /// Reads a text; lines that are no samples are passed over.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            Some((series.to_owned(), value.parse().ok()?))
        });
        Self(samples.collect())
    }

    /// These numbers less those of before.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let difference = |(series, now): (&String, &f64)| {
            let then = before.0.get(series).copied().unwrap_or(0.0);
            (series.clone(), now - then)
        };
        Self(self.0.iter().map(difference).collect())
    }

    /// The sum of a family's samples, of those only whose labels hold this text where one is given.
    #[must_use]
    pub fn sum(&self, family: &str, label: Option<&str>) -> f64 {
        self.of(family)
            .filter(|(labels, _)| label.is_none_or(|label| labels.contains(label)))
            .map(|(_, value)| value)
            .sum()
    }

    /// A family's histograms by the value of this label; without a label all of them as one, under the name "".
    #[must_use]
    pub fn spreads(&self, family: &str, label: Option<&str>) -> BTreeMap<String, Spread> {
        let mut spreads: BTreeMap<String, Spread> = BTreeMap::new();
        let bucket = format!("{family}_bucket");
        for (labels, value) in self.of(&bucket) {
            let name = label.map_or(Some(""), |label| of_label(labels, label));
            let (Some(name), Some(bound)) = (name, of_label(labels, "le")) else {
                continue;
            };
            let bound = bound.parse().unwrap_or(f64::INFINITY);
            let spread = spreads.entry(name.to_owned()).or_insert(Spread {
                count: 0,
                sum_s: 0.0,
                bounds: Vec::new(),
            });
            match spread.bounds.iter_mut().find(|(known, _)| *known == bound) {
                Some((_, below)) => *below += whole(value),
                None => spread.bounds.push((bound, whole(value))),
            }
        }
        for (name, spread) in &mut spreads {
            let series = label.map(|label| format!("{label}=\"{name}\""));
            let sum = |of: &str| self.sum(&format!("{family}_{of}"), series.as_deref());
            spread.count = whole(sum("count"));
            spread.sum_s = sum("sum");
            spread
                .bounds
                .sort_by(|one, other| one.0.total_cmp(&other.0));
        }
        spreads
    }

    /// The labels and values of a family's samples.
    fn of<'f>(&'f self, family: &'f str) -> impl Iterator<Item = (&'f str, f64)> {
        self.0.iter().filter_map(move |(series, value)| {
            let rest = series.strip_prefix(family)?;
            (rest.is_empty() || rest.starts_with('{')).then_some((rest, *value))
        })
    }
}

impl Spread {
    /// The mean in seconds; nought where nothing was counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
    pub fn mean_s(&self) -> f64 {
        self.sum_s / self.count.max(1) as f64
    }

    /// The seconds that this share stayed within: the upper bound of the bucket, so never less than the truth.
    #[must_use]
    pub fn within_s(&self, share: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
        let wanted = self.count as f64 * share;
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench")]
        let reached = |(_, below): &&(f64, u64)| *below as f64 >= wanted;
        self.bounds.iter().find(reached).map(|(bound, _)| *bound)
    }
}

fn of_label<'l>(labels: &'l str, name: &str) -> Option<&'l str> {
    let labels = labels.strip_prefix('{')?.strip_suffix('}')?;
    labels.split(',').find_map(|label| {
        let value = label.strip_prefix(name)?.strip_prefix("=\"")?;
        value.strip_suffix('"')
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what counters count is whole and not below nought; of anything else this is a rounding"
)]
fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP a_total A.\n# TYPE a_total counter\n\
        a_total{door=\"sync\",status=\"200\"} 7\na_total{door=\"async\",status=\"200\"} 2\na_totals 9\n\
        b_seconds_bucket{stage=\"route\",le=\"0.001\"} 90\nb_seconds_bucket{stage=\"route\",le=\"0.01\"} 99\n\
        b_seconds_bucket{stage=\"route\",le=\"+Inf\"} 100\nb_seconds_sum{stage=\"route\"} 0.5\n\
        b_seconds_count{stage=\"route\"} 100\nnonsense\n";

    #[test]
    fn samples_are_summed_by_family_and_label() {
        let figures = Figures::read(TEXT);
        assert_eq!(figures.sum("a_total", None), 9.0);
        assert_eq!(figures.sum("a_total", Some("door=\"sync\"")), 7.0);
        assert_eq!(figures.sum("none_total", None), 0.0);
        let later = Figures::read(
            &TEXT.replace("\"sync\",status=\"200\"} 7", "\"sync\",status=\"200\"} 12"),
        );
        assert_eq!(later.since(&figures).sum("a_total", None), 5.0);
    }

    #[test]
    fn a_share_of_a_histogram_is_told_by_the_bound_above_it() {
        let spreads = Figures::read(TEXT).spreads("b_seconds", Some("stage"));
        let route = &spreads["route"];
        assert_eq!((route.count, route.sum_s), (100, 0.5));
        assert_eq!(route.within_s(0.5), Some(0.001));
        assert_eq!(route.within_s(0.99), Some(0.01));
        assert_eq!(route.within_s(0.999), Some(f64::INFINITY));
        assert_eq!(spreads.len(), 1);
    }

    #[test]
    fn without_a_label_the_histograms_of_a_family_are_one() {
        let second = TEXT.replace("route", "deliver");
        let figures = Figures::read(&format!("{TEXT}{second}"));
        assert_eq!(figures.spreads("b_seconds", Some("stage")).len(), 2);
        let all = &figures.spreads("b_seconds", None)[""];
        assert_eq!((all.count, all.sum_s), (200, 1.0));
        assert_eq!(all.within_s(0.9), Some(0.001));
        let bare = "c_bucket{le=\"0.1\"} 3\nc_bucket{le=\"+Inf\"} 3\nc_sum 0.2\nc_count 3\n";
        let bare = Figures::read(bare).spreads("c", None);
        assert_eq!((bare[""].count, bare[""].within_s(0.5)), (3, Some(0.1)));
    }
}
