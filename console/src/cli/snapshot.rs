//! `qaqpa snapshot …`: what its commands take.

use clap::Subcommand;

/// `snapshot …`.
#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Keep the state of the whole simulator: every store with its bytes, keys, certificates, clock, stubs, mischief.
    ///
    /// A simulator that `qaqpa up` runs is stopped for it and comes up again, within seconds. Snapshots lie in
    /// DIR/snapshots and hold keys and personal data, as DIR does: whole messages stay in a snapshot until it is removed,
    /// whatever `journal prune` and `[journal] keep-days` take out of the journals.
    Save {
        /// Its name: letters, digits, `-`, `_`, `.`.
        name: String,
    },
    /// Bring a snapshot back: what came since is gone, and the clock shows the moment of the snapshot again.
    ///
    /// Where no actor can start with it, the state of before comes back. Killed in the midst of it, the next start
    /// finishes it.
    Restore {
        /// Its name, as `snapshot list` shows it.
        name: String,
    },
    /// Every snapshot: when it was made, by the simulated clock, and how large it is.
    List,
    /// Delete a snapshot.
    Remove {
        /// Its name, as `snapshot list` shows it.
        name: String,
    },
}
