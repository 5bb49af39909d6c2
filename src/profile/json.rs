//! JSON with lines: reads a text into a tree whose every node knows where it stands, so that what
//! is wrong with a profile can be said with its line. Strict RFC 8259, of limited depth; members
//! keep their order and doubles, which the reader of the tree refuses.

/// How deep lists and objects may nest; profiles need four.
const MOST_DEPTH: usize = 32;
/// How long a member's name may be, in bytes: it stands in the path of whatever is below it.
const MOST_NAME: usize = 256;

/// One value and the line that it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) node: Node,
}

/// Where and why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoJson {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) fault: &'static str,
}

impl Value {
    /// The kind of value, with its article.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Node, NoJson> {
    let mut parser = Parser {
        text,
        at: 0,
        line: 1,
    };
    if text.starts_with('\u{feff}') {
        return Err(parser.fault("begins with a byte order mark; save it as UTF-8 without one"));
    }
    let node = parser.value(0)?;
    parser.blanks();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.fault("something follows the closing brace")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn fault(&self, fault: &'static str) -> NoJson {
        let before = self.text.get(..self.at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        NoJson {
            line: self.line,
            column,
            fault,
        }
    }

    fn blanks(&mut self) {
        while self
            .peek()
            .is_some_and(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))
        {
            self.next();
        }
    }

    /// The next character that is no blank.
    fn sign(&mut self) -> Option<char> {
        self.blanks();
        self.peek()
    }

    fn value(&mut self, depth: usize) -> Result<Node, NoJson> {
        let first = self.sign();
        let line = self.line;
        let value = match first {
            Some('{' | '[') if depth >= MOST_DEPTH => {
                return Err(self.fault("lists and objects nest too deeply"));
            }
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z' | 'A'..='Z') => self.word()?,
            Some('/' | '#') => return Err(self.fault("JSON has no comments")),
            Some('\'') => return Err(self.fault("strings stand in double quotes")),
            Some(_) => return Err(self.fault("a value is expected here")),
            None => return Err(self.fault("the text ends where a value is expected")),
        };
        Ok(Node { line, value })
    }

