#!/usr/bin/env bash
# A relay hands out a shop's log without saying that a technician left. A fresh node that hears the relay alone takes no
# certificate for good that depends on it, and once it hears the shop itself, all is right within seconds.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes brand garage maria
make_reader relay
make_reader fresh
brand=$(actor_id brand) garage=$(actor_id garage) maria=$(actor_id maria)

# She has worked there for two days.
export TRADEPROOF_NOW=$(($(date +%s) - 2 * 86400))
do_as maria consent "$garage" --yes --out "$world/consent.tp"
do_as garage shop join "$world/consent.tp"
unset TRADEPROOF_NOW
publish_rules brand brand
for name in garage maria relay fresh; do do_as "$name" trust add brand "$brand" Brand; done
# So that every node admits the shop's log.
do_as brand accredit "$garage" --codes 'brand/x*'
do_as brand issue "$garage" brand/a --basis membership
do_as brand issue "$maria" brand/b --in-network brand/a

start brand
start garage brand
until_true 20 follows garage brand || give_up "the garage does not hear of the rules"
start maria garage
start relay garage brand maria
until_true 20 same_store relay garage || give_up "the relay does not hear of the roster"
until_answers "while she works there her certificate is good" 20 0 "VERDICT: VALID" relay lookup "$maria" --code brand/b
do_as garage shop leave "$maria"
until_answers "once she has left it is not" 20 1 "VERDICT: INVALID" relay lookup "$maria" --code brand/b
until_true 20 same_store relay garage || give_up "the relay does not hear that she left"

stop garage
stop maria
stop brand
stop relay
ok "the relay blanks what the shop said last" "$bin/tests/blank" "$world/relay" "$garage"
start relay
start fresh relay
ok "the fresh node has every block" until_true 20 same_store fresh relay
until_answers "the certificate is not taken for good" 20 2 "VERDICT: UNDETERMINED" fresh lookup "$maria" --code brand/b
sleep 3
answers "also later" 2 "VERDICT: UNDETERMINED" fresh lookup "$maria" --code brand/b

# An honest reader that got the blanked copy passes it on as what it is, and asks the relay in vain.
make_reader second
do_as second trust add brand "$brand" Brand
start second fresh
ok "a node behind it has every block too" until_true 20 same_store second fresh
answers "and does not take it for good either" 2 "VERDICT: UNDETERMINED" second lookup "$maria" --code brand/b
ok "nothing is kicked for it" eval '! grep -q peer-kicked "$world"/*.log'

stop fresh
stop relay
start garage
start fresh garage
until_answers "the shop itself fills the gap" 10 1 "VERDICT: INVALID" fresh lookup "$maria" --code brand/b
ok "as the log says" grep -q block-filled "$world/fresh.log"
until_answers "and the node behind it hears of it" 60 1 "VERDICT: INVALID" second lookup "$maria" --code brand/b
finish
