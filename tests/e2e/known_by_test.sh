#!/usr/bin/env bash
# What a node could have known on a day in the past, and how things stood on that day as known today: two questions with
# two answers. The clock is set by TRADEPROOF_NOW; no daemon runs.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

# now TIME: so late is it from here on.
now() { export TRADEPROOF_NOW; TRADEPROOF_NOW=$(date -d "$1" +%s); }

now 2026-01-10T12:00:00Z
make_homes ase
publish_rules ase ase
subject=$(actor_id ase)
do_as ase issue "$subject" ase/a --json
first=$(field "$said" entry)
asked() { answers "$1" "$2" "$3" ase lookup "$subject" --code ase/a "${@:4}"; }

asked "on the day of issue it is valid" 0 "VERDICT: VALID"
now 2026-01-11T08:00:00Z
asked "and on the next" 0 "VERDICT: VALID"

now 2026-02-18T12:00:00Z
do_as ase issue "$subject" ase/b
do_as ase revoke "$first" --from 2026-02-18
asked "it is revoked" 1 "revoked since 2026-02-18"

now 2026-02-19T08:00:00Z
asked "by what was known on the day of issue it is valid" 0 "VERDICT: VALID" --known-by 2026-01-10
asked "and the next morning" 0 "VERDICT: VALID" --known-by 2026-01-11T11:00:00Z
asked "a second before, nobody knew of it" 2 "VERDICT: UNDETERMINED" --known-by 2026-01-10T11:59:59Z
asked "a day after its issuer's last word that is too old" 2 "too old" --known-by 2026-01-12
asked "and still on the eve of the next word" 2 "too old" --known-by 2026-02-17
asked "by what was known when it was revoked it is revoked" 1 "revoked since 2026-02-18" --known-by 2026-02-18
asked "and by all that is known" 1 "revoked since 2026-02-18" --known-by 2026-02-19
asked "all that is known says that it held before" 0 "VERDICT: VALID" --at 2026-01-11
asked "up to the last day" 0 "VERDICT: VALID" --at 2026-02-17
asked "and no longer" 1 "revoked since 2026-02-18" --at 2026-02-18
asked "both may be asked at once" 0 "VERDICT: VALID" --at 2026-01-10 --known-by 2026-01-10

# A clock that was ahead, and was put right.
now 2026-03-20T12:00:00Z
do_as ase revoke "$first" --from 2026-02-17
now 2026-02-19T09:00:00Z
asked "what such a clock noted is here now" 1 "revoked since 2026-02-17"
asked "and so had come by now" 1 "revoked since 2026-02-17" --known-by 2026-02-19
asked "but not by yesterday, as far as is known" 1 "revoked since 2026-02-18" --known-by 2026-02-18
finish
