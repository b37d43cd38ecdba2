#include "tests/support/shipped_pack.h"

#include <assert.h>
#include <stdio.h>

#include "cmd/rules_json.h"

void shipped_pack_of_text(struct rule_pack *out, const char *json, struct arena *arena)
{
    struct json_input_error error;
    bool parsed = rules_json_parse(out, &error, bytes_of_string(json), arena);
    if (!parsed) {
        fprintf(stderr, "%s %s\n", error.where, error.what);
    }
    assert(parsed);
}

void shipped_pack(struct rule_pack *out, const char *file, struct arena *arena)
{
    static char text[RULES_JSON_SIZE_MAX + 1];
    char path[512];
    snprintf(path, sizeof path, SOURCE_ROOT "/cmd/rules/%s", file);
    FILE *in = fopen(path, "r");
    assert(in != NULL);
    size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = '\0';
    shipped_pack_of_text(out, text, arena);
}
