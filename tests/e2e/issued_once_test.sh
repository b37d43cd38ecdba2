#!/usr/bin/env bash
# Nothing is issued twice: the same file again, after it was killed or stopped, with rows added or corrected, after a
# revocation and after a void; and what was refused is mended and sent alone.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

rows=${ROWS:-30000} # of the file that is killed

make_homes shop
publish_rules shop shop
mapfile -t person < <("$bin/tests/some_ids" 9)
do_as shop contact add "${person[0]}" "Maria Lopez"
maria=${person[0]}
earned=$(date -d '200 days ago' +%F)
later=$(date -d "$earned 1 day" +%F)
until=$(date -d "$earned 1 year" +%F)       # given
rules=$(date -d "$earned 2 years" +%F)      # what the rules of code a let it last
shorter=$(date -d "$rules 1 day ago" +%F)
entry() { sed -n 's/^Entry: //p' "$said"; }
issued() { field "$world/told" issued; }
same() { field "$world/told" same; }

# issue_file FILE OPTION...: what it says, as JSON, is in told; its exit code in $code.
issue_file() {
    code=0
    as shop issue --csv "$@" --json >"$world/told" 2>"$world/errors.log" || code=$?
}

# ---- killed, stopped, and again ----

{
    echo technician,code,earned_on
    "$bin/tests/some_ids" "$rows" | sed 's/$/,shop\/a,2021-03-01/'
} >"$world/rows.csv"

# begin_file: starts to issue it in the background, where Ctrl-C is not ignored, and waits until a block of it stands.
begin_file() {
    local head
    head=$(own_head shop)
    env --default-signal=INT "$bin/tradeproof" issue --csv "$world/rows.csv" --home "$world/shop" --passphrase-file "$passphrase" \
        >"$world/begun" 2>&1 &
    begun=$!
    others+=("$begun")
    until_true 60 eval "[ \"\$(own_head shop)\" != '$head' ] || are_gone $begun"
}

begin_file
kill -KILL "$begun"
wait "$begun" 2>/dev/null
issue_file "$world/rows.csv"
ok "a file that was killed is issued to its end" test "$code" = 0
ok "but for what stood already" test "$(same)" -gt 0 -a $(($(same) + $(issued))) = "$rows"
issue_file "$world/rows.csv"
ok "and the third time nothing is" test "$code $(issued) $(same)" = "0 0 $rows"

sed -i 's/2021-03-01$/2021-03-02/' "$world/rows.csv"
begin_file
kill -INT "$begun"
code=0
wait "$begun" || code=$?
cp "$world/begun" "$world/told"
line=$(sed -n 's/^Stopped before line \([0-9]*\):.*/\1/p' "$world/told")
ok "Ctrl-C finishes the block at hand and says what is durable" test "$code" = 5 -a -n "$line"
ok "and how many those are" grep -q "^Issued $((line - 2)) certificates in" "$world/told"
issue_file "$world/rows.csv"
ok "the rest is issued by the same command" test "$code $(same) $(issued)" = "0 $((line - 2)) $((rows - line + 2))"

# Two at once, through a daemon, one of which is killed while its block may be on its way.
sed -i 's/2021-03-02$/2021-03-03/' "$world/rows.csv"
start shop
begin_file
kill -KILL "$begun"
wait "$begun" 2>/dev/null
as shop issue --csv "$world/rows.csv" --json >"$world/one" 2>&1 &
first=$!
as shop issue --csv "$world/rows.csv" --json >"$world/two" 2>&1 &
second=$!
wait "$first" "$second"
cp "$world/rows.csv" "$world/all.csv"
issue_file "$world/rows.csv"
ok "of two that issue the same file at once each row is issued once" test "$code $(issued) $(same)" = "0 0 $rows"
count=$(($(field "$world/one" issued) + $(field "$world/two" issued)))
ok "by one of them" test "$count" -gt 0 -a "$count" -lt "$rows"
stop shop

# A row from a pipe that Ctrl-C cut in the middle is none.
mkfifo "$world/pipe"
env --default-signal=INT "$bin/tradeproof" issue --csv - --home "$world/shop" --passphrase-file "$passphrase" \
    <"$world/pipe" >"$world/begun" 2>&1 &
begun=$!
others+=("$begun")
exec 5>"$world/pipe"
printf 'technician,code,earned_on\n%s,shop/b,2026-01-01\n%s,shop/b,2026-01-1' "$maria" "$maria" >&5
until_true 20 eval "grep -q SigCgt:.*4003 /proc/$begun/status"
sleep 0.5
kill -INT "$begun"
code=0
wait "$begun" || code=$?
exec 5>&-
cp "$world/begun" "$world/told"
ok "Ctrl-C is heard while it waits for a row" test "$code" = 5
ok "and half a row is left" grep -q '^Stopped before line 3' "$world/told"
ok "the whole ones are issued" grep -q '^Issued 1 certificate in' "$world/told"

# ---- one by one ----

