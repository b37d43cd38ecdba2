#!/usr/bin/env bash
# A daemon that is killed again and again while it takes in a forked log, which erases, rotates and names the branch that it
# dropped, knows in the end what one knows that was not killed, and never forgets when it first met a block or that it
# followed one.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

kills=$((${KILLS:-60} / 2))
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "SEED=$seed"

make_homes shop maria
make_reader steady
make_reader hideout
make_reader other
shop=$(actor_id shop) maria=$(actor_id maria)
publish_rules shop shop
do_as steady trust add shop "$shop" Shop

# publish HOME COUNT: so many blocks of other people's certificates.
publish() { "$bin/tests/many_blocks" publish "$world/$1" "$passphrase" "$2" >>"$world/published" 2>&1 || give_up "$1"; }
entry_of() { grep -om 1 "$shop/[0-9]*/[0-9]*/[0-9a-f]*" "$said"; }

do_as shop issue "$maria" shop/a
do_as shop issue "$maria" shop/b
erased=$(entry_of)
do_as shop issue "$maria" shop/b --earned 2025-01-01
later_erased=$(entry_of)
publish shop 250
# Before the log forks: who follows a branch without it would read the entry.
do_as shop erase "$erased"
parent=$(own_head shop)
cp -a "$world/shop" "$world/thief"
cp "$world/hideout/node.keys" "$world/thief/node.keys"
publish shop 60
mine=$(own_head shop)
publish thief 1
first=$(own_head thief)
publish thief 49
do_as thief revoke --of "$maria" --code shop/a --reason misconduct
publish thief 20
cp -a "$world/steady" "$world/fresh"
cp "$world/other/node.keys" "$world/fresh/node.keys"
cp -a "$world/fresh" "$world/killed"

evidence() { "$bin/tests/evidence" "$world/$1"; }
# What two honest nodes agree on: of what lies beside the chain each passes on what speaks, and little else.
known() { evidence "$1" | grep -v '^block .* side' | cut -f 1; }
know_alike() { cmp -s <(known "$1") <(known "$2"); }

# So that arrivals that are close together differ.
run_time "$(date +%s)" 200
start steady
start shop steady
start thief steady
for name in shop thief; do until_true 40 know_alike steady $name || give_up "the steady node does not hear of the fork"; done
all=$(evidence steady | grep -c ^block)

# ---- one life after the other ----

# From its first moment on.
killed_soon() {
    local name net peers=()
    for name in steady shop thief; do peers+=(--peer "$(cat "$world/$name/endpoint")"); done
    set_now
    "$bin/tradeproofd" --home "$world/killed" --listen 127.0.0.1:0 "${peers[@]}" 2>>"$world/killed.log" &
    others=($!)
    sleep "0.$(printf '%03d' $((20 + RANDOM % 60)))"
    net="$(children_of "${others[0]}") $(started_by "${others[0]}")"
    kill -KILL "${others[0]}"
    wait "${others[0]}" 2>/dev/null
    # shellcheck disable=SC2086
    until_true 10 are_gone $net || give_up "a net process outlives its daemon"
    others=()
}

# Of each block its name and first arrival; of those that were ever followed, once more.
remembered() {
    evidence killed >"$world/evidence" || return 1
    sed -nE 's/^(block [^ ]+ [0-9]+ [0-9a-f]+) .*\t([0-9]+) .*/\1 \2/p; s/^(block [^ ]+ [0-9]+ [0-9a-f]+) .* [0-9]+ [0-9]+$/\1 followed/p' \
        "$world/evidence" | sort
}

forgot=0 unread=0 partly=0 anew=0
live() {
    local count
    killed_soon
    [ -s "$world/killed/store/data.mdb" ] || return 0
    remembered >"$world/now" || unread=$((unread + 1))
    [ -z "$(comm -23 "$world/before" "$world/now")" ] || forgot=$((forgot + 1))
    mv "$world/now" "$world/before"
    count=$(grep -c ^block "$world/evidence")
    [ "$count" = 0 ] || [ "$count" -ge "$all" ] || partly=$((partly + 1))
}

# Everything, again and again.
: >"$world/before"
for ((kill = 0; kill < kills; kill++)); do
    live
    if know_alike killed steady; then
        rm -rf "$world/killed"
        cp -a "$world/fresh" "$world/killed"
        : >"$world/before"
        anew=$((anew + 1))
    fi
done
echo "$partly of $kills kills came while it held some of $all blocks; it began anew $anew times"

# What happens meanwhile.
{
    as shop key rotate --onto "$mine" --yes
    as shop issue "$maria" shop/b --earned 2024-01-01
    as shop void --branch 0 "$parent" "$first" --yes
    as shop reinstate --voided "$(status_field shop seq)"
    as shop erase "$later_erased"
    as shop issue "$maria" shop/a --earned 2024-01-01
    touch "$world/done"
} >"$world/said.shop" 2>&1 &
shop_says=$!
for ((kill = 0; kill < 20 * kills; kill++)); do
    [ ! -e "$world/done" ] || break
    live
done
wait "$shop_says"
ok "the issuer said all" [ -e "$world/done" ]
ok "the store is readable after each kill ($unread times not)" [ "$unread" = 0 ]
ok "no first arrival and nothing followed is forgotten ($forgot times)" [ "$forgot" = 0 ]

# ---- in the end ----

# answer NAME: what it says of her, but how old its evidence is, and of what was erased before it came there.
answer() { as "$1" lookup "$maria" --all 2>&1 | sed -E 's/(issuer )?seen [^;]* ago//; / erased by /d'; }
answer_alike() { diff <(answer killed) <(answer steady); }
ok "the other node hears all" until_true 40 know_alike steady shop
start killed steady shop thief
ok "it knows as much as one that was not killed" until_true 40 know_alike killed steady
ok "and answers alike" until_true 20 answer_alike
answers "that the certificate is valid" 0 "VERDICT: VALID" killed lookup "$maria" --code shop/a
ok "it followed what it follows" eval '! evidence killed | grep -q " chain.* - -$"'
finish
