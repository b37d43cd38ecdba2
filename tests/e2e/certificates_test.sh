#!/usr/bin/env bash
# The life of certificates on the command line, without a daemon: one by one and from a file, revoked, suspended,
# erased, handed over, presented and verified; and how each of these says no.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase maria
ase=$(actor_id ase) maria=$(actor_id maria)
publish_rules ase ase
do_as ase contact add "$maria" "Maria Lopez"
year=$(date +%Y)
entry() { sed -n 's/^Entry: //p' "$said"; }
refused() { # what the usage of a command refuses, and how it ends
    answers "$1" 3 "Usage" ase "${@:2}"
}

# ---- one by one ----

answers "a certificate is issued" 0 "Issued ase/a to Maria Lopez, valid until" ase issue "Maria Lopez" ase/a
first=$(entry)
answers "its last day is as the rules say" 0 "valid until 2023-03-14" ase issue "$maria" ase/a --earned 2021-03-14
old=$(entry)
answers "or as told" 0 "valid until 2022-01-01" ase issue "$maria" ase/a --earned 2021-03-15 --until 2022-01-01
answers "a code for life has none" 0 "valid for life" ase issue "$maria" ase/b --basis training
second=$(entry)
answers "another one" 0 "Issued ase/b" ase issue "$maria" ase/b --earned 2020-01-01
third=$(entry)
answers "a mistyped code is refused with a suggestion" 4 "did you mean ase/a?" ase issue "$maria" ase/aa
answers "and nobody's namespace" 4 "does not say who owns" ase issue "$maria" epa/609
answers "and tomorrow" 4 "after today" ase issue "$maria" ase/a --earned 2999-01-01
answers "and a last day before the first" 4 "before the first" ase issue "$maria" ase/a --until 2001-01-01 --earned 2002-01-01
answers "and a mistyped id" 4 "mistyped" ase issue "${maria%?}" ase/a
answers "a dry run signs nothing" 0 "Would issue" ase issue "$maria" ase/a --earned 2021-03-16 --dry-run
answers "and tells what stands already" 0 "The same stands already" ase issue "$maria" ase/a --dry-run
answers "what nobody accredits is issued on demand, with a warning" 0 "Warning: epa/609" \
    ase issue "$maria" epa/609 --unaccredited --until 2099-01-01
answers "what lasts longer than the rules let it is refused" 4 "until 2028-03-14" \
    ase issue "$maria" ase/a --earned 2026-03-14 --until 2099-01-01
answers "and told how" 4 "say --anyway" ase issue "$maria" ase/a --earned 2026-03-14 --until 2099-01-01
answers "a renewal that no rule knows is refused" 4 "has no renewal rule for it" \
    ase issue "$maria" ase/a --basis renewal --earned 2022-01-01 --until 2024-01-01
answers "who knows better issues it" 0 "Would issue ase/a" \
    ase issue "$maria" ase/a --basis renewal --earned 2022-01-01 --anyway --dry-run
answers "one log is one" 0 " 1 log, " ase status
printf 'short\n' >"$world/short"
ok "a failed init leaves no lock behind" eval \
    '! "$bin/tradeproof" init --network test --home "$world/unborn" --passphrase-file "$world/short" && [ ! -e "$world/unborn/lock" ]'
refused "a missing code" issue "$maria"
refused "a bad date" issue "$maria" ase/a --earned 14.3.2021
refused "an unknown option" issue "$maria" ase/a --expires 2030-01-01

answers "a lookup shows what holds" 0 "VERDICT: VALID" ase lookup "Maria Lopez" --code ase/b
answers "and what has expired" 1 "expired after 2023-03-14" ase lookup "Maria Lopez" --at "$year-01-01" --code ase/a
answers "on the last day it still held" 0 "ase/a: held" ase lookup "$maria" --require ase/a --at 2023-03-14
answers "on the day after it no longer did" 1 "ase/a: not held" ase lookup "$maria" --require ase/a --at 2023-03-15
answers "what nobody issued leaves it open" 2 "VERDICT: UNDETERMINED" ase lookup "$ase"
answers "whoever is not authorised is shown apart" 2 "Said by others, who are not authorised" \
    ase lookup "$maria" --code epa/609
