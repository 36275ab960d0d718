//! A link leads somewhere: to a file that is there, and to a heading that it has.

use std::path::Path;

use super::markdown::{anchors, blocks, links};
use super::{documents, read, root};

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let (mut wrong, mut found) = (Vec::new(), 0);
    for document in documents() {
        let prose = blocks(&read(&document)).1;
        for link in links(&prose).filter(|link| !link.contains("://")) {
            found += 1;
            let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let folder = Path::new(&document).parent().expect("a folder");
            let target = if path.is_empty() { Path::new(&document).to_owned() } else { folder.join(path) };
            if !root().join(&target).exists() {
                wrong.push(format!("{document}: {link}"));
            } else if let Some(anchor) = anchor {
                let text = read(&target.to_string_lossy());
                if !anchors(&blocks(&text).1).iter().any(|known| known == anchor) {
                    wrong.push(format!("{document}: {link} has no such heading"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(found > 20, "{found} links");
}
