//! Values of front matter that are more than serde's own: lists and maps that may be left empty, and what is written either as
//! one word or as a list. Each with the JSON Schema that `guidepost schema` shows.

use std::collections::BTreeMap;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

/// Reads a scalar in one way and a list in another, keeping places (which `serde(untagged)` loses).
macro_rules! scalar_or_list {
    ($type:ty, $expecting:literal, $scalar:expr, $list:expr, $schema:tt) => {
        const _: () = {
            use std::fmt;

            use schemars::{JsonSchema, Schema, SchemaGenerator};
            use serde::de::value::SeqAccessDeserializer;
            use serde::de::{Deserialize, Deserializer, SeqAccess, Unexpected, Visitor};

            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Either;

                    impl<'de> Visitor<'de> for Either {
                        type Value = $type;

                        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                            formatter.write_str($expecting)
                        }

                        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                            let read: fn(&str) -> Option<$type> = $scalar;
                            read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
                        }

                        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<$type, E> {
                            self.visit_str(&number.to_string())
                        }

                        fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<$type, E> {
                            self.visit_str(&number.to_string())
                        }

                        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<$type, A::Error> {
                            Deserialize::deserialize(SeqAccessDeserializer::new(list)).map($list)
                        }
                    }

                    deserializer.deserialize_any(Either)
                }
            }

            impl JsonSchema for $type {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($type).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    schemars::json_schema!($schema)
                }

                fn inline_schema() -> bool {
                    true
                }
            }
        };
    };
}
pub(super) use scalar_or_list;

/// A list; a key with nothing after it is an empty one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Vec<T>>::deserialize(deserializer).map(|list| Self(list.unwrap_or_default()))
    }
}

/// Values by key; a key with nothing after it is an empty one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map<T>(pub BTreeMap<String, T>);

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Deref for Map<T> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &BTreeMap<String, T> {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<BTreeMap<String, T>>::deserialize(deserializer).map(|map| Self(map.unwrap_or_default()))
    }
}

/// One sentence, or several.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Texts(pub Vec<String>);

scalar_or_list!(
    Texts,
    "a text, or a list of texts",
    |text| Some(Texts(vec![text.to_owned()])),
    Texts,
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
);

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<T>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        BTreeMap::<String, T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        BTreeMap::<String, T>::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}
