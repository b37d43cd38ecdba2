#include "cmd/words.h"

#include <assert.h>

static const char *const status_reason_words[] = {
    [STATUS_REASON_UNSPECIFIED] = "unspecified",
    [STATUS_REASON_ISSUED_IN_ERROR] = "issued-in-error",
    [STATUS_REASON_MISCONDUCT] = "misconduct",
    [STATUS_REASON_SCORING] = "scoring",
    [STATUS_REASON_KEY_COMPROMISE] = "key-compromise",
    [STATUS_REASON_REQUESTED] = "requested",
    [STATUS_REASON_OTHER] = "other",
};

static const char *const status_action_words[] = {
    [STATUS_REVOKED] = "revoked",       [STATUS_SUSPENDED] = "suspended",
    [STATUS_REINSTATED] = "reinstated", [STATUS_REPLACED] = "replaced",
    [STATUS_APPEALED] = "appealed",     [STATUS_APPEAL_DECIDED] = "appeal-decided",
    [STATUS_HELD_BY] = "held-by",
};

struct vocabulary {
    const char *const *words;
    size_t first, count; /* words from first on are there */
};

#define VOCABULARY(table, lowest)                                                                            \
    ((struct vocabulary){.words = (table), .first = (lowest), .count = sizeof(table) / sizeof((table)[0])})

static const char *word_at(struct vocabulary vocabulary, size_t at)
{
    assert(at >= vocabulary.first && at < vocabulary.count);
    return vocabulary.words[at];
}

/* Returns: the word's number, or the vocabulary's count. */
static size_t number_of(struct vocabulary vocabulary, struct bytes word)
{
    size_t at = vocabulary.first;
    while (at < vocabulary.count && !bytes_equal_string(word, vocabulary.words[at])) {
        at++;
    }
    return at;
}

bool status_reason_of_word(enum status_reason *reason, struct bytes word)
{
    struct vocabulary vocabulary = VOCABULARY(status_reason_words, STATUS_REASON_UNSPECIFIED);
    size_t number = number_of(vocabulary, word);
    if (number == vocabulary.count) {
        return false;
    }
    *reason = (enum status_reason)number;
    return true;
}

const char *status_reason_word(enum status_reason reason)
{
    return word_at(VOCABULARY(status_reason_words, STATUS_REASON_UNSPECIFIED), (size_t)reason);
}

const char *status_action_word(enum status_action action)
{
    return word_at(VOCABULARY(status_action_words, STATUS_REVOKED), (size_t)action);
}
