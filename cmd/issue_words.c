#include "cmd/issue_csv.h"

#include <inttypes.h>
#include <stdio.h>

#include "cmd/reasons.h"
#include "cmd/words.h"

/* Refusals of single rows in words. */
static const struct {
    const char *word;
    const char *sentence;
} refusals[] = {
    [ISSUE_ACCEPTED] = {"accepted", "the row is fine"},
    [ISSUE_NOT_READ] = {"not-read", "the row could not be read"},
    [ISSUE_COLUMN_COUNT_WRONG] = {"column-count", "the row has more or fewer columns than the first one"},
    [ISSUE_FIELD_EMPTY] = {"empty", "is empty"},
    [ISSUE_BAD_DATE] = {"bad-date", "is not a date such as 2029-06-30"},
    [ISSUE_BAD_CODE] = {"bad-code", "is not a code such as ase/A5"},
    [ISSUE_BAD_BASIS] = {"bad-basis", "is none of " BASIS_WORDS},
    [ISSUE_ID_MISTYPED] = {"id-mistyped", "is a mistyped id: copy it again whole"},
    [ISSUE_ID_OF_NODE] = {"id-wrong-kind", "is a computer's id, not a person's"},
    [ISSUE_ID_OF_OTHER_NETWORK] = {"id-wrong-network", "is an id of another network"},
    [ISSUE_TECHNICIAN_UNKNOWN] = {"technician-unknown",
                                  "is neither an id nor a name in your contacts or your trust file"},
    [ISSUE_IN_THE_FUTURE] = {"in-the-future", "is after today"},
    [ISSUE_ENDS_BEFORE_IT_BEGINS] = {"ends-before-it-begins", "lies before the first valid day"},
    [ISSUE_NO_LAST_DAY] = {"no-last-day",
                           "is needed, because no rules are held here that tell how long it is good for"},
    [ISSUE_NO_PERIOD] = {"no-period", "is needed: experience is the time from a first day to a last one"},
    [ISSUE_PERIOD_AHEAD] = {"period-ahead", "is after today, and only time that has passed is experience"},
    [ISSUE_BEYOND_LIFETIME] =
        {"beyond-lifetime", "is later than the rules of the day it was earned let it last, which is until"},
    [ISSUE_NO_RENEWED_DAY] = {"no-renewed-day",
                              "is needed (--until for a single one), because the rules don't tell how much a "
                              "renewal adds"},
    [ISSUE_RULES] = {"rules", ""},
    [ISSUE_SAME] = {"same", "you issued the same before, and it stands"},
    [ISSUE_OTHERWISE] = {"issued-otherwise", "issued before with"},
    [ISSUE_TAKEN_BACK] = {"taken-back", "issued before and"},
    [ISSUE_TOO_MUCH_BEFORE] = {"too-many", "more was issued to them before than can be looked through"},
    [ISSUE_BEFORE_UNKNOWN] = {"log-unread", "what was issued before could not be read"},
    [ISSUE_DUPLICATE] = {"duplicate", "the same technician, code and day"},
    [ISSUE_TOO_MANY_ROWS] = {"too-many-rows",
                             "the file has too many rows; nothing from here on was read: split it"},
};

const char *issue_refusal_word(const struct issue_refused *refused)
{
    return refused->refusal == ISSUE_RULES ? reason_word(refused->reason) : refusals[refused->refusal].word;
}

bool issue_refusal_is_overrulable(const struct issue_refused *refused)
{
    return refused->refusal == ISSUE_BEYOND_LIFETIME ||
           (refused->refusal == ISSUE_RULES && refused->rule[0] != '\0');
}

void issue_refusal_words(char *out, size_t capacity, const struct issue_refused *refused)
{
    const char *sentence = refusals[refused->refusal].sentence;
    const char *column = issue_column_name(refused->column);
    bool shows_text = refused->text[0] != '\0';
    switch (refused->refusal) {
    case ISSUE_NOT_READ:
        snprintf(out, capacity, "%s", csv_result_sentence(refused->csv));
        return;
    case ISSUE_RULES:
        snprintf(out, capacity, "%s: %s%s%s%s", refused->text, reason_sentence_to_issuer(refused->reason),
                 refused->rule[0] != '\0' ? " (" : "", refused->rule, refused->rule[0] != '\0' ? ")" : "");
        return;
    case ISSUE_BEYOND_LIFETIME:
        snprintf(out, capacity, "%s %s %s", column, sentence, refused->text);
        return;
    case ISSUE_OTHERWISE:
        snprintf(out, capacity, "%s %s, and that stands (%s)", sentence, refused->text, refused->entry);
        return;
    case ISSUE_TAKEN_BACK:
        snprintf(out, capacity, "%s %s (%s)", sentence, refused->text, refused->entry);
        return;
    case ISSUE_DUPLICATE:
        snprintf(out, capacity, "%s stand on line %" PRIu64 " already", sentence, refused->first_line);
        return;
    case ISSUE_ACCEPTED:
    case ISSUE_COLUMN_COUNT_WRONG:
    case ISSUE_SAME:
    case ISSUE_TOO_MUCH_BEFORE:
    case ISSUE_BEFORE_UNKNOWN:
    case ISSUE_TOO_MANY_ROWS:
        snprintf(out, capacity, "%s", sentence);
        return;
    case ISSUE_FIELD_EMPTY:
    case ISSUE_BAD_DATE:
    case ISSUE_BAD_CODE:
    case ISSUE_BAD_BASIS:
    case ISSUE_ID_MISTYPED:
    case ISSUE_ID_OF_NODE:
    case ISSUE_ID_OF_OTHER_NETWORK:
    case ISSUE_TECHNICIAN_UNKNOWN:
    case ISSUE_IN_THE_FUTURE:
    case ISSUE_ENDS_BEFORE_IT_BEGINS:
    case ISSUE_NO_LAST_DAY:
    case ISSUE_NO_PERIOD:
    case ISSUE_PERIOD_AHEAD:
    case ISSUE_NO_RENEWED_DAY:
        break;
    }
    snprintf(out, capacity, "%s %s%s%s%s", column, sentence, shows_text ? ": \"" : "", refused->text,
             shows_text ? "\"" : "");
}
