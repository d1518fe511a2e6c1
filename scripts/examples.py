"""Every public type of a crate (struct, enum, union, trait) has an example in its documentation that is at least compiled.

Reads what `rustdoc --output-format json` writes, the names of such files being the arguments. What a crate passes on from
another has its example there.
"""

import json
import sys

KINDS = {"struct", "enum", "union", "trait"}
# What may stand after ``` for an example that is run, or compiled where running it takes a server.
COMPILED = {"rust", "should_panic", "no_run"}


def examples(docs):
    """The words after the ``` of each example, as sets."""
    fences = [line.strip()[3:] for line in docs.splitlines() if line.lstrip().startswith("```")]
    words = [set(fence.replace(",", " ").split()) for fence in fences[::2]]
    return [given for given in words if given <= COMPILED]


def check(path):
    """Prints what is missing; how many types are without an example, or None where there are no types at all."""
    with open(path, encoding="utf-8") as file:
        items = json.load(file)["index"].values()
    types = [item for item in items if item["crate_id"] == 0 and KINDS & item["inner"].keys()]
    without = [item for item in types if not examples(item["docs"] or "")]
    for item in sorted(without, key=lambda item: (item["span"]["filename"], item["span"]["begin"])):
        place = f"{item['span']['filename']}:{item['span']['begin'][0]}"
        print(f"{place}: {item['name']} has no example that is compiled", file=sys.stderr)
    run = sum(any("no_run" not in given for given in examples(item["docs"] or "")) for item in types)
    print(f"{path}: {len(types)} public types, {len(types) - len(without)} with an example, {run} with one that is run")
    return len(without) if types else None


results = [check(path) for path in sys.argv[1:]]
sys.exit(not results or any(result != 0 for result in results))
