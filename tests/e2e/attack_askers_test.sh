#!/usr/bin/env bash
# Twenty strangers ask for a log of megabytes and never read, others come and go as fast as they can.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "$0")/attacked.sh"

settle_down 9000
withstands "twenty that ask and never read" 2 asks:20
withstands "twenty that come and go" 1 storm:20
withstands "all at once" 2 invented:5 replays:5 unknown:5 asks:5 named:2 claims:4 drip:2
finish
