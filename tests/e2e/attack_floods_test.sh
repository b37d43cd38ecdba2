#!/usr/bin/env bash
# Twenty strangers send, as fast as they can, heads of authors that nobody knows, a block of 400 KB that the node holds, and
# frames of a kind that nobody knows: one after the other, and each time revocations come as without them.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "$0")/attacked.sh"

settle_down 9000
withstands "twenty that invent heads" 1 invented:20
withstands "twenty that replay a block" 1 replays:20
withstands "twenty that send unknown frames" 1 unknown:20
finish
