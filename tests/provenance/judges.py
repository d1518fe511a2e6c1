"""Other people's readers and verifiers of exports, each as one function that raises where it refuses."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
from sigstore import dsse as sigstore_dsse
from sigstore.hashes import Hashed
from sigstore_models.bundle.v1 import Bundle
from sigstore_models.common.v1 import HashAlgorithm


def securesystemslib(envelope: bytes, public: Path) -> dict:
    """DSSE: the signature by a pinned key, then the payload's type. The verified statement."""
    read = Envelope.from_dict(json.loads(envelope))
    key = SSlibKey.from_crypto(load_pem_public_key(public.read_bytes()), keyid=next(iter(read.signatures)))
    read.verify([key], threshold=1)
    if read.payload_type != "application/vnd.in-toto+json":
        raise ValueError(read.payload_type)
    return json.loads(read.payload)


def in_toto(statement: dict) -> None:
    """The protocol buffers of in-toto's statement and of SLSA provenance v1, no unknown field, and in-toto's own rules."""
    read = json_format.ParseDict(statement, statement_pb2.Statement())
    Statement.copy_from_pb(read).validate()
    predicate = json_format.ParseDict(statement["predicate"], provenance_pb2.Provenance())
    definition, details = predicate.build_definition, predicate.run_details
    for descriptor in [*definition.resolved_dependencies, *details.byproducts]:
        ResourceDescriptor.copy_from_pb(descriptor).validate()
    # What SLSA requires (slsa.dev/spec/v1.1/provenance, "REQUIRED for SLSA Build L1"); protocol buffers require nothing.
    required = [definition.build_type, definition.external_parameters.fields, details.builder.id]
    if read.predicate_type != "https://slsa.dev/provenance/v1" or not all(required):
        raise ValueError("a field that SLSA provenance requires is missing")


def sigstore(bundle: bytes, public: Path, artifact: bytes) -> None:
    """sigstore's models of bundle and statement, its encoding of what is signed, and its match of an artifact. Its
    verifier proper wants a certificate and a log's entry, which a bundle with a public key has not."""
    read = Bundle.from_json(bundle)
    if not read.verification_material.public_key.hint:
        raise ValueError("no hint of the key")
    envelope = sigstore_dsse.Envelope(read.dsse_envelope)
    load_pem_public_key(public.read_bytes()).verify(envelope.signature, envelope.pae())
    if read.dsse_envelope.payload_type != sigstore_dsse.Envelope._TYPE:
        raise ValueError(read.dsse_envelope.payload_type)
    statement = sigstore_dsse.Statement(read.dsse_envelope.payload)
    hashed = Hashed(algorithm=HashAlgorithm.SHA2_256, digest=hashlib.sha256(artifact).digest())
    if not statement._matches_digest(hashed):
        raise ValueError("no subject has this digest")


def cosign(bundle: Path, public: Path, artifact: Path) -> None:
    """cosign, with a home of its own and a proxy that nobody serves: it can ask nobody."""
    nowhere = "http://127.0.0.1:9"
    env = {"HOME": str(bundle.parent / "home"), "PATH": os.environ["PATH"], "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere}
    command = ["verify-blob-attestation", "--key", public, "--type", "slsaprovenance1", "--bundle", bundle]
    done = subprocess.run(
        [os.environ["COSIGN_BIN"], *map(str, command), "--insecure-ignore-tlog", str(artifact)],
        env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    if done.returncode != 0:
        raise ValueError(done.stderr)
    if "Verified OK" not in done.stderr + done.stdout:
        raise AssertionError(f"cosign said neither yes nor no: {done.stdout}{done.stderr}")
