#ifndef CMD_VERDICT_PAGE_H
#define CMD_VERDICT_PAGE_H

/* A verdict and all that is shown with it: what verdict_text.h prints for people and verdict_json.h for
 * programs. */

#include "cmd/requirement.h"
#include "protocol/rules/verdict.h"
#include "store/store.h"

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

/* Borrows all that it points to. */
struct verdict_page {
    const struct network *network;
    const struct dossier *dossier;
    const struct trust *trust;
    const struct verdict *verdict;
    const struct requirement *requirement;
    uint32_t at_day;
    uint32_t begun_day; /* as the question's */
    struct bytes state; /* where it is asked for; empty: not said */
    bool has_known_by;
    uint64_t known_by_s;
    bool all;                          /* show older certificates too */
    const struct presented *presented; /* NULL: nothing was presented, as for a lookup */
    size_t erased_count;               /* issuers who erased what they had issued, as far as that is known */
    const struct erased_about *erased;
    enum overall overall; /* of the whole: page_overall */
    /* What to call an actor. */
    const char *(*name_of)(const void *names, const struct hash *id);
    const void *names;
};

/* The whole: the verdict on the certificates, lowered by what is wrong with the presentation. A bearer that
 * is not proven makes it undetermined at most; a presentation that is false makes it invalid. */
enum overall page_overall(const struct verdict *verdict, const struct presented *presented);

/* Whether nothing but the proof of who bears it is missing. */
bool leaves_bearer_open(enum reason reason);
/* Whether a refused item is merely not to be had here, which is neither yes nor no. */
bool leaves_item_open(enum reason reason);

const char *page_name_of(const struct verdict_page *page, const struct hash *id);
/* Of whose log the credential's freshness speaks; empty when it is not known. */
const char *page_evidence_name(const struct verdict_page *page, const struct credential_verdict *verdict);

/* What the dossier has of the verdict's credential. */
const struct dossier_credential *page_credential(const struct verdict_page *page, size_t index);

/* Whether the verdict's credential is about the subject and was asked for: the others count, unseen. */
bool page_lists(const struct verdict_page *page, size_t index);

/* Whether it is listed and decides nothing: a stranger signed it and nobody presents it. It is shown apart.
 */
bool page_sets_apart(const struct verdict_page *page, size_t index);

/* Whether it has expired and another one that is listed has taken its place since. */
bool page_is_older(const struct verdict_page *page, size_t index);

/* How many say the same as it, of one issuer, and stand alike, itself counted: somebody issued it more than
 * once. Claims apart: their salts differ. */
size_t page_count_alike(const struct verdict_page *page, size_t index);
/* Whether another one of these is shown in its place. */
bool page_is_twin(const struct verdict_page *page, size_t index);
/* The next one of these but itself, from index *at of the verdict's credentials on; *at is set behind it.
 * SIZE_MAX: no more. */
size_t page_next_alike(const struct verdict_page *page, size_t index, size_t *at);

/* The name of the entry that it stands in. */
void page_entry_name(struct entry_name *out, const struct verdict_page *page,
                     const struct dossier_place *place);

/* The verdict's credential in the entry of that name; SIZE_MAX: none. */
size_t page_find_entry(const struct verdict_page *page, const struct entry_name *name);

/* What the code's verdict says, where the credential is the one that speaks for its code; else NULL. */
const struct code_verdict *page_code_verdict(const struct verdict_page *page, size_t index);

/* The next code that is listed, whose test was passed and which is not certified for certain, from index *at
 * of the verdict's credentials on; *at is set behind it. NULL: no more. */
const struct code_verdict *page_next_uncertified(const struct verdict_page *page, size_t *at);

/* The next word that the subject has put beside a credential and still stands by, from index *at of the
 * dossier's statements on; *at is set behind it. NULL: no more. */
const struct dossier_statement *page_next_statement(const struct verdict_page *page,
                                                    const struct dossier_credential *credential, size_t *at);

/* The block of the event at an index of the credential's. */
struct dossier_block page_block_of_event(const struct dossier_credential *credential, size_t event);
/* Why that event was said; STATUS_REASON_UNSPECIFIED where nobody knows. */
enum status_reason page_reason_of(const struct dossier_credential *credential, size_t event);

/* Whether there is more to tell of what was said about it than the status tells: something of it was
 * overruled, is void or disputed, or speaks for days to come; or it says why. */
bool page_tells_history(const struct verdict_page *page, size_t index);

/* The packs that speak on the day asked about, of the namespaces of what is listed, of the titles held, or
 * that could not be determined, of what is required, and of what leaves a doubt because it is old: room for
 * PAGE_RULES_MAX namespaces. A pack is NULL where none is known, freshness where the trust file does not name
 * the namespace. */
enum { PAGE_RULES_MAX = 64 };
struct page_rules {
    size_t count;
    struct bytes name_spaces[PAGE_RULES_MAX];
    const struct dossier_pack *packs[PAGE_RULES_MAX];
    const struct rules_verdict *verdicts[PAGE_RULES_MAX]; /* NULL: the trust file does not name it */
};
void page_rules_of(struct page_rules *out, const struct verdict_page *page);

/* A title that is not held, but within reach: a part of it is held and few are missing. */
bool title_is_within_reach(const struct title_verdict *title);

#endif
