#!/usr/bin/env bash
# What certificates amount to, by the rules as they are shipped: tested and certified, titles held and within reach,
# requirements in words and what is wrong with them, pay grades, and shops: their status, what would be if, and finding
# them. Days are asked about by date, so nothing depends on when this runs.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase garage maria bob
ase=$(actor_id ase) garage=$(actor_id garage) maria=$(actor_id maria) bob=$(actor_id bob)
entry() { sed -n 's/^Entry: //p' "$said"; }
issue() { do_as ase issue "$@"; } # TECHNICIAN CODE [OPTION...]
passes() { issue "$1" "$2" --earned "$3"; }
works() { issue "$1" ase/experience --basis experience --from "$2" --until "$3" --earned "$3"; }
says() { # SENTENCE PHRASE: of the last answer
    if grep -qF -- "$2" "$said"; then good; else bad "$1: does not say \"$2\""; fi
}
points() { if grep -q '^ *^$' "$said"; then good; else bad "$1: shows no place"; fi; }
says_not() { if grep -qF -- "$2" "$said"; then bad "$1: says \"$2\""; else good; fi; }
ask() { answers "$1" "$2" "$3" ase lookup "Maria Lopez" "${@:4}"; } # SENTENCE CODE PHRASE [OPTION...]

for name in ase garage maria bob; do
    do_as "$name" trust add ase "$ase"
    do_as "$name" contact add "$maria" "Maria Lopez"
    do_as "$name" contact add "$bob" "Bob Miller"
done
do_as ase rules publish "$root/cmd/rules/ase.json"

# ---- tested and certified ----

passes "$maria" ase/A5 2022-06-30
ask "a test alone makes nobody certified" 0 "tested; not yet certified: 2 years of experience is missing" --at 2024-06-01
ask "which is what a code requires" 1 "ase/A5: not held; 2 years of experience is missing" --at 2024-06-01 --require ase/A5
ask "unless the test alone is asked for" 0 "tested ase/A5: held" --at 2024-06-01 --require 'tested ase/A5'
works "$maria" 2021-01-10 2022-12-31
ask "experience says what it documents" 0 "documents 2021-01-10 to 2022-12-31" --at 2024-06-01
ask "and counts" 1 "9 days of experience is missing" --at 2024-06-01 --require ase/A5
works "$maria" 2022-12-25 2023-01-09
ask "time documented twice counts once" 0 "ase/A5: held" --at 2024-06-01 --require ase/A5
ask "from the day on which it is reached" 1 "is missing" --at 2023-01-08 --require ase/A5
ask "inclusive" 0 "Requirement: met" --at 2023-01-09 --require ase/A5

# ---- titles ----

for code in A1 A4 A6 A7 A8; do passes "$maria" "ase/$code" 2023-03-14; done
ask "what is missing for a title is named" 0 "Master Automobile: A2, A3 missing; A5 lapses 2027-06-30" --at 2024-06-01
says "apart from titles that are held" "Within reach:"
says "with what lapses next" "Next to lapse: ase/A5 on 2027-06-30"
says "and the rules that say so" "Rules: ase version 1"
for code in A2 A3; do passes "$maria" "ase/$code" 2024-05-02; done
ask "a title says since when, until when and why" 0 \
    "Master Automobile: held since 2024-05-02, until 2027-06-30 (A5 lapses)" --at 2024-06-01
ask "it is not held the day before" 1 "Master Automobile: A2, A3 missing" --at 2024-05-01
ask "is on its last day" 0 "Master Automobile: held" --at 2027-06-30
ask "and is not on the day after" 1 "Master Automobile: A5 missing" --at 2027-07-01
ask "certificates that are not asked for still count" 0 "Master Automobile: held" --at 2024-06-01 --code ase/A5
says_not "but are not shown" "ase/A6"
issue "$maria" ase/A5 --basis recertification --earned 2026-03-14
ask "recertified, the older one is summed up" 0 "1 older certificate of the same codes is not shown: --all" --at 2028-01-01 --code ase/A5
ask "and shown on demand" 0 "expired after 2027-06-30" --at 2028-01-01 --code ase/A5 --all
ask "the title goes on" 0 "until 2028-03-14" --at 2027-07-01
ask "programs read it all" 0 '"within_reach": false' --at 2024-06-01 --json
says "titles by name" '"name": "Master Automobile"'
says "and rules" '"version": 1'

# ---- requirements ----

ask "requirements are said in words" 0 "Requirement: met" --at 2024-06-01 \
    --require '"Master Automobile" and not ase/L1 and any 2 of (ase/A1, ase/B2, ase/A5)'
