#!/usr/bin/env bash
# A node that was away while others went on says that its evidence is old, and catches up when it is back.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase shop
make_reader middle
make_reader away
ase=$(actor_id ase) shop=$(actor_id shop)
publish_rules ase ase
publish_rules shop brand
for name in shop middle away; do do_as "$name" trust add ase "$ase" ASE; done
for name in ase middle away; do do_as "$name" trust add brand "$shop" Shop; done

# ase - middle - shop, and away on the middle: nobody dials the issuers but the middle.
start ase
start shop
start middle ase shop
start away middle
do_as ase issue "$shop" ase/a
until_answers "a block goes over two hops" 20 0 "VERDICT: VALID" away lookup "$shop"

stop away
do_as ase issue "$shop" ase/b
do_as shop issue "$ase" brand/a
ok "the others go on" until_true 20 same_store shop ase
answers "what the node held is still judged" 0 "VERDICT: VALID" away lookup "$shop"
ok "and it does not have what came since" [ "$(status_field away blocks)" -lt "$(status_field ase blocks)" ]
in_a_month=$(($(date +%s) + 30 * 86400))
TRADEPROOF_NOW=$in_a_month answers "a month later its evidence is too old" 2 "UNDETERMINED" away lookup "$shop"

start away middle
ok "back, it catches up" until_true 20 same_store away ase
until_answers "and judges by what came since" 20 0 "ase/b" away lookup "$shop"

# The middle goes, and with it every path.
stop middle KILL
do_as ase issue "$shop" ase/a --earned 2026-01-01
do_as shop issue "$ase" brand/b
ok "cut in two, neither side has the other's word" \
    [ "$(status_field ase blocks)" != "$(status_field away blocks)" ]
start middle ase shop
for name in shop middle away; do
    ok "healed, $name has all of it" until_true 30 same_store "$name" ase
done
ok "and all of it is 9 blocks" status_is ase blocks 9
finish
