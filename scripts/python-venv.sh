# Sourced, with `target` set: makes the virtual environment of the Python package, and puts it first in PATH.
# Without a Python to do it with, says what is skipped and returns 1; with ATTEST_REQUIRE_ALL=1 that is an error (2).

# python_venv WHAT
python_venv() {
    local venv=$target/python-venv wanted=bindings/python/dev-requirements.txt
    if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
        python_skipped "$1" "no Python 3.9 or later with venv is here (apt-get install python3-venv)"
        return
    fi
    if ! cmp -s "$wanted" "$venv/installed"; then
        rm -rf "$venv"
        if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check -r "$wanted"; }; then
            python_skipped "$1" "its tools cannot be installed (pip install -r $wanted says why)"
            return
        fi
        cp "$wanted" "$venv/installed"
    fi
    export VIRTUAL_ENV=$venv PATH=$venv/bin:$PATH
}

python_skipped() {
    echo "SKIPPED $1: $2"
    [ "${ATTEST_REQUIRE_ALL:-}" = 1 ] && return 2
    return 1
}
