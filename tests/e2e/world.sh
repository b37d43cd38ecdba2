# Sourced by the end-to-end tests: homes of a `test` network in a folder of their own, daemons on loopback, questions
# with the answers expected, and an end that leaves nothing behind.
#
# TRADEPROOF_BIN: where the programs are; the release preset's otherwise.
# shellcheck shell=bash

set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=${TRADEPROOF_BIN:-$root/.build/release}
world=$(mktemp -d "${TMPDIR:-/tmp}/tradeproof-e2e.XXXXXX")
passphrase=$world/passphrase
said=$world/said
printf 'correct horse battery staple\n' >"$passphrase"
unset TRADEPROOF_HOME TRADEPROOF_NOW TRADEPROOF_TEST_SPEED
export TZ=UTC LC_ALL=C

passed=0 failed=0
declare -A daemon=() # of a home's NAME: process id
declare -A port=()   # of a home's NAME: where its daemon listened
others=()            # process ids of other programs left running

# ---- the end ----

forget() {
    local pid
    for pid in "${daemon[@]}" "${others[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    for pid in "${daemon[@]}" "${others[@]}"; do wait "$pid" 2>/dev/null; done
    rm -rf "$world"
}
trap forget EXIT
trap 'exit 130' INT TERM HUP

# To be the last command of a test.
finish() {
    printf '%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" = 0 ]
}

