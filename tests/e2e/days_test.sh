#!/usr/bin/env bash
# An issuer where it is half past one in the morning, and an employer where it is still the evening before. No daemon
# runs: what is asked is where a day begins.
# shellcheck source=tests/e2e/world.sh
. "$(dirname "$0")/world.sh"

# now TIME: so late is it from here on.
now() { export TRADEPROOF_NOW; TRADEPROOF_NOW=$(date -d "$1" +%s); }

# in_los_angeles COMMAND...: by its calendar.
in_los_angeles() { TZ=PST8 "$@"; }

now 2026-11-30T12:00:00Z
make_homes ase
publish_rules ase ase
subject=$(actor_id ase)

now 2026-12-01T01:30:00Z
do_as ase issue "$subject" ase/a --json
first=$(field "$said" entry)
in_los_angeles answers "what was issued today holds where today is yesterday" 0 "VERDICT: VALID" ase lookup "$subject"
in_los_angeles answers "and meets a requirement" 0 "VERDICT: VALID" ase lookup "$subject" --require ase/a
in_los_angeles answers "the day is the employer's" 0 "on 2026-11-30" ase lookup "$subject"
in_los_angeles answers "a program sees both days" 0 '"begun": "2026-12-01"' ase lookup "$subject" --json
answers "the day after tomorrow is no day that has begun" 0 '"begun": null' ase lookup "$subject" --at 2026-12-03 --json
in_los_angeles answers "on the day before it did not hold yet" 1 "not valid before" ase lookup "$subject" --at 2026-11-29

do_as ase revoke "$first" --from 2026-12-24
in_los_angeles answers "a revocation that names a later day waits for it, and is told" 0 \
    "will be revoked from 2026-12-24" ase lookup "$subject"
do_as ase revoke "$first"
in_los_angeles answers "one that doesn't counts at once" 1 "VERDICT: INVALID" ase lookup "$subject"
in_los_angeles answers "where it is required too" 1 "VERDICT: INVALID" ase lookup "$subject" --require ase/a
in_los_angeles answers "and says since when" 1 "revoked since 2026-11-30" ase lookup "$subject"
TZ=XXX-14 answers "and where the day is further on" 1 "VERDICT: INVALID" ase lookup "$subject"
in_los_angeles answers "on the day before nothing stood against it" 1 "not valid before" ase lookup "$subject" \
    --at 2026-11-29

finish