answers "one is issued" 0 "Issued shop/a" shop issue "$maria" shop/a --earned "$earned"
first=$(entry)
before=$(own_head shop)
answers "once" 0 "The same stands already" shop issue "$maria" shop/a --earned "$earned"
ok "which is told with its name" test "$(entry)" = "$first"
answers "also to programs" 0 '"same": 1' shop issue "$maria" shop/a --earned "$earned" --json
answers "whatever else is said" 0 "The same stands already" shop issue "$maria" shop/a --earned "$earned" --anyway --replace
ok "nothing is signed for that" test "$before" = "$(own_head shop)"
answers "the same exam with another last day is refused" 4 "issued before with last_day $rules, and that stands ($first)" \
    shop issue "$maria" shop/a --earned "$earned" --until "$until"
answers "and told how it is corrected" 4 "--replace" shop issue "$maria" shop/a --earned "$earned" --until "$until"
answers "with another first day too" 4 "issued before with valid_from $earned" \
    shop issue "$maria" shop/a --earned "$earned" --from "$later" --until "$rules"
answers "--anyway is not enough" 4 "issued before with" shop issue "$maria" shop/a --earned "$earned" --until "$until" --anyway
ok "none of these is signed" test "$before" = "$(own_head shop)"
answers "a dry run tells what would be replaced" 0 "Would replace 1 of yours before" \
    shop issue "$maria" shop/a --earned "$earned" --until "$until" --replace --dry-run
answers "it takes its place when that is said" 0 "Replaced 1 of yours before" \
    shop issue "$maria" shop/a --earned "$earned" --until "$until" --replace
second=$(entry)
answers "which all see" 0 "valid until $until" shop lookup "$maria" --code shop/a --all
cp "$said" "$world/told"
ok "also of the old one" grep -q "replaced by shop/a The first ($second)" "$world/told"
answers "the old row does not come back by itself" 4 "issued before with last_day $until" \
    shop issue "$maria" shop/a --earned "$earned"
answers "and the new one is not issued twice" 0 "The same stands already" \
    shop issue "$maria" shop/a --earned "$earned" --until "$until"

# By the name of the old one, also where the two are of one exam; and again.
answers "one is issued with a wrong last day" 0 "Issued shop/a" shop issue "${person[8]}" shop/a --earned "$later" --until "$shorter"
wrong=$(entry)
answers "which is corrected by its name" 0 "Replaced $wrong" \
    shop issue "${person[8]}" shop/a --earned "$later" --until "$until" --replaces "$wrong"
before=$(own_head shop)
answers "the same command again" 0 "The same stands already" \
    shop issue "${person[8]}" shop/a --earned "$later" --until "$until" --replaces "$wrong"
ok "states nothing twice" test "$before" = "$(own_head shop)"

# Both look before they ask for the passphrase, and only one has the log at a time.
start shop
as shop issue "$maria" shop/b --earned "$later" >"$world/one" 2>&1 &
first=$!
as shop issue "$maria" shop/b --earned "$later" >"$world/two" 2>&1 &
wait "$first" $!
ok "of two commands that issue the same at once one does" test "$(cat "$world/one" "$world/two" | grep -c '^Issued')" = 1
ok "and the other one says so" grep -q '^The same stands already' "$world/one" "$world/two"
stop shop

# ---- revoked ----

answers "it is revoked" 0 "Revoked shop/a" shop revoke "$second" --reason scoring
printf 'technician,code,earned_on,last_day\n%s,shop/a,%s,%s\n' "$maria" "$earned" "$until" >"$world/revoked.csv"
before=$(own_head shop)
answers "a file with what was revoked is refused" 4 "line 2: issued before and revoked since ($second)" \
    shop issue --csv "$world/revoked.csv"
answers "a single one as well" 4 "--again REASON" shop issue "$maria" shop/a --earned "$earned" --until "$until"
answers "with --replace too" 4 "revoked since" shop issue "$maria" shop/a --earned "$earned" --until "$until" --replace
answers "whatever its row says now" 4 "revoked since" shop issue "$maria" shop/a --earned "$earned" --until "$shorter"
answers "a reason is one of a few" 3 "--again takes a reason" shop issue --csv "$world/revoked.csv" --again because
ok "none of these is signed" test "$before" = "$(own_head shop)"
answers "it stays revoked" 1 "VERDICT: INVALID" shop lookup "$maria" --code shop/a
answers "a reason brings it back" 0 "1 taken back before issued again (scoring)" \
    shop issue --csv "$world/revoked.csv" --again scoring
answers "as a new one" 0 "VERDICT: VALID" shop lookup "$maria" --code shop/a
answers "which the old one tells of" 0 "replaced" shop lookup "$maria" --code shop/a --all
answers "once" 0 "1 row says the same" shop issue --csv "$world/revoked.csv" --again scoring

# ---- void ----

answers "another is issued" 0 "Issued shop/b" shop issue "${person[1]}" shop/b --earned "$earned"
block=$(entry | cut -d/ -f2)
answers "its block is declared void" 0 "" shop void "$block" --yes
answers "so it may be issued again" 0 "Issued shop/b" shop issue "${person[1]}" shop/b --earned "$earned"
answers "once" 0 "The same stands already" shop issue "${person[1]}" shop/b --earned "$earned"

