#include "protocol/rules/lacking.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/owner.h"
#include "protocol/rules/weight.h"

enum {
    VOICES_MAX = 1024, /* beyond that anything may be lacking */
    DAY_S = 86400,
};

/* Who may speak, of which codes, up to which block of its log, until when. */
struct voice {
    struct actor_id author;
    size_t log; /* SIZE_MAX: it was never heard of */
    struct bytes pattern;
    uint64_t to;      /* UINT64_MAX: to its end */
    uint64_t sure_to; /* of the chain: what stands there lies beyond no cut of its own, sure or in doubt */
    uint64_t depth;   /* of those whom it accredits, at most so; 0: it lets nobody speak */
    bool cut;         /* what it may say surely ends with a block that is here */
    bool missing;     /* or perhaps with one that is not, by a branch on which it may have said anything */
    uint64_t until_s; /* what it says later is late for the end of its accreditation; UINT64_MAX: of none */
};

struct voices {
    const struct lacking_question *asked;
    struct arena *arena;
    size_t count, capacity;
    size_t owner_count; /* of them, the first ones */
    struct voice *items;
    bool left_out; /* there are more than VOICES_MAX, or more owners than are looked at */
    bool full;     /* the arena is */
};

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool is_here(const struct dossier_cut *cut)
{
    return cut->found == CUT_ON_CHAIN || cut->found == CUT_ON_SIDE;
}

/* Whether something is known to stand in a log, wherever, that is not here. */
static bool lacks_anywhere(const struct dossier_log *log)
{
    return log->switching || log->body_missing || log->branches_cut;
}

/* Whether a block up to one had arrived that this version can't read: it may say anything. */
static bool is_unread(const struct dossier_log *log, uint64_t to)
{
    return log->upgrade_needed && log->upgrade_seq <= to && dossier_log_reaches(log, log->upgrade_seq);
}

/* One of whom nothing was heard is silent, as one is that was not heard for long. */
static bool is_unheard(const struct dossier_log *log)
{
    return log == NULL || !log->known || log->nothing_by_then;
}

static bool leaves_owners_out(const struct dossier *dossier)
{
    bool out = dossier->succession_count >= NAMESPACE_OWNERS_MAX;
    for (size_t i = 0; i < dossier->succession_count && !out; i++) {
        out = dossier->successions[i].left_out;
    }
    return out;
}

/* ---- silence ---- */

/* Whether an author may have said something since it was last heard, in a role. */
static bool is_silent(const struct lacking_question *asked, const struct dossier_log *log,
                      const struct voice *voice, enum evidence_role role)
{
    uint64_t age_s;
    uint64_t budget_s = freshness_budget_s(asked->question, asked->trust, log, role);
    struct axis_answer fresh = freshness_of(&age_s, log, asked->question, budget_s);
    bool ended = fresh.reason == REASON_STALE && log->checkpoint_time_s >= voice->until_s &&
                 dossier_log_reaches(log, log->checkpoint_seq);
    return fresh.answer != ANSWER_YES && !voice->cut && !ended;
}

/* The same of a voice that nothing limits, in the role with the shortest budget. No budget is below a day but
 * that one. */
static bool may_be_silent(const struct lacking_question *asked, const struct actor_id *author)
{
    const struct voice voice = {.to = UINT64_MAX, .until_s = UINT64_MAX};
    const struct dossier_log *log = dossier_log_of(asked->dossier, author);
    uint64_t day_s = asked->question->budget.issuer_s < DAY_S ? asked->question->budget.issuer_s : DAY_S;
    uint64_t age_s;
    if (is_unheard(log)) {
        return true;
    }
    return freshness_of(&age_s, log, asked->question, day_s).answer != ANSWER_YES &&
           is_silent(asked, log, &voice, EVIDENCE_ISSUER);
}

/* Whether an author that others may let speak is asked at all. */
static bool is_asked(const struct lacking_question *asked, const struct dossier_log *log)
{
    return asked->denied || log == NULL || !log->for_denials;
}

