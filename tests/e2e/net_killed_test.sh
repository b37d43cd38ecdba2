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

# crash NAME SIGNAL: ends all net processes of that daemon; they come back and find their peer.
crash() {
    local name=$1 pid before after
    before=$(children_of "${daemon[$name]}")
    for pid in $before; do kill -"$2" "$pid"; done
    # shellcheck disable=SC2086
    ok "SIG$2: the net processes of $name end" until_true 10 are_gone $before
    ok "SIG$2: $name starts as many again" \
        until_true 20 eval '[ "$(children_of "${daemon['"$name"']}" | wc -w)" = '"$(wc -w <<<"$before")"' ]'
    ok "SIG$2: they meet again, seen by ase" until_true 20 status_is ase peers 1
    ok "SIG$2: they meet again, seen by reader" until_true 20 status_is reader peers 1
    after=$(children_of "${daemon[$name]}")
    ok "SIG$2: these are others" [ "$before" != "$after" ]
}

for signal in KILL ABRT SEGV; do
    crash ase "$signal"
    crash reader "$signal"
    do_as ase issue "$ase" ase/a
    ok "SIG$signal: a block published afterwards arrives" until_true 20 same_store reader ase
done

# While they are down.
for pid in $(children_of "${daemon[reader]}"); do kill -KILL "$pid"; done
do_as ase issue "$ase" ase/b
ok "a block published while they were down arrives" until_true 20 same_store reader ase
ok "the daemon of ase is the one that was started" kill -0 "${daemon[ase]}"
ok "the daemon of reader is the one that was started" kill -0 "${daemon[reader]}"
answers "status counts the restarts" 0 '"net_restarts": ' reader status --json
finish
