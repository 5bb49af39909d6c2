//! What was read, and how contents octets become it.

use std::borrow::Cow;

use crate::primitives::oid::Oid;

use super::{Item, universal};

/// A primitive value, or one that is kept as it was encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::text) struct Primitive<'a> {
    /// Universal tag number.
    pub(in crate::text) tag: u32,
    /// Contents; the magnitude of a number; the whole element of a SEQUENCE, SET or foreign type
    /// read as [`Item::Any`].
    pub(in crate::text) bytes: Cow<'a, [u8]>,
    /// A number below zero.
    pub(in crate::text) negative: bool,
    /// Unused bits of a BIT STRING.
    pub(in crate::text) unused: u8,
}

/// What was read.
#[derive(Clone, Default)]
pub(in crate::text) enum Value<'a> {
    /// An optional field that isn't there.
    #[default]
    Absent,
    Primitive(Primitive<'a>),
    /// The fields of a SEQUENCE, one for each in the description.
    Fields(Vec<Self>),
    /// Which alternative, and its value.
    Choice(usize, Box<Self>),
    List(Vec<Self>),
    /// The contents of a list, and what its elements are.
    Stream(&'a [u8], &'static Item),
}

static ABSENT: Value<'static> = Value::Absent;

impl<'a> Value<'a> {
    /// A field of a SEQUENCE; absent if this is none.
    pub(in crate::text) fn field(&self, index: usize) -> &Self {
        match self {
            Self::Fields(fields) => fields.get(index).unwrap_or(&ABSENT),
            _ => &ABSENT,
        }
    }

    pub(in crate::text) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value if it is there.
    pub(in crate::text) fn present(&self) -> Option<&Self> {
        (!self.is_absent()).then_some(self)
    }

    pub(in crate::text) fn primitive(&self) -> Option<&Primitive<'a>> {
        match self {
            Self::Primitive(primitive) => Some(primitive),
            _ => None,
        }
    }

    /// The contents of a primitive; empty if this is none.
    pub(in crate::text) fn bytes(&self) -> &[u8] {
        self.primitive().map_or(&[], |p| &p.bytes)
    }

    /// The elements of a list; none if this is no list.
    pub(in crate::text) fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// The elements of a stream, read one at a time.
    pub(in crate::text) fn stream(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (mut rest, item) = match self {
            Self::Stream(contents, item) => (*contents, *item),
            _ => (&[][..], &Item::Any),
        };
        std::iter::from_fn(move || {
            let (value, end) = super::read(rest, item).ok()?;
            rest = rest.get(end..)?;
            Some(value)
        })
    }

    /// A BOOLEAN that is true.
    pub(in crate::text) fn is_true(&self) -> bool {
        self.bytes().first().is_some_and(|b| *b != 0)
    }

    /// An object identifier.
    pub(in crate::text) fn oid(&self) -> Option<Oid> {
        Oid::from_contents(self.bytes())
    }

    /// Which alternative of a CHOICE, and its value.
    pub(in crate::text) fn choice(&self) -> Option<(usize, &Self)> {
        match self {
            Self::Choice(which, value) => Some((*which, value)),
            _ => None,
        }
    }
}

pub(super) fn element(tag: u32, bytes: Cow<'_, [u8]>) -> Value<'_> {
    Value::Primitive(Primitive {
        tag,
        bytes,
        negative: false,
        unused: 0,
    })
}

/// Contents octets, checked and brought into the form of [`Primitive`].
pub(super) fn contents<'a>(
    tag: u32,
    item: &Item,
    bytes: Cow<'a, [u8]>,
) -> Result<Value<'a>, &'static str> {
    match tag {
        universal::INTEGER if matches!(item, Item::Unsigned) => {}
        universal::INTEGER if matches!(item, Item::Small) => {
            if bytes.is_empty() {
                return Ok(element(tag, bytes));
            }
            let value = integer(tag, bytes)?;
            return if value.bytes().len() <= 4 {
                Ok(value)
            } else {
                Err("number is too large")
            };
        }
        universal::INTEGER | universal::ENUMERATED => return integer(tag, bytes),
        universal::BOOLEAN if bytes.len() != 1 => return Err("BOOLEAN is not one byte"),
        universal::NULL if !bytes.is_empty() => return Err("NULL is not empty"),
        universal::OBJECT if Oid::from_contents(&bytes).is_none() => {
            return Err("malformed object identifier");
        }
        universal::BIT_STRING => return bit_string(bytes),
        universal::BMP if !bytes.len().is_multiple_of(2) => return Err("BMPString of odd length"),
        universal::UNIVERSAL if !bytes.len().is_multiple_of(4) => {
            return Err("UniversalString of odd length");
        }
        _ => {}
    }
    Ok(element(tag, bytes))
}

/// Two's complement to sign and magnitude; padding is refused (X.690, 8.3.2).
fn integer(tag: u32, bytes: Cow<'_, [u8]>) -> Result<Value<'_>, &'static str> {
    let negative = match &*bytes {
        [] => return Err("number without digits"),
        [0x00, second, ..] if second & 0x80 == 0 => return Err("number is padded"),
        [0xff, second, ..] if second & 0x80 != 0 => return Err("number is padded"),
        [first, ..] => first & 0x80 != 0,
    };
    let bytes = if negative {
        let mut magnitude = bytes.into_owned();
        let mut carry = true;
        for byte in magnitude.iter_mut().rev() {
            let (sum, overflow) = (!*byte).overflowing_add(u8::from(carry));
            *byte = sum;
            carry = overflow;
        }
        if magnitude.len() > 1 && magnitude.first() == Some(&0) {
            magnitude.remove(0);
        }
        Cow::Owned(magnitude)
    } else {
        match bytes {
            Cow::Borrowed([0, rest @ ..]) if !rest.is_empty() => Cow::Borrowed(rest),
            other => other,
        }
    };
    Ok(Value::Primitive(Primitive {
        tag,
        bytes,
        negative,
        unused: 0,
    }))
}

fn bit_string(bytes: Cow<'_, [u8]>) -> Result<Value<'_>, &'static str> {
    let Some((&unused, rest)) = bytes.split_first() else {
        return Err("BIT STRING without its first byte");
    };
    if unused > 7 {
        return Err("BIT STRING with more than seven unused bits");
    }
    let mask = 0xffu8 << unused;
    let clean = rest.last().is_none_or(|last| last & !mask == 0);
    let bytes = match bytes {
        Cow::Borrowed([_, rest @ ..]) if clean => Cow::Borrowed(rest),
        other => {
            let mut rest = other.into_owned();
            rest.remove(0);
            if let Some(last) = rest.last_mut() {
                *last &= mask;
            }
            Cow::Owned(rest)
        }
    };
    Ok(Value::Primitive(Primitive {
        tag: universal::BIT_STRING,
        bytes,
        negative: false,
        unused,
    }))
}
