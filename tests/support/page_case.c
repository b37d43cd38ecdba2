#include "tests/support/page_case.h"

#include <assert.h>

static const char *const actor_names[PAGE_ACTORS] = {"ASE", "Ohio Auto College", "Maria Lopez"};

static const char *actor_name(const void *names, const struct hash *id)
{
    const char *const *table = names;
    return table[id->bytes[0] - 1];
}

struct actor_id page_case_actor(int which)
{
    struct actor_id id = {.hash.bytes = {(uint8_t)(which + 1)}};
    return id;
}

uint32_t page_case_day(const char *text)
{
    uint32_t number = 0;
    bool is_day = day_from_text(&number, bytes_of_string(text));
    assert(is_day);
    return number;
}

static void fill_credentials(struct page_case *begun)
{
    for (int i = 0; i < PAGE_CREDENTIALS; i++) {
        begun->logs[i] = (struct dossier_log){
            .author = page_case_actor(i), .known = true, .head_seq = 100, .known_by_seq = 100};
        begun->credentials[i] = (struct dossier_credential){
            .place = {.log = (size_t)i, .seq = 7, .index = 3},
            .source = SOURCE_REPLAYED,
            .attestation = {.subject = {SUBJECT_ACTOR, page_case_actor(PAGE_HOLDER).hash},
                            .code = bytes_of_string(i == 0 ? "ase/A5" : "ase/A6"),
                            .basis = BASIS_EXAM,
                            .earned_on = page_case_day("2024-06-30"),
                            .valid_from = page_case_day("2024-06-30"),
                            .has_last_day = true,
                            .last_day = page_case_day("2029-06-30")},
        };
        begun->authorities[i] =
            (struct authority_answer){.has_chain = true,
                                      .chain_size = (size_t)i,
                                      .chain = {page_case_actor(PAGE_OWNER), page_case_actor(PAGE_COLLEGE)}};
    }
    begun->events[0] =
        (struct history_event){.action = STATUS_SUSPENDED, .effective_day = page_case_day("2025-02-01")};
    begun->events[1] =
        (struct history_event){.action = STATUS_REINSTATED, .effective_day = page_case_day("2025-02-01")};
    begun->credentials[0].place.events = begun->events;
    begun->credentials[0].place.event_count = 2;
    begun->credentials[0].place.event_voided = begun->event_voided;
    begun->said[0] = SAID_OVERRULED;
    begun->said[1] = SAID_STANDS;
}

