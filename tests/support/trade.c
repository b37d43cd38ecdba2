#include "tests/support/trade.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/pack.h"
#include "tests/support/shipped_pack.h"

enum { TRADE_HEAD_SEQ = 100000 };
#define TRADE_NOW_S UINT64_C(1900000000)

uint32_t trade_day(const char *text)
{
    uint32_t day = DAY_NONE;
    if (text != NULL) {
        bool read = day_from_text(&day, bytes_of_string(text));
        assert(read);
    }
    return day;
}

struct actor_id trade_actor_id(enum trade_actor actor)
{
    struct actor_id id = {0};
    id.hash.bytes[0] = (uint8_t)(actor + 1);
    return id;
}

static void add_owner(struct trade *trade, const char *name_space, enum trade_actor actor)
{
    struct trust_owner owner = {.actor = trade_actor_id(actor)};
    snprintf(owner.name_space, sizeof(owner.name_space), "%s", name_space);
    enum trust_result result = trust_add_owner(&trade->trust, &owner);
    assert(result == TRUST_OK);
}

static struct dossier_place next_place(struct trade *trade, enum trade_actor author)
{
    return (struct dossier_place){.log = author, .seq = trade->next_seq++};
}

static void accredit(struct trade *trade, enum trade_actor body, enum trade_actor delegate,
                     const char *pattern)
{
    size_t at = trade->dossier.accreditation_count++;
    assert(at < sizeof(trade->accreditations) / sizeof(trade->accreditations[0]));
    trade->patterns[at] = bytes_of_string(pattern);
    trade->accreditations[at] = (struct dossier_accreditation){
        .place = next_place(trade, body),
        .accreditation = {.delegate = trade_actor_id(delegate),
                          .patterns = {.items = &trade->patterns[at], .count = 1}},
    };
}

void trade_begin(struct trade *trade)
{
    const struct actor_id maria = trade_actor_id(TRADE_MARIA);
    memset(trade, 0, offsetof(struct trade, memory));
    arena_init(&trade->arena, trade->memory, sizeof(trade->memory));
    trade->next_seq = 1;
    bool named = network_init(&trade->network, "test");
    assert(named);
    trade->dossier = (struct dossier){
        .subject = subject_of_actor(&maria),
        .log_count = TRADE_ACTORS,
        .logs = trade->logs,
        .credentials = trade->credentials,
        .accreditations = trade->accreditations,
        .packs = trade->packs,
        .affiliations = trade->affiliations,
        .leaves = trade->leaves,
    };
    for (size_t i = 0; i < TRADE_ACTORS; i++) {
        trade->logs[i] = (struct dossier_log){.author = trade_actor_id((enum trade_actor)i),
                                              .known = true,
                                              .head_seq = TRADE_HEAD_SEQ,
                                              .known_by_seq = TRADE_HEAD_SEQ,
                                              .has_checkpoint = true,
                                              .checkpoint_seq = TRADE_HEAD_SEQ,
                                              .checkpoint_time_s = TRADE_NOW_S};
    }
    add_owner(trade, "ase", TRADE_ASE);
    add_owner(trade, "epa", TRADE_EPA);
    add_owner(trade, "ford", TRADE_FORD);
    add_owner(trade, "ohio", TRADE_OHIO);
    add_owner(trade, "tx", TRADE_TX);
    accredit(trade, TRADE_EPA, TRADE_SCHOOL, "epa/609");
    accredit(trade, TRADE_ASE, TRADE_SCHOOL, "ase/school");
    accredit(trade, TRADE_ASE, TRADE_SHOP, "ase/experience");
    accredit(trade, TRADE_ASE, TRADE_OTHER_SHOP, "ase/experience");
    trade->mark = arena_mark(&trade->arena);
}

/* ---- packs ---- */

static struct dossier_pack *next_pack(struct trade *trade)
{
    assert(trade->dossier.pack_count < TRADE_PACKS_MAX);
    arena_rewind(&trade->arena, trade->mark);
    return &trade->packs[trade->dossier.pack_count++];
}

static void place_pack(struct trade *trade, struct dossier_pack *pack)
{
    const struct trust_owner *owner = trust_owner_of(&trade->trust, pack->pack.name_space);
    assert(owner != NULL);
    trade->mark = arena_mark(&trade->arena);
    pack->place = next_place(trade, (enum trade_actor)(owner->actor.hash.bytes[0] - 1));
}

