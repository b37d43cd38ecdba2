#include "tests/support/network_case.h"

#include <assert.h>

void network_case_begin(struct network_case *begun)
{
    struct dossier_builder *built = &begun->built;
    dossier_builder_init(built, NETWORK_ACTORS);
    build_owner(built, "ford", NETWORK_FORD);
    struct dossier_pack *pack = build_pack(built, NETWORK_FORD, 1, "ford", 1, 0);
    build_pack_code(built, pack, "fact-brakes", 60);
    build_pack_code(built, pack, "network-shop", 0);
    begun->certificate =
        build_credential(built, NETWORK_FORD, 10, "ford/fact-brakes", NETWORK_FIRST, NETWORK_LAST);
    begun->certificate->attestation.has_network = true;
    begun->certificate->attestation.network_code = bytes_of_string("ford/network-shop");
    begun->question = (struct question){
        .network = &built->network,
        .at_day = NETWORK_JOINED,
        .now_s = BUILT_TIME_S + 40,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
}

void network_case_member(struct network_case *said)
{
    build_membership(&said->built, NETWORK_FORD, 20, NETWORK_SHOP, "ford/network-shop", 0, DAY_NONE);
}

void network_case_joined(struct network_case *said)
{
    network_case_member(said);
    build_joined(&said->built, NETWORK_SHOP, 10, NETWORK_SUBJECT, NETWORK_JOINED);
}

void network_case_left(struct network_case *said)
{
    network_case_joined(said);
    build_left(&said->built, NETWORK_SHOP, 20, &said->built.affiliations[0], NETWORK_LEFT);
}

void network_case_returned(struct network_case *said)
{
    network_case_left(said);
    build_joined(&said->built, NETWORK_SHOP, 30, NETWORK_SUBJECT, NETWORK_RETURNED);
}

const struct credential_verdict *network_case_decide(struct network_case *decided, uint32_t day)
{
    struct arena arena;
    arena_init(&arena, decided->memory, sizeof decided->memory);
    decided->question.at_day = day;
    bool fits = credentials_decide(&decided->found, &decided->built.dossier, &decided->built.trust,
                                   &decided->question, &arena);
    assert(fits);
    return &decided->found.verdicts[0];
}
