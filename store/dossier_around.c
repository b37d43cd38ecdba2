#include "store/gather.h"

enum store_error store_dossier_around(struct store_txn *txn, const struct network *network,
                                      const struct trust *trust, const struct dossier_credential *credentials,
                                      const struct actor_id *authors, size_t count, uint64_t known_by_s,
                                      struct dossier *out, struct arena *arena)
{
    struct gather gather = {
        .txn = txn, .network = network, .trust = trust, .known_by_s = known_by_s, .out = out, .arena = arena};
    enum store_error error = STORE_OK;

    *out = (struct dossier){0};
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        out->credentials = gather_grow(arena, out->credentials, out->credential_count,
                                       &gather.credential_capacity, sizeof *out->credentials);
        if (!out->credentials)
            return STORE_NO_MEMORY;
        out->credentials[out->credential_count] = credentials[i];
        error = gather_log(&gather, &authors[i], &out->credentials[out->credential_count].place.log);
        if (error == STORE_OK)
            out->credential_count++;
        else if (error == STORE_NOT_FOUND)
            error = STORE_OK;
    }
    if (error == STORE_OK)
        error = gather_issuers(&gather);
    if (error == STORE_OK)
        error = gather_namespaces(&gather);
    return error == STORE_OK ? gather_finish(&gather) : error;
}
