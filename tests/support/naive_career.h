#ifndef TESTS_SUPPORT_NAIVE_CAREER_H
#define TESTS_SUPPORT_NAIVE_CAREER_H

/* The rules of the trade as their contracts say them, one day at a time: plain recursion and loops over days,
 * slow and obviously right, to hold the interval algebra of protocol/rules against. Of that it uses the
 * dossier, decoded expressions, days and authority_of (which is tested on its own), and nothing else.
 *
 * All answers are Kleene's yes, no and unknown. Days before first_day are as first_day, days after last_day
 * as last_day: what a dossier says must begin and end between the two. */

#include "protocol/rules/authority.h"
#include "protocol/rules/day_truth.h"
#include "protocol/rules/expression.h"
#include "protocol/rules/verdict.h"

enum {
    NAIVE_CREDENTIALS_MAX = 40,
    NAIVE_PACKS_MAX = 16,
    NAIVE_AFFILIATIONS_MAX = 16,
    NAIVE_RULES_MAX = 24, /* of one pack */
    NAIVE_CODES_MAX = 24,
    NAIVE_TITLES_MAX = 16,
    NAIVE_NODES_MAX = 2 * NAIVE_CODES_MAX + NAIVE_TITLES_MAX,
    NAIVE_SPAN_MAX = 1000,
    NAIVE_MEMOS_MAX = 512,
    NAIVE_ARENA_SIZE = 1024 * 1024,
};

struct naive_rule {
    enum pack_rule_kind kind;
    struct bytes name;
    struct expression expression;
};

struct naive_pack {
    const struct dossier_pack *pack;
    bool speaks; /* naive_pack_speaks */
    size_t rule_count;
    struct naive_rule rules[NAIVE_RULES_MAX];
};

struct naive_title {
    struct bytes name_space, name;
};

/* A code that the subject has a credential for is two nodes, tested and certified; a title of a pack is one.
 * What rests on itself is the least that is certain: at first nothing is, and what follows is added until
 * nothing more does. */
struct naive_nodes {
    bool on[NAIVE_NODES_MAX];
};

/* What was found of one expression, asked about one attestation or none: too much is asked again and again.
 */
struct naive_memo {
    const struct expression *expression;
    size_t attestation;
    bool denied;
    size_t count; /* of a `for life`: on so many days, the first ones */
    uint8_t found[NAIVE_SPAN_MAX];
};

/* Large, so keep it static. It points into itself: don't copy it. */
struct naive_career {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    uint32_t first_day, last_day;
    size_t pack_count;
    struct naive_pack packs[NAIVE_PACKS_MAX]; /* as in the dossier */
    size_t code_count;
    struct bytes codes[NAIVE_CODES_MAX];   /* in no order */
    size_t code_of[NAIVE_CREDENTIALS_MAX]; /* SIZE_MAX: a shop's, or erased */
    size_t title_count;
    struct naive_title titles[NAIVE_TITLES_MAX];
    struct naive_nodes steps[NAIVE_NODES_MAX]; /* what a node's rules name */
    size_t height; /* how many nodes rest on one another at most; SIZE_MAX: some rest on themselves */
    struct authority_answer authorities[NAIVE_CREDENTIALS_MAX];
    bool denied; /* what is asked for now stands under an odd number of `not`: everybody is asked */
    /* Answers that were found, plus one; 0: not yet. Of what is not denied, and of what is. */
    uint8_t nodes[2][NAIVE_NODES_MAX][NAIVE_SPAN_MAX];
    uint8_t own[2][NAIVE_CREDENTIALS_MAX][NAIVE_SPAN_MAX];
    uint8_t conditions[2][NAIVE_CODES_MAX][NAIVE_SPAN_MAX];
    uint8_t counts[2][NAIVE_CREDENTIALS_MAX];
    uint32_t last_days[2][NAIVE_CREDENTIALS_MAX][2]; /* perhaps, and for sure */
    bool last_is_found[2][NAIVE_CREDENTIALS_MAX][2];
    /* Whether certification by an attestation has begun by a pack, the last one being none, by a day: the
     * first so many days. */
    size_t begun_count[2][NAIVE_CREDENTIALS_MAX][NAIVE_PACKS_MAX + 1];
    /* Whether a `joined` is what it must be, and the one that speaks for its consent. */
    enum answer joined[NAIVE_AFFILIATIONS_MAX];
    size_t memo_count;
    struct naive_memo memos[NAIVE_MEMOS_MAX];
    struct arena arena;
    uint8_t begun[2][NAIVE_CREDENTIALS_MAX][NAIVE_PACKS_MAX + 1][NAIVE_SPAN_MAX];
    uint8_t memory[NAIVE_ARENA_SIZE];
};