answers "and decides nothing" 2 "Nothing here from anybody authorised" ase lookup "$maria" --code epa/609
answers "whatever else there is" 0 "VERDICT: VALID" ase lookup "$maria" --code ase/b,epa/609

# ---- from a file ----

{
    printf 'Technician,Code,Earned_on,last_day\r\n'
    for day in 01 02 03 04 05 06 07 08 09; do printf '%s,ase/a,2024-05-%s,\r\n' "$maria" "$day"; done
    printf '"Maria Lopez",ase/b,2024-05-01,2030-01-01\n'
    printf '%s,ase/a,2024-05-03,\n' "$maria"
    printf '%s,ase/c,2024-05-03,\n' "$maria"
    printf 'nobody,ase/a,2024-05-03,\n'
} >"$world/results.csv"
answers "a dry run of a file counts" 5 "Would issue 10 certificates; 3 rows refused" \
    ase issue --csv "$world/results.csv" --dry-run
answers "a file is issued but for what is refused" 5 "Issued 10 certificates in 1 block" \
    ase issue --csv "$world/results.csv" --report "$world/refused.csv"
cp "$said" "$world/told"
ok "duplicates name the first row" grep -q '^line 12: .*line 4 already' "$world/told"
ok "the report has a row a refusal" test "$(wc -l <"$world/refused.csv")" = 4
ok "with its reason" grep -q '^13,code-not-in-rule-pack,' "$world/refused.csv"
printf 'technician,code,earned_on,basis,last_day\n%s,ase/a,2024-07-01,renewal,\n%s,ase/a,2024-07-02,,2099-01-01\n%s,ase/a,2024-07-03,,\n' \
    "$maria" "$maria" "$maria" >"$world/vain.csv"
answers "rows that would be in vain are refused, the others issued" 5 "Issued 1 certificate in 1 block" \
    ase issue --csv "$world/vain.csv" --report "$world/vain.report"
ok "with the rule" grep -q '^2,renewal-not-under-the-rules,.*version 1 of the rules has no renewal rule' "$world/vain.report"
ok "or the day" grep -q '^3,beyond-lifetime,.*until 2026-07-02' "$world/vain.report"
printf 'technician,earned_on\n%s,2024-05-03\n' "$maria" >"$world/bad.csv"
answers "a missing column is told" 4 "column code is missing" ase issue --csv "$world/bad.csv"
printf 'technician,code,earned_on\nnobody,ase/a,2024-05-03\n' >"$world/bad.csv"
answers "nothing issued is no success" 4 "Issued 0 certificates; 1 row refused" ase issue --csv "$world/bad.csv"
answers "a file that is not there is told" 4 "could not be read" ase issue --csv "$world/none.csv"
printf 'technician,code,earned_on\n%s,ase/a,2024-06-01\n' "$maria" >"$world/one.csv"
answers "nothing is told of rows that are new" 0 '"same": 0' ase issue --csv "$world/one.csv" --dry-run --json
from_input() { as ase issue --csv - <"$world/one.csv"; }
ok "a file comes from standard input" from_input
answers "the same file again is told before it is signed" 0 "1 row says the same as what you issued before, which stands: skipped" \
    ase issue --csv "$world/one.csv" --dry-run
