#include "tests/support/dossier_builder.h"

#include <assert.h>
#include <string.h>

struct actor_id built_actor_of(size_t actor)
{
    struct actor_id id = {0};
    id.hash.bytes[0] = (uint8_t)(actor + 1);
    return id;
}

void dossier_builder_init(struct dossier_builder *builder, size_t actor_count)
{
    assert(actor_count <= BUILT_ACTORS_MAX);
    memset(builder, 0, sizeof *builder);
    const struct actor_id subject = built_actor_of(0);
    bool named = network_init(&builder->network, "test");
    assert(named);
    builder->dossier = (struct dossier){
        .subject = subject_of_actor(&subject),
        .log_count = actor_count,
        .logs = builder->logs,
        .credentials = builder->credentials,
        .sealed = builder->sealed,
        .accreditations = builder->accreditations,
        .withdrawals = builder->withdrawals,
        .voids = builder->voids,
        .successions = builder->successions,
        .packs = builder->packs,
        .affiliations = builder->affiliations,
        .leaves = builder->leaves,
    };
    for (size_t i = 0; i < actor_count; i++) {
        builder->logs[i] = (struct dossier_log){
            .author = built_actor_of(i),
            .known = true,
            .head_seq = BUILT_HEAD_SEQ,
            .known_by_seq = BUILT_HEAD_SEQ,
            .has_checkpoint = true,
            .checkpoint_seq = BUILT_HEAD_SEQ,
            .checkpoint_time_s = BUILT_TIME_S,
        };
    }
}

static struct dossier_place place_of(const struct dossier_builder *builder, size_t actor, uint64_t seq)
{
    assert(actor < builder->dossier.log_count);
    return (struct dossier_place){.log = actor, .seq = seq};
}

void build_owner(struct dossier_builder *builder, const char *name_space, size_t actor)
{
    struct trust_owner owner = {.actor = built_actor_of(actor)};
    assert(strlen(name_space) <= NAMESPACE_SIZE_MAX);
    strcpy(owner.name_space, name_space);
    enum trust_result result = trust_add_owner(&builder->trust, &owner);
    assert(result == TRUST_OK);
}

struct dossier_credential *build_credential(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                            const char *code, uint32_t first, uint32_t last)
{
    size_t at = builder->dossier.credential_count++;
    assert(at < BUILT_CREDENTIALS_MAX);
    struct dossier_credential *credential = &builder->credentials[at];
    *credential = (struct dossier_credential){
        .place = place_of(builder, issuer, seq),
        .source = SOURCE_REPLAYED,
        .attestation =
            {
                .subject = builder->dossier.subject,
                .code = bytes_of_string(code),
                .basis = BASIS_EXAM,
                .earned_on = first,
                .valid_from = first,
                .has_last_day = last != DAY_NONE,
                .last_day = last,
            },
    };
    credential->place.events = builder->events[at];
    credential->place.event_voided = builder->event_voided[at];
    credential->place.event_blocks = builder->event_blocks[at];
    return credential;
}

struct dossier_sealed *build_sealed(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                    const char *code)
{
    size_t at = builder->dossier.sealed_count++;
    assert(at < BUILT_SEALED_MAX);
    struct dossier_sealed *sealed = &builder->sealed[at];
    *sealed = (struct dossier_sealed){.place = place_of(builder, issuer, seq), .code = bytes_of_string(code)};
    sealed->place.erased = true;
    return sealed;
}

struct dossier_credential *build_membership(struct dossier_builder *builder, size_t issuer, uint64_t seq,
                                            size_t shop, const char *code, uint32_t first, uint32_t last)
{
    struct dossier_credential *credential = build_credential(builder, issuer, seq, code, first, last);
    const struct actor_id about = built_actor_of(shop);
    credential->about = ABOUT_SHOP;
    credential->attestation.basis = BASIS_MEMBERSHIP;
    credential->attestation.subject = subject_of_actor(&about);
    return credential;
}

