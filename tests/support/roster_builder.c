#include "tests/support/roster_builder.h"

#include <assert.h>
#include <string.h>

#include "protocol/rules/expression_text.h"

enum { FIRST_CERTIFICATE_SEQ = 20, MEMBERS_SEQ = 5, ELSEWHERE_SEQ = 6, SEAL_SEQ = 15 };

struct actor_id built_technician_id(size_t technician)
{
    struct actor_id id = {0};
    id.hash.bytes[0] = 0x80;
    id.hash.bytes[1] = (uint8_t)(technician >> 8);
    id.hash.bytes[2] = (uint8_t)technician;
    return id;
}

static size_t technician_of(const struct actor_id *id)
{
    return (size_t)id->hash.bytes[1] << 8 | id->hash.bytes[2];
}

void roster_builder_init(struct roster_builder *builder, uint32_t at_day)
{
    dossier_builder_init(&builder->shop, ROSTER_ACTORS);
    build_owner(&builder->shop, "ase", ROSTER_ASE);
    memset(builder->technicians, 0, sizeof builder->technicians);
    builder->shop.dossier.affiliations = builder->members;
    builder->shop.dossier.leaves = builder->leaves;
    builder->shop.dossier.profiles = builder->profiles;
    builder->shop.dossier.reviews = builder->reviews;
    builder->change = (struct roster_change){0};
    builder->question = (struct question){
        .network = &builder->shop.network,
        .at_day = at_day,
        .now_s = BUILT_TIME_S + 40,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
    arena_init(&builder->bytes, builder->bytes_memory, sizeof builder->bytes_memory);
    arena_init(&builder->roster, builder->roster_memory, sizeof builder->roster_memory);
}

static void *take(struct roster_builder *builder, size_t size)
{
    void *taken = arena_take(&builder->bytes, size);
    assert(taken != NULL);
    return taken;
}

/* ---- packs ---- */

struct dossier_pack *build_ase_pack(struct roster_builder *builder, uint64_t seq, uint64_t version,
                                    uint32_t in_force_from)
{
    struct dossier_pack *pack = build_pack(&builder->shop, ROSTER_ASE, seq, "ase", version, in_force_from);
    build_pack_code(&builder->shop, pack, "A1", 0);
    build_pack_code(&builder->shop, pack, "A2", 0);
    build_pack_code(&builder->shop, pack, "A5", 0);
    build_pack_code(&builder->shop, pack, "blue-seal", 0);
    pack->pack.rules = (struct list){.items = builder->rules[pack - builder->shop.packs]};
    return pack;
}

void build_rule(struct roster_builder *builder, struct dossier_pack *pack, enum pack_rule_kind kind,
                const char *name, const char *text)
{
    struct expression expression;
    struct expression_error error;
    size_t at = pack->pack.rules.count++;
    assert(at < BUILT_PACK_RULES_MAX);
    struct pack_rule *rule = &builder->rules[pack - builder->shop.packs][at];
    *rule = (struct pack_rule){.kind = kind, .name = bytes_of_string(name)};
    uint8_t *encoded = take(builder, RULE_EXPRESSION_SIZE_MAX);
    bool parsed = expression_parse(&expression, &error, expression_scope_of(kind), bytes_of_string(text),
                                   pack->pack.name_space, &builder->bytes);
    assert(parsed);
    bool fits = expression_encode(&expression, encoded, RULE_EXPRESSION_SIZE_MAX, &rule->expression);
    assert(fits);
}

/* ---- what is said of the shop ---- */

static struct list areas_of(struct roster_builder *builder, const char *text)
{
    struct bytes *areas = take(builder, AREAS_MAX * sizeof areas[0]);
    size_t count = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        assert(count < AREAS_MAX);
        areas[count++] = bytes_of(text, size);
        text += size + (text[size] == ' ');
    }
    return (struct list){.items = areas, .count = count};
}

struct dossier_profile *build_profile(struct roster_builder *builder, uint64_t seq, uint32_t from,
                                      uint64_t technicians, const char *areas)
{
    size_t at = builder->shop.dossier.profile_count++;
    assert(at < BUILT_PROFILES_MAX);
    builder->profiles[at] = (struct dossier_profile){
        .place = {.log = ROSTER_SHOP, .seq = seq},
        .shop = {.from = from, .technicians = technicians, .areas = areas_of(builder, areas)},
    };
    return &builder->profiles[at];
}

