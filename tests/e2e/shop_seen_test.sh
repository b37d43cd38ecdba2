#!/usr/bin/env bash
# A shop is seen by nodes that never heard of it: whoever was attested by a trusted body introduces the shop that she
# consented to work for, nobody else does, and what an owner follows is asked for.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase garage maria tom
make_reader reader
make_reader follower
ase=$(actor_id ase) garage=$(actor_id garage) maria=$(actor_id maria) tom=$(actor_id tom)

do_as ase trust add ase me
cat >"$world/ase.json" <<'END'
{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01",
 "codes": [{"code": "brakes", "title": "Brakes", "lifetime_months": 60},
           {"code": "seal", "title": "Seal of the year", "lifetime_months": 12}],
 "rules": [{"kind": "recognition", "name": "The Seal",
            "when": "share 50 % (brakes) and areas (brakes: brakes) and seal"}]}
END
do_as ase rules publish "$world/ase.json"
for name in garage maria tom reader follower; do do_as "$name" trust add ase "$ase" ASE; done

# Nodes exchange their heads every second or two.
run_time "$(date +%s)" 20
start ase
start garage ase
until_true 20 follows garage ase || give_up "the garage does not hear of the rules"
printf '{"name": "Lone Star Garage", "place": "Austin", "state": "TX", "technicians": 2, "areas": ["brakes"]}\n' \
    >"$world/garage.json"
do_as garage shop publish "$world/garage.json"

# ---- nobody introduces it ----

do_as tom consent "$garage" --yes --out "$world/tom.tp"
do_as garage shop join "$world/tom.tp"
start reader ase garage
until_true 20 follows reader ase || give_up "the reader does not hear of the rules"
start follower garage
until_true 20 follows follower ase || give_up "the follower does not hear of the rules"
sleep 2
answers "a shop whose technician nobody attested is not held" 2 "not held here" reader shop status "$garage"
answers "with what to paste" 2 "tradeproof follow $garage" reader shop status "$garage"
answers "nor by the body" 2 "not held here" ase review "$garage" --technicians 2 --areas brakes
answers "nor is it found" 2 "no shop at all" reader shop find
answers "which programs are told as well" 2 '"not-held"' reader shop status "$garage" --json
ok "it costs no room" status_is reader logs 1

# ---- following ----

answers "nobody is followed" 0 "nobody" follower follow
answers "whom you follow is asked of those whom you dial, which is said" 0 "is not held here yet. The nodes that yours dials are asked" follower follow "$garage"
until_answers "and is held then" 20 1 "Lone Star Garage" follower shop status "$garage"
until_true 20 status_is follower logs 3
ok "with the keys of those on its roster" status_is follower logs 3
answers "which is said to who follows it again" 0 "is held here already" follower follow "$garage"
answers "it is on the list" 0 "$garage" follower follow
answers "others still don't hold it" 2 "not held here" reader shop status "$garage"
# ASE dials nobody: the garage dialled it.
do_as ase follow "$garage"
sleep 2
answers "who dialled this node is not asked" 2 "not held here" ase shop status "$garage"
answers "it is not followed any more" 0 "no longer" ase unfollow "$garage"
answers "twice is once too often" 4 "don't follow" ase unfollow "$garage"

# ---- introduced ----

do_as ase issue "$maria" ase/brakes
do_as maria consent "$garage" --yes --out "$world/maria.tp"
do_as garage shop join "$world/maria.tp"
until_answers "a technician whom the body attested introduces it to the body" 60 1 "Lone Star Garage" ase shop status "$garage"
answers "who reviews it" 0 "Issued ase/seal" ase review "$garage" --technicians 2 --areas brakes
make_reader late
do_as late trust add ase "$ase" ASE
start late ase
until_answers "a node that never heard of it sees it through the body's" 30 0 "Lone Star Garage" late shop status "$garage"
until_answers "and finds it" 20 0 "Lone Star Garage" late shop find --area brakes --min-certified 1 --award "the seal"
until_answers "so do those that had passed it over" 60 0 "Lone Star Garage" reader shop status "$garage"

# ---- an end ----

start maria ase
do_as maria shop leave --consent "$world/maria.tp"
until_answers "her leaving comes to those who hold the shop" 20 1 "0 certified" late shop status "$garage"
sed 's/Austin/Dallas/' "$world/garage.json" >"$world/moved.json"
do_as garage shop publish "$world/moved.json"
until_answers "the body, who reviewed it, hears that it moved" 20 1 "Dallas" ase shop status "$garage"
sleep 3
answers "nobody introduces it any more to others: what they hold stays" 1 "Austin" late shop status "$garage"
answers "the follower follows on" 1 "Dallas" follower shop status "$garage"

finish
