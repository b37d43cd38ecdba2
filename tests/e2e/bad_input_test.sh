#!/usr/bin/env bash
# What people get wrong, and what strangers send: each gets its exit code and one clear sentence, and changes nothing.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase shop maria
ase=$(actor_id ase) shop=$(actor_id shop) maria=$(actor_id maria)
publish_rules ase ase
for name in shop maria; do do_as "$name" trust add ase "$ase" ASE; done
start ase
start shop ase
start maria ase
do_as ase issue "$maria" ase/a
for name in shop maria; do until_true 20 follows "$name" ase || give_up "$name does not get the certificate"; done

# ---- presentations ----

do_as shop challenge --require ase/a --out "$world/challenge.tp"
do_as maria present "$world/challenge.tp" --yes --out "$world/answer.tp"
for name in ase shop maria; do stop "$name"; done

: >"$world/empty.tp"
head -c 100 "$world/answer.tp" >"$world/truncated.tp"
{ cat "$world/answer.tp"; printf 'x'; } >"$world/trailing.tp"
head -c 3000000 /dev/zero >"$world/oversized.tp"
printf 'Dear shop, I can repair brakes.\n' >"$world/letter.tp"
sed 's/ase\/a/ase\/b/' "$world/answer.tp" >"$world/altered.tp"
# Every byte of the signature, which comes last, is another one.
{ head -c -60 "$world/answer.tp"; tail -c 60 "$world/answer.tp" | tr '\000-\377' '\001-\377\000'; } >"$world/forged.tp"
head -c 1000 /dev/zero | tr '\0' '\223' >"$world/nested.tp"

# refuses SENTENCE CODE PHRASE NAME COMMAND...: as answers, and it says so in one line, without dying.
refuses() {
    answers "$@"
    [ "$(wc -l <"$said")" -le 3 ] || bad "$1: says too much"
    ! grep -qiE 'assert|abort|sanitizer|usage:.*usage:' "$said" || bad "$1: dies"
}

refuses "an empty file" 4 "ends too early" shop verify "$world/empty.tp"
refuses "half a file" 4 "ends too early" shop verify "$world/truncated.tp"
refuses "bytes behind the end" 4 "behind its end" shop verify "$world/trailing.tp"
refuses "three megabytes of nothing" 4 "larger than the limit" shop verify "$world/oversized.tp"
refuses "something else" 4 "tradeproof: " shop verify "$world/letter.tp"
refuses "arrays in arrays" 4 "tradeproof: " shop verify "$world/nested.tp"
refuses "a challenge in place of an answer" 4 "holds a challenge" shop verify "$world/challenge.tp"
refuses "an answer in place of a challenge" 4 "holds a" maria present "$world/answer.tp" --yes
refuses "no such file" 4 "No such file" shop verify "$world/nothing.tp"
refuses "a folder" 4 "Is a directory" shop verify "$world"
answers "a forged signature" 1 "Bearer: refused" shop verify "$world/forged.tp"
answers "an answer for somebody else" 1 "made for someone else" maria verify "$world/answer.tp"
answers "after all that, the answer itself" 0 "Bearer: proven" shop verify "$world/answer.tp"
answers "and the same again" 1 "answered before" shop verify "$world/answer.tp"

# ---- too few descriptors ----

# refuses_to_start COUNT: with so many descriptors the daemon says what it lacks.
refuses_to_start() {
    local got=0
    (ulimit -n "$1" && exec timeout 10 "$bin/tradeproofd" --home "$world/shop" >"$said" 2>&1) || got=$?
    [ "$got" = 12 ] && grep -q "Too many files are open" "$said"
}
for count in 6 7 8 9; do
    if refuses_to_start "$count"; then good; else bad "a daemon with $count descriptors says that they are too few"; fi
done

# ---- ids, dates, codes, entries, options ----

