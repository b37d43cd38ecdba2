#ifndef CMD_VERDICT_TEXT_H
#define CMD_VERDICT_TEXT_H

/* A verdict in words for people. Every state is a word of its own, never a colour alone; "could not be
 * determined" is never shown as fine or as revoked. verdict_json.h says the same to programs. */

#include <stdio.h>

#include "protocol/rules/verdict.h"

/* A certificate that came with a presentation and counts for nothing. */
struct refused_item {
    size_t item; /* which one, from 0 */
    bool has_name;
    struct entry_name name;
    enum reason reason;
};

/* Who is verified: a presentation's outcome around the verdict on its certificates. */
struct presented {
    enum reason reason; /* of presentation_check, or REASON_REPLAYED; REASON_NONE: the bearer is proven */
    struct actor_id audience;
    uint64_t created_s;
    size_t refused_count;
    const struct refused_item *refused;
};

/* A verdict and what is shown with it. Borrows all that it points to. */
struct verdict_page {
    const struct network *network;
    const struct dossier *dossier;
    const struct verdict *verdict;
    uint32_t at_day;
    bool has_known_by;
    uint64_t known_by_s;
    const struct presented *presented; /* NULL: nothing was presented, as for a lookup */
    enum overall overall;              /* of the whole: page_overall */
    /* What to call an actor. */
    const char *(*name_of)(const void *names, const struct hash *id);
    const void *names;
};

enum { VERDICT_WORDS_SIZE = 320, AGE_WORDS_SIZE = 48 };

/* "VALID", "INVALID", "UNDETERMINED". */
const char *overall_word(enum overall overall);

/* The whole: the verdict on the certificates, lowered by what is wrong with the presentation. A bearer that
 * is not proven makes it undetermined at most; a presentation that is false makes it invalid. */
enum overall page_overall(const struct verdict *verdict, const struct presented *presented);

/* Why the credential is what it is, in a few words: "valid until 2029-06-30", "revoked since …", "could not
 * be determined: …". out has VERDICT_WORDS_SIZE bytes. */
void credential_words(char *out, const struct credential_verdict *credential);

/* "40 seconds ago"; "not seen yet" for UINT64_MAX. out has AGE_WORDS_SIZE bytes. */
void age_words(char *out, uint64_t age_s);

/* The code that a credential is for; "(erased)" where nobody knows. */
struct bytes credential_code(const struct dossier_credential *credential);

/* The axis that decides what overall is: the first certain no, else the first that is not yes. Requires: not
 * valid. */
const struct axis_answer *deciding_axis(const struct credential_verdict *credential, enum axis *axis);

/* Print the page, its last line "VERDICT: …". */
void verdict_text_print(FILE *out, const struct verdict_page *page);

#endif
