# Sourced: sets `target` to the build directory that cargo uses here.
target=${CARGO_TARGET_DIR:-target}
case $target in
/*) ;;
*) target=$(pwd)/$target ;;
esac