static bool delegate_may_be_silent(const struct lacking_question *asked, const struct actor_id *delegate)
{
    return is_asked(asked, dossier_log_of(asked->dossier, delegate)) && may_be_silent(asked, delegate);
}

static bool any_is_silent(const struct lacking_question *asked)
{
    const struct dossier *dossier = asked->dossier;
    const struct trust_owner *owners = asked->trust->owners;
    bool silent = false;
    for (size_t i = 0; i < asked->trust->owner_count && !silent; i++) {
        bool again = i > 0 && actor_id_equal(&owners[i].actor, &owners[i - 1].actor);
        silent = !again && may_be_silent(asked, &owners[i].actor);
    }
    for (size_t i = 0; i < dossier->succession_count && !silent; i++) {
        silent = may_be_silent(asked, &dossier->successions[i].succession.successor);
    }
    for (size_t i = 0; i < dossier->accreditation_count && !silent; i++) {
        silent = delegate_may_be_silent(asked, &dossier->accreditations[i].accreditation.delegate);
    }
    return silent;
}

static bool misses_cut(const struct dossier *dossier)
{
    bool misses = false;
    for (size_t i = 0; i < dossier->withdrawal_count && !misses; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        misses = found->withdrawal.has_cut && !is_here(&found->cut);
    }
    for (size_t i = 0; i < dossier->succession_count && !misses; i++) {
        misses = !is_here(&dossier->successions[i].cut);
    }
    return misses;
}

static bool any_lacks(const struct dossier *dossier)
{
    bool lacks = dossier->sealed_count > 0 || leaves_owners_out(dossier) || misses_cut(dossier);
    for (size_t i = 0; i < dossier->log_count && !lacks; i++) {
        const struct dossier_log *log = &dossier->logs[i];
        lacks = log->incomplete || log->left_out || is_unread(log, UINT64_MAX) || lacks_anywhere(log);
    }
    return lacks;
}

bool lacking_nothing(const struct lacking_question *asked)
{
    return !any_lacks(asked->dossier) && !any_is_silent(asked);
}

/* SIZE_MAX where nothing names it but this. */
static size_t log_of(const struct dossier *dossier, const struct actor_id *author)
{
    const struct dossier_log *log = dossier_log_of(dossier, author);
    return log != NULL ? (size_t)(log - dossier->logs) : SIZE_MAX;
}

/* ---- who may speak ---- */

static bool grow(struct voices *voices)
{
    size_t capacity = voices->capacity == 0 ? 16 : 2 * voices->capacity;
    struct voice *items = arena_take(voices->arena, capacity * sizeof items[0]);
    if (items == NULL) {
        voices->full = true;
        return false;
    }
    if (voices->count > 0) {
        memcpy(items, voices->items, voices->count * sizeof items[0]);
    }
    voices->items = items;
    voices->capacity = capacity;
    return true;
}

static bool covers(const struct voice *voice, const struct voice *other)
{
    return actor_id_equal(&voice->author, &other->author) && voice->to >= other->to &&
           voice->depth >= other->depth && voice->until_s >= other->until_s && voice->cut <= other->cut &&
           voice->missing >= other->missing && voice->sure_to <= other->sure_to &&
           code_matches(other->pattern, voice->pattern);
}

static void add_voice(struct voices *voices, const struct voice *voice)
{
    for (size_t i = 0; i < voices->count; i++) {
        if (covers(&voices->items[i], voice)) {
            return;
        }
    }
    if (voices->count == VOICES_MAX) {
        voices->left_out = true;
        return;
    }
    if (voices->count < voices->capacity || grow(voices)) {
        voices->items[voices->count++] = *voice;
    }
}

/* What the cuts of its own leave of an owner's chain, sure ones or not. */
static uint64_t handed_to(const struct namespace_owners *owners, size_t at)
{
    uint64_t to = owners->owners[at].doubt == REASON_NONE ? UINT64_MAX : 0;
    for (size_t i = 0; i < owners->handing_count && namespace_owner_is_cut(owners, at); i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        if (owners->tenures[handing->tenure].owner == at) {
            to = lower(to, handing->cut->found == CUT_ON_CHAIN ? handing->cut->seq : 0);
        }
    }
    return to;
}

