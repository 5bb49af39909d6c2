//! `${cn} ${email} ${dns} ${serial}`: the four words that a profile may put into the values it
//! gives. There is no other template language.

use crate::primitives::hex;
use crate::x509::serial::Serial;

/// A text with places to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Word(Word),
}

/// What may be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Cn,
    Email,
    Dns,
    Serial,
}

const WORDS: [(&str, Word); 4] = [
    ("cn", Word::Cn),
    ("email", Word::Email),
    ("dns", Word::Dns),
    ("serial", Word::Serial),
];

/// What a request has to fill in; the serial comes later.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    pub(super) cn: Option<String>,
    pub(super) email: Option<String>,
    pub(super) dns: Option<String>,
}

/// How a filled-in value is written where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// As it is.
    Plain,
    /// Percent-encoded but for RFC 3986's unreserved characters.
    Uri,
}

impl Word {
    /// As profiles write it.
    pub(super) fn written(self) -> String {
        let word = WORDS.iter().find(|(_, word)| *word == self);
        format!("${{{}}}", word.map_or("", |(text, _)| text))
    }
}

impl Template {
    /// Reads a text; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after
                .split_once('}')
                .ok_or_else(|| "a ${ has no closing brace".to_owned())?;
            let word = WORDS.iter().find(|(text, _)| *text == name);
            let (_, word) = word.ok_or_else(|| {
                format!(
                    "unknown ${{{}}}; there are ${{cn}}, ${{email}}, ${{dns}} and ${{serial}}",
                    name.escape_debug()
                )
            })?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Word(*word));
            rest = tail;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }

    /// As it was written.
    pub(super) fn written(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Word(word) => word.written(),
        };
        self.0.iter().map(part).collect()
    }

    /// The words in it.
    pub(super) fn words(&self) -> impl Iterator<Item = Word> {
        self.0.iter().filter_map(|part| match part {
            Part::Word(word) => Some(*word),
            Part::Text(_) => None,
        })
    }

    /// True if a requester has a say in what it becomes.
    pub(super) fn has_request(&self) -> bool {
        self.words().any(|word| word != Word::Serial)
    }

    /// True if it needs no request, and is this text for some serial.
    pub(super) fn can_be(&self, text: &str) -> bool {
        !self.has_request() && fits(&self.0, text)
    }

    /// True if it waits for the serial.
    pub(super) fn has_serial(&self) -> bool {
        self.words().any(|word| word == Word::Serial)
    }

    /// Fills in what the request has.
    ///
    /// # Errors
    /// With the first word that it has not.
    pub(super) fn fill(&self, values: &Values, quoting: Quoting) -> Result<Filled, Word> {
        let mut parts = Vec::new();
        for part in &self.0 {
            let value = match part {
                Part::Text(text) => Some(text.clone()),
                Part::Word(Word::Serial) => {
                    parts.push(Part::Word(Word::Serial));
                    continue;
                }
                Part::Word(word) => values.of(*word).map(|value| quoted(value, quoting)),
            };
            match (value, part) {
                (Some(value), _) => parts.push(Part::Text(value)),
                (None, Part::Word(word)) => return Err(*word),
                (None, Part::Text(_)) => {}
            }
        }
        Ok(Filled(Self(parts)))
    }
}

impl Values {
    fn of(&self, word: Word) -> Option<&str> {
        match word {
            Word::Cn => self.cn.as_deref(),
            Word::Email => self.email.as_deref(),
            Word::Dns => self.dns.as_deref(),
            Word::Serial => None,
        }
    }
}

/// A template in which at most the serial is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled(Template);

impl Filled {
    /// A text in which nothing is missing, whatever it looks like.
    pub(super) fn literal(text: &str) -> Self {
        Self(Template(vec![Part::Text(text.to_owned())]))
    }

    /// The finished text.
    pub(super) fn text(&self, serial: &Serial) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Word(_) => serial.to_string(),
        };
        self.0.0.iter().map(part).collect()
    }

    /// For people, before there is a serial.
    pub(super) fn shown(&self) -> String {
        self.0.written()
    }

    /// True if it waits for the serial.
    pub(super) fn has_serial(&self) -> bool {
        self.0.has_serial()
    }
}

/// The longest serial there is (20 octets, RFC 5280, 4.1.2.2): what fits with it fits with any.
pub(super) fn longest_serial() -> Serial {
    Serial::from_unsigned(&[0x7f; 20])
}

fn fits(parts: &[Part], text: &str) -> bool {
    let Some((part, parts)) = parts.split_first() else {
        return text.is_empty();
    };
    match part {
        Part::Text(start) => text
            .strip_prefix(start.as_str())
            .is_some_and(|rest| fits(parts, rest)),
        Part::Word(_) => {
            let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
            (1..=digits).any(|n| text.get(n..).is_some_and(|rest| fits(parts, rest)))
        }
    }
}

fn quoted(value: &str, quoting: Quoting) -> String {
    if quoting == Quoting::Plain {
        return value.to_owned();
    }
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&hex::upper(&[byte]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_filled_in() {
        let values = Values {
            cn: Some("John Doe/x".into()),
            ..Values::default()
        };
        let filled = |text: &str, quoting| {
            Template::parse(text)
                .unwrap()
                .fill(&values, quoting)
                .map(|f| f.text(&"0a".parse().unwrap()))
        };
        assert_eq!(
            filled("a ${cn} $5 ${serial}", Quoting::Plain),
            Ok("a John Doe/x $5 0A".into())
        );
        assert_eq!(
            filled("http://x/${cn}", Quoting::Uri),
            Ok("http://x/John%20Doe%2Fx".into())
        );
        assert_eq!(filled("${email}", Quoting::Plain), Err(Word::Email));
    }

    #[test]
    fn what_a_request_fills_in_is_not_read_again() {
        let values = Values {
            cn: Some("${serial}".into()),
            ..Values::default()
        };
        let filled = Template::parse("${cn}")
            .unwrap()
            .fill(&values, Quoting::Plain);
        let text = filled.map(|f| f.text(&"0a".parse().unwrap()));
        assert_eq!(text, Ok("${serial}".into()));
    }

    #[test]
    fn what_a_template_can_be() {
        let can_be = |template: &str, text: &str| Template::parse(template).unwrap().can_be(text);
        assert!(can_be("a${serial}b", "a0FB1b"));
        assert!(can_be("a", "a"));
        assert!(!can_be("a${serial}b", "ab"));
        assert!(!can_be("a${serial}b", "axb"));
        assert!(!can_be("${cn}", "x"));
    }

    #[test]
    fn unknown_words_are_refused() {
        assert!(
            Template::parse("${user}")
                .unwrap_err()
                .contains("unknown ${user}")
        );
        assert!(
            Template::parse("${cn")
                .unwrap_err()
                .contains("closing brace")
        );
    }

    proptest! {
        #[test]
        fn templates_read_back(text in "([a-z$ ]{0,4}(\\$\\{(cn|email|dns|serial)\\})?){0,4}") {
            let written = Template::parse(&text).map(|t| t.written());
            prop_assert!(written.is_err() || written == Ok(text));
        }
    }
}