ask "a comma is a loose and" 1 "ase/A5: held" --at 2024-06-01 --require ase/A5,ase/B2
says "and every part is answered" "ase/B2: not held; no certificate for it is known here"
ask "a title that is not held says why" 1 'ase:"Master Truck Equipment": not held; ase/E1, ase/E2, ase/E3 are missing' \
    --at 2024-06-01 --require '"Master Truck Equipment"'
ask "a state that is not said could be any" 2 \
    "in state TX: could not be determined: being asked for in one of its states (--state)" --at 2024-06-01 --require 'in state TX'
ask "one that is said holds" 0 "in state TX: met" --at 2024-06-01 --require 'in state TX' --state TX
ask "or doesn't" 1 "in state TX: not met" --at 2024-06-01 --require 'in state TX' --state OH
while IFS='|' read -r sentence text phrase; do
    ask "$sentence" 3 "$phrase" --require "$text"
    points "$sentence"
done <<'END'
an end that comes too early|ase/A5 and|expected
two codes without a word in between|ase/A5 ase/A6|expected
a bracket left open|(ase/A5 or ase/A6|expected
a code without a namespace|A5|
a title without its end|"Master|
what only rules can say|basis exam|
END
ask "a state is two capitals" 3 "two capitals" --state Texas

# ---- pay grades ----

cat >"$world/grades.txt" <<'END'
# what we pay
Grade 3: "Master Automobile" and ase/L1
Grade 2: "Master Automobile"
    and any 2 of (ase/A1, ase/A5)
Grade 1: ase/A5
END
answers "a file of requirements is checked" 0 "3 requirements, no mistake" ase require check "$world/grades.txt"
grade() { answers "$1" "$2" "$3" ase require check "$world/grades.txt" "Maria Lopez" "${@:4}"; }
grade "she reaches a grade" 0 "Reached: Grade 2" --at 2024-06-01
says "and is told what the next one takes" "Grade 3: not reached; ase/L1 is missing"
grade "before, a lower one" 0 "Reached: Grade 1" --at 2024-05-01
grade "at first, none" 1 "Reached: none" --at 2022-06-30
grade "programs read it" 0 '"reached": "Grade 2"' --at 2024-06-01 --json
printf 'Grade 1: ase/A5\nGrade 2: ase/A5\n  and (ase/A6\n' >"$world/bad.txt"
answers "a mistake is shown by its line" 4 "line 3" ase require check "$world/bad.txt"
points "and its place"
answers "a name stands once" 4 "line 2: has a name" ase require check <(printf 'a: ase/A5\na: ase/A6\n')

# ---- asked for and presented ----

do_as ase challenge --require '"Master Automobile"' --out "$world/challenge.tp"
answers "a challenge carries no nonsense" 3 "--require" ase challenge --require 'ase/A5 and' --out "$world/none.tp"
do_as ase export "Maria Lopez" --out "$world/maria.tp"
answers "who answers sees what is asked for" 0 'Asked for: ase:"Master Automobile"' \
    maria present "$world/challenge.tp" --from "$world/maria.tp" --yes --out "$world/answer.tp"
answers "the answer is held against it" 0 'ase:"Master Automobile": held' ase verify "$world/answer.tp"
do_as ase challenge --require 'ase/A1 and ase/A5' --out "$world/challenge.tp"
answers "only what bears on it is shown" 0 "Wrote" \
    maria present "$world/challenge.tp" --from "$world/maria.tp" --yes --out "$world/answer.tp"
says_not "and nothing else" "ase/A7"
answers "what the verifier knows beside it counts" 0 "Master Automobile: held" ase verify "$world/answer.tp"
says_not "unlisted" "ase/A7"

# ---- what is said about certificates ----

issue "$bob" ase/B2 --earned 2025-01-10
wrong=$(entry)
issue "$bob" ase/B3 --earned 2025-01-10
right=$(entry)
do_as ase appeal "$wrong" --on 2025-03-01
answers "an appeal says since when" 0 "under appeal since 2025-03-01" ase lookup "$bob" --code ase/B2
do_as ase replace "$wrong" --by "$right" --from 2025-04-01
answers "a replacement says by what" 1 "replaced by ase/B3" ase lookup "$bob" --code ase/B2
says "and by which entry" "($right"

# ---- a wrong exam day ----

cat >"$world/retakes.json" <<'END'
{"namespace": "guild", "version": 1, "in_force_from": "2000-01-01",
 "codes": [{"code": "A", "title": "Axles", "lifetime_months": 60}],
 "rules": [{"kind": "prerequisite", "name": "*", "when": "30 days apart from exam"}]}
END
do_as ase trust add guild me
do_as ase rules publish "$world/retakes.json"
passes "$bob" guild/A 2025-06-01
wrong=$(entry)
answers "a second exam within 30 days never counts" 4 "30 days apart from exam" \
    ase issue "$bob" guild/A --earned 2025-06-11
says "unless it corrects the first" "--replaces ENTRY"
answers "nor as the correction of somebody else's" 4 "about somebody else" \
    ase issue "$maria" guild/A --earned 2025-06-11 --replaces "$wrong"
answers "a correction is looked at as one beforehand" 0 "Would replace $wrong" \
    ase issue "$bob" guild/A --earned 2025-06-11 --replaces "$wrong" --dry-run
answers "and made in one go" 0 "Replaced $wrong" ase issue "$bob" guild/A --earned 2025-06-11 --replaces "$wrong"
right=$(entry)
answers "he has the code from the right day on" 0 "VALID         guild/A Axles: valid until 2030-06-11" \
    ase lookup "$bob" --code guild/A
says "and what it replaced stays visible" "replaced by guild/A Axles ($right"
answers "corrected again it goes on" 0 "Replaced $right" \
    ase issue "$bob" guild/A --earned 2025-06-21 --replaces "$right"
answers "and none of both counts against it" 0 "valid until 2030-06-21" ase lookup "$bob" --code guild/A

# ---- what would be issued in vain ----

do_as ase trust add epa me
do_as ase trust add tx me
do_as ase rules publish "$root/cmd/rules/epa.json"
do_as ase rules publish "$root/cmd/rules/tx.json"
answers "EPA 609 by training is refused, by its rule" 4 "prerequisite 609: basis exam" \
    ase issue "$bob" epa/609 --basis training --earned 2024-01-10
answers "unless who issues knows better" 0 "Issued epa/609" \
    ase issue "$bob" epa/609 --basis training --earned 2024-01-10 --anyway
answers "which changes nothing about what counts" 1 "does not count" ase lookup "$bob" --code epa/609
licence=$(sed -n 's/.*"code": "\([^"]*\)".*"lifetime_months": [1-9].*/\1/p' "$root/cmd/rules/tx.json" | head -n 1)
answers "a licence whose rules know no renewal is not renewed in vain" 4 "has no renewal rule" \
    ase issue "$bob" "tx/$licence" --basis renewal --earned 2024-01-10
passes "$bob" ase/A6 2020-01-10
answers "a renewal goes on from the end held" 0 "valid until 2026-01-10" \
    ase issue "$bob" ase/A6 --basis renewal --earned 2024-06-10 --dry-run
answers "a test that was passed says what makes it a certificate" 0 "Tested; certified when there is also:" \
    ase issue "$bob" ase/B4 --dry-run
printf 'technician,code,earned_on\n%s,ase/B4,2024-01-10\n%s,epa/609,2024-01-10\n' "$bob" "$bob" >"$world/tests.csv"
answers "so does a row of a file, and no other" 0 "line 2: ase/B4: Tested; certified when there is also:" \
    ase issue --csv "$world/tests.csv" --dry-run
says_not "of one that is all that is asked for" "line 3"
answers "programs read which" 0 '"waiting": 1' ase issue --csv "$world/tests.csv" --dry-run --json
says "and for what" '"missing": ['

# ---- another namespace's title of the same name ----

do_as garage trust add junk me
cat >"$world/junk.json" <<'END'
{"namespace": "junk", "version": 1, "in_force_from": "2000-01-01",
 "codes": [{"code": "a", "title": "Anything", "lifetime_months": 0}],
 "rules": [{"kind": "title", "name": "Master Automobile", "when": "a"}]}
END
do_as garage rules publish "$world/junk.json"
do_as garage issue "$bob" junk/a --earned 2024-01-10
start garage
start ase garage
do_as ase trust add junk "$garage"
until_answers "a name that two namespaces have is refused" 20 3 'ase:"Master Automobile" or junk:"Master Automobile"' \
    ase lookup "$bob" --require '"Master Automobile"' --at 2024-06-01
points "at its place"
answers "also in a file" 4 'ase:"Master Automobile" or junk:"Master Automobile"' ase require check "$world/grades.txt"
answers "and in a challenge" 3 'junk:"Master Automobile"' \
    ase challenge --require '"Master Automobile"' --out "$world/none.tp"
answers "with its namespace it is one" 1 'ase:"Master Automobile": not held' \
    ase lookup "$bob" --require 'ase:"Master Automobile"' --at 2024-06-01
answers "or the other" 0 'junk:"Master Automobile": held' \
    ase lookup "$bob" --require 'junk:"Master Automobile"' --at 2024-06-01
answers "a title that nobody gives is refused" 3 "no rules that are held here" \
    ase lookup "$bob" --require '"Master Plumber"'
answers "that of any namespace can't be required" 3 "expected a title" ase lookup "$bob" --require '*:"Master Automobile"'
do_as ase trust remove junk
answers "who is no longer trusted takes no name away" 1 'ase:"Master Automobile": not held' \
    ase lookup "$bob" --require '"Master Automobile"' --at 2024-06-01
stop ase
stop garage

# ---- shops ----

today=$(date -u +%Y-%m-%d)
for code in A1 A4; do passes "$bob" "ase/$code" 2024-03-01; done
do_as ase accredit "$garage" --codes "ase/experience*" # so that the garage is heard
start ase
start garage ase
start maria garage
start bob garage
printf '{"name": "Lone Star Garage", "place": "Austin", "state": "TX", "technicians": 2, "from": "2024-01-01",
    "areas": ["brakes", "electrical"]}\n' >"$world/garage.json"
