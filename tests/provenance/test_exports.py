"""Exports of real receipts pass the judges of the field; any change of payload, type or signature, another key and another
artifact do not."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import judges
from material import ATTEST, REPOSITORY, Material, attest

LIBRARY = "lib/libchecksum.a"
SHAPES = [
    ("fresh.yaml", []),
    ("fresh.yaml", ["--subject", LIBRARY, "--builder-id", "https://example.com/builders/1"]),
    ("fresh.yaml", ["--subject", LIBRARY, "--subject", "obj/hex.o", "--subject", "gen/crc32_table.h"]),
    ("cached.json", ["--subject", LIBRARY]),
    ("committed.yaml", ["--subject", LIBRARY]),
    ("dirty.yaml", []),
]


def flipped(text: str) -> str:
    data = bytearray(base64.b64decode(text))
    data[len(data) // 2] ^= 1
    return base64.b64encode(data).decode()


def change_payload(envelope):
    envelope["payload"] = flipped(envelope["payload"])


def change_subject(envelope):
    """A whole statement, about another artifact."""
    payload = base64.b64decode(envelope["payload"])
    head, mark, rest = payload.partition(b'"sha256":"')
    other = b"1" if rest.startswith(b"0") else b"0"
    envelope["payload"] = base64.b64encode(head + mark + other + rest[1:]).decode()


def change_signature(envelope):
    envelope["signatures"][0]["sig"] = flipped(envelope["signatures"][0]["sig"])


def change_type(envelope):
    envelope["payloadType"] = "application/vnd.in-toto+JSON"


CHANGES = [change_payload, change_subject, change_signature, change_type]


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.folder = Path(cls.directory.name)
        cls.material = Material(cls.folder / "material-folder")
        cls.public, cls.other = cls.material.public, cls.material.other_public

    def artifacts(self, statement):
        for subject in statement["subject"]:
            yield self.material.project / subject["name"]

    def changed(self, text: bytes, change, inside=lambda document: document) -> bytes:
        document = json.loads(text)
        change(inside(document))
        changed = json.dumps(document).encode()
        self.assertNotEqual(json.loads(changed), json.loads(text), change.__name__)
        return changed

    def test_every_shape_of_receipt_passes_every_judge(self):
        for receipt, more in SHAPES:
            with self.subTest(receipt=receipt, more=more):
                envelope = self.material.export(receipt, "intoto", *more)
                bundle = self.material.export(receipt, "sigstore", *more)
                statement = judges.securesystemslib(envelope, self.public)
                self.assertEqual(json.loads(bundle)["dsseEnvelope"], json.loads(envelope))
                judges.in_toto(statement)
                (self.folder / "bundle.json").write_bytes(bundle)
                for artifact in self.artifacts(statement):
                    judges.sigstore(bundle, self.public, artifact.read_bytes())
                    judges.cosign(self.folder / "bundle.json", self.public, artifact)

    def test_securesystemslib_refuses_what_was_changed_and_another_key(self):
        envelope = self.material.export("fresh.yaml", "intoto", "--subject", LIBRARY)
        for change in CHANGES:
            with self.assertRaises(Exception, msg=change.__name__):
                judges.securesystemslib(self.changed(envelope, change), self.public)
        with self.assertRaises(Exception):
            judges.securesystemslib(envelope, self.other)

    def test_sigstore_refuses_what_was_changed_another_key_and_another_artifact(self):
        bundle = self.material.export("fresh.yaml", "sigstore", "--subject", LIBRARY)
        artifact = (self.material.project / LIBRARY).read_bytes()
        inside = lambda document: document["dsseEnvelope"]
        for change in CHANGES:
            with self.assertRaises(Exception, msg=change.__name__):
                judges.sigstore(self.changed(bundle, change, inside), self.public, artifact)
        for public, content in [(self.other, artifact), (self.public, artifact + b"\0")]:
            with self.assertRaises(Exception):
                judges.sigstore(bundle, public, content)

    def test_cosign_refuses_what_was_changed_another_key_and_another_artifact(self):
        bundle = self.material.export("fresh.yaml", "sigstore", "--subject", LIBRARY)
        artifact, file = self.material.project / LIBRARY, self.folder / "judged.json"
        inside = lambda document: document["dsseEnvelope"]
        for change in CHANGES:
            file.write_bytes(self.changed(bundle, change, inside))
            with self.assertRaises(ValueError, msg=change.__name__):
                judges.cosign(file, self.public, artifact)
        file.write_bytes(bundle)
        judges.cosign(file, self.public, artifact)
        longer = self.folder / "longer.a"
        longer.write_bytes(artifact.read_bytes() + b"\0")
        for public, other in [(self.other, artifact), (self.public, longer)]:
            with self.assertRaises(ValueError):
                judges.cosign(file, public, other)

    def test_the_readers_of_statements_refuse_what_is_none(self):
        statement = judges.securesystemslib(self.material.export("fresh.yaml", "intoto"), self.public)
        definition, run = statement["predicate"]["buildDefinition"], statement["predicate"]["runDetails"]
        breaks = [
            (statement, "_type", "https://in-toto.io/Statement/v2"),
            (statement, "subject", []),
            (statement, "predicateType", "https://example.com/p"),
            (statement["subject"][0], "digest", {}),
            (definition, "buildType", ""),
            (definition, "externalParameters", {}),
            (definition, "attest_more", 1),
            (run["builder"], "id", ""),
            (run["metadata"], "startedOn", "yesterday"),
            (run["byproducts"][0], "digest", "00"),
        ]
        for place, field, broken in breaks:
            kept = place.get(field)
            place[field] = broken
            with self.assertRaises(Exception, msg=field):
                judges.in_toto(statement)
            place[field] = kept
            if kept is None:
                del place[field]
        judges.in_toto(statement)

    def test_our_own_exports_are_the_same_bytes_every_time(self):
        for format in ("intoto", "sigstore"):
            one, two = (self.material.export("fresh.yaml", format) for _ in range(2))
            self.assertEqual(one, two)

    def test_the_programs_of_the_documentation_run_as_printed(self):
        folder = self.folder / "documentation"
        shutil.copytree(self.material.project, folder)
        shutil.copytree(self.material.data, folder / "attest-data")
        shutil.copy(self.material.folder / "fresh.yaml", folder / "receipt.yaml")
        shutil.copy(self.public, folder / "signer.pub")
        (folder / "bin").mkdir()
        for name, target in {"attest": ATTEST, "cosign": os.environ["COSIGN_BIN"], "python3": sys.executable}.items():
            (folder / "bin" / name).write_text(f'#!/bin/sh\nexec "{target}" "$@"\n')
            (folder / "bin" / name).chmod(0o755)
        env = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
        text = (REPOSITORY / "docs/export.md").read_text()
        blocks = re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.M | re.S)
        self.assertEqual([language for language, _ in blocks], ["sh", "sh", "python"])
        for language, block in blocks:
            command = ["sh", "-eu", "-c", block] if language == "sh" else ["python3", "-c", block]
            done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, f"{block}\n{done.stdout}{done.stderr}")
        self.assertIn("is in the statement", done.stdout)

    def test_the_command_signs_nothing_for_another_key_and_says_why(self):
        arguments = ["export", "fresh.yaml", "--workspace", "project", "--key", "other.pem"]
        said = attest(*arguments, cwd=self.material.folder, code=2)
        self.assertIn("use the key that signed the receipt", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
