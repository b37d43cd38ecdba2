#include "tests/support/random_career.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/sort.h"

enum { HEAD_SEQ = 100, SPAN_MAX = 400 };
#define DAY_S UINT64_C(86400)

static uint64_t roll(struct random_career *career, uint64_t sides)
{
    return dice_roll(&career->dice, sides);
}

#define PICK(career, table) ((table)[roll((career), sizeof(table) / sizeof((table)[0]))])

static struct actor_id actor_id_of(enum random_actor actor)
{
    struct actor_id id = {0};
    id.hash.bytes[0] = (uint8_t)(actor + 1);
    return id;
}

/* ---- who there is ---- */

static void draw_log(struct random_career *career, size_t actor)
{
    const uint64_t ages_s[] = {career->question.budget.issuer_s, career->question.budget.issuer_s + 1,
                               career->question.budget.shop_s,   career->question.budget.shop_s + 1,
                               career->question.budget.owner_s,  career->question.budget.owner_s + 1};
    uint64_t age_s = random_career_goes_wrong(career, 6) ? PICK(career, ages_s) : roll(career, DAY_S);
    struct dossier_log *log = &career->logs[actor];
    *log = (struct dossier_log){
        .author = actor_id_of((enum random_actor)actor),
        .known = true,
        .head_seq = HEAD_SEQ,
        .known_by_seq = random_career_goes_wrong(career, 4) ? roll(career, HEAD_SEQ) : HEAD_SEQ,
        .nothing_by_then = random_career_goes_wrong(career, 1),
        .has_checkpoint = !random_career_goes_wrong(career, 2),
        .checkpoint_seq = random_career_goes_wrong(career, 3) ? HEAD_SEQ + 1 : roll(career, HEAD_SEQ),
        .checkpoint_time_s = career->question.now_s - age_s,
        .forked = random_career_goes_wrong(career, 6),
        .frozen = random_career_goes_wrong(career, 1),
    };
    if (log->forked || log->frozen) {
        log->fork_seq = 1 + roll(career, HEAD_SEQ);
    }
    if (random_career_goes_wrong(career, 1)) {
        log->checkpoint_time_s = career->question.now_s + 61;
    }
    if (log->checkpoint_time_s > career->question.known_by_s) {
        log->has_checkpoint = false; /* not known of by then */
    }
    log->upgrade_needed = random_career_goes_wrong(career, 2);
    log->upgrade_seq = log->upgrade_needed ? roll(career, HEAD_SEQ) : 0;
}

static void own(struct random_career *career, const char *name_space, enum random_actor actor)
{
    struct trust_owner owner = {.actor = actor_id_of(actor)};
    snprintf(owner.name_space, sizeof owner.name_space, "%s", name_space);
    enum trust_result result = trust_add_owner(&career->trust, &owner);
    assert(result == TRUST_OK);
}

static void accredit(struct random_career *career, enum random_actor owner, enum random_actor delegate,
                     const char *pattern)
{
    size_t at = career->dossier.accreditation_count++;
    bool is_short = random_career_goes_wrong(career, 10);
    career->patterns[at] = bytes_of_string(pattern);
    career->accreditations[at] = (struct dossier_accreditation){
        .place = {.log = owner, .seq = roll(career, HEAD_SEQ), .index = at},
        .accreditation = {.delegate = actor_id_of(delegate),
                          .patterns = {.items = &career->patterns[at], .count = 1},
                          .from = is_short ? random_career_day(career) : 0,
                          .has_until = is_short,
                          .until = career->last_day},
    };
}

static void draw_actors(struct random_career *career)
{
    for (size_t i = 0; i < RANDOM_ACTORS; i++) {
        draw_log(career, i);
    }
    own(career, "aa", RANDOM_OWNER_A);
    own(career, "bb", RANDOM_OWNER_B);
    accredit(career, RANDOM_OWNER_A, RANDOM_SCHOOL, "aa/A*");
    accredit(career, RANDOM_OWNER_B, RANDOM_SCHOOL, "bb/*");
    accredit(career, RANDOM_OWNER_A, RANDOM_SHOP_A, "aa/work*");
    accredit(career, RANDOM_OWNER_A, RANDOM_SHOP_B, "aa/work*");
}

