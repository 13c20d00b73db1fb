//! One case against ourselves, in this process.

use super::report::{Outcome, Ran};
use super::{Case, Expected, Level};
use crate::forge::{ForgeError, Judged, World};

/// Forges the case and asks our own verifier; a case of the gateway is not run here.
///
/// # Errors
/// [`ForgeError`] where the case cannot be built: its own fault.
pub fn run_case(world: &World, case: &Case) -> Result<Ran, ForgeError> {
    if case.level == Level::Gateway {
        return Ok(Ran::new(
            case,
            Outcome::NotRun("needs a running simulator (--against)".to_owned()),
        ));
    }
    let judged = world.forge(&case.build)?.judge()?;
    Ok(Ran::new(case, Outcome::Judged(judged)))
}

impl Case {
    /// How a judgement differs from what the case expects; nothing where it is exactly that.
    #[must_use]
    pub fn difference(&self, judged: &Judged) -> Option<String> {
        let expect = &self.expect;
        let (indication, sub, label) = match expect.verdict {
            Expected::Accept => (Some("TOTAL-PASSED"), None, None),
            Expected::Refuse => (
                expect.indication.as_deref(),
                expect.sub_indication.as_deref(),
                expect.label.as_deref(),
            ),
        };
        let seen = (
            Some(judged.indication.as_str()),
            judged.sub_indication.as_deref(),
            judged.label.map(|label| label.as_str()),
        );
        (seen != (indication, sub, label)).then(|| {
            format!(
                "expected {}, saw {} ({})",
                spoken(indication, sub, label),
                spoken(seen.0, seen.1, seen.2),
                judged.why
            )
        })
    }
}

fn spoken(indication: Option<&str>, sub: Option<&str>, label: Option<&str>) -> String {
    let words = [indication, sub, label].into_iter().flatten();
    words.collect::<Vec<_>>().join(" / ")
}