/* Whether an owner handed the namespace on, for sure or not, up to a block that is here, or is not. */
static bool hands_on(const struct namespace_owners *owners, size_t at, bool here)
{
    bool any = false;
    for (size_t i = 0; i < owners->handing_count && !any; i++) {
        const struct namespace_handing *handing = &owners->handings[i];
        any = owners->tenures[handing->tenure].owner == at && is_here(handing->cut) == here;
    }
    return any;
}

static void add_owners(struct voices *voices, struct bytes name_space, struct bytes all_codes)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, voices->asked->dossier, voices->asked->trust, name_space);
    for (size_t i = 0; i < owners.count; i++) {
        add_voice(voices,
                  &(struct voice){.author = owners.owners[i].actor,
                                  .log = log_of(voices->asked->dossier, &owners.owners[i].actor),
                                  .pattern = all_codes,
                                  .to = UINT64_MAX,
                                  .sure_to = handed_to(&owners, i),
                                  .depth = UINT64_MAX,
                                  .cut = namespace_owner_is_former(&owners, i) && hands_on(&owners, i, true),
                                  .missing = hands_on(&owners, i, false),
                                  .until_s = UINT64_MAX});
    }
    voices->owner_count = voices->count;
    voices->left_out = voices->left_out || owners.left_out;
}

/* ---- what was taken back ---- */

static bool is_owner(const struct voices *voices, size_t log)
{
    bool is = false;
    for (size_t i = 0; i < voices->owner_count && !is; i++) {
        is = voices->items[i].log == log;
    }
    return is;
}

/* Whether a withdrawal may be about an accreditation: by its author, or where that is an owner by another
 * one, whoever has the namespace from whom. */
static bool may_concern(const struct voices *voices, const struct dossier_withdrawal *found,
                        const struct dossier_accreditation *accreditation)
{
    const struct dossier *dossier = voices->asked->dossier;
    const struct withdrawal *withdrawal = &found->withdrawal;
    bool own = found->place.log == accreditation->place.log;
    bool named =
        !withdrawal->has_accreditation || (withdrawal->accreditation.seq == accreditation->place.seq &&
                                           withdrawal->accreditation.index == accreditation->place.index);
    bool later = own ? place_precedes(&accreditation->place, &found->place)
                     : is_owner(voices, found->place.log) && is_owner(voices, accreditation->place.log);
    return named && later && actor_id_equal(&withdrawal->delegate, &accreditation->accreditation.delegate) &&
           dossier_place_arrived(dossier, &found->place) &&
           place_weigh(dossier, &found->place, stance_of_entry(ENTRY_WITHDRAWAL, NULL, PARTY_DELEGATE))
                   .weight != WEIGHT_NOTHING;
}

/* Whether one that may concern what its own author accredited does so beyond doubt. by: that one's voice. */
static bool takes_back(const struct dossier *dossier, const struct voice *by,
                       const struct dossier_withdrawal *found)
{
    return found->place.log == by->log && found->place.seq <= by->sure_to &&
           place_weigh(dossier, &found->place, stance_of_entry(ENTRY_WITHDRAWAL, NULL, PARTY_DELEGATE))
                   .weight == WEIGHT_FULL;
}

/* The last block up to which a withdrawal leaves all that its delegate says on the chain. */
static uint64_t left_to(const struct dossier_withdrawal *found)
{
    bool whole = found->cut.found == CUT_ON_CHAIN && found->withdrawal.exceptions.count == 0;
    return found->withdrawal.has_cut && whole ? found->cut.seq : 0;
}

/* Write up to which block an accreditation lets its delegate be heard. Returns: false where it does not at
 * all. */
