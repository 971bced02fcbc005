//! A filter over a host's own types.

use std::fmt;

use scim_core::serde::Serialize;
use scim_core::serde::ser::{Error, Impossible, SerializeMap, SerializeStruct, Serializer};
use scim_core::{ConvertError, Resource, Value};

use super::partial::Partial;
use super::{Checked, Prepared};

impl Checked {
    /// Whether what a host's own type serializes to satisfies the filter. Only the attributes that the
    /// filter looks at become values, and none after the answer is found, which of more than eight
    /// attributes is looked for whenever twice as many are there; that allocates what those values take,
    /// and the name of every entry of a map.
    /// Only `pr` of the URI of a resource type, which asks for any value at all, looks at every attribute
    /// up to the first one present.
    ///
    /// ```
    /// use scim_core::{Policy, User, builtin};
    /// use scim_filter::Filter;
    /// let filter: Filter = r#"userName sw "a""#.parse()?;
    /// let filter = filter.check(builtin::user_schema(), &Policy::strict())?;
    /// let user: User = serde_json::from_str(r#"{"userName":"Ada"}"#)?;
    /// assert!(filter.matches_serialize(&user)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ConvertError`] if what was looked at does not convert, as
    /// [`Resource::from_typed`] reports it. Where that converts the whole, the answer is that of
    /// [`matches`](Self::matches).
    pub fn matches_serialize<T: Serialize + ?Sized>(
        &self,
        typed: &T,
    ) -> Result<bool, ConvertError> {
        match typed.serialize(Top(self)) {
            Ok(answer) | Err(Halt::Known(answer)) => Ok(answer),
            // Some rarer shape, or a fault: the whole conversion knows it, and names its place.
            Err(Halt::Other) => Ok(self.matches(&Resource::from_typed(typed)?)),
        }
    }
}

/// Why the serialization did not run to its end.
#[derive(Debug)]
enum Halt {
    /// The answer is known.
    Known(bool),
    /// Not an object in a usual shape.
    Other,
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Halt {}

impl Error for Halt {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

/// Takes the resource as a whole.
struct Top<'c>(&'c Checked);

impl<'c> Top<'c> {
    fn members(self) -> Result<Members<'c>, Halt> {
        let mut found = Partial::new(&self.0.roots, self.0.asks_presence);
        let mut prepared = Prepared::default();
        match found.ask(|found| self.0.program.holds(found, &mut prepared)) {
            Some(answer) => Err(Halt::Known(answer)),
            None => Ok(Members {
                filter: self.0,
                found,
                prepared,
                name: None,
            }),
        }
    }
}

/// Everything but an object.
macro_rules! other {
    ($($method:ident($($argument:ty),*);)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<bool, Halt> {
            Err(Halt::Other)
        }
    )*};
}

impl<'c> Serializer for Top<'c> {
    type Ok = bool;
    type Error = Halt;
    type SerializeSeq = Impossible<bool, Halt>;
    type SerializeTuple = Impossible<bool, Halt>;
    type SerializeTupleStruct = Impossible<bool, Halt>;
    type SerializeTupleVariant = Impossible<bool, Halt>;
    type SerializeMap = Members<'c>;
    type SerializeStruct = Members<'c>;
    type SerializeStructVariant = Impossible<bool, Halt>;

    other! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, Halt> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<bool, Halt> {
        match is_private(name) {
            true => Err(Halt::Other),
            false => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, Halt> {
        Err(Halt::Other)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Halt> {
        Err(Halt::Other)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Halt> {
        Err(Halt::Other)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Halt> {
        Err(Halt::Other)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Halt> {
        Err(Halt::Other)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'c>, Halt> {
        self.members()
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members<'c>, Halt> {
        match is_private(name) {
            true => Err(Halt::Other),
            false => self.members(),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Halt> {
        Err(Halt::Other)
    }
}

/// Whether the name of a type is an agreement between a format and a library, no name.
fn is_private(name: &str) -> bool {
    name.starts_with('$')
}

/// Takes the members one by one.
struct Members<'c> {
    filter: &'c Checked,
    found: Partial<'c, Value>,
    /// Of the values in `found`, which stay where they are until the answer.
    prepared: Prepared,
    name: Option<Value>,
}

impl Members<'_> {
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Halt> {
        let position = self.found.position(name);
        if position.is_none() && !self.found.needs_presence() {
            return Ok(());
        }
        let value = Value::from_typed(value).map_err(|_| Halt::Other)?;
        if self.found.needs_presence() && value.is_present() {
            self.found.note_presence();
        }
        if let Some(position) = position
            && !self.found.keep(position, value)
        {
            return Err(Halt::Other);
        }
        let Self {
            filter, prepared, ..
        } = self;
        match self
            .found
            .ask(|found| filter.program.holds(found, prepared))
        {
            Some(answer) => Err(Halt::Known(answer)),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> bool {
        self.found.complete();
        let answer = self.filter.program.holds(&self.found, &mut self.prepared);
        answer.unwrap_or(false)
    }
}

impl SerializeMap for Members<'_> {
    type Ok = bool;
    type Error = Halt;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Halt> {
        self.name = Some(Value::from_typed(key).map_err(|_| Halt::Other)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Halt> {
        match self.name.take() {
            Some(Value::String(name)) => self.member(&name, value),
            _ => Err(Halt::Other),
        }
    }

    fn end(self) -> Result<bool, Halt> {
        Ok(self.finish())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = bool;
    type Error = Halt;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Halt> {
        self.member(name, value)
    }

    fn end(self) -> Result<bool, Halt> {
        Ok(self.finish())
    }
}
