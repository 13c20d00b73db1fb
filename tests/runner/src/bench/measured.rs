//! What a run came to, and how it stands beside the bare work.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use super::disk::Disk;
use super::figures::{Figures, Spread};
use super::load::Load;
use super::terms::Terms;

/// The share of its processor time that the bare work is to have at least: (hops × echo + verifications × v + signatures × s) ÷ 0.75
/// is the most that a request may cost.
pub const BARE_SHARE_MIN: f64 = 0.75;

/// The histograms that are shown: the family, its label, and what the label's value is told after.
const TIMED: [(&str, Option<&str>, &str); 5] = [
    ("qaqpa_http_request_seconds", Some("door"), "answer at "),
    ("qaqpa_stage_seconds", Some("stage"), ""),
    ("qaqpa_examination_seconds", Some("subject"), "examine "),
    ("qaqpa_store_write_seconds", None, "write to the store"),
    (
        "qaqpa_delivery_attempt_seconds",
        Some("destination"),
        "deliver to ",
    ),
];

/// One run.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Connections of the first part.
    pub connections: usize,
    /// As fast as the answers came.
    pub fast: Load,
    /// How long it took until all of these were delivered; `None` where it was not in time.
    pub caught_up: Option<Duration>,
    /// At half of the rate at which they were delivered.
    pub half: Load,
    /// Processor time of all actors' processes over both parts and until everything was delivered.
    pub spent: Duration,
    /// How long it took until everything was delivered; `None` where it was not in time.
    pub drained: Option<Duration>,
    /// Resident bytes of the actors' processes before and after.
    pub resident: (u64, u64),
    /// What each process counted meanwhile, by name.
    pub counted: BTreeMap<String, Figures>,
    /// What each of them counted at half of the rate: how long a stage takes where nothing queues.
    pub counted_at_half: BTreeMap<String, Figures>,
    /// The bare work.
    pub terms: Terms,
    /// What the disk of the data folder needed at half of the rate; `None` where that folder cannot be written from here.
    pub disk: Option<Disk>,
}

/// How often the bare work was done for one accepted request.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Counts {
    /// Requests over TLS, from the client's to the last actor's.
    pub hops: f64,
    /// Signatures that were verified.
    pub verifications: f64,
    /// Signatures that were made.
    pub signatures: f64,
}