before=$(own_head ase)
answers "and is issued once" 0 "Issued 0 certificates" ase issue --csv "$world/one.csv"
ok "which writes nothing" test "$before" = "$(own_head ase)" -a -n "$before"
printf '%s,ase/a,2024-06-02\n' "$maria" >>"$world/one.csv"
answers "with a row more it issues that alone" 0 '"issued": 1' ase issue --csv "$world/one.csv" --json
answers "rows that are refused are so beside what is skipped" 5 "1 row says the same" ase issue --csv "$world/vain.csv"
answers "--anyway issues none of them twice" 0 "Issued 0 certificates" ase issue --csv "$world/one.csv" --anyway

# ---- statuses ----

answers "one is revoked" 0 "Revoked ase/a of Maria Lopez from 2023-01-01" ase revoke "$old" --from 2023-01-01 --reason scoring
answers "from its day on" 1 "revoked since 2023-01-01" ase lookup "$maria" --at 2023-01-01 --code ase/a
answers "two are suspended together" 0 "2 suspended, durable" ase suspend "$first" "$second" "$second"
answers "and shown so, beside the one that still holds" 0 "suspended since" ase lookup "$maria" --code ase/b
answers "reinstated by whose they are" 0 '"action": "reinstated"' ase reinstate --of "Maria Lopez" --code ase/b --json
before=$(own_head ase)
answers "nothing is left to reinstate, which is said" 0 "nothing was written" ase reinstate --of "Maria Lopez" --code ase/b
answers "programs read that" 0 '"blocks": 0' ase reinstate --of "Maria Lopez" --code ase/b --json
answers "nor what was never suspended" 0 "nothing was written" ase reinstate "$third"
answers "revoked already from an earlier day" 0 "nothing was written" ase revoke "$old" --from 2023-01-02
answers "what is revoked is not suspended besides" 0 "stands revoked, since 2023-01-01: suspending it changes nothing" \
    ase suspend "$old" --from 2023-01-02
ok "none of these is a block" test "$before" = "$(own_head ase)" -a -n "$before"
answers "an earlier day is news" 0 "Revoked ase/a of Maria Lopez from 2022-06-01" ase revoke "$old" --from 2022-06-01
answers "and counts" 1 "revoked since 2022-06-01" ase lookup "$maria" --at 2022-06-01 --code ase/a --all
answers "what was revoked is not reinstated by the way" 4 "revoked, since 2022-06-01" ase reinstate "$old" --from 2022-06-01
answers "which says how it is" 4 "say --revoked" ase reinstate "$old" --from 2022-06-01
answers "nor from before it was revoked" 4 "at the earliest" ase reinstate "$old" --revoked --from 2022-06-01
answers "but when that is said" 0 "Reinstated ase/a" ase reinstate "$old" --revoked
answers "and both stay visible" 1 \
    "said of it: revoked 2023-01-01 (scoring), revoked 2022-06-01, reinstated $(date -u +%Y-%m-%d)" \
    ase lookup "$maria" --code ase/a --all
answers "also to programs" 1 '"standing": "overruled"' ase lookup "$maria" --code ase/a --all --json
do_as ase revoke "$third" --reason scoring
do_as ase reinstate "$third" --revoked
{
    printf 'Technician,Code,Entry,Reason,From\r\n'
    printf ',,%s,scoring,2021-02-01\n' "$old"
    printf '"Maria Lopez",ase/c,,,\n'
    printf ',,%s,,yesterday\n' "$third"
    printf ',,%s,luck,\n' "$third"
    printf ',,%s,,2024-01-01\n' "$third"
    printf ',,%s,,\n' "$third"
} >"$world/statuses.csv"
answers "many are suspended from a file, but for what is refused" 5 "2 suspended, durable" \
    ase suspend --csv "$world/statuses.csv" --reason misconduct --report "$world/statuses.report"
cp "$said" "$world/told"
ok "each from its own day" grep -q 'Suspended ase/b of Maria Lopez from 2024-01-01' "$world/told"
ok "a certificate that is named twice is refused with both lines" \
    grep -q '^line 7: a certificate that is named on line 6 already' "$world/told"
