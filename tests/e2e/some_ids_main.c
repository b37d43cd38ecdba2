/* Prints ids of actors that nobody is, one a line.
 *
 *   some_ids COUNT */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/base/ids.h"

int main(int argc, char **argv)
{
    const unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    struct network network;

    if (count == 0 || sodium_init() < 0 || !network_init(&network, "test")) {
        (void)fprintf(stderr, "usage: some_ids COUNT\n");
        return 1;
    }
    for (unsigned long i = 0; i < count; i++) {
        char text[ID_TEXT_MAX + 1];
        struct hash id;

        randombytes_buf(id.bytes, sizeof id.bytes);
        id_to_text(text, ID_ACTOR, &network, &id);
        puts(text);
    }
    return 0;
}
