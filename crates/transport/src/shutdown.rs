//! The wish to stop, which everyone hears.

use std::sync::Arc;

use tokio::sync::watch;

/// The wish to stop. Clones share it; a [child](Self::child) hears its parent, not the other way round.
#[derive(Clone, Debug)]
pub struct Shutdown {
    own: Arc<watch::Sender<bool>>,
    heard: Vec<watch::Receiver<bool>>,
}

impl Shutdown {
    /// Nobody wishes to stop yet.
    #[must_use]
    pub fn new() -> Self {
        let (own, receiver) = watch::channel(false);
        Self {
            own: Arc::new(own),
            heard: vec![receiver],
        }
    }

    /// A wish of its own that is also fulfilled when this one is: to stop one actor of several.
    #[must_use]
    pub fn child(&self) -> Self {
        let mut child = Self::new();
        child.heard.extend(self.heard.iter().cloned());
        child
    }

    /// Begins when the process gets Ctrl-C or SIGTERM.
    ///
    /// A second signal ends the process at once: a person who presses twice does not want to wait.
    ///
    /// # Errors
    /// The system's reason where signals cannot be heard.
    pub fn on_signals(&self) -> std::io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let shutdown = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("stopping: what was accepted is kept");
            shutdown.begin();
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            std::process::exit(130);
        });
        Ok(())
    }

    /// Says the wish. Saying it twice changes nothing.
    pub fn begin(&self) {
        self.own.send_replace(true);
    }

    /// Whether someone wished to stop.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.heard.iter().any(|receiver| *receiver.borrow())
    }

    /// Returns when someone wishes to stop.
    pub async fn begun(&self) {
        let waits = self.heard.iter().cloned().map(|mut receiver| {
            Box::pin(async move {
                if receiver.wait_for(|begun| *begun).await.is_err() {
                    // Everyone who could have wished is gone: this wish will never come.
                    std::future::pending::<()>().await;
                }
            })
        });
        futures::future::select_all(waits).await;
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_child_hears_its_parent_and_not_its_sibling() {
        let parent = Shutdown::new();
        let (one, other) = (parent.child(), parent.child());
        one.begin();
        one.begun().await;
        assert!(!parent.is_begun());
        assert!(!other.is_begun());
        parent.begin();
        other.begun().await;
        assert!(other.is_begun());
    }

    #[tokio::test]
    async fn a_parent_that_is_forgotten_is_not_a_wish_to_stop() {
        let child = Shutdown::new().child();
        let waited = tokio::time::timeout(std::time::Duration::from_millis(20), child.begun());
        assert!(waited.await.is_err());
        child.begin();
        child.begun().await;
    }

    #[tokio::test]
    async fn sigterm_is_a_wish_to_stop() {
        let shutdown = Shutdown::new();
        shutdown.on_signals().unwrap();
        let own = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &own])
            .status();
        assert!(sent.unwrap().success());
        let begun = tokio::time::timeout(std::time::Duration::from_secs(10), shutdown.begun());
        begun.await.expect("the signal is heard");
    }
}
