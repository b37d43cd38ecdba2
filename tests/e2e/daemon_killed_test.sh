#!/usr/bin/env bash
# A daemon that is killed again and again while blocks are published through it loses none that it acknowledged, and its
# author's log does not fork.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

kills=${KILLS:-60}
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "SEED=$seed"

make_homes shop
make_reader reader
shop=$(actor_id shop)
publish_rules shop shop
do_as reader trust add shop "$shop" Shop

start shop
start reader shop
"$bin/tests/many_blocks" publish "$world/shop" "$passphrase" 1000000 daemon >"$world/acknowledged" 2>"$world/publish.log" &
publisher=$!
others+=($publisher)
until_true 20 test -s "$world/acknowledged" || give_up "nothing was acknowledged"

orphans=0 silent=0
for ((kill = 0; kill < kills; kill++)); do
    before=$(wc -l <"$world/acknowledged")
    sleep "0.$(printf '%03d' $((RANDOM % 200)))"
    net="$(children_of "${daemon[shop]}") $(started_by "${daemon[shop]}")"
    stop shop KILL
    # shellcheck disable=SC2086
    until_true 10 are_gone $net || orphans=$((orphans + 1))
    start shop
    until_true 20 eval '[ "$(wc -l <"$world/acknowledged")" -gt "$before" ]' || silent=$((silent + 1))
done
ok "its net processes end with it ($orphans of $kills did not)" [ "$orphans" = 0 ]
ok "publishing goes on after each restart ($silent of $kills did not)" [ "$silent" = 0 ]
ok "the publisher never gave up" kill -0 "$publisher"
kill -KILL "$publisher" && wait "$publisher" 2>/dev/null

echo "$(wc -l <"$world/acknowledged") blocks acknowledged over $kills kills"
ok "every acknowledged block is there, and no fork" \
    "$bin/tests/many_blocks" check "$world/shop" "$world/acknowledged"
ok "another node got all of them" until_true 60 same_store reader shop
ok "and they are the same" \
    "$bin/tests/many_blocks" check-of "$world/reader" "$world/acknowledged" "$shop"
answers "the log can be continued" 0 "Issued shop/a" shop issue "$shop" shop/a
finish
