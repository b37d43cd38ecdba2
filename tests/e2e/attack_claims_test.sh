#!/usr/bin/env bash
# Strangers claim what they never bring: heads of 9 000 whom the issuer's log names, that its log goes further, or one
# true block now and then.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "$0")/attacked.sh"

settle_down 9000 dialled
withstands "heads of those that the log names" 2 named:4
withstands "four false claims of the log" 2 claims:4
withstands "one true block each 1.6 s" 2 drip:2
finish
