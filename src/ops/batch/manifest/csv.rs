//! CSV by RFC 4180, with a header: a byte order mark, CRLF and blank lines do no harm.

use super::{Faults, MOST_ROWS, Raw, Value, shown};

/// The longest field.
const MOST_FIELD: usize = 1 << 16;

/// The rows, each value as text; empty fields are left out.
pub(super) fn rows(text: &str, faults: &mut Faults) -> Vec<Raw> {
    let delimiter = delimiter(text.lines().find(|l| !l.trim().is_empty()).unwrap_or(""));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut header: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                faults.add(number(line), "", "it is no CSV");
                break;
            }
        };
        let line = record.position().map_or(1, csv::Position::line);
        let line = number(line);
        if record.iter().all(str::is_empty) {
            continue;
        }
        let Some(columns) = &header else {
            header = Some(record.iter().map(str::to_lowercase).collect());
            check_header(&record, line, faults);
            continue;
        };
        if rows.len() == MOST_ROWS {
            faults.add(line, "", format!("there are more than {MOST_ROWS} rows"));
            break;
        }
        rows.extend(row(&record, columns, line, faults));
    }
    rows
}

fn row(
    record: &csv::StringRecord,
    columns: &[String],
    line: usize,
    faults: &mut Faults,
) -> Option<Raw> {
    // a quote that nobody closed would swallow the rows behind it
    if let Some(at) = record.iter().position(|field| field.contains(['\n', '\r'])) {
        let column = columns.get(at).map_or("", String::as_str);
        faults.add(
            line,
            column,
            "it goes over several lines: is a quote not closed?",
        );
        return None;
    }
    if record.len() > columns.len() {
        let (fields, columns) = (record.len(), columns.len());
        faults.add(
            line,
            "",
            format!(
                "it has {fields} fields, the header {columns}; one with a comma stands in quotes"
            ),
        );
        return None;
    }
    let mut members = Vec::new();
    for (column, field) in columns.iter().zip(record) {
        if field.len() > MOST_FIELD {
            faults.add(line, column, format!("it has more than {MOST_FIELD} bytes"));
        } else if !field.is_empty() {
            members.push((column.clone(), Value::Text(field.to_owned())));
        }
    }
    Some(Raw { line, members })
}

/// Where the header has no comma: what some spreadsheets put in its place.
fn delimiter(header: &str) -> u8 {
    match header {
        _ if header.contains(',') => b',',
        _ if header.contains(';') => b';',
        _ if header.contains('\t') => b'\t',
        _ => b',',
    }
}

fn check_header(record: &csv::StringRecord, line: usize, faults: &mut Faults) {
    let columns: Vec<String> = record.iter().map(str::to_lowercase).collect();
    for (at, column) in columns.iter().enumerate() {
        if column.is_empty() {
            faults.add(line, "", format!("column {} has no name", at + 1));
        } else if !super::row::is_member(column) {
            let known = super::row::MEMBERS.join(" ");
            faults.add(
                line,
                column,
                format!("there is no such column; the first line names them: {known}"),
            );
        } else if columns.iter().take(at).any(|earlier| earlier == column) {
            faults.add(line, column, "there are two columns of this name");
        }
    }
    if !columns
        .iter()
        .any(|column| column == "name" || column == "csr")
    {
        let first = record.get(0).map(shown).unwrap_or_default();
        faults.add(
            line,
            "",
            format!(
                "the first line is no header with a column name or csr; it begins with \"{first}\""
            ),
        );
    }
}

fn number(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}
