#!/usr/bin/env bash
# The layer check can fail: each planted violation is found, a clean tree passes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
libraries=("$root/.build/release/libprotocol.a" "$root/.build/release/libcrypto.a")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
passed=0 failed=0

clean_tree() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/{crypto,protocol/base,protocol/wire,protocol/log,protocol/rules,protocol/sync,store,node,cmd,tests}
}

# fails_with PHRASE ARGUMENT...: the check fails, and says the phrase.
fails_with() {
    local phrase=$1
    shift
    ! "$here/check" "$@" 2>"$tree/said" && grep -qF "$phrase" "$tree/said"
}

# finds FILE TEXT: the check complains about that file.
finds() {
    clean_tree
    printf '%s\n' "$2" >"$tree/$1"
    if ! fails_with "$1" "$tree" "${libraries[@]}"; then
        echo "not found: $1 with $2"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

clean_tree
if "$here/check" "$tree" "${libraries[@]}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
finds crypto/a.c '#include "protocol/base/ids.h"'
finds protocol/base/a.c '#include "protocol/wire/block.h"'
finds protocol/rules/a.c '#include "protocol/sync/sync.h"'
finds protocol/sync/a.c '#include "protocol/rules/verdict.h"'
finds protocol/log/a.c '#include "store/store.h"'
finds store/a.c '#include "node/home.h"'
finds node/a.c '#include "cmd/session.h"'
finds cmd/a.c '#include "tests/support/builders.h"'
finds cmd/a.c '  #  include <tests/support/builders.h>'
finds store/a.c '#include "rows.h"'
finds node/utils.c ''
finds store/a.h 'typedef struct store store_t;'

# A core that asks for the time.
clean_tree
printf '#include <time.h>\nlong now(void);\nlong now(void) { return (long)time(0); }\n' >"$tree/clock.c"
gcc -c "$tree/clock.c" -o "$tree/clock.o"
ar rcs "$tree/libprotocol.a" "$tree/clock.o"
if fails_with "protocol calls time" "$tree" "$tree/libprotocol.a" "${libraries[1]}"; then
    passed=$((passed + 1))
else
    echo "not found: a call of time()"
    failed=$((failed + 1))
fi
if fails_with "is missing" "$tree" "$tree/nothing.a" "${libraries[1]}"; then
    passed=$((passed + 1))
else
    echo "not found: a library that is not there"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
