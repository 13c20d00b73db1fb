//! `qaqpa journal …`: what its commands take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `journal …`.
#[derive(Debug, Subcommand)]
pub enum JournalCommand {
    /// The newest entries of every actor: asked of those that run; read of the others, and over a database (--store)
    /// of every process that ever was.
    List {
        /// Only this actor's.
        #[arg(long)]
        actor: Option<String>,
        /// Only of this message.
        #[arg(long, value_name = "MESSAGE-ID")]
        message: Option<String>,
        /// How many at the most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One entry, whole: `ACTOR:NUMBER` as `journal list` shows it (`ACTOR-2:NUMBER` of a second process).
    ///
    /// IINs are masked; what is encoded (certificates, evidence) is shown by its length and SHA-256.
    Show {
        /// The entry.
        id: String,
        /// Put back what is encoded, from the data folder: evidence byte for byte. It holds personal data.
        #[arg(long)]
        raw: bool,
    },
    /// Prove that no entry was changed, cut, moved or removed, and name the first that was.
    ///
    /// Reads the data folder or the database (--store) itself, whether or not the simulator runs: every hash, seal and
    /// root is made anew, every raw file is read, and the authority's stamps are judged. Exit 0: proven; 1: broken;
    /// 2: it holds together, but no stamp vouches for a sealed segment. What no seal holds yet is told: nothing can be proven of it against
    /// somebody who can write to the database.
    Verify(JournalVerify),
    /// Write entries out: masked, or with --raw as the bytes that were received and sent.
    ///
    /// Reads the data folder or the database (--store) itself, whether or not the simulator runs.
    Export(JournalExport),
    /// Remove old entries: whole sealed and stamped segments from the beginning. A checkpoint is left, by which
    /// `journal verify` goes on.
    ///
    /// An actor that runs does it itself and goes on working, also over a database (--store), where this command prunes
    /// what nobody writes any more; its raw files go once they have lain for an hour, at the next call. A journal that does not hold is not touched, nor one against which there is a doubt.
    Prune {
        /// Only segments whose entries are all of moments before this one.
        #[arg(long, value_name = "MOMENT")]
        before: String,
        /// Only this actor's.
        #[arg(long)]
        actor: Option<String>,
        /// Also where there are doubts (`journal verify` names them): what is removed can no longer show whether they
        /// were right. The entry that tells of the removal names them, and the journal stays in doubt for it.
        #[arg(long)]
        despite_doubts: bool,
    },
}

/// Options of `journal export`.
#[derive(Clone, Debug, Args)]
pub struct JournalExport {
    /// One entry: `ACTOR:NUMBER` as `journal list` shows it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub id: Option<String>,
    /// Every entry, into a new folder: `ACTOR.jsonl`, newest first; with --raw what is encoded is put back there, and
    /// the messages are `ACTOR/NUMBER.raw`.
    #[arg(long, value_name = "DIR")]
    pub all: Option<PathBuf>,
    /// The raw bytes, unlocked. They hold personal data and the senders' passwords.
    #[arg(long)]
    pub raw: bool,
    /// With --all, only this actor's.
    #[arg(long, conflicts_with = "id")]
    pub actor: Option<String>,
}

/// Options of `journal verify`.
#[derive(Clone, Debug, Args)]
pub struct JournalVerify {
    /// Only this actor's journal.
    #[arg(long)]
    pub actor: Option<String>,
    /// Ask the running actors for the proof, through their control ports, instead of reading the folder.
    #[arg(long)]
    pub running: bool,
    /// The authorities whose stamps count (PEM); DIR/trust/signature.pem unless said.
    #[arg(long, value_name = "FILE", conflicts_with = "running")]
    pub trust: Option<PathBuf>,
}
