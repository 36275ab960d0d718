//! Multipart bodies: `payload_json` and `files[n]`.

use axum::body::{Body as HttpBody, Bytes};

use super::{Body, Upload, form};
use crate::refusal::Refusal;

/// Reads a multipart body. One that is malformed is, to Discord, an empty message.
pub(crate) async fn decode(content_type: &str, bytes: Bytes) -> Result<Body, Refusal> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| Refusal::EMPTY)?;
    let stream = HttpBody::from(bytes).into_data_stream();
    let mut parts = multer::Multipart::new(stream, boundary);
    let mut fields = Vec::new();
    let mut files: Vec<Upload> = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| Refusal::EMPTY)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(filename) = part.file_name().map(str::to_owned) else {
            let text = part.text().await.map_err(|_| Refusal::EMPTY)?;
            fields.push((name, text));
            continue;
        };
        let content_type = part.content_type().map(ToString::to_string);
        let bytes = part.bytes().await.map_err(|_| Refusal::EMPTY)?;
        let number = match number(&name) {
            Some(taken) if files.iter().any(|file| file.number == taken) => {
                return Err(Refusal::form(&[&name], "FILE_PART_DUPLICATED", "Each file needs a number of its own"));
            }
            Some(number) => number,
            None => files.iter().map(|file| file.number + 1).max().unwrap_or(0),
        };
        files.push(Upload { part: name, number, filename, content_type, bytes });
    }
    Ok(Body { json: form(fields)?, files })
}

/// The number in `files[12]`.
fn number(part: &str) -> Option<u64> {
    let inside = part.strip_prefix("files[")?.strip_suffix(']')?;
    // A number near the type's end would leave none for the next unnumbered part.
    inside.parse::<u32>().ok().map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=b";

    fn read(body: &str) -> Result<Body, Refusal> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(decode(TYPE, Bytes::from(body.to_owned())))
    }

    #[test]
    fn any_number_is_legal_and_other_names_are_files_too() {
        let body = read(
            "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\
             Content-Type: application/json\r\n\r\n{\"content\":\"hi\"}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"files[42]\"; filename=\"a.txt\"\r\n\r\nA\r\n\
             --b\r\nContent-Disposition: form-data; name=\"_b.txt\"; filename=\"b.txt\"\r\n\r\nB\r\n\
             --b--\r\n",
        )
        .unwrap();
        assert_eq!(body.json["content"], "hi");
        let numbers: Vec<_> = body.files.iter().map(|file| file.number).collect();
        assert_eq!(numbers, [42, 43]);
        assert_eq!(&body.files[1].bytes[..], b"B");
    }

    #[test]
    fn a_part_without_its_blank_line_is_an_empty_message() {
        let broken = read("--b\r\nContent-Disposition: form-data; name=\"content\"\r\nhi\r\n--b--\r\n");
        assert_eq!(broken.unwrap_err(), Refusal::EMPTY);
    }

    #[test]
    fn a_number_used_twice_is_refused() {
        let part = "--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a\"\r\n\r\nA\r\n";
        assert!(matches!(read(&format!("{part}{part}--b--\r\n")), Err(Refusal::Form(_))));
    }
}
