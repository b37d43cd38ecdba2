#!/usr/bin/env bash
# A peer that was met before is told what changed since, and nothing where nothing did: also after a restart of either.
# One whose store is another, or was put back, is told all; so is a node whose trust file changed.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

authors=600 all=40000 little=4000 # bytes that all heads take at least, and what goes on without them at the most

make_homes hub
make_reader reader
publish_rules hub shop
"$bin/tests/many_authors" "$world/hub" "$passphrase" shop $authors 1 1 || give_up "filling the hub"
do_as reader trust add shop "$(actor_id hub)"
run_time "$(date +%s)" 30 # heads each second

sent() { field <(as hub peers --json) bytes_out; }
was_sent() { [ "$(sent)" -ge "$1" ]; }

# has_heard: that reader noted that it has all that the hub has: an exchange or two after that is so.
has_heard() {
    until_true 20 same_store reader hub && sleep 4
}

# is_told_little SENTENCE: over some exchanges from now on, as the two have just met.
is_told_little() {
    until_true 20 status_is hub peers 1
    sleep 3
    ok "$1 ($(sent) bytes)" [ "$(sent)" -lt $little ]
}

start hub
start reader hub
ok "a node that is met first is told all" until_true 30 was_sent $all
ok "and has all" has_heard
before=$(sent)
sleep 3
ok "then nothing ($(($(sent) - before)) bytes)" [ $(($(sent) - before)) -lt 1000 ]

stop reader
start reader hub
is_told_little "a node that begins again is told nothing"
stop hub
start hub
is_told_little "nor does a hub that begins again tell it"

stop hub
cp -r "$world/hub" "$world/kept"
start hub
until_true 20 status_is hub peers 1
do_as hub issue "$(actor_id hub)" shop/a
ok "what is new is told" has_heard
ok "and nothing else ($(sent) bytes)" [ "$(sent)" -lt $little ]
stop hub
rm -r "$world/hub" && mv "$world/kept" "$world/hub"
start hub
ok "a hub that was put back tells all" until_true 30 was_sent $all
sleep 3
stop reader
start reader hub
is_told_little "and is heard from there on"

stop reader
do_as reader trust add other "$(actor_id hub)"
start reader hub
ok "whose trust file changed is told all" until_true 30 was_sent $all
sleep 4
stop reader
start reader hub
is_told_little "once"

stop reader
rm "$world/reader/store/"*
start reader hub
ok "whose store is lost is told all" until_true 30 was_sent $all
ok "and has all again" until_true 30 same_store reader hub

for name in hub reader; do stop "$name"; done
finish