void trade_publish_text(struct trade *trade, const char *json)
{
    struct dossier_pack *pack = next_pack(trade);
    shipped_pack_of_text(&pack->pack, json, &trade->arena);
    place_pack(trade, pack);
}

void trade_publish(struct trade *trade, const char *file, const char *in_force_from)
{
    struct dossier_pack *pack = next_pack(trade);
    shipped_pack(&pack->pack, file, &trade->arena);
    place_pack(trade, pack);
    if (in_force_from != NULL) {
        pack->pack.in_force_from = trade_day(in_force_from);
    }
}

void trade_publish_usual(struct trade *trade)
{
    static const char *const files[] = {"ase.json",  "ase-2025.json", "epa.json",
                                        "ford.json", "ohio.json",     "tx.json"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        trade_publish(trade, files[i], NULL);
    }
}

/* ---- a career ---- */

static uint32_t last_by_pack(const struct trade *trade, struct bytes code, uint32_t earned)
{
    const struct dossier_pack *pack =
        pack_on_day(&trade->dossier, &trade->trust, code_namespace(code), earned);
    const struct pack_code *row = pack == NULL ? NULL : pack_code_of(&pack->pack, code);
    return row == NULL ? DAY_NONE : pack_last_day(row, earned);
}

static struct dossier_credential *add_credential(struct trade *trade, enum trade_actor issuer,
                                                 enum trade_actor subject, const char *code, enum basis basis,
                                                 uint32_t first, uint32_t last)
{
    size_t at = trade->dossier.credential_count++;
    const struct actor_id id = trade_actor_id(subject);
    struct bytes kept;
    assert(at < TRADE_CREDENTIALS_MAX);
    arena_rewind(&trade->arena, trade->mark);
    bool copied = arena_copy(&trade->arena, bytes_of_string(code), &kept);
    assert(copied);
    trade->mark = arena_mark(&trade->arena);
    trade->credentials[at] = (struct dossier_credential){
        .place = next_place(trade, issuer),
        .source = SOURCE_REPLAYED,
        .about = subject == TRADE_MARIA ? ABOUT_SUBJECT : ABOUT_SHOP,
        .attestation = {.subject = subject_of_actor(&id),
                        .code = kept,
                        .basis = basis,
                        .earned_on = first,
                        .valid_from = first,
                        .has_last_day = last != DAY_NONE,
                        .last_day = last == DAY_NONE ? 0 : last},
    };
    return &trade->credentials[at];
}

struct dossier_credential *trade_earn(struct trade *trade, enum trade_actor issuer, const char *code,
                                      enum basis basis, const char *earned, const char *last)
{
    uint32_t first = trade_day(earned);
    uint32_t end = last == NULL ? last_by_pack(trade, bytes_of_string(code), first) : trade_day(last);
    return add_credential(trade, issuer, TRADE_MARIA, code, basis, first, end);
}

void trade_pass(struct trade *trade, const char *name_space, const char *codes, const char *earned)
{
    const struct trust_owner *owner = trust_owner_of(&trade->trust, bytes_of_string(name_space));
    char code[CODE_SIZE_MAX + 1];
    assert(owner != NULL);
    while (*codes != '\0') {
        size_t size = strcspn(codes, " ");
        snprintf(code, sizeof(code), "%s/%.*s", name_space, (int)size, codes);
        trade_earn(trade, (enum trade_actor)(owner->actor.hash.bytes[0] - 1), code, BASIS_EXAM, earned, NULL);
        codes += size;
        codes += strspn(codes, " ");
    }
}

struct dossier_credential *trade_work(struct trade *trade, enum trade_actor shop, const char *first,
                                      const char *last)
{
    struct dossier_credential *work = add_credential(trade, shop, TRADE_MARIA, "ase/experience",
                                                     BASIS_EXPERIENCE, trade_day(first), trade_day(last));
    work->attestation.earned_on = trade_day(last);
    return work;
}