sed -i 's/"version": 1/"version": 4/' "$world/ase.json"
do_as ase rules publish "$world/ase.json"
before=$(as ase status --json | sed -n '/"store"/,$p')
computer=$(status_field shop node)

refuses "a mistyped id" 4 "mistyped" ase issue "${maria}q" ase/a
refuses "an id with one letter wrong" 4 "mistyped" ase lookup "$(mistyped "$maria")"
refuses "a computer's id" 4 "a computer's id" ase issue "$computer" ase/a
refuses "an id of the main network" 4 "tradeproof: " ase lookup "${maria#t}"
refuses "a name that nobody has" 4 "neither an id nor a name" ase lookup "Maria Lopez"
refuses "a code that the rules do not know" 4 "do not know this code" ase issue "$maria" ase/zz
refuses "something that is no code" 4 "is not a code" ase issue "$maria" ASE
refuses "somebody else's namespace" 4 "tradeproof: " shop issue "$maria" ase/a
refuses "a day that is not in the calendar" 3 "2026-02-30" ase issue "$maria" ase/a --earned 2026-02-30
refuses "a day to come" 4 "after today" ase issue "$maria" ase/a --earned 2999-01-01
refuses "a basis that is none" 4 "is none of" ase issue "$maria" ase/a --basis magic
refuses "an entry that is not there" 4 "not in your log" ase revoke "$ase/2/0/00112233445566778899aabbccddeeff"
refuses "an entry of somebody else" 4 "tradeproof: " shop revoke "$ase/2/0/00112233445566778899aabbccddeeff"
refuses "something that names no entry" 4 "not the name of an entry" ase revoke junk
refuses "a range of blocks backwards" 4 "not a range" ase void 5-2
refuses "a namespace owned twice" 4 "another owner already" ase trust add ase "$maria"
refuses "a namespace that is none" 4 "A namespace is" ase trust add 'B@d' "$maria"
refuses "a command that is none" 3 "there is no command" ase frobnicate
refuses "an option that is none" 3 "is no option" ase issue --bogus
refuses "too few arguments" 3 "tradeproof issue: " ase issue "$maria"
refuses "peers without a daemon" 2 "No daemon runs" ase peers
refuses "no home at all" 11 "not set up yet" nobody status
refuses "a second init" 4 "set up already" ase init --network test
refuses "a network that is none" 4 "network's tag" new init --network 'Test!'

# ---- keys that somebody keeps ----

for file in actor.keys next.keys actor.public checkpoint.keys node.keys; do
    mkdir "$world/kept.$file" && cp "$world/ase/$file" "$world/kept.$file/"
    refuses "a new home where a $file is kept" 4 "holds $file already" "kept.$file" init --network test
    ok "and leaves it as it is" cmp "$world/ase/$file" "$world/kept.$file/$file"
    refuses "one without an actor too" 4 "holds $file already" "kept.$file" init --network test --no-actor
done
mkdir "$world/kept.link" && ln -s "$world/usb/next.keys" "$world/kept.link/next.keys"
refuses "a new home where a kept file is linked to that isn't at hand" 4 "holds next.keys already" kept.link init --network test
: >"$world/kept.actor.keys/init.unfinished"
answers "what an interrupted one left is made anew" 0 "This computer is set up" kept.actor.keys init --network test
ok "and no longer marked" [ ! -e "$world/kept.actor.keys/init.unfinished" ]
ok "with other keys" eval '! cmp -s "$world/ase/actor.keys" "$world/kept.actor.keys/actor.keys"'

# ---- passphrases, clocks ----