/* Mostly it is asked for what is denied alone, and as often as not it was not heard of lately. */
static void draw_quiet(struct random_career *career)
{
    static const char *const patterns[] = {"aa/*", "aa/A*", "aa/A1", "aa/work*", "aa/net"};
    struct dossier_log *log = &career->logs[RANDOM_QUIET];
    draw_log(career, RANDOM_QUIET);
    log->nothing_by_then = log->nothing_by_then || roll(career, 4) == 0;
    log->checkpoint_time_s -= roll(career, 3) == 0 ? 400 * DAY_S : 0;
    log->for_denials = roll(career, 4) > 0;
    if (roll(career, 4) > 0) {
        accredit(career, RANDOM_OWNER_A, RANDOM_QUIET, PICK(career, patterns));
    }
    if (roll(career, 4) == 0) {
        accredit(career, RANDOM_OWNER_B, RANDOM_QUIET, "bb/*");
    }
}

/* ---- places and what is said about them ---- */

static struct dossier_place draw_place(struct random_career *career, enum random_actor author, size_t index)
{
    uint64_t seq = 1 + roll(career, 60);
    return (struct dossier_place){.log = author,
                                  .seq = seq,
                                  .index = index,
                                  .time_s = career->question.now_s - roll(career, 100),
                                  .arrived_s = career->question.now_s - roll(career, DAY_S),
                                  .voided = random_career_goes_wrong(career, 3),
                                  .void_seq = seq + 1 + roll(career, 20)};
}

static void draw_events(struct random_career *career, struct dossier_credential *credential)
{
    static const enum status_action actions[] = {
        STATUS_REVOKED,  STATUS_SUSPENDED, STATUS_SUSPENDED,      STATUS_REINSTATED, STATUS_REINSTATED,
        STATUS_REPLACED, STATUS_APPEALED,  STATUS_APPEAL_DECIDED, STATUS_HELD_BY,
    };
    size_t row = (size_t)(credential - career->credentials);
    uint64_t seq = credential->place.seq;
    size_t count = random_career_goes_wrong(career, 14) ? 1 + roll(career, RANDOM_EVENTS_MAX) : 0;
    const struct dossier_log *log = &career->logs[credential->place.log];
    bool may_move = true;
    for (size_t i = 0; i < count; i++) {
        enum status_action action = PICK(career, actions);
        seq += roll(career, 8);
        if (action == STATUS_HELD_BY && !may_move) {
            action = STATUS_SUSPENDED;
        }
        may_move = may_move && action != STATUS_HELD_BY;
        bool is_void = random_career_goes_wrong(career, 10);
        career->events[row][i] = (struct history_event){.action = action,
                                                        .effective_day = random_career_day(career),
                                                        .stated_day = random_career_day(career),
                                                        .setter_seq = seq + 1,
                                                        .setter_index = i};
        career->event_voided[row][i] = is_void;
        if (action == STATUS_HELD_BY) {
            const struct actor_id holder =
                actor_id_of(credential->about != ABOUT_SHOP && roll(career, 2) == 0 ? RANDOM_TECHNICIAN
                                                                                    : RANDOM_STRANGER);
            career->events[row][i].has_holder = true;
            career->events[row][i].holder = subject_of_actor(&holder);
            credential->has_holder =
                !is_void && seq + 1 <= log->known_by_seq && !dossier_log_disputes(log, seq + 1);
            credential->holder = subject_of_actor(&holder);
        }
    }
    credential->place.event_count = count;
    credential->place.events = career->events[row];
    credential->place.event_voided = career->event_voided[row];
}

