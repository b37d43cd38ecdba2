#include "node/watch_words.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_words[] = {
    [WATCH_AWARD] = "award",
    [WATCH_TITLE] = "title",
    [WATCH_CODE] = "code",
};

static const char *const state_words[] = {
    [WATCH_HELD] = "held",
    [WATCH_TESTED] = "tested",
    [WATCH_NOT_HELD] = "not-held",
    [WATCH_UNKNOWN] = "undetermined",
};

static const char *const change_words[] = {
    [WATCH_BEGAN] = "began",         [WATCH_ENDED] = "ended", [WATCH_SOONER] = "sooner",
    [WATCH_LATER] = "later",         [WATCH_LOST] = "lost",   [WATCH_BACK] = "back",
    [WATCH_OTHER_REASON] = "reason",
};

const char *watch_kind_word(enum watch_kind kind)
{
    return kind_words[kind];
}

const char *watch_state_word(enum watch_state state)
{
    return state_words[state];
}

const char *watch_change_word(enum watch_change_kind kind)
{
    return change_words[kind];
}

/* Index of word, or count. */
static size_t find(const char *const *words, size_t count, struct bytes word)
{
    size_t i = 0;
    while (i < count && !bytes_equal_string(word, words[i])) {
        i++;
    }
    return i;
}

bool watch_kind_from_word(enum watch_kind *out, struct bytes word)
{
    size_t count = sizeof(kind_words) / sizeof(kind_words[0]);
    size_t index = find(kind_words, count, word);
    *out = index < count ? (enum watch_kind)index : WATCH_AWARD;
    return index < count;
}

bool watch_state_from_word(enum watch_state *out, struct bytes word)
{
    size_t count = sizeof(state_words) / sizeof(state_words[0]);
    size_t index = find(state_words, count, word);
    *out = index < count ? (enum watch_state)index : WATCH_UNKNOWN;
    return index < count;
}

bool watch_change_from_word(enum watch_change_kind *out, struct bytes word)
{
    size_t count = sizeof(change_words) / sizeof(change_words[0]);
    size_t index = find(change_words, count, word);
    *out = index < count ? (enum watch_change_kind)index : WATCH_BEGAN;
    return index < count;
}

void watch_what_words(char *out, const struct watch_fact *fact)
{
    const char *colon = fact->kind == WATCH_CODE ? NULL : strchr(fact->what, ':');
    if (colon == NULL) {
        (void)snprintf(out, WATCH_WORDS_SIZE, "%s", fact->what);
    } else {
        (void)snprintf(out, WATCH_WORDS_SIZE, "%s (%.*s)", colon + 1, (int)(colon - fact->what), fact->what);
    }
}

/* " (revoked)"; empty where there is no reason. */
static void why_words(char *out, size_t size, const struct watch_fact *fact)
{
    bool stale = strcmp(fact->why, "stale") == 0;
    (void)snprintf(out, size, fact->why[0] == '\0' ? "%s" : " (%s)", stale ? "too old" : fact->why);
    for (char *at = strchr(out, '-'); at != NULL; at = strchr(at, '-')) {
        *at = ' ';
    }
}

void watch_fact_words(char *out, const struct watch_fact *fact)
{
    static const char *const heads[] = {
        [WATCH_HELD] = "held",
        [WATCH_TESTED] = "tested",
        [WATCH_NOT_HELD] = "not held",
        [WATCH_UNKNOWN] = "could not be determined",
    };
    char why[WATCH_WHY_SIZE + 16], day[DAY_TEXT_SIZE] = "";
    bool lasts = fact->state == WATCH_HELD || fact->state == WATCH_TESTED;
    const char *until = "";
    why_words(why, sizeof(why), fact);
    if (lasts && fact->until_day <= DAY_MAX) {
        day_to_text(day, fact->until_day);
        until = " until ";
    } else if (lasts) {
        until = " for life";
    }
    (void)snprintf(out, WATCH_WORDS_SIZE, "%s%s%s%s%s", heads[fact->state], until, day,
                   fact->state == WATCH_TESTED ? ", not certified" : "", why);
}

const char *watch_change_words(enum watch_change_kind kind)
{
    static const char *const words[] = {
        [WATCH_BEGAN] = "began",
        [WATCH_ENDED] = "ended",
        [WATCH_SOONER] = "lapses sooner",
        [WATCH_LATER] = "lapses later",
        [WATCH_LOST] = "could not be determined any more",
        [WATCH_BACK] = "could be determined again",
        [WATCH_OTHER_REASON] = "has another reason",
    };
    return words[kind];
}
