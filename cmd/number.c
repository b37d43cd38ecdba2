#include "cmd/number.h"

bool number_read(uint64_t *number, const char *text, const char **end, uint64_t max)
{
    uint64_t value = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');

        if (value > (max - digit) / 10 || digit > max) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (at == text) {
        return false;
    }
    *number = value;
    *end = at;
    return true;
}
