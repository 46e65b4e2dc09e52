//! A tree of YAML as serde reads it, into any type.
//!
//! In: a [`Node`]. Out: a value, or the first thing that is wrong with it and the span of what it is wrong with.

use std::fmt::Display;
use std::ops::Range;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Node, Value};
use crate::source::SPANNED;

/// What is wrong, and where.
#[derive(Debug)]
pub struct Wrong {
    pub problem: Problem,
    /// Of the value or the key; known once the error has left what reads it.
    pub span: Option<Range<usize>>,
}

#[derive(Debug)]
pub enum Problem {
    /// There is no such key; these are known.
    Key(String, &'static [&'static str]),
    /// There is no such word; these are known.
    Word(String, &'static [&'static str]),
    /// It needs to be of this type.
    Type(String),
    /// It is of the right type, and needs to be this.
    Value(String),
    /// In the words of the type itself: what is wrong, a colon, and what to write.
    Said(String),
}

impl From<Problem> for Wrong {
    fn from(problem: Problem) -> Self {
        Self { problem, span: None }
    }
}

impl serde::de::Error for Wrong {
    fn custom<T: Display>(words: T) -> Self {
        Problem::Said(words.to_string()).into()
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Problem::Type(expected.to_string()).into()
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Problem::Value(expected.to_string()).into()
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Problem::Word(word.to_owned(), known).into()
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Problem::Key(key.to_owned(), known).into()
    }
}

impl std::error::Error for Wrong {}

impl Display for Wrong {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.problem)
    }
}

/// A text without quotes that is `true` or `false`.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A number with digits; `inf` and `nan` are words.
fn float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads a scalar as the type that is asked for, whether or not it stands in quotes.
macro_rules! scalars {
    ($($method:ident $visit:ident $needed:literal $read:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.scalar().and_then($read) {
                Some(value) => self.placed(visitor.$visit(value)),
                None => self.needs($needed),
            }
        }
    )*};
}

impl Node {
    fn scalar(&self) -> Option<&str> {
        matches!(self.value, Value::Scalar { .. }).then(|| self.text().trim())
    }

    fn placed<T>(&self, read: Result<T, Wrong>) -> Result<T, Wrong> {
        read.map_err(|wrong| Wrong { span: wrong.span.or_else(|| Some(self.span.clone())), ..wrong })
    }

    fn needs<T>(&self, needed: &str) -> Result<T, Wrong> {
        self.placed(Err(Problem::Type(needed.to_owned()).into()))
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let text = self.text();
        self.placed(match self.value {
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
            Value::Scalar { plain: false, .. } => visitor.visit_str(text),
            Value::Scalar { .. } => match (boolean(text), text.parse(), text.parse(), float(text)) {
                _ if self.is_null() => visitor.visit_unit(),
                (Some(value), ..) => visitor.visit_bool(value),
                (_, Ok(value), ..) => visitor.visit_u64(value),
                (_, _, Ok(value), _) => visitor.visit_i64(value),
                (.., Some(value)) => visitor.visit_f64(value),
                _ => visitor.visit_str(text),
            },
        })
    }

    scalars! {
        deserialize_bool visit_bool "`true` or `false`" boolean;
        deserialize_i8 visit_i8 "a whole number" |text| text.parse().ok();
        deserialize_i16 visit_i16 "a whole number" |text| text.parse().ok();
        deserialize_i32 visit_i32 "a whole number" |text| text.parse().ok();
        deserialize_i64 visit_i64 "a whole number" |text| text.parse().ok();
        deserialize_u8 visit_u8 "a whole number" |text| text.parse().ok();
        deserialize_u16 visit_u16 "a whole number" |text| text.parse().ok();
        deserialize_u32 visit_u32 "a whole number" |text| text.parse().ok();
        deserialize_u64 visit_u64 "a whole number" |text| text.parse().ok();
        deserialize_f32 visit_f64 "a number" float;
        deserialize_f64 visit_f64 "a number" float;
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.scalar() {
            Some(_) if !self.is_null() => self.placed(visitor.visit_str(self.text())),
            _ => self.needs("a text"),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        if name == SPANNED {
            let mark = self.mark();
            visitor.visit_map(MapDeserializer::new(std::iter::once((vec![mark.start, mark.end], self))))
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::List(items) => self.placed(visitor.visit_seq(SeqDeserializer::new(items.iter()))),
            _ => self.needs("a list"),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::Map(entries) = &self.value else { return self.needs("a set of `key: value`") };
        let pairs = entries.iter().map(|Entry { key, value }| (key, value));
        self.placed(visitor.visit_map(MapDeserializer::new(pairs)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.scalar() {
            Some(text) if !self.is_null() => self.placed(visitor.visit_enum(StrDeserializer::new(text))),
            _ => self.needs("a text"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.placed(visitor.visit_str(self.text()))
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

impl<'de> IntoDeserializer<'de, Wrong> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
