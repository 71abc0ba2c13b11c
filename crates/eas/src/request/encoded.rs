//! The query as base64 of a byte structure, as phones since 12.1 send it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Asked, Command, DeviceAddress, MAX_USER, Parameters, RequestError, Version, device};

/// Either alphabet (after `-_` became `+/`), padded or not, and whatever the unused last bits say.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The flag of the Options parameter that asks for a copy in Sent Items.
const SAVE_IN_SENT: u8 = 0x01;
/// The flag of the Options parameter that asks for a multipart answer.
const ACCEPT_MULTIPART: u8 = 0x02;

/// Returns the bytes of a base64 query, its percent escapes already undone, or `None` if it is something else.
///
/// It is one if it is base64 and begins with a version of the protocol, spoken here or not.
pub(super) fn bytes(query: &[u8]) -> Option<Vec<u8>> {
    let standard: Vec<u8> = query
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    let bytes = BASE64.decode(standard).ok()?;
    matches!(bytes.first(), Some(120 | 121 | 140 | 141 | 160 | 161)).then_some(bytes)
}

/// Returns what a base64 query asks.
pub(super) fn parse(bytes: &[u8]) -> Result<Asked, RequestError> {
    let mut rest = Rest(bytes);
    let version = rest.byte()?;
    let version = Version::from_byte(version)
        .ok_or_else(|| RequestError::Version { asked: format!("{}.{}", version / 10, version % 10) })?;
    let command = rest.byte()?;
    let command =
        Command::from_code(command).ok_or_else(|| RequestError::Command { asked: command.to_string() })?;
    rest.take(2)?; // the locale
    let id = device_id(rest.field()?);
    let policy_key = policy_key(rest.field()?)?;
    let device = DeviceAddress::new(&id, &String::from_utf8_lossy(rest.field()?))?;
    let mut asked = Asked {
        version,
        command,
        user: None,
        device,
        policy_key,
        multipart: false,
        parameters: Parameters::default(),
    };
    while !rest.0.is_empty() {
        let tag = rest.byte()?;
        asked.take_parameter(tag, rest.field()?)?;
    }
    Ok(asked)
}

/// Returns a device's id as text: some send the bytes of a number, which become hexadecimal digits.
fn device_id(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().copied().all(device::is_printable) => text.to_owned(),
        Ok(_) | Err(_) => bytes.iter().flat_map(|byte| hexadecimal(*byte)).collect(),
    }
}

fn hexadecimal(byte: u8) -> impl Iterator<Item = char> {
    [byte >> 4, byte & 0x0F].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16))
}

fn policy_key(bytes: &[u8]) -> Result<Option<u32>, RequestError> {
    match bytes {
        [] => Ok(None),
        &[a, b, c, d] => Ok(Some(u32::from_le_bytes([a, b, c, d]))),
        _ => Err(RequestError::Query),
    }
}

impl Asked {
    /// Takes in one command parameter; of a repeated one the last counts, of an unknown one nothing.
    fn take_parameter(&mut self, tag: u8, value: &[u8]) -> Result<(), RequestError> {
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        match tag {
            0 => self.parameters.attachment_name = text(),
            1 => self.parameters.collection_id = text(),
            3 => self.parameters.item_id = text(),
            4 => self.parameters.long_id = text(),
            6 => self.parameters.occurrence = text(),
            7 => {
                let flags = value.first().ok_or(RequestError::Query)?;
                self.parameters.save_in_sent = flags & SAVE_IN_SENT != 0;
                self.multipart = flags & ACCEPT_MULTIPART != 0;
            }
            8 if value.len() > MAX_USER => return Err(RequestError::User),
            8 => self.user = text(),
            _ => {}
        }
        Ok(())
    }
}

/// The bytes not yet read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// Returns the next field: a byte of length and as many bytes.
    fn field(&mut self) -> Result<&'a [u8], RequestError> {
        let length = self.byte()?;
        self.take(usize::from(length))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], RequestError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(RequestError::Query)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, RequestError> {
        let (byte, rest) = self.0.split_first().ok_or(RequestError::Query)?;
        self.0 = rest;
        Ok(*byte)
    }
}
