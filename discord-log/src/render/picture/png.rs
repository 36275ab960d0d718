//! Writes a picture as PNG: three bytes a pixel, each row as the difference to the one above it.
//!
//! Source: <https://www.w3.org/TR/png-3/>.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::canvas::Canvas;

pub(super) fn encode(canvas: &Canvas) -> Vec<u8> {
    let mut png = SIGNATURE.to_vec();
    let mut header = Vec::new();
    for side in [canvas.width(), canvas.height()] {
        header.extend(u32::try_from(side).unwrap_or_default().to_be_bytes());
    }
    header.extend(EIGHT_BITS_OF_COLOUR);
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &compressed(canvas));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn compressed(canvas: &Canvas) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut above = vec![0; canvas.width() * 3];
    for row in canvas.rows() {
        let differences = row.iter().zip(&above).map(|(byte, above)| byte.wrapping_sub(*above));
        let line: Vec<_> = std::iter::once(DIFFERENCE_TO_ABOVE).chain(differences).collect();
        // Writes to memory do not fail.
        let _ = encoder.write_all(&line);
        above.copy_from_slice(row);
    }
    encoder.finish().unwrap_or_default()
}

fn chunk(png: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    png.extend(u32::try_from(content.len()).unwrap_or_default().to_be_bytes());
    let mut checked = name.to_vec();
    checked.extend_from_slice(content);
    png.extend_from_slice(&checked);
    png.extend(crc32fast::hash(&checked).to_be_bytes());
}

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Bits of a sample, red with green and blue, and the only ways to compress, filter and order there are.
const EIGHT_BITS_OF_COLOUR: [u8; 5] = [8, 2, 0, 0, 0];
/// The filter that is called `Up`.
const DIFFERENCE_TO_ABOVE: u8 = 2;
