#ifndef TESTS_SUPPORT_TRADE_H
#define TESTS_SUPPORT_TRADE_H

/* The trade as users have it: the packs that are shipped in cmd/rules, the bodies that own them, two shops, a
 * school, and one technician's career said in the words of the trade, days as people write them. What does
 * not fit, and days that are none, abort. */

#include "protocol/rules/career.h"

enum trade_actor {
    TRADE_MARIA, /* the technician: the subject */
    TRADE_ASE,
    TRADE_EPA,
    TRADE_FORD,
    TRADE_OHIO,
    TRADE_TX,
    TRADE_SCHOOL,     /* accredited by EPA for 609, by ASE for school */
    TRADE_SHOP,       /* accredited by ASE for experience */
    TRADE_OTHER_SHOP, /* the same */
    TRADE_STRANGER,
    TRADE_ACTORS
};

enum {
    TRADE_CREDENTIALS_MAX = 256,
    TRADE_AFFILIATIONS_MAX = 32,
    TRADE_PACKS_MAX = 16,
    TRADE_ARENA_SIZE = 4 * 1024 * 1024,
};

/* Large, so keep it static. It points into itself: don't copy it. */
struct trade {
    struct network network;
    struct trust trust;
    struct dossier dossier;
    struct dossier_log logs[TRADE_ACTORS];
    struct dossier_credential credentials[TRADE_CREDENTIALS_MAX];
    struct history_event events[TRADE_CREDENTIALS_MAX];
    bool event_voided[TRADE_CREDENTIALS_MAX];
    struct dossier_accreditation accreditations[8];
    struct bytes patterns[8];
    struct dossier_affiliation affiliations[TRADE_AFFILIATIONS_MAX];
    struct dossier_leave leaves[TRADE_AFFILIATIONS_MAX];
    struct dossier_pack packs[TRADE_PACKS_MAX];
    uint64_t next_seq;
    struct question question;
    struct arena arena; /* for what is built */
    size_t mark;        /* of it, above which the last answer lies */
    uint8_t memory[TRADE_ARENA_SIZE];
};

uint32_t trade_day(const char *text); /* NULL: DAY_NONE */
struct actor_id trade_actor_id(enum trade_actor actor);

/* Bodies, shops and accreditations, without packs; the trust file names the five bodies. */
void trade_begin(struct trade *trade);
/* The owner of its namespace publishes the pack in cmd/rules/FILE; in force from that day instead of the
 * file's when one is given. */
void trade_publish(struct trade *trade, const char *file, const char *in_force_from);
/* The packs of all five bodies in their default reading. */
void trade_publish_usual(struct trade *trade);
/* trade_publish for the text of a pack. */
void trade_publish_text(struct trade *trade, const char *json);

/* issuer attests code for Maria; valid from the day earned until last, NULL: as the pack of that day says. */
struct dossier_credential *trade_earn(struct trade *trade, enum trade_actor issuer, const char *code,
                                      enum basis basis, const char *earned, const char *last);
/* The same for several codes behind one another, "A1 A2 A3", of one namespace, by its owner's exam. */
void trade_pass(struct trade *trade, const char *name_space, const char *codes, const char *earned);
/* shop attests that Maria worked there from first to last. */
struct dossier_credential *trade_work(struct trade *trade, enum trade_actor shop, const char *first,
                                      const char *last);
/* Its issuer says that about a credential, once, from that day on. Before anything is asked: that sorts. */
void trade_say(struct trade *trade, struct dossier_credential *credential, enum status_action action,
               const char *day);
/* Maria joins shop with her consent; until the day on which she has left, NULL: she is still there. */
void trade_join(struct trade *trade, enum trade_actor shop, const char *joined, const char *left);
/* issuer attests the membership code of shop. */
struct dossier_credential *trade_member(struct trade *trade, enum trade_actor issuer, enum trade_actor shop,
                                        const char *code, const char *first, const char *last);

/* Begin a career as of day ("2026-11-22"), asked for in state (NULL: not said). Lives until the next. */
struct career *trade_career(struct trade *trade, const char *day, const char *state,
                            struct credentials *credentials);
/* What the requirement, in the language of expression_text.h, answers on that day. */
enum answer trade_answers(struct trade *trade, const char *requirement, const char *day, const char *state);
/* The whole verdict. requirement may be NULL. */
struct verdict trade_verdict(struct trade *trade, const char *requirement, const char *day,
                             const char *state);

#endif