answers "without a profile nothing is known of a shop" 1 "has not said what it does" garage shop status
do_as garage shop publish "$world/garage.json"
for name in maria bob; do
    do_as "$name" consent "$garage" --from 2024-02-01 --yes --out "$world/$name.consent"
    do_as garage shop join "$world/$name.consent"
done
until_true 20 same_store garage ase || give_up "the garage and the body don't hear of each other"
status() { answers "$1" "$2" "$3" garage shop status "${@:4}"; }
status "a shop sees who counts" 1 "1 of 2 technicians count as certified; 75 % are needed"
says "who is certified" "Maria Lopez: certified; here since 2024-02-01"
says "who is not" "Bob Miller: not certified"
says "who covers what" "brakes: covered by Maria Lopez"
says "that no recognition is there" "recognition ase/blue-seal: not in force"
says "that one certified technician is less than an award" "At least one certified technician: held since 2024-02-01"
says "and a patch is nobody's but hers" "patch on a sleeve"
works "$bob" 2020-01-01 2022-12-31
do_as ase contact add "$garage" "Lone Star Garage"
answers "the review finds enough" 0 "Issued ase/blue-seal" ase review "$garage" --technicians 2 --areas brakes
until_answers "the award is held from that day on" 20 0 "Blue Seal of Excellence: held since $today" garage shop status
says "beside what was issued" "recognition ase/blue-seal: issued and in force, until"
says "and says what ends it first" "the recognition ase/blue-seal ends"
says "the review is remembered" "2 at the review of $today"
status "what if the one left who covers the brakes?" 1 "nobody certified covers brakes" --without "Maria Lopez"
says "said as a question" "What if: without Maria Lopez"
status "what if one more came who is not certified?" 1 "2 of 3 technicians" --hire "$ase"
status "before, it was not held" 1 "Blue Seal of Excellence: not held" --at 2024-06-01
status "programs read it" 0 '"as_declared": true' --json
until_true 20 same_store ase garage || give_up "the body does not hear of the roster"
find_shop() { answers "$1" "$2" "$3" ase shop find "${@:4}"; }
find_shop "shops are found by all that is wanted" 0 'Lone Star Garage ("Lone Star Garage"), Austin, TX: brakes, electrical; 2 certified' \
    --area brakes --area electrical --state TX --min-certified 2 --blue-seal
says "with the award" "Blue Seal of Excellence held until"
find_shop "by an award's first words" 0 "2 certified" --award "at least one"
find_shop "not in another state" 1 "No shop" --state OH
find_shop "not by what it does not do" 1 "No shop" --area painting
find_shop "not with too few" 1 "No shop" --min-certified 3
find_shop "not by an award that nobody knows" 1 "No shop" --award "golden seal"
find_shop "nor before it had it" 1 "No shop" --blue-seal --at 2024-06-01
find_shop "though it was there" 0 "Lone Star Garage" --area brakes --at 2024-06-01
find_shop "programs find it too" 0 '"award_answer": "yes"' --blue-seal --json
do_as garage shop leave "Maria Lopez" --on "$today"
status "once she has left it ends" 1 "nobody certified covers brakes"
answers "a state need not be said at home" 0 "in state TX: met" garage lookup "$maria" --require 'in state TX'
for name in ase garage maria bob; do stop "$name"; done
finish
