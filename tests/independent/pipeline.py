"""The text that `pipeline_hash` is over, from a pipeline file: its fields read, then written as docs/receipt-format.md says."""

import re

from document import Wrong, plain, read

# Reading.

class Plain(str):
    """A plain scalar, with the spelling it has in the file."""


def value(node):
    return plain(str(node)) if isinstance(node, Plain) else node


def as_text(node):
    if not isinstance(node, str):
        raise Wrong("no scalar")
    return str(node)


def text_or_null(node):
    return None if value(node) is None else as_text(node)


def boolean(node):
    if not isinstance(value(node), bool):
        raise Wrong("no bool")
    return value(node)


def seconds(node):
    number = value(node)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**64:
        raise Wrong("no number of seconds")
    return number


def texts(node):
    if not isinstance(node, list):
        raise Wrong("no list")
    return [as_text(one) for one in node]


def text_map(node):
    if not isinstance(node, dict):
        raise Wrong("no map")
    return {name: as_text(node[name]) for name in sorted(node, key=str.encode)}


def or_null(kind):
    return lambda node: None if value(node) is None else kind(node)


MISSING = object()


def fields(node, *wanted):
    """The fields in this order; `wanted` has name, type and default (MISSING: must be there)."""
    if not isinstance(node, dict) or set(node) - {name for name, _, _ in wanted}:
        raise Wrong("no map, or a field that is unknown")
    out = {name: kind(node[name]) if name in node else default for name, kind, default in wanted}
    if MISSING in out.values():
        raise Wrong("a field is missing")
    return out


def flags(*names):
    return lambda node: fields(node, *((name, boolean, False) for name in names))


def attestation(node):
    return fields(node, ("type", as_text, MISSING), *((name, boolean, False) for name in ("reproducible", "generate_slsa", "verify_chain")))


def step(node):
    return fields(node, ("run", as_text, MISSING), ("inputs", texts, []), ("outputs", texts, []), ("needs", or_null(texts), None), ("env", or_null(text_map), None),
                  *((name, text_or_null, None) for name in ("working_dir", "image", "capsule")), ("cache", boolean, True), ("timeout_secs", seconds, None),
                  ("attestation", or_null(attestation), None))


def steps(node):
    if isinstance(node, list):
        node = {one.pop("name"): one for one in node}
    if not isinstance(node, dict):
        raise Wrong("no map")
    return {name: step(node[name]) for name in sorted(node, key=str.encode)}


PIPELINE_FLAGS = flags("sign_all_steps", "verify_dependencies", "require_reproducible")


def pipeline_text(data):
    """The text that `pipeline_hash` is over, and the fields, from a pipeline file. `Wrong` or `Unreadable` where there is none."""
    pipeline = fields(read(data, Plain, json_too=False), ("schema_version", seconds, None), ("version", as_text, MISSING), ("name", text_or_null, None),
                      ("steps", steps, MISSING), ("env", text_map, {}), ("attestation", PIPELINE_FLAGS, PIPELINE_FLAGS({})))
    if pipeline["schema_version"] is None:
        del pipeline["schema_version"]
    return write(pipeline, 0), pipeline


# Writing.

BREAKS = "\n\r\x85\u2028\u2029"
ESCAPES = {"\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", '"': '"', "\\": "\\", "\x85": "N", "\u2028": "L", "\u2029": "P"}
UNPRINTABLE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def write(node, indent):
    return "".join(" " * indent * (i > 0) + entry for i, entry in enumerate(entries(node, indent)))


def entries(node, indent):
    """The entries of a map or list, the first without its indentation."""
    for item in node if isinstance(node, list) else ():
        yield "- " + scalar(item, indent + 2) + "\n"
    for key, child in node.items() if isinstance(node, dict) else ():
        shown = scalar(key, indent + 2)
        if any(c in BREAKS for c in key) or len(key.encode()) > 128:
            yield f"? {shown}" + "\n" * (not shown.endswith("\n")) + " " * indent + ":" + beside(child, indent, True)
        else:
            yield f"{shown}:" + beside(child, indent, False)


def beside(child, indent, complex_key):
    """What follows the colon."""
    if isinstance(child, (dict, list)) and child:
        if complex_key:
            return " " + write(child, indent + 2)
        deeper = indent + 2 * isinstance(child, dict)
        return "\n" + " " * deeper + write(child, deeper)
    shown = scalar(child, indent + 2)
    return " " + shown + "\n" * (not (is_block(child) and shown[-1] in BREAKS))


def is_block(text):
    return isinstance(text, str) and "\n" in text and not UNPRINTABLE.search(text) and not re.search(f" ([{BREAKS}]|$)", text)


def scalar(node, indent):
    """A scalar; what stands on further lines is `indent` deep. A block ends with its line break."""
    if node == {} and isinstance(node, dict):
        return "{}"
    if node == [] and isinstance(node, list):
        return "[]"
    if not isinstance(node, str):
        return {None: "null", True: "true", False: "false"}[node] if node is None or isinstance(node, bool) else str(node)
    if is_block(node):
        ends = node[-1] in BREAKS
        hint = "2" * (node[0] in " " + BREAKS) + ("-" if not ends else "+" * (node == "\n" or node[-2] in BREAKS))
        return f"|{hint}\n" + indented("\n" + node, indent)[1:] + "\n" * (not ends)
    if "\n" in node or UNPRINTABLE.search(node) or re.search(" [\u2028\u2029]|[\u2028\u2029] ", node):
        return '"' + "".join(escaped(c) for c in node) + '"'
    if re.search("[\u2028\u2029]", node) or needs_quotes(node):
        return indented("'" + node.replace("'", "''") + "'", indent)
    return node


def indented(text, indent):
    return re.sub(f"(?<=[{BREAKS}])(?=[^{BREAKS}])", " " * indent, text)


def escaped(c):
    if c in ESCAPES:
        return "\\" + ESCAPES[c]
    if UNPRINTABLE.match(c):
        return f"\\x{ord(c):02X}" if ord(c) < 256 else f"\\u{ord(c):04X}"
    return c


def needs_quotes(text):
    return (not isinstance(plain(text), str) or bool(re.fullmatch(r"[-+]?0[0-9]+", text))
            or bool(re.match(r"""[#,\[\]{}&*!|>'"%@`]|[-?:]( |$)|---|\.\.\.""", text)) or ": " in text or " #" in text or text.endswith(":") or text != text.strip(" "))