static bool hears(struct voice *voice, const struct voices *voices, const struct voice *by,
                  const struct dossier_accreditation *accreditation)
{
    const struct dossier *dossier = voices->asked->dossier;
    voice->to = UINT64_MAX;
    voice->sure_to = accreditation->place.seq <= by->sure_to ? UINT64_MAX : 0;
    if (!dossier_place_arrived(dossier, &accreditation->place) ||
        (!accreditation->place.block.side && accreditation->place.seq > by->to)) {
        return false;
    }
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        if (!may_concern(voices, found, accreditation)) {
            continue;
        }
        voice->sure_to = lower(voice->sure_to, left_to(found));
        voice->missing = voice->missing || (found->withdrawal.has_cut && !is_here(&found->cut));
        if (!takes_back(dossier, by, found)) {
            continue;
        }
        if (found->withdrawal.has_accreditation) {
            return false;
        }
        voice->to = lower(voice->to, found->cut.seq);
        voice->cut = voice->cut || is_here(&found->cut);
    }
    voice->missing = voice->missing && !voice->cut; /* nothing counts that only one of two cuts keeps */
    return true;
}

/* When nothing in time for the end of an accreditation can come any more. */
static uint64_t end_of(const struct accreditation *accreditation)
{
    return accreditation->has_until ? time_of_day(accreditation->until + 1 + ACCREDITATION_GRACE_DAYS)
                                    : UINT64_MAX;
}

/* Requires: by may accredit others. */
static void add_delegate(struct voices *voices, const struct voice *by,
                         const struct dossier_accreditation *accreditation)
{
    const struct bytes *patterns = accreditation->accreditation.patterns.items;
    uint64_t end_s = end_of(&accreditation->accreditation);
    struct voice voice = {.author = accreditation->accreditation.delegate,
                          .log = log_of(voices->asked->dossier, &accreditation->accreditation.delegate),
                          .depth = lower(accreditation->accreditation.depth, by->depth - 1),
                          .until_s = lower(end_s, by->until_s)};
    const struct dossier_log *log = voice.log < SIZE_MAX ? &voices->asked->dossier->logs[voice.log] : NULL;
    if (!is_asked(voices->asked, log) || !hears(&voice, voices, by, accreditation)) {
        return;
    }
    for (size_t i = 0; i < accreditation->accreditation.patterns.count; i++) {
        if (code_patterns_meet(patterns[i], by->pattern, &voice.pattern)) {
            add_voice(voices, &voice);
        }
    }
}

/* Let whom those who may speak have accredited speak too, of what both may. */
static void add_delegates(struct voices *voices)
{
    const struct dossier *dossier = voices->asked->dossier;
    for (size_t i = 0; i < voices->count && !voices->left_out && !voices->full; i++) {
        const struct voice by = voices->items[i];
        for (size_t j = 0; j < dossier->accreditation_count && by.depth > 0; j++) {
            if (dossier->accreditations[j].place.log == by.log) {
                add_delegate(voices, &by, &dossier->accreditations[j]);
            }
        }
    }
}

/* ---- what they may have said ---- */

static bool lacks(const struct dossier_log *log, uint64_t to)
{
    return lacks_anywhere(log) || (log->incomplete && log->incomplete_from <= to) ||
           (log->left_out && log->left_out_from <= to);
}

static void add_pattern(struct lacking_codes *codes, struct bytes pattern)
{
    for (size_t i = 0; i < codes->count; i++) {
        if (code_matches(pattern, codes->patterns[i])) {
            return;
        }
    }
    if (codes->count == LACKING_PATTERNS_MAX) {
        codes->all = true;
        return;
    }
    codes->patterns[codes->count++] = pattern;
}

/* For what its voice is lacking first, or LACKING_FOR_COUNT: for nothing. */
static size_t lacks_for(const struct lacking_question *asked, const struct voice *voice,
                        const struct dossier_log *log)
{
    if (voice->missing || (!is_unheard(log) && lacks(log, voice->to))) {
        return LACKING_AT_ALL;
    }
    if (is_unheard(log) || is_unread(log, voice->to) || is_silent(asked, log, voice, EVIDENCE_SHOP)) {
        return LACKING_FOR_EXPERIENCE;
    }
    return is_silent(asked, log, voice, EVIDENCE_ISSUER) ? LACKING_FOR_TESTS : LACKING_FOR_COUNT;
}

