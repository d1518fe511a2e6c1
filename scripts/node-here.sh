# Sourced: ends the script where Node is not here or too old.
node_wanted=20.3
if ! command -v npm >/dev/null || ! node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 3) ? 0 : 1);
' 2>/dev/null; then
    echo "SKIPPED node: Node $node_wanted or newer is not here (https://nodejs.org; Debian, Ubuntu: apt-get install nodejs npm)" >&2
    [ "${ATTEST_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
fi
