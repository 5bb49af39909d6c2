//! Reading BER against a description of what is expected, as tolerantly as OpenSSL's template
//! decoder does, and as strictly: what it rejects is rejected here, at the same element.
//!
//! The descriptions are in [`items`](super::items). Depth is limited by [`MAX_NESTING`].

mod value;

use std::borrow::Cow;

use crate::primitives::ber::{self, BerError, Header, fault};
use crate::primitives::oid::Oid;

pub(super) use value::{Primitive, Value};
use value::{contents, element};

/// OpenSSL's ASN1_MAX_CONSTRUCTED_NEST.
const MAX_NESTING: usize = 30;
/// OpenSSL's X509_NAME_MAX: a longer name is cut, and so rejected.
const MAX_NAME: usize = 1024 * 1024;

/// Universal tag numbers.
pub(super) mod universal {
    #![allow(missing_docs, reason = "the names are ASN.1's own")]
    pub(crate) const BOOLEAN: u32 = 1;
    pub(crate) const INTEGER: u32 = 2;
    pub(crate) const BIT_STRING: u32 = 3;
    pub(crate) const OCTET_STRING: u32 = 4;
    pub(crate) const NULL: u32 = 5;
    pub(crate) const OBJECT: u32 = 6;
    pub(crate) const ENUMERATED: u32 = 10;
    pub(crate) const UTF8: u32 = 12;
    pub(crate) const SEQUENCE: u32 = 16;
    pub(crate) const SET: u32 = 17;
    pub(crate) const NUMERIC: u32 = 18;
    pub(crate) const PRINTABLE: u32 = 19;
    pub(crate) const T61: u32 = 20;
    pub(crate) const IA5: u32 = 22;
    pub(crate) const UTC_TIME: u32 = 23;
    pub(crate) const GENERALIZED_TIME: u32 = 24;
    pub(crate) const VISIBLE: u32 = 26;
    pub(crate) const GENERAL: u32 = 27;
    pub(crate) const UNIVERSAL: u32 = 28;
    pub(crate) const BMP: u32 = 30;
    /// Not a universal type: an element kept whole.
    pub(crate) const OTHER: u32 = u32::MAX;
}

/// What an element is expected to be.
pub(super) enum Item {
    /// One universal type.
    Primitive(u32),
    /// A number of any encoding, read as unsigned (keys).
    Unsigned,
    /// A number of 32 bits.
    Small,
    /// One of several universal types: a bit for each tag number.
    OneOf(u32),
    /// Anything.
    Any,
    /// A SEQUENCE of these fields.
    Sequence(&'static [Field]),
    /// The first of these that fits.
    Choice(&'static [Field]),
    /// What the field says, without a SEQUENCE around it.
    Of(&'static Field),
    /// A distinguished name, whose strings are checked too.
    Name,
}

/// How a field is tagged.
#[derive(Clone, Copy)]
pub(super) enum Tagging {
    None,
    Implicit(u32),
    Explicit(u32),
}

/// How many of the item make the field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    SequenceOf,
    SetOf,
    /// A SEQUENCE OF whose elements are checked, and read again when they are written: a list
    /// of any length needs no memory.
    Stream,
}

/// Which item the field is.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Item(&'static Item),
    /// By the object identifier in the first field of the same SEQUENCE.
    By(fn(&Oid) -> &'static Item),
}

/// A field of a SEQUENCE or an alternative of a CHOICE.
#[derive(Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    tagging: Tagging,
    shape: Shape,
    optional: bool,
    which: Which,
}

impl Field {
    pub(super) const fn new(name: &'static str, item: &'static Item) -> Self {
        Self {
            name,
            tagging: Tagging::None,
            shape: Shape::One,
            optional: false,
            which: Which::Item(item),
        }
    }

    pub(super) const fn by(name: &'static str, which: fn(&Oid) -> &'static Item) -> Self {
        Self {
            name,
            tagging: Tagging::None,
            shape: Shape::One,
            optional: false,
            which: Which::By(which),
        }
    }

    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(super) const fn implicit(mut self, tag: u32) -> Self {
        self.tagging = Tagging::Implicit(tag);
        self
    }

    pub(super) const fn explicit(mut self, tag: u32) -> Self {
        self.tagging = Tagging::Explicit(tag);
        self
    }

    pub(super) const fn sequence_of(mut self) -> Self {
        self.shape = Shape::SequenceOf;
        self
    }

    pub(super) const fn stream_of(mut self) -> Self {
        self.shape = Shape::Stream;
        self
    }

    pub(super) const fn set_of(mut self) -> Self {
        self.shape = Shape::SetOf;
        self
    }
}

/// Reads one element at the start of `input`; also says where it ends. What follows is not looked
/// at.
pub(super) fn read<'a>(input: &'a [u8], item: &Item) -> Result<(Value<'a>, usize), BerError> {
    let reader = Reader { input };
    match reader.item(0, input.len(), item, None, false, 0)? {
        Some(read) => Ok(read),
        None => fault(0, "nothing to read"),
    }
}

