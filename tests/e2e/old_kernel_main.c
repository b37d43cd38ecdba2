/* Executes a program as on a kernel that lacks something.
 *
 *   old_kernel seccomp|landlock PROGRAM ARGUMENT... */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/old_kernel.h"

int main(int argc, char **argv)
{
    if (argc < 3) {
        return 2;
    }
    if (strcmp(argv[1], "seccomp") == 0 ? old_kernel_has_no_seccomp() : old_kernel_has_no_landlock()) {
        (void)execv(argv[2], argv + 2);
    }
    perror("old_kernel");
    return 1;
}
