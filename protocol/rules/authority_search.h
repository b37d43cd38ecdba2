#ifndef PROTOCOL_RULES_AUTHORITY_SEARCH_H
#define PROTOCOL_RULES_AUTHORITY_SEARCH_H

/* What a search for a chain of accreditations knows, and the search itself: from the issuer upward, link by
 * link, the shortest one. Shared by the files that answer authority.h and by nobody else: authority_links.h
 * says which links hold, authority_withdrawals.h what was taken back and what cuts keep of it,
 * authority_reach.h whom owners reach at all, authority.c what is answered. Nothing of it outlives one
 * question, and nothing fails: where steps or room run out the search says that it is cut. */

#include "protocol/rules/authority.h"

/* What a search overlooks, each also what those before it do: the first one that finds a chain names what
 * stands in its way. */
enum authority_lenience {
    LENIENCE_NONE,
    LENIENCE_DISPUTED,
    LENIENCE_UPGRADE,
    LENIENCE_VOIDED,
    LENIENCE_REWOUND,
    LENIENCE_CUT,
    LENIENCE_BEYOND,
    LENIENCE_STATE_NOT_ASKED,
    LENIENCE_STATES_UNBOUND,
    LENIENCE_WITHDRAWN,
    LENIENCE_CLOSED,
    LENIENCE_OUT_OF_FORCE,
    LENIENCE_DEPTH,
    LENIENCE_STATE,
    LENIENCE_CODE,
    LENIENCE_COUNT
};

enum {
    STEPS_EACH_MAX = 1 << 13, /* records looked at for who lets one author speak */
    CLIMBED_ALL_MAX = 64,     /* accreditations of which all may be climbed: see authority_is_small */
    NO_LINK = UINT16_MAX,     /* in below: the link leads to the issuer itself; in lists: their end */
};
_Static_assert((int)DOSSIER_GRANTS_MAX < (int)NO_LINK, "links are numbered in 16 bits");
/* A statement whose speaker must be authorised. */
struct authority_speaker {
    const struct actor_id *actor;
    const struct dossier_place *place;
    size_t link; /* the accreditation that it is; NO_LINK: what the question is about */
};

/* What a search notes of each log. */
struct authority_notes {
    uint8_t room; /* links that may be below it, where an owner's accreditations lead to it: see mark_room */
    bool missed;  /* it may have said anything on a branch that a cut keeps and that is not here: likewise */
    bool places_differ; /* not all that lets it speak does so wherever it does */
    bool on_branches;   /* it accredits on side branches */
    bool climbed[2];    /* to those who may own, and to all others */
    uint16_t steps;     /* used up for who lets it speak */
};

/* The begins of lists in the order of the dossier. */
struct authority_lists {
    uint16_t accreditations; /* of a log, for the code, by those to whom owners lead in any way */
    uint16_t links[2];       /* of it, that may be of use: by all others, and by those who may own */
    uint16_t withdrawals;    /* by it; of an owner in by_owners */
};

/* Of a link, without which nothing is known: none above it reaches an owner with so many links from it down,
 * or more, as long as all these speak below. */
struct authority_dead_end {
    uint8_t links; /* 0: not known */
    uint8_t count;
    uint16_t logs[CHAIN_DEPTH_MAX];
};

struct authority_search {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct authority_question *question;
    const struct namespace_owners *owners;
    enum authority_lenience lenience;
    size_t steps_left;  /* of those for who lets one author speak; with none left no link holds… */
    size_t all_left;    /* of those for the answer */
    bool cut;           /* …and this is set: no chain that is not found is known not to hold */
    size_t cuts_above;  /* that are asked, each, whether they keep the next */
    bool only_recorded; /* whether links to the issuer are tried only where authority_is_recorded says yes, */
    bool for_certain;   /* for certain */
    bool knows_bound;   /* whether the next is known by now */
    enum answer bound;
    bool knows_above; /* whether the next is: what lets the author of a link speak, NO_LINK for an owner */
    size_t above;
    /* For each accreditation: links from it down to the issuer, itself counted, by the shortest way; 0: none
     * found. */
    uint8_t *links;
    uint16_t *below; /* the next one on that way */
    struct authority_dead_end *dead_ends;
    /* For each withdrawal: 1 + the lenience from which on it is overlooked, wherever it is met; 0: not known
     * by now. */
    uint8_t *against;
    /* For each accreditation: 1 + where who voided it stood; 0: not known by now. */
    uint8_t *voids;
    /* For each accreditation: whether its author took it back at a block that is not here. */
    bool *missing;
    bool any_missing;                /* whether one is, for the code asked about, */
    struct authority_notes *authors; /* of each log */
    /* Lists; of a small dossier there are none. */
    bool has_accreditations;       /* that of them is written */
    struct authority_lists *first; /* of each log */
    uint16_t by_owners;
    uint16_t *next_accreditation, *next_link, *next_withdrawal;
};

/* Returns: false when no step is left. */
static inline bool authority_take_step(struct authority_search *search)
{
    if (search->steps_left == 0) {
        return false;
    }
    search->steps_left--;
    return true;
}

/* Who says what is said in place. */
const struct actor_id *authority_author_of(const struct authority_search *search,
                                           const struct dossier_place *place);

/* What an accreditation says, as who says it. */
struct authority_speaker authority_speaker_of(const struct authority_search *search, size_t link);

/* What the question is about. */
struct authority_speaker authority_issuer_of(const struct authority_search *search);

/* What the next link below says on the way found. Requires: below is written of link. */
struct authority_speaker authority_speaker_under(const struct authority_search *search, size_t link);

/* The log of an author; SIZE_MAX: none is known. */
size_t authority_log_of(const struct authority_search *search, const struct actor_id *author);

/* Write the lists of withdrawals. Requires: search has room for lists. */
void authority_list_withdrawals(struct authority_search *search);

/* The first withdrawal that may be about what is accredited in place: its author's own, or an heir's;
 * NO_LINK: there is none. The others follow in next_withdrawal. Requires: lists are written where there are
 * withdrawals. */
size_t authority_first_withdrawal(struct authority_search *search, const struct dossier_place *place);

/* How much must be overlooked for a statement in such a block to count. */
enum authority_lenience authority_lenience_of_doubt(enum reason doubt);

/* Whether authority_is_owner may say yes to anything of its. */
bool authority_may_own(const struct authority_search *search, const struct actor_id *actor);

/* Whether the speaker is an owner of the namespace where it speaks, or from LENIENCE_CODE on of any. */
bool authority_is_owner(const struct authority_search *search, const struct authority_speaker *speaker);

/* Shortest chain on which nobody lets itself speak, by way of others neither. Where there is any, there is a
 * way up, and what was withdrawn aside the shortest way goes in no circle. Returns: whether an owner was
 * reached; *top is the owner's link, NO_LINK for the issuer. */
bool authority_find_chain(struct authority_search *search, size_t *top);

#endif
