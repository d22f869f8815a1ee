//! Tables of a report, read back from its page.

/// The rows of the table below a caption, each as the texts of its cells.
pub fn table(html: &str, caption: &str) -> Vec<Vec<String>> {
    let Some(at) = html.find(&format!("<caption>{caption}</caption>")) else { return Vec::new() };
    let body = &html[at..];
    let body = &body[body.find("<tbody>").unwrap()..body.find("</tbody>").unwrap()];
    body.split("<tr>").skip(1).map(cells).collect()
}

fn cells(row: &str) -> Vec<String> {
    let parts = row.split("</td>").flat_map(|part| part.split("</th>"));
    parts.filter(|part| part.contains("<td") || part.contains("<th")).map(plain).collect()
}

/// Without marks and entities.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.replace('\u{a0}', " ").trim().to_owned()
}
