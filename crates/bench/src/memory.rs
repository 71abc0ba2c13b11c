//! The memory of a process, as the kernel counts it.

use anyhow::{Context as _, Result};

/// Returns how much memory a process has in RAM now, in KiB.
pub(crate) fn resident_kib(process: u32) -> Result<f64> {
    field(&process.to_string(), "VmRSS:")
}

/// Returns how much memory this process has in RAM now, in KiB.
pub(crate) fn own_kib() -> Result<f64> {
    field("self", "VmRSS:")
}

/// Returns the most memory that this process had in RAM since [`forget_peak`], in KiB.
pub(crate) fn own_peak_kib() -> Result<f64> {
    field("self", "VmHWM:")
}

/// Makes the peak what is in RAM now.
pub(crate) fn forget_peak() -> Result<()> {
    std::fs::write("/proc/self/clear_refs", "5").context("resetting the peak of the memory in use")
}

fn field(process: &str, name: &str) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let value =
        status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
    value.with_context(|| format!("{path} has no {name}"))
}
