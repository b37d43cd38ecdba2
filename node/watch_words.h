#ifndef NODE_WATCH_WORDS_H
#define NODE_WATCH_WORDS_H

/* Facts and news in words: for watch.log, for the command that the daemon runs, and for reports. */

#include "node/watch_changes.h"

enum { WATCH_WORDS_SIZE = 256 };

/* `ase/A5`, `Master Automobile (ase)`. out has WATCH_WORDS_SIZE bytes. */
void watch_what_words(char *out, const struct watch_fact *fact);

/* "held until 2029-06-30", "not held (revoked)", "could not be determined (too old)". out has
 * WATCH_WORDS_SIZE bytes. */
void watch_fact_words(char *out, const struct watch_fact *fact);

/* "began", "ended", "lapses sooner", "could not be determined any more", … */
const char *watch_change_words(enum watch_change_kind kind);

/* The same in one word each, for files and programs: these are read again. */
const char *watch_kind_word(enum watch_kind kind);
const char *watch_state_word(enum watch_state state);
const char *watch_change_word(enum watch_change_kind kind);
bool watch_kind_from_word(enum watch_kind *out, struct bytes word);
bool watch_state_from_word(enum watch_state *out, struct bytes word);
bool watch_change_from_word(enum watch_change_kind *out, struct bytes word);

#endif
