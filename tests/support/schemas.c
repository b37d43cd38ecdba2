#include "tests/support/schemas.h"

#include <assert.h>

static bool set_has(const struct schema_set *set, const struct schema *schema)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->schemas[i] == schema) {
            return true;
        }
    }
    return false;
}

static void set_add(struct schema_set *set, const struct schema *schema)
{
    if (set_has(set, schema)) {
        return;
    }
    assert(set->count < SCHEMA_SET_MAX);
    set->schemas[set->count++] = schema;
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].nested) {
            set_add(set, schema->fields[i].nested);
        }
    }
}

struct schema_set schemas_all(void)
{
    struct schema_set set = {0};

    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        set_add(&set, schemas[i]);
    }
    return set;
}