struct dossier_review *build_review(struct roster_builder *builder, uint64_t seq, uint32_t day,
                                    uint64_t technicians, const char *areas)
{
    size_t at = builder->shop.dossier.review_count++;
    assert(at < BUILT_REVIEWS_MAX);
    builder->reviews[at] = (struct dossier_review){
        .place = {.log = ROSTER_ASE, .seq = seq},
        .review =
            {
                .shop = built_actor_of(ROSTER_SHOP),
                .code = bytes_of_string("ase/blue-seal"),
                .day = day,
                .technicians = technicians,
                .areas = areas_of(builder, areas),
            },
    };
    return &builder->reviews[at];
}

struct dossier_credential *build_blue_seal(struct roster_builder *builder, uint32_t first, uint32_t last)
{
    struct dossier_credential *seal =
        build_credential(&builder->shop, ROSTER_ASE, SEAL_SEQ + builder->shop.dossier.credential_count,
                         "ase/blue-seal", first, last);
    seal->attestation.basis = BASIS_RECOGNITION;
    return seal;
}

/* ---- technicians ---- */

struct dossier_affiliation *build_member(struct roster_builder *builder, size_t technician, uint32_t day)
{
    size_t at = builder->shop.dossier.affiliation_count++;
    assert(at < BUILT_MEMBERS_MAX && technician < BUILT_TECHNICIANS_MAX);
    struct dossier_affiliation *member = &builder->members[at];
    *member = (struct dossier_affiliation){
        .place = {.log = ROSTER_SHOP, .seq = MEMBERS_SEQ, .index = at},
        .affiliation =
            {
                .event = AFFILIATION_JOINED,
                .day = day,
                .has_consent = true,
                .consent =
                    {
                        .technician = built_technician_id(technician),
                        .shop = built_actor_of(ROSTER_SHOP),
                        .start_day = day,
                        .performs_repairs = true,
                        .expires_s = TIME_S_MAX,
                        .nonce = {(uint8_t)at, (uint8_t)(at >> 8)},
                    },
            },
    };
    build_consent_id(&builder->shop, member);
    return member;
}

void build_member_left(struct roster_builder *builder, const struct dossier_affiliation *member, uint32_t day)
{
    size_t at = builder->shop.dossier.leave_count++;
    assert(at < BUILT_MEMBERS_MAX);
    builder->leaves[at] = (struct dossier_leave){
        .place = {.log = ROSTER_SHOP, .seq = MEMBERS_SEQ + 1, .index = at},
        .id = member->affiliation.id,
        .day = day,
    };
}

static void add_certificate(struct roster_builder *builder, size_t technician,
                            struct built_certificate certificate)
{
    struct built_technician *built = &builder->technicians[technician];
    assert(built->certificate_count < BUILT_CERTIFICATES_MAX);
    built->certificates[built->certificate_count++] = certificate;
}

void build_certified(struct roster_builder *builder, size_t technician, const char *code, uint32_t first,
                     uint32_t last)
{
    add_certificate(
        builder, technician,
        (struct built_certificate){.code = code, .basis = BASIS_EXAM, .first = first, .last = last});
}

void build_worked(struct roster_builder *builder, size_t technician, uint32_t first, uint32_t last)
{
    add_certificate(builder, technician,
                    (struct built_certificate){
                        .code = "ase/experience", .basis = BASIS_EXPERIENCE, .first = first, .last = last});
}

struct built_technician *build_elsewhere(struct roster_builder *builder, size_t technician, uint32_t first,
                                         uint32_t left)
{
    struct built_technician *built = &builder->technicians[technician];
    built->is_elsewhere = true;
    built->elsewhere_first = first;
    built->elsewhere_left = left;
    return built;
}

/* ---- deciding ---- */

/* Her affiliations with the shop, as its own dossier has them. */
static void copy_memberships(struct roster_builder *builder, const struct actor_id *id)
{
    struct dossier *dossier = &builder->technician.dossier;
    for (size_t i = 0; i < builder->shop.dossier.affiliation_count; i++) {
        const struct dossier_affiliation *member = &builder->members[i];
        if (actor_id_equal(&member->affiliation.consent.technician, id)) {
            assert(dossier->affiliation_count < BUILT_AFFILIATIONS_MAX);
            dossier->affiliations[dossier->affiliation_count++] = *member;
        }
    }
    for (size_t i = 0; i < builder->shop.dossier.leave_count; i++) {
        for (size_t k = 0; k < dossier->affiliation_count; k++) {
            if (hash_equal(&dossier->affiliations[k].affiliation.id, &builder->leaves[i].id)) {
                dossier->leaves[dossier->leave_count++] = builder->leaves[i];
            }
        }
    }
}

