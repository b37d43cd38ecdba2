#!/usr/bin/env bash
# A thief with a copy of an issuer's home signs other blocks than the issuer. Honest nodes that hear both hold a proof and
# say that the certificates are in dispute, until the issuer rotates its keys and names the thief's branch; what the thief
# revoked is unknown from then on, until the issuer states what holds.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

# says_why NAME: of a certificate in the branch that NAME follows, whichever that is.
says_why() {
    as "$1" lookup "$shop" --code ase/b >"$world/why"
    as "$1" lookup "$ase" --code ase/a >>"$world/why"
    grep -qF "two contradicting logs" "$world/why"
}

make_homes ase shop
make_reader east
make_reader west
make_reader hideout
ase=$(actor_id ase) shop=$(actor_id shop)
publish_rules ase ase
for name in shop east west; do do_as "$name" trust add ase "$ase" ASE; done
do_as ase issue "$shop" ase/a
parent=$(own_head ase)

# The copy gets a node key of its own, or it could not be in the network beside the original.
cp -a "$world/ase" "$world/thief"
cp "$world/hideout/node.keys" "$world/thief/node.keys"
do_as ase issue "$shop" ase/b
mine=$(own_head ase)
do_as thief issue "$ase" ase/a
first=$(own_head thief)
do_as thief revoke --of "$shop" --code ase/a --reason misconduct
tip=$(own_head thief)
# What the thief signs later comes from a copy that has not heard of the fork, as these programs would refuse.
cp -a "$world/thief" "$world/later"
do_as later issue "$ase" ase/b

start east
start west east
start ase east
ok "both readers have the issuer's three blocks" until_true 20 eval 'same_store east ase && same_store west ase'
answers "before the thief is heard, all is well" 0 "VERDICT: VALID" west lookup "$shop"

start thief west
for name in east west; do
    until_answers "$name sees the fork" 20 2 "UNDETERMINED" "$name" lookup "$shop" --code ase/b
    until_answers "$name does not know whether the revocation holds" 20 2 "UNDETERMINED" \
        "$name" lookup "$shop" --code ase/a
    answers "$name says that a branch revokes" 2 "disputed" "$name" lookup "$shop" --code ase/a
done
stop thief
start shop east
for name in east west shop ase; do ok "$name knows of two logs, and says so" until_true 20 says_why "$name"; done

answers "the issuer's status says that its log is forked" 0 "two different blocks 3 bear your signature" ase status
cp "$said" "$world/asked"
ok "since when" grep -qE "known here since 20[0-9-]+T" "$world/asked"
ok "what that makes undetermined" grep -qF "from block 3 on is undetermined" "$world/asked"
ok "and what to do" grep -qF "tradeproof key rotate" "$world/asked"
ok "it is not called fresh" eval '! grep -q fresh "$world/asked"'
answers "another node names the forked log" 0 "ASE: two different blocks 3 bear the same signature" west status
answers "not as fresh" 0 '"freshness": "forked"' west status --json

# Its own node follows either branch, as the hashes fall: the issuer says which is its own.
until_answers "key rotate asks which branch is the issuer's" 20 4 "tradeproof key rotate --onto $mine" ase key rotate
cp "$said" "$world/asked"
answers "and says --next again where it was said" 4 "--onto $mine --next $world/ase/next.keys" \
    ase key rotate --next "$world/ase/next.keys"
ok "in plain words" grep -qF "Which branch is yours?" "$world/asked"
ok "an old copy may be the cause" grep -qF "an old copy of the data folder" "$world/asked"
ok "by what each says" grep -qF "revokes ase/a of " "$world/asked"
ok "by what stands in it" grep -qF "1: ase/b to " "$world/asked"
ok "beside the thief's" grep -qF "$tip" "$world/asked"
answers "as JSON too" 4 "\"tip\": \"$tip\"" ase key rotate --json
answers "nothing else is signed meanwhile" 4 "Somebody else signed with your keys" ase issue "$shop" ase/a --earned 2026-01-01
answers "a hash that nobody signed is none" 4 "is not the hash of one block" ase key rotate --onto "${mine}0"
answers "nothing is dropped by the way" 3 "say --yes if you agree" \
    ase key rotate --onto "${mine:0:16}"
answers "the issuer keeps its own branch, and is told how to name the other" 0 \
    "tradeproof void --branch 0 $parent $first" ase key rotate --onto "${mine:0:16}" --yes
until_answers "a revocation that nobody followed for long is gone with its branch" 20 0 "VALID" \
    west lookup "$shop" --code ase/a
answers "and listed" 0 "on a branch that was dropped on" west lookup "$shop" --code ase/a
answers "the log names the branch where it left" 0 "a dropped branch with another block 3, ${first:0:16}" ase log
answers "and each block by its number" 0 "certificate: ase/b to " ase log --from 3 --count 1
answers "status of a log that was rotated is no longer forked" 0 '"forked": []' ase status --json
answers "status tells of the branch that is not named" 0 "void --branch 0 $parent $first" ase status
answers "a void lists what the branch says, and asks" 3 "say --yes if you agree" ase void --branch 0 "$parent" "$first"
cp "$said" "$world/asked"
ok "the thief's certificate" grep -qF "issues ase/a to " "$world/asked"
ok "and the revocation" grep -qF "revokes ase/a of " "$world/asked"
answers "it names the thief's branch" 0 "declared void" ase void --branch 0 "$parent" "$first" --yes
named=$(status_field ase seq)
answers "a second time nothing is signed" 0 "void already: nothing was signed" ase void --branch 0 "$parent" "$first" --yes
answers "as JSON too" 0 '"voided_blocks": 0' ase void --branch 0 "$parent" "$first" --json
ok "and the log is as it was" test "$(status_field ase seq)" = "$named"
answers "and is told of none any more" 0 '"branches_to_name": []' ase status --json
for name in east west shop; do
    until_answers "$name knows the revocation as void" 20 2 "on a branch declared void on" \
        "$name" lookup "$shop" --code ase/a
done
answers "the issuer states what holds" 0 "Reinstated" ase reinstate --voided "$named"
answers "once" 0 "" ase reinstate --voided "$named"
for name in east west shop; do
    until_answers "$name takes it back" 20 0 "VERDICT: VALID" "$name" lookup "$shop" --code ase/a
    answers "$name still shows it" 0 "on a branch declared void on" "$name" lookup "$shop" --code ase/a
done
for name in east west shop; do
    until_answers "$name takes the issuer's word again" 20 0 "VERDICT: VALID" "$name" lookup "$shop" --code ase/b
    answers "$name does not count what the thief wrote" 2 "UNDETERMINED" "$name" lookup "$ase" --code ase/a
done
do_as ase issue "$shop" ase/a --earned 2026-01-01
for name in east west shop; do ok "$name goes on with the issuer" until_true 20 follows "$name" ase; done

# The thief goes on behind the old keys, and hears of the rotation.
start later west
ok "nobody follows the thief" eval 'sleep 1; follows east ase && follows west ase && follows shop ase'
answers "nor counts what it wrote" 2 "UNDETERMINED" west lookup "$ase" --code ase/b
until_answers "once it has heard of the rotation, its keys sign no more" 20 4 "keys" \
    later issue "$ase" ase/b --earned 2026-01-01
finish
