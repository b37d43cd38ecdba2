#!/usr/bin/env bash
# Who shows the log in a pager keeps nobody's pages: what waits to be read was worked out before, and its read transaction
# is over. LMDB frees no page that a transaction which is still open may look at, so a store beside one grows by all that
# is written.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

make_homes ase
ase=$(actor_id ase)
publish_rules ase ase
{
    echo technician,code,earned_on
    for ((i = 0; i < 1500; i++)); do
        printf '%s,ase/a,%04d-%02d-%02d\n' "$ase" $((2000 + i / 336)) $((i / 28 % 12 + 1)) $((i % 28 + 1))
    done
} >"$world/rows.csv"
do_as ase issue --csv "$world/rows.csv"
publish() { "$bin/tests/many_blocks" publish "$world/ase" "$passphrase" "$1" >/dev/null 2>&1 || give_up publish; }
publish 20
mkfifo "$world/pipe"

# grows_little_beside COMMAND...: while its output waits for a reader that takes none of it.
grows_little_beside() {
    local before grown reader result
    as ase "$@" >"$world/pipe" &
    reader=$!
    others+=("$reader")
    exec 3<"$world/pipe"
    head -c 1 <&3 >/dev/null
    before=$(stat -c %s "$world/ase/store/data.mdb")
    publish 60
    grown=$(($(stat -c %s "$world/ase/store/data.mdb") - before))
    echo "grown by $((grown / 1024)) KiB"
    ! are_gone "$reader" && [ "$grown" -lt $((1 << 20)) ]
    result=$?
    exec 3<&-
    wait "$reader"
    return $result
}
ok "a store grows little beside a pager that shows the log" grows_little_beside log --entries --from 0
ok "nor beside a slow reader of its JSON" grows_little_beside log --entries --from 0 --json
ok "nor beside one of a look-up" grows_little_beside lookup "$ase" --all --json
finish
