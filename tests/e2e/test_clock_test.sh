#!/usr/bin/env bash
# The clock of tests: it sets the daemon's time and lets it run faster, and network main doesn't take it.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

# refuses_time VARIABLE=VALUE HOME: the daemon and a command.
refuses_time() {
    local program
    for program in "tradeproofd" "tradeproof status"; do
        # shellcheck disable=SC2086
        if env "$1" timeout 10 "$bin"/$program --home "$world/$2" >"$said" 2>&1; then return 1; fi
        grep -q "TRADEPROOF" "$said" || return 1
    done
}

"$bin/tradeproof" init --home "$world/main" --network main --no-actor >"$said" 2>&1 || give_up "init on main"
ok "main takes no other time" refuses_time TRADEPROOF_NOW=1900000000 main
ok "nor another speed" refuses_time TRADEPROOF_TEST_SPEED=10 main
ok "nor does a new home there" eval '! TRADEPROOF_NOW=1900000000 "$bin/tradeproof" init --home "$world/other" --no-actor'

make_homes ase maria
make_reader reader
ok "nonsense is refused elsewhere" refuses_time TRADEPROOF_NOW=noon reader
maria=$(actor_id maria)
run_time "$(date -d 2031-05-06T12:00 +%s)" 500
publish_rules ase ase
do_as reader trust add ase "$(actor_id ase)" ASE
start ase
start reader ase
ok "the daemon prints it" grep -q "a test's: it starts at 2031-05-06.*at speed 500, which divides every wait and budget" "$world/ase.log"
do_as ase issue "$maria" ase/a --from 2031-01-01
until_answers "what is issued then is valid then" 20 0 "VERDICT: VALID" reader lookup "$maria"

# Forty minutes pass.
sleep 5
checkpoint_age() { field <(as reader status --json | sed -n '/"trusted"/,/}/p') checkpoint_age_s; }
ok "ten minutes between checkpoints are a second" [ "$(checkpoint_age)" -lt 1500 ]

stop ase
run_time "$(date -d 2031-05-09T12:00 +%s)" 500
stop reader
start reader
answers "days later the evidence is too old" 2 "too old" reader lookup "$maria"
start ase
stop reader
start reader ase
until_answers "until the issuer speaks again" 20 0 "VERDICT: VALID" reader lookup "$maria"

finish
