#!/usr/bin/env bash
# Who sends a block with a false signature is not spoken with for a while; who stands at the same address is, and so is who
# signed the block. The ban ends.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "${BASH_SOURCE[0]}")/attacked.sh"

bans() { grep -c '"peer-banned"' "$world/verifier.log"; }
banned() { grep '"peer-banned"' "$world/verifier.log" | sed 's/.*"node":"//; s/".*//' | sort -u; }

settle_down 0
stop verifier
stop issuer
"$bin/tests/many_blocks" publish "$world/seen" "$passphrase" 1 >"$said" 2>&1 || give_up "a block that the verifier lacks"
: >"$world/verifier.log"
run_time "$(date +%s)" 300
start issuer
start verifier issuer
downs=$(grep -c '"peer-down"' "$world/issuer.log")
attack silent 1
attack forger 1
ok "who sends it is banned" until_true 10 eval '[ "$(bans)" = 1 ]'
banned_ms=$(date +%s%3N)
ok "and is not let in" until_true 5 grep -q '"peer-not-let-in"' "$world/verifier.log"
ok "the ban ends, and it is banned anew" until_true 10 eval '[ "$(bans)" = 2 ]'
ok "which was not at once" [ $(($(date +%s%3N) - banned_ms)) -ge 1500 ]
ok "only one node is banned" [ "$(banned | wc -l)" = 1 ]
ok "nobody else is sent away, also not from the same address" \
    eval '! grep "\"peer-down\"" "$world/verifier.log" | grep -vF "$(banned)"'
ok "nor is the issuer" [ "$(grep -c '"peer-down"' "$world/issuer.log")" = "$downs" ]
call_off
do_as issuer issue "$issuer" shop/a --anyway
ok "what it says next comes" until_true 10 follows verifier issuer
finish
