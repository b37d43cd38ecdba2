#include "tests/support/dossier_bytes.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/sort.h"

/* Who owns the namespaces of the bytes, and who else speaks in them. */
enum { HOSTILE = CAREER_EPA, TECHNICIAN_2 = CAREER_ACTORS, OTHER_SHOP, ACTORS };

static const char *const hostile_namespaces[] = {"aaa", "zzz"};

#define ASE_CODES "A1 A2 A5 L1 seal work"
#define ASE_RULES                                                                                            \
    "title Master: A1 and A2 and A5\n"                                                                       \
    "title World: for life (\"Master\" and L1)\n"                                                            \
    "prerequisite L1: A1\n"                                                                                  \
    "renewal A*: basis recertification or (in time within 30 days and adds at most 12 months)\n"             \
    "experience *: experience 730 days in work\n"                                                            \
    "condition A5: not in state CA\n"

struct frame_view {
    enum bytes_frame kind;
    uint8_t argument;
    struct bytes payload;
};

/* ---- reading bytes ---- */

static struct bytes take_bytes(struct bytes *input, size_t size)
{
    size_t taken = size < input->size ? size : input->size;
    struct bytes out = bytes_of(input->data, taken);
    *input = bytes_of(input->data + taken, input->size - taken);
    return out;
}

/* The least byte first; what is not there is 0. */
static uint32_t take_number(struct bytes *input, size_t size)
{
    struct bytes digits = take_bytes(input, size);
    uint32_t number = 0;
    for (size_t i = digits.size; i > 0; i--) {
        number = number << 8 | digits.data[i - 1];
    }
    return number;
}

static bool take_frame(struct frame_view *out, struct bytes *input)
{
    if (input->size < 4) {
        return false;
    }
    out->kind = (enum bytes_frame)(take_number(input, 1) % BYTES_FRAME_COUNT);
    out->argument = (uint8_t)take_number(input, 1);
    size_t size = take_number(input, 2);
    out->payload = take_bytes(input, size);
    return true;
}

static bool decode(struct dossier_bytes *out, const struct schema *schema, void *record, struct bytes payload)
{
    size_t mark = arena_mark(&out->arena);
    if (schema_decode(schema, record, payload, &out->arena) == REASON_NONE) {
        return true;
    }
    arena_rewind(&out->arena, mark);
    return false;
}

static struct dossier *dossier_of(struct dossier_bytes *out)
{
    return &out->given.built.dossier;
}

/* ---- packs ---- */

static struct dossier_pack *add_pack(struct dossier_bytes *out, const struct rule_pack *pack,
                                     uint8_t argument)
{
    struct dossier_pack *row =
        build_pack(&out->given.built, HOSTILE, out->given.next_seq++, hostile_namespaces[argument % 2],
                   pack->version, pack->in_force_from);
    struct bytes name_space = row->pack.name_space;
    row->pack = *pack;
    row->pack.name_space = name_space;
    return row;
}

static void add_record(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct rule_pack pack;
    if (dossier_of(out)->pack_count < BUILT_PACKS_MAX &&
        decode(out, &rule_pack_schema, &pack, frame->payload)) {
        add_pack(out, &pack, frame->argument);
    }
}

static int compare_rules(const void *a, const void *b)
{
    const struct pack_rule *left = a, *right = b;
    return left->kind != right->kind ? (int)left->kind - (int)right->kind
                                     : bytes_compare(left->name, right->name);
}

static size_t drop_twins(struct pack_rule *rules, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_rules(&rules[kept - 1], &rules[i]) != 0) {
            rules[kept++] = rules[i];
        }
    }
    return kept;
}

static void take_rule(struct pack_rule *out, struct bytes *input)
{
    static const char letters[] = "A1B2C3*D";
    out->kind = (enum pack_rule_kind)(PACK_RULE_TITLE + take_number(input, 1) % PACK_RULE_CONDITION);
    out->name = bytes_of(&letters[take_number(input, 1) % (sizeof letters - 1)], 1);
    size_t size = take_number(input, 2);
    out->expression = take_bytes(input, size);
}

