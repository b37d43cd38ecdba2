#!/usr/bin/env bash
# Crowds at the door, and questions from where nobody stands: peers that say nothing, that are sent away and come back,
# that ask from places that never were, or who introduces shops that are none, and never read.
# shellcheck source=tests/e2e/attacked.sh
. "$(dirname "${BASH_SOURCE[0]}")/attacked.sh"

settle_down 9000 dialled
withstands "sixty that say nothing" 0.5 silent:60
withstands "twenty that say what is no frame" 0.5 malformed:20
withstands "twenty that ask from anywhere" 0.5 locators:20
withstands "twenty that ask who introduces" 0.5 introductions:20
finish
