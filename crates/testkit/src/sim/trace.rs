//! What happened in a run, for people, and one number for all of it.

/// The lines of a run.
#[derive(Debug, Default)]
pub(super) struct Trace {
    lines: Vec<String>,
    hash: u64,
}

/// The prime of the FNV-1a hash, which is the same on every machine.
const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl Trace {
    /// Adds a line.
    pub(super) fn line(&mut self, line: String) {
        for byte in line.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        self.lines.push(line);
    }

    /// Returns the lines and the number.
    pub(super) fn finish(self) -> (Vec<String>, u64) {
        (self.lines, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(lines: &[&str]) -> u64 {
        let mut trace = Trace::default();
        for line in lines {
            trace.line((*line).to_owned());
        }
        trace.finish().1
    }

    #[test]
    fn the_number_tells_lines_apart() {
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
        assert_ne!(hash(&["a", "b"]), hash(&["ab"]));
        assert_ne!(hash(&["a", "b"]), hash(&["b", "a"]));
    }
}