printf 'correct horse battery stable\n' >"$world/wrong"
: >"$world/none"
passphrase=$world/wrong refuses "a wrong passphrase" 6 "not the passphrase" ase issue "$maria" ase/a --earned 2026-01-05
passphrase=$world/none refuses "an empty one" 6 "is empty" ase issue "$maria" ase/a --earned 2026-01-05
passphrase=$world/nothing refuses "no such passphrase file" 6 "could not be read" ase issue "$maria" ase/a --earned 2026-01-05
printf 'short\n' >"$world/short"
passphrase=$world/short refuses "a short one for new keys" 6 "at least" new init --network test
now=$(date +%s)
sed 's/"ase"/"brand"/' "$world/ase.json" >"$world/brand.json"
do_as shop trust add brand me
TRADEPROOF_NOW=$((now - 3600)) refuses "a clock an hour behind the others" 10 "clock is behind" \
    shop rules publish "$world/brand.json"

# ---- files of results ----

csv() { printf '%b' "$1" >"$world/rows.csv"; }
head='technician,code,earned_on\n'
good="$maria,ase/a,2026-01-02"

csv ''
refuses "an empty file of results" 4 "is empty" ase issue --csv "$world/rows.csv" --dry-run
csv "technician,code\n$maria,ase/a\n"
refuses "a missing column" 4 "column earned_on is missing" ase issue --csv "$world/rows.csv" --dry-run
csv "technician,code,earned_on,shoe_size\n"
refuses "a column too many" 4 "shoe_size" ase issue --csv "$world/rows.csv" --dry-run
csv "technician,code,earned_on,code\n"
refuses "a column twice" 4 "twice" ase issue --csv "$world/rows.csv" --dry-run
refuses "a file that is not there" 4 "No such file" ase issue --csv "$world/nothing.csv" --dry-run
head -c 1000 /dev/urandom >"$world/rows.csv"
answers "noise" 4 "tradeproof: " ase issue --csv "$world/rows.csv" --dry-run

# row SENTENCE PHRASE ROW: one bad row before a good one.
row() {
    csv "$head$3\n$good\n"
    answers "$1" 5 "$2" ase issue --csv "$world/rows.csv" --dry-run
    grep -q 'Would issue 1 certificate; 1 row refused' "$said" || bad "$1: the good row is not taken"
}
row "a bad date" "is not a date" "$maria,ase/a,31/12/2025"
row "an unknown code" "do not know this code" "$maria,ase/A77,2026-01-03"
row "an unknown technician" "neither an id nor a name" "Bob,ase/a,2026-01-03"
row "a mistyped technician" "mistyped" "${maria}x,ase/a,2026-01-03"
row "a computer" "a computer's id" "$computer,ase/a,2026-01-03"
row "a column missing in a row" "more or fewer columns" "$maria,ase/a"
row "an empty field" "is empty" ",ase/a,2026-01-03"
row "a quote that is out of place" "line 2" "$maria,as\"e/a,2026-01-03"

csv "$head$good\n$good\n"
answers "a row twice" 5 "stand on line 2 already" ase issue --csv "$world/rows.csv" --dry-run
csv "\xef\xbb\xbf${head}$good\n"
answers "a byte order mark is passed over" 0 "Would issue 1 certificate" ase issue --csv "$world/rows.csv" --dry-run
csv "${head%\\n}\r\n$good\r\n\r\n"
answers "so are CRLF and empty lines" 0 "Would issue 1 certificate" ase issue --csv "$world/rows.csv" --dry-run
csv "$head\"$maria\",\"ase/a\",\"2026-01-02\""
answers "quotes, and no line end at the end" 0 "Would issue 1 certificate" ase issue --csv "$world/rows.csv" --dry-run
csv "$head\"$maria,ase/a,2026-01-02\n"
answers "a quote that is never closed" 4 "line 2" ase issue --csv "$world/rows.csv" --dry-run
{ printf '%b' "$head"; head -c 100000000 /dev/zero | tr '\0' x; printf '\n%s\n' "$good"; } >"$world/rows.csv"
answers "a line of 100 megabytes" 5 "Would issue 1 certificate; 1 row refused" \
    ase issue --csv "$world/rows.csv" --dry-run
rm "$world/rows.csv"