static void add_rules(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct pack_rule *rules = arena_take(&out->arena, PACK_RULES_MAX * sizeof rules[0]);
    struct bytes input = frame->payload;
    struct rule_pack pack = {.version = 1 + take_number(&input, 1), .in_force_from = take_number(&input, 2)};
    size_t count = 0;
    if (rules == NULL || dossier_of(out)->pack_count == BUILT_PACKS_MAX) {
        return;
    }
    while (count < PACK_RULES_MAX && input.size > 0) {
        take_rule(&rules[count++], &input);
    }
    sort_items(rules, count, sizeof rules[0], compare_rules);
    pack.rules = (struct list){.items = rules, .count = drop_twins(rules, count)};
    add_pack(out, &pack, frame->argument);
}

/* ---- credentials ---- */

/* In the namespace of ase nothing rests on others, so that it can be told what they change of it. */
static void add_attestation(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct attestation said;
    bool is_of_shop = (frame->argument & 0x10) != 0;
    size_t about = is_of_shop ? CAREER_SHOP : CAREER_SUBJECT;
    const struct actor_id id = built_actor_of(about);
    if (dossier_of(out)->credential_count == BUILT_CREDENTIALS_MAX ||
        !decode(out, &attestation_schema, &said, frame->payload)) {
        return;
    }
    struct dossier_credential *credential =
        build_credential(&out->given.built, frame->argument % ACTORS, out->given.next_seq++, "", 0, 0);
    credential->about = is_of_shop ? ABOUT_SHOP : ABOUT_SUBJECT;
    credential->attestation = said;
    credential->attestation.subject = subject_of_actor(&id);
    credential->attestation.has_network &= said.code.size < 4 || memcmp(said.code.data, "ase/", 4) != 0;
}

static void add_status(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct bytes input = frame->payload;
    size_t count = dossier_of(out)->credential_count;
    uint32_t action = take_number(&input, 1), voided = take_number(&input, 1), day = take_number(&input, 2);
    if (count == 0) {
        return;
    }
    struct dossier_credential *credential = &out->given.built.credentials[frame->argument % count];
    if (credential->place.event_count < HISTORY_EVENTS_MAX) {
        build_event(&out->given.built, credential,
                    (enum status_action)(STATUS_REVOKED + action % STATUS_HELD_BY), day,
                    out->given.next_seq++, voided % 2 != 0);
    }
}

/* ---- shops ---- */

static void add_affiliation(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct affiliation said;
    if (dossier_of(out)->affiliation_count == BUILT_AFFILIATIONS_MAX ||
        !decode(out, &affiliation_schema, &said, frame->payload) || said.event != AFFILIATION_JOINED) {
        return;
    }
    size_t shop = (frame->argument & 2) != 0 ? OTHER_SHOP : CAREER_SHOP;
    struct dossier_affiliation *joined =
        build_joined(&out->given.built, shop, out->given.next_seq++, CAREER_SUBJECT, said.day);
    said.consent.technician = built_actor_of((frame->argument & 1) != 0 ? TECHNICIAN_2 : CAREER_SUBJECT);
    said.consent.shop = joined->affiliation.consent.shop;
    joined->affiliation = said;
    joined->signature = (frame->argument & 4) != 0 ? REASON_UNKNOWN_ISSUER : REASON_NONE;
    if ((frame->argument & 8) == 0) {
        build_consent_id(&out->given.built, joined);
    }
}

static void add_left(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct dossier *dossier = dossier_of(out);
    struct bytes input = frame->payload;
    if (dossier->affiliation_count > 0 && dossier->leave_count < BUILT_AFFILIATIONS_MAX) {
        build_left(&out->given.built, frame->argument % ACTORS, out->given.next_seq++,
                   &dossier->affiliations[frame->argument % dossier->affiliation_count],
                   take_number(&input, 2));
    }
}

static void add_profile(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct dossier_profile *profile = &out->profiles[out->shop.profile_count % BYTES_PROFILES_MAX];
    if (out->shop.profile_count < BYTES_PROFILES_MAX &&
        decode(out, &shop_schema, &profile->shop, frame->payload)) {
        profile->place = (struct dossier_place){.log = CAREER_SHOP, .seq = out->given.next_seq++};
        out->shop.profile_count++;
    }
}

static void add_review(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct dossier_review *review = &out->reviews[out->shop.review_count % BYTES_REVIEWS_MAX];
    if (out->shop.review_count < BYTES_REVIEWS_MAX &&
        decode(out, &review_schema, &review->review, frame->payload)) {
        review->place = (struct dossier_place){.log = frame->argument % ACTORS, .seq = out->given.next_seq++};
        review->review.shop = built_actor_of(CAREER_SHOP);
        out->shop.review_count++;
    }
}

