//! [`Editor`]: changes a resource in place and remembers how to undo it.

use scim_core::{Attribute, Object, Resource, Schema, Value};

/// An addressable place of a resource, from the container down.
///
/// The address stays good while a PATCH runs: removed members and elements are overwritten by
/// `null`, which means absence, and are swept away only when the PATCH has succeeded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot<'s> {
    /// The extension whose object holds the attribute; `None` for the resource itself.
    pub(crate) extension: Option<&'s Schema>,
    /// The attribute; `None` for the extension's object as a whole.
    pub(crate) attribute: Option<&'s Attribute>,
    /// The position of an element of a multi-valued attribute.
    pub(crate) element: Option<usize>,
    /// The sub-attribute of the singular value or of the element.
    pub(crate) sub: Option<&'s Attribute>,
}

/// What tells two slots apart: definitions are told apart by where they are.
pub(crate) type SlotKey = (usize, Option<usize>, usize);

impl<'s> Slot<'s> {
    pub(crate) fn attribute(extension: Option<&'s Schema>, attribute: &'s Attribute) -> Self {
        Self {
            extension,
            attribute: Some(attribute),
            element: None,
            sub: None,
        }
    }

    fn container(extension: &'s Schema) -> Self {
        Self {
            extension: Some(extension),
            attribute: None,
            element: None,
            sub: None,
        }
    }

    pub(crate) fn element(self, position: usize) -> Self {
        Self {
            element: Some(position),
            ..self
        }
    }

    pub(crate) fn sub(self, sub: &'s Attribute) -> Self {
        Self {
            sub: Some(sub),
            ..self
        }
    }

    pub(crate) fn key(&self) -> SlotKey {
        let address = |attribute: Option<&Attribute>| {
            attribute.map_or(0, |attribute| std::ptr::from_ref(attribute) as usize)
        };
        (address(self.attribute), self.element, address(self.sub))
    }
}

/// One write and what it overwrote.
#[derive(Debug)]
pub(crate) struct Entry<'s> {
    pub(crate) slot: Slot<'s>,
    /// What stood there; `None` if the member or element did not exist.
    pub(crate) before: Option<Value>,
    pub(crate) operation: usize,
}

/// Changes a resource and keeps the undo log.
#[derive(Debug)]
pub(crate) struct Editor<'r, 's> {
    resource: &'r mut Resource,
    journal: Vec<Entry<'s>>,
    /// Whether anything was overwritten by `null` or `[]`, to be swept away.
    holes: bool,
    /// The operation that entries are blamed on.
    operation: usize,
}

impl<'r, 's> Editor<'r, 's> {
    /// `writes`: how many are likely.
    pub(crate) fn new(resource: &'r mut Resource, writes: usize) -> Self {
        Self {
            resource,
            journal: Vec::with_capacity(writes),
            holes: false,
            operation: 0,
        }
    }

    /// Blames later entries on this operation.
    pub(crate) fn begin(&mut self, operation: usize) {
        self.operation = operation;
    }

    pub(crate) fn resource(&self) -> &Resource {
        self.resource
    }

    pub(crate) fn journal(&self) -> &[Entry<'s>] {
        &self.journal
    }

    /// Whether anything was written in an extension.
    pub(crate) fn is_in_extension(&self) -> bool {
        self.journal.iter().any(|e| e.slot.extension.is_some())
    }

    /// The value in a slot, `null` counted as absent.
    pub(crate) fn get(&self, slot: Slot<'s>) -> Option<&Value> {
        read(self.resource, slot)
    }

    /// The elements of a multi-valued attribute; a removed one shows as `null`.
    pub(crate) fn elements(&self, slot: Slot<'s>) -> &[Value] {
        self.get(slot).and_then(Value::as_array).unwrap_or_default()
    }

    /// Writes a value; an equal one is left as it is. Tells whether another one stood there.
    pub(crate) fn set(&mut self, slot: Slot<'s>, value: Value) -> bool {
        if let (Some(_), Some(sub)) = (slot.element, slot.sub) {
            return self.set_in_element(Slot { sub: None, ..slot }, sub, value);
        }
        self.holes |= !value.is_assigned();
        let before = match find(self.resource, slot) {
            Some(there) if *there == value => return false,
            Some(there) => Some(std::mem::replace(there, value)),
            None => {
                self.open_parent(slot);
                put(self.resource, slot, value)
            }
        };
        let is_another = before.as_ref().is_some_and(|before| *before != Value::Null);
        self.record(slot, before);
        is_another
    }