# ---- rule packs ----

# pack SENTENCE PHRASE JSON
pack() {
    printf '%s' "$3" >"$world/pack.json"
    refuses "$1" 4 "$2" ase rules publish "$world/pack.json"
}
begin='{"namespace": "ase", "version": 5, "in_force_from": "2026-01-01"'
code='{"code": "a", "title": "A", "lifetime_months": 60}'
# many COUNT TEXT
many() { printf -- "$2%.0s" $(seq "$1"); }
# rule KIND NAME WHEN
rule() { printf '{"kind": "%s", "name": "%s", "when": "%s"}' "$@"; }
# rules SENTENCE PHRASE RULES: of a pack that is in order but for its rules.
rules() { pack "$1" "$2" "$begin, \"codes\": [$code], \"rules\": [$3]}"; }
pack "no JSON" "tradeproof: " 'version: 2'
pack "JSON that is no object" "tradeproof: " '[]'
pack "a key twice" "tradeproof: " "$begin, \"version\": 3, \"codes\": [$code], \"rules\": []}"
pack "no codes at all" "tradeproof: " "$begin}"
pack "a field that is none" "tradeproof: " "$begin, \"codes\": [$code], \"rules\": [], \"colour\": \"red\"}"
pack "a day that is none" "tradeproof: " "${begin/2026-01-01/2026-13-01}, \"codes\": [$code], \"rules\": []}"
pack "a code twice" "tradeproof: " "$begin, \"codes\": [$code, $code], \"rules\": []}"
pack "a lifetime below zero" "tradeproof: " "$begin, \"codes\": [${code/60/-1}], \"rules\": []}"
pack "text for a number" "tradeproof: " "$begin, \"codes\": [${code/60/\"long\"}], \"rules\": []}"
pack "a title with a line end in it" "tradeproof: " "$begin, \"codes\": [${code/\"A\"/\"A\\nB\"}], \"rules\": []}"
pack "somebody else's namespace" "tradeproof: " "${begin/ase/epa}, \"codes\": [$code], \"rules\": []}"
pack "a version that is published already" "higher version" "${begin/5,/4,}, \"codes\": [$code], \"rules\": []}"
pack "a version that goes backwards" "higher version" "${begin/5,/3,}, \"codes\": [$code], \"rules\": []}"
pack "a code with another namespace's name before it" "the namespace is not part of it" \
    "$begin, \"codes\": [${code/\"a\"/\"epa\/609\"}], \"rules\": []}"
pack "a last day before the first" "last_day is before first_day" \
    "$begin, \"codes\": [${code/60/60, \"first_day\": \"2026-01-02\", \"last_day\": \"2026-01-01\"}], \"rules\": []}"
pack "in force from the year 10000 on" "in_force_from is not a day" \
    "${begin/2026/10000}, \"codes\": [$code], \"rules\": []}"
pack "a last day in the year 99999" "last_day is not a day" \
    "$begin, \"codes\": [${code/60/60, \"last_day\": \"99999-12-31\"}], \"rules\": []}"
rules "brackets within brackets" "nests too deep; give a name to a part of it" \
    "$(rule title T "$(many 1000 '(')a$(many 1000 ')')")"
rules "not not not …" "nests too deep" "$(rule title T "$(many 1000 'not ')a")"
rules "parts beside parts" "is too long from here on" "$(rule title T "$(many 1000 'a or ')a")"
rules "more rules than a pack holds" "at most 256" \
    "$(rule title T a)$(for i in $(seq 256); do printf ', '; rule title "T$i" a; done)"
rules "a code that there is none of" "ase/zz, which is no code of this pack; add the code" "$(rule title T zz)"
rules "a title that there is none of" 'the title "U", which no rule gives; add one' "$(rule title T '\"U\"')"
rules "a rule for a code that there is none of" "matches no code of this pack" "$(rule prerequisite zz a)"
rules "a rule for another namespace's code" "without its namespace" "$(rule prerequisite epa/609 a)"
rules "a title that rests on itself" 'leads back to its own title "T"; take that reference out' \
    "$(rule title T '\"T\"')"
