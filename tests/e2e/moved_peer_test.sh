#!/usr/bin/env bash
# A peer that is given by name is found again where it moved.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase
make_reader reader
start ase
export NAMES=$world/names
echo "ase.example 127.0.0.1" >"$NAMES"
"$bin/tests/at_names" --home "$world/reader" --peer "$(sed 's/^127.0.0.1/ase.example/' "$world/ase/endpoint")" \
    2>"$world/reader.log" &
daemon[reader]=$!
ok "the nodes meet" until_true 20 status_is reader peers 1
echo "ase.example 127.0.0.2" >"$NAMES"
sleep 3 # longer than from the first look-up to the second
ok "the name of a peer that is connected isn't looked up" [ "$(grep -c peer-name-found "$world/reader.log")" = 1 ]
stop ase
ok "it loses its peer" until_true 20 status_is reader peers 0
"$bin/tradeproofd" --home "$world/ase" --listen "127.0.0.2:${port[ase]}" 2>>"$world/ase.log" &
daemon[ase]=$!
ok "they meet again where it moved" until_true 40 status_is reader peers 1
answers "where that is, is shown" 0 "tcp://127.0.0.2:" reader peers --json
finish