/* by: the voice of who says so, and of who voids it. */
static bool is_void(const struct dossier *dossier, const struct voice *by, const struct dossier_place *place)
{
    return !place->block.side && place->voided && place->void_seq <= by->sure_to &&
           place_weigh(dossier, place, stance_of_entry(ENTRY_ATTESTATION, NULL, PARTY_SUBJECT)).weight ==
               WEIGHT_NOTHING;
}

/* Add of which codes it erased what it may yet give back. Returns: whether there are any. */
static bool add_sealed(struct lacking_codes *codes, bool *given_back, const struct dossier *dossier,
                       const struct voice *voice)
{
    bool any = false;
    for (size_t i = 0; i < dossier->sealed_count; i++) {
        const struct dossier_sealed *sealed = &dossier->sealed[i];
        if (sealed->place.log == voice->log && sealed->place.seq <= voice->to &&
            dossier_place_arrived(dossier, &sealed->place) && !is_void(dossier, voice, &sealed->place) &&
            code_matches(sealed->code, voice->pattern)) {
            add_pattern(codes, sealed->code);
            given_back[i] = true;
            any = true;
        }
    }
    return any;
}

/* What is known of one whose voice is lacking: at best that it is not whole, and of one that is that it
 * erased what it may give back. */
static struct freshness freshness_of_voice(const struct lacking_question *asked, const struct voice *voice,
                                           const struct dossier_log *log, bool owner, bool whole)
{
    struct freshness found = {.answer = {ANSWER_UNKNOWN, REASON_NO_CHECKPOINT},
                              .age_s = UINT64_MAX,
                              .author = voice->author,
                              .log = voice->log,
                              .role = owner ? EVIDENCE_OWNER : EVIDENCE_ISSUER};
    if (log != NULL && log->known) {
        found.answer = freshness_of(&found.age_s, log, asked->question,
                                    freshness_budget_s(asked->question, asked->trust, log, EVIDENCE_ISSUER));
    }
    if (whole) {
        found.answer = (struct axis_answer){ANSWER_UNKNOWN, REASON_ERASED};
    } else if (found.answer.answer == ANSWER_YES) {
        enum reason unread = is_unread(log, voice->to) ? REASON_UPGRADE : REASON_INCOMPLETE;
        enum reason content = voice->missing ? REASON_CUT_NOT_HELD : unread;
        found.answer = (struct axis_answer){ANSWER_UNKNOWN, log->left_out ? REASON_LIMIT : content};
    }
    return found;
}

static void add_lacking(struct lacking *out, bool *given_back, const struct lacking_question *asked,
                        const struct voice *voice, bool owner)
{
    const struct dossier_log *log = voice->log < SIZE_MAX ? &asked->dossier->logs[voice->log] : NULL;
    size_t what = lacks_for(asked, voice, log);
    bool whole = what == LACKING_FOR_COUNT;
    if (!add_sealed(&out->codes[LACKING_ERASED], given_back, asked->dossier, voice) && whole) {
        return;
    }
    if (!whole) {
        add_pattern(&out->codes[what], voice->pattern);
    }
    struct freshness found = freshness_of_voice(asked, voice, log, owner, whole);
    if (out->worst_of.size == 0 || freshness_is_worse(&found, &out->worst)) {
        out->worst = found;
        out->worst_of = voice->pattern;
    }
}

/* Whether an owner may have stated rules that are not here, or was never heard of. How old what is known of
 * its rules is, is asked where they are used (freshness_of_rules). */
static bool lacks_rules(const struct dossier_log *log)
{
    return is_unheard(log) || log->incomplete || is_unread(log, UINT64_MAX) || lacks_anywhere(log);
}

