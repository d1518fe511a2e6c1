"""Trust stores in many spellings, all of one key; each is the text of `trust.toml`."""

PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00+01:00"
FIELDS = (
    'status = "trusted"', 'status = "revoked"', f'status = "revoked"\nrevoked_at = "{FUTURE}"', f'status = "trusted"\nrevoked_at = "{PAST}"',
    f'status = "trusted"\nvalid_from = "{PAST}"', f'status = "trusted"\nvalid_from = "{FUTURE}"', f'status = "trusted"\nvalid_until = "{PAST}"',
    f'status = "trusted"\nvalid_until = "{FUTURE}"', f'status = "trusted"\nvalid_from = "{FUTURE}"\nvalid_until = "{PAST}"', f'status = "trusted"\nvalid_until = {PAST}',
    'status = "trusted"\nvalid_until = "soon"', 'status = "trusted"\nsigner = "ci"', 'status = "trusted"\nvalid_untill = "x"', 'status = "Trusted"', "",
)


def stores(key):
    yield "no key", "version = 1\n"
    yield "no version", f'[[key]]\nid = "{key}"\nname = "n"\nstatus = "trusted"\n'
    yield "version 2", "version = 2\n"
    yield "other id", f'version = 1\n[[key]]\nid = "{"0" * 32}"\nname = "n"\nstatus = "trusted"\n'
    yield "no name", f'version = 1\n[[key]]\nid = "{key}"\nstatus = "trusted"\n'
    for fields in FIELDS:
        yield fields, f'version = 1\n[[key]]\nid = "{key}"\nname = "n"\n{fields}\n'
