#!/usr/bin/env bash
# Whoever watches hears of a change within seconds: a line in a log, a program that is run, a report from the own disk.
# Once, whether the daemon is stopped, killed, or was not running when it happened.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase garage maria
make_reader reader
ase=$(actor_id ase) garage=$(actor_id garage) maria=$(actor_id maria)
entry() { sed -n 's/^Entry: //p' "$said"; }
log=$world/reader/watch.log ran=$world/ran
# said_times COUNT FILE PHRASE: so many lines of the file say the phrase.
said_times() { [ "$(grep -cF -- "$3" "$2" 2>/dev/null)" = "$1" ]; }
all_told() { ! grep -q ^news "$world/reader/watch.seen"; }
# reader_starts: its daemon, running a program for each change.
reader_starts() {
    rm -f "$world/reader/endpoint"
    until launch reader --peer "$(cat "$world/ase/endpoint")" --on-change "$world/on_change"; do sleep 0.02; done
}

cat >"$world/on_change" <<END
#!/bin/sh
printf '%s|%s|%s|%s|%s|%s\n' "\$TRADEPROOF_WHO" "\$TRADEPROOF_WHO_ID" "\$TRADEPROOF_WHAT" "\$TRADEPROOF_CHANGE" \\
    "\$TRADEPROOF_WAS" "\$TRADEPROOF_IS" >>"$ran"
cat >>"$ran.stdin"
END
chmod +x "$world/on_change"

do_as ase trust add ase me
cat >"$world/ase.json" <<'END'
{"namespace": "ase", "version": 1, "in_force_from": "2000-01-01",
 "codes": [{"code": "a", "title": "The first", "lifetime_months": 24},
           {"code": "b", "title": "The second", "lifetime_months": 0},
           {"code": "experience", "title": "Hands-on work", "lifetime_months": 0},
           {"code": "seal", "title": "Seal of the year", "lifetime_months": 12}],
 "rules": [{"kind": "title", "name": "Master", "when": "a and b"},
           {"kind": "recognition", "name": "The Seal", "when": "share 50 % (a) and seal"}]}
END
do_as ase rules publish "$world/ase.json"
do_as ase accredit "$garage" --codes 'ase/experience*'
for name in garage maria reader; do do_as "$name" trust add ase "$ase" ASE; done
start ase
start garage ase
start reader ase
until_true 20 follows garage ase || give_up "the garage does not hear of the rules"
until_true 20 follows reader ase || give_up "the reader does not hear of the rules"

# ---- the list ----

answers "nobody is watched yet" 0 "Nobody is watched yet" reader watch list
answers "nor is there anything to tell" 0 "Nothing changed" reader watch report
do_as reader contact add "$maria" "Maria Lopez"
answers "a technician is watched by her name" 0 "Maria Lopez is watched" reader watch add "Maria Lopez"
answers "a shop by another" 0 "Lone Star Garage is watched" reader watch add "$garage" --name "Lone Star Garage"
answers "and both are listed" 0 "$garage  Lone Star Garage" reader watch list
answers "for programs too" 0 '"name": "Maria Lopez"' reader watch list --json
answers "a mistyped id is told" 4 "mistyped" reader watch add "$(mistyped "$maria")"
answers "a stranger to the list can't be removed" 4 "not on the watch-list" reader watch remove "$ase"
answers "a name with a control character is none" 4 "cannot be a name" reader watch add "$maria" --name $'a\tb'
mkdir "$world/reader/follow"
answers "trust is taken up whatever the follow-list is" 0 "" reader trust add tx "$garage" Texas
answers "and so is the watch-list" 0 "is watched" reader watch add "$ase"
ok "which the daemon says" grep -q '"reloaded","owners":2' "$world/reader.log"
ok "and what is wrong" grep -q '"follow-list-not-read","file":"follow"' "$world/reader.log"
rmdir "$world/reader/follow"
do_as reader watch remove "$ase"
do_as reader trust remove tx
stop reader
reader_starts

# ---- what begins ----

do_as ase issue "$maria" ase/a
first=$(entry)
ok "a new certificate is in the log" until_true 20 said_times 1 "$log" "Maria Lopez: ase/a began: was not held, is held until"
do_as ase issue "$maria" ase/b
second=$(entry)
ok "and so is the title that it yields" until_true 20 said_times 1 "$log" "Maria Lopez: Master (ase) began"
ok "the program is run for each" until_true 20 said_times 3 "$ran" "|began|not held|held "
ok "and told who, and what" said_times 1 "$ran" "Maria Lopez|$maria|ase/b|began|not held|held for life"
ok "with nothing to read" [ ! -s "$ran.stdin" ]

# ---- what ends ----

do_as ase revoke "$second"
ok "a revocation is in the log" until_true 20 said_times 1 "$log" "ase/b ended: was held for life, is not held (revoked)"
ok "and the title that it ends" until_true 20 said_times 1 "$log" "Master (ase) ended"
ok "the program hears of it" until_true 20 said_times 1 "$ran" "Maria Lopez|$maria|ase/b|ended|held for life|not held (revoked)"
answers "the report tells what is left of it" 1 "Maria Lopez: ase/a began" reader watch report
ok "what came and went in between is no change" eval '! grep -qF ase/b "$said"'
answers "and does not tell them twice" 0 "Nothing changed" reader watch report

