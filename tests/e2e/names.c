/* Of the daemon at_names, which is tradeproofd with another name server: the file $NAMES, "NAME ADDRESS" a
 * line. */

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);

int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found)
{
    char name[64], number[64];
    const char *path = getenv("NAMES");
    FILE *file = path != NULL ? fopen(path, "r") : NULL;
    int result = EAI_NONAME;

    while (file != NULL && result != 0 && fscanf(file, "%63s %63s", name, number) == 2) {
        if (strcmp(name, host) == 0) {
            result = __real_getaddrinfo(number, service, hints, found);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return result;
}
