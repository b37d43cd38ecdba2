#!/usr/bin/env bash
# A command that is killed while it signs and stores loses nothing that it acknowledged: with a daemon, without one, and
# in the middle of a file or of a key rotation.
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

# killed_often SENTENCE: publishers, each killed after at most 50 ms.
killed_often() {
    "$bin/tests/many_blocks" killed "$world/shop" "$passphrase" "$kills" "$RANDOM" >>"$world/acknowledged" \
        2>"$world/publish.log" || give_up "$1"
    ok "every block acknowledged $1 is there, and no fork" \
        "$bin/tests/many_blocks" check "$world/shop" "$world/acknowledged"
}

killed_often "without a daemon"
start shop
start reader shop
killed_often "through a daemon"
echo "$(wc -l <"$world/acknowledged") blocks acknowledged over $((2 * kills)) kills"
ok "another node got all of them" until_true 60 same_store reader shop
ok "and they are the same" \
    "$bin/tests/many_blocks" check-of "$world/reader" "$world/acknowledged" "$shop"

# kill_after SECONDS COMMAND...: on the shop's home. The program itself is started, so that it is what is killed.
kill_after() {
    local seconds=$1 pid
    shift
    "$bin/tradeproof" "$@" --home "$world/shop" --passphrase-file "$passphrase" >>"$world/killed.log" 2>&1 &
    pid=$!
    others+=("$pid")
    sleep "$seconds"
    kill -KILL "$pid" 2>/dev/null || ended=$((ended + 1))
    wait "$pid" 2>/dev/null
}
ended=0 # before they were killed

# How long until keys are unlocked on this machine, in milliseconds.
started=$(date +%s%3N)
do_as shop issue "$shop" shop/b
unlock_ms=$(($(date +%s%3N) - started))
# a_moment PERCENT PERCENT: seconds, somewhere between these parts of that time.
a_moment() {
    local ms=$((unlock_ms * ($1 + RANDOM % ($2 - $1)) / 100))
    printf '%d.%03d' $((ms / 1000)) $((ms % 1000))
}

stop shop
{
    echo technician,code,earned_on
    for ((i = 0; i < 200000; i++)); do
        printf '%s,shop/a,%04d-%02d-%02d\n' "$shop" $((2000 + i / 336 % 26)) $((i / 28 % 12 + 1)) $((i % 28 + 1))
    done
} >"$world/rows.csv"
for ((i = 0; i < 4; i++)); do
    kill_after "$(a_moment 90 130)" issue --csv "$world/rows.csv"
done
answers "the log can be continued after issuing a file was killed" 0 "Issued shop/a" shop issue "$shop" shop/a

# It writes the new keys twice, under the passphrase, and publishes in between.
for ((i = 0; i < 8; i++)); do kill_after "$(a_moment 90 300)" key rotate; done
echo "$ended of 12 commands ended before they were killed"
answers "keys can be rotated after rotating them was killed" 0 "The keys are new" shop key rotate
answers "and the new keys sign" 0 "Issued shop/b" shop issue "$shop" shop/b --earned 2024-01-01
ok "and nothing is lost, and no fork" "$bin/tests/many_blocks" check "$world/shop" "$world/acknowledged"
start shop
ok "another node follows through all that" until_true 60 same_store reader shop
finish
