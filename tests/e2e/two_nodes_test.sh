#!/usr/bin/env bash
# What one node issues, another one judges from its own disk: in both directions, and on a node that comes later.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase shop
make_reader reader
ase=$(actor_id ase) shop=$(actor_id shop)
publish_rules ase ase
publish_rules shop brand
for name in shop reader; do do_as "$name" trust add ase "$ase" ASE; done
for name in ase reader; do do_as "$name" trust add brand "$shop" Shop; done

start ase
start shop ase
ok "the nodes greet each other" until_true 20 status_is shop peers 1
answers "and say so" 0 "$(status_field ase node)" shop peers

do_as ase issue "$shop" ase/a
until_answers "what ase issued is valid at the shop" 20 0 "VERDICT: VALID" shop lookup "$shop"
do_as shop issue "$ase" brand/b
until_answers "what the shop issued is valid at ase" 20 0 "VERDICT: VALID" ase lookup "$ase"
answers "an issuer judges what it issued" 0 "VERDICT: VALID" ase lookup "$shop"

# A late node dials by name: one that is found, one that isn't.
launch reader --peer "$(sed 's/^127.0.0.1/localhost/' "$world/shop/endpoint")" \
    --peer "nobody.invalid:1,$(cut -d, -f2 "$world/ase/endpoint")" || give_up "reader does not start"
until_answers "a late node hears what ase issued" 20 0 "VERDICT: VALID" reader lookup "$shop"
until_answers "a late node hears what the shop issued" 20 0 "VERDICT: VALID" reader lookup "$ase"
answers "what nobody issued does not meet a requirement" 1 "not held" reader lookup "$ase" --require ase/a
answers "of what nobody issued there is nothing to say" 2 "UNDETERMINED" reader lookup "$ase" --code ase/a

answers "a peer is shown where its name led" 0 "tcp://127.0.0.1:" reader peers --json
ok "a name that isn't found is told once" until_true 40 grep -q '"peer-name-not-found","name":"nobody.invalid"' "$world/reader.log"

for name in ase shop reader; do stop "$name"; done

has_reloaded() { grep -q "\"reloaded\".*\"owners\": *$2\b" "$world/$1.log"; }

# takes_up NAME OWNERS: a daemon that starts while the trust file comes to name as many. One that found the
# folder held by that command says so and ends.
takes_up() {
    : >"$world/$1.log"
    set_now
    "$bin/tradeproofd" --home "$world/$1" --listen 127.0.0.1:0 2>>"$world/$1.log" &
    daemon[$1]=$!
    as "$1" trust add "early$2" "$ase" >"$said" 2>&1 || return 1
    until_true 20 eval "has_reloaded $1 $2 || are_gone ${daemon[$1]}"
    if has_reloaded "$1" "$2"; then
        stop "$1"
    else
        are_gone "${daemon[$1]}" && unset "daemon[$1]"
    fi
}

for owners in 3 4 5 6 7; do
    ok "a daemon that is just starting takes up owner $owners" takes_up reader "$owners"
done
answers "the answer stays when no daemon runs" 0 "VERDICT: VALID" reader lookup "$shop"

# A copy of the folder that is put back, of before the last block.
cp -r "$world/ase" "$world/copy.ase"
start ase
start shop ase
do_as ase issue "$shop" ase/b
newest=$(own_head ase)
ok "the shop hears of it" until_true 20 follows shop ase
for name in ase shop; do stop "$name"; done
rm -rf "$world/ase" && cp -r "$world/copy.ase" "$world/ase"
ok "the copy lacks it" [ "$(own_head ase)" != "$newest" ]
start shop
start ase shop
head_is() { [ "$(own_head "$1")" = "$2" ]; }
ok "and fetches it from who has it" until_true 20 head_is ase "$newest"
do_as ase issue "$shop" ase/a --earned 2026-01-05
ok "so that what is signed then goes on from there" until_true 20 follows shop ase
answers "and no fork is told" 0 "VERDICT: VALID" shop lookup "$shop" --code ase/b
for name in ase shop; do stop "$name"; done
finish
