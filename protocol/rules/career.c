#include "protocol/rules/career_state.h"

#include <string.h>

#include "protocol/base/text.h"

/* The first bytes of a code, most significant first, so that keys order as the codes do. */
static uint64_t key_of(struct bytes code)
{
    uint64_t key = 0;
    size_t size = code.size < sizeof key ? code.size : sizeof key;
    for (size_t i = 0; i < size; i++) {
        key = key << 8 | code.data[i];
    }
    return size == 0 ? 0 : key << 8 * (sizeof key - size);
}

static int compare_codes(uint64_t a_key, struct bytes a, uint64_t b_key, struct bytes b)
{
    if (a_key != b_key) {
        return a_key < b_key ? -1 : 1;
    }
    return a.size <= sizeof a_key && b.size <= sizeof b_key ? 0 : bytes_compare(a, b);
}

static bool is_of_subject(const struct dossier_credential *credential)
{
    return credential->about != ABOUT_SHOP && !credential->place.erased;
}

/* Whether what is in order before credential at `ahead` stays before credential at `at`. */
static bool stays_ahead(const struct career *career, size_t ahead, size_t at)
{
    const struct attestation *a = &career->dossier->credentials[ahead].attestation;
    const struct attestation *b = &career->dossier->credentials[at].attestation;
    int order = compare_codes(career->keys[ahead], a->code, career->keys[at], b->code);
    return order != 0 ? order < 0 : a->earned_on <= b->earned_on;
}

/* Insertion by bisection: of these few, whose order is one of small numbers, it is the quickest way. */
static void put_in_order(struct career *career, size_t at)
{
    size_t low = 0;
    size_t high = career->order_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stays_ahead(career, career->order[middle], at)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    memmove(&career->order[low + 1], &career->order[low],
            (career->order_count - low) * sizeof career->order[0]);
    career->order[low] = (uint32_t)at;
    career->order_count++;
}

static bool order_credentials(struct career *career)
{
    const struct dossier *dossier = career->dossier;
    career->keys = arena_take(career->arena, dossier->credential_count * sizeof career->keys[0]);
    career->order = arena_take(career->arena, dossier->credential_count * sizeof career->order[0]);
    career->settled = arena_take(career->arena, dossier->credential_count * sizeof career->settled[0]);
    if (career->keys == NULL || career->order == NULL || career->settled == NULL) {
        return false;
    }
    for (size_t i = 0; i < dossier->credential_count; i++) {
        if (is_of_subject(&dossier->credentials[i])) {
            career->keys[i] = key_of(dossier->credentials[i].attestation.code);
            put_in_order(career, i);
        }
    }
    return true;
}

static bool begins_code(const struct career *career, size_t at)
{
    const struct dossier_credential *credentials = career->dossier->credentials;
    if (at == 0) {
        return true;
    }
    uint32_t before = career->order[at - 1];
    uint32_t here = career->order[at];
    return compare_codes(career->keys[before], credentials[before].attestation.code, career->keys[here],
                         credentials[here].attestation.code) != 0;
}

/* Codes of one namespace follow each other. */
static struct career_space *space_of_next(struct career *career, struct bytes code)
{
    struct bytes name_space = code_namespace(code);
    if (career->code_count > 0) {
        const struct career_code *before = &career->codes[career->code_count - 1];
        if (before->space != NULL && bytes_equal(before->space->name, name_space)) {
            return before->space;
        }
    }
    return career_space(career, name_space);
}

static bool list_codes(struct career *career)
{
    size_t count = 0;
    for (size_t i = 0; i < career->order_count; i++) {
        count += begins_code(career, i) ? 1 : 0;
    }
    career->codes = arena_take(career->arena, count * sizeof career->codes[0]);
    career->code_keys = arena_take(career->arena, count * sizeof career->code_keys[0]);
    if (career->codes == NULL || career->code_keys == NULL) {
        return false;
    }
    for (size_t i = 0; i < career->order_count; i++) {
        size_t credential = career->order[i];
        struct bytes code = career->dossier->credentials[credential].attestation.code;
        if (begins_code(career, i)) {
            struct career_space *space = space_of_next(career, code);
            career->code_keys[career->code_count] = career->keys[credential];
            career->codes[career->code_count++] =
                (struct career_code){.code = code, .first = i, .space = space};
        }
        career->codes[career->code_count - 1].count++;
    }
    return true;
}

static bool list_spaces(struct career *career)
{
    const struct trust *trust = career->trust;
    const struct lacking_question asked = {
        .dossier = career->dossier, .trust = trust, .question = career->question, .denied = career->denied};
    career->spaces = arena_take(career->arena, trust->owner_count * sizeof career->spaces[0]);
    if (career->spaces == NULL) {
        return false;
    }
    bool nothing = lacking_nothing(&asked);
    for (size_t i = 0; i < trust->owner_count; i++) {
        career->spaces[i].name = bytes_of_string(trust->owners[i].name_space);
        career->spaces[i].share = CAREER_SPACE_SIZE_MAX;
        if (!nothing && !lacking_of(&career->spaces[i].lacking, &asked, &trust->owners[i], career->arena)) {
            return false;
        }
    }
    return true;
}

/* Whether the dossier is about a shop: it has said what it does, or was reviewed, or technicians joined it.
 */