static void draw_sealed(struct random_career *career)
{
    size_t count = random_career_goes_wrong(career, 6) ? 1 + roll(career, RANDOM_SEALED_MAX) : 0;
    for (size_t i = 0; i < count; i++) {
        enum random_actor author =
            (enum random_actor)(RANDOM_OWNER_A + roll(career, RANDOM_LOGS - RANDOM_OWNER_A));
        career->sealed[i] = (struct dossier_sealed){
            .place = {.log = author, .seq = 1 + roll(career, 60), .erased = true},
            .code = random_career_code(career),
            .basis = random_career_happens(career, 60) ? BASIS_EXAM : BASIS_RECERTIFICATION,
            .earned_on = random_career_day(career),
        };
    }
    career->dossier.sealed_count = count;
    career->dossier.sealed = career->sealed;
}

/* ---- credentials ---- */

static void draw_days(struct random_career *career, struct attestation *attestation)
{
    uint32_t a = random_career_day(career);
    uint32_t b = random_career_day(career);
    attestation->valid_from = a < b ? a : b;
    attestation->last_day = a < b ? b : a;
    attestation->has_last_day =
        !random_career_happens(career, attestation->basis == BASIS_EXPERIENCE ? 4 : 20);
    attestation->earned_on = attestation->valid_from;
    if (attestation->basis == BASIS_EXPERIENCE && attestation->has_last_day) {
        attestation->earned_on = attestation->last_day;
    }
    if (random_career_happens(career, 20)) {
        attestation->earned_on = random_career_day(career);
    }
    if (!attestation->has_last_day) {
        attestation->last_day = 0;
    }
}

/* A renewal that adds some months to what was held before. */
static void draw_renewal(struct random_career *career, struct attestation *renewal,
                         const struct attestation *before)
{
    if (!before->has_last_day || before->last_day < before->valid_from) {
        return;
    }
    uint32_t last_day = day_add_months(before->last_day, 1 + (uint32_t)roll(career, 4));
    uint32_t days_held = before->last_day - before->valid_from + 1;
    if (last_day > career->last_day) {
        return;
    }
    renewal->valid_from = before->valid_from + (uint32_t)roll(career, days_held);
    renewal->earned_on = renewal->valid_from;
    renewal->has_last_day = true;
    renewal->last_day = last_day;
}

static enum dossier_source draw_source(struct random_career *career)
{
    static const enum dossier_source doubtful[] = {SOURCE_UNWITNESSED, SOURCE_MISMATCH,
                                                   SOURCE_UNKNOWN_ISSUER};
    if (random_career_goes_wrong(career, 3)) {
        return PICK(career, doubtful);
    }
    return random_career_happens(career, 20) ? SOURCE_PATH : SOURCE_REPLAYED;
}

static void say(struct random_career *career, struct dossier_credential *said, enum random_actor issuer,
                enum dossier_about about, const struct attestation *attestation)
{
    size_t at = (size_t)(said - career->credentials);
    *said = (struct dossier_credential){.place = draw_place(career, issuer, at),
                                        .source = draw_source(career),
                                        .about = about,
                                        .attestation = *attestation};
    said->place.erased = random_career_goes_wrong(career, 2);
}

static enum random_actor issuer_of(struct random_career *career, struct bytes code, enum basis basis)
{
    if (random_career_goes_wrong(career, 5)) {
        return (enum random_actor)roll(career, RANDOM_ACTORS);
    }
    if (basis == BASIS_EXPERIENCE && code.data[0] == 'a') {
        return roll(career, 2) == 0 ? RANDOM_SHOP_A : RANDOM_SHOP_B;
    }
    bool is_of_school = roll(career, 4) == 0 && code.data[3] == 'A';
    enum random_actor owner = code.data[0] == 'a' ? RANDOM_OWNER_A : RANDOM_OWNER_B;
    return is_of_school ? RANDOM_SCHOOL : owner;
}

