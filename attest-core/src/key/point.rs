//! What the encoding of a point of edwards25519 (RFC 8032, section 5.1.2) tells without finding the point: the y coordinate
//! in 255 bits, the lowest byte first, and above them a bit for the sign of x.

/// Whether an encoded point is the only encoding of it (RFC 8032, section 5.1.3): its y coordinate is below
/// p = 2^255 − 19, and where x is 0, so that it has no sign, the bit of the sign is 0.
pub(super) fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [lowest, between @ .., highest] = bytes;
    let all_are = |byte: u8| between.iter().all(|b| *b == byte);
    match (highest, lowest) {
        (0x7f | 0xff, 0xed..) => !all_are(0xff),
        // y is p − 1, so that x is 0, and there is a sign.
        (0xff, 0xec) => !all_are(0xff),
        // The same with y = 1.
        (0x80, 0x01) => !all_are(0),
        _ => true,
    }
}

/// Whether a point, encoded canonically, has an order of 1, 2, 4 or 8.
pub(super) fn is_of_small_order(bytes: &[u8; 32]) -> bool {
    let mut y = *bytes;
    y[31] &= 0x7f;
    SMALL_ORDER.contains(&y)
}

/// The y coordinates of the eight points whose order divides the cofactor 8: those of order 1 and 2, and three of two
/// points each, which the sign tells apart. libsodium refuses them too.
const SMALL_ORDER: [[u8; 32]; 5] = [
    least(1),
    // p − 1
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    least(0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// A coordinate of one byte.
const fn least(byte: u8) -> [u8; 32] {
    let mut y = [0; 32];
    y[0] = byte;
    y
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ed25519_dalek::VerifyingKey;

    use super::*;

    /// There are eight such points, so eight are all.
    #[test]
    fn the_points_of_small_order_are_eight_and_weak_keys() {
        let mut points = BTreeSet::new();
        for y in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut bytes = y;
                bytes[31] |= sign;
                if is_canonical(&bytes) {
                    assert!(VerifyingKey::from_bytes(&bytes).unwrap().is_weak());
                    assert!(is_of_small_order(&bytes));
                    points.insert(bytes);
                }
            }
        }
        assert_eq!(points.len(), 8);
    }
}
