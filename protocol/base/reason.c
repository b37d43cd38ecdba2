#include "protocol/base/reason.h"

const char *reason_word(enum reason reason)
{
    switch (reason) {
#define REASON_AS_CASE(name, number, word)                                                                   \
    case name:                                                                                               \
        return word;
        REASON_LIST(REASON_AS_CASE)
#undef REASON_AS_CASE
    }
    return "unassigned";
}