static void fill_verdict(struct page_case *begun)
{
    begun->a5 = (struct pack_code){.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")};
    begun->verdicts[0] = (struct credential_verdict){.credential = 0,
                                                     .overall = OVERALL_VALID,
                                                     .since_day = page_case_day("2024-06-30"),
                                                     .until_day = page_case_day("2029-06-30"),
                                                     .effective_day = DAY_NONE,
                                                     .appeal_day = DAY_NONE,
                                                     .said = begun->said,
                                                     .limited_to = DAY_NONE,
                                                     .evidence_age_s = 40,
                                                     .pack_code = &begun->a5,
                                                     .authority = &begun->authorities[0]};
    begun->verdicts[1] = (struct credential_verdict){.credential = 1,
                                                     .overall = OVERALL_INVALID,
                                                     .since_day = DAY_NONE,
                                                     .until_day = DAY_NONE,
                                                     .effective_day = page_case_day("2026-03-02"),
                                                     .appeal_day = DAY_NONE,
                                                     .limited_to = DAY_NONE,
                                                     .evidence_age_s = 300,
                                                     .authority = &begun->authorities[1]};
    begun->verdicts[1].axes[AXIS_STATUS] = (struct axis_answer){ANSWER_NO, REASON_REVOKED};
    begun->required[0] =
        (struct expression){.op = EXPRESSION_CERTIFIED, .pattern = bytes_of_string("ase/A5")};
    begun->required[1] =
        (struct expression){.op = EXPRESSION_CERTIFIED, .pattern = bytes_of_string("epa/609")};
    begun->parts[0] = (struct requirement_part){.expression = &begun->required[0], .answer = ANSWER_YES};
    begun->parts[1] = (struct requirement_part){
        .expression = &begun->required[1], .answer = ANSWER_NO, .credential = SIZE_MAX};
    begun->missing[PAGE_MISSING_MAX - 1] = (struct missing_part){
        .kind = MISSING_CODE, .answer = ANSWER_NO, .pattern = bytes_of_string("epa/609")};
    begun->parts[1].missing_count = 1;
    begun->parts[1].missing = &begun->missing[PAGE_MISSING_MAX - 1];
    begun->requirement.text = bytes_of_string("ase/A5, epa/609");
    begun->verdict = (struct verdict){.overall = OVERALL_INVALID,
                                      .credential_count = 2,
                                      .credentials = begun->verdicts,
                                      .part_count = 2,
                                      .parts = begun->parts,
                                      .requirement = ANSWER_NO,
                                      .requirement_since = DAY_NONE,
                                      .requirement_until = DAY_NONE,
                                      .next_lapse_day = page_case_day("2029-06-30"),
                                      .next_lapse = bytes_of_string("ase/A5")};
}

static void fill_codes(struct page_case *begun)
{
    for (size_t i = 0; i < PAGE_CREDENTIALS; i++) {
        begun->codes[i] = (struct code_verdict){
            .code = begun->credentials[i].attestation.code,
            .tested = i == 0 ? ANSWER_YES : ANSWER_NO,
            .certified = i == 0 ? ANSWER_YES : ANSWER_NO,
            .since_day = begun->verdicts[i].since_day,
            .until_day = begun->verdicts[i].until_day,
            .credential = i,
        };
    }
    begun->verdict.code_count = PAGE_CREDENTIALS;
    begun->verdict.codes = begun->codes;
    begun->verdict.titles = begun->titles;
    for (size_t i = 0; i < PAGE_TITLES_MAX; i++) {
        begun->titles[i] = (struct title_verdict){.pack = &begun->pack,
                                                  .since_day = DAY_NONE,
                                                  .until_day = DAY_NONE,
                                                  .missing = begun->missing,
                                                  .lapse_day = DAY_NONE};
    }
}

static void fill_rules(struct page_case *begun)
{
    begun->pack = (struct dossier_pack){
        .pack = {.name_space = bytes_of_string("ase"), .version = 3, .in_force_from = 0}};
    begun->trust.owner_count = 1;
    begun->trust.owners[0] = (struct trust_owner){.name_space = "ase", .actor = page_case_actor(PAGE_OWNER)};
}

void page_case_begin(struct page_case *begun)
{
    *begun = (struct page_case){0};
    bool is_network = network_init(&begun->network, "test");
    assert(is_network);
    fill_credentials(begun);
    fill_verdict(begun);
    fill_codes(begun);
    fill_rules(begun);
    begun->dossier = (struct dossier){.subject = {SUBJECT_ACTOR, page_case_actor(PAGE_HOLDER).hash},
                                      .log_count = PAGE_CREDENTIALS,
                                      .logs = begun->logs,
                                      .credential_count = PAGE_CREDENTIALS,
                                      .credentials = begun->credentials,
                                      .pack_count = 1,
                                      .packs = &begun->pack};
    begun->page = (struct verdict_page){.network = &begun->network,
                                        .dossier = &begun->dossier,
                                        .trust = &begun->trust,
                                        .verdict = &begun->verdict,
                                        .requirement = &begun->requirement,
                                        .at_day = page_case_day("2026-11-22"),
                                        .overall = OVERALL_INVALID,
                                        .name_of = actor_name,
                                        .names = actor_names};
}

const char *page_case_print(const struct page_case *shown,
                            void (*print)(FILE *out, const struct verdict_page *page))
{
    static char text[8192];
    text[0] = '\0';
    FILE *stream = fmemopen(text, sizeof(text), "w");
    assert(stream != NULL);
    print(stream, &shown->page);
    int closed = fclose(stream);
    assert(closed == 0);
    return text;
}