rules "titles that rest on each other" 'leads back to its own title "T"' \
    "$(rule title T 'a and \"U\"'), $(rule title U '\"V\"'), $(rule title V 'not \"T\"')"
rules "a code that rests on itself" "leads back to a, which the rule is for" "$(rule prerequisite a a)"
rules "a rule twice" "join the two" "$(rule title T a), $(rule title T a)"
rules "more years than anybody works" "a whole number that is possible" \
    "$(rule experience a 'experience 200 years in epa/a')"
rules "an operator out of its place" "can only be asked about attestations" "$(rule title T 'basis exam')"
head -c 10000000 /dev/zero | tr '\0' ' ' >"$world/pack.json"
refuses "ten megabytes of spaces" 4 "tradeproof: " ase rules publish "$world/pack.json"
head -c 100000 /dev/zero | tr '\0' '[' >"$world/pack.json"
refuses "a hundred thousand brackets" 4 "tradeproof: " ase rules publish "$world/pack.json"

after=$(as ase status --json | sed -n '/"store"/,$p' | grep -v age_s)
ok "none of that changed the store" [ "$(grep -v age_s <<<"$before")" = "$after" ]

# ---- data folders ----

# copy NAME: another home like ase's, to be spoilt.
copy() { cp -a "$world/ase" "$world/$1"; }

copy absurd
printf '\377\377\377\377' | dd of="$world/absurd/actor.keys" bs=1 seek=12 conv=notrunc status=none
refuses "a key file that asks for absurd work" 4 "not a key file" absurd issue "$maria" ase/a --earned 2026-01-05
copy huge
head -c 1000000 /dev/zero >"$world/huge/actor.keys"
refuses "a key file of a megabyte" 4 "larger than it may be" huge issue "$maria" ase/a --earned 2026-01-05
copy version
LC_ALL=C grep -abo identity "$world/version/store/data.mdb" | cut -d: -f1 | while read -r at; do
    printf '\377' | dd of="$world/version/store/data.mdb" bs=1 seek=$((at + 9)) conv=notrunc status=none
done
refuses "a store of another version" 9 "another version" version status
copy network
echo main >"$world/network/network"
rm "$world/network/trust"
refuses "a store of another network" 4 "another network" network status
echo 'Bad Network' >"$world/network/network"
refuses "a network file that is none" 4 "The network is not" network status
copy noise
head -c 8192 /dev/urandom | dd of="$world/noise/store/data.mdb" conv=notrunc status=none
refuses "a store full of noise" 12 "are no store of tradeproof" noise status
copy half
truncate -s 5000 "$world/half/store/data.mdb"
refuses "half a store" 12 "is damaged" half status
copy trust
echo 'owner x' >>"$world/trust/trust"
refuses "a line of the trust file that says nothing" 4 "Line 2" trust status
copy contacts
echo 'nonsense' >>"$world/contacts/contacts"
refuses "a line of contacts that names nobody" 4 "Line 1" contacts status
copy public
head -c 50 /dev/urandom >"$world/public/actor.public"
refuses "an inception that is noise" 4 "tradeproof: " public issue "$maria" ase/a

exec 8<"$world/ase/lock"
flock 8
refuses "a folder that another process writes" 7 "using this folder" ase issue "$maria" ase/a
exec 8<&-