# ---- restarts ----

lines=$(wc -l <"$log")
stop reader
reader_starts
until_true 20 follows reader ase || give_up "the reader does not come back"
sleep 2
ok "a restart repeats nothing" [ "$(wc -l <"$log")" = "$lines" ]
stop reader KILL
do_as ase suspend "$first"
reader_starts
ok "what happened while the daemon was dead is told" until_true 20 said_times 1 "$log" "ase/a ended: was held until"
# At whatever moment it is killed, the log says it once; the program may be run again if it was running then.
for ((times = 2; times <= 5; times++)); do
    sleep "0.0$((RANDOM % 10))"
    stop reader KILL
    reader_starts
    do_as ase reinstate "$first"
    ok "killed $((times - 1)) times, it tells what comes then" until_true 20 said_times "$times" "$log" "ase/a began: was not held"
    do_as ase suspend "$first"
    ok "killed $((times - 1)) times, it tells all of it once" until_true 20 said_times "$times" "$log" "ase/a ended: was held until"
done
do_as ase reinstate "$first"
ok "and goes on" until_true 20 said_times 6 "$log" "ase/a began: was not held"
ok "the program was run for each" [ "$(grep -cF "ase/a|ended" "$ran")" -ge 5 ]
ok "when all is told, nothing is left to tell" until_true 20 all_told

# ---- a shop ----

printf '{"name": "Lone Star Garage", "place": "Austin", "state": "TX", "technicians": 1, "areas": ["brakes"]}\n' \
    >"$world/garage.json"
do_as garage shop publish "$world/garage.json"
do_as maria consent "$garage" --yes --out "$world/consent.tp"
do_as garage shop join "$world/consent.tp"
do_as ase issue "$garage" ase/seal --basis recognition
ok "a shop's own code is in the log" until_true 20 said_times 1 "$log" "Lone Star Garage: ase/seal began"
ok "and the award that it has now" until_true 20 said_times 1 "$log" "Lone Star Garage: The Seal (ase) began"
do_as garage shop leave "$maria"
ok "without its only technician it has it no longer" until_true 20 said_times 1 "$log" "The Seal (ase) ended"

# ---- what can't be told now ----

stop reader
runs=$(wc -l <"$ran")
mkdir "$world/away" && mv "$log" "$world/away/" && mkdir "$log"
reader_starts
do_as ase suspend "$first"
ok "a log that can't be written is said once" until_true 20 said_times 1 "$world/reader.log" "watch-log-not-written"
ok "the program is run all the same" until_true 20 eval '[ "$(wc -l <"$ran")" -gt "$runs" ]'
ok "and the daemon lives" kill -0 "${daemon[reader]}"
stop reader KILL
rmdir "$log"
reader_starts
ok "later it is told after all" until_true 20 said_times 1 "$log" "ase/a ended: was held until"
do_as ase reinstate "$first"
ok "and what follows" until_true 20 said_times 1 "$log" "ase/a began"

# ---- reports ----

answers "the report tells what the log told, too" 1 "Lone Star Garage: ase/seal began" reader watch report
answers "soon nothing lapses" 0 "Nothing lapses within 60 days" reader watch report
answers "in 800 days something does" 1 "Maria Lopez: ase/a" reader watch report --days 800
answers "for programs too" 1 '"lapses": [' reader watch report --days 800 --json
answers "so many days are none" 3 "at most" reader watch report --days 40000
stop reader
export TRADEPROOF_NOW=$(($(date +%s) + 40 * 86400))
answers "evidence that is too old leaves it open" 2 "ase/a could not be determined any more" reader watch report
answers "which is said each time, but is no change twice" 2 "Nothing changed" reader watch report
answers "with the reason" 2 "could not be determined (too old)" reader watch report
unset TRADEPROOF_NOW
answers "fresh again, that is a change" 1 "could be determined again" reader watch report
export TRADEPROOF_NOW=$(($(date +%s) + 1000 * 86400))
answers "after its last day a certificate has lapsed" 1 "not held (expired)" reader watch report
unset TRADEPROOF_NOW
ok "a report that nobody can read" eval '! as reader watch report >/dev/full 2>"$said"'
answers "is made again" 1 "ase/a began" reader watch report

# ---- a bad file ----

cp "$world/reader/watch" "$world/watch.good"
echo "not an id" >>"$world/reader/watch"
answers "garbage in the list is told with its line" 4 "Line 3 of" reader watch list
answers "and stops a report" 4 "does not begin with the id" reader watch report
reader_starts
ok "the daemon says it in its log" until_true 20 said_times 1 "$world/reader.log" "watch-file-refused"
ok "and lives" kill -0 "${daemon[reader]}"
cp "$world/watch.good" "$world/reader/watch"
answers "corrected, it is read again" 0 "no longer watched" reader watch remove "Lone Star Garage"
ok "only one is left" [ "$(as reader watch list | wc -l)" = 1 ]
"$bin/tradeproofd" --home "$world/reader" --on-change /none >"$said" 2>&1
ok "a program that is not there is told at the start" [ $? = 3 ]
finish
