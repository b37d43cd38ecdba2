#!/usr/bin/env bash
# The processes that speak ZeroMQ may crash at any time: they come back, and nothing is lost.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase
make_reader reader
ase=$(actor_id ase)
publish_rules ase ase
do_as reader trust add ase "$ase" ASE
start ase
start reader ase
until_true 20 status_is reader peers 1 || give_up "the nodes do not meet"

# Each thread of each net process has given most system calls up.
for name in ase reader; do
    for pid in $(started_by "${daemon[$name]}"); do
        ok "all threads of a net process of $name are filtered" \
            [ "$(cat /proc/"$pid"/task/*/status | grep -c '^Seccomp:.2$')" = "$(find /proc/"$pid"/task/* -maxdepth 0 | wc -l)" ]
    done
done

# others_run NAME PID...: as many net processes of that daemon run, and none of these.
others_run() {
    local now pid
    now=$(started_by "${daemon[$1]}")
    shift
    [ "$(wc -w <<<"$now")" = $# ] || return 1
    for pid in "$@"; do [[ " $now " != *" $pid "* ]] || return 1; done
}

# crash NAME SIGNAL: ends all net processes of that daemon; they come back and find their peer.
crash() {
    local name=$1 pid before started_ms
    before=$(started_by "${daemon[$name]}")
    started_ms=$(date +%s%3N)
    for pid in $before; do kill -"$2" "$pid"; done
    # shellcheck disable=SC2086
    ok "SIG$2: the net processes of $name end, and it starts as many others" until_true 20 others_run "$name" $before
    ok "SIG$2: within a second" [ $(($(date +%s%3N) - started_ms)) -lt 1000 ]
    ok "SIG$2: they meet again, seen by ase" until_true 20 status_is ase peers 1
    ok "SIG$2: they meet again, seen by reader" until_true 20 status_is reader peers 1
}

# What a forbidden system call does, an assertion of the library, a fault.
issued=0
for signal in SYS ABRT SEGV; do
    crash ase "$signal"
    crash reader "$signal"
    do_as ase issue "$ase" ase/a --earned "2026-01-0$((++issued))"
    ok "SIG$signal: a block published afterwards arrives" until_true 20 same_store reader ase
done

# While they are down.
for pid in $(started_by "${daemon[reader]}"); do kill -KILL "$pid"; done
do_as ase issue "$ase" ase/b
ok "a block published while they were down arrives" until_true 20 same_store reader ase
ok "the daemon of ase is the one that was started" kill -0 "${daemon[ase]}"
ok "the daemon of reader is the one that was started" kill -0 "${daemon[reader]}"
answers "status counts the restarts" 0 '"net_restarts": ' reader status --json

# Without its starter a daemon starts nothing again.
starter=$(children_of "${daemon[reader]}") net=$(started_by "${daemon[reader]}") code=0
# shellcheck disable=SC2086
kill -KILL $starter
wait "${daemon[reader]}" || code=$?
unset "daemon[reader]"
ok "without its starter a daemon ends" [ "$code" = 12 ]
ok "and says why" grep -q "start tradeproofd again" "$world/reader.log"
# shellcheck disable=SC2086
ok "and all that it started" until_true 10 are_gone $starter $net

# A kernel that can't keep a net process in its place is named.
code=0
timeout 20 "$bin/tests/old_kernel" seccomp "$bin/tradeproofd" --home "$world/reader" --listen 127.0.0.1:0 \
    2>"$world/no_seccomp.log" || code=$?
ok "without seccomp a daemon that is to listen ends" [ "$code" = 12 ]
ok "and says why" grep -q "^tradeproofd: .*seccomp" "$world/no_seccomp.log"
rm -f "$world/reader/endpoint"
"$bin/tests/old_kernel" landlock "$bin/tradeproofd" --home "$world/reader" --peer "$(cat "$world/ase/endpoint")" \
    2>"$world/no_landlock.log" &
daemon[reader]=$!
ok "without Landlock the nodes meet" until_true 20 status_is reader peers 1
ok "and it is said" grep -q "no Landlock" "$world/no_landlock.log"
ok "with Landlock it isn't" [ "$(grep -c Landlock "$world/ase.log")" = 0 ]
finish
