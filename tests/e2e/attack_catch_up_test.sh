#!/usr/bin/env bash
# A log that grew while the verifier was away comes as soon as ever from the node that has it, whatever strangers promised
# the verifier before that node came, and whatever they ask for.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "${BASH_SOURCE[0]}")/attacked.sh"

blocks=131
tries=3

# arrive FILE [KIND CONNECTIONS]: how long a verifier that is new takes, from when the issuer starts, which dials it.
arrive() {
    local file=$1 awaiting
    shift
    rm -rf "$world/verifier" && cp -r "$world/before" "$world/verifier"
    start verifier
    [ $# = 0 ] || attack "$@"
    sleep 0.5
    "$bin/tests/await" "$world/issuer" "$world/verifier" >>"$file" &
    awaiting=$!
    start issuer verifier
    wait "$awaiting" || bad "the log does not come: ${1-no attack}"
    call_off
    stop issuer
    stop verifier
}

# median FILE: of so many tries.
median() { sort -n "$1" | sed -n "$((tries / 2 + 1))p"; }

# arrives_despite KIND CONNECTIONS
arrives_despite() {
    local try attacked
    local again limit=$((quiet * 3 / 2 + 50000))
    for again in 1 2 3; do
        : >"$world/despite.$1"
        for ((try = 0; try < tries; try++)); do arrive "$world/despite.$1" "$@"; done
        attacked=$(median "$world/despite.$1")
        [ "${attacked:-$limit}" -ge "$limit" ] || break
    done
    printf '%s: quiet %s us, attacked %s us\n' "$1" "$quiet" "$attacked"
    is_within "$1: the log comes in time" "${attacked:-never}" "$limit"
}

settle_down 0
stop verifier
stop issuer
"$bin/tests/many_blocks" publish "$world/issuer" "$passphrase" "$blocks" >"$said" 2>&1 || give_up "the issuer publishes"
rm -rf "$world/seen" && cp -r "$world/issuer" "$world/seen"
mv "$world/verifier" "$world/before"
for ((try = 0; try < tries; try++)); do arrive "$world/quiet"; done
quiet=$(median "$world/quiet")
arrives_despite drip 1
arrives_despite asks 20
arrives_despite named 4
arrives_despite claims 4
finish