static void draw_credential(struct random_career *career, struct dossier_credential *said)
{
    static const char *const networks[] = {"aa/net", "bb/net"};
    static const char *const works[] = {"aa/work", "aa/work", "aa/work.x", "bb/B1"};
    static const enum basis bases[] = {
        BASIS_EXAM,       BASIS_EXAM,        BASIS_EXAM,      BASIS_RECERTIFICATION, BASIS_RENEWAL,
        BASIS_RENEWAL,    BASIS_TRAINING,    BASIS_IDENTITY,  BASIS_LICENCE,         BASIS_EXPERIENCE,
        BASIS_EXPERIENCE, BASIS_RECOGNITION, BASIS_MEMBERSHIP};
    struct attestation attestation = {.subject = career->dossier.subject, .basis = PICK(career, bases)};
    bool is_work = attestation.basis == BASIS_EXPERIENCE && !random_career_happens(career, 10);
    attestation.code = is_work ? bytes_of_string(PICK(career, works)) : random_career_code(career);
    if (!is_work && said > career->credentials && random_career_happens(career, 50)) {
        attestation.code = said[-1].attestation.code; /* retaken, renewed, … */
    }
    draw_days(career, &attestation);
    if (attestation.basis == BASIS_RENEWAL && said > career->credentials &&
        random_career_happens(career, 50)) {
        draw_renewal(career, &attestation, &said[-1].attestation);
    }
    if (random_career_happens(career, 12)) {
        attestation.has_network = true;
        attestation.network_code = bytes_of_string(PICK(career, networks));
    }
    say(career, said, issuer_of(career, attestation.code, attestation.basis),
        random_career_happens(career, 15) ? ABOUT_BESIDE : ABOUT_SUBJECT, &attestation);
}

static void draw_membership(struct random_career *career, struct dossier_credential *said)
{
    const struct actor_id shop = actor_id_of(roll(career, 2) == 0 ? RANDOM_SHOP_A : RANDOM_SHOP_B);
    bool is_a = roll(career, 2) == 0;
    struct attestation attestation = {.subject = subject_of_actor(&shop),
                                      .code = bytes_of_string(is_a ? "aa/net" : "bb/net"),
                                      .basis = BASIS_MEMBERSHIP};
    draw_days(career, &attestation);
    say(career, said, issuer_of(career, attestation.code, attestation.basis), ABOUT_SHOP, &attestation);
}

static int order_credentials(const void *a, const void *b)
{
    const struct dossier_place *left = &((const struct dossier_credential *)a)->place;
    const struct dossier_place *right = &((const struct dossier_credential *)b)->place;
    if (left->log != right->log) {
        return left->log < right->log ? -1 : 1;
    }
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->index > right->index) - (left->index < right->index);
}

static void draw_credentials(struct random_career *career)
{
    size_t count = 2 + roll(career, RANDOM_CREDENTIALS_MAX - 7);
    size_t memberships = roll(career, 5);
    for (size_t i = 0; i < count; i++) {
        draw_credential(career, &career->credentials[i]);
    }
    for (size_t i = 0; i < memberships; i++) {
        draw_membership(career, &career->credentials[count + i]);
    }
    career->dossier.credential_count = count + memberships;
    sort_items(career->credentials, count + memberships, sizeof career->credentials[0], order_credentials);
    for (size_t i = 0; i < count + memberships; i++) {
        draw_events(career, &career->credentials[i]);
    }
}

/* ---- what may be held for life, or not ---- */

/* One more event, after those that are there; NULL: there is no room. */
static struct history_event *say_later(struct random_career *career, struct dossier_credential *said,
                                       enum status_action action, uint32_t day, bool voided)
{
    struct dossier_place *place = &said->place;
    size_t row = (size_t)(place->events - &career->events[0][0]) / RANDOM_EVENTS_MAX;
    size_t at = place->event_count;
    if (at == RANDOM_EVENTS_MAX) {
        return NULL;
    }
    uint64_t before = at == 0 ? place->seq : place->events[at - 1].setter_seq;
    career->events[row][at] = (struct history_event){.action = action,
                                                     .effective_day = day,
                                                     .stated_day = day,
                                                     .setter_seq = before + 1,
                                                     .setter_index = at};
    career->event_voided[row][at] = voided;
    place->event_count++;
    return &career->events[row][at];
}