struct dossier_affiliation *build_joined(struct dossier_builder *builder, size_t shop, uint64_t seq,
                                         size_t technician, uint32_t day)
{
    size_t at = builder->dossier.affiliation_count++;
    assert(at < BUILT_AFFILIATIONS_MAX);
    struct dossier_affiliation *joined = &builder->affiliations[at];
    *joined = (struct dossier_affiliation){
        .place = place_of(builder, shop, seq),
        .affiliation =
            {
                .event = AFFILIATION_JOINED,
                .day = day,
                .has_consent = true,
                .consent =
                    {
                        .technician = built_actor_of(technician),
                        .shop = built_actor_of(shop),
                        .start_day = day,
                        .performs_repairs = true,
                        .expires_s = TIME_S_MAX,
                        .nonce = {(uint8_t)at},
                    },
            },
    };
    build_consent_id(builder, joined);
    return joined;
}

void build_consent_id(struct dossier_builder *builder, struct dossier_affiliation *joined)
{
    consent_id(&joined->affiliation.id, &builder->network, &joined->affiliation.consent);
}

void build_used_late(struct dossier_builder *builder, struct dossier_affiliation *joined)
{
    joined->affiliation.consent.expires_s = joined->place.time_s;
    joined->place.arrived_s = joined->place.below_s = joined->place.time_s + 100 * 86400;
    build_consent_id(builder, joined);
}

struct dossier_leave *build_left(struct dossier_builder *builder, size_t actor, uint64_t seq,
                                 const struct dossier_affiliation *joined, uint32_t day)
{
    size_t at = builder->dossier.leave_count++;
    assert(at < BUILT_AFFILIATIONS_MAX);
    builder->leaves[at] = (struct dossier_leave){
        .place = place_of(builder, actor, seq), .id = joined->affiliation.id, .day = day};
    return &builder->leaves[at];
}

void build_event(struct dossier_builder *builder, struct dossier_credential *credential,
                 enum status_action action, uint32_t day, uint64_t seq, bool voided)
{
    size_t row = (size_t)(credential - builder->credentials);
    size_t at = credential->place.event_count++;
    assert(at < HISTORY_EVENTS_MAX);
    builder->events[row][at] =
        (struct history_event){.action = action, .effective_day = day, .stated_day = day, .setter_seq = seq};
    builder->event_voided[row][at] = voided;
}

void build_held_by(struct dossier_builder *builder, struct dossier_credential *credential, size_t holder,
                   uint32_t day, uint64_t seq)
{
    const struct actor_id actor = built_actor_of(holder);
    size_t row = (size_t)(credential - builder->credentials);
    build_event(builder, credential, STATUS_HELD_BY, day, seq, false);
    struct history_event *event = &builder->events[row][credential->place.event_count - 1];
    event->has_holder = true;
    event->holder = subject_of_actor(&actor);
    credential->has_holder = true;
    credential->holder = event->holder;
}

void build_replaced(struct dossier_builder *builder, struct dossier_credential *credential,
                    const struct dossier_credential *by, uint32_t day, uint64_t seq, bool voided)
{
    size_t row = (size_t)(credential - builder->credentials);
    build_event(builder, credential, STATUS_REPLACED, day, seq, voided);
    struct history_event *event = &builder->events[row][credential->place.event_count - 1];
    event->has_replacement = true;
    event->replacement = (struct entry_name){
        .author = builder->logs[by->place.log].author, .seq = by->place.seq, .index = by->place.index};
    memcpy(event->replacement.prefix, by->place.leaf.bytes, sizeof event->replacement.prefix);
}

void build_event_block(struct dossier_builder *builder, struct dossier_credential *credential,
                       struct dossier_block block)
{
    size_t row = (size_t)(credential - builder->credentials);
    assert(credential->place.event_count > 0);
    builder->event_blocks[row][credential->place.event_count - 1] = block;
}

