//! What the proof of a journal says.

use qaqpa_model::Moment;
use serde_json::{Value, json};

/// What the proof of a journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalProof {
    /// Whose journal.
    pub writer: String,
    /// Which journal of all, in hexadecimal; empty where nothing was ever written.
    pub journal: String,
    /// Entries that hold: all, or those before the finding.
    pub entries: u64,
    /// Entries that retention has removed, as the checkpoint vouches.
    pub pruned: u64,
    /// Sealed segments that hold, those that retention has removed left out.
    pub segments: u64,
    /// The hash of the last good entry (or of the seal after it), in hexadecimal: note it elsewhere, and whoever
    /// rewrites everything is found out.
    pub head: String,
    /// Up to where the authority vouches.
    pub vouched: Option<Vouched>,
    /// Sealed segments after that: seals without a stamp, and those whose stamp could not be judged.
    pub waiting: u64,
    /// Why stamps could not be judged, where they could not.
    pub unjudged: Option<String>,
    /// Entries at the end that no seal holds yet. Whoever can write to the database can cut or rewrite these
    /// unseen: a hash that lies beside them holds nothing against him.
    pub unsealed: u64,
    /// The longest time between a seal and its stamp, in milliseconds, of the stamps that are good.
    pub lag_ms: Option<u64>,
    /// Entries that tell that the clock was set back: earlier moments after such an entry are no doubt by themselves. It is
    /// the journal's own word: whoever writes it anew can write these.
    pub set_back: u64,
    /// Why it cannot be called proven although it holds together: the first place of each kind.
    pub doubts: Vec<Doubt>,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// Something that an honest journal may show, but a journal that was written anew shows, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What it is.
    pub kind: DoubtKind,
    /// The first segment that shows it.
    pub segment: i64,
    /// How it is known, in a sentence.
    pub how: String,
}

/// What can keep a journal that holds together from being proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DoubtKind {
    /// A segment's entries say that they are much older than the seal before them.
    EntriesBackwards,
    /// There is no good stamp of any entry, or no entry at all.
    NothingVouched,
    /// The open segment is longer or older than it would have become.
    OpenTooLong,
    /// Earlier entries were removed although there was a doubt: what would show whether it was right is gone.
    PrunedInDoubt,
    /// A segment says that it was sealed long after its latest entry, and an entry near by tells that the clock was set
    /// back.
    SealedLate,
    /// A sealed segment holds more entries, or of moments further apart, than the rule allows.
    SegmentTooLong,
    /// A stamp was given long after its seal was made, or before it.
    StampLag,
    /// A stamp is earlier than the stamp of a seal before it.
    StampsBackwards,
}

impl DoubtKind {
    /// Every kind, in the order of the names.
    pub const ALL: [Self; 8] = [
        Self::EntriesBackwards,
        Self::NothingVouched,
        Self::OpenTooLong,
        Self::PrunedInDoubt,
        Self::SealedLate,
        Self::SegmentTooLong,
        Self::StampLag,
        Self::StampsBackwards,
    ];

    /// The name in reports, in kebab case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EntriesBackwards => "entries-backwards",
            Self::NothingVouched => "nothing-vouched",
            Self::OpenTooLong => "open-too-long",
            Self::PrunedInDoubt => "pruned-in-doubt",
            Self::SealedLate => "sealed-late",
            Self::SegmentTooLong => "segment-too-long",
            Self::StampLag => "stamp-lag",
            Self::StampsBackwards => "stamps-backwards",
        }
    }
}

/// The last seal with a good stamp: every entry up to its last one existed, as it stands, at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The sealed segment.
    pub segment: i64,
    /// Its last entry.
    pub entry: i64,
    /// The moment of the stamp.
    pub at: Moment,
}

/// How a proof ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication {
    /// Everything holds, and the authority vouches for every sealed segment, soon after it was sealed.
    Proven,
    /// Something was changed, cut, moved or removed.
    Broken,
    /// Everything holds together, but sealed segments have no stamp that could be judged as good, or there is a
    /// [`Doubt`]: where nothing is vouched for, nothing is proven.
    Undecided,
}

impl Indication {
    /// `proven`, `broken`, `undecided`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Proven => "proven",
            Self::Undecided => "undecided",
        }
    }
}

impl DoubtKind {
    /// Whether a journal that is only young or was not kept for a while shows it, so that old segments may be removed
    /// all the same.
    pub(super) const fn is_of_the_end(self) -> bool {
        matches!(self, Self::NothingVouched | Self::OpenTooLong)
    }

    /// Whether removing more would take away what can show whether the doubt is right.
    pub(super) const fn forbids_removal(self) -> bool {
        !self.is_of_the_end() && !matches!(self, Self::PrunedInDoubt)
    }
}

