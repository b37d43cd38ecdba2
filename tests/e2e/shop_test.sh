#!/usr/bin/env bash
# A shop and its people on the command line, with daemons that pass on what each side says: a profile, consents and how
# they are refused, leaving by either side, a yearly review that ends in a recognition, and what a holder can say.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase garage rival maria tom
ase=$(actor_id ase) garage=$(actor_id garage) rival=$(actor_id rival) maria=$(actor_id maria) tom=$(actor_id tom)
day() { date -u -d "$1" +%Y-%m-%d; }
entry() { sed -n 's/^Entry: //p' "$said"; }
# consent_to SHOP FILE [OPTION...]: Maria's.
consent_to() { do_as maria consent "$1" --yes --out "$world/$2" "${@:3}"; }

do_as ase trust add ase me
cat >"$world/ase.json" <<'END'
{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01",
 "codes": [{"code": "brakes", "title": "Brakes", "lifetime_months": 60},
           {"code": "experience", "title": "Hands-on work", "lifetime_months": 0},
           {"code": "seal", "title": "Seal of the year", "lifetime_months": 12}],
 "rules": [{"kind": "recognition", "name": "The Seal",
            "when": "share 50 % (brakes) and areas (brakes: brakes, engine: brakes) and seal"}]}
END
do_as ase rules publish "$world/ase.json"
for name in garage rival maria tom; do do_as "$name" trust add ase "$ase" ASE; done
for shop in "$garage" "$rival"; do do_as ase accredit "$shop" --codes 'ase/experience*'; done
for name in ase garage rival; do
    do_as "$name" contact add "$maria" "Maria Lopez"
    do_as "$name" contact add "$tom" "Tom Berg"
done
for name in ase maria rival; do do_as "$name" contact add "$garage" "Lone Star Garage"; done
for name in maria garage; do do_as "$name" contact add "$rival" "Rival Motors"; done
do_as ase issue "Maria Lopez" ase/brakes
certificate=$(entry)

start ase
start garage ase
until_true 20 follows garage ase || give_up "the garage does not hear of the rules"

# ---- the profile ----

printf '{"name": "Lone Star Garage", "place": "Austin", "state": "TX", "technicians": 2, "areas": ["brakes"]}\n' \
    >"$world/garage.json"
sed 's/"TX"/"Texas"/' "$world/garage.json" >"$world/bad.json"
answers "a profile with a mistake names the member" 4 "state is not a state's two capitals" garage shop publish "$world/bad.json"
answers "a profile that is not there is told" 4 "could not be read" garage shop publish "$world/none.json"
answers "a profile is published" 0 "profile is published" garage shop publish "$world/garage.json"

# ---- consents ----

answers "nothing is consented to unconfirmed" 3 "--yes" maria consent "Lone Star Garage" --out "$world/never.tp"
ok "nor written" test ! -e "$world/never.tp"
answers "nor to oneself" 4 "your own id" maria consent me --yes
answers "nor for no days at all" 3 "from 1 to" maria consent "Lone Star Garage" --yes --valid 0
answers "who the shop is is shown" 0 "$garage" maria consent "Lone Star Garage" --yes --out "$world/first.tp"
do_as tom consent "$garage" --yes --out "$world/tom.tp"
head=$(own_head garage) rivals=$(own_head rival) blocks=$(status_field garage blocks)
answers "a consent for another shop is refused" 4 "to another shop" rival shop join "$world/first.tp"
head -c 120 "$world/first.tp" >"$world/cut.tp"
answers "half a consent is refused" 4 "ends too early" garage shop join "$world/cut.tp"
answers "a profile is no consent" 4 "tradeproof: " garage shop join "$world/garage.json"
answers "nor is nothing" 4 "No such file" garage shop join "$world/none.tp"
{ head -c -100 "$world/first.tp"; tail -c 100 "$world/tom.tp"; } >"$world/mixed.tp"
answers "one with another technician's keys is refused" 4 "than the technician's whom it names" garage shop join "$world/mixed.tp"
consent_to "$garage" later.tp --from "$(day '+7 days')"
answers "one that begins later is refused" 4 "begins on a later day" garage shop join "$world/later.tp"
ok "none of that changed the shop's log" [ "$(own_head garage)" = "$head" ]
ok "nor the other shop's" [ "$(own_head rival)" = "$rivals" ]
ok "nor what is stored" status_is garage blocks "$blocks"
answers "a technician joins" 0 "Maria Lopez is on your roster" garage shop join "$world/first.tp"
answers "but not twice by one consent" 4 "used before" garage shop join "$world/first.tp"
consent_to "$garage" short.tp --valid 1
export TRADEPROOF_NOW=$(($(date +%s) + 2 * 86400))
answers "an expired consent is refused" 4 "time is over" garage shop join "$world/short.tp"
unset TRADEPROOF_NOW
answers "one without a certificate joins too" 0 '"performs_repairs": true' garage shop join "$world/tom.tp" --json

