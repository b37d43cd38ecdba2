#!/usr/bin/env bash
# What is not there is as old as what is there: a certificate is missing for certain, or denied, only while those who
# might have said otherwise were heard lately. Who was not is named.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

day_0=$(date -d 2031-03-03T09:00 +%s)
run_time "$day_0" 20
make_homes ase school
make_reader shop
make_home maria >"$said" 2>&1 || give_up "init of maria"
ase=$(actor_id ase) school=$(actor_id school) maria=$(actor_id maria)
do_as ase trust add ase me
printf '{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01", "codes": [
    {"code": "A1", "title": "Engine", "lifetime_months": 60},
    {"code": "A5", "title": "Brakes", "lifetime_months": 60}],
  "rules": [{"kind": "title", "name": "Both", "when": "A1 and A5"},
    {"kind": "title", "name": "Brakes alone", "when": "A5 and not tested A1"}]}\n' >"$world/ase.json"
do_as ase rules publish "$world/ase.json"
for name in shop school; do do_as "$name" trust add ase "$ase" ASE; done
do_as shop contact add "$school" "The School"

# ---- who was heard of a minute ago has not said it ----

start ase
start shop ase
do_as ase issue "$maria" ase/A5
until_answers "what is there holds" 20 0 "VERDICT: VALID" shop lookup "$maria" --code ase/A5
answers "what is not there is missing" 1 "ase/A1: not held" shop lookup "$maria" --require ase/A1
answers "and may be denied" 0 "VERDICT: VALID" shop lookup "$maria" --require "not ase/A1"
answers "of what nobody owns nothing is known" 2 "nosuch has no owner in your trust file" \
    shop lookup "$maria" --require "not nosuch/thing"
answers "nor that it is missing" 2 "VERDICT: UNDETERMINED" shop lookup "$maria" --require nosuch/thing
answers "an empty requirement is not no requirement" 3 "--require" shop lookup "$maria" --require ""
answers "in a challenge neither" 3 "--require" maria challenge --require "" --out "$world/empty.tp"
answers "what is held is, whatever else is denied" 0 "VERDICT: VALID" \
    shop lookup "$maria" --require "ase/A5 and not ase/A1"
answers "in the words of a title, too" 0 "VERDICT: VALID" shop lookup "$maria" --require 'ase:"Brakes alone"'
answers "before anything was known nothing was missing" 2 "VERDICT: UNDETERMINED" \
    shop lookup "$maria" --require ase/A1 --known-by 2031-03-01
answers "nor could be denied" 2 "VERDICT: UNDETERMINED" \
    shop lookup "$maria" --require "not ase/A1" --known-by 2031-03-01

# ---- somebody may speak who was never heard of ----

do_as ase accredit "$school" --codes 'ase/A*'
until_answers "whoever is let speak may have said it" 20 2 "The School, who may speak of ase/A*, has not yet said" \
    shop lookup "$maria" --require "not ase/A1"
answers "what nobody shows is missing all the same" 1 "ase/A1: not held" shop lookup "$maria" --require ase/A1
answers "the title that denies it asks the same" 2 "The School, who may speak of ase/A*, has not yet said" \
    shop lookup "$maria" --require 'ase:"Brakes alone"'
printf 'a: not ase/A1\n' >"$world/denied.txt"
answers "so does a file of requirements" 2 "The School, who may speak of ase/A*, has not yet said" \
    shop require check "$world/denied.txt" "$maria"
answers "twice denied it is asked for" 1 "VERDICT: INVALID" shop lookup "$maria" --require "not not ase/A1"
answers "and nothing else hangs on it" 0 "VERDICT: VALID" shop lookup "$maria" --require ase/A5
start school ase
until_true 20 as school issue "$ase" ase/A5 || give_up "the school does not hear that it may issue"
until_answers "once heard it has not" 30 0 "VERDICT: VALID" shop lookup "$maria" --require "not ase/A1"
answers "and she has the title" 0 "VERDICT: VALID" shop lookup "$maria" --require 'ase:"Brakes alone"'

# ---- ten days without a word ----

for name in school shop ase; do stop "$name"; done
run_time $((day_0 + 10 * 86400)) 20
answers "an old word denies nothing" 2 "More may have been said than is known here: what is known of ASE" \
    shop lookup "$maria" --require "not ase/A1"
answers "nor is anything missing by it" 2 "ase/A1: could not be determined" shop lookup "$maria" --require ase/A1
ok "programs are told who" grep -q '"codes": "ase/\*"' <(as shop lookup "$maria" --require ase/A1 --json)
start ase
start shop ase
until_answers "with the owner's word it is missing again" 20 1 "ase/A1: not held" shop lookup "$maria" --require ase/A1
answers "the school's is lacking to deny it" 2 "what is known of The School, who may speak of ase/A*, is" \
    shop lookup "$maria" --require "not ase/A1"

finish
