#!/usr/bin/env bash
# Accrediting, taking back and speaking regularly, on the command line: what is refused, what can be ended though
# the delegate's log is not held, and what an accreditor is reminded of.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase school
school=$(actor_id school)
do_as ase trust add ase me
printf '{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01", "codes": [
    {"code": "a", "title": "The first", "lifetime_months": 24},
    {"code": "h", "title": "By the state", "lifetime_months": 0}],
    "rules": [{"kind": "condition", "name": "h", "when": "in state (OH, TX)"}]}\n' >"$world/ase.json"
do_as ase rules publish "$world/ase.json"
do_as ase contact add "$school" "A school"

answers "a code that holds everywhere is not accredited by state" 4 "leave --states out" \
    ase accredit "A school" --codes ase/a --states OH
answers "one that hangs on a state is" 0 "published" ase accredit "A school" --codes ase/h --states OH
answers "an accreditation may end" 0 "published" \
    ase accredit "A school" --codes ase/a --from 2020-01-01 --until 2026-01-31
answers "what ended is to be recorded" 0 "A school was accredited until 2026-01-31" ase status
answers "once the log is held" 0 "once its log is held here" ase status
answers "or ended whole where nothing was issued" 0 "tradeproof withdraw $school --accreditation 3/0" ase status
answers "programs are told too" 0 '"ended": "2026-01-31"' ase status --json
answers "with the accreditation's place" 0 '"accreditation": "3/0"' ase status --json

answers "a log that is not held can't be cut" 2 "--accreditation 2/0" ase withdraw "A school"
answers "nor where there is no accreditation" 4 "is not the place" ase withdraw "A school" --accreditation 1/0
answers "nor is a place mistyped" 4 "is not the place" ase withdraw "A school" --accreditation 2
answers "an accreditation ends whole or by a cut" 3 "Usage" ase withdraw "A school" --accreditation 2/0 --all
answers "nothing is withdrawn unasked" 3 "say --yes" ase withdraw "A school" --accreditation 2/0
answers "nor before it is said what that ends" 3 "what this ends can't be counted" \
    ase withdraw "A school" --accreditation 2/0
answers "it can be ended whole" 0 "published" ase withdraw "A school" --accreditation 2/0 --yes
answers "the other one is left" 2 "--accreditation 3/0" ase withdraw "A school"
answers "and ended for good" 0 "published" ase withdraw "A school" --accreditation 3/0 --yes --closed
as ase status >"$said" 2>&1
ok "then nothing is left to record" sh -c "! grep -q 'To do' '$said'"

day_before=$(date -d '-40 days' +%F) first_day=$(date -d '-30 days' +%F) last_day=$(date -d '+30 days' +%F)
answers "whoever is accredited again is told what that brings back" 0 "counts, not even against anybody." \
    ase accredit "A school" --codes ase/a --from "$first_day"
do_as ase accredit "A school" --codes ase/h --states OH,TX --from "$first_day" --until "$last_day"
do_as ase accredit "A school" --codes ase/a --from 2020-01-01 --until 2026-01-31
do_as school trust add ase "$(actor_id ase)" ASE
start ase
start school ase
ok "the school hears of it" until_true 20 follows school ase
answers "an older exam names both dates and the way out" 4 "from $first_day on, and it was earned before that, on $day_before" \
    school issue me ase/a --earned "$day_before"
cp "$said" "$world/why"
printf 'technician,code,earned_on\nme,ase/a,%s\n%s,ase/a,%s\n' "$day_before" "$school" "$day_before" >"$world/older.csv"
answers "so does a row of a file" 4 "line 3: ase/a: you are accredited for it from $first_day on" \
    school issue --csv "$world/older.csv"
ok "with a command" grep -qF "tradeproof accredit ID --codes ase/a --from $day_before" "$world/why"
answers "which gives no more than the accreditation did" 4 \
    "tradeproof accredit ID --codes ase/h --from $day_before --states OH,TX --until $last_day" \
    school issue me ase/h --earned "$day_before"
answers "a later one is issued to oneself" 0 "Issued ase/a to you" school issue me ase/a --earned "$first_day"
answers "whoever issues after the end is warned" 0 "Warning: your accreditation for ase/a ended on 2026-01-31" \
    school issue me ase/a --earned 2026-01-15
stop school
stop ase

answers "a body that speaks twice a year says so" 0 "published" ase rhythm 190
answers "less often is refused" 4 "from 1 to 200" ase rhythm 201
answers "and never" 4 "from 1 to 200" ase rhythm 0

answers "where no rules are held it can't be checked, which is said" 0 "no rules of tx are held here today" \
    ase accredit "A school" --codes tx/a --states TX --from 2030-01-01
answers "and no more than that of rules that are" 0 "published" ase accredit "A school" --codes ase/h --states TX
ok "no note" sh -c "! grep -q 'no rules of' '$said'"

own_seq() { field <(as "$1" status --json | sed -n '/"own_log"/,/}/p') seq; }
taken=$(own_seq ase)
do_as ase key rotate --yes
do_as ase void "$taken" --yes
answers "reinstating what a void took does not accredit again, which is said" 4 "tradeproof accredit, tradeproof withdraw" \
    ase reinstate --voided "$(own_seq ase)"

answers "trust says how old it may be" 0 '"fresh_days": 90' ase trust add ase me "A body" --fresh 90d --json
answers "and shows it" 0 "known for up to 90 days" ase trust list
answers "in days alone" 4 "such as 90d" ase trust add ase me --fresh 3w

finish