# ---- rows added, corrected, refused and mended ----

{
    echo technician,code,earned_on,last_day
    for i in 2 3 4; do echo "${person[$i]},shop/a,$earned,$until"; done
} >"$world/file.csv"
answers "a file is issued" 0 "Issued 3 certificates" shop issue --csv "$world/file.csv"
sed -i "3s/$until/$shorter/" "$world/file.csv"
{
    echo "${person[5]},shop/a,$earned,$until"
    echo "\"Nobody, at all\",shop/a,$earned,$until"
    echo "${person[6]},shop/a,1.6.2026,"
    echo "${person[7]},shop/a"
} >>"$world/file.csv"
answers "again with rows added it issues those" 5 "Issued 1 certificate in 1 block" \
    shop issue --csv "$world/file.csv" --report "$world/refused.csv"
cp "$said" "$world/told"
ok "and tells the rest" grep -q '^2 rows say the same' "$world/told"
{
    echo line,reason,message,technician,code,earned_on,last_day
    sed -n '3p;6,8p' "$world/file.csv"
} >"$world/expected"
ok "the report has refused rows whole, as they came" \
    cmp <(sed -E 's/^[0-9]*,[a-z-]*,"([^"]|"")*",//' "$world/refused.csv") "$world/expected"
answers "sent as it is, it is refused as it was" 4 "4 rows refused" shop issue --csv "$world/refused.csv" --report "$world/again.csv"
ok "with the same report but for its lines" \
    cmp <(sed 's/^[0-9]*,//; s/line [0-9]*//' "$world/refused.csv") <(sed 's/^[0-9]*,//; s/line [0-9]*//' "$world/again.csv")
sed -i "s/,\"Nobody, at all\",/,${person[7]},/; s/1\.6\.2026/$earned/g; \$d" "$world/refused.csv"
answers "mended it is sent alone" 5 "Issued 2 certificates" shop issue --csv "$world/refused.csv"
answers "and with --replace corrects the one that was wrong" 0 "1 of yours before replaced" \
    shop issue --csv "$world/refused.csv" --replace
answers "which counts as corrected" 0 "valid until $shorter" shop lookup "${person[3]}"
answers "nothing is left to do" 0 "3 rows say the same" shop issue --csv "$world/refused.csv" --replace
answers "a report may not be the file" 3 "--report names the file that is read" \
    shop issue --csv "$world/file.csv" --report "$world/file.csv"
ok "which is still there" test "$(wc -l <"$world/file.csv")" = 8

# ---- of old: issued twice, or issued and never stated to be replaced ----

ok "a version of old issued one twice" "$bin/tests/twins" "$world/shop" "$passphrase" "${person[2]}" shop/a "$later" "$until" 2
ok "and another beside it" "$bin/tests/twins" "$world/shop" "$passphrase" "${person[2]}" shop/a "$later" "$shorter"
answers "what was issued twice is one line" 0 "issued 2 times" shop lookup "${person[2]}" --code shop/a
answers "unless each is asked for" 0 "VERDICT: VALID" shop lookup "${person[2]}" --code shop/a --all
ok "which shows them all" test "$(grep -c 'shop/a The first: valid until' "$said")" = 4
answers "what a command that was killed left to state is stated by the same command" 0 "Replaced 2 of yours before" \
    shop issue "${person[2]}" shop/a --earned "$later" --until "$shorter" --replace
cp "$said" "$world/told"
ok "and nothing is issued for it" grep -q 'The same stands already' "$world/told"
answers "once" 0 '"replaced": 0' shop issue "${person[2]}" shop/a --earned "$later" --until "$shorter" --replace --json

ok "a version of old issued one very often" "$bin/tests/twins" "$world/shop" "$passphrase" "${person[6]}" shop/b "$later" "$until" 200
answers "it is not issued once more" 0 "The same stands already" shop issue "${person[6]}" shop/b --earned "$later" --until "$until"
answers "one is revoked, and all that say the same" 0 "You issued the same more than once: 199 more to revoke" \
    shop revoke "$(as shop issue "${person[6]}" shop/b --earned "$later" --until "$until" | sed -n 's/^Entry: //p')"
answers "so that none is left" 1 "VERDICT: INVALID" shop lookup "${person[6]}" --code shop/b
answers "nor brought back by a file" 4 "revoked since" shop issue "${person[6]}" shop/b --earned "$later" --until "$until"
answers "suspended together as well" 0 "1 more to suspend" \
    shop suspend "$("$bin/tests/twins" "$world/shop" "$passphrase" "${person[7]}" shop/b "$later" "$until" 2 &&
        as shop issue "${person[7]}" shop/b --earned "$later" --until "$until" | sed -n 's/^Entry: //p')"
printf 'entry\n%s\n' "$("$bin/tests/twins" "$world/shop" "$passphrase" "${person[7]}" shop/a "$later" "$until" 3 &&
    as shop issue "${person[7]}" shop/a --earned "$later" --until "$until" | sed -n 's/^Entry: //p')" >"$world/entry.csv"
answers "also those of a file" 0 "3 revoked, durable" shop revoke --csv "$world/entry.csv"

finish
