# Sourced by the tests of attacks: an issuer's node, a verifier's that dials it, and how long revocations take between
# the two, undisturbed and under attack, in the same run.
# shellcheck shell=bash
# shellcheck source=tests/e2e/world.sh
. "$(dirname "${BASH_SOURCE[0]}")/world.sh"

revocations=11
growth_kb_max=65536
attackers=()

# settle_down: the issuer's log names NAMED technicians (0: none) and has a block of some 400 KB; both nodes hold it.
settle_down() {
    make_homes issuer
    make_reader verifier
    publish_rules issuer shop
    issuer=$(actor_id issuer)
    do_as verifier trust add shop "$issuer"
    local left=${1:-0} many
    while [ "$left" -gt 0 ]; do
        many=$((left < 4096 ? left : 4096))
        {
            echo technician,code,earned_on,last_day
            "$bin/tests/some_ids" "$many" | sed 's/$/,shop\/a,2026-01-01,2026-12-31/'
        } >"$world/many.csv"
        do_as issuer issue --csv "$world/many.csv" --anyway
        left=$((left - many))
    done
    cp -r "$world/issuer" "$world/seen" # what the attackers know
    start issuer
    if [ "${2-}" = dialled ]; then
        start verifier
        stop issuer
        start issuer verifier
    else
        start verifier issuer
    fi
    until_true 20 follows verifier issuer || give_up "the verifier does not follow the issuer"
}

# rss_kb: of all processes of the verifier's node, without what is a view of the store's file.
rss_kb() {
    local pid sum=0 each
    for pid in "${daemon[verifier]}" $(children_of "${daemon[verifier]}") $(started_by "${daemon[verifier]}"); do
        each=$(sed -n 's/^RssAnon:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" 2>/dev/null)
        sum=$((sum + ${each:-0}))
    done
    echo "$sum"
}

# watch_rss FILE: writes the largest of what it finds, until it is ended.
watch_rss() {
    local most=0 now
    while :; do
        now=$(rss_kb)
        if [ "$now" -gt "$most" ]; then
            most=$now
            echo "$most" >"$1"
        fi
        sleep 0.2
    done
}

# attack KIND CONNECTIONS: until the test calls them off.
attack() {
    local heard=$world/attack.${#attackers[@]}
    "$bin/tests/attack" "$1" "$(cat "$world/verifier/endpoint")" "$2" "$world/seen" "$issuer" >"$heard" 2>"$heard.errors" &
    attackers+=($!)
    others+=($!)
    until_true 10 test -s "$heard" || give_up "the attack does not begin: $(cat "$heard.errors")"
}

call_off() {
    local pid
    for pid in "${attackers[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    for pid in "${attackers[@]}"; do wait "$pid" 2>/dev/null; done
    attackers=()
}

# revoke_some: prints median and longest in microseconds.
revoke_some() {
    timeout 60 "$bin/tests/arrival" "$world/issuer" "$passphrase" "$world/verifier" "$revocations" 2>"$world/arrival.errors" ||
        echo "never never"
}

# is_within SENTENCE VALUE LIMIT
is_within() {
    if [ "$2" != never ] && [ "$2" -le "$3" ]; then good; else
        : >"$said"
        bad "$1: $2, and at most $3"
    fi
}

# withstands SENTENCE SECONDS KIND:CONNECTIONS...: attacked by all of these for so long, revocations come as they did
# before: half of them within 1.5 times the time and 50 ms, the slowest in three times as long; nothing is lost, memory
# grows by 64 MiB at most, and the issuer stays.
withstands() {
    local sentence=$1 seconds=$2 quiet attacked slowest each limit kicked rss
    shift 2
    read -r quiet slowest <<<"$(revoke_some)"
    [ "$quiet" != never ] || give_up "without an attack a revocation does not arrive: $(cat "$world/arrival.errors")"
    rss=$(rss_kb)
    echo "$rss" >"$world/rss"
    watch_rss "$world/rss" &
    others+=($!)
    local watcher=$!
    for each in "$@"; do attack "${each%:*}" "${each#*:}"; done
    sleep "$seconds"
    limit=$((quiet * 3 / 2 + 50000))
    # What else this machine does meanwhile may spoil a measurement, but hardly three.
    for each in 1 2 3; do
        read -r attacked slowest <<<"$(revoke_some)"
        if [ "$attacked" != never ] && [ "$attacked" -le "$limit" ] && [ "$slowest" -le $((3 * limit)) ]; then break; fi
    done
    until_true 10 follows verifier issuer && good || bad "$sentence: a block is lost"
    call_off
    kill -KILL "$watcher" 2>/dev/null
    wait "$watcher" 2>/dev/null
    printf '%s: quiet %s us, attacked %s us, slowest %s us, memory %s kB and %s kB more\n' "$sentence" "$quiet" "$attacked" \
        "$slowest" "$rss" "$(($(cat "$world/rss") - rss))"
    is_within "$sentence: the median" "$attacked" "$limit"
    is_within "$sentence: the slowest" "$slowest" $((3 * limit))
    is_within "$sentence: memory" $(($(cat "$world/rss") - rss)) "$growth_kb_max"
    kicked=$(grep -c '"event":"peer-down"' "$world/issuer.log")
    is_within "$sentence: the issuer was dropped" "$kicked" 0
    answers "$sentence: the verifier answers" 0 '"peers"' verifier status --json
}
