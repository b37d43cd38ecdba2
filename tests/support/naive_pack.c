#include <string.h>

#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

bool naive_matches(struct bytes pattern, struct bytes code)
{
    if (pattern.size > 0 && pattern.data[pattern.size - 1] == '*') {
        size_t stem = pattern.size - 1;
        return code.size >= stem && memcmp(code.data, pattern.data, stem) == 0;
    }
    return bytes_equal(pattern, code);
}

static const struct actor_id *owner_of(const struct naive_career *career, struct bytes name_space)
{
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        if (bytes_equal_string(name_space, career->trust->owners[i].name_space)) {
            return &career->trust->owners[i].actor;
        }
    }
    return NULL;
}

bool naive_pack_speaks(const struct naive_career *career, const struct dossier_pack *pack)
{
    const struct dossier_log *log = &career->dossier->logs[pack->place.log];
    const struct actor_id *owner = owner_of(career, pack->pack.name_space);
    bool is_void = naive_is_void(career, &pack->place) && !naive_log_disputes(log, pack->place.void_seq);
    return owner != NULL && actor_id_equal(owner, &log->author) && naive_log_reaches(log, pack->place.seq) &&
           !is_void;
}

static bool was_said_later(const struct dossier_place *a, const struct dossier_place *b)
{
    return a->seq != b->seq ? a->seq > b->seq : a->index > b->index;
}

static bool goes_before(const struct dossier_pack *a, const struct dossier_pack *b)
{
    if (a->pack.version != b->pack.version) {
        return a->pack.version > b->pack.version;
    }
    return was_said_later(&a->place, &b->place);
}

enum { LATE_DAYS = 90 };

/* Its author is known to have stood below it more than 90 days after, and so long it had not come here. */
static bool is_late(const struct naive_pack *pack, uint32_t day)
{
    const struct dossier_place *place = &pack->pack->place;
    return place->below_s != 0 && day_of_time(place->below_s) > day + LATE_DAYS &&
           day_of_time(place->arrived_s) > day + LATE_DAYS;
}

bool naive_lateness_changes(const struct naive_career *career, uint32_t day)
{
    bool any = false;
    for (size_t i = 0; i < career->pack_count; i++) {
        any = any || is_late(&career->packs[i], day) != is_late(&career->packs[i], day - 1);
    }
    return any;
}

bool naive_knows(const struct naive_pack *pack, struct bytes code)
{
    struct bytes name_space = pack->pack->pack.name_space;
    const struct pack_code *codes = pack->pack->pack.codes.items;
    for (size_t i = 0; i < pack->pack->pack.codes.count; i++) {
        if (code.size == name_space.size + 1 + codes[i].code.size &&
            bytes_equal(bytes_of(code.data + name_space.size + 1, codes[i].code.size), codes[i].code)) {
            return true;
        }
    }
    return false;
}

/* Those in force on day, oldest first. */
static size_t list_in_force(const struct naive_career *career, struct bytes name_space, uint32_t day,
                            const struct naive_pack *out[NAIVE_PACKS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < career->pack_count; i++) {
        const struct naive_pack *pack = &career->packs[i];
        if (!pack->speaks || pack->pack->pack.in_force_from > day ||
            !bytes_equal(pack->pack->pack.name_space, name_space)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && goes_before(out[at - 1]->pack, pack->pack); at--) {
            out[at] = out[at - 1];
        }
        out[at] = pack;
    }
    return count;
}

size_t naive_voices(const struct naive_career *career, struct bytes name_space, struct bytes code,
                    uint32_t day, const struct naive_pack *out[NAIVE_PACKS_MAX])
{
    const struct naive_pack *in_force[NAIVE_PACKS_MAX];
    size_t in_force_count = list_in_force(career, name_space, day, in_force);
    size_t count = 0;
    for (size_t i = 0; i < in_force_count; i++) {
        bool speaks_instead =
            !is_late(in_force[i], day) || count == 0 ||
            (count == 1 && code.size > 0 && !naive_knows(out[0], code) && naive_knows(in_force[i], code));
        count = speaks_instead ? 0 : count;
        if (speaks_instead || code.size == 0 || naive_knows(in_force[i], code)) {
            out[count++] = in_force[i];
        }
    }
    return count;
}

const struct naive_pack *naive_pack_on(const struct naive_career *career, struct bytes name_space,
                                       uint32_t day)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    return naive_voices(career, name_space, bytes_of(NULL, 0), day, voices) == 0 ? NULL : voices[0];
}

bool naive_pack_is_disputed(const struct naive_career *career, const struct naive_pack *pack)
{
    const struct dossier_place *place = &pack->pack->place;
    return naive_log_disputes(&career->dossier->logs[place->log], place->seq) || naive_is_void(career, place);
}

static struct bytes local_of(struct bytes code)
{
    size_t before = code_namespace(code).size + 1;
    return bytes_of(code.data + before, code.size - before);
}

const struct naive_rule *naive_rule_for(const struct naive_pack *pack, enum pack_rule_kind kind,
                                        struct bytes code)
{
    struct bytes local = local_of(code);
    const struct naive_rule *best = NULL;
    for (size_t i = 0; i < pack->rule_count; i++) {
        const struct naive_rule *rule = &pack->rules[i];
        if (rule->kind != kind || !naive_matches(rule->name, local)) {
            continue;
        }
        if (bytes_equal(rule->name, local)) {
            return rule;
        }
        if (best == NULL || rule->name.size > best->name.size) {
            best = rule;
        }
    }
    return best;
}

const struct naive_rule *naive_title_rule(const struct naive_pack *pack, struct bytes name)
{
    for (size_t i = 0; i < pack->rule_count; i++) {
        if (pack->rules[i].kind == PACK_RULE_TITLE && bytes_equal(pack->rules[i].name, name)) {
            return &pack->rules[i];
        }
    }
    return NULL;
}
