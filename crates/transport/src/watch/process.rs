//! What the system says about this process.

use super::{Family, Metrics};

/// Sets the numbers that Prometheus' own libraries give under the same names, where the system tells them, and how many
/// tasks there are.
pub(super) fn figures(metrics: &Metrics) {
    if let Ok(status) = std::fs::read_to_string("/proc/self/status")
        && let Some(bytes) = resident_bytes(&status)
    {
        metrics.set(Family::ResidentBytes, &[], bytes);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        let open = u32::try_from(open.count()).unwrap_or(u32::MAX);
        metrics.set(Family::OpenFiles, &[], f64::from(open));
    }
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        let tasks = u32::try_from(runtime.metrics().num_alive_tasks()).unwrap_or(u32::MAX);
        metrics.set(Family::Tasks, &[], f64::from(tasks));
    }
}

/// `VmRSS:       10240 kB`, in bytes.
fn resident_bytes(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_told_in_bytes() {
        let status = "Name:\tqaqpa\nVmRSS:\t   10240 kB\nThreads:\t3\n";
        assert_eq!(resident_bytes(status), Some(10_485_760.0));
        assert_eq!(resident_bytes("Name:\tqaqpa\n"), None);
    }
}
