#!/usr/bin/env bash
# A school is withdrawn from, with a cut at the last block that it signed, and rotates its keys behind its graduates. Whoever
# held their certificates keeps them, and a node that never did asks for them, whoever else it hears.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

# has_blocks NAME COUNT
has_blocks() { status_is "$1" blocks "$2"; }

run_time "$(date +%s)" 20
make_homes ase school
for name in holder fresh third hideout relay; do make_reader "$name"; done
make_home maria >"$said" 2>&1 || give_up "init of maria"
ase=$(actor_id ase) school=$(actor_id school) maria=$(actor_id maria)
publish_rules ase ase
for name in school holder fresh third; do do_as "$name" trust add ase "$ase" ASE; done
do_as ase accredit "$school" --codes 'ase/*'
start ase
start school ase
until_true 20 follows school ase || give_up "the school does not hear of the rules"
do_as school issue "$ase" ase/b
until_true 20 same_store ase school || give_up "the owner does not hear of the school"
stop school

# The school as it was before its graduates: what it signs next stands behind them.
cp -a "$world/school" "$world/closing"
cp "$world/hideout/node.keys" "$world/closing/node.keys"
start school ase
start holder ase school
do_as school issue "$maria" ase/a
do_as school issue "$maria" ase/b
cut=$(status_field school seq)
until_true 20 same_store ase school || give_up "the owner does not hear of the graduates"
until_answers "a graduate has passed both" 20 0 "VERDICT: VALID" holder lookup "$maria"
do_as ase withdraw "$school" --cut "$cut" --closed --yes
until_true 20 same_store holder ase || give_up "the holder does not hear of the withdrawal"
answers "she has passed them when the school is closed" 0 "VERDICT: VALID" holder lookup "$maria"
blocks=$(status_field holder blocks)
for name in school ase; do stop "$name"; done

do_as closing key rotate
cp -a "$world/closing" "$world/relay_home"
cp "$world/relay/node.keys" "$world/relay_home/node.keys"
start closing holder
ok "the school drops her" until_true 20 has_blocks holder $((blocks + 1))
answers "and she stays where she was held" 0 "VERDICT: VALID" holder lookup "$maria"
ok "the log tells of the branch" eval 'as holder log "$school" | grep -qF "a dropped branch"'
ok "the school itself is given what it dropped, for others" until_true 20 has_blocks closing $((blocks + 1))
stop closing

stop holder
start relay_home
do_as fresh watch add "$maria" --name Maria
start fresh relay_home
ok "a fresh node hears of the chain alone" until_true 20 same_store fresh relay_home
answers "and of no graduate" 2 "" fresh lookup "$maria"
sleep 3
start holder fresh
until_answers "from whoever held her it gets her" 20 0 "VERDICT: VALID" fresh lookup "$maria"
ok "whoever watches her is told" until_true 8 grep -qF "Maria" "$world/fresh/watch.log"
ok "and all" until_true 20 has_blocks fresh $((blocks + 1))
ok "and whoever asked in vain before gets it from there" until_true 20 has_blocks relay_home $((blocks + 1))

start third holder
until_answers "a node that hears the holder alone gets her too" 20 0 "VERDICT: VALID" third lookup "$maria"
ok "nothing is kicked for it" eval '! grep -q peer-kicked "$world"/*.log'

finish
