"""Private keys that sign receipts."""

from __future__ import annotations

from typing import NoReturn, Union

from attest_sdk import _given, _native

__all__ = ["SigningKey"]


class SigningKey:
    """An Ed25519 private key. It is shown by :meth:`to_pem` alone.

    >>> key = SigningKey.generate()
    >>> signed = receipt.sign(key)
    >>> Verifier(trusted_keys=[key.public_key]).verify_receipt(signed)
    True
    """

    _handle: _native.SigningKey

    def __init__(self) -> None:
        raise TypeError("use SigningKey.generate() or SigningKey.from_pem(text)")

    @classmethod
    def _of(cls, native: _native.SigningKey) -> SigningKey:
        key = cls.__new__(cls)
        key._handle = native
        return key

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the system's randomness."""
        return cls._of(_native.SigningKey.generate())

    @classmethod
    def from_pem(cls, pem: Union[str, bytes]) -> SigningKey:
        """Reads PKCS#8 PEM.

        :raises KeyFormatError: its message does not hold the text.
        """
        try:
            text = _given.content("pem", pem).decode()
        except UnicodeDecodeError:
            raise ValueError("pem: these bytes are no text: pass PKCS#8 PEM") from None
        return cls._of(_native.SigningKey.from_pem(text))

    def to_pem(self) -> str:
        """PKCS#8 PEM: the secret itself."""
        return self._handle.to_pem()

    @property
    def public_key(self) -> str:
        """Its public half, ``ed25519:<hex>``."""
        return self._handle.public_key()

    @property
    def key_id(self) -> str:
        """The id of its public half, 32 hex digits."""
        return self._handle.key_id()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a SigningKey is a secret and is not pickled or copied: use to_pem() where it has to travel")

    def __repr__(self) -> str:
        return f"<SigningKey {self.key_id}>"