# ---- leaving ----

answers "the shop says that she left" 0 "Maria Lopez is no longer on your roster" garage shop leave "Maria Lopez"
answers "once" 4 "has ended" garage shop leave "Maria Lopez"
answers "the log names the entry" 0 "ends an affiliation" garage log --count 1 --entries
left=$(sed -n 's/^ *\(ttpa1[^ ]*\).*/\1/p' "$said")
answers "that she left can't be erased away, and is not called erased" 5 "Still readable: $left" garage erase "$left"
answers "which programs are told too" 5 '"entries": []' garage erase "$left" --json
answers "a name that is cut short says how long it is" 4 "has 8 digits, and 32 are needed" garage erase "${left:0:-24}"
answers "her consent does not bring her back" 4 "said that the technician left" garage shop join "$world/first.tp"
answers "with a stranger there is nothing to leave" 4 "no roster that you and" garage shop leave "$rival"
consent_to "$garage" second.tp
answers "a new consent does" 0 "Maria Lopez is on your roster" garage shop join "$world/second.tp"
consent_to "$garage" more.tp
head=$(own_head garage)
answers "who is on the roster is not taken twice" 0 "on your roster already, from $(day now) on: nothing was written" \
    garage shop join "$world/more.tp"
answers "which programs are told too" 0 '"seq": null' garage shop join "$world/more.tp" --json
ok "and nothing is written" [ "$(own_head garage)" = "$head" ]
consent_to "$garage" office.tp --no-repairs
answers "on other terms she is" 0 '"performs_repairs": false' garage shop join "$world/office.tp" --json
answers "until that ends" 0 "Maria Lopez is no longer on your roster" \
    garage shop leave "Maria Lopez" --affiliation "$(field "$said" affiliation)"

start maria garage
until_true 20 follows maria ase || give_up "Maria's node does not hear of the rules"
answers "it does not end before it began" 4 "before it began" maria shop leave --consent "$world/second.tp" --on 2001-01-01
answers "nor by a consent of others" 4 "neither side" maria shop leave --consent "$world/tom.tp"
until_answers "she says it by herself" 20 0 "you are no longer on the roster of Lone Star Garage" maria shop leave "Lone Star Garage"
until_answers "and the shop hears of it" 20 4 "said that the technician left" garage shop join "$world/second.tp"
answers "and has nothing to add" 4 "has ended" garage shop leave "Maria Lopez"

# ---- two rosters ----

start rival ase garage
consent_to "$garage" third.tp
consent_to "$rival" rival.tp
answers "she comes back" 0 "Maria Lopez is on your roster" garage shop join "$world/third.tp"
until_true 20 follows rival ase || give_up "the rival does not hear of the rules"
until_true 20 same_store rival garage || give_up "the rival does not hear of the roster"
answers "another shop is warned that she is on two" 0 "on the roster of Lone Star Garage too" rival shop join "$world/rival.tp"
answers "nobody counts her meanwhile" 1 "another shop has the technician on its roster too" rival shop status
until_answers "as the first shop hears" 20 1 "another shop has the technician on its roster too" garage shop status
answers "on a day far off" 0 "From 2090-01-01 on" rival shop leave "Maria Lopez" --on 2090-01-01
answers "which is not put off" 4 "has ended on 2090-01-01" rival shop leave "Maria Lopez" --on 2091-01-01
answers "and lets her go" 0 "Maria Lopez is no longer on your roster" rival shop leave "Maria Lopez"

