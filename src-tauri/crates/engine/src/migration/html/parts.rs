//! The pieces of a page. What comes from files, databases and people passes through [`text`] or [`code`], and nothing else does.

/// Escapes for content and for attributes in quotes.
pub(super) fn text(raw: &str) -> String {
    let mut escaped = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Neither HTML nor a terminal that shows the file wants them.
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The same, in the face of code.
pub(super) fn code(raw: &str) -> String {
    format!("<code>{}</code>", text(raw))
}

pub(super) fn section(title: &str, body: &str) -> String {
    format!("<section><h2>{}</h2>{body}</section>", text(title))
}

/// A table of cells that are HTML; without heads, the first column is one.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return "<p>None.</p>".to_owned();
    }
    let head: String = heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", text(head))).collect();
    let head = if heads.is_empty() { head } else { format!("<thead><tr>{head}</tr></thead>") };
    let cell = |(at, cell): (usize, &String)| match heads.is_empty() && at == 0 {
        true => format!("<th scope=\"row\">{cell}</th>"),
        false => format!("<td>{cell}</td>"),
    };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", row.iter().enumerate().map(cell).collect::<String>())).collect();
    format!("<table>{head}<tbody>{rows}</tbody></table>")
}

/// Lines that are HTML; nothing where there are none.
pub(super) fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("<ul>{}</ul>", lines.iter().map(|line| format!("<li>{line}</li>")).collect::<String>())
}

pub(super) fn page_of(title: &str, body: &str) -> String {
    let title = text(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
}

const STYLE: &str = "\
body{font:14px/1.5 Inter,system-ui,sans-serif;color:#32363c;background:#fff;margin:0}\
main{max-width:1100px;margin:0 auto;padding:32px 24px}h1{font-size:22px;margin:0}h2{font-size:16px;margin:32px 0 8px}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:4px 12px 4px 0;border-bottom:1px solid #e2e3e1}\
th{font-weight:600;color:#6b7078}code{font:12px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}\
.critical{color:#b42318}.attention{color:#8a5a00}.lead{font-size:16px}time{white-space:nowrap}footer{margin-top:32px;color:#6b7078}\
@media print{main{max-width:none;padding:0}}";
