//! How everything looks: in attributes, which stay where a page forbids styles.

use std::fmt;

use crate::diagram::{EdgeKind, NodeKind};
use crate::flow::End;

/// What runs have made of a node or a line. Each is thicker or dashed, too, for who does not tell colours apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// Nothing is to be shown.
    None,
    /// A run has come this way.
    Went,
    /// None has, and one should have.
    Missed,
    /// A run has left its way here.
    Left,
}

impl Touch {
    /// The name of the class, for who looks for it in the picture; empty where nothing is to be shown.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Went => "went",
            Self::Missed => "missed",
            Self::Left => "left",
        }
    }
}

/// Inside, outline, its width and its dashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    fill: &'static str,
    stroke: &'static str,
    width: &'static str,
    dashes: &'static str,
}

/// Of what runs have touched, and of what they have not.
const VIOLET: &str = "#7b1fa2";
const RED: &str = "#b3261e";
const GREY: &str = "#5c6670";

impl Paint {
    const fn new(fill: &'static str, stroke: &'static str, width: &'static str) -> Self {
        Self {
            fill,
            stroke,
            width,
            dashes: "",
        }
    }

    const fn dashed(self, dashes: &'static str) -> Self {
        Self { dashes, ..self }
    }

    pub(super) const POOL: Self = Self::new("#fff", "#3b5573", "1.5");
    pub(super) const LANE: Self = Self::new("none", "#aab7c4", "1");
    pub(super) const ICON: Self = Self::new("none", GREY, "1");
    pub(super) const BADGE: Self = Self::new(VIOLET, "none", "0");

    pub(super) const fn of_node(kind: NodeKind, touch: Touch) -> Self {
        let plain = match kind {
            NodeKind::Person => Self::new("#f3f8ff", "#2a5d9f", "1.5"),
            NodeKind::System => Self::new("#f5f5f2", GREY, "1.5"),
            NodeKind::Condition => Self::new("#fff8e1", "#a06c00", "1.5"),
            NodeKind::Data => Self::new("#fff", GREY, "1"),
            NodeKind::Start | NodeKind::Told => Self::new("#fff", "#1d7a46", "1.5"),
            NodeKind::End(End::Delivered) | NodeKind::Done => Self::new("#fff", "#1d7a46", "4"),
            NodeKind::End(End::Refused) => Self::new("#fff", RED, "4"),
        };
        match touch {
            Touch::None => plain,
            Touch::Went => Self::new(plain.fill, VIOLET, "4"),
            Touch::Missed => Self::new(plain.fill, RED, "3").dashed("6 4"),
            Touch::Left => Self::new(plain.fill, RED, "5").dashed("6 3"),
        }
    }

    pub(super) const fn of_edge(kind: EdgeKind, touch: Touch) -> Self {
        let plain = match kind {
            EdgeKind::Sequence => Self::new("none", "#3d4a57", "1.3"),
            EdgeKind::Message => Self::new("none", GREY, "1.3").dashed("7 4"),
            EdgeKind::Data => Self::new("none", "#3d4a57", "1.3").dashed("2 3"),
        };
        match touch {
            Touch::None => plain,
            Touch::Went => Self::new("none", VIOLET, "3.5"),
            Touch::Missed | Touch::Left => Self::new("none", RED, "3").dashed("6 4"),
        }
    }
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            fill,
            stroke,
            width,
            dashes,
        } = self;
        write!(f, "fill=\"{fill}\"")?;
        if *stroke != "none" {
            write!(f, " stroke=\"{stroke}\" stroke-width=\"{width}\"")?;
        }
        if !dashes.is_empty() {
            write!(f, " stroke-dasharray=\"{dashes}\"")?;
        }
        Ok(())
    }
}

/// How letters look that are not as all others.
pub(super) const TITLE: &str = "font-size=\"15\" font-weight=\"600\"";
pub(super) const NUMBER: &str = "font-weight=\"600\" fill=\"#3b5573\"";
pub(super) const NOTE: &str = "font-style=\"italic\" fill=\"#6b4b00\"";
pub(super) const IN_BADGE: &str =
    "font-size=\"10\" font-weight=\"600\" fill=\"#fff\" text-anchor=\"middle\"";
/// All others.
pub(super) const TEXT: &str =
    "font-family=\"'Noto Sans','DejaVu Sans',Arial,sans-serif\" font-size=\"11\" fill=\"#1d2733\"";
