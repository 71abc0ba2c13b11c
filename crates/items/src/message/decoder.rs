//! Transfer encodings, decoded piece by piece.

use super::structure::Encoding;

/// Decodes what it is given, wherever it is cut. The whole decodes to the same as in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decoder {
    /// What comes is what it means.
    Identity,
    Base64(Base64),
    /// Holds the beginning of a line whose end has not come yet.
    Quoted(Vec<u8>),
}

impl Decoder {
    pub(super) fn of(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Identity => Self::Identity,
            Encoding::Base64 => Self::Base64(Base64::default()),
            Encoding::QuotedPrintable => Self::Quoted(Vec::new()),
        }
    }

    /// Decodes what follows on what came before.
    pub(super) fn push(&mut self, raw: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Identity => out.extend_from_slice(raw),
            Self::Base64(state) => state.push(raw, |bytes| out.extend_from_slice(bytes)),
            Self::Quoted(begun) => {
                for line in raw.split_inclusive(|byte| *byte == b'\n') {
                    begun.extend_from_slice(line);
                    if line.ends_with(b"\n") {
                        quoted_line(begun, out);
                        begun.clear();
                    }
                }
            }
        }
    }

    /// Decodes what is left when all has come.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        match self {
            Self::Identity => {}
            Self::Base64(state) => state.finish(|bytes| out.extend_from_slice(bytes)),
            Self::Quoted(begun) => quoted_line(&std::mem::take(begun), out),
        }
    }
}

/// Decodes base64, skipping whatever is not in its alphabet; padding ends a group, more may follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Base64 {
    group: u32,
    /// Sextets in the group, at most 3 between two calls.
    count: u8,
}

impl Base64 {
    /// Calls `take` with the bytes of each group that is whole.
    pub(super) fn push(&mut self, raw: &[u8], mut take: impl FnMut(&[u8])) {
        for byte in raw {
            if let Some(value) = sextet(*byte) {
                self.group = (self.group << 6) | u32::from(value);
                self.count += 1;
            }
            if self.count == 4 || *byte == b'=' {
                self.finish(&mut take);
            }
        }
    }

    /// Calls `take` with the bytes of the group that is begun, if one is.
    pub(super) fn finish(&mut self, mut take: impl FnMut(&[u8])) {
        let Self { group, count } = std::mem::take(self);
        if count == 0 {
            return;
        }
        let aligned = group << (8 + (4 - u32::from(count)) * 6);
        let bytes = aligned.to_be_bytes();
        take(bytes.get(..usize::from(count) * 6 / 8).unwrap_or_default());
    }
}

/// Returns what a character of base64 stands for; `None` for any other.
pub(super) const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Decodes one line of quoted-printable, with its end or without; an `=` that starts no valid code stays as it is.
fn quoted_line(line: &[u8], out: &mut Vec<u8>) {
    let content = super::header::trim_line_end(line);
    let end = line.get(content.len()..).unwrap_or_default();
    let content = content.trim_ascii_end();
    let (mut rest, end) = content.strip_suffix(b"=").map_or((content, end), |soft| (soft, &b""[..]));
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'=', [high, low, tail @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex(*high) << 4) | hex(*low));
                tail
            }
            _ => {
                out.push(*byte);
                after
            }
        };
    }
    out.extend_from_slice(end);
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(encoding: Encoding, pieces: &[&[u8]]) -> Vec<u8> {
        let (mut decoder, mut out) = (Decoder::of(encoding), Vec::new());
        for piece in pieces {
            decoder.push(piece, &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    #[test]
    fn base64_skips_what_is_not_its_own_and_goes_on_after_padding() {
        for (text, expected) in [
            ("SGVsbG8=", "Hello"),
            ("SGVs\r\n bG8", "Hello"),
            ("SGVsbG8=IQ==", "Hello!"),
            ("====", ""),
            ("S", ""),
            ("", ""),
        ] {
            assert_eq!(decoded(Encoding::Base64, &[text.as_bytes()]), expected.as_bytes(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn where_it_is_cut_makes_no_difference(
            text in "([A-Za-z0-9+/= \t]|\r\n|=\r\n|=[0-9A-F]{2}){0,80}",
            cut in 0_usize..200,
        ) {
            let bytes = text.as_bytes();
            let (start, end) = bytes.split_at(cut.min(bytes.len()));
            for encoding in [Encoding::Identity, Encoding::Base64, Encoding::QuotedPrintable] {
                prop_assert_eq!(decoded(encoding, &[start, end]), decoded(encoding, &[bytes]));
            }
        }
    }
}
