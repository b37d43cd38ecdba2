#!/usr/bin/env bash
# What an issuer erases is unreadable at once, and gone seven days later; before then a void of the erase gives it back,
# and on the issuer's own node until seven days after its next rotation. Weeks pass by the daemons' clock.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase maria garage
make_reader reader
make_reader late

# on DAY: every daemon stops, and it is so many days after the test began.
began=$(date -d 2031-05-06T12:00 +%s)
on() {
    local name
    for name in "${!daemon[@]}"; do stop "$name"; done
    run_time $((began + $1 * 86400)) 500
}

on 0
ase=$(actor_id ase) maria=$(actor_id maria) garage=$(actor_id garage)
publish_rules ase ase
for name in reader late garage maria; do do_as "$name" trust add ase "$ase" ASE; done

# issued TO CODE [OPTION...]: the name of the entry.
issued() {
    do_as ase issue "$@"
    grep -om 1 "$ase/[0-9]*/[0-9]*/[0-9a-f]*" "$said"
}
given_back=$(issued "$maria" ase/a)
gone=$(issued "$maria" ase/b)
own_seq() { field <(as "$1" status --json | sed -n '/"own_log"/,/}/p') seq; }
is_valid() { until_answers "$1" 20 0 "VERDICT: VALID" "$2" lookup "$maria" --code "$3"; }
# erased SENTENCE NAME COUNT: what a look-up there says.
erased() {
    local word="certificates by .* were erased"
    [ "$3" != 1 ] || word="certificate by .* was erased"
    ok "$1" until_true 20 says_erased "$2" "$3 $word"
}
says_erased() { as "$1" lookup "$maria" >"$said" 2>&1; grep -q "^  $2" "$said"; }
tells_nothing() { as "$1" lookup "$maria" >"$said" 2>&1; ! grep -qE "erased|incomplete" "$said"; }

start ase
start reader ase
is_valid "a certificate is valid" reader ase/a
is_valid "and another one" reader ase/b
answers "the issuer erases the one" 0 "1 erased, durable" ase erase "$given_back"
erase_block=$(own_seq ase)
answers "and the other" 0 "1 erased, durable" ase erase "$gone"
erased "at once they are unreadable at another node" reader 2
answers "which shows neither" 2 "No certificate that counts" reader lookup "$maria"
erased "nor does the issuer's own" ase 2
answers "who asks for what may be given back gets no certain no" 2 "ASE, who may speak of ase/*, has erased what it may still give back" \
    reader lookup "$maria" --require ase/a
answers "nor a yes who denies it" 2 "VERDICT: UNDETERMINED" reader lookup "$maria" --require 'not tested ase/a'

start late reader
ok "a node that comes later gets every block" until_true 20 same_store late reader
answers "and nothing of what is erased, though its neighbour has the bytes" 2 "VERDICT: UNDETERMINED" late lookup "$maria"
ok "not even whom it was about, and misses nothing" tells_nothing late

on 6
start ase
start reader ase
start late reader
erased "six days later the bytes are still there" reader 2
answers "a void of the erase" 0 "" ase void "$erase_block" --yes
is_valid "gives it back" reader ase/a
is_valid "also to who never had it" late ase/a
erased "the other one stays erased" reader 1
erased "at the issuer's too" ase 1

on 8
start ase
start reader ase
ok "eight days later nothing tells whom it was about" until_true 20 tells_nothing reader
until_answers "so what it said was never said" 20 1 "VERDICT: INVALID" reader lookup "$maria" --require ase/b
is_valid "while what was given back is there" reader ase/a
erased "the issuer's own node keeps it sealed" ase 1
do_as ase key rotate

on 14
start ase
sleep 1
erased "also six days after a rotation" ase 1

on 16
start ase
start reader ase
ok "and no longer than seven" until_true 20 tells_nothing ase
is_valid "what was given back is valid for good" reader ase/a

# ---- rosters ----

do_as maria consent "$garage" --yes --out "$world/consent.tp"
do_as garage shop join "$world/consent.tp"
do_as ase accredit "$garage" --codes 'ase/x*'
do_as ase issue "$garage" ase/a --basis membership
do_as ase issue "$maria" ase/b --in-network ase/a
named_last() {
    do_as garage log --count 1 --entries
    grep -om 1 "$garage/[0-9]*/[0-9]*/[0-9a-f]*" "$said"
}
joined=$(named_last)
knows_of_erase() { same_seq reader "$garage" "$(own_seq garage)"; }
same_seq() { as "$1" log "$2" --count 1 2>/dev/null | grep -q "^ *$3 "; }
start garage ase
is_valid "while she is on a roster, what hangs on that is valid" reader ase/b
on 18
start ase
start garage ase
start reader ase
do_as garage shop leave "$maria"
left=$(named_last)
until_answers "once she left it is not" 20 1 "VERDICT: INVALID" reader lookup "$maria" --code ase/b
answers "that she left is not erased" 5 "Still readable: $left" garage erase "$left"
until_true 20 knows_of_erase || give_up "the reader does not hear of the erase"
answers "and counts at other nodes too" 1 "VERDICT: INVALID" reader lookup "$maria" --code ase/b
answers "with that she joined it is" 0 "1 erased, durable" garage erase "$joined"
until_answers "and what hangs on it is unknown" 20 2 "VERDICT: UNDETERMINED" reader lookup "$maria" --code ase/b

finish