    /// Writes a sub-attribute of an element, whose journal entry is the element as a whole.
    fn set_in_element(&mut self, element: Slot<'s>, sub: &'s Attribute, value: Value) -> bool {
        let Some(Value::Object(object)) = find(self.resource, element) else {
            return false;
        };
        let there = object.get_by_key(sub.name.as_key());
        let there = there.unwrap_or(&Value::Null);
        if *there == value {
            return false;
        }
        let is_another = *there != Value::Null;
        let known = self.journal.last().is_some_and(|last| {
            last.operation == self.operation && last.slot.key() == element.key()
        });
        let before = (!known).then(|| Value::Object(object.clone()));
        match value {
            // The journal restores the element whole, so no place has to be kept.
            Value::Null => drop(object.remove(sub.name.as_str())),
            value => drop(object.insert(&sub.name, value)),
        }
        if before.is_some() {
            self.record(element, before);
        }
        is_another
    }

    fn record(&mut self, slot: Slot<'s>, before: Option<Value>) {
        self.journal.push(Entry {
            slot,
            before,
            operation: self.operation,
        });
    }

    /// Unassigns a slot that may be absent already. Tells whether a value stood there.
    pub(crate) fn unset(&mut self, slot: Slot<'s>) -> bool {
        self.get(slot).is_some() && self.set(slot, Value::Null)
    }

    /// Adds an element at the end and says where it stands.
    pub(crate) fn push(&mut self, slot: Slot<'s>, element: Value) -> usize {
        let position = self.elements(slot).len();
        self.set(slot.element(position), element);
        position
    }

    /// Makes the objects and the array that a slot stands in.
    fn open_parent(&mut self, slot: Slot<'s>) {
        if let Some(extension) = slot.extension.filter(|_| slot.attribute.is_some()) {
            let container = Slot::container(extension);
            if self.get(container).and_then(Value::as_object).is_none() {
                self.set(container, Value::Object(Object::new()));
            }
        }
        let whole = Slot {
            element: None,
            sub: None,
            ..slot
        };
        if slot.element.is_some() {
            if self.get(whole).and_then(Value::as_array).is_none() {
                self.set(whole, Value::Array(Vec::new()));
            }
        } else if slot.sub.is_some() && self.get(whole).and_then(Value::as_object).is_none() {
            self.set(whole, Value::Object(Object::new()));
        }
    }

    /// Puts everything back, to the byte.
    pub(crate) fn roll_back(self) {
        for entry in self.journal.into_iter().rev() {
            match entry.before {
                Some(value) => {
                    put(self.resource, entry.slot, value);
                }
                None => take_away(self.resource, entry.slot),
            }
        }
    }

    /// Sweeps what was removed out of every attribute that was touched and hands the resource back.
    pub(crate) fn commit(self) -> &'r mut Resource {
        if !self.holes {
            return self.resource;
        }
        // As many as the schemas have attributes, at most.
        let mut swept: Vec<*const Attribute> = Vec::new();
        for entry in &self.journal {
            let Slot {
                extension,
                attribute: Some(attribute),
                ..
            } = entry.slot
            else {
                continue;
            };
            let address = std::ptr::from_ref(attribute);
            if swept.contains(&address) {
                continue;
            }
            swept.push(address);
            let container = match extension {
                None => Some(&mut **self.resource),
                Some(schema) => self
                    .resource
                    .get_mut_by_key(schema.id.as_key())
                    .and_then(Value::as_object_mut),
            };
            if let Some(container) = container {
                sweep(container, attribute.name.as_str());
            }
        }
        for entry in &self.journal {
            if let Some(schema) = entry.slot.extension {
                let uri = schema.id.as_str();
                let empty = match self.resource.get(uri) {
                    Some(Value::Object(object)) => object.is_empty(),
                    Some(Value::Null) => true,
                    _ => false,
                };
                if empty {
                    self.resource.remove(uri);
                }
            }
        }
        self.resource
    }
}