    fn object(&mut self, depth: usize) -> Result<Value, NoJson> {
        let mut members = Vec::new();
        self.next();
        if self.sign() == Some('}') {
            self.next();
            return Ok(Value::Object(members));
        }
        loop {
            match self.sign() {
                Some('"') => {}
                Some('}') => return Err(self.fault("a comma stands before the closing brace")),
                _ => return Err(self.fault("a member's name in double quotes is expected here")),
            }
            let line = self.line;
            let name = self.string()?;
            if name.len() > MOST_NAME {
                return Err(self.fault("a member's name has more than 256 bytes"));
            }
            if self.sign() != Some(':') {
                return Err(self.fault("a colon is expected after a member's name"));
            }
            self.next();
            let node = self.value(depth + 1)?;
            members.push(Member { name, line, node });
            match self.sign() {
                Some(',') => self.next(),
                Some('}') => {
                    self.next();
                    return Ok(Value::Object(members));
                }
                _ => return Err(self.fault("a comma or the closing brace is expected here")),
            };
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, NoJson> {
        let mut nodes = Vec::new();
        self.next();
        if self.sign() == Some(']') {
            self.next();
            return Ok(Value::List(nodes));
        }
        loop {
            if self.sign() == Some(']') {
                return Err(self.fault("a comma stands before the closing bracket"));
            }
            nodes.push(self.value(depth + 1)?);
            match self.sign() {
                Some(',') => self.next(),
                Some(']') => {
                    self.next();
                    return Ok(Value::List(nodes));
                }
                _ => return Err(self.fault("a comma or the closing bracket is expected here")),
            };
        }
    }

    fn word(&mut self) -> Result<Value, NoJson> {
        let length = self
            .rest()
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        let value = match self.rest().get(..length) {
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            Some("null") => Value::Null,
            _ => return Err(self.fault("a word without quotes is only true, false or null")),
        };
        self.at += length;
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, NoJson> {
        let start = self.at;
        self.skip_sign("-");
        let leading_zero = self.peek() == Some('0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(self.fault("not a number as JSON writes them"));
        }
        if self.skip_sign(".") && self.digits() == 0 {
            return Err(self.fault("digits are expected after the decimal point"));
        }
        if self.skip_sign("eE") {
            self.skip_sign("+-");
            if self.digits() == 0 {
                return Err(self.fault("digits are expected in the exponent"));
            }
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        Ok(Value::Number(written.to_owned()))
    }

    /// Steps over one of these characters, if it stands here.
    fn skip_sign(&mut self, signs: &str) -> bool {
        let here = self.peek().is_some_and(|c| signs.contains(c));
        if here {
            self.next();
        }
        here
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        count
    }

    fn string(&mut self) -> Result<String, NoJson> {
        let mut text = String::new();
        self.next();
        loop {
            match self.peek() {
                None => return Err(self.fault("the text ends within a string")),
                Some('\n' | '\r') => return Err(self.fault("a string ends on its own line")),
                Some(c) if c < ' ' => {
                    return Err(self.fault("a control character in a string is written as \\u00.."));
                }
                Some('"') => {
                    self.next();
                    return Ok(text);
                }
                Some('\\') => text.push(self.escape()?),
                Some(c) => {
                    self.next();
                    text.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, NoJson> {
        self.next();
        let c = match self.peek() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('u') => {
                self.next();
                return self.code_point();
            }
            _ => return Err(self.fault("no such escape; a backslash itself is written twice")),
        };
        self.next();
        Ok(c)
    }

    /// What follows `\u`: four hex digits, or two surrogates.
    fn code_point(&mut self) -> Result<char, NoJson> {
        let bad = "\\u is followed by four hex digits of a character";
        let high = self.hex4().ok_or_else(|| self.fault(bad))?;
        let point = if (0xd800..0xdc00).contains(&high) {
            let low = self.rest().starts_with("\\u").then(|| {
                self.at += 2;
                self.hex4()
            });
            match low.flatten() {
                Some(low @ 0xdc00..0xe000) => 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                _ => return Err(self.fault("half of a surrogate pair")),
            }
        } else {
            high
        };
        char::from_u32(point).ok_or_else(|| self.fault(bad))
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).unwrap(),
            Value::Text(t) => t.clone().into(),
            Value::List(nodes) => nodes.iter().map(plain).collect(),
            Value::Object(members) => members
                .iter()
                .map(|m| (m.name.clone(), plain(&m.node)))
                .collect(),
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(".{0,8}", inner, 0..6)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    #[test]
    fn nodes_know_their_lines() {
        let node = parse("{\n \"a\": [1,\n  2],\n \"b\":\n  true}\n").unwrap();
        let Value::Object(members) = node.value else {
            panic!("no object")
        };
        assert_eq!((members[0].line, members[0].node.line), (2, 2));
        assert_eq!((members[1].line, members[1].node.line), (4, 5));
        let Value::List(nodes) = &members[0].node.value else {
            panic!("no list")
        };
        assert_eq!((nodes[0].line, nodes[1].line), (2, 3));
    }

    #[test]
    fn what_is_no_json_says_where_and_why() {
        for (text, line, column, fault) in [
            ("", 1, 1, "the text ends"),
            ("{\n  \"a\": 1,\n}", 3, 1, "a comma stands before"),
            ("{\"a\" 1}", 1, 6, "a colon"),
            ("[1 2]", 1, 4, "a comma or"),
            ("{'a': 1}", 1, 2, "double quotes"),
            ("[1,\n // x\n 2]", 2, 2, "no comments"),
            ("[01]", 1, 4, "not a number"),
            ("[1.]", 1, 4, "after the decimal point"),
            ("[tru]", 1, 2, "true, false or null"),
            ("\"a\nb\"", 1, 3, "ends on its own line"),
            ("\"\\x\"", 1, 3, "no such escape"),
            ("\"\\ud800\"", 1, 8, "surrogate"),
            ("{} {}", 1, 4, "follows"),
            ("\u{feff}{}", 1, 1, "byte order mark"),
        ] {
            let said = parse(text).unwrap_err();
            assert!(said.fault.contains(fault), "{text:?}: {said:?}");
            assert_eq!((said.line, said.column), (line, column), "{text:?}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
        let named = |length: usize| format!("{{\"{}\": 1}}", "a".repeat(length));
        assert!(parse(&named(256)).is_ok());
        let said = parse(&named(257)).unwrap_err();
        assert!(said.fault.contains("more than 256 bytes"), "{said:?}");
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_reads_back(json in any_json()) {
            for text in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
                prop_assert_eq!(plain(&parse(&text).unwrap()), json.clone());
            }
        }

        #[test]
        fn agrees_with_serde_json_on_what_is_json(text in r#"[\[\]{}",:0-9eE.+\-a-u\\ \n]{0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // serde_json refuses numbers beyond f64, and takes the last of two equal members
            let overflow = theirs.as_ref().is_err_and(|e| e.to_string().contains("out of range"));
            prop_assert!(overflow || parse(&text).is_ok() == theirs.is_ok(), "{:?}", text);
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _read = parse(&text);
        }
    }
}