/* ---- the question ---- */

static void read_question(struct dossier_bytes *out, const struct frame_view *frame)
{
    struct question *question = &out->given.question;
    struct bytes input = frame->payload;
    question->at_day = take_number(&input, 4) % (DAY_MAX + 1);
    question->state = take_bytes(&input, 2);
    bool is_required = input.size > 0 && expression_decode(&out->requirement, SCOPE_REQUIREMENT, input,
                                                           &out->arena) == REASON_NONE;
    question->requirement = is_required ? &out->requirement : NULL;
}

static void add_frame(struct dossier_bytes *out, const struct frame_view *frame)
{
    switch (frame->kind) {
    case FRAME_PACK:
        add_record(out, frame);
        break;
    case FRAME_RULES:
        add_rules(out, frame);
        break;
    case FRAME_ATTESTATION:
        add_attestation(out, frame);
        break;
    case FRAME_AFFILIATION:
        add_affiliation(out, frame);
        break;
    case FRAME_LEFT:
        add_left(out, frame);
        break;
    case FRAME_STATUS:
        add_status(out, frame);
        break;
    case FRAME_PROFILE:
        add_profile(out, frame);
        break;
    case FRAME_REVIEW:
        add_review(out, frame);
        break;
    case FRAME_QUESTION:
        read_question(out, frame);
        break;
    }
}

/* ---- the whole ---- */

static int compare_places(const struct dossier_place *a, const struct dossier_place *b)
{
    if (a->log != b->log) {
        return a->log < b->log ? -1 : 1;
    }
    return (a->seq > b->seq) - (a->seq < b->seq);
}

static int compare_credentials(const void *a, const void *b)
{
    return compare_places(&((const struct dossier_credential *)a)->place,
                          &((const struct dossier_credential *)b)->place);
}

static int compare_affiliations(const void *a, const void *b)
{
    return compare_places(&((const struct dossier_affiliation *)a)->place,
                          &((const struct dossier_affiliation *)b)->place);
}

static void begin(struct dossier_bytes *out)
{
    struct career_case *given = &out->given;
    career_case_begin(given);
    given->built.dossier.log_count = ACTORS;
    for (size_t i = CAREER_ACTORS; i < ACTORS; i++) {
        given->built.logs[i] = given->built.logs[CAREER_SUBJECT];
        given->built.logs[i].author = built_actor_of(i);
    }
    for (size_t i = 0; i < sizeof hostile_namespaces / sizeof hostile_namespaces[0]; i++) {
        build_owner(&given->built, hostile_namespaces[i], HOSTILE);
    }
    career_case_pack(given, "ase", 1, 0, ASE_CODES, ASE_RULES);
    out->honest_pack_count = given->built.dossier.pack_count;
    arena_init(&out->arena, out->memory, sizeof out->memory);
}

static void turn_to_shop(struct dossier_bytes *out)
{
    const struct actor_id shop = built_actor_of(CAREER_SHOP);
    struct dossier turned = *dossier_of(out);
    turned.subject = subject_of_actor(&shop);
    turned.profile_count = out->shop.profile_count;
    turned.profiles = out->profiles;
    turned.review_count = out->shop.review_count;
    turned.reviews = out->reviews;
    turned.credentials = out->shop_credentials;
    for (size_t i = 0; i < turned.credential_count; i++) {
        out->shop_credentials[i] = out->given.built.credentials[i];
        out->shop_credentials[i].about =
            out->shop_credentials[i].about == ABOUT_SHOP ? ABOUT_SUBJECT : ABOUT_SHOP;
    }
    out->shop = turned;
}

void dossier_bytes_read(struct dossier_bytes *out, struct bytes input)
{
    struct frame_view frame;
    out->shop = (struct dossier){0};
    begin(out);
    while (take_frame(&frame, &input)) {
        add_frame(out, &frame);
    }
    struct dossier *dossier = dossier_of(out);
    sort_items(dossier->credentials, dossier->credential_count, sizeof dossier->credentials[0],
               compare_credentials);
    sort_items(dossier->affiliations, dossier->affiliation_count, sizeof dossier->affiliations[0],
               compare_affiliations);
    turn_to_shop(out);
}