/* Say that what has no end is revoked, from a day on that lies behind the one on which it is renewed. It is
 * taken back, and leaves a doubt. */
static void doubt_later(struct random_career *career, struct dossier_credential *said, uint32_t day)
{
    bool voided = random_career_happens(career, 80);
    say_later(career, said, STATUS_REVOKED, day, voided);
}

/* Let one of the subject's have no end, let another one renew it, and let there be a doubt whether it ends
 * after all. */
static void draw_doubted_life(struct random_career *career)
{
    size_t count = career->dossier.credential_count;
    struct dossier_credential *first = &career->credentials[roll(career, count)];
    struct dossier_credential *next = &career->credentials[roll(career, count)];
    uint32_t day = random_career_day(career);
    if (first == next || first->about == ABOUT_SHOP || next->about == ABOUT_SHOP ||
        day <= first->attestation.earned_on) {
        return;
    }
    first->attestation.basis =
        random_career_happens(career, 50) ? BASIS_EXPERIENCE : first->attestation.basis;
    first->attestation.has_last_day = false;
    first->attestation.last_day = 0;
    next->attestation.basis = random_career_happens(career, 50) ? BASIS_RENEWAL : BASIS_RECERTIFICATION;
    next->attestation.code = first->attestation.code;
    next->attestation.earned_on = day;
    next->attestation.valid_from = day;
    next->attestation.has_last_day = false;
    next->attestation.last_day = 0;
    next->place.log = first->place.log;
    doubt_later(career, first, day + 1 + (uint32_t)roll(career, career->last_day - day + 1));
    sort_items(career->credentials, count, sizeof career->credentials[0], order_credentials);
}

/* ---- corrections ---- */

/* Let one of the subject's take the place of another of its code, which is earned some days before it. */
static void draw_correction(struct random_career *career)
{
    size_t count = career->dossier.credential_count;
    struct dossier_credential *wrong = &career->credentials[roll(career, count)];
    struct dossier_credential *right = &career->credentials[roll(career, count)];
    uint32_t apart = 1 + (uint32_t)roll(career, 20);
    if (wrong == right || wrong->about == ABOUT_SHOP || right->about == ABOUT_SHOP ||
        wrong->attestation.earned_on + apart > career->last_day) {
        return;
    }
    right->attestation.code = wrong->attestation.code;
    right->attestation.basis = wrong->attestation.basis;
    right->attestation.earned_on = wrong->attestation.earned_on + apart;
    struct history_event *event = say_later(career, wrong, STATUS_REPLACED, random_career_day(career),
                                            random_career_goes_wrong(career, 10));
    if (event != NULL) {
        event->has_replacement = true;
        event->replacement = (struct entry_name){.author = career->logs[right->place.log].author,
                                                 .seq = right->place.seq,
                                                 .index = right->place.index};
    }
}

/* ---- affiliations ---- */

