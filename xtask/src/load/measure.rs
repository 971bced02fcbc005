//! What a server costs: processor time from the kernel, medians, and the disk it writes to.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The processor time that all threads of a process have used so far.
pub(super) fn processor_time(process: u32) -> Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task")).context("needs Linux")? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        let used: u64 = text.split(' ').next().context("schedstat")?.parse()?;
        nanoseconds += used;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

pub(super) fn median<T: Copy + PartialOrd>(values: &[T]) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted.get(sorted.len() / 2).copied()
}

/// How long pages that are appended to a file take to reach the disk, one by one.
pub(super) fn flush_times(folder: &Path) -> Result<Vec<Duration>> {
    let path = folder.join("flush");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut times = Vec::new();
    for _ in 0..50 {
        file.write_all(&[0; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    Ok(times)
}
