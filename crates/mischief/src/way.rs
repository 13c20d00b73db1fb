//! A body that comes slowly, or not whole.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::stream;

/// What is to be sent, and how. Its length is the caller's to announce, truly or not.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// The bytes.
    pub body: Bytes,
    /// Zero bytes made while they are sent, after the body.
    pub more: u64,
    /// Bytes of a piece, and the pause before each.
    pub each: Option<(usize, Duration)>,
    /// The connection is closed after that, as if something had fallen over.
    pub broken: bool,
}

/// Bytes of a piece of what is made while it is sent.
const FILLER: usize = 64 * 1024;

/// How long what was sent so far has to leave before the connection ends.
const LEAVING: Duration = Duration::from_millis(20);

impl Pieces {
    /// The body of an answer.
    pub fn into_body(self) -> Body {
        Body::from_stream(stream::unfold(self, Self::next))
    }

    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        let (size, pause) = self.each.unwrap_or((usize::MAX, Duration::ZERO));
        if !self.body.is_empty() {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let piece = self.body.split_to(self.body.len().min(size.max(1)));
            return Some((Ok(piece), self));
        }
        if self.more > 0 {
            let count = self.more.min(FILLER as u64);
            self.more -= count;
            let zeros = &[0; FILLER][..usize::try_from(count).unwrap_or(FILLER)];
            return Some((Ok(Bytes::copy_from_slice(zeros)), self));
        }
        if std::mem::take(&mut self.broken) {
            tokio::time::sleep(LEAVING).await;
            let why = "the connection is broken on purpose (TEST)";
            let error = io::Error::new(io::ErrorKind::ConnectionAborted, why);
            return Some((Err(error), self));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;

    use super::*;

    async fn sent(pieces: Pieces) -> (Vec<usize>, Vec<u8>, bool) {
        let mut stream = pieces.into_body().into_data_stream();
        let (mut sizes, mut all) = (Vec::new(), Vec::new());
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => {
                    sizes.push(piece.len());
                    all.extend_from_slice(&piece);
                }
                Err(_) => return (sizes, all, true),
            }
        }
        (sizes, all, false)
    }

    #[tokio::test]
    async fn a_body_comes_whole_in_pieces_with_more_behind_it_or_breaks() {
        let of = |bytes: &'static [u8]| Pieces {
            body: Bytes::from_static(bytes),
            ..Pieces::default()
        };
        assert_eq!(sent(of(b"abc")).await, (vec![3], b"abc".to_vec(), false));
        let slow = Pieces {
            each: Some((2, Duration::from_millis(1))),
            ..of(b"abc")
        };
        assert_eq!(sent(slow).await, (vec![2, 1], b"abc".to_vec(), false));
        let long = Pieces {
            more: 70_000,
            ..of(b"a")
        };
        let (sizes, all, _) = sent(long).await;
        assert_eq!(sizes, [1, 65_536, 4_464]);
        assert!(all.len() == 70_001 && all[1..].iter().all(|byte| *byte == 0));
        let broken = Pieces {
            broken: true,
            ..of(b"ab")
        };
        assert_eq!(sent(broken).await, (vec![2], b"ab".to_vec(), true));
        let nothing = Pieces {
            broken: true,
            ..Pieces::default()
        };
        assert_eq!(sent(nothing).await, (vec![], vec![], true));
    }
}
