use zeroize::Zeroizing;

use super::*;

/// RFC 8032, section 7.1: seed, public key, message, signature.
const RFC_8032: [(&str, &str, &str, &str); 4] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
        .collect()
}

fn signing_key(seed: &str) -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new(unhex(seed).try_into().unwrap()))
}

#[test]
fn agrees_with_rfc_8032() {
    for (seed, public, message, signature) in RFC_8032 {
        let (key, message) = (signing_key(seed), unhex(message));
        assert_eq!(key.public_key().hex(), public);
        assert_eq!(key.sign_receipt(&message).hex(), signature);
        let signature = Signature::from_hex(signature).unwrap();
        assert!(key.public_key().verify_strict(&message, &signature));
        assert!(
            !key.public_key()
                .verify_strict(b"another message", &signature)
        );
    }
}

#[test]
fn a_public_key_has_three_forms() {
    let hex = RFC_8032[0].1;
    let key = PublicKey::parse(hex).unwrap();
    assert_eq!(PublicKey::parse(&format!("ed25519:{hex}")), Ok(key));
    assert_eq!(PublicKey::parse(&key.to_string()), Ok(key));
    assert_eq!(PublicKey::parse(&key.to_pem()), Ok(key));
    assert_eq!(PublicKey::parse(&format!("\n{}\n", key.to_pem())), Ok(key));
}

#[test]
fn what_is_no_public_key_is_refused() {
    let hex = RFC_8032[0].1;
    for text in [
        "",
        "ed25519:",
        &hex.to_uppercase(),
        &hex[1..],
        &format!("{hex}0"),
        &format!("ed25519:ed25519:{hex}"),
        &format!("ED25519:{hex}"),
        &format!("é{}", &hex[2..]),
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n",
    ] {
        assert!(PublicKey::parse(text).is_err(), "{text:?}");
    }
}

/// The points of small order, in every encoding of them that decoders are known to take.
#[test]
fn weak_and_oddly_encoded_keys_are_refused() {
    for hex in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        let error = PublicKey::from_hex(hex).unwrap_err();
        assert!(
            matches!(error, KeyError::Weak(_) | KeyError::NotAPoint(_)),
            "{hex}: {error}"
        );
    }
    // y = p + 3 is on the curve and not small: only its encoding is wrong.
    let not_canonical = "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    assert!(PublicKey::from_hex(not_canonical).is_err());
}

#[test]
fn a_signature_plus_the_group_order_is_refused() {
    let (seed, _, _, signature) = RFC_8032[0];
    let mut bytes: [u8; 64] = unhex(signature).try_into().unwrap();
    // L, little-endian.
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0u16;
    for (s, l) in bytes[32..].iter_mut().zip(order) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(
        !signing_key(seed)
            .public_key()
            .verify_strict(b"", &Signature::from_bytes(bytes))
    );
}

#[test]
fn a_private_key_survives_its_pem() {
    let key = signing_key(RFC_8032[1].0);
    let pem = key.to_pkcs8_pem();
    assert!(
        pem.starts_with("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"),
        "PKCS#8 version 1"
    );
    assert_eq!(
        SigningKey::from_pkcs8_pem(&pem).unwrap().public_key(),
        key.public_key()
    );
}

/// RFC 8410, section 10.3: the examples of version 1 and 2.
#[test]
fn both_versions_of_pkcs8_are_read() {
    let v1 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let one = SigningKey::from_pkcs8_pem(v1).unwrap();
    assert_eq!(
        one.public_key().hex(),
        "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
    );
    let mut der = unhex(
        "3051020101300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842",
    );
    der.extend(unhex("812100"));
    der.extend(one.public_key().as_bytes());
    let pem = |der: &[u8]| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(64)
            .map(|l| std::str::from_utf8(l).unwrap())
            .collect();
        format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        )
    };
    assert_eq!(
        SigningKey::from_pkcs8_pem(&pem(&der)).unwrap().public_key(),
        one.public_key()
    );
    *der.last_mut().unwrap() ^= 1;
    assert_eq!(
        SigningKey::from_pkcs8_pem(&pem(&der)).unwrap_err(),
        KeyError::PrivatePem,
        "the public key is another's"
    );
}

#[test]
fn a_private_key_is_never_shown() {
    let (seed, public, ..) = RFC_8032[0];
    let shown = format!("{:?}", signing_key(seed));
    assert!(shown.contains(public) && !shown.contains(&seed[..16]));
    let error = SigningKey::from_pkcs8_pem("secret text").unwrap_err();
    assert!(!error.to_string().contains("secret text"));
}

#[test]
fn a_key_id_is_the_start_of_the_hash_of_the_raw_key() {
    let key =
        PublicKey::from_hex("1b29b347d51e6c1a42f558148ff5ead0677edb75cd697ef09bd3d8d9252aa4c8")
            .unwrap();
    assert_eq!(key.id().to_string(), "5afaa1d95b67eb5bdbcb8eb7a1c13933");
    assert_eq!(
        KeyId::parse("5afaa1d95b67eb5bdbcb8eb7a1c13933"),
        Ok(key.id())
    );
    assert!(KeyId::parse("5AFAA1D95B67EB5BDBCB8EB7A1C13933").is_err());
}

#[cfg(all(unix, feature = "fs"))]
#[test]
fn a_key_file_is_private_and_never_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let key = SigningKey::generate().unwrap();
    key.write_new_file(&path).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        SigningKey::read_file(&path).unwrap().public_key(),
        key.public_key()
    );
    assert!(
        SigningKey::generate()
            .unwrap()
            .write_new_file(&path)
            .is_err()
    );
    assert_eq!(
        SigningKey::read_file(&path).unwrap().public_key(),
        key.public_key()
    );
    std::fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
    assert!(SigningKey::read_file(&path).is_err());
}