/* Returns: false when the arena is full. */
static bool list_lacking(struct lacking *out, bool *given_back, const struct lacking_question *asked,
                         struct bytes all_codes, struct arena *arena)
{
    struct voices voices = {.asked = asked, .arena = arena};
    add_owners(&voices, code_namespace(all_codes), all_codes);
    add_delegates(&voices);
    out->codes[LACKING_AT_ALL].all = out->rules = voices.left_out;
    out->worst.answer = (struct axis_answer){ANSWER_UNKNOWN, REASON_LIMIT};
    for (size_t i = 0; i < voices.count; i++) {
        add_lacking(out, given_back, asked, &voices.items[i], i < voices.owner_count);
    }
    for (size_t i = 0; i < voices.owner_count && !out->rules; i++) {
        size_t log = voices.items[i].log;
        out->rules =
            voices.items[i].missing || lacks_rules(log < SIZE_MAX ? &asked->dossier->logs[log] : NULL);
    }
    return !voices.full;
}

/* "ase/" and a star. */
static bool pattern_of_all(struct bytes *out, struct bytes name_space, struct arena *arena)
{
    uint8_t *text = arena_take(arena, name_space.size + 2);
    if (text == NULL) {
        return false;
    }
    memcpy(text, name_space.data, name_space.size);
    text[name_space.size] = '/';
    text[name_space.size + 1] = '*';
    *out = bytes_of(text, name_space.size + 2);
    return true;
}

static bool names_any(const struct lacking *lacking)
{
    bool any = false;
    for (size_t i = 0; i < LACKING_FOR_COUNT; i++) {
        any = any || lacking->codes[i].all || lacking->codes[i].count > 0;
    }
    return any;
}

bool lacking_of(const struct lacking **out, const struct lacking_question *asked,
                const struct trust_owner *owner, struct arena *arena)
{
    struct bytes all_codes;
    struct lacking *lacking = arena_take(arena, sizeof *lacking);
    bool *given_back = arena_take(arena, asked->dossier->sealed_count * sizeof *given_back);
    if (lacking == NULL || given_back == NULL ||
        !pattern_of_all(&all_codes, bytes_of_string(owner->name_space), arena)) {
        return false;
    }
    memset(lacking, 0, sizeof *lacking);
    lacking->given_back = given_back;
    size_t mark = arena_mark(arena);
    if (!list_lacking(lacking, given_back, asked, all_codes, arena)) {
        return false;
    }
    arena_rewind(arena, mark);
    *out = names_any(lacking) ? lacking : NULL;
    return true;
}

bool lacking_has_denials(const struct dossier *dossier)
{
    bool has = dossier->cuts.silent;
    for (size_t i = 0; i < dossier->log_count && !has; i++) {
        has = dossier->logs[i].for_denials;
    }
    return has;
}

struct dossier_reach lacking_reach(const struct question *question)
{
    struct dossier_reach reach = {
        .known_by_s = question->known_by_s, .now_s = question->now_s, .requirement = question->requirement};
    uint64_t by_s = question->known_by_s < question->now_s ? question->known_by_s : question->now_s;
    uint64_t budget_s = question->budget.issuer_s < question->budget.shop_s ? question->budget.issuer_s
                                                                            : question->budget.shop_s;
    if (!question->known_alone) {
        reach.heard_since_s = by_s > budget_s ? by_s - budget_s : 1;
        reach.heard_by_s = by_s < UINT64_MAX - CHECKPOINT_AHEAD_S ? by_s + CHECKPOINT_AHEAD_S : UINT64_MAX;
    }
    return reach;
}

static bool meets(const struct lacking_codes *codes, struct bytes pattern)
{
    struct bytes common;
    for (size_t i = 0; i < codes->count && !codes->all; i++) {
        if (code_patterns_meet(codes->patterns[i], pattern, &common)) {
            return true;
        }
    }
    return codes->all;
}

bool lacking_meets(const struct lacking *lacking, struct bytes pattern, enum lacking_for what)
{
    bool any = false;
    for (size_t i = 0; i <= (size_t)what && !any; i++) {
        any = meets(&lacking->codes[i], pattern);
    }
    return any;
}
