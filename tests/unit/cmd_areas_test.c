#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/areas.h"

enum { ARENA_SIZE = 64 * 1024, JOINED_SIZE = 256 };

static const struct area_row {
    const char *sentence;
    const char *text;
    enum areas_fault fault;
    const char *expected; /* the areas with '|' in between; or the one at fault */
} area_rows[] = {
    {"one", "brakes", AREAS_FINE, "brakes"},
    {"two are sorted", "electrical,brakes", AREAS_FINE, "brakes|electrical"},
    {"spaces around them do not count", " brakes ,  air-conditioning ", AREAS_FINE,
     "air-conditioning|brakes"},
    {"a space within one does", "body repair", AREAS_FINE, "body repair"},
    {"of 32 letters", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", AREAS_FINE, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"of 33", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", AREAS_BAD_NAME, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"nothing", "", AREAS_BAD_NAME, ""},
    {"a comma at the end", "brakes,", AREAS_BAD_NAME, ""},
    {"what cannot be shown", "brakes,a\tb", AREAS_BAD_NAME, "a\tb"},
    {"the same twice", "brakes,electrical,brakes", AREAS_TWICE, "brakes"},
    {"32 of them", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,0,1,2,3,4,5", AREAS_FINE,
     "0|1|2|3|4|5|a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z"},
    {"33 of them", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,0,1,2,3,4,5,6", AREAS_TOO_MANY, ""},
};

static void join(char out[JOINED_SIZE], const struct list *areas)
{
    const struct bytes *items = areas->items;
    size_t at = 0;
    for (size_t i = 0; i < areas->count; i++) {
        if (i > 0) {
            out[at++] = '|';
        }
        memcpy(out + at, items[i].data, items[i].size);
        at += items[i].size;
    }
    out[at] = '\0';
}

static void lists_are_read(void **state)
{
    (void)state;
    static uint8_t memory[ARENA_SIZE];
    for (size_t i = 0; i < sizeof(area_rows) / sizeof(area_rows[0]); i++) {
        const struct area_row *row = &area_rows[i];
        char joined[JOINED_SIZE];
        struct arena arena;
        struct list areas;
        struct bytes at;
        arena_init(&arena, memory, sizeof(memory));
        enum areas_fault fault = areas_from_text(&areas, &at, bytes_of_string(row->text), &arena);
        if (fault != row->fault) {
            fail_msg("%s: %s", row->sentence, areas_fault_words(fault));
        }
        if (fault == AREAS_FINE) {
            join(joined, &areas);
            assert_string_equal(joined, row->expected);
        } else {
            assert_true(bytes_equal_string(at, row->expected));
        }
    }
}

static void no_areas_are_too_few(void **state)
{
    (void)state;
    struct bytes at;
    assert_int_equal(areas_settle(NULL, 0, &at), AREAS_NONE);
    assert_int_equal(at.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(no_areas_are_too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
