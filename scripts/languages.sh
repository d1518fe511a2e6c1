# Sourced, with `target` set, in the top of the checkout: makes each language's package ready for the programs of
# `make spec` and `make parity`, from debug builds. What is ready is told by a variable:
#   python_ready      an interpreter that has the package, pytest and its coverage
#   go_ready          the go command; packages link with `-tags testhooks`
#   typescript_ready  a folder in which @attest/sdk and TypeScript are installed
#   c_ready           a folder with the compiled programs of bindings/c/tests
# A language that cannot be prepared says why, and its variable stays empty.
languages=$target/languages
mkdir -p "$languages"
python_ready='' go_ready='' typescript_ready='' c_ready=''

prepare_python() {
    (
        set -e
        . scripts/python-venv.sh
        python_venv "the Python programs"
        [ -x "$languages/python/bin/python" ] || python3 -m venv "$languages/python"
        rm -f "$languages"/wheels/attest_sdk-*.whl
        maturin build --quiet --locked --manifest-path bindings/python/Cargo.toml --out "$languages/wheels"
        pip=("$languages/python/bin/python" -m pip install --quiet --disable-pip-version-check)
        # pytest and its coverage are what the steps of the specification's program run.
        "${pip[@]}" pytest==9.2.0 pytest-cov==7.1.0
        "${pip[@]}" --force-reinstall --no-deps "$languages"/wheels/attest_sdk-*.whl
        touch "$languages/python-ready"
    )
    [ ! -e "$languages/python-ready" ] || python_ready=$languages/python/bin/python
}

prepare_go() {
    (
        set -e
        . scripts/go-here.sh
        bash scripts/go.sh testhooks
        touch "$languages/go-ready"
    )
    [ ! -e "$languages/go-ready" ] || go_ready=$(command -v go)
}

prepare_typescript() {
    (
        set -e
        . scripts/node-here.sh
        export ATTEST_NODE_PROFILE=dev
        bash scripts/node.sh
        mkdir -p "$languages/typescript"
        echo '{"name": "program", "private": true, "type": "module"}' >"$languages/typescript/package.json"
        npm install --prefix "$languages/typescript" --no-audit --no-fund --silent \
            typescript@6.0.3 @types/node@20.19.43 "$PWD/bindings/node"
        touch "$languages/typescript-ready"
    )
    [ ! -e "$languages/typescript-ready" ] || typescript_ready=$languages/typescript
}

prepare_c() {
    (
        set -e
        if ! command -v cc >/dev/null || ! command -v pkg-config >/dev/null; then
            echo "SKIPPED the C programs: cc or pkg-config is not here (Debian, Ubuntu: apt-get install gcc pkg-config)"
            exit 1
        fi
        bash scripts/c-programs.sh
        touch "$languages/c-ready"
    )
    [ ! -e "$languages/c-ready" ] || c_ready=$target/c-test/bin
}

# Nothing counts that an earlier run left. Each function ends by its own `set -e`, which a condition would switch off.
rm -f "$languages"/*-ready