/* Begin. Borrows: dossier, trust and question for as long as the career is asked. */
void naive_career_begin(struct naive_career *career, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, uint32_t first_day, uint32_t last_day);

/* Days from first_day on to day, which counts as last_day when it is later, and so on. */
size_t naive_rank(const struct naive_career *career, uint32_t day);

/* ---- Kleene (naive_expression.c) ---- */

enum answer naive_and(enum answer a, enum answer b);
enum answer naive_or(enum answer a, enum answer b);
enum answer naive_not(enum answer a);

/* ---- one credential by itself (naive_credential.c) ---- */

/* Whether it names a later first day than the one from which its lifetime may run. */
bool naive_begins_late(const struct naive_career *career, size_t credential);
/* Who holds it on that day, for certain. */
const struct subject *naive_holder(const struct dossier_credential *said, uint32_t day);
/* Its last day by itself and by the lifetime of its code, as far as may be known: surely, or at least
 * perhaps. DAY_NONE: for life. */
uint32_t naive_last_day(struct naive_career *career, size_t credential, bool for_sure);
enum answer naive_integrity(const struct naive_career *career, size_t credential);
/* Whether a pack lets be earned what was earned on the day it names, if it speaks of that day. */
bool naive_offers(const struct naive_career *career, const struct naive_pack *pack,
                  const struct attestation *attestation);
/* Of its issuer and the pack of the day earned, before what that pack's rules ask for. */
enum answer naive_authority(const struct naive_career *career, size_t credential);
/* Whether its issuer never was let say so by anybody. Requires: not erased. */
bool naive_is_by_stranger(const struct naive_career *career, size_t credential);
enum answer naive_freshness(const struct naive_career *career, size_t credential);
/* Of who may publish other rules of a namespace. */
enum answer naive_rules_freshness(const struct naive_career *career, struct bytes name_space);
/* By its own validity, what was said about it, and its own condition. */
enum answer naive_status(struct naive_career *career, size_t credential, uint32_t day);
/* All four. */
enum answer naive_own(struct naive_career *career, size_t credential, uint32_t day);

bool naive_log_reaches(const struct dossier_log *log, uint64_t seq);
bool naive_log_disputes(const struct dossier_log *log, uint64_t seq);
bool naive_log_needs_upgrade(const struct dossier_log *log);
/* Void as far as known; whether that is disputed itself is another question. */
bool naive_is_void(const struct naive_career *career, const struct dossier_place *place);
/* Whether the log's newest checkpoint is within a budget. */
enum answer naive_log_freshness(const struct naive_career *career, const struct dossier_log *log,
                                uint64_t budget_s);

/* ---- networks (naive_network.c) ---- */

/* Find which `joined` speak. */
void naive_read_affiliations(struct naive_career *career);

/* Affiliated with a shop that holds the membership code. */
enum answer naive_in_network(struct naive_career *career, struct bytes code, uint32_t day);

/* ---- what is not there (naive_absence.c) ---- */

/* No; or unknown where more may have been said of codes under a pattern than the dossier has. budget_s: for
 * how long who may say it may be silent; UINT64_MAX: for ever, and what was erased is not looked at. Whoever
 * is in the dossier for what is denied alone is asked where it is. */
