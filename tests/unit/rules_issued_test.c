#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/issued.h"
#include "tests/support/dossier_builder.h"

/* Whether what is about to be issued was issued before. */

enum { MARIA, ISSUER, DAVE };
enum { DAY = 45000, LAST = DAY + 730, SAID = DAY + 10, EVENTS = 3 };

static struct dossier_builder built;

/* ---- how one stands ---- */

struct said {
    enum status_action action; /* 0: nothing more */
    bool voided;
};

#define ON_CHAIN(said_action)                                                                                \
    {                                                                                                        \
        .action = (said_action)                                                                              \
    }
#define VOIDED(said_action)                                                                                  \
    {                                                                                                        \
        .action = (said_action), .voided = true                                                              \
    }

static const struct standing_row {
    const char *sentence;
    struct said said[EVENTS];
    enum subject_kind kind;
    size_t asked; /* whose it is, to who asks */
    bool erased, voided;
    enum issued_standing standing;
    bool is_replaced;
} standing_rows[] = {
    {"nothing was said", {{0}}, SUBJECT_ACTOR, MARIA, false, false, ISSUED_STANDS, false},
    {"revoked", {ON_CHAIN(STATUS_REVOKED)}, SUBJECT_ACTOR, MARIA, false, false, ISSUED_REVOKED, false},
    {"suspended stands",
     {ON_CHAIN(STATUS_SUSPENDED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_STANDS,
     false},
    {"under appeal stands",
     {ON_CHAIN(STATUS_APPEALED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_STANDS,
     false},
    {"revoked and reinstated",
     {ON_CHAIN(STATUS_REVOKED), ON_CHAIN(STATUS_REINSTATED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_STANDS,
     false},
    {"replaced", {ON_CHAIN(STATUS_REPLACED)}, SUBJECT_ACTOR, MARIA, false, false, ISSUED_REPLACED, true},
    {"replaced and revoked",
     {ON_CHAIN(STATUS_REPLACED), ON_CHAIN(STATUS_REVOKED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_REVOKED,
     true},
    {"given to Dave", {ON_CHAIN(STATUS_HELD_BY)}, SUBJECT_ACTOR, MARIA, false, false, ISSUED_GIVEN, false},
    {"asked about Dave it stands",
     {ON_CHAIN(STATUS_HELD_BY)},
     SUBJECT_ACTOR,
     DAVE,
     false,
     false,
     ISSUED_STANDS,
     false},
    {"a claim code is there to be given away",
     {ON_CHAIN(STATUS_HELD_BY)},
     SUBJECT_CLAIM,
     MARIA,
     false,
     false,
     ISSUED_STANDS,
     false},
    {"but not when it was revoked",
     {ON_CHAIN(STATUS_HELD_BY), ON_CHAIN(STATUS_REVOKED)},
     SUBJECT_CLAIM,
     MARIA,
     false,
     false,
     ISSUED_REVOKED,
     false},
    {"revoked in a void block",
     {VOIDED(STATUS_REVOKED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_DOUBTFUL,
     false},
    {"replaced in a void block",
     {VOIDED(STATUS_REPLACED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_DOUBTFUL,
     false},
    {"revoked in a void block, and again",
     {VOIDED(STATUS_REVOKED), ON_CHAIN(STATUS_REVOKED)},
     SUBJECT_ACTOR,
     MARIA,
     false,
     false,
     ISSUED_REVOKED,
     false},
    {"itself in a void block", {{0}}, SUBJECT_ACTOR, MARIA, false, true, ISSUED_GONE, false},
    {"revoked there", {ON_CHAIN(STATUS_REVOKED)}, SUBJECT_ACTOR, MARIA, false, true, ISSUED_GONE, false},
    {"erased", {{0}}, SUBJECT_ACTOR, MARIA, true, false, ISSUED_GONE, false},
};

static void say(struct dossier_credential *credential, const struct said *said, uint64_t seq)
{
    if (said->action == STATUS_HELD_BY) {
        build_held_by(&built, credential, DAVE, SAID, seq);
    } else if (said->action != 0) {
        build_event(&built, credential, said->action, SAID, seq, said->voided);
    }
}

static void it_stands_as_was_said_of_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(standing_rows) / sizeof(standing_rows[0]); i++) {
        const struct standing_row *row = &standing_rows[i];
        struct issued_entry entry = {.is_replaced = true};
        struct subject asked = {.kind = row->kind};
        dossier_builder_init(&built, 3);
        asked.id = built_actor_of(row->asked).hash;
        struct dossier_credential *credential = build_credential(&built, ISSUER, 5, "ase/A5", DAY, LAST);
        for (size_t k = 0; k < EVENTS; k++) {
            say(credential, &row->said[k], 20 + k);
        }
        credential->place.erased = row->erased;
        credential->place.voided = row->voided;
        credential->place.void_seq = row->voided ? 40 : 0;
        issued_stand(&entry, &built.dossier, &credential->place, &asked);
        if (entry.standing != row->standing || entry.is_replaced != row->is_replaced) {
            fail_msg("%s: %d, %d", row->sentence, (int)entry.standing, (int)entry.is_replaced);
        }
    }
}

/* What was revoked on a branch that was left, after it was followed for long, is not forgotten; a stranger's
 * is. */
static void what_was_left_is_in_doubt(void **state)
{
    struct issued_entry entry;
    const struct subject maria = {.kind = SUBJECT_ACTOR, .id = built_actor_of(MARIA).hash};
    (void)state;
    for (uint64_t followed = 0; followed < 2; followed++) {
        dossier_builder_init(&built, 3);
        struct dossier_credential *credential = build_credential(&built, ISSUER, 5, "ase/A5", DAY, LAST);
        build_event(&built, credential, STATUS_REVOKED, SAID, 20, false);
        build_event_block(&built, credential, BUILT_DROPPED(followed * 10 * 86400));
        issued_stand(&entry, &built.dossier, &credential->place, &maria);
        assert_int_equal(entry.standing, followed == 1 ? ISSUED_DOUBTFUL : ISSUED_STANDS);
    }
}

/* ---- what is to be done ---- */

static struct attestation exam(void)
{
    return (struct attestation){.subject = {.kind = SUBJECT_ACTOR, .id.bytes = {7}},
                                .code = bytes_of_string("ase/A5"),
                                .basis = BASIS_EXAM,
                                .earned_on = DAY,
                                .valid_from = DAY,
                                .has_last_day = true,
                                .last_day = LAST};
}

static struct attestation worked(uint32_t from, uint32_t until)
{
    struct attestation attestation = exam();
    attestation.basis = BASIS_EXPERIENCE;
    attestation.valid_from = from;
    attestation.last_day = until;
    return attestation;
}

static struct attestation another_person(void)
{
    struct attestation attestation = exam();
    attestation.subject.id.bytes[0]++;
    return attestation;
}

static struct attestation a_claim(void)
{
    struct attestation attestation = exam();
    attestation.subject.kind = SUBJECT_CLAIM;
    return attestation;
}

static struct attestation another_code(void)
{
    struct attestation attestation = exam();
    attestation.code = bytes_of_string("ase/A6");
    return attestation;
}

static struct attestation another_basis(void)
{
    struct attestation attestation = exam();
    attestation.basis = BASIS_RECERTIFICATION;
    return attestation;
}

static struct attestation another_day(void)
{
    struct attestation attestation = exam();
    attestation.earned_on++;
    return attestation;
}

static struct attestation another_first_day(void)
{
    struct attestation attestation = exam();
    attestation.valid_from++;
    return attestation;
}

static struct attestation another_last_day(void)
{
    struct attestation attestation = exam();
    attestation.last_day--;
    return attestation;
}

static struct attestation for_life(void)
{
    struct attestation attestation = exam();
    attestation.has_last_day = false;
    return attestation;
}

static struct attestation in_a_network(void)
{
    struct attestation attestation = exam();
    attestation.has_network = true;
    attestation.network_code = bytes_of_string("ford/network-shop");
    return attestation;
}

static struct attestation with_claims(void)
{
    struct attestation attestation = exam();
    attestation.has_claims = true;
    attestation.claims_root.bytes[0] = 1;
    return attestation;
}

static struct attestation two_years(void)
{
    return worked(DAY - 730, DAY);
}

static struct attestation the_years_before(void)
{
    return worked(DAY - 1460, DAY - 731);
}

static struct attestation one_day_in_common(void)
{
    return worked(DAY - 1460, DAY - 730);
}

enum { NONE = -1 };

static const struct answer_row {
    const char *sentence;
    struct attestation (*coming)(void);
    struct {
        struct attestation (*says)(void);
        enum issued_standing standing;
    } before[3];
    enum issued_answer answer;
    int which;
} answer_rows[] = {
    {"nothing before", exam, {{NULL, 0}}, ISSUED_NEVER, NONE},
    {"the same stands", exam, {{exam, ISSUED_STANDS}}, ISSUED_SAME, 0},
    {"the same was void, dropped or erased", exam, {{exam, ISSUED_GONE}}, ISSUED_NEVER, NONE},
    {"the same was revoked", exam, {{exam, ISSUED_REVOKED}}, ISSUED_TAKEN_BACK, 0},
    {"replaced", exam, {{exam, ISSUED_REPLACED}}, ISSUED_TAKEN_BACK, 0},
    {"given to another", exam, {{exam, ISSUED_GIVEN}}, ISSUED_TAKEN_BACK, 0},
    {"what was said against it is in doubt", exam, {{exam, ISSUED_DOUBTFUL}}, ISSUED_TAKEN_BACK, 0},
    {"the exam was revoked, whatever its row says now",
     another_last_day,
     {{exam, ISSUED_REVOKED}},
     ISSUED_TAKEN_BACK,
     0},
    {"a claim's stands", a_claim, {{a_claim, ISSUED_STANDS}}, ISSUED_SAME, 0},
    {"another person's", exam, {{another_person, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"a claim with that id", exam, {{a_claim, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"another code", exam, {{another_code, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"another basis", exam, {{another_basis, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"another day", exam, {{another_day, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"another day that was revoked", exam, {{another_day, ISSUED_REVOKED}}, ISSUED_NEVER, NONE},
    {"another first day", exam, {{another_first_day, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
    {"another last day", exam, {{another_last_day, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
    {"for life", exam, {{for_life, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
    {"while in a network", exam, {{in_a_network, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
    {"the same while in a network", in_a_network, {{in_a_network, ISSUED_STANDS}}, ISSUED_SAME, 0},
    {"with claims", exam, {{with_claims, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
    {"the same claims", with_claims, {{with_claims, ISSUED_STANDS}}, ISSUED_SAME, 0},
    {"one that says the same is enough",
     exam,
     {{another_last_day, ISSUED_STANDS}, {exam, ISSUED_REVOKED}, {exam, ISSUED_STANDS}},
     ISSUED_SAME,
     2},
    {"what stands otherwise goes before what was taken back",
     exam,
     {{exam, ISSUED_REVOKED}, {another_last_day, ISSUED_STANDS}},
     ISSUED_OTHERWISE,
     1},
    {"what was taken back before what is gone",
     exam,
     {{exam, ISSUED_GONE}, {exam, ISSUED_REPLACED}},
     ISSUED_TAKEN_BACK,
     1},
    {"of two the newer one is told",
     exam,
     {{exam, ISSUED_REPLACED}, {exam, ISSUED_REVOKED}, {another_day, ISSUED_REVOKED}},
     ISSUED_TAKEN_BACK,
     1},
    {"what was replaced stands otherwise by now",
     exam,
     {{exam, ISSUED_REPLACED}, {another_last_day, ISSUED_STANDS}},
     ISSUED_OTHERWISE,
     1},
    {"the same time worked", two_years, {{two_years, ISSUED_STANDS}}, ISSUED_SAME, 0},
    {"the time before", two_years, {{the_years_before, ISSUED_STANDS}}, ISSUED_NEVER, NONE},
    {"the time before, which was revoked",
     two_years,
     {{the_years_before, ISSUED_REVOKED}},
     ISSUED_NEVER,
     NONE},
    {"a day of it is in both", two_years, {{one_day_in_common, ISSUED_STANDS}}, ISSUED_OTHERWISE, 0},
};

static size_t list(struct issued_entry entries[3], const struct answer_row *row)
{
    size_t count = 0;
    while (count < 3 && row->before[count].says != NULL) {
        entries[count] = (struct issued_entry){.attestation = row->before[count].says(),
                                               .standing = row->before[count].standing,
                                               .is_replaced = row->before[count].standing == ISSUED_REPLACED};
        count++;
    }
    return count;
}

static void it_was_issued_before_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answer_rows) / sizeof(answer_rows[0]); i++) {
        const struct answer_row *row = &answer_rows[i];
        const struct attestation coming = row->coming();
        struct issued_entry entries[3];
        const struct issued_entry *which;
        size_t count = list(entries, row);
        enum issued_answer answer = issued_answer_of(&coming, entries, count, &which);
        int found = which == NULL ? NONE : (int)(which - entries);
        if (answer != row->answer || found != row->which) {
            fail_msg("%s: %d, %d", row->sentence, (int)answer, found);
        }
    }
}

static void what_gives_way_is_asked_for(void **state)
{
    static const struct {
        const char *sentence;
        struct attestation (*says)(void);
        enum issued_standing standing;
        bool is_replaced;
        bool by_replace, by_again;
    } rows[] = {
        {"the same", exam, ISSUED_STANDS, false, false, false},
        {"otherwise", another_last_day, ISSUED_STANDS, false, true, false},
        {"another exam", another_day, ISSUED_STANDS, false, false, false},
        {"revoked", exam, ISSUED_REVOKED, false, false, true},
        {"revoked with another last day", another_last_day, ISSUED_REVOKED, false, false, true},
        {"in doubt", exam, ISSUED_DOUBTFUL, false, false, true},
        {"revoked and replaced already", exam, ISSUED_REVOKED, true, false, false},
        {"replaced already", exam, ISSUED_REPLACED, true, false, false},
        {"another's by now", exam, ISSUED_GIVEN, false, false, false},
        {"void", another_last_day, ISSUED_GONE, false, false, false},
    };
    const struct attestation coming = exam();
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct issued_entry entry = {
            .attestation = rows[i].says(), .standing = rows[i].standing, .is_replaced = rows[i].is_replaced};
        if (issued_gives_way(&entry, &coming, false, false) ||
            issued_gives_way(&entry, &coming, true, false) != rows[i].by_replace ||
            issued_gives_way(&entry, &coming, false, true) != rows[i].by_again) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_as_was_said_of_it),
        cmocka_unit_test(what_was_left_is_in_doubt),
        cmocka_unit_test(it_was_issued_before_or_not),
        cmocka_unit_test(what_gives_way_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
