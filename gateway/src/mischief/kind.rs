//! The catalogue: everything that can be done to a message or to an answer on purpose.

use std::fmt;

use qaqpa_mischief::{Catalogued, Dial, Where, catalogue};

/// Where in the gateway something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// To a request at the public door, and to the answer that it gets.
    Answer,
    /// To a message on its way to an actor, or to a system's own endpoint: each attempt is a request.
    Delivery,
    /// To a question on its way to a register.
    Register,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Delivery, Self::Register];

    /// The name in rules: `answer`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Delivery => "delivery",
            Self::Register => "register",
        }
    }
}

impl Where for Place {
    const ALL: &'static [Self] = &Place::ALL;
    const NOUN: &'static str = "place";

    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

catalogue! {
    /// Which fault; what is said of each is what becomes of a message that it befalls.
    Kind of Place, &'static str, for [Answer, Delivery, Register];
    Delay = "delay" [ms = 1000, 1..=20_000]:
        "The answer, the delivery or the question comes so much later.",
        "A client whose time-out is shorter than the gateway's must ask again with the same message.",
        "Delivered once; a client that gave up and repeats gets the answer of the first time.";
    Drop = "drop":
        "The request is thrown away before anybody looks at it and its connection closed without a byte of an answer; the attempt, or the question, is not made.",
        "No answer is no acknowledgement: the client must send again.",
        "Not accepted, so that a repeat is a first time; a delivery is tried again and made once.";
    Duplicate = "duplicate" only [Answer, Delivery]:
        "The request is taken twice, as a network that repeats would bring it; the message is delivered twice.",
        "A receiver must know what it has seen, by messageId.",
        "One effect: the second is recognized and gets the answer of the first.";
    Reorder = "reorder" only [Delivery]:
        "The message is put back once, so that those behind it go first.",
        "A receiver must not rely on messages of different exchanges coming in the order in which they were sent.",
        "Delivered once, later. Notifications of one exchange keep their order.";
    CorruptByte = "corrupt-byte" only [Answer, Delivery]:
        "One byte of a text in the signed Body, chosen by the rule's seed, is another one; the XML stays well-formed.",
        "A signature that is not verified finds nothing.",
        "The answer is not to be believed: the client sends again, and is recognized. A receiver refuses the message, and its delivery stops.";
    WrongCorrelation = "wrong-correlation" only [Answer, Delivery]:
        "correlationId is another one, under the gateway's good signature.",
        "An answer must be held against what was asked.",
        "Accepted all the same: the client sends again, and is recognized. A receiver that compares refuses the message.";
    WrongNamespace = "wrong-namespace" only [Answer, Delivery]:
        "The wrapper element is of another version's name space, under the gateway's good signature.",
        "A reader that asks for local names alone takes what is not of the contract.",
        "As with another correlationId.";
    StatusLie = "status-lie" only [Answer]:
        "SCSS001 becomes SCSE003, DELIVERED becomes NOT_DELIVERED and every other state DELIVERED, under the gateway's good signature.",
        "A client that believes a refusal must be able to ask again; one that believes DELIVERED must not lose the result that comes.",
        "What is stored is the truth: asking again without the rule tells it.";
    Unsigned = "unsigned" only [Answer, Delivery]:
        "There is no signature.",
        "An answer without a signature is nobody's.",
        "As with a changed byte.";
    OtherKey = "other-key" only [Answer, Delivery]:
        "The signature was made by another key, and names the gateway's certificate.",
        "A certificate that is named beside a signature proves nothing about it.",
        "As with a changed byte.";
    HttpStatus = "http-status" [status = 503, 200..=599] only [Answer]:
        "The answer comes with another HTTP status.",
        "The envelope says what became of the message; the status does not.",
        "Accepted, if the envelope says so.";
    Half = "half" only [Answer]:
        "Half of the answer comes, and the connection is closed.",
        "A client must not read what is not there.",
        "Accepted: the client sends again, and is recognized.";
    SlowDrip = "slow-drip" [ms = 5, 1..=1000] only [Answer]:
        "The answer comes byte by byte, with a pause before each.",
        "A time-out for each byte never ends: the whole exchange needs one.",
        "Accepted.";
    Close = "close" only [Answer, Delivery]:
        "Everything is done, and the connection is closed without a byte of an answer; the receiver's acknowledgement is thrown away.",
        "What was accepted and not acknowledged is sent again, unchanged.",
        "One effect: the repeat is recognized.";
    Down = "down" only [Delivery, Register]:
        "The actor that has the service counts as not running.",
        "A gateway's acknowledgement is no delivery: getMessageStatus says NOT_DELIVERED meanwhile.",
        "Delivered once it is up again; a question is our fault, SCE909, and may be put again.";
}

/// A fault as a rule has it.
pub type Fault = qaqpa_mischief::Fault<Kind>;

impl Catalogued for Kind {
    type Where = Place;

    fn every() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }

    fn name(self) -> &'static str {
        self.row().name
    }

    fn dial(self) -> Option<Dial> {
        self.row().dial
    }

    fn places(self) -> &'static [Place] {
        self.row().places
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_catalogue_is_whole_and_found_by_its_name() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.row().name).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let entry = kind.row();
            assert_eq!(Kind::named(entry.name), Some(*kind));
            for sentence in [entry.does, entry.purpose, entry.said] {
                assert!(sentence.ends_with('.'), "{}: {sentence}", entry.name);
            }
            if let Some(dial) = entry.dial {
                assert!(
                    (dial.min..=dial.max).contains(&dial.default),
                    "{}",
                    entry.name
                );
            }
        }
        assert_eq!(Kind::named("nonsense"), None);
    }
}