enum answer naive_absence(const struct naive_career *career, struct bytes pattern, uint64_t budget_s);
/* Whether something of such a code that was erased may be given back; with an expression about one
 * attestation only what was earned before that and bears on it. */
bool naive_given_back(const struct naive_career *career, struct bytes pattern,
                      const struct expression *expression, const struct attestation *attestation);
/* The same of a namespace's rules. */
enum answer naive_absence_of_rules(const struct naive_career *career, struct bytes name_space);

/* ---- packs (naive_pack.c) ---- */

/* Whether it is its namespace's owner's, had arrived, and is not void for certain. */
bool naive_pack_speaks(const struct naive_career *career, const struct dossier_pack *pack);
/* Those that speak of a code on day (of none: of titles), the one in force first, then those that came too
 * late for the day and may only add: what any of them gives is given. */
size_t naive_voices(const struct naive_career *career, struct bytes name_space, struct bytes code,
                    uint32_t day, const struct naive_pack *out[NAIVE_PACKS_MAX]);
bool naive_knows(const struct naive_pack *pack, struct bytes code);
/* Whether any is late for the day before and not for this one. */
bool naive_lateness_changes(const struct naive_career *career, uint32_t day);
/* The pack in force on day, NULL: none is. */
const struct naive_pack *naive_pack_on(const struct naive_career *career, struct bytes name_space,
                                       uint32_t day);
/* Whether the pack's block, or the one that voids it, is disputed, so that nothing it says is sure. */
bool naive_pack_is_disputed(const struct naive_career *career, const struct naive_pack *pack);
/* The rule that speaks for a whole code; NULL: there is none. */
const struct naive_rule *naive_rule_for(const struct naive_pack *pack, enum pack_rule_kind kind,
                                        struct bytes code);
const struct naive_rule *naive_title_rule(const struct naive_pack *pack, struct bytes name);
bool naive_matches(struct bytes pattern, struct bytes code);

/* ---- what rules lead to (naive_cycle.c) ---- */

size_t naive_tested_node(size_t code);
size_t naive_certified_node(size_t code);
size_t naive_title_node(const struct naive_career *career, size_t title);
/* Find what each node's rules name. Returns: the height. */
size_t naive_find_height(struct naive_career *career);

/* ---- expressions (naive_expression.c) ---- */

/* attestation: index of the credential that the rule is applied to; SIZE_MAX: to none. Borrows: expression,
 * for as long as the career is asked. */
enum answer naive_expression_on(struct naive_career *career, const struct expression *expression,
                                uint32_t day, size_t attestation);

/* Whether the rule may come to hold of the attestation, whatever else is or comes about. */
enum answer naive_may_hold(struct naive_career *career, const struct expression *expression,
                           size_t attestation);

/* ---- certification (naive_certified.c) ---- */

/* What the packs that speak of day ask of an attestation, beforehand and as experience. */
enum answer naive_asked(struct naive_career *career, size_t credential, uint32_t day);
enum answer naive_find_certified(struct naive_career *career, size_t code, uint32_t day);

/* ---- the career (naive_career.c) ---- */

/* What documents work or says who somebody is tests nothing; memberships are of shops. */
bool naive_is_test(const struct attestation *attestation);
bool naive_is_of_subject(const struct naive_career *career, size_t credential);
/* By the renewal rule of the day it was earned, or by what the prerequisite of that day asks of itself. */
enum answer naive_counts(struct naive_career *career, size_t credential);
/* The code's condition. */
enum answer naive_condition(struct naive_career *career, size_t code, uint32_t day);
/* On all axes, its code's rules among them. */
enum answer naive_holds(struct naive_career *career, size_t credential, uint32_t day);
enum answer naive_tested(struct naive_career *career, size_t code, uint32_t day);
enum answer naive_certified(struct naive_career *career, size_t code, uint32_t day);
enum answer naive_title(struct naive_career *career, struct bytes name_space, struct bytes name,
                        uint32_t day);

#endif
