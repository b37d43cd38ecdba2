#ifndef TESTS_SUPPORT_ROSTER_BUILDER_H
#define TESTS_SUPPORT_ROSTER_BUILDER_H

/* Shops for tests of the roster, said in the order wanted: who works there, who is certified for what, what
 * the shop declares and what a review recorded. Technicians are numbers, 0 and up, in the order of their ids.
 * The dossiers are those of dossier_builder.h; what does not fit aborts. */

#include "protocol/rules/roster.h"
#include "tests/support/dossier_builder.h"

enum roster_actor { ROSTER_SHOP, ROSTER_ASE, ROSTER_OTHER_SHOP, ROSTER_STRANGER, ROSTER_ACTORS };

enum {
    BUILT_TECHNICIANS_MAX = 10000,
    BUILT_MEMBERS_MAX = BUILT_TECHNICIANS_MAX + 64,
    BUILT_CERTIFICATES_MAX = 8, /* of one technician */
    BUILT_PROFILES_MAX = 8,
    BUILT_REVIEWS_MAX = 8,
    BUILT_PACK_RULES_MAX = 8,
    BUILT_BYTES_SIZE = 1024 * 1024,
    BUILT_ROSTER_SIZE = 40 * 1024 * 1024,
    BUILT_SCRATCH_SIZE = 8 * 1024 * 1024,
};

struct built_certificate {
    const char *code;
    enum basis basis;
    uint32_t first, last;
};

struct built_technician {
    size_t certificate_count;
    struct built_certificate certificates[BUILT_CERTIFICATES_MAX];
    bool is_elsewhere; /* on the other shop's roster */
    uint32_t elsewhere_first, elsewhere_left;
    enum reason elsewhere_signature;
    bool elsewhere_erased; /* the other shop erased that she joined */
    bool elsewhere_late;   /* the consent was used after its time, as is shown */
    bool elsewhere_cut;    /* a limit left out of her own dossier where else she may be */
    bool has_own_left;     /* her own dossier alone knows that she has left the shop */
    uint32_t own_left;
};

/* Large, so keep it static. It points into itself: don't copy it. */
struct roster_builder {
    struct dossier_builder shop;
    struct dossier_builder technician; /* the one that is added */
    struct question question;
    struct roster_change change;
    struct dossier_affiliation members[BUILT_MEMBERS_MAX];
    struct dossier_leave leaves[BUILT_MEMBERS_MAX];
    struct built_technician technicians[BUILT_TECHNICIANS_MAX];
    struct dossier_profile profiles[BUILT_PROFILES_MAX];
    struct dossier_review reviews[BUILT_REVIEWS_MAX];
    struct pack_rule rules[BUILT_PACKS_MAX][BUILT_PACK_RULES_MAX];
    struct arena bytes; /* of rules and lists of areas */
    uint8_t bytes_memory[BUILT_BYTES_SIZE];
    struct arena roster;
    uint8_t roster_memory[BUILT_ROSTER_SIZE];
    uint8_t scratch_memory[BUILT_SCRATCH_SIZE];
};

struct actor_id built_technician_id(size_t technician);

/* A shop without anybody; ROSTER_ASE owns ase. Asked about on at_day. */
void roster_builder_init(struct roster_builder *builder, uint32_t at_day);

/* ROSTER_ASE publishes in (seq, 0) a pack with A1, A2, A5 and blue-seal. */
struct dossier_pack *build_ase_pack(struct roster_builder *builder, uint64_t seq, uint64_t version,
                                    uint32_t in_force_from);
/* Add a rule, ascending by (kind, name), in the words of expression_text.h. */
void build_rule(struct roster_builder *builder, struct dossier_pack *pack, enum pack_rule_kind kind,
                const char *name, const char *text);

/* The shop says in (seq, 0) what it is from a day on. areas: sorted, a blank between two. */
struct dossier_profile *build_profile(struct roster_builder *builder, uint64_t seq, uint32_t from,
                                      uint64_t technicians, const char *areas);
/* ROSTER_ASE records in (seq, 0) for ase/blue-seal what it found on a day. */
struct dossier_review *build_review(struct roster_builder *builder, uint64_t seq, uint32_t day,
                                    uint64_t technicians, const char *areas);

/* technician joins the shop on a day, performing repairs. */
struct dossier_affiliation *build_member(struct roster_builder *builder, size_t technician, uint32_t day);
/* The shop says that the affiliation has ended. */
void build_member_left(struct roster_builder *builder, const struct dossier_affiliation *member,
                       uint32_t day);
/* technician holds a code of ase. */
void build_certified(struct roster_builder *builder, size_t technician, const char *code, uint32_t first,
                     uint32_t last);
/* technician's work from first to last is documented, as ase/experience. */
void build_worked(struct roster_builder *builder, size_t technician, uint32_t first, uint32_t last);
/* technician is on the other shop's roster; left DAY_NONE: to this day. */
struct built_technician *build_elsewhere(struct roster_builder *builder, size_t technician, uint32_t first,
                                         uint32_t left);
/* The shop's own ase/blue-seal. */
struct dossier_credential *build_blue_seal(struct roster_builder *builder, uint32_t first, uint32_t last);

/* Add every technician and conclude. The verdict lives until the next one. Returns: false when an arena is
 * full. */
bool roster_builder_conclude(struct roster_builder *builder, struct roster_verdict *out);
/* The same, where it must fit. */
struct roster_verdict roster_builder_decide(struct roster_builder *builder);
/* The award of a verdict by its name. */
const struct award_verdict *built_award(const struct roster_verdict *verdict, const char *name);

#endif
