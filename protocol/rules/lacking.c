#include "protocol/rules/lacking.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/owner.h"
#include "protocol/rules/weight.h"

enum { VOICES_MAX = 1024 }; /* beyond that anything may be lacking */

/* Who may speak, of which codes, up to which block of its log. */
struct voice {
    size_t log; /* SIZE_MAX: it was never heard of */
    struct bytes pattern;
    uint64_t to; /* UINT64_MAX: to its end */
};

struct voices {
    const struct dossier *dossier;
    struct arena *arena;
    size_t count, capacity;
    size_t owner_count; /* of them, the first ones */
    struct voice *items;
    bool cut;  /* there are more than VOICES_MAX, or more owners than are looked at */
    bool full; /* the arena is */
};

/* Whether anything may stand in a log wherever that is not here. */
static bool lacks_anywhere(const struct dossier_log *log)
{
    return !log->known || log->switching || log->body_missing || log->branches_cut;
}

static bool leaves_owners_out(const struct dossier *dossier)
{
    bool out = dossier->succession_count >= NAMESPACE_OWNERS_MAX;
    for (size_t i = 0; i < dossier->succession_count && !out; i++) {
        out = dossier->successions[i].left_out;
    }
    return out;
}

static bool any_lacks(const struct dossier *dossier)
{
    if (leaves_owners_out(dossier)) {
        return true;
    }
    for (size_t i = 0; i < dossier->log_count; i++) {
        const struct dossier_log *log = &dossier->logs[i];
        if (log->incomplete || log->left_out || lacks_anywhere(log)) {
            return true;
        }
    }
    return false;
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
    return voice->log == other->log && voice->to >= other->to && code_matches(other->pattern, voice->pattern);
}

static void add_voice(struct voices *voices, const struct voice *voice)
{
    for (size_t i = 0; i < voices->count; i++) {
        if (covers(&voices->items[i], voice)) {
            return;
        }
    }
    if (voices->count == VOICES_MAX) {
        voices->cut = true;
        return;
    }
    if (voices->count < voices->capacity || grow(voices)) {
        voices->items[voices->count++] = *voice;
    }
}

static void add_owners(struct voices *voices, const struct trust *trust, struct bytes name_space,
                       struct bytes all_codes)
{
    struct namespace_owners owners;
    namespace_owners_of(&owners, voices->dossier, trust, name_space);
    for (size_t i = 0; i < owners.count; i++) {
        if (owners.owners[i].doubt != REASON_VOIDED) { /* disowned it need not be heard of */
            add_voice(voices, &(struct voice){.log = log_of(voices->dossier, &owners.owners[i].actor),
                                              .pattern = all_codes,
                                              .to = UINT64_MAX});
        }
    }
    voices->owner_count = voices->count;
    voices->cut = voices->cut || owners.left_out;
}

/* ---- what was taken back ---- */

/* The last block up to which a delegate may be heard in spite of the withdrawal, where that is known. */
static uint64_t withdrawn_to(const struct dossier_withdrawal *found)
{
    const struct list *exceptions = &found->withdrawal.exceptions;
    uint64_t to = found->cut.seq;
    if (found->cut.found != CUT_ON_CHAIN) {
        return UINT64_MAX;
    }
    for (size_t i = 0; i < exceptions->count; i++) {
        uint64_t seq = ((const struct entry_position *)exceptions->items)[i].seq;
        to = seq > to ? seq : to;
    }
    return to;
}

/* Whether a withdrawal takes the accreditation back, beyond doubt. by: its author's voice. */
static bool takes_back(const struct dossier *dossier, const struct voice *by,
                       const struct dossier_withdrawal *found,
                       const struct dossier_accreditation *accreditation)
{
    const struct withdrawal *withdrawal = &found->withdrawal;
    bool named =
        !withdrawal->has_accreditation || (withdrawal->accreditation.seq == accreditation->place.seq &&
                                           withdrawal->accreditation.index == accreditation->place.index);
    return found->place.log == by->log && !found->place.block.side && found->place.seq <= by->to && named &&
           actor_id_equal(&withdrawal->delegate, &accreditation->accreditation.delegate) &&
           dossier_place_arrived(dossier, &found->place) &&
           place_precedes(&accreditation->place, &found->place) &&
           place_weigh(dossier, &found->place, STANCE_AGAINST).weight == WEIGHT_FULL;
}

