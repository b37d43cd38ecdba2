#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "node/watch_seen.h"

static void check_again(const struct watch_seen *seen, const struct network *network)
{
    struct watch_seen again;
    size_t size, other_size, line;
    char *text = watch_seen_print(&size, seen, network);
    if (text == NULL || !watch_seen_init(&again) ||
        watch_seen_parse(&again, &line, network, bytes_of(text, size)) != WATCH_SEEN_OK) {
        abort();
    }
    char *other = watch_seen_print(&other_size, &again, network);
    if (other == NULL || other_size != size || memcmp(text, other, size) != 0) {
        abort();
    }
    free(other);
    free(text);
    watch_seen_deinit(&again);
}

/* What is taken is written and read again as the same; of what is refused nothing is kept. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct watch_seen seen;
    struct network network;
    size_t line;
    if (!network_init(&network, "test") || !watch_seen_init(&seen)) {
        abort();
    }
    if (watch_seen_parse(&seen, &line, &network, bytes_of(data, size)) == WATCH_SEEN_OK) {
        check_again(&seen, &network);
    } else if (seen.count != 0 || seen.news_count != 0) {
        abort();
    }
    watch_seen_deinit(&seen);
    return 0;
}