# not_written SENTENCE CODE PHRASE: what the last command with an answer, which went nowhere, exited with and said.
not_written() {
    if [ "$(cat "$world/code")" = "$2" ] && grep -qF -- "$3" "$said"; then good; else bad "$1"; fi
}
as ase status 2>"$said" >/dev/full
echo $? >"$world/code"
not_written "an answer on a full disk is not given" 8 "could not be written: the disk is full"
as ase status 2>"$said" >&-
echo $? >"$world/code"
not_written "nor is one without a file" 12 "could not be written: Bad file descriptor"
copy closed
as closed issue "$maria" nowhere/x <&- >&- 2>&-
answers "what is said on closed streams is not written into the store" 0 "" closed status
rm -f "$world/ase/endpoint"
"$bin/tradeproofd" --home "$world/ase" --listen 127.0.0.1:0 <&- >&- 2>&- &
daemon[ase]=$!
ok "a daemon whose standard streams are closed listens" until_true 20 listens ase
ok "and its net process runs" until_true 20 eval '[ -n "$(started_by "${daemon[ase]}")" ]'
stop ase
ok "and writes its log into no file of the folder" eval '! grep -rqa "\"event\"" "$world/ase"'
{
    sleep 0.3
    as ase status 2>"$said"
    echo $? >"$world/code"
} | true
not_written "who stops reading is not told of a full disk" 12 "was not read to its end"

# daemon_refuses SENTENCE CODE PHRASE OPTION...
daemon_refuses() {
    local sentence=$1 code=$2 phrase=$3 got=0
    shift 3
    timeout 20 "$bin/tradeproofd" "$@" >"$said" 2>&1 || got=$?
    if [ "$got" = "$code" ] && grep -qF -- "$phrase" "$said"; then good; else bad "$sentence: exit code $got"; fi
}
head=$(own_head ase)
start ase
daemon_refuses "a second daemon" 7 "using this folder" --home "$world/ase"
mv "$world/ase/control.token" "$world/token"
refuses "a daemon asked without its token" 12 "ase/control.token can't be read" ase peers
head -c 32 /dev/zero >"$world/ase/control.token"
refuses "a daemon asked with another token" 12 "Restart tradeproofd" ase peers
refuses "a daemon that is handed a block with another token" 12 "Restart tradeproofd" ase issue "$maria" ase/b
answers "what is read needs no daemon" 0 "ase/a" ase lookup "$maria"
mv "$world/token" "$world/ase/control.token"
answers "with its token it answers" 0 "" ase peers
ok "nothing was issued meanwhile" [ "$(own_head ase)" = "$head" ]
stop ase
daemon_refuses "a daemon on a store of another version" 9 "another version" --home "$world/version"
daemon_refuses "a daemon without a home" 11 "not set up yet" --home "$world/nobody"
daemon_refuses "a port that is none" 3 "HOST:PORT" --home "$world/ase" --listen 127.0.0.1:http
daemon_refuses "a port beyond the last" 3 "HOST:PORT" --home "$world/ase" --listen 127.0.0.1:65536
daemon_refuses "a peer's port beyond the last" 3 "host or port" --home "$world/ase" --peer "127.0.0.1:70001,$(
    status_field ase transport)"
daemon_refuses "a watch log in no folder" 3 "folder that is there" --home "$world/ase" --watch-log "$world/no-folder/log"
daemon_refuses "a watch log that is a folder" 3 "can be written" --home "$world/ase" --watch-log "$world"
daemon_refuses "a peer without a key" 3 "tpx1" --home "$world/ase" --peer 127.0.0.1:7001
daemon_refuses "a peer with a mistyped key" 3 "mistyped" --home "$world/ase" --peer "127.0.0.1:7001,$(
    status_field ase transport)q"
daemon_refuses "a peer with a person's id" 3 "tpx1" --home "$world/ase" --peer "127.0.0.1:7001,$maria"
daemon_refuses "an option that is none" 3 "Try" --home "$world/ase" --bogus

# ---- a clock that stops nobody ----

TRADEPROOF_NOW=$((now - 3600)) answers "a clock an hour behind the own log is told, and revokes" 0 \
    "ahead of this machine's clock" ase revoke --of "$maria" --code ase/a
finish
