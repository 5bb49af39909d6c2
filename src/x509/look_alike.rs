//! Names that look like other names: words in letters of more than one alphabet, and host names whose
//! A-labels hide what they read. Nothing here is refused; people are told to look twice.

use super::a_label;
use super::general_name::GeneralName;

/// What a person should know of a text: the word that mixes alphabets.
pub fn remark(text: &str) -> Option<String> {
    text.split_whitespace().find_map(|word| {
        let alphabets: Vec<&str> = word.chars().filter_map(alphabet).collect();
        let first = alphabets.first()?;
        let other = alphabets.iter().find(|a| *a != first)?;
        Some(format!(
            "has {first} and {other} letters in one word, as look-alikes have; make sure who it is"
        ))
    })
}

/// What a person should know of an alternative name: how a host name in A-labels reads.
pub fn remark_on(name: &GeneralName) -> Option<String> {
    let host = match name {
        GeneralName::Dns(host) => host,
        GeneralName::Email(mailbox) => mailbox.rsplit_once('@')?.1,
        GeneralName::Upn(text) => return remark(text),
        _ => return None,
    };
    let reads = a_label::reads(host)?;
    Some(format!("reads {reads}; make sure that it is meant"))
}

fn alphabet(c: char) -> Option<&'static str> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some("Latin"),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some("Greek"),
        '\u{400}'..='\u{52f}' => Some("Cyrillic"),
        '\u{530}'..='\u{58f}' => Some("Armenian"),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some("Cherokee"),
        '\u{ff21}'..='\u{ff5a}' => Some("full-width"),
        '\u{1d400}'..='\u{1d7ff}' => Some("mathematical"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_words_are_told() {
        for (text, said) in [
            ("\u{430}dmin", "Cyrillic and Latin"),
            ("John \u{3a1}eter", "Greek and Latin"),
            ("\u{ff41}dmin", "full-width and Latin"),
        ] {
            assert!(remark(text).is_some_and(|r| r.contains(said)), "{text}");
        }
        for text in [
            "админ",
            "Jürgen Müller",
            "Петър Smith",
            "a1-2",
            "北京 Office",
            "",
        ] {
            assert_eq!(remark(text), None, "{text}");
        }
    }

    #[test]
    fn a_labels_are_read_out() {
        let dns = |host: &str| remark_on(&GeneralName::Dns(host.to_owned()));
        assert_eq!(
            dns("*.xn--bcher-kva.example").as_deref(),
            Some("reads *.bücher.example; make sure that it is meant")
        );
        assert_eq!(dns("www.example.com"), None);
        let mail = GeneralName::Email("a@xn--80a.example".to_owned());
        assert!(remark_on(&mail).is_some_and(|r| r.contains("\u{430}.example")));
    }
}