# ---- the review ----

until_true 20 same_store ase garage || give_up "the body does not hear of the roster"
answers "a review says which areas" 3 "--areas" ase review "Lone Star Garage" --technicians 2
answers "each of them once" 4 "is there twice" ase review "Lone Star Garage" --technicians 2 --areas brakes,brakes
answers "only who owns the rules reviews" 4 "No rules of yours" rival review "Lone Star Garage" --technicians 2 --areas brakes
answers "and nobody else recognises" 4 "not accredited" rival review "Lone Star Garage" --technicians 2 --areas brakes --code ase/seal
answers "three technicians, of whom one is certified, are too few" 1 "1 of 3 technicians" \
    ase review "Lone Star Garage" --technicians 3 --areas brakes
answers "no seal was issued" 2 "UNDETERMINED" ase lookup "Lone Star Garage" --code ase/seal
answers "half of two are enough" 0 "Issued ase/seal" ase review "Lone Star Garage" --technicians 2 --areas brakes,engine
answers "the seal is there" 0 "VERDICT: VALID" ase lookup "Lone Star Garage" --code ase/seal
until_answers "and the shop knows" 20 0 "VERDICT: VALID" garage lookup me --code ase/seal
answers "a later review is another entry" 0 '"recognised": true' \
    ase review "Lone Star Garage" --technicians 2 --areas brakes --code ase/seal --json

# ---- what a shop issues ----

answers "a shop documents experience" 0 "documents 2024-01-01 to 2025-12-31" \
    garage issue "Maria Lopez" ase/experience --basis experience --from 2024-01-01 --until 2025-12-31
answers "but not of days to come" 4 "only time that has passed" \
    garage issue "Maria Lopez" ase/experience --basis experience --from 2024-01-01 --until 2999-12-31
answers "nor without saying when" 4 "is needed" garage issue "Maria Lopez" ase/experience --basis experience
publish_rules rival brand
do_as garage trust add brand "$rival"
answers "a shop does not make itself part of a brand" 4 "not accredited" garage issue me brand/a --basis membership
answers "the brand does" 0 "Issued brand/a to Lone Star Garage" rival issue "$garage" brand/a --basis membership
answers "and certifies while in its network" 0 "while in the network brand/a" \
    rival issue "Maria Lopez" brand/b --in-network brand/a
answers "which is a code" 4 "not a membership code" rival issue "Maria Lopez" brand/b --in-network Brand

# ---- what is said about a certificate ----

answers "she adds her word" 0 "stands beside the entry" maria statement "$certificate" "I have asked for a recount."
answers "nobody else does" 4 "only they can" garage statement "$certificate" "She is good."
answers "not to something mistyped" 4 "copy it again whole" maria statement "$(mistyped "$certificate")x" "No."
answers "nor with nothing" 4 "0 bytes" maria statement "$certificate" ""
answers "an appeal is recorded" 0 "Under appeal: ase/brakes of Maria Lopez" ase appeal "$certificate" --on "$(day now)"
answers "under appeal it goes on counting" 0 "VERDICT: VALID" ase lookup "Maria Lopez" --code ase/brakes
answers "and is decided" 0 "Appeal decided: ase/brakes" ase appeal --decided "$certificate"
do_as ase issue "Maria Lopez" ase/brakes --earned 2026-01-02
better=$(entry)
do_as ase issue "Tom Berg" ase/brakes --earned 2026-01-02
toms=$(entry)
answers "what replaces it has to be named" 3 "--by" ase replace "$certificate"
answers "and be another" 4 "is the same entry" ase replace "$certificate" --by "$certificate"
answers "about the same technician" 4 "about somebody else" ase replace "$certificate" --by "$toms"
answers "one certificate takes another's place" 0 "Replaced ase/brakes of Maria Lopez" \
    ase replace "$certificate" --by "$better" --reason issued-in-error
answers "and she still holds the code" 0 "VERDICT: VALID" ase lookup "Maria Lopez" --code ase/brakes

for name in ase garage rival maria; do stop "$name"; done
finish