struct dossier_void *build_side_void(struct dossier_builder *builder, size_t actor, uint64_t seq,
                                     uint64_t base_seq, uint64_t first, uint64_t last)
{
    size_t at = builder->dossier.void_count++;
    assert(at < BUILT_VOIDS_MAX);
    builder->voids[at] =
        (struct dossier_void){.place = place_of(builder, actor, seq), .range = {first, last}};
    builder->voids[at].place.block = (struct dossier_block){.side = true, .base_seq = base_seq};
    return &builder->voids[at];
}

struct dossier_accreditation *build_accreditation(struct dossier_builder *builder, size_t accreditor,
                                                  uint64_t seq, size_t delegate, const char *pattern,
                                                  uint64_t depth)
{
    size_t at = builder->dossier.accreditation_count++;
    assert(at < BUILT_GRANTS_MAX);
    builder->patterns[at] = bytes_of_string(pattern);
    builder->accreditations[at] = (struct dossier_accreditation){
        .place = place_of(builder, accreditor, seq),
        .accreditation =
            {
                .delegate = built_actor_of(delegate),
                .patterns = {.items = &builder->patterns[at], .count = 1},
                .depth = depth,
            },
    };
    return &builder->accreditations[at];
}

struct dossier_withdrawal *build_withdrawal(struct dossier_builder *builder, size_t accreditor, uint64_t seq,
                                            size_t delegate, uint64_t cut_seq)
{
    size_t at = builder->dossier.withdrawal_count++;
    assert(at < BUILT_WITHDRAWALS_MAX);
    builder->withdrawals[at] = (struct dossier_withdrawal){
        .place = place_of(builder, accreditor, seq),
        .withdrawal = {.delegate = built_actor_of(delegate), .has_cut = true, .cut_seq = cut_seq},
        .cut = {.found = CUT_ON_CHAIN, .seq = cut_seq, .chain_seq = cut_seq},
    };
    return &builder->withdrawals[at];
}

void build_exception(struct dossier_builder *builder, struct dossier_withdrawal *withdrawal, uint64_t seq,
                     uint64_t index)
{
    struct entry_position *exception = &builder->exceptions[withdrawal - builder->withdrawals];
    *exception = (struct entry_position){.seq = seq, .index = index};
    withdrawal->withdrawal.exceptions = (struct list){.items = exception, .count = 1};
}

struct dossier_succession *build_succession(struct dossier_builder *builder, size_t owner, uint64_t seq,
                                            const char *name_space, size_t successor, uint64_t cut_seq)
{
    size_t at = builder->dossier.succession_count++;
    assert(at < BUILT_SUCCESSIONS_MAX);
    builder->successions[at] = (struct dossier_succession){
        .place = place_of(builder, owner, seq),
        .succession =
            {
                .name_space = bytes_of_string(name_space),
                .successor = built_actor_of(successor),
                .cut_seq = cut_seq,
            },
        .cut = {.found = CUT_ON_CHAIN, .seq = cut_seq, .chain_seq = cut_seq},
        .signature_valid = true,
    };
    return &builder->successions[at];
}

struct dossier_pack *build_pack(struct dossier_builder *builder, size_t owner, uint64_t seq,
                                const char *name_space, uint64_t version, uint32_t in_force_from)
{
    size_t at = builder->dossier.pack_count++;
    assert(at < BUILT_PACKS_MAX);
    builder->packs[at] = (struct dossier_pack){
        .place = place_of(builder, owner, seq),
        .pack =
            {
                .name_space = bytes_of_string(name_space),
                .version = version,
                .in_force_from = in_force_from,
                .codes = {.items = builder->pack_codes[at]},
            },
    };
    return &builder->packs[at];
}

struct pack_code *build_pack_code(struct dossier_builder *builder, struct dossier_pack *pack,
                                  const char *code, uint64_t lifetime_months)
{
    size_t row = (size_t)(pack - builder->packs);
    size_t at = pack->pack.codes.count++;
    assert(at < BUILT_PACK_CODES_MAX);
    builder->pack_codes[row][at] = (struct pack_code){
        .code = bytes_of_string(code), .title = bytes_of_string(code), .lifetime_months = lifetime_months};
    return &builder->pack_codes[row][at];
}