ok "the report has a row for each" test "$(sed 's/,"..*//' "$world/statuses.report" | tr '\n' ' ')" = \
    "line,reason,message 3,not-found 4,bad-date 5,bad-reason 7,duplicate "
answers "programs read which" 5 '"refused": 4' ase suspend --csv "$world/statuses.csv" --json
answers "and that nothing was left to write" 5 '"blocks": 0' ase suspend --csv "$world/statuses.csv" --json
answers "the reason is the row's, or the command's" 0 "suspended 2024-01-01 (misconduct)" ase lookup "$maria" --code ase/b --all
printf 'entry\n%s\n%s\n' "$old" "$third" >"$world/back.csv"
answers "they are reinstated from a file" 0 "2 reinstated, durable" ase reinstate --csv "$world/back.csv"
printf 'entry,code\n%s,\n' "$old" >"$world/bad.csv"
answers "a code without a technician is told" 4 "column technician is missing" ase revoke --csv "$world/bad.csv"
refused "a file and names" revoke "$old" --csv "$world/back.csv"
refused "a file and a void" reinstate --voided 3 --csv "$world/back.csv"
refused "a report without a file" suspend "$old" --report "$world/statuses.report"
printf 'b: ase/b\n' >"$world/b.txt"
answers "also where a file of requirements is checked" 0 "said of ase/b: " ase require check "$world/b.txt" "$maria"
answers "and to programs there" 0 '"overruled"' ase require check "$world/b.txt" "$maria" --json
answers "a mistyped entry is refused" 4 "copy it again whole" ase revoke "$(mistyped "$first")"
answers "someone else's entry is refused" 4 "only they can say" ase revoke "$maria/${first#*/}"
refused "a status without entries" revoke
refused "an unknown reason" revoke "$first" --reason spite
answers "one is erased" 0 "1 erased, durable" ase erase "$old"
answers "a look-up says that it was, and by whom" 0 "was erased by its issuer, last on $(date +%F)" \
    ase lookup "$maria" --code ase/b
answers "also to programs" 0 '"count": 1' ase lookup "$maria" --code ase/b --json

# ---- handing over, presenting, verifying ----

answers "certificates are exported" 0 "certificate" ase export "Maria Lopez" --code ase/b --out "$world/b.tp"
answers "but not of someone who has none" 2 "nothing was written" ase export me --out "$world/none.tp"
do_as ase challenge --require ase/b --out "$world/challenge.tp"
answers "nothing is presented unconfirmed" 3 "--yes" maria present "$world/challenge.tp" --from "$world/b.tp"
answers "nor without certificates" 1 "hold no certificate" maria present "$world/challenge.tp" --yes
answers "who asks is shown" 0 "$ase" maria present "$world/challenge.tp" --from "$world/b.tp" --yes --out "$world/answer.tp"
answers "someone else's are not presented" 4 "not yours" ase present "$world/challenge.tp" --from "$world/b.tp" --yes
answers "a challenge is no answer, and is called by its name" 4 "holds a challenge, as tradeproof challenge makes it" \
    ase verify "$world/challenge.tp"
answers "nor is anything else" 4 "is no file of tradeproof's" ase verify "$world/b.txt"
answers "a code that is mistyped is not asked for" 3 "did you mean ase/a?" ase challenge --require 'ase/b and ase/aa'
answers "nor looked up" 3 "did you mean ase/a?" ase lookup "$maria" --require 'not ase/aa'
answers "which programs are told" 3 '"error": "requirement-unreadable"' ase lookup "$maria" --require ase/zz --json
printf 'grade: ase/aa\n' >"$world/mistyped.txt"
answers "a file of requirements has no such code either" 4 "line 1: no rules of its namespace that are held here know such a code; did you mean ase/a?" \
    ase require check "$world/mistyped.txt"
as ase challenge --require 'ase/b and ase/a' --out "$world/more.tp" >"$said" 2>&1
answers "what is asked for and not held is said" 3 "Asked for, and not among them: ase/a" \
    maria present "$world/more.tp" --from "$world/b.tp"
