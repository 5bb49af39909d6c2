//! Globs over a whole value: `*` stays within one part of it, `**` crosses parts, every other
//! character stands for itself. What a part is, [`super::pattern`] says for each kind of name.

/// A compiled glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    tokens: Vec<Token>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// This very unit.
    One(Unit),
    /// Any units, none too, but no separator.
    Star,
    /// Any units, none too.
    DoubleStar,
}

/// A character, and whether a backslash protects it, so that it separates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unit {
    escaped: bool,
    c: char,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// The characters that `*` does not cross.
    pub(super) separators: &'static str,
    /// The characters that not even `**` crosses.
    pub(super) walls: &'static str,
    /// Whether a backslash protects the next character, as in RFC 4514's names.
    pub(super) escapes: bool,
    /// Whether letter case counts.
    pub(super) case: bool,
}

impl Rules {
    /// Values without parts, compared to the letter.
    pub(super) const PLAIN: Self = Self {
        separators: "",
        walls: "",
        escapes: false,
        case: true,
    };
    /// Host names: labels, letter case aside.
    pub(super) const HOST: Self = Self {
        separators: ".",
        walls: "@/?#",
        escapes: false,
        case: false,
    };

    /// The same, letter case aside.
    pub(super) const fn caseless(self) -> Self {
        Self {
            case: false,
            ..self
        }
    }

    fn crossed(self, token: Token, unit: Unit) -> bool {
        let free = |signs: &str| unit.escaped || !signs.contains(unit.c);
        match token {
            Token::One(_) => false,
            Token::Star => free(self.separators) && free(self.walls),
            Token::DoubleStar => free(self.walls),
        }
    }

    fn same(self, a: Unit, b: Unit) -> bool {
        let fold = |c: char| c.to_lowercase().collect::<Vec<_>>();
        a == b || (!self.case && a.escaped == b.escaped && fold(a.c) == fold(b.c))
    }
}

impl Glob {
    pub(super) fn new(text: &str, rules: Rules) -> Self {
        let mut tokens = Vec::new();
        for unit in units(text, rules) {
            let star = unit.c == '*' && !unit.escaped;
            match tokens.last() {
                Some(Token::DoubleStar) if star => {}
                Some(Token::Star) if star => {
                    tokens.pop();
                    tokens.push(Token::DoubleStar);
                }
                _ if star => tokens.push(Token::Star),
                _ => tokens.push(Token::One(unit)),
            }
        }
        Self { tokens }
    }

    /// True if the whole value fits.
    pub(super) fn matches(&self, value: &str, rules: Rules) -> bool {
        let literal = units(value, rules).into_iter().map(Token::One).collect();
        self.meets(&Self { tokens: literal }, rules)
    }

    /// True if some value fits both globs.
    pub(super) fn meets(&self, other: &Self, rules: Rules) -> bool {
        // row[j]: the tokens of `self` so far and the first j of `other` fit a common value
        let width = other.tokens.len();
        let mut row = vec![false; width + 1];
        if let Some(start) = row.first_mut() {
            *start = true;
        }
        spread(&mut row, &other.tokens, None, rules);
        for token in &self.tokens {
            let mut next = match token {
                // a star may take nothing
                Token::Star | Token::DoubleStar => row.clone(),
                Token::One(unit) => advance(&row, &other.tokens, *unit, rules),
            };
            let star = (!matches!(token, Token::One(_))).then_some(*token);
            spread(&mut next, &other.tokens, star, rules);
            row = next;
        }
        row.last().copied().unwrap_or(false)
    }
}

/// Takes one unit of the first glob: it meets the same unit, or a star of the second that crosses it.
fn advance(row: &[bool], tokens: &[Token], unit: Unit, rules: Rules) -> Vec<bool> {
    let mut next = vec![false; row.len()];
    for (j, token) in tokens.iter().enumerate() {
        if !row.get(j).copied().unwrap_or(false) {
            continue;
        }
        match token {
            Token::One(other) if rules.same(unit, *other) => set(&mut next, j + 1),
            Token::One(_) => {}
            star if rules.crossed(*star, unit) => set(&mut next, j),
            _ => {}
        }
    }
    next
}

