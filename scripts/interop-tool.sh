# Sourced, with `target` set: interop_tool builds the independent tool (crate continuum-attest) where it is missing, once; it is
# kept. `tool` is its path. Fails where it cannot be built.
interop_tool() {
    local version=0.4.0
    tool=$target/interop/bin/attest
    [ "$("$tool" --version 2>/dev/null)" != "attest $version" ] || return 0
    echo "Building the independent tool, continuum-attest $version (about five minutes, once)."
    # A build directory of its own: its dependencies have other versions and must not disturb ours.
    CARGO_TARGET_DIR=$target/interop/build \
        cargo install continuum-attest --version "$version" --locked --root "$target/interop" || return
    rm -rf "$target/interop/build"
}
