# Sourced by cmd/demo and tests/run: building a preset of CMakePresets.json, once.
# shellcheck shell=bash

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Where a preset is built.
preset_folder() { printf '%s/.build/%s\n' "$source_root" "$1"; }

# build_preset PRESET [TARGET...]: configure it if it never was, build what is out of date. Quiet, but for errors; one of
# them does not stop the rest.
build_preset() {
    local preset=$1 folder log
    shift
    folder=$(preset_folder "$preset")
    log=$folder/build.log
    mkdir -p "$folder"
    if [ ! -e "$folder/build.ninja" ]; then
        echo "Building ($preset) ..."
        (cd "$source_root" && cmake --preset "$preset") >"$log" 2>&1 || { cat "$log" >&2; return 1; }
    fi
    cmake --build "$folder" -j "$(nproc)" ${1:+--target "$@"} -- -k 0 >"$log" 2>&1 || {
        grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" | head -n 100 >&2
        return 1
    }
}