/// Walks on in the second glob without the first moving: its stars may take nothing, and a star of
/// the first takes what follows.
fn spread(row: &mut [bool], tokens: &[Token], star: Option<Token>, rules: Rules) {
    for (j, token) in tokens.iter().enumerate() {
        let taken = match token {
            Token::One(unit) => star.is_some_and(|star| rules.crossed(star, *unit)),
            Token::Star | Token::DoubleStar => true,
        };
        if taken && row.get(j).copied().unwrap_or(false) {
            set(row, j + 1);
        }
    }
}

fn set(row: &mut [bool], at: usize) {
    if let Some(cell) = row.get_mut(at) {
        *cell = true;
    }
}

fn units(text: &str, rules: Rules) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut escaped = false;
    for c in text.chars() {
        if rules.escapes && !escaped && c == '\\' {
            escaped = true;
            continue;
        }
        units.push(Unit { escaped, c });
        escaped = false;
    }
    if escaped {
        units.push(Unit { escaped, c: '\\' });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fits(glob: &str, value: &str) -> bool {
        Glob::new(glob, Rules::HOST).matches(value, Rules::HOST)
    }

    #[test]
    fn stars_and_parts() {
        for (glob, value, expected) in [
            ("a.b", "A.B", true),
            ("a.b", "a.b.c", false),
            ("*", "localhost", true),
            ("*", "a.b", false),
            ("**", "a.b", true),
            ("*.b", "a.b", true),
            ("*.b", "b", false),
            ("*.b", "a.a.b", false),
            ("**.b", "a.a.b", true),
            ("**.b", "b", false),
            ("web*.b", "web1.b", true),
            ("web*.b", "web.b", true),
            ("*a*a", "banana", true),
            ("***", "a.b", true),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(glob, value), expected, "{glob} {value}");
        }
    }

    #[test]
    fn globs_that_have_a_value_in_common() {
        let meet = |a: &str, b: &str| {
            let both = [Glob::new(a, Rules::HOST), Glob::new(b, Rules::HOST)];
            let [a, b] = &both;
            assert_eq!(a.meets(b, Rules::HOST), b.meets(a, Rules::HOST));
            a.meets(b, Rules::HOST)
        };
        assert!(meet("*.b", "root.b"));
        assert!(meet("*.b", "**"));
        assert!(meet("*.b", "*.b"));
        assert!(meet("a*.b", "*z.b"));
        assert!(!meet("a*.b", "z*.b"));
        assert!(!meet("*.b", "x.y.b"));
        assert!(meet("*.b", "**b"));
    }

    #[test]
    fn a_protected_separator_separates_nothing() {
        let rules = Rules {
            separators: ",+",
            escapes: true,
            ..Rules::PLAIN
        };
        let fits = |glob: &str, value: &str| Glob::new(glob, rules).matches(value, rules);
        assert!(fits("CN=*,O=x", "CN=a,O=x"));
        assert!(fits("CN=*,O=x", "CN=a\\,b,O=x"));
        assert!(!fits("CN=*,O=x", "CN=a,OU=b,O=x"));
        assert!(!fits("**,O=x", "CN=a\\,O=x"));
        assert!(fits("CN=\\*", "CN=\\*"));
    }

    proptest! {
        #[test]
        fn every_value_fits_itself_and_two_stars(value in "[a-z.]{0,20}") {
            prop_assert!(fits(&value, &value));
            prop_assert!(fits("**", &value));
            prop_assert_eq!(fits("*", &value), !value.contains('.'));
        }

        #[test]
        fn a_part_replaced_by_a_star_fits(head in "[a-z.]{0,8}", part in "[a-z]{0,8}", tail in "[a-z.]{0,8}") {
            let value = format!("{head}{part}{tail}");
            let globbed = format!("{head}*{tail}");
            prop_assert!(fits(&globbed, &value));
        }

        #[test]
        fn what_two_globs_match_makes_them_meet(a in "[ab.*]{0,6}", b in "[ab.*]{0,6}", value in "[ab.]{0,6}") {
            let (a, b) = (Glob::new(&a, Rules::HOST), Glob::new(&b, Rules::HOST));
            if a.matches(&value, Rules::HOST) && b.matches(&value, Rules::HOST) {
                prop_assert!(a.meets(&b, Rules::HOST));
            }
        }

        #[test]
        fn no_glob_panics(glob in ".{0,20}", value in ".{0,20}") {
            let rules = Rules { escapes: true, ..Rules::HOST };
            let _fits = Glob::new(&glob, rules).matches(&value, rules);
        }
    }
}
