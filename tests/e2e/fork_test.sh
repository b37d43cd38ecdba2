#!/usr/bin/env bash
# A thief with a copy of an issuer's home signs other blocks than the issuer. Honest nodes that hear both hold a proof and
# say that the certificates are in dispute, until the issuer rotates its keys and names the thief's branch.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase shop
make_reader east
make_reader west
make_reader hideout
ase=$(actor_id ase) shop=$(actor_id shop)
publish_rules ase ase
for name in shop east west; do do_as "$name" trust add ase "$ase" ASE; done
do_as ase issue "$shop" ase/a
parent=$(own_head ase)

# The copy gets a node key of its own, or it could not be in the network beside the original.
cp -a "$world/ase" "$world/thief"
cp "$world/hideout/node.keys" "$world/thief/node.keys"
do_as ase issue "$shop" ase/b
do_as thief issue "$ase" ase/a
tip=$(own_head thief)

start east
start west east
start ase east
ok "both readers have the issuer's three blocks" until_true 20 eval 'same_store east ase && same_store west ase'
answers "before the thief is heard, all is well" 0 "VERDICT: VALID" west lookup "$shop"

start thief west
for name in east west; do
    until_answers "$name sees the fork" 20 2 "UNDETERMINED" "$name" lookup "$shop" --code ase/b
done
stop thief
start shop east
until_answers "a node that comes later learns of it too" 20 2 "UNDETERMINED" shop lookup "$shop" --code ase/b
answers "and says why" 2 "two contradicting logs" shop lookup "$shop" --code ase/b

do_as ase key rotate
answers "the issuer names the thief's branch" 0 "void" ase void --branch 0 "$parent" "$tip"
for name in east west shop; do
    until_answers "$name takes the issuer's word again" 20 0 "VERDICT: VALID" "$name" lookup "$shop" --code ase/b
    answers "$name does not count what the thief wrote" 2 "UNDETERMINED" "$name" lookup "$ase" --code ase/a
done
do_as ase issue "$shop" ase/a
for name in east west shop; do ok "$name goes on with the issuer" until_true 20 follows "$name" ase; done

# The thief goes on behind the old keys, and hears of the rotation.
do_as thief issue "$ase" ase/b
start thief west
ok "nobody follows the thief" eval 'sleep 1; follows east ase && follows west ase && follows shop ase'
answers "nor counts what it wrote" 2 "UNDETERMINED" west lookup "$ase" --code ase/b
until_answers "once it has heard of the rotation, its keys sign no more" 20 4 "keys" thief issue "$ase" ase/b
finish
