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
    local code=0
    wait "$awaiting" || code=$?
    call_off
    stop issuer
    stop verifier
    return "$code"
}

# median FILE: of so many tries.
median() { sort -n "$1" | sed -n "$((tries / 2 + 1))p"; }

# arrives_despite KIND CONNECTIONS: as soon as without them, in the same minute.
arrives_despite() {
    local try quiet attacked
    for _ in 1 2 3; do
        : >"$world/quiet"
        : >"$world/despite"
        for ((try = 0; try < tries; try++)); do
            arrive "$world/quiet" || give_up "without an attack the log does not come"
            arrive "$world/despite" "$@" || {
                : >"$said"
                bad "$1 of $2: the log does not come"
                return
            }
        done
        quiet=$(median "$world/quiet") attacked=$(median "$world/despite")
        [ "$attacked" -gt $((quiet * 3 / 2 + 50000)) ] || break
    done
    printf '%s of %s: quiet %s us, attacked %s us\n' "$1" "$2" "$quiet" "$attacked"
    is_within "$1 of $2: the log comes in time" "$attacked" $((quiet * 3 / 2 + 50000))
}

# arrives_from_a_stranger KIND CONNECTIONS: the issuer's node is as unknown as the attackers are, and comes after them.
# Only rounds of half a second, each with twice as many, tell them apart.
arrives_from_a_stranger() {
    : >"$world/despite"
    arrive "$world/despite" "$@" || true
    printf '%s of %s, and the issuer a stranger: %s us\n' "$1" "$2" "$(cat "$world/despite")"
    is_within "$1 of $2: the log comes from a stranger" "$(cat "$world/despite")" 4000000
}

# 9 000 are named, so that heads of theirs are believed, and there is something to ask for.
settle_down 9000
stop verifier
stop issuer
"$bin/tests/many_blocks" publish "$world/issuer" "$passphrase" "$blocks" >"$said" 2>&1 || give_up "the issuer publishes"
rm -rf "$world/seen" && cp -r "$world/issuer" "$world/seen"
mv "$world/verifier" "$world/before"
arrives_despite drip 1
arrives_despite asks 20
arrives_despite named 4
arrives_despite portions 1
arrives_despite claims 4
arrives_despite claims 20
make_homes stranger
cp "$world/stranger/node.keys" "$world/issuer/"
arrives_from_a_stranger portions 20
arrives_from_a_stranger claims 20
finish
