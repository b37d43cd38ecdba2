#!/usr/bin/env bash
# A certificate rests on its issuer, on who accredited that, and on the namespace's owner: when one of them falls silent
# the answer is undetermined and says which, and a school that was withdrawn gains nothing while it keeps its
# accreditor's word from arriving. The trust file, or the rhythm that an author stated, says what is normal.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

day_0=$(date -d 2031-03-03T09:00 +%s)

# publish_code NAME NAMESPACE: NAME owns NAMESPACE, whose codes `a` and `b` are for life.
publish_code() {
    do_as "$1" trust add "$2" me
    printf '{"namespace": "%s", "version": 1, "in_force_from": "2000-01-01", "codes": [
        {"code": "a", "title": "The first", "lifetime_months": 0},
        {"code": "b", "title": "The second", "lifetime_months": 0}], "rules": []}\n' "$2" >"$world/$2.json"
    do_as "$1" rules publish "$world/$2.json"
}

# days_later N NAME...: all daemons end; N days after the first day those of NAMEs start, each dialling those before it.
days_later() {
    local days=$1 name before=()
    shift
    for name in "${!daemon[@]}"; do stop "$name"; done
    run_time $((day_0 + days * 86400)) 20
    for name in "$@"; do
        start "$name" "${before[@]}"
        before+=("$name")
    done
}

# evidence NAME CODE: role and name of the one whose log is the oldest or missing, and its age in days.
evidence() {
    as "$1" lookup "$maria" --code "$2" --json >"$world/evidence"
    printf '%s %s %d\n' "$(field "$world/evidence" role)" \
        "$(sed -n '/"evidence_of"/,$p' "$world/evidence" | field /dev/stdin name)" \
        $(($(field "$world/evidence" evidence_age_s) / 86400))
}

run_time "$day_0" 20
make_homes ase institute school yearly
make_reader strict
make_reader lenient
make_home maria >"$said" 2>&1 || give_up "init of maria"
ase=$(actor_id ase) institute=$(actor_id institute) school=$(actor_id school) yearly=$(actor_id yearly)
maria=$(actor_id maria)
publish_code ase ase
publish_code yearly yearly
do_as yearly rhythm 200
for name in institute school strict lenient; do
    do_as "$name" trust add ase "$ase" ASE
    do_as "$name" trust add yearly "$yearly" "The Yearly"
done
for name in school strict lenient; do do_as "$name" contact add "$institute" "The Institute"; done
do_as institute contact add "$school" "The School"
do_as ase accredit "$institute" --codes 'ase/*' --depth 1
do_as yearly accredit "$school" --codes 'yearly/*'
do_as institute accredit "The School" --codes 'ase/*'

# ---- all are fresh ----

days_later 0 ase yearly institute school strict
start lenient ase yearly institute school
until_true 20 status_is school logs 3 || give_up "the school does not hear of all"
do_as school issue "$maria" ase/a
do_as school issue "$maria" yearly/a
for name in strict lenient; do
    until_answers "$name: all spoke today" 20 0 "VERDICT: VALID" "$name" lookup "$maria"
done
until_true 20 status_is strict logs 4 || give_up "the reader does not hear of all"
until_true 20 eval 'same_store institute strict' || give_up "the institute does not hear of what the school issued"

# ---- the accreditor falls silent ----

days_later 31 ase school strict
start lenient ase school
do_as school issue "$maria" ase/b
for name in strict lenient; do
    until_answers "$name: the institute may have withdrawn the school since" 20 2 \
        "what is known of The Institute, who accredited this issuer, is 31 days old" "$name" lookup "$maria" --code ase/b
    answers "$name: nor is what is old of its certificates sure" 2 "what is known of who accredited the issuer is too old" \
        "$name" lookup "$maria" --code ase/a
    ok "$name: programs are told who, and how old" [ "$(evidence "$name" ase/a)" = "accreditor The Institute 31" ]
    answers "$name: an author who speaks twice a year is not silent" 0 "VERDICT: VALID" "$name" lookup "$maria" --code yearly/a
done

# ---- what the trust file allows ----

do_as lenient trust add institute "$institute" "The Institute" --fresh 90d
answers "ninety days are allowed" 0 "VERDICT: VALID" lenient lookup "$maria" --code ase/a
answers "others go by what is usual" 2 "VERDICT: UNDETERMINED" strict lookup "$maria" --code ase/a

# ---- it has withdrawn the school ----

do_as institute withdraw "The School" --yes
sleep 2
answers "a school that keeps that from arriving gains nothing" 2 "VERDICT: UNDETERMINED" strict lookup "$maria" --code ase/b
start institute ase
for name in strict lenient; do
    until_answers "$name: once it has arrived, what came after it is nothing" 30 1 "VERDICT: INVALID" \
        "$name" lookup "$maria" --code ase/b
    answers "$name: what came before it stays" 0 "VERDICT: VALID" "$name" lookup "$maria" --code ase/a
done

# ---- a rhythm ends too ----

days_later 199 ase school strict
until_answers "after 199 days the yearly body is not silent" 20 0 "VERDICT: VALID" strict lookup "$maria" --code yearly/a
days_later 202 ase school strict
until_answers "after 202 it is" 20 2 "what is known of The Yearly, who owns the namespace, is" \
    strict lookup "$maria" --code yearly/a

finish
