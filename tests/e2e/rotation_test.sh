#!/usr/bin/env bash
# Keys are replaced while the daemon runs: the log goes on, others follow, and the daemon vouches for it with its new
# checkpoint key.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase
make_reader reader
publish_rules ase ase
do_as reader trust add ase "$(actor_id ase)" ASE
technician=$(actor_id ase)
mv "$world/ase/next.keys" "$world/next.keys"

start ase
start reader ase
do_as ase issue "$technician" ase/a
until_answers "what was signed before is valid" 20 0 "VERDICT: VALID" reader lookup "$technician"

trusted_epoch() { field <(as reader status --json | sed -n '/"trusted"/,/}/p') epoch; }
trusts_epoch() { [ "$(trusted_epoch)" = "$1" ]; }
trusted_seen() { trusts_epoch 1 && as reader status | grep -q '^ase *fresh: last word [0-2] seconds\{0,1\} ago'; }

answers "without the next keys there is no rotation" 4 "--next FILE" ase key rotate
answers "with them there is" 0 "The keys are new (epoch 1" ase key rotate --next "$world/next.keys"
ok "the reader sees the new epoch" until_true 20 trusts_epoch 1
sleep 3
do_as ase issue "$technician" ase/b
ok "the new checkpoint key speaks for the new head" until_true 10 trusted_seen
answers "what the old keys signed stays valid" 0 "ase/a The first: valid until" reader lookup "$technician"
answers "the new keys sign" 0 "ase/b The second: valid for life" reader lookup "$technician"
answers "the keys in the drawer are used up" 4 "" ase key rotate --next "$world/next.keys"
answers "the new next keys are good" 0 "epoch 2" ase key rotate

# What is asked at a terminal holds up no other command, and is asked again where the log went on meanwhile.
if command -v script >/dev/null; then
    dropping=$(status_field ase seq)
    do_as ase issue "$technician" ase/a --earned 2026-01-01
    mkfifo "$world/terminal"
    script -qec "$bin/tradeproof key rotate --at $dropping --home $world/ase --passphrase-file $passphrase" /dev/null \
        <"$world/terminal" >"$world/asks" 2>&1 &
    asking=$!
    exec 7>"$world/terminal"
    ok "key rotate asks before it drops" until_true 20 grep -q 'y/N' "$world/asks"
    ok "meanwhile another command signs" timeout 20 "$bin/tradeproof" revoke --of "$technician" --code ase/a \
        --home "$world/ase" --passphrase-file "$passphrase"
    echo y >&7
    exec 7>&-
    wait "$asking"
    ok "what was not asked about is not dropped" [ $? = 7 ]
    ok "and it says so" grep -q "Your log changed while this was asked" "$world/asks"
fi

stop reader
export TRADEPROOF_NOW=$(($(date +%s) - 2 * 86400))
start reader ase
unset TRADEPROOF_NOW
do_as ase issue "$technician" ase/a --earned 2026-01-02
until_answers "a clock that is behind what the trusted sign is named" 20 0 "clock may be behind" reader status

for name in ase reader; do stop "$name"; done
finish