static void draw_consent(struct random_career *career, struct dossier_affiliation *joined, size_t at)
{
    const struct actor_id shop = joined->affiliation.consent.shop;
    joined->affiliation.has_consent = true;
    joined->affiliation.consent = (struct consent){
        .technician = actor_id_of(random_career_goes_wrong(career, 2) ? RANDOM_STRANGER : RANDOM_TECHNICIAN),
        .shop = random_career_goes_wrong(career, 3) ? actor_id_of(RANDOM_OWNER_A) : shop,
        .start_day = joined->affiliation.day,
        .performs_repairs = true,
        .expires_s = random_career_goes_wrong(career, 4) ? joined->place.time_s - roll(career, 2)
                                                         : joined->place.time_s + roll(career, 10),
        .nonce = {(uint8_t)at},
    };
    if (random_career_goes_wrong(career, 4)) {
        joined->affiliation.consent.start_day++;
    }
    consent_id(&joined->affiliation.id, &career->network, &joined->affiliation.consent);
    if (random_career_goes_wrong(career, 2)) {
        joined->affiliation.id.bytes[0] ^= 1;
    }
    joined->signature = REASON_NONE;
    if (random_career_goes_wrong(career, 3)) {
        joined->signature = roll(career, 2) == 0 ? REASON_BAD_SIGNATURE : REASON_UNKNOWN_ISSUER;
    }
}

/* A consent said once more, from that day or a later one on. */
static void repeat(struct random_career *career, struct dossier_affiliation *joined)
{
    size_t at = (size_t)(joined - career->affiliations);
    const struct dossier_affiliation *first = &career->affiliations[roll(career, at)];
    joined->affiliation = first->affiliation;
    joined->affiliation.day += (uint32_t)roll(career, 3);
    joined->place.log = first->place.log;
    joined->place.time_s = first->place.time_s;
    joined->signature = first->signature;
}

static void draw_joined(struct random_career *career, struct dossier_affiliation *joined)
{
    size_t at = career->dossier.affiliation_count++;
    enum random_actor shop = roll(career, 2) == 0 ? RANDOM_SHOP_A : RANDOM_SHOP_B;
    joined->place = draw_place(career, shop, RANDOM_CREDENTIALS_MAX + at);
    if (at > 0 && random_career_happens(career, 15)) {
        repeat(career, joined);
        return;
    }
    joined->affiliation = (struct affiliation){.event = AFFILIATION_JOINED,
                                               .day = random_career_day(career),
                                               .consent = {.shop = actor_id_of(shop)}};
    draw_consent(career, joined, at);
}

static void draw_left(struct random_career *career, const struct dossier_affiliation *joined)
{
    struct dossier_leave *leave = &career->leaves[career->dossier.leave_count++];
    enum random_actor author =
        roll(career, 2) == 0 ? RANDOM_TECHNICIAN : (enum random_actor)joined->place.log;
    if (random_career_goes_wrong(career, 3)) {
        author = RANDOM_STRANGER;
    }
    *leave = (struct dossier_leave){
        .place = draw_place(career, author, (size_t)RANDOM_CREDENTIALS_MAX * 2 + career->dossier.leave_count),
        .id = joined->affiliation.id,
        .day = random_career_day(career),
    };
}

static int order_affiliations(const void *a, const void *b)
{
    const struct dossier_place *left = &((const struct dossier_affiliation *)a)->place;
    const struct dossier_place *right = &((const struct dossier_affiliation *)b)->place;
    if (left->log != right->log) {
        return left->log < right->log ? -1 : 1;
    }
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->index > right->index) - (left->index < right->index);
}

static void draw_affiliations(struct random_career *career)
{
    size_t count = roll(career, 5);
    for (size_t i = 0; i < count; i++) {
        draw_joined(career, &career->affiliations[i]);
    }
    sort_items(career->affiliations, count, sizeof career->affiliations[0], order_affiliations);
    size_t leaves = count == 0 ? 0 : roll(career, RANDOM_AFFILIATIONS_MAX);
    for (size_t i = 0; i < leaves; i++) {
        draw_left(career, &career->affiliations[roll(career, count)]);
    }
}

/* ---- all of it ---- */

static void draw_question(struct random_career *career)
{
    static const char *const states[] = {"", "TX", "NM"};
    career->question = (struct question){
        .network = &career->network,
        .now_s = UINT64_C(1900000000),
        .known_by_s = UINT64_MAX,
        .budget = {.issuer_s = 2 * DAY_S, .shop_s = 3 * DAY_S, .owner_s = 5 * DAY_S},
        .state = bytes_of_string(PICK(career, states)),
    };
    if (random_career_happens(career, 10)) {
        career->question.known_by_s = career->question.now_s - roll(career, DAY_S);
    }
    career->question.presented = random_career_happens(career, 10);
}

