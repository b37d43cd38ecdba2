#include "cmd/shop_json.h"

#include <stdio.h>

#include "cmd/areas.h"
#include "protocol/base/text.h"

static bool read_state(const struct json_input *input, json_t *object, struct bytes *out)
{
    return json_input_text(input, object, "state", NAME_SIZE_MAX, out) &&
           (text_is_state(*out) ||
            json_input_fail(input, "state", "is not a state's two capitals, as \"TX\""));
}

static bool settle_areas(const struct json_input *input, struct bytes *areas, size_t count)
{
    struct bytes at;
    enum areas_fault fault = areas_settle(areas, count, &at);
    if (fault == AREAS_FINE) {
        return true;
    }
    if (fault == AREAS_TWICE) {
        return json_input_fail(input, "areas", "has \"%.*s\" twice", (int)at.size, (const char *)at.data);
    }
    return json_input_fail(input, "areas", "%s", areas_fault_words(fault));
}

static bool read_areas(const struct json_input *input, json_t *object, struct list *out)
{
    json_t *array;
    char name[32];
    if (!json_input_array(input, object, "areas", AREAS_MAX, &array)) {
        return false;
    }
    size_t count = json_array_size(array);
    struct bytes *areas = arena_take(input->arena, count * sizeof(*areas));
    if (areas == NULL) {
        return json_input_fail(input, "areas", "does not fit in memory");
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "areas[%zu]", i);
        if (!json_input_text_value(input, json_array_get(array, i), name, AREA_SIZE_MAX, &areas[i])) {
            return false;
        }
    }
    *out = (struct list){.items = areas, .count = count};
    return settle_areas(input, areas, count);
}

static bool read_shop(const struct json_input *input, json_t *object, struct shop *shop)
{
    static const char *const names[] = {"name", "place", "state", "areas", "technicians", "from", NULL};
    bool has_from;
    return json_input_members(input, object, names) &&
           json_input_text(input, object, "name", NAME_SIZE_MAX, &shop->name) &&
           json_input_text(input, object, "place", NAME_SIZE_MAX, &shop->place) &&
           read_state(input, object, &shop->state) && read_areas(input, object, &shop->areas) &&
           json_input_number(input, object, "technicians", 0, TECHNICIANS_MAX, &shop->technicians) &&
           json_input_optional_day(input, object, "from", &has_from, &shop->from);
}

bool shop_json_parse(struct shop *shop, struct json_input_error *error, struct bytes text, uint32_t today,
                     struct arena *arena)
{
    const struct json_input input = {.error = error, .arena = arena};
    *shop = (struct shop){.from = today};
    json_t *object = json_input_parse(&input, text, SHOP_JSON_SIZE_MAX);
    if (object == NULL) {
        return false;
    }
    bool is_good = read_shop(&input, object, shop);
    json_decref(object);
    return is_good;
}