static void leave_all(struct roster_builder *builder, uint32_t day)
{
    struct dossier *dossier = &builder->technician.dossier;
    for (size_t i = 0; i < dossier->affiliation_count; i++) {
        build_left(&builder->technician, ROSTER_SHOP, ELSEWHERE_SEQ, &dossier->affiliations[i], day);
    }
}

static void build_other_shop(struct roster_builder *builder, const struct built_technician *built,
                             const struct actor_id *id)
{
    struct dossier_builder *out = &builder->technician;
    struct dossier_affiliation *joined =
        build_joined(out, ROSTER_OTHER_SHOP, ELSEWHERE_SEQ, 0, built->elsewhere_first);
    joined->affiliation.consent.technician = *id;
    joined->signature = built->elsewhere_signature;
    joined->place.erased = built->elsewhere_erased;
    build_consent_id(out, joined);
    if (built->elsewhere_late) {
        build_used_late(out, joined);
    }
    if (built->elsewhere_left != DAY_NONE) {
        build_left(out, ROSTER_OTHER_SHOP, ELSEWHERE_SEQ + 1, joined, built->elsewhere_left);
    }
}

/* The dossier of one technician, in place of the one before. */
static void build_technician(struct roster_builder *builder, const struct actor_id *id)
{
    const struct built_technician *built = &builder->technicians[technician_of(id)];
    struct dossier *dossier = &builder->technician.dossier;
    dossier->subject = subject_of_actor(id);
    dossier->credential_count = 0;
    dossier->affiliation_count = 0;
    dossier->leave_count = 0;
    dossier->cuts.affiliations = built->elsewhere_cut;
    for (size_t i = 0; i < built->certificate_count; i++) {
        const struct built_certificate *certificate = &built->certificates[i];
        struct dossier_credential *credential =
            build_credential(&builder->technician, ROSTER_ASE, FIRST_CERTIFICATE_SEQ + i, certificate->code,
                             certificate->first, certificate->last);
        credential->attestation.basis = certificate->basis;
    }
    copy_memberships(builder, id);
    if (built->has_own_left) {
        leave_all(builder, built->own_left);
    }
    if (built->is_elsewhere) {
        build_other_shop(builder, built, id);
    }
}

static bool add_all(struct roster_builder *builder, struct roster *roster)
{
    size_t count;
    const struct actor_id *ids = roster_members(roster, &count);
    dossier_builder_init(&builder->technician, ROSTER_ACTORS);
    builder->technician.dossier.packs = builder->shop.dossier.packs;
    builder->technician.dossier.pack_count = builder->shop.dossier.pack_count;
    builder->technician.dossier.logs = builder->shop.dossier.logs;
    builder->technician.dossier.accreditations = builder->shop.dossier.accreditations;
    builder->technician.dossier.accreditation_count = builder->shop.dossier.accreditation_count;
    for (size_t i = 0; i < count; i++) {
        struct arena scratch;
        arena_init(&scratch, builder->scratch_memory, sizeof builder->scratch_memory);
        build_technician(builder, &ids[i]);
        if (!roster_add(roster, &builder->technician.dossier, &scratch)) {
            return false;
        }
    }
    return true;
}

bool roster_builder_conclude(struct roster_builder *builder, struct roster_verdict *out)
{
    arena_rewind(&builder->roster, 0);
    struct roster *roster = roster_begin(&builder->shop.dossier, &builder->shop.trust, &builder->question,
                                         &builder->change, &builder->roster);
    return roster != NULL && add_all(builder, roster) && roster_conclude(out, roster);
}

struct roster_verdict roster_builder_decide(struct roster_builder *builder)
{
    struct roster_verdict verdict;
    bool fits = roster_builder_conclude(builder, &verdict);
    assert(fits);
    return verdict;
}

const struct award_verdict *built_award(const struct roster_verdict *verdict, const char *name)
{
    size_t at = 0;
    while (at < verdict->award_count && !bytes_equal_string(verdict->awards[at].name, name)) {
        at++;
    }
    assert(at < verdict->award_count);
    return &verdict->awards[at];
}
