//! What `pr` asks of an attribute.

use scim_core::Attribute;

use crate::eval::{Leaf, Member, Node, Test};

/// The test for an object of these sub-attributes, none for a simple value. Where some are hidden, one
/// of the others has to be present: else the parent would tell that the hidden one is (decision F30).
pub(super) fn presence(sub_attributes: &[Attribute]) -> Test {
    if !sub_attributes.iter().any(hides) {
        return Test::Present;
    }
    let shown = sub_attributes.iter().filter(|sub| !sub.is_hidden());
    let present = shown.map(|sub| Node::Leaf {
        leaf: Leaf {
            place: Member::Sub((&sub.name).into()),
            test: presence(&sub.sub_attributes),
        },
        negated: false,
    });
    Test::Element(Box::new(Node::any(present.collect())))
}

/// Whether something in the value is never shown.
fn hides(attribute: &Attribute) -> bool {
    attribute.is_hidden() || attribute.sub_attributes.iter().any(hides)
}