static bool is_void(const struct dossier *dossier, const struct voice *by, const struct dossier_place *place)
{
    return !place->block.side && place->voided && place->void_seq <= by->to &&
           place_weigh(dossier, place, STANCE_FOR).weight == WEIGHT_NOTHING;
}

/* Up to which block an accreditation lets its delegate be heard. Returns: false where it does not at all. */
static bool hears_to(uint64_t *to, const struct dossier *dossier, const struct voice *by,
                     const struct dossier_accreditation *accreditation)
{
    *to = UINT64_MAX;
    if ((!accreditation->place.block.side && accreditation->place.seq > by->to) ||
        is_void(dossier, by, &accreditation->place)) {
        return false;
    }
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        if (!takes_back(dossier, by, found, accreditation)) {
            continue;
        }
        if (found->withdrawal.has_accreditation) {
            return false;
        }
        uint64_t cut = withdrawn_to(found);
        *to = cut < *to ? cut : *to;
    }
    return true;
}

static void add_delegate(struct voices *voices, const struct voice *by,
                         const struct dossier_accreditation *accreditation)
{
    const struct bytes *patterns = accreditation->accreditation.patterns.items;
    struct voice voice = {.log = log_of(voices->dossier, &accreditation->accreditation.delegate)};
    if (!hears_to(&voice.to, voices->dossier, by, accreditation)) {
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
    const struct dossier *dossier = voices->dossier;
    for (size_t i = 0; i < voices->count && !voices->cut && !voices->full; i++) {
        const struct voice by = voices->items[i];
        for (size_t j = 0; j < dossier->accreditation_count; j++) {
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

static void add_pattern(struct lacking *lacking, struct bytes pattern)
{
    for (size_t i = 0; i < lacking->count; i++) {
        if (code_matches(pattern, lacking->patterns[i])) {
            return;
        }
    }
    if (lacking->count == LACKING_PATTERNS_MAX) {
        lacking->all = true;
        return;
    }
    lacking->patterns[lacking->count++] = pattern;
}

/* Whoever owns it and never was heard of may have said anything. */
static bool is_unheard(const struct dossier *dossier, const struct actor_id *owner)
{
    const struct dossier_log *log = dossier_log_of(dossier, owner);
    return log == NULL || !log->known;
}

/* Returns: false when the arena is full. */
static bool list_lacking(struct lacking *out, const struct dossier *dossier, const struct trust *trust,
                         struct bytes all_codes, struct arena *arena)
{
    struct voices voices = {.dossier = dossier, .arena = arena};
    add_owners(&voices, trust, code_namespace(all_codes), all_codes);
    add_delegates(&voices);
    out->all = voices.cut;
    out->rules = voices.cut;
    for (size_t i = 0; i < voices.count; i++) {
        const struct voice *voice = &voices.items[i];
        const struct dossier_log *log = voice->log < SIZE_MAX ? &dossier->logs[voice->log] : NULL;
        if (log == NULL || lacks(log, voice->to)) {
            add_pattern(out, voice->pattern);
        }
        out->rules =
            out->rules || (i < voices.owner_count && (log == NULL || log->incomplete || lacks_anywhere(log)));
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

bool lacking_of(const struct lacking **out, const struct dossier *dossier, const struct trust *trust,
                const struct trust_owner *owner, struct arena *arena)
{
    bool unheard = is_unheard(dossier, &owner->actor);
    *out = NULL;
    if (!unheard && !any_lacks(dossier)) {
        return true;
    }
    struct bytes all_codes;
    struct lacking *lacking = arena_take(arena, sizeof *lacking);
    if (lacking == NULL || !pattern_of_all(&all_codes, bytes_of_string(owner->name_space), arena)) {
        return false;
    }
    lacking->all = lacking->rules = unheard;
    lacking->count = 0;
    size_t mark = arena_mark(arena);
    if (!unheard && !list_lacking(lacking, dossier, trust, all_codes, arena)) {
        return false;
    }
    arena_rewind(arena, mark);
    *out = lacking->all || lacking->count > 0 ? lacking : NULL;
    return true;
}

bool lacking_meets(const struct lacking *lacking, struct bytes pattern)
{
    struct bytes common;
    for (size_t i = 0; i < lacking->count && !lacking->all; i++) {
        if (code_patterns_meet(lacking->patterns[i], pattern, &common)) {
            return true;
        }
    }
    return lacking->all;
}
