#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "node/watch_file.h"
#include "protocol/base/text.h"

/* Put the first one in again under another name, and drop it: the others stay. */
static void edit(const struct watch_list *list, const struct network *network, struct bytes text)
{
    static char out[WATCH_FILE_SIZE_MAX];
    static struct watch_list again;
    size_t line, size;
    if (list->count == 0) {
        return;
    }
    if (watch_file_put(out, &size, network, text, list, &list->items[0].subject, "x") &&
        (watch_file_parse(&again, &line, network, bytes_of(out, size)) != WATCH_FILE_OK ||
         again.count != list->count || strcmp(again.items[0].name, "x") != 0)) {
        abort();
    }
    watch_file_drop(out, &size, text, &list->items[0]);
    if (watch_file_parse(&again, &line, network, bytes_of(out, size)) != WATCH_FILE_OK ||
        again.count != list->count - 1) {
        abort();
    }
}

/* What is taken can be shown and edited; what is refused is refused at a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct watch_list list;
    struct bytes text = bytes_of(data, size);
    struct network network;
    size_t line;
    if (!network_init(&network, "test")) {
        abort();
    }
    enum watch_file_result result = watch_file_parse(&list, &line, &network, text);
    if (result != WATCH_FILE_OK) {
        if (list.count != 0 || (line == 0) != (result == WATCH_FILE_TOO_LARGE)) {
            abort();
        }
        return 0;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].at + list.items[i].size > size ||
            !text_is_clean(bytes_of_string(list.items[i].name))) {
            abort();
        }
    }
    edit(&list, &network, text);
    return 0;
}
