//! Bodies of the type `multipart`, as far as all formats treat them alike: the boundary between parts says nothing, and
//! clients make up a new one for each request (RFC 2046, section 5.1.1).

/// Whether two bodies are equal, whatever the boundaries between their parts are.
#[must_use]
pub fn same_bytes(one: &[u8], other: &[u8]) -> bool {
    let parts = |body, boundary| split(body, boundary).collect::<Vec<_>>();
    one == other
        || match (boundary(one), boundary(other)) {
            (Some(first), Some(second)) => parts(one, first) == parts(other, second),
            _ => false,
        }
}

/// The boundary of a body with its dashes, if the body begins with it and ends with it.
fn boundary(body: &[u8]) -> Option<&[u8]> {
    let line = body.split(|byte| *byte == b'\n').next()?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let end = body.trim_ascii_end().strip_suffix(b"--")?;
    (line.len() > 2 && line.starts_with(b"--") && end.ends_with(line)).then_some(line)
}

/// The pieces of a body between its boundaries.
fn split<'b>(body: &'b [u8], boundary: &[u8]) -> impl Iterator<Item = &'b [u8]> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let body = rest?;
        match body.windows(boundary.len()).position(|window| window == boundary) {
            Some(at) => {
                rest = body.get(at + boundary.len()..);
                body.get(..at)
            }
            None => rest.take(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(boundary: &str, content: &[u8]) -> Vec<u8> {
        let head = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n");
        [head.as_bytes(), content, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
    }

    #[test]
    fn bodies_with_different_boundaries_and_equal_parts_are_the_same() {
        assert!(same_bytes(&body("one", b"\xff\0"), &body("another", b"\xff\0")));
        assert!(!same_bytes(&body("one", b"\xff\0"), &body("another", b"\xff\x01")));
        assert!(!same_bytes(&body("one", b"\xff"), b"\xff"));
        assert!(same_bytes(b"\xff", b"\xff"));
        assert!(!same_bytes(b"--\n", b"--\r\n"));
    }
}