answers "by what was known long ago there was nothing, and why" 2 "nothing about them had reached this node by" \
    ase lookup "$maria" --known-by 2001-01-01
answers "the answer is verified" 0 "VERDICT: VALID" ase verify "$world/answer.tp"
answers "once" 1 "answered before" ase verify "$world/answer.tp"
do_as ase export "Maria Lopez" --code epa/609 --out "$world/epa.tp"
do_as ase challenge --out "$world/any.tp"
do_as maria present "$world/any.tp" --from "$world/epa.tp" --yes --out "$world/epa.answer"
answers "what a stranger signed is invalid once it is presented" 1 "INVALID       epa/609: not trusted" \
    ase verify "$world/epa.answer"
answers "and by nobody else" 1 "made for someone else" maria verify "$world/answer.tp"
do_as ase challenge --require ase/a --out "$world/other.tp"
answers "an answer to another challenge is refused" 1 "does not answer the challenge" \
    ase verify "$world/answer.tp" --challenge "$world/other.tp"
answers "a challenge is no presentation" 4 "holds a" ase verify "$world/challenge.tp"
answers "nor is an empty file" 4 "too early" ase verify /dev/null
head -c 200 "$world/answer.tp" >"$world/cut.tp"
answers "nor half a one" 4 "" ase verify "$world/cut.tp"

# ---- what is asked for and isn't held ----

make_homes ann
ann=$(actor_id ann)
do_as ase issue "$ann" ase/a --basis experience --from 2024-01-01 --until 2025-12-31
do_as ase export "$ann" --out "$world/ann.tp"
do_as ase challenge --require 'ase/b and not ase/a' --out "$world/work.tp"
answers "work goes along where it is asked for" 0 "ase/a from" \
    ann present "$world/work.tp" --from "$world/ann.tp" --yes --out "$world/work.answer"
do_as ase challenge --require ase/b --out "$world/b.challenge"
rm -f "$world/b.answer"
answers "and alone it is not shown" 1 "nothing in force of what is asked for, ase/b" \
    ann present "$world/b.challenge" --from "$world/ann.tp" --yes --out "$world/b.answer"
ok "nor signed" test ! -e "$world/b.answer"
answers "but when that is chosen" 0 "You would show" \
    ann present "$world/b.challenge" --from "$world/ann.tp" --yes --code ase/a --out "$world/b.answer"

# ---- what leaves ----

do_as ase issue "$ann" ase/b --earned 2026-01-10
do_as ase revoke --of "$ann" --code ase/b
do_as ase export "$ann" --out "$world/both.tp"
for from in both.tp altered.tp; do
    # Altered: one byte of the proofs, so that none holds.
    [ $from = both.tp ] || { head -c -40 "$world/both.tp"; printf '\377'; tail -c 39 "$world/both.tp"; } >"$world/altered.tp"
    answers "$from: who insists shows what was taken back" 0 "" \
        ann present "$world/work.tp" --from "$world/$from" --code ase/b --anyway --yes --out "$world/b.answer"
    shown=$(grep -c "^  .* from " "$said")
    ok "$from: and nothing beside it" [ "$shown" = 1 ]
done
answers "where nothing is chosen, nothing is shown" 1 "nothing-to-present" \
    ann present "$world/work.tp" --from "$world/both.tp" --code epa/609 --anyway --yes --json

# ---- a thief who revokes, from an earlier day, what was revoked already ----

