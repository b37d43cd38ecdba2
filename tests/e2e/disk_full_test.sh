#!/usr/bin/env bash
# A full disk is said in a sentence, loses nothing, and is over as soon as there is room: for a command, for a daemon.
# Needs a small file system of its own, so it asks for a name space where mounting is allowed; skipped where none is.
# shellcheck shell=bash

if [ "${1:-}" != mounted ]; then
    for unshare in "unshare --mount" "unshare --user --map-root-user --mount"; do
        if $unshare sh -c 'mount -t tmpfs -o size=1m none /mnt' 2>/dev/null; then
            exec $unshare "$0" mounted
        fi
    done
    echo "skipped: this machine does not let a test mount a file system"
    echo "0 passed, 0 failed"
    exit 0
fi

# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

mkdir "$world/disk"
mount -t tmpfs -o size=6m none "$world/disk" || give_up "mount"
trap 'umount -l "$world/disk"; forget' EXIT
mkdir "$world/disk/ase" "$world/disk/new"
ln -s disk/ase disk/new "$world"
make_homes ase
make_reader reader
ase=$(actor_id ase)
publish_rules ase ase
do_as reader trust add ase "$ase" ASE
"$bin/tests/many_blocks" publish "$world/ase" "$passphrase" 20 >"$world/acknowledged" || give_up "20 blocks"

# fill: leaves no byte free. empty: gives all of that back.
fill() { ! dd if=/dev/zero of="$world/disk/ballast" bs=4096 2>/dev/null || give_up "the disk does not fill up"; }
empty() { rm -f "$world/disk/ballast"; }
kept() { ok "$1" "$bin/tests/many_blocks" check "$world/ase" "$world/acknowledged"; }

# LMDB first uses up the pages that it has; so more is issued than fits in them.
{
    echo technician,code,earned_on
    for ((i = 0; i < 9000; i++)); do
        printf '%s,ase/a,%04d-%02d-%02d\n' "$ase" $((2000 + i / 336 % 26)) $((i / 28 % 12 + 1)) $((i % 28 + 1))
    done
} >"$world/rows.csv"

fill
answers "a command says that the disk is full" 8 "The disk is full" ase issue --csv "$world/rows.csv"
kept "nothing is lost by it"
answers "questions are still answered" 2 "VERDICT" ase lookup "$ase" --code ase/b
empty
do_as ase issue "$ase" ase/b
answers "with room, it can issue again" 0 "VERDICT: VALID" ase lookup "$ase" --code ase/b

start ase
start reader ase
fill
answers "through the daemon it says the same" 8 "The disk is full" ase issue --csv "$world/rows.csv"
ok "the daemon lives" kill -0 "${daemon[ase]}"
ok "and says so in its log" grep -q no-room "$world/ase.log"
kept "nothing is lost by that either"
empty
do_as ase issue "$ase" ase/b --earned 2026-01-01
ok "with room, it goes on and others hear of it" until_true 20 follows reader ase

stop ase
fill
answers "there is no room for a new home" 8 "The disk is full" new init --network test
empty
answers "until there is" 0 "This computer is set up" new init --network test
kept "and to the end nothing is lost"

# leave PAGES: so many pages are free.
leave() {
    fill
    truncate -s "-$(($1 * 4096))" "$world/disk/ballast"
}

# What LMDB needs for an empty store is two pages for its lock file, two to begin with, and some for the tables.
rm -rf "$world/disk/new"
cp -a "$world/reader" "$world/disk/new"
for pages in 0 1 2 3 4 8; do
    rm -f "$world"/new/store/*
    leave $pages
    answers "a first look-up with $pages pages free says that the disk is full" 8 "The disk is full" new lookup "$ase"
    ok "so does the daemon" eval '"$bin/tradeproofd" --home "$world/new" >"$said" 2>&1; [ $? = 8 ]'
    empty
    answers "with room again ($pages before) it is answered" 2 "VERDICT: UNDETERMINED" new lookup "$ase"
done

# Others wait for the file that says where it listens.
rm -f "$world/new/endpoint"
fill
"$bin/tradeproofd" --home "$world/new" --listen 127.0.0.1:0 2>"$world/new.log" &
daemon[new]=$!
ok "a daemon that starts on a full disk listens" until_true 20 grep -q '"listening"' "$world/new.log"
ok "and can't say where" eval '! [ -s "$world/new/endpoint" ]'
empty
ok "with room it does" until_true 10 eval '[ -s "$world/new/endpoint" ]'
stop new

# As a backup that leaves it out, or that leaves out zeros, gives it back.
rm "$world/ase/store/lock.mdb"
fill
answers "without a lock file a full disk is said too" 8 "The disk is full" ase lookup "$ase" --code ase/b
truncate -s 8192 "$world/ase/store/lock.mdb"
answers "and with one that takes no room" 8 "The disk is full" ase lookup "$ase" --code ase/b
empty
answers "with room, the store is as it was" 0 "VERDICT: VALID" ase lookup "$ase" --code ase/b
finish