# What cannot be prepared ends the test.
give_up() {
    printf 'could not go on: %s\n' "$*"
    [ ! -s "$said" ] || sed 's/^/    | /' "$said"
    tail -n 20 "$world"/*.log 2>/dev/null | sed 's/^/    | /'
    failed=$((failed + 1))
    finish
    exit 1
}

# ---- time ----

# run_time SECONDS SPEED: from now on daemons that start and commands live at that time (UTC, since 1970), which passes
# SPEED times as fast for all of them alike. Their clocks differ by as long as a program takes to start, times SPEED:
# at most a thousand, or checkpoints of one daemon lie in another's future.
run_time() {
    time_start=$1 time_begun_ms=$(date +%s%3N)
    export TRADEPROOF_TEST_SPEED=$2
    set_now
}

set_now() {
    [ -n "${TRADEPROOF_TEST_SPEED-}" ] || return 0
    export TRADEPROOF_NOW=$((time_start + ($(date +%s%3N) - time_begun_ms) * TRADEPROOF_TEST_SPEED / 1000))
}

# ---- asking ----

good() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$1"
    [ ! -s "$said" ] || sed 's/^/    | /' "$said"
}

# ok SENTENCE COMMAND...: the command exits 0.
ok() {
    local sentence=$1
    shift
    : >"$said"
    if "$@" >"$said" 2>&1; then good; else bad "$sentence"; fi
}

# as NAME COMMAND...: tradeproof on that home.
as() {
    local name=$1
    shift
    set_now
    "$bin/tradeproof" "$@" --home "$world/$name" --passphrase-file "$passphrase"
}

# answers SENTENCE CODE PHRASE NAME COMMAND...: tradeproof on that home exits with that code and says the phrase.
answers() {
    local sentence=$1 code=$2 phrase=$3 got=0
    shift 3
    as "$@" >"$said" 2>&1 || got=$?
    if [ "$got" != "$code" ]; then
        bad "$sentence: exit code $got instead of $code"
    elif ! grep -qF -- "$phrase" "$said"; then
        bad "$sentence: does not say \"$phrase\""
    else
        good
    fi
}

# until_answers SENTENCE SECONDS CODE PHRASE NAME COMMAND...: the same, at the latest after so many seconds.
until_answers() {
    local sentence=$1 seconds=$2 code=$3 phrase=$4 got deadline
    shift 4
    deadline=$((SECONDS + seconds))
    while :; do
        got=0
        as "$@" >"$said" 2>&1 || got=$?
        if [ "$got" = "$code" ] && grep -qF -- "$phrase" "$said"; then
            good
            return
        fi
        [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.05
    done
    bad "$sentence: still exit code $got after $seconds seconds"
}

# until_true SECONDS COMMAND...: repeats the command until it succeeds.
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

# do_as NAME COMMAND...: has to succeed, or the test ends.
do_as() { as "$@" >"$said" 2>&1 || give_up "$*"; }

# field FILE NAME: the first value of that name in a JSON file.
field() { sed -nE 's/.*"'"$2"'": ?("([^"]*)"|[^",}]*).*/\1/p' "$1" | head -n 1 | tr -d '"'; }

# status_field HOME NAME: of `status --json`.
status_field() {
    as "$1" status --json >"$world/status.$1" 2>/dev/null
    field "$world/status.$1" "$2"
}

status_is() { [ "$(status_field "$1" "$2")" = "$3" ]; }

actor_id() { status_field "$1" actor; }

# The newest block of that home's own log.
own_head() { field <(as "$1" status --json | sed -n '/"own_log"/,/}/p') head; }

# follows NAME AUTHOR: NAME, which trusts AUTHOR alone, holds that home's newest block.
follows() { [ "$(field <(as "$1" status --json | sed -n '/"trusted"/,/}/p') head)" = "$(own_head "$2")" ]; }

# same_store NAME OTHER: both hold as many blocks.
same_store() { status_is "$1" blocks "$(status_field "$2" blocks)"; }

# mistyped TEXT: with another last letter.
mistyped() { if [ "${1: -1}" = 0 ]; then echo "${1%?}2"; else echo "${1%?}0"; fi; }

# ---- people ----

# make_home NAME: with the keys of an actor, which cost next to nothing to open: what a command does is tested here, and
# deriving a key from a passphrase takes a second of it.
make_home() {
    as "$1" init --network test && "$bin/tests/quick_keys" "$passphrase" "$world/$1/actor.keys"
}

# make_homes NAME...: two at a time.
make_homes() {
    local name started=()
    while [ $# -gt 0 ]; do
        started=()
        for name in "${@:1:2}"; do
            make_home "$name" >"$world/init.$name" 2>&1 &
            started+=($!)
        done
        for pid in "${started[@]}"; do wait "$pid" || give_up "init of $*"; done
        shift $(($# > 1 ? 2 : 1))
    done
}

# make_reader NAME: a home without an actor's keys.
make_reader() { as "$1" init --network test --no-actor >"$said" 2>&1 || give_up "init of $1"; }

# publish_rules NAME NAMESPACE: NAME owns NAMESPACE and says that code `a` there lasts two years.
publish_rules() {
    do_as "$1" trust add "$2" me
    printf '{"namespace": "%s", "version": 1, "in_force_from": "2000-01-01", "codes": [
        {"code": "a", "title": "The first", "lifetime_months": 24},
        {"code": "b", "title": "The second", "lifetime_months": 0}], "rules": []}\n' "$2" >"$world/$2.json"
    do_as "$1" rules publish "$world/$2.json"
}

# ---- daemons ----

# start NAME [PEER...]: starts that home's daemon, dialling the peers' homes, and waits until it listens: on the port
# that it had before, so that others find it again.
start() {
    local name=$1 peer options=()
    shift
    for peer in "$@"; do options+=(--peer "$(cat "$world/$peer/endpoint")"); done
    rm -f "$world/$name/endpoint"
    until launch "$name" "${options[@]}"; do sleep 0.02; done
    port[$name]=$(sed 's/,.*//; s/.*://' "$world/$name/endpoint")
}

# launch NAME OPTION...: fails when a command holds the folder at that moment.
launch() {
    local name=$1 code=0
    shift
    set_now
    "$bin/tradeproofd" --home "$world/$name" --listen "127.0.0.1:${port[$name]:-0}" "$@" 2>>"$world/$name.log" &
    daemon[$name]=$!
    until_true 20 eval "listens $name || are_gone ${daemon[$name]}"
    if listens "$name"; then return 0; fi
    are_gone "${daemon[$name]}" || give_up "the daemon of $name does not listen"
    wait "${daemon[$name]}" || code=$?
    unset "daemon[$name]"
    [ "$code" = 7 ] || give_up "the daemon of $name ended with exit code $code"
    return 1
}

listens() { [ -s "$world/$1/endpoint" ] && [ -S "$world/$1/control.sock" ]; }

# stop NAME [SIGNAL]
stop() {
    local pid=${daemon[$1]}
    unset "daemon[$1]"
    kill -"${2:-TERM}" "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

# children_of PID: its process ids.
children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null; }

# started_by PID: the process ids of what that daemon's starter runs: its net processes.
started_by() { children_of "$(children_of "$1" | tr -d ' ')"; }

# are_gone PID...: ended, if perhaps not yet buried.
are_gone() {
    local pid
    for pid in "$@"; do ! grep -q '^State:[^Z]*$' "/proc/$pid/status" 2>/dev/null || return 1; done
}
