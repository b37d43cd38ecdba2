#!/usr/bin/env bash
# A void of more blocks than one block may void takes several, from the command to the disk: whose keys were stolen for
# long need not count. The home is in memory where there is such a folder: each of the blocks waits for its disk.
# shellcheck shell=bash

[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

own_seq() { field <(as "$1" status --json | sed -n '/"own_log"/,/}/p') seq; }
most=4096 # blocks that one block voids
make_homes shop
publish_rules shop shop
"$bin/tests/many_blocks" publish "$world/shop" "$passphrase" $((most + 1)) >"$world/acknowledged" || give_up "$most blocks"
first=$(head -n 1 "$world/acknowledged") last=$(tail -n 1 "$world/acknowledged")
first=${first%% *} last=${last%% *}
range=$first-$last

answers "before it asks it says how many blocks it takes" 3 "so that takes 2 blocks of your log" shop void "$range"
answers "they are declared void by two" 0 "by 2 blocks" shop void "$range" --yes
cp "$said" "$world/told"
ok "each is told as soon as it is durable" grep -q \
    "Void through block $((last - 1)) (block $((last + 1)) of your log, 1 of 2)" "$world/told"
ok "and the last one" grep -q "Void through block $last (block $((last + 2)) of your log, 2 of 2)" "$world/told"
answers "all of them are, then" 0 "All of it is void already" shop void "$range" --yes
ok "by two blocks of its log and no more" test "$(own_seq shop)" = $((last + 2))
ok "and nothing is lost" "$bin/tests/many_blocks" check "$world/shop" "$world/acknowledged"
finish
