//! Names the shared library by the version of its interface, so that a program never loads one that it does not fit.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        // The number is ATTEST_ABI_VERSION; scripts/test-c.sh holds the two together.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libattest.so.1");
    }
}
