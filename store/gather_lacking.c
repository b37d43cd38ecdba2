#include "store/chains.h"
#include "store/erased.h"
#include "store/gather.h"

/* Whoever is authorised and said what is not here may have said it about the subject: its log is gathered
 * too, though nothing that is here of it is. */

enum { LACKING_MAX = 1024 }; /* authors with gaps that are looked at */

/* Strangers say nothing that counts. */
static enum store_error add_author(struct gather *gather, uint32_t number)
{
    struct actor_id author;
    enum chain chain;
    size_t log;
    enum store_error error = author_name(gather->txn, number, &author);

    if (error == STORE_OK) {
        error = chain_find(gather->txn, gather->trust, &author, &chain);
    }
    if (error != STORE_OK || chain == CHAIN_NONE) {
        return error == STORE_NOT_FOUND ? txn_fail(gather->txn, STORE_DAMAGED) : error;
    }
    error = gather_log_of_number(gather, number, &log);
    return error == STORE_OK ? gather_ask(gather, log) : error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error gather_lacking(struct gather *gather)
{
    uint32_t number = 0;
    enum store_error error = gaps_next_author(gather->txn, 0, &number);

    for (size_t count = 0; error == STORE_OK; count++) {
        if (count == LACKING_MAX) {
            gather->out->cuts.credentials = true;
            return STORE_OK;
        }
        error = add_author(gather, number);
        if (error == STORE_OK) {
            error = gaps_next_author(gather->txn, number + 1, &number);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
