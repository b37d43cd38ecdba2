#!/usr/bin/env bash
# The command line under valgrind, as built for release: whatever is cheap, so no unlocking of keys (a quarter of a
# gigabyte of Argon2id takes a minute there).
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase
ase=$(actor_id ase)
publish_rules ase ase
do_as ase contact add "$ase" "ASE itself"
do_as ase issue "$ase" ase/a
do_as ase export "$ase" --out "$world/certificates.tp"
do_as ase challenge --require ase/a --out "$world/challenge.tp"
do_as ase present "$world/challenge.tp" --yes --out "$world/answer.tp"
head -c 300 "$world/answer.tp" >"$world/truncated.tp"
printf 'technician,code,earned_on\n%s,ase/a,2026-01-02\nBob,ase/a,2026-01-02\n"x' "$ase" >"$world/rows.csv"

# clean CODE COMMAND...: exits with that code, without an error of memory or a leak.
clean() {
    local code=$1 got=0
    shift
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
        "$bin/tradeproof" "$@" --home "$world/ase" >"$said" 2>&1 || got=$?
    if [ "$got" = "$code" ]; then good; else bad "$*: exit code $got instead of $code"; fi
}

clean 0 --help
clean 0 issue --help
clean 3 frobnicate
clean 0 status
clean 0 status --json
clean 0 trust list
clean 0 contact list
clean 0 lookup "ASE itself"
clean 0 lookup "$ase" --json
clean 1 lookup "$ase" --require ase/a,ase/b
clean 4 lookup "${ase}x"
clean 0 verify "$world/answer.tp"
clean 1 verify "$world/answer.tp" --json
clean 4 verify "$world/truncated.tp"
clean 4 verify "$world/rows.csv"
clean 5 issue --csv "$world/rows.csv" --dry-run
clean 5 issue --csv "$world/rows.csv" --dry-run --json
clean 4 rules publish "$world/rows.csv"
clean 0 export "$ase" --out "$world/again.tp"
clean 2 peers
finish
