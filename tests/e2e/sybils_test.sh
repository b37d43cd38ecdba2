#!/usr/bin/env bash
# A mob crowds around a technician: four whom nobody accredited attest her 256 times each, eight who may attest something
# else accredit a junk issuer 64 times, and all twelve of them the honest one. Her certificate stays good at nodes that
# met them before and after its issuer, what the issuer says later arrives, and a delegate of depth 0 brings nobody in.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

strangers=(s1 s2 s3 s4)
others=(o1 o2 o3 o4 o5 o6 o7 o8)
mob=("${strangers[@]}" "${others[@]}")
declare -A id=()

# accredit_many NAME CODES DEPTH TIMES ACTOR...
accredit_many() {
    local name=$1
    shift
    "$bin/tests/accredit_many" "$world/$name" "$passphrase" "$@" >"$said" 2>&1 || give_up "$name accredits many"
}

# ids NAME...: theirs.
ids() { for name in "$@"; do echo "${id[$name]}"; done; }

# entries NAME: the entries in the answer, in the order shown.
entries() { as "$1" lookup "$maria" --all --json | sed -nE 's/^      "entry": "(.*)",$/\1/p'; }

shows_alike() {
    entries east >"$world/entries.east"
    entries west >"$world/entries.west"
    [ -s "$world/entries.east" ] && cmp -s "$world/entries.east" "$world/entries.west"
}

make_homes ase school mole outsider junk "${mob[@]}"
for name in lamp east west; do make_reader "$name"; done
for name in ase school mole outsider junk "${mob[@]}"; do id[$name]=$(actor_id "$name"); done
make_home maria >"$said" 2>&1 || give_up "init of maria"
maria=$(actor_id maria)

do_as ase trust add ase me
printf '{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01", "codes": [
    {"code": "a", "title": "The first", "lifetime_months": 0},
    {"code": "x", "title": "Another", "lifetime_months": 0}], "rules": []}\n' >"$world/ase.json"
do_as ase rules publish "$world/ase.json"
for name in school mole outsider junk "${mob[@]}" east west; do do_as "$name" trust add ase "${id[ase]}" ASE; done
accredit_many ase ase/a 0 1 "${id[school]}" "${id[mole]}"
accredit_many ase ase/x 0 1 "${id[junk]}" $(ids "${others[@]}")
do_as school issue "$maria" ase/a --until 2099-12-31 --unaccredited
honest=$(field <(as school lookup "$maria" --json) entry)

# ---- the mob ----

# Whoever holds a certificate is known to all nodes.
{
    echo technician,code,earned_on,last_day
    for name in "${strangers[@]}"; do echo "${id[$name]},ase/x,2020-01-01,2099-12-31"; done
} >"$world/strangers.csv"
do_as ase issue --csv "$world/strangers.csv"
{
    echo technician,code,earned_on,last_day
    for ((day = 0; day < 256; day++)); do echo "$maria,ase/a,$(date -d "2020-01-01 +$day days" +%F),2099-12-31"; done
} >"$world/crowd.csv"
for name in "${strangers[@]}"; do
    do_as "$name" issue --csv "$world/crowd.csv" --unaccredited --anyway
    accredit_many "$name" ase/a 8 64 "${id[school]}"
done
for name in "${others[@]}"; do accredit_many "$name" ase/a 8 64 "${id[junk]}" "${id[school]}"; done
do_as junk issue "$maria" ase/a --until 2099-12-31 --unaccredited --anyway
accredit_many mole ase/a 8 64 "${id[outsider]}"
do_as outsider issue "$maria" ase/a --until 2099-12-31 --unaccredited --anyway

# ---- east meets the issuer first, west the mob ----

# A node of ASE's that has not met the mob yet.
cp -a "$world/ase" "$world/early"
cp "$world/lamp/node.keys" "$world/early/node.keys"
start early
start school early
start east early school
until_answers "before the mob comes it is good" 20 0 "VERDICT: VALID" east lookup "$maria"
for name in east school early; do stop "$name"; done

start ase
start west ase
for name in "${mob[@]}" junk; do start "$name" ase; done
ok "all of the mob are held" until_true 30 status_is west logs 14
for name in "${mob[@]}" junk; do stop "$name"; done

start school ase
start mole ase
start outsider ase mole
start east ase
ok "as they are at the other node" until_true 30 eval 'status_is east logs 16 && status_is west logs 16'
for name in east west; do
    until_answers "her certificate is good at $name" 20 0 "VERDICT: VALID" "$name" lookup "$maria"
    answers "it is the one of $name's answers" 0 "$honest" "$name" lookup "$maria" --json
    answers "what the mob says decides nothing at $name" 0 "Said by others" "$name" lookup "$maria"
    answers "her own meets a requirement at $name" 0 "" "$name" lookup "$maria" --require ase/a
    answers "what nobody attested does not" 1 "" "$name" lookup "$maria" --require ase/x
done
ok "both show the same in one order" shows_alike

# ---- what the issuer says arrives ----

do_as school suspend "$honest"
for name in east west; do
    until_answers "$name hears that it is suspended" 20 1 "VERDICT: INVALID" "$name" lookup "$maria"
done
do_as school reinstate "$honest"
for name in east west; do
    until_answers "$name hears that it is not any more" 20 0 "VERDICT: VALID" "$name" lookup "$maria"
done

# ---- a delegate of depth 0 ----

for name in east west ase; do
    ok "$name takes nothing in of whom the mole accredits" [ "$(status_field "$name" logs)" = 16 ]
    ok "nor does $name show any of its entries" eval '! grep -q "${id[outsider]}" <(as "$name" lookup "$maria" --all --json)'
done
finish