impl Doubt {
    /// `{kind, segment, how}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "kind": self.kind.as_str(), "segment": self.segment, "how": self.how })
    }
}

impl JournalProof {
    /// How it ends.
    #[must_use]
    pub const fn indication(&self) -> Indication {
        if self.finding.is_some() {
            Indication::Broken
        } else if self.waiting > 0 || !self.doubts.is_empty() {
            Indication::Undecided
        } else {
            Indication::Proven
        }
    }

    /// The shape of `/journal/verify` and `qaqpa journal verify --format json`, described by
    /// `docs/schema/journal-verify.schema.json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "writer": self.writer,
            "journal": self.journal,
            "indication": self.indication().as_str(),
            "entries": self.entries,
            "pruned": self.pruned,
            "segments": self.segments,
            "head": self.head,
            "vouched": self.vouched.map(|vouched| json!({
                "segment": vouched.segment,
                "entry": vouched.entry,
                "at": vouched.at.to_string(),
            })),
            "waiting": self.waiting,
            "unjudged": self.unjudged,
            "unsealed": self.unsealed,
            "lag": self.lag_ms.map(|lag| lag / 1000),
            "set_back": self.set_back,
            "doubts": self.doubts.iter().map(Doubt::to_json).collect::<Vec<_>>(),
            "broken": self.finding.as_ref().map(|finding| json!({
                "entry": finding.entry,
                "until": finding.until,
                "segment": finding.segment,
                "kind": finding.kind.as_str(),
                "how": finding.how,
            })),
        })
    }
}

/// The first entry that does not hold, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the entry.
    pub entry: i64,
    /// The same number; or a later one where it can only be told that the first is one of `entry..=until`, or where
    /// all of these are missing.
    pub until: i64,
    /// The segment that it is in.
    pub segment: i64,
    /// What was done.
    pub kind: FindingKind,
    /// How it is known, in a sentence.
    pub how: String,
}

/// What can be wrong with a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// The entry's fields or hashes are not those that were written.
    Changed,
    /// What retention left behind does not hold: a checkpoint that no entry tells of, or removed entries that stand here again.
    CheckpointWrong,
    /// Entries are missing at the end.
    Cut,
    /// The number of the last entry or of the open segment is not the one that the entries and seals lead to.
    HeadWrong,
    /// The entry stands under another number than it was written with.
    Moved,
    /// The raw bytes of the entry are others.
    RawChanged,
    /// The raw bytes of the entry are missing.
    RawMissing,
    /// The entry is missing between its neighbours, or with its whole segment.
    Removed,
    /// The seal's fields are not those that were written, or not those of the entries.
    SealChanged,
    /// The seal is one of another journal.
    SealForeign,
    /// The seal of a closed segment is missing.
    SealMissing,
    /// The authority's stamp is not over these seals, or not the authority's.
    StampWrong,
}

impl FindingKind {
    /// Every kind, in the order of the names.
    pub const ALL: [Self; 12] = [
        Self::Changed,
        Self::CheckpointWrong,
        Self::Cut,
        Self::HeadWrong,
        Self::Moved,
        Self::RawChanged,
        Self::RawMissing,
        Self::Removed,
        Self::SealChanged,
        Self::SealForeign,
        Self::SealMissing,
        Self::StampWrong,
    ];

    /// The name in reports, in kebab case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::CheckpointWrong => "checkpoint-wrong",
            Self::Cut => "cut",
            Self::HeadWrong => "head-wrong",
            Self::Moved => "moved",
            Self::RawChanged => "raw-changed",
            Self::RawMissing => "raw-missing",
            Self::Removed => "removed",
            Self::SealChanged => "seal-changed",
            Self::SealForeign => "seal-foreign",
            Self::SealMissing => "seal-missing",
            Self::StampWrong => "stamp-wrong",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a judge says of a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StampJudgement {
    /// An authority that is trusted stamped these octets at this moment.
    Good(Moment),
    /// It is no stamp over these octets, or not by an authority that is trusted.
    Wrong(String),
    /// It could not be found out: nothing is known of whom to trust.
    Unknown(String),
}

/// Judges a stamp: the octets that it must be over, and the token. The store knows nothing of either.
pub type StampJudge<'j> = dyn Fn(&[u8], &[u8]) -> StampJudgement + Send + Sync + 'j;

/// The judge of those who know no authority: every stamp is unknown.
#[must_use]
pub fn no_judge(_octets: &[u8], _token: &[u8]) -> StampJudgement {
    StampJudgement::Unknown("nobody was asked to judge stamps".to_owned())
}
