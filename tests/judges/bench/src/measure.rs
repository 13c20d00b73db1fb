//! CPU time and memory of another process, as the kernel counts them.

use std::path::Path;

/// Nanoseconds that all threads of a process were on a processor.
pub fn cpu_ns(process: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let tasks = tasks.unwrap_or_else(|error| panic!("process {process} has gone: {error}"));
    tasks
        .map_while(Result::ok)
        .map(|task| of_thread(&task.path()))
        .sum()
}

/// `schedstat`: time on a processor, time waiting for one, time slices (Documentation/scheduler/sched-stats).
fn of_thread(task: &Path) -> u64 {
    let text = std::fs::read_to_string(task.join("schedstat")).unwrap_or_default();
    text.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// The most memory that a process ever had, in KiB (`VmHWM`, proc(5)).
pub fn peak_kib(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// The middle of some numbers, and how far they are spread: half the distance between the quartiles, as a part of the middle.
pub fn middle(mut numbers: Vec<f64>) -> (f64, f64) {
    numbers.sort_by(f64::total_cmp);
    let at = |part: f64| numbers[((numbers.len() - 1) as f64 * part).round() as usize];
    let median = at(0.5);
    (median, (at(0.75) - at(0.25)) / 2.0 / median)
}