static bool is_of_shop(const struct dossier *dossier)
{
    if (dossier->profile_count > 0 || dossier->review_count > 0) {
        return true;
    }
    if (dossier->affiliation_count == 0 || !dossier->affiliations[0].affiliation.has_consent) {
        return false;
    }
    struct subject shop = subject_of_actor(&dossier->affiliations[0].affiliation.consent.shop);
    return subject_equal(&shop, &dossier->subject);
}

static struct career *begin(const struct dossier *dossier, const struct trust *trust,
                            const struct question *question, struct credentials *credentials, bool denied,
                            struct arena *arena)
{
    struct career *career = arena_take(arena, sizeof *career);
    if (career == NULL) {
        return NULL;
    }
    career->dossier = dossier;
    career->trust = trust;
    career->question = question;
    career->credentials = credentials;
    career->denied = denied;
    career->arena = arena;
    career->capacity = arena->capacity;
    career->is_of_shop = is_of_shop(dossier);
    return list_spaces(career) && order_credentials(career) && list_codes(career) &&
                   career_list_replacements(career)
               ? career
               : NULL;
}

/* Whether anything may be lacking where it is denied: else both careers are the same. */
static bool may_differ(const struct career *other)
{
    bool differs = other->dossier->cuts.silent;
    for (size_t i = 0; i < other->trust->owner_count && !differs; i++) {
        differs = other->spaces[i].lacking != NULL;
    }
    return differs;
}

/* Let a career have verdicts of its own. */
static bool part_from(struct career *career, struct credentials *joined)
{
    career->joined = joined;
    career->credentials = &career->own;
    if (career->denied) {
        return credentials_decide_denied(&career->own, career->dossier, career->trust, career->question,
                                         career->arena);
    }
    career->own = *joined;
    career->own.verdicts = arena_take(career->arena, joined->count * sizeof joined->verdicts[0]);
    if (career->own.verdicts == NULL) {
        return false;
    }
    if (joined->count > 0) {
        memcpy(career->own.verdicts, joined->verdicts, joined->count * sizeof joined->verdicts[0]);
    }
    return true;
}

struct career *career_begin(const struct dossier *dossier, const struct trust *trust,
                            const struct question *question, struct credentials *credentials,
                            struct arena *arena)
{
    struct career *career = begin(dossier, trust, question, credentials, false, arena);
    if (career == NULL || !lacking_has_denials(dossier)) {
        return career;
    }
    struct career *other = begin(dossier, trust, question, credentials, true, arena);
    if (other == NULL) {
        return NULL;
    }
    if (!may_differ(other)) {
        return career;
    }
    career->other = other;
    career->froms = other->froms = arena_take(arena, credentials->count * sizeof career->froms[0]);
    if (career->froms == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < credentials->count; i++) {
        career->froms[i].known = false;
    }
    return part_from(career, credentials) && part_from(other, credentials) ? career : NULL;
}

static bool is_stem(struct bytes pattern)
{
    return pattern.size > 0 && pattern.data[pattern.size - 1] == '*';
}

static bool begins_with(struct bytes code, struct bytes stem)
{
    return code.size >= stem.size && memcmp(code.data, stem.data, stem.size) == 0;
}

/* The first code whose key is not below key. By halves and without branches on what was found: this is where
 * most of the time would go. */
static size_t first_by_key(const struct career *career, uint64_t key)
{
    size_t low = 0;
    for (size_t left = career->code_count; left > 0;) {
        size_t half = (left + 1) / 2;
        low += career->code_keys[low + half - 1] < key ? half : 0;
        left -= half;
    }
    return low;
}

static struct career_code *find_code(struct career *career, struct bytes code, size_t *count)
{
    uint64_t key = key_of(code);
    size_t at = first_by_key(career, key);
    int order = -1;
    while (at < career->code_count && career->code_keys[at] == key) {
        order = compare_codes(key, career->codes[at].code, key, code);
        if (order >= 0) {
            break;
        }
        at++;
    }
    *count = order == 0 ? 1 : 0;
    return &career->codes[at];
}

static struct career_code *find_codes(struct career *career, struct bytes stem, size_t *count)
{
    size_t at = first_by_key(career, key_of(stem));
    while (at < career->code_count && bytes_compare(career->codes[at].code, stem) < 0) {
        at++;
    }
    *count = 0;
    while (at + *count < career->code_count && begins_with(career->codes[at + *count].code, stem)) {
        (*count)++;
    }
    return &career->codes[at];
}

struct career_code *career_codes_of(struct career *career, struct bytes pattern, size_t *count)
{
    return is_stem(pattern) ? find_codes(career, bytes_of(pattern.data, pattern.size - 1), count)
                            : find_code(career, pattern, count);
}

const struct dossier_credential *career_credential(const struct career *career,
                                                   const struct career_code *code, size_t rank)
{
    return &career->dossier->credentials[career->order[code->first + rank]];
}

struct credential_verdict *career_verdict(struct career *career, const struct career_code *code, size_t rank)
{
    return &career->credentials->verdicts[career->order[code->first + rank]];
}

struct bytes career_local(const struct career_code *code)
{
    size_t before = code_namespace(code->code).size + 1;
    return bytes_of(code->code.data + before, code->code.size - before);
}