own_seq() { field <(as "$1" status --json | sed -n '/"own_log"/,/}/p') seq; }
make_homes jo
jo=$(actor_id jo)
do_as ase issue "$jo" ase/b --earned 2020-01-01
do_as ase revoke --of "$jo" --code ase/b --from 2026-06-20
do_as ase revoke --of "$jo" --code ase/b --from 2026-06-10
stolen=$(own_seq ase)
do_as ase void "$stolen" --yes
voiding=$(own_seq ase)
answers "what the void leaves is unknown" 2 "declared void" ase lookup "$jo" --at 2026-06-15
answers "what the issuer said stands, and is stated again" 0 "Stands as you said yourself, and said so again: revoked from 2026-06-20" \
    ase reinstate --voided "$voiding"
answers "no day stays unknown" 0 "VERDICT: VALID" ase lookup "$jo" --at 2026-06-15
answers "and it is revoked as before" 1 "revoked since 2026-06-20" ase lookup "$jo"
answers "once" 0 "nothing was written" ase reinstate --voided "$voiding"
make_homes kim
kim=$(actor_id kim)
do_as ase issue "$kim" ase/b --earned 2020-01-01
do_as ase suspend --of "$kim" --code ase/b --from 2026-06-20
do_as ase revoke --of "$kim" --code ase/b --from 2026-06-10
do_as ase void "$(own_seq ase)" --yes
voiding=$(own_seq ase)
do_as ase suspend --of "$kim" --code ase/b --from 2026-06-25
answers "a suspension alone leaves in doubt what is void" 2 "declared void" ase lookup "$kim" --at 2026-06-15
answers "what was suspended is stated again too" 0 "Stands as you said yourself, and said so again: suspended from 2026-06-20" \
    ase reinstate --voided "$voiding"
answers "which ends the doubt" 0 "VERDICT: VALID" ase lookup "$kim" --at 2026-06-15
answers "and not the suspension" 1 "suspended since 2026-06-20" ase lookup "$kim"
answers "it is stated once as well" 0 "nothing was written" ase reinstate --voided "$voiding"

make_homes lea
lea=$(actor_id lea)
do_as ase issue "$lea" ase/a --earned 2025-01-01
do_as ase issue "$lea" ase/b --earned 2025-01-01
do_as ase revoke --of "$lea" --code ase/a,ase/b --from 2026-06-10
do_as ase void "$(own_seq ase)" --yes
answers "what a void left is reinstated from the day it is unknown" 0 "from 2026-06-10" ase reinstate --of "$lea" --code ase/a
printf 'technician,code\n%s,ase/b\n' "$lea" >"$world/left.csv"
answers "by a file too" 0 "from 2026-06-10" ase reinstate --csv "$world/left.csv"
answers "and no day stays unknown" 0 "VERDICT: VALID" ase lookup "$lea" --at 2026-06-15

# ---- a thief who publishes rules ----

sed 's/"version": 1/"version": 4294967295/' "$world/ase.json" >"$world/last.json"
sed 's/"version": 1/"version": 2/' "$world/ase.json" >"$world/second.json"
do_as ase rules publish "$world/last.json"
answers "no version is higher than the last one" 4 "higher version" ase rules publish "$world/second.json"
stolen=$(own_seq ase)
do_as ase key rotate --yes
do_as ase void "$stolen" --yes
answers "what is void keeps nobody from a lower one" 0 "The rules are published" ase rules publish "$world/second.json"
answers "and is what holds" 0 "Rules: ase version 2" ase lookup "$lea" --require ase/a

# ---- the copy that README recommends ----

cp -r "$world/ase" "$world/copy.ase"
rm -rf "$world/ase"
answers "without the folder there is no home" 11 "not set up yet" ase status
cp -r "$world/copy.ase" "$world/ase"
ok "a copy put back is that home again" [ "$(actor_id ase)" = "$ase" ]
answers "and signs" 0 "" ase issue "$lea" ase/a --earned 2025-03-01

export TRADEPROOF_NOW=$(($(date +%s) + 3600))
answers "an expired challenge is not answered" 4 "time is over" \
    maria present "$world/challenge.tp" --from "$world/b.tp" --yes
unset TRADEPROOF_NOW
finish
