"""Receipts to export: real runs of the command's own server, of several shapes. What judges them is elsewhere."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ATTEST = os.environ["ATTEST_BIN"]
REPOSITORY = Path(__file__).resolve().parents[2]


def attest(*arguments, cwd, code=0, env=None):
    """Runs the command; what it printed to standard output, or with another exit code to standard error."""
    done = subprocess.run(
        [ATTEST, *map(str, arguments)], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == code, f"{arguments}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout if code == 0 else done.stderr


class Material:
    """A project that was run, with its receipts, the key that signed them and another key."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.project = folder / "project"
        self.data = folder / "attest-data"
        self.key = self.data / "signing-key.pem"
        shutil.copytree(REPOSITORY / "examples/hello-c", self.project)
        self._run()
        attest("keys", "generate", "--out", folder / "other.pem", cwd=folder)
        self.other_public = folder / "other.pub"

    def _run(self):
        arguments = [ATTEST, "serve", "--isolation", "none", "--data-dir", self.data, "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            # It listens once it says so; the file with the address is written a moment later.
            said = server.stderr.readline()
            assert said.startswith("listening on "), f"the server did not start: {said}"
            address, key = said.split()[-1], (self.data / "admin-key").read_text().strip()
            env = {**os.environ, "ATTEST_BASE_URL": address, "ATTEST_API_KEY": key}
            run = lambda name: attest("run", "--receipt", self.folder / name, cwd=self.project, env=env)
            keys = json.loads(attest("keys", "list", "--data-dir", self.data, "--json", cwd=self.folder))["keys"]
            attest("keys", "pull", "--url", address, "--id", keys[0]["id"], cwd=self.project, env=env)
            self.public = self.project / ".attest/trust" / f"{keys[0]['id']}.pub"
            run("fresh.yaml")
            run("cached.json")
            attest("run", "--download", "--receipt", self.folder / "again.yaml", cwd=self.project, env=env)
            self._commit()
            run("committed.yaml")
            # A tracked file differs from the commit.
            with open(self.project / "README.md", "a") as file:
                file.write("more\n")
            run("dirty.yaml")
        finally:
            server.terminate()
            server.communicate()

    def _commit(self):
        git = lambda *arguments: subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", *arguments],
            cwd=self.project, check=True, capture_output=True,
        )
        git("init", "-q", "-b", "main")
        git("remote", "add", "origin", "git@example.com:hello/c.git")
        git("add", "README.md", "attest.yaml", "scripts", "src", "tests")
        git("commit", "-q", "-m", "one")

    def export(self, receipt: str, format: str, *more) -> bytes:
        """The text of an export of one of the receipts."""
        arguments = ["--workspace", self.project, "--key", self.key, "--format", format, "--out", "-", *more]
        return attest("export", self.folder / receipt, *arguments, cwd=self.folder).encode()