void trade_say(struct trade *trade, struct dossier_credential *credential, enum status_action action,
               const char *day)
{
    size_t at = (size_t)(credential - trade->credentials);
    assert(credential->place.event_count == 0);
    trade->events[at] = (struct history_event){
        .action = action, .effective_day = trade_day(day), .setter_seq = trade->next_seq++};
    credential->place.event_count = 1;
    credential->place.events = &trade->events[at];
    credential->place.event_voided = &trade->event_voided[at];
}

void trade_join(struct trade *trade, enum trade_actor shop, const char *joined, const char *left)
{
    size_t at = trade->dossier.affiliation_count++;
    assert(at < TRADE_AFFILIATIONS_MAX);
    struct dossier_affiliation *row = &trade->affiliations[at];
    *row = (struct dossier_affiliation){
        .place = next_place(trade, shop),
        .affiliation = {.event = AFFILIATION_JOINED,
                        .day = trade_day(joined),
                        .has_consent = true,
                        .consent = {.technician = trade_actor_id(TRADE_MARIA),
                                    .shop = trade_actor_id(shop),
                                    .start_day = trade_day(joined),
                                    .performs_repairs = true,
                                    .expires_s = TRADE_NOW_S,
                                    .nonce = {(uint8_t)at}}},
    };
    consent_id(&row->affiliation.id, &trade->network, &row->affiliation.consent);
    if (left != NULL) {
        trade->leaves[trade->dossier.leave_count++] = (struct dossier_leave){
            .place = next_place(trade, shop), .id = row->affiliation.id, .day = trade_day(left)};
    }
}

struct dossier_credential *trade_member(struct trade *trade, enum trade_actor issuer, enum trade_actor shop,
                                        const char *code, const char *first, const char *last)
{
    return add_credential(trade, issuer, shop, code, BASIS_MEMBERSHIP, trade_day(first), trade_day(last));
}

/* ---- asking ---- */

static int order_credentials(const void *a, const void *b)
{
    const struct dossier_credential *left = a, *right = b;
    if (left->place.log != right->place.log) {
        return left->place.log < right->place.log ? -1 : 1;
    }
    return (left->place.seq > right->place.seq) - (left->place.seq < right->place.seq);
}

static void ask(struct trade *trade, const char *day, const char *state)
{
    arena_rewind(&trade->arena, trade->mark);
    sort_items(trade->credentials, trade->dossier.credential_count, sizeof(trade->credentials[0]),
               order_credentials);
    trade->question = (struct question){
        .network = &trade->network,
        .at_day = trade_day(day),
        .now_s = TRADE_NOW_S,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
        .state = state == NULL ? (struct bytes){0} : bytes_of_string(state),
    };
}

static const struct expression *parse(struct trade *trade, const char *requirement)
{
    struct expression *expression = arena_take(&trade->arena, sizeof(*expression));
    struct expression_error error;
    assert(expression != NULL);
    if (!expression_parse(expression, &error, SCOPE_REQUIREMENT, bytes_of_string(requirement),
                          (struct bytes){0}, &trade->arena)) {
        fprintf(stderr, "%s: fault %d at %zu\n", requirement, (int)error.fault, error.offset);
        assert(false);
    }
    return expression;
}

struct career *trade_career(struct trade *trade, const char *day, const char *state,
                            struct credentials *credentials)
{
    ask(trade, day, state);
    bool decided =
        credentials_decide(credentials, &trade->dossier, &trade->trust, &trade->question, &trade->arena);
    assert(decided);
    struct career *career =
        career_begin(&trade->dossier, &trade->trust, &trade->question, credentials, &trade->arena);
    assert(career != NULL);
    bool settled = career_settle(career);
    assert(settled);
    return career;
}

enum answer trade_answers(struct trade *trade, const char *requirement, const char *day, const char *state)
{
    struct credentials credentials;
    struct career *career = trade_career(trade, day, state, &credentials);
    struct day_truth days;
    bool fits = career_days(&days, career, parse(trade, requirement));
    assert(fits);
    return day_truth_on(&days, trade->question.at_day);
}

struct verdict trade_verdict(struct trade *trade, const char *requirement, const char *day, const char *state)
{
    struct verdict verdict;
    ask(trade, day, state);
    trade->question.requirement = requirement == NULL ? NULL : parse(trade, requirement);
    bool fits = verdict_of(&verdict, &trade->dossier, &trade->trust, &trade->question, &trade->arena);
    assert(fits);
    return verdict;
}
