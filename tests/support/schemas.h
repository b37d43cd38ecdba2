#ifndef TESTS_SUPPORT_SCHEMAS_H
#define TESTS_SUPPORT_SCHEMAS_H

/* Every schema that there is, those that only occur nested included. */

#include "protocol/wire/records.h"

enum { SCHEMA_SET_MAX = 64 };

struct schema_set {
    size_t count;
    const struct schema *schemas[SCHEMA_SET_MAX];
};

/* schemas[] in its order, each followed by the nested ones that are not there yet. */
struct schema_set schemas_all(void);

#endif
