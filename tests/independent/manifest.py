"""The manifest of declared paths in a workspace, derived anew as docs/receipt-format.md says."""

import os
import stat
import unicodedata

from blake3 import blake3

HEADER = "attest-manifest/v1"


class Refused(Exception):
    """There is no manifest; the text is the word that the vectors have for the reason."""


def hex_of(data):
    return blake3(data).hexdigest()


# Paths are bytes, as the system has them.

def normal(path, root, base=()):
    """The parts of a path below the workspace, by its text alone; None where it lies elsewhere."""
    path = os.path.normpath(os.path.join(root, *base, path))
    if path == root:
        return ()
    return tuple(path[len(root) + 1:].split(b"/")) if path.startswith(root + b"/") else None


def manifest(workspace, declared, run=None):
    """The manifest text; with `run` that of inputs. Raises `Refused`."""
    root = os.path.realpath(os.fsencode(workspace))
    paths = [os.fsencode(path) for path in declared]
    roots = [normal(path, root) for path in paths]
    if None in roots:
        raise Refused("path_outside_workspace")
    lines = {}
    for path, parts in zip(paths, roots):
        place = os.path.join(root, path)
        try:
            mode = os.lstat(place).st_mode
        except OSError:
            raise Refused("not_found") from None
        entered = place.endswith((b"/", b"/."))
        real = os.path.realpath(place if entered else os.path.dirname(place))
        if os.path.commonpath([root, real]) != root:
            raise Refused("path_outside_workspace")
        walk(place, mode, parts, root, roots, lines)
    text = HEADER + "\n" + ("" if run is None else f"run:{hex_of(run.encode())}\n")
    return text + "".join(lines[path] for path in sorted(lines))


def walk(place, mode, parts, root, roots, lines):
    if stat.S_ISDIR(mode):
        for name in os.listdir(place):
            below = os.path.join(place, name)
            walk(below, os.lstat(below).st_mode, (*parts, name), root, roots, lines)
        return
    path = b"/".join(parts)
    try:
        shown = path.decode()
    except UnicodeDecodeError:
        raise Refused("path_not_utf8") from None
    if any(unicodedata.category(c) == "Cc" for c in shown):
        raise Refused("path_control_character")
    if stat.S_ISLNK(mode):
        target = os.readlink(place)
        try:
            target.decode()
        except UnicodeDecodeError:
            raise Refused("symlink_target_not_utf8") from None
        aim = normal(target, root, parts[:-1])
        if aim is None:
            raise Refused("symlink_escapes")
        if not any(aim[:len(one)] == one for one in roots):
            raise Refused("symlink_undeclared")
        lines[path] = f"l:{hex_of(target)} {shown}\n"
    elif stat.S_ISREG(mode):
        with open(place, "rb") as file:
            lines[path] = f"f:{hex_of(file.read())} {shown}\n"
    else:
        raise Refused("not_a_regular_file")
