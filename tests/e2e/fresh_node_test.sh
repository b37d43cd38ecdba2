#!/usr/bin/env bash
# A fresh node holds the logs of more authors than one frame of heads, or a peer's list of claims, has room for, each
# admitted by the log of another, before the next exchange of heads, which comes after 22 s at the earliest.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "${BASH_SOURCE[0]}")/world.sh"

make_homes hub
make_reader fresh
publish_rules hub shop
"$bin/tests/many_authors" "$world/hub" "$passphrase" shop 9000 0 5 || give_up "filling the hub"
do_as fresh trust add shop "$(actor_id hub)"
start hub
start fresh hub
ok "nine thousand authors in chains of five are there before the next exchange of heads" \
    until_true 20 same_store fresh hub
finish
