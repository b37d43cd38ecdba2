/* Prints protocol/wire/WIRE.md, see there. */

#include "tests/support/wire_page.h"

int main(void)
{
    wire_page_write(stdout);
    return ferror(stdout) ? 1 : 0;
}