struct Reader<'a> {
    input: &'a [u8],
}

/// A value and where it ended; nothing where an optional element isn't there.
type Read<'a> = Result<Option<(Value<'a>, usize)>, BerError>;

const CONTEXT: u8 = 0x80;

impl<'a> Reader<'a> {
    fn item(
        &self,
        at: usize,
        end: usize,
        item: &Item,
        implicit: Option<u32>,
        optional: bool,
        depth: usize,
    ) -> Read<'a> {
        if at >= end {
            return fault(at, "data ends too early");
        }
        let depth = depth + 1;
        if depth > MAX_NESTING {
            return fault(at, "nested too deeply");
        }
        let expected = |universal| match implicit {
            Some(tag) => (CONTEXT, tag),
            None => (0, universal),
        };
        match item {
            Item::Primitive(tag) => self.primitive(at, end, *tag, item, expected(*tag), optional),
            Item::Unsigned | Item::Small => {
                let tag = universal::INTEGER;
                self.primitive(at, end, tag, item, expected(tag), optional)
            }
            Item::OneOf(tags) => {
                let header = ber::header(self.input, at, end)?;
                let fits = header.class == 0 && header.tag < 31 && tags >> header.tag & 1 == 1;
                if !fits {
                    return if optional {
                        Ok(None)
                    } else {
                        fault(at, "not one of the types allowed here")
                    };
                }
                self.primitive(at, end, header.tag, item, (0, header.tag), false)
            }
            Item::Any => {
                let header = ber::header(self.input, at, end)?;
                let tag = if header.class == 0 {
                    header.tag
                } else {
                    universal::OTHER
                };
                self.primitive(at, end, tag, item, (header.class, header.tag), false)
            }
            Item::Sequence(fields) => {
                let expected = expected(universal::SEQUENCE);
                self.sequence(at, end, fields, expected, optional, depth)
            }
            Item::Choice(fields) => {
                for (which, field) in fields.iter().enumerate() {
                    if let Some((value, next)) = self.field(at, end, field, None, true, depth)? {
                        return Ok(Some((Value::Choice(which, Box::new(value)), next)));
                    }
                }
                if optional {
                    Ok(None)
                } else {
                    fault(at, "none of the alternatives allowed here")
                }
            }
            Item::Of(field) => self.field(at, end, field, None, optional, depth),
            Item::Name => self.name(at, end.min(at.saturating_add(MAX_NAME)), implicit, optional),
        }
    }

    /// The header at `at`, if it has the expected class and tag.
    fn expect(
        &self,
        at: usize,
        end: usize,
        expected: (u8, u32),
        optional: bool,
    ) -> Result<Option<Header>, BerError> {
        if at >= end {
            return fault(at, "data ends too early");
        }
        let header = ber::header(self.input, at, end)?;
        if (header.class, header.tag) == expected {
            Ok(Some(header))
        } else if optional {
            Ok(None)
        } else {
            fault(at, "wrong tag")
        }
    }

    fn sequence(
        &self,
        at: usize,
        end: usize,
        fields: &'static [Field],
        expected: (u8, u32),
        optional: bool,
        depth: usize,
    ) -> Read<'a> {
        let Some(header) = self.expect(at, end, expected, optional)? else {
            return Ok(None);
        };
        if !header.constructed {
            return fault(at, "SEQUENCE is not constructed");
        }
        let mut next = header.content;
        let mut open = header.indefinite;
        let mut values: Vec<Value<'a>> = Vec::with_capacity(fields.len());
        for (index, field) in fields.iter().enumerate() {
            if next >= header.end {
                break;
            }
            if ber::at_end_of_contents(self.input, next, header.end) {
                if !open {
                    return fault(next, "unexpected end-of-contents mark");
                }
                next += 2;
                open = false;
                break;
            }
            let last = index + 1 == fields.len();
            let may_miss = field.optional && !last;
            let selector = values.first().and_then(Value::oid);
            match self.field(next, header.end, field, selector.as_ref(), may_miss, depth)? {
                Some((value, after)) => {
                    values.push(value);
                    next = after;
                }
                None => values.push(Value::Absent),
            }
        }
        if open {
            if !ber::at_end_of_contents(self.input, next, header.end) {
                return fault(next, "end-of-contents mark is missing");
            }
            next += 2;
        }
        if !header.indefinite && next != header.end {
            return fault(next, "more in the SEQUENCE than belongs there");
        }
        for field in fields.iter().skip(values.len()) {
            if !field.optional {
                return fault(next, field.name);
            }
        }
        Ok(Some((Value::Fields(values), next)))
    }

    fn field(
        &self,
        at: usize,
        end: usize,
        field: &Field,
        selector: Option<&Oid>,
        optional: bool,
        depth: usize,
    ) -> Read<'a> {
        let Tagging::Explicit(tag) = field.tagging else {
            return self.untagged(at, end, field, selector, optional, depth);
        };
        let Some(header) = self.expect(at, end, (CONTEXT, tag), optional)? else {
            return Ok(None);
        };
        if !header.constructed {
            return fault(at, "explicit tag is not constructed");
        }
        let inner = self.untagged(header.content, header.end, field, selector, false, depth)?;
        let Some((value, next)) = inner else {
            return fault(at, "nothing under an explicit tag");
        };
        if header.indefinite {
            if !ber::at_end_of_contents(self.input, next, header.end) {
                return fault(next, "end-of-contents mark is missing");
            }
            return Ok(Some((value, next + 2)));
        }
        if next != header.end {
            return fault(next, "more under an explicit tag than belongs there");
        }
        Ok(Some((value, next)))
    }

    fn untagged(
        &self,
        at: usize,
        end: usize,
        field: &Field,
        selector: Option<&Oid>,
        optional: bool,
        depth: usize,
    ) -> Read<'a> {
        let item = match (field.which, selector) {
            (Which::Item(item), _) => item,
            (Which::By(choose), Some(oid)) => choose(oid),
            (Which::By(_), None) => return fault(at, "type is not known"),
        };
        let implicit = match field.tagging {
            Tagging::Implicit(tag) => Some(tag),
            _ => None,
        };
        if field.shape == Shape::One {
            return self.item(at, end, item, implicit, optional, depth);
        }
        let universal = if field.shape == Shape::SetOf {
            universal::SET
        } else {
            universal::SEQUENCE
        };
        let expected = implicit.map_or((0, universal), |tag| (CONTEXT, tag));
        let Some(header) = self.expect(at, end, expected, optional)? else {
            return Ok(None);
        };
        let mut next = header.content;
        let mut open = header.indefinite;
        let mut values = Vec::new();
        let mut contents_end = header.end;
        while next < header.end {
            if ber::at_end_of_contents(self.input, next, header.end) {
                if !open {
                    return fault(next, "unexpected end-of-contents mark");
                }
                contents_end = next;
                next += 2;
                open = false;
                break;
            }
            match self.item(next, header.end, item, None, false, depth)? {
                Some((value, after)) => {
                    if field.shape != Shape::Stream {
                        values.push(value);
                    }
                    next = after;
                }
                None => return fault(next, "wrong element in a list"),
            }
        }
        if open {
            return fault(next, "end-of-contents mark is missing");
        }
        if field.shape == Shape::Stream {
            let contents = self.input.get(header.content..contents_end);
            let stream = Value::Stream(contents.unwrap_or_default(), item);
            return Ok(Some((stream, next)));
        }
        Ok(Some((Value::List(values), next)))
    }

    fn name(&self, at: usize, end: usize, implicit: Option<u32>, optional: bool) -> Read<'a> {
        // The decoder of names starts counting depth anew, as it is called from outside.
        let field = match implicit {
            Some(tag) => super::items::NAME_FIELD.implicit(tag),
            None => super::items::NAME_FIELD,
        };
        let Some((value, next)) = self.field(at, end, &field, None, optional, 0)? else {
            return Ok(None);
        };
        let entries = value.list().iter().flat_map(Value::list);
        for entry in entries {
            if let Some(string) = entry.field(1).primitive()
                && !super::string::is_sound(string)
            {
                return fault(
                    at,
                    "name with characters that its string type does not have",
                );
            }
        }
        Ok(Some((value, next)))
    }

    fn primitive(
        &self,
        at: usize,
        end: usize,
        tag: u32,
        item: &Item,
        expected: (u8, u32),
        optional: bool,
    ) -> Read<'a> {
        let Some(header) = self.expect(at, end, expected, optional)? else {
            return Ok(None);
        };
        let kept_whole = matches!(tag, universal::SEQUENCE | universal::SET | universal::OTHER);
        if kept_whole {
            if tag != universal::OTHER && !header.constructed {
                return fault(at, "SEQUENCE or SET is not constructed");
            }
            let next = ber::end_of(self.input, &header)?;
            let whole = self.input.get(at..next).unwrap_or_default();
            return Ok(Some((element(tag, Cow::Borrowed(whole)), next)));
        }
        let (bytes, next) = if header.constructed {
            if matches!(
                tag,
                universal::NULL
                    | universal::BOOLEAN
                    | universal::OBJECT
                    | universal::INTEGER
                    | universal::ENUMERATED
            ) {
                return fault(at, "type is never constructed");
            }
            let (bytes, next) = ber::joined(self.input, &header)?;
            (Cow::Owned(bytes), next)
        } else {
            let bytes = self.input.get(header.content..header.end);
            (Cow::Borrowed(bytes.unwrap_or_default()), header.end)
        };
        match contents(tag, item, bytes) {
            Ok(value) => Ok(Some((value, next))),
            Err(what) => fault(at, what),
        }
    }
}
