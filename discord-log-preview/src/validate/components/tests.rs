use super::*;

fn run(components: Value, v2: bool) -> (Vec<String>, Components) {
    let mut check = Check::default();
    let body = Map::from_iter([("components".to_owned(), components)]);
    let files = BTreeSet::from(["log.txt".to_owned()]);
    let found = read(&mut check, &body, v2, &files);
    let told = check.problems.iter();
    let told = told.map(|problem| format!("{} {}", problem.path.join("."), problem.code));
    (told.collect(), found.unwrap_or_default())
}

fn problems(components: Value) -> Vec<String> {
    run(components, true).0
}

fn text(n: usize) -> Value {
    json!({"type": 10, "content": "x".repeat(n)})
}

fn link(n: usize) -> Value {
    json!({"type": 2, "style": 5, "label": "l".repeat(n), "url": "https://e/"})
}

#[test]
fn everything_a_plain_webhook_may_send_passes() {
    let all = json!([
        {"type": 17, "accent_color": 1, "components": [
            {"type": 9, "components": [text(3)], "accessory":
                {"type": 11, "media": {"url": "https://e/a.png"}, "description": "d"}},
            {"type": 14, "spacing": 2, "divider": false},
            {"type": 1, "components": [link(80)]},
            {"type": 13, "file": {"url": "attachment://log.txt"}},
        ]},
        {"type": 12, "items": [{"media": {"url": "https://e/b.png"}}]},
        {"type": 9, "components": [text(3)], "accessory": link(3)},
    ]);
    let (problems, found) = run(all, true);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(found.media, 2);
    assert_eq!(found.texts.len(), 2);
    assert_eq!(found.tree[0]["components"][1]["divider"], false);
    let ids: BTreeSet<_> = found.tree.iter().map(|item| item["id"].as_i64()).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn at_most_forty_components_nested_ones_included() {
    let container = |n: usize| json!([{"type": 17, "components": vec![text(1); n]}]);
    assert!(problems(container(39)).is_empty());
    assert_eq!(problems(container(40)), ["components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"]);
    assert!(problems(json!(vec![text(1); 40])).is_empty());
    assert_eq!(problems(json!(vec![text(1); 41])), ["components BASE_TYPE_MAX_LENGTH"]);
}

#[test]
fn all_text_together_is_limited() {
    assert!(problems(json!([text(2000), text(2000)])).is_empty());
    assert_eq!(problems(json!([text(2000), text(2001)])), ["components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]);
    assert!(problems(json!([text(4000)])).is_empty());
    assert_eq!(problems(json!([text(4001)])), ["components.0.content BASE_TYPE_BAD_LENGTH"]);
    assert_eq!(problems(json!([text(0)])), ["components.0.content BASE_TYPE_BAD_LENGTH"]);
}

#[test]
fn each_kind_has_its_limits() {
    let row = |n: usize| json!([{"type": 1, "components": vec![link(1); n]}]);
    let section = |n: usize| json!([{"type": 9, "components": vec![text(1); n], "accessory": link(1)}]);
    let item = json!({"media": {"url": "https://e/"}});
    let gallery = |n: usize| json!([{"type": 12, "items": vec![item.clone(); n]}]);
    for (build, max, at) in
        [(&row as &dyn Fn(usize) -> Value, 5, "components"), (&section, 3, "components"), (&gallery, 10, "items")]
    {
        assert!(problems(build(max)).is_empty(), "{max} {at}");
        for wrong in [0, max + 1] {
            assert_eq!(problems(build(wrong)), [format!("components.0.{at} BASE_TYPE_BAD_LENGTH")]);
        }
    }
    let in_row = |button: Value| json!([{"type": 1, "components": [button]}]);
    assert_eq!(problems(in_row(link(81))), ["components.0.components.0.label BASE_TYPE_MAX_LENGTH"]);
    let url = |n: usize| format!("https://e/{}", "x".repeat(n - 10));
    let to = |url: String| json!({"type": 2, "style": 5, "label": "l", "url": url});
    assert!(problems(in_row(to(url(512)))).is_empty());
    assert_eq!(problems(in_row(to(url(513)))), ["components.0.components.0.url BASE_TYPE_MAX_LENGTH"]);
}

#[test]
fn interactive_components_are_for_applications() {
    let press = json!({"type": 2, "style": 1, "label": "l", "custom_id": "c", "url": "https://e/"});
    assert_eq!(
        problems(json!([{"type": 1, "components": [press]}])),
        [
            "components.0.components.0.style BASE_TYPE_CHOICES",
            "components.0.components.0.custom_id BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
        ]
    );
    let select = json!({"type": 3, "custom_id": "c", "options": []});
    assert_eq!(
        problems(json!([{"type": 1, "components": [select]}])),
        ["components.0.components.0.type UNION_TYPE_CHOICES"]
    );
}

#[test]
fn a_link_button_needs_its_url_and_a_section_its_accessory() {
    let bare = json!({"type": 2, "style": 5, "label": "l"});
    assert_eq!(
        problems(json!([{"type": 1, "components": [bare]}])),
        ["components.0.components.0.url BASE_TYPE_REQUIRED"]
    );
    assert_eq!(problems(json!([{"type": 9, "components": [text(1)]}])), ["components.0.accessory BASE_TYPE_REQUIRED"]);
}

#[test]
fn containers_do_not_nest_and_texts_need_the_flag() {
    let inner = json!({"type": 17, "components": [text(1)]});
    assert_eq!(
        problems(json!([{"type": 17, "components": [inner]}])),
        ["components.0.components.0.type UNION_TYPE_CHOICES"]
    );
    let (found, _) = run(json!([text(1)]), false);
    assert_eq!(found, ["components.0.type UNION_TYPE_CHOICES"]);
    let row = json!({"type": 1, "components": [link(1)]});
    assert!(run(json!(vec![row.clone(); 5]), false).0.is_empty());
    assert_eq!(run(json!(vec![row; 6]), false).0, ["components BASE_TYPE_MAX_LENGTH"]);
}

#[test]
fn a_file_must_be_one_of_the_message() {
    let file = |url: &str| json!([{"type": 13, "file": {"url": url}}]);
    assert!(problems(file("attachment://log.txt")).is_empty());
    assert_eq!(
        problems(file("attachment://other.txt")),
        ["components.0.file.url UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"]
    );
    assert_eq!(problems(file("https://e/log.txt")), ["components.0.file.url URL_TYPE_INVALID_SCHEME"]);
}

#[test]
fn ids_are_unique() {
    let two = json!([
        {"type": 10, "content": "a", "id": 7},
        {"type": 10, "content": "b", "id": 7},
    ]);
    assert_eq!(problems(two), ["components.1.id COMPONENT_ID_DUPLICATED"]);
}