/// Drops nulls inside the attribute, and the attribute if nothing is left.
fn sweep(container: &mut Object, name: &str) {
    let empty = match container.get_mut(name) {
        None => return,
        Some(Value::Null) => true,
        Some(Value::Array(elements)) => {
            elements.retain(Value::is_assigned);
            elements.is_empty()
        }
        Some(Value::Object(object)) => {
            object.retain(|_, value| value.is_assigned());
            object.is_empty()
        }
        Some(_) => false,
    };
    if empty {
        container.remove(name);
    }
}

fn read<'v>(resource: &'v Resource, slot: Slot<'_>) -> Option<&'v Value> {
    let mut container: &Object = resource;
    if let Some(schema) = slot.extension {
        let value = container.get_by_key(schema.id.as_key())?;
        match slot.attribute {
            None => return Some(value).filter(|value| **value != Value::Null),
            Some(_) => container = value.as_object()?,
        }
    }
    let mut value = container.get_by_key(slot.attribute?.name.as_key())?;
    if let Some(position) = slot.element {
        value = value.as_array()?.get(position)?;
    }
    if let Some(sub) = slot.sub {
        value = value.as_object()?.get_by_key(sub.name.as_key())?;
    }
    Some(value).filter(|value| **value != Value::Null)
}

/// What stands in a slot, `null` included.
fn find<'v>(resource: &'v mut Resource, slot: Slot<'_>) -> Option<&'v mut Value> {
    let mut container: &mut Object = resource;
    if let Some(schema) = slot.extension {
        let value = container.get_mut_by_key(schema.id.as_key())?;
        match slot.attribute {
            None => return Some(value),
            Some(_) => container = value.as_object_mut()?,
        }
    }
    let mut value = container.get_mut_by_key(slot.attribute?.name.as_key())?;
    if let Some(position) = slot.element {
        value = value.as_array_mut()?.get_mut(position)?;
    }
    match slot.sub {
        None => Some(value),
        Some(sub) => value.as_object_mut()?.get_mut_by_key(sub.name.as_key()),
    }
}

/// Overwrites a slot whose parents exist; `None` if there was no such member or element.
fn put(resource: &mut Resource, slot: Slot<'_>, value: Value) -> Option<Value> {
    let mut container: &mut Object = resource;
    if let Some(schema) = slot.extension {
        match slot.attribute {
            None => return container.insert(&schema.id, value),
            Some(_) => {
                container = container
                    .get_mut_by_key(schema.id.as_key())?
                    .as_object_mut()?
            }
        }
    }
    let name = &slot.attribute?.name;
    match (slot.element, slot.sub) {
        (None, None) => container.insert(name, value),
        (None, Some(sub)) => {
            let object = container.get_mut_by_key(name.as_key())?.as_object_mut()?;
            object.insert(&sub.name, value)
        }
        (Some(position), sub) => {
            let elements = container.get_mut_by_key(name.as_key())?.as_array_mut()?;
            match (elements.get_mut(position), sub) {
                (Some(element), None) => Some(std::mem::replace(element, value)),
                (Some(element), Some(sub)) => element.as_object_mut()?.insert(&sub.name, value),
                (None, _) => {
                    elements.push(value);
                    None
                }
            }
        }
    }
}

/// Takes a member or element away; an element must be the last one.
fn take_away(resource: &mut Resource, slot: Slot<'_>) {
    let mut container: &mut Object = resource;
    if let Some(schema) = slot.extension {
        if slot.attribute.is_none() {
            container.remove(schema.id.as_str());
            return;
        }
        match container
            .get_mut_by_key(schema.id.as_key())
            .and_then(Value::as_object_mut)
        {
            Some(object) => container = object,
            None => return,
        }
    }
    let Some(attribute) = slot.attribute else {
        return;
    };
    let name = attribute.name.as_str();
    match (slot.element, slot.sub) {
        (None, None) => {
            container.remove(name);
        }
        (element, sub) => {
            let Some(value) = container.get_mut(name) else {
                return;
            };
            let target = match element {
                None => Some(value),
                Some(position) => match (value.as_array_mut(), sub) {
                    (Some(elements), None) => {
                        elements.truncate(position);
                        return;
                    }
                    (Some(elements), Some(_)) => elements.get_mut(position),
                    (None, _) => None,
                },
            };
            if let (Some(Value::Object(object)), Some(sub)) = (target, sub) {
                object.remove(sub.name.as_str());
            }
        }
    }
}