/* Mostly about a day on which something begins or ends, or a neighbour of it. */
static void draw_day_asked_about(struct random_career *career)
{
    const struct dossier *dossier = &career->dossier;
    const struct attestation *attestation =
        &career->credentials[roll(career, dossier->credential_count)].attestation;
    const uint32_t days[] = {attestation->valid_from,
                             attestation->last_day,
                             attestation->earned_on,
                             career->packs[roll(career, dossier->pack_count)].pack.in_force_from,
                             career->affiliations[0].affiliation.day,
                             random_career_day(career)};
    uint32_t day = PICK(career, days);
    day += (uint32_t)roll(career, 3) - 1;
    bool is_within = day >= career->first_day && day <= career->last_day;
    career->question.at_day = is_within ? day : random_career_day(career);
}

void random_career_draw(struct random_career *career, uint64_t seed)
{
    static const uint32_t ruins[] = {0, 0, 1, 1, 2};
    uint32_t leap_day = 0;
    memset(career, 0, offsetof(struct random_career, memory));
    arena_init(&career->arena, career->memory, sizeof career->memory);
    career->dice.state = seed;
    career->ruin = PICK(career, ruins);
    career->has_lifetimes = roll(career, 4) == 0;
    career->has_late = roll(career, 4) == 0;
    bool named =
        network_init(&career->network, "test") && day_from_text(&leap_day, bytes_of_string("2024-02-29"));
    assert(named);
    uint32_t span = 20 + (uint32_t)roll(career, roll(career, 8) == 0 ? SPAN_MAX : 100);
    career->first_day = leap_day - (uint32_t)roll(career, span);
    career->last_day = career->first_day + span;
    const struct actor_id technician = actor_id_of(RANDOM_TECHNICIAN);
    career->dossier = (struct dossier){
        .subject = subject_of_actor(&technician),
        .log_count = RANDOM_LOGS,
        .logs = career->logs,
        .credentials = career->credentials,
        .accreditations = career->accreditations,
        .packs = career->packs,
        .affiliations = career->affiliations,
        .leaves = career->leaves,
    };
    draw_question(career);
    draw_actors(career);
    random_career_packs(career);
    draw_credentials(career);
    draw_affiliations(career);
    draw_day_asked_about(career);
    for (size_t i = 0; i < RANDOM_REQUIREMENTS; i++) {
        random_career_expression(career, &career->requirements[i], SCOPE_REQUIREMENT, 4);
    }
    career->question.requirement = roll(career, 3) == 0 ? NULL : &career->requirements[0];
    if (career->has_lifetimes && random_career_happens(career, 40)) {
        draw_doubted_life(career);
    }
    draw_quiet(career);
    draw_sealed(career);
    for (size_t i = random_career_happens(career, 40) ? 4 : 0; i > 0; i--) {
        draw_correction(career);
    }
}

static void swap(void *a, void *b, size_t size)
{
    uint8_t kept[sizeof(struct dossier_pack) + sizeof(struct dossier_accreditation)];
    assert(size <= sizeof kept);
    memcpy(kept, a, size);
    memcpy(a, b, size);
    memcpy(b, kept, size);
}

#define SHUFFLE(career, items, count)                                                                        \
    for (size_t i = (count); i > 1; i--) {                                                                   \
        swap(&(items)[i - 1], &(items)[roll((career), i)], sizeof(items)[0]);                                \
    }

void random_career_shuffle(struct random_career *career)
{
    SHUFFLE(career, career->packs, career->dossier.pack_count)
    SHUFFLE(career, career->accreditations, career->dossier.accreditation_count)
    SHUFFLE(career, career->leaves, career->dossier.leave_count)
}