impl Measured {
    /// How often the bare work was done for one accepted request, by the actors' own counting.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let of = |family: &str, label: Option<&str>| {
            let sums = self
                .counted
                .values()
                .map(|figures| figures.sum(family, label));
            sums.sum::<f64>() / self.accepted().max(1.0)
        };
        // The authority's door speaks no TLS, and the control ports do not count.
        let door = |door: &str| of("qaqpa_http_requests_total", Some(door));
        Counts {
            hops: ["gateway-public", "regional-channel", "portal-channel"]
                .map(|name| door(&format!("door=\"{name}\"")))
                .iter()
                .sum(),
            verifications: of("qaqpa_verifications_total", None),
            signatures: of("qaqpa_signatures_total", None),
        }
    }

    /// Requests that were accepted and delivered, a second: an acknowledgement that runs ahead of the delivery is no rate that
    /// lasts.
    #[must_use]
    pub fn lasting_rate(&self) -> f64 {
        self.fast.rate_over(self.caught_up.unwrap_or_default())
    }

    /// Processor time for one accepted request.
    #[must_use]
    pub fn a_request(&self) -> Duration {
        self.spent.div_f64(self.accepted().max(1.0))
    }

    /// The bare work of one accepted request.
    #[must_use]
    pub fn bare(&self) -> Duration {
        let counts = self.counts();
        self.terms.hop.mul_f64(counts.hops)
            + self.terms.verification.mul_f64(counts.verifications)
            + self.terms.signature.mul_f64(counts.signatures)
    }

    /// The bare work's share of what was spent; at least [`BARE_SHARE_MIN`] is the goal.
    #[must_use]
    pub fn bare_share(&self) -> f64 {
        self.bare().as_secs_f64() / self.a_request().as_secs_f64().max(1e-9)
    }

    /// Whether every request was accepted and everything delivered.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.caught_up.is_some()
            && self.drained.is_some()
            && self.fast.accepted > 0
            && [&self.fast, &self.half]
                .iter()
                .all(|load| load.others.is_empty())
    }

    #[expect(clippy::cast_precision_loss, reason = "a bench counts to millions")]
    fn accepted(&self) -> f64 {
        (self.fast.accepted + self.half.accepted) as f64
    }

    /// What was timed at half of the rate: of which process, what, and how long it took.
    fn stages(&self) -> Vec<(&str, String, Spread)> {
        let mut all = Vec::new();
        for (process, figures) in &self.counted_at_half {
            for (family, label, what) in TIMED {
                let spreads = figures.spreads(family, label).into_iter();
                let spreads = spreads.filter(|(_, spread)| spread.count > 0);
                all.extend(spreads.map(|(name, spread)| {
                    let stage = format!("{what}{name}");
                    (process.as_str(), stage, spread)
                }));
            }
        }
        all
    }

    /// For programs; docs/schema/bench.schema.json.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let load = |load: &Load| {
            json!({
                "accepted": load.accepted, "others": load.others, "seconds": load.lasted.as_secs_f64(),
                "rate": load.rate(), "p50": ms(load.within(0.5)), "p99": ms(load.within(0.99)),
                "p999": ms(load.within(0.999)), "max": ms(load.within(1.0)),
            })
        };
        let stages = self.stages().into_iter().map(|(actor, stage, spread)| {
            let within = |share| {
                spread
                    .within_s(share)
                    .filter(|s| s.is_finite())
                    .map(|s| s * 1e3)
            };
            json!({
                "actor": actor, "stage": stage, "count": spread.count,
                "mean": spread.mean_s() * 1e3, "p50": within(0.5), "p99": within(0.99),
            })
        });
        json!({
            "ok": self.is_whole(),
            "connections": self.connections,
            "fast": load(&self.fast),
            "lastingRate": self.lasting_rate(),
            "half": load(&self.half),
            "drained": self.drained.map(|time| time.as_secs_f64()),
            "cpu": {
                "request": us(self.a_request()), "bare": us(self.bare()), "bareShare": self.bare_share(), "goal": BARE_SHARE_MIN,
                "counts": self.counts(),
                "terms": {
                    "hop": us(self.terms.hop), "verification": us(self.terms.verification),
                    "signature": us(self.terms.signature),
                },
            },
            "disk": self.disk.as_ref().map(|disk| {
                json!({
                    "count": disk.count(), "p50": ms(disk.within(0.5)), "p99": ms(disk.within(0.99)), "max": ms(disk.within(1.0)),
                })
            }),
            "resident": { "before": self.resident.0, "after": self.resident.1 },
            "stages": stages.collect::<Vec<_>>(),
        })
    }

    /// The stages as a table for a page of documentation (Markdown), under the rate at which they were measured.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "At {:.0} applications a second, half of the highest rate that lasts: acknowledged within {:.1} ms (p50), {:.1} ms (p99).{}\n\n\
             | actor | stage | count | mean, ms | p50 ≤, ms | p99 ≤, ms |\n|---|---|--:|--:|--:|--:|",
            self.half.rate(),
            ms(self.half.within(0.5)),
            ms(self.half.within(0.99)),
            self.disk.as_ref().map_or(String::new(), |disk| format!(
                " The disk meanwhile: {}.",
                of_disk(disk)
            )),
        );
        for (actor, stage, spread) in self.stages() {
            let within = |share| match spread.within_s(share) {
                Some(s) if s.is_finite() => format!("{:.2}", s * 1e3),
                _ => "–".to_owned(),
            };
            let _ = writeln!(
                out,
                "| {actor} | `{stage}` | {} | {:.2} | {} | {} |",
                spread.count,
                spread.mean_s() * 1e3,
                within(0.5),
                within(0.99),
            );
        }
        out
    }

    /// For people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (name, load) in [
            (
                format!("{} connections, as fast as it goes", self.connections),
                &self.fast,
            ),
            (
                format!(
                    "delivered at {:.0} a second; at half of that rate",
                    self.lasting_rate()
                ),
                &self.half,
            ),
        ] {
            let _ = writeln!(
                out,
                "{name}\n  {} accepted in {:.1} s: {:.0} a second; p50 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms, longest {:.1} ms",
                load.accepted,
                load.lasted.as_secs_f64(),
                load.rate(),
                ms(load.within(0.5)),
                ms(load.within(0.99)),
                ms(load.within(0.999)),
                ms(load.within(1.0)),
            );
            for (why, count) in &load.others {
                let _ = writeln!(out, "  {count} not accepted: {why}");
            }
        }
        match self.drained {
            Some(time) => {
                let _ = writeln!(
                    out,
                    "everything delivered {:.1} s after the last request",
                    time.as_secs_f64()
                );
            }
            None => out.push_str(
                "NOT everything was delivered in time: `qaqpa outbox list` shows what waits\n",
            ),
        }
        if let Some(disk) = &self.disk {
            let _ = writeln!(out, "the disk at half of the rate: {}", of_disk(disk));
        }
        let counts = self.counts();
        let _ = writeln!(
            out,
            "\nprocessor time of the actors: {:.0} µs a request\n  \
             {:.2} hops × {:.1} µs + {:.2} verifications × {:.1} µs + {:.2} signatures × {:.1} µs = {:.0} µs of bare work: {:.0} % (goal {:.0} %)\n  \
             memory {:.0} MB before, {:.0} MB after",
            us(self.a_request()),
            counts.hops,
            us(self.terms.hop),
            counts.verifications,
            us(self.terms.verification),
            counts.signatures,
            us(self.terms.signature),
            us(self.bare()),
            self.bare_share() * 100.0,
            BARE_SHARE_MIN * 100.0,
            mb(self.resident.0),
            mb(self.resident.1),
        );
        let stages = self.stages();
        if !stages.is_empty() {
            let _ = writeln!(
                out,
                "\nstages at half of the rate\n{:<18} {:<34} {:>9} {:>9} {:>9} {:>9}",
                "actor", "stage", "count", "mean ms", "p50 ≤ ms", "p99 ≤ ms"
            );
        }
        for (actor, stage, spread) in stages {
            let within = |share| spread.within_s(share).map_or(0.0, |s| s * 1e3);
            let _ = writeln!(
                out,
                "{actor:<18} {stage:<34} {:>9} {:>9.2} {:>9.2} {:>9.2}",
                spread.count,
                spread.mean_s() * 1e3,
                within(0.5),
                within(0.99),
            );
        }
        out
    }
}

fn of_disk(disk: &Disk) -> String {
    format!(
        "16 KB kept within {:.1} ms (p50), {:.1} ms (p99), {:.1} ms (longest of {})",
        ms(disk.within(0.5)),
        ms(disk.within(0.99)),
        ms(disk.within(1.0)),
        disk.count(),
    )
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
