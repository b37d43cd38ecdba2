#include "protocol/rules/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/verdict_case.h"

enum { NOTHING = -1, CODES_MAX = 3 };

static struct verdict_case given;

static void what_lapses_next_is_the_first_valid_one_to(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    build_credential(&given.built, CASE_ASE, 11, "ase/L1", CASE_FIRST, DAY_NONE);
    build_credential(&given.built, CASE_ASE, 12, "ase/A6", CASE_FIRST, 1800);
    build_event(&given.built, build_credential(&given.built, CASE_ASE, 13, "ase/A6", CASE_FIRST, 1700),
                STATUS_REVOKED, 1100, 20, false);
    struct verdict verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.next_lapse_day, 1800);
    assert_true(bytes_equal_string(verdict.next_lapse, "ase/A6"));
    verdict_case_begin(&given);
    given.certificate->attestation.code = bytes_of_string("ase/L1"); /* without a lifetime */
    given.certificate->attestation.has_last_day = false;
    given.question.at_day = DAY_MAX;
    verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.next_lapse_day, DAY_NONE);
    assert_int_equal(verdict.next_lapse.size, 0);
    assert_int_equal(verdict.credentials[0].since_day, CASE_FIRST);
    assert_int_equal(verdict.credentials[0].until_day, DAY_NONE);
}

static void an_empty_dossier_is_undetermined(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    given.built.dossier.credential_count = 0;
    const struct verdict verdict = verdict_case_decide(&given);
    assert_int_equal(verdict.overall, OVERALL_UNDETERMINED);
    assert_int_equal(verdict.credential_count, 0);
    assert_int_equal(verdict.next_lapse_day, DAY_NONE);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    struct verdict verdict;
    size_t needed = 0;
    verdict_case_begin(&given);
    verdict_case_require(&given, "ase/A5");
    for (bool fits = false; !fits; needed++) {
        struct arena arena;
        arena_init(&arena, given.memory, needed);
        fits = verdict_of(&verdict, &given.built.dossier, &given.built.trust, &given.question, &arena);
    }
    assert_true(needed > sizeof(struct credential_verdict) + sizeof(struct authority_answer));
    assert_int_equal(verdict.overall, OVERALL_VALID);
}

/* One letter a credential of ase/A5: valid until CASE_LAST, (l) for longer, undetermined, invalid, erased. */
static void build_a5s(const char *letters)
{
    verdict_case_begin(&given);
    given.built.dossier.credential_count = 0;
    for (uint64_t i = 0; letters[i] != '\0'; i++) {
        struct dossier_credential *made =
            build_credential(&given.built, CASE_ASE, 10 + i, "ase/A5", CASE_FIRST, CASE_LAST);
        made->attestation.has_last_day = letters[i] != 'l';
        made->place.erased = letters[i] == 'e';
        if (letters[i] == 'i' || letters[i] == 'u') {
            bool undetermined = letters[i] == 'u';
            build_event(&given.built, made, STATUS_REVOKED, CASE_FIRST, 60, undetermined);
        }
    }
}

static void a_code_is_held_by_any_valid_certificate(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *credentials;
        enum answer answer;
        int decides;
    } rows[] = {
        {"none is there", "", ANSWER_NO, NOTHING},
        {"a valid one", "v", ANSWER_YES, 0},
        {"an invalid one", "i", ANSWER_NO, 0},
        {"an undetermined one", "u", ANSWER_UNKNOWN, 0},
        {"a valid one among others", "iuv", ANSWER_YES, 2},
        {"the one that holds longest decides", "vlv", ANSWER_YES, 1},
        {"of like ones the first", "vv", ANSWER_YES, 0},
        {"an undetermined one among invalid ones", "iui", ANSWER_UNKNOWN, 1},
        {"all invalid", "ii", ANSWER_NO, 0},
        {"an erased one has no code", "e", ANSWER_NO, NOTHING},
        {"nor does it stand in the way", "ev", ANSWER_YES, 1},
    };
    static const enum overall overall[] = {
        [ANSWER_YES] = OVERALL_VALID,
        [ANSWER_NO] = OVERALL_INVALID,
        [ANSWER_UNKNOWN] = OVERALL_UNDETERMINED,
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        build_a5s(rows[i].credentials);
        verdict_case_require(&given, "ase/A5");
        const struct verdict verdict = verdict_case_decide(&given);
        int decides = verdict.parts[0].credential == SIZE_MAX ? NOTHING : (int)verdict.parts[0].credential;
        if (verdict.parts[0].answer != rows[i].answer || decides != rows[i].decides ||
            verdict.overall != overall[rows[i].answer]) {
            fail_msg("%s: %d by %d, overall %d", rows[i].why, (int)verdict.parts[0].answer, decides,
                     (int)verdict.overall);
        }
    }
}

static void all_required_codes_must_be_held(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *codes[CODES_MAX];
        enum answer requirement;
        enum overall overall;
    } rows[] = {
        {"none is asked for, and one does not hold", {0}, ANSWER_YES, OVERALL_INVALID},
        {"one that is held, whatever the others are", {"ase/A5"}, ANSWER_YES, OVERALL_VALID},
        {"one that is not", {"ase/L1"}, ANSWER_NO, OVERALL_INVALID},
        {"one of which nothing is known", {"ase/A6"}, ANSWER_UNKNOWN, OVERALL_UNDETERMINED},
        {"held and unknown", {"ase/A5", "ase/A6"}, ANSWER_UNKNOWN, OVERALL_UNDETERMINED},
        {"unknown and missing", {"ase/A6", "ase/L1"}, ANSWER_NO, OVERALL_INVALID},
        {"held, missing and unknown", {"ase/A5", "ase/L1", "ase/A6"}, ANSWER_NO, OVERALL_INVALID},
        {"the same one twice", {"ase/A5", "ase/A5"}, ANSWER_YES, OVERALL_VALID},
        {"a code must be whole", {"ase/A"}, ANSWER_NO, OVERALL_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        build_event(&given.built,
                    build_credential(&given.built, CASE_ASE, 11, "ase/A6", CASE_FIRST, CASE_LAST),
                    STATUS_REVOKED, CASE_FIRST, 60, true);
        build_credential(&given.built, CASE_ASE, 12, "ase/L1", CASE_FIRST, 1100);
        for (size_t j = 0; j < CODES_MAX && rows[i].codes[j] != NULL; j++) {
            verdict_case_require(&given, rows[i].codes[j]);
        }
        const struct verdict verdict = verdict_case_decide(&given);
        if (verdict.requirement != rows[i].requirement || verdict.overall != rows[i].overall) {
            fail_msg("%s: %d, overall %d", rows[i].why, (int)verdict.requirement, (int)verdict.overall);
        }
    }
}

/* Three letters a credential: one of three codes; v, u, i, e as above; and a dot, or x: documented work; d:
 * identity; b: beside what was asked for; s: a shop's. */
static void build_words(const char *words)
{
    static const char *const codes[] = {"ase/A5", "ase/A6", "ase/L1"};
    verdict_case_begin(&given);
    given.built.dossier.credential_count = 0;
    for (uint64_t i = 0; words[3 * i] != '\0'; i++) {
        const char *word = &words[3 * i];
        struct dossier_credential *made =
            build_credential(&given.built, CASE_ASE, 10 + i, codes[word[0] - '1'], CASE_FIRST, CASE_LAST);
        made->place.erased = word[1] == 'e';
        if (word[1] == 'i' || word[1] == 'u') {
            build_event(&given.built, made, STATUS_REVOKED, CASE_FIRST, 60, word[1] == 'u');
        }
        made->attestation.basis = word[2] == 'x'   ? BASIS_EXPERIENCE
                                  : word[2] == 'd' ? BASIS_IDENTITY
                                                   : BASIS_EXAM;
        made->about = word[2] == 'b' ? ABOUT_BESIDE : word[2] == 's' ? ABOUT_SHOP : ABOUT_SUBJECT;
    }
}

static void without_a_requirement_all_codes_must_hold(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *words;
        enum overall overall;
    } rows[] = {
        {"nothing", "", OVERALL_UNDETERMINED},
        {"a valid one", "1v.", OVERALL_VALID},
        {"two codes that hold", "1v.2v.", OVERALL_VALID},
        {"one of two does not", "1v.2i.", OVERALL_INVALID},
        {"of one nobody knows", "1v.2u.", OVERALL_UNDETERMINED},
        {"a certain no goes before a doubt", "1u.2i.", OVERALL_INVALID},
        {"a code is judged by its best: renewed", "1i.1v.", OVERALL_VALID},
        {"in whatever order", "1v.1i.", OVERALL_VALID},
        {"by a doubtful one where there is no better", "1i.1u.", OVERALL_UNDETERMINED},
        {"nobody knows what was erased", "1v.2e.", OVERALL_UNDETERMINED},
        {"what was erased alone", "1e.", OVERALL_UNDETERMINED},
        {"documented work that stands", "1vx", OVERALL_VALID},
        {"documented work that was revoked", "1v.2ix", OVERALL_INVALID},
        {"the same work said by another shop", "1v.2ix2vx", OVERALL_VALID},
        {"and of a third code", "2ix3vx2vx", OVERALL_VALID},
        {"work under the code of a test that holds is of that code too", "1v.1ix", OVERALL_VALID},
        {"whichever was said first", "1ix1v.2v.", OVERALL_VALID},
        {"an identity in doubt", "1v.2ud", OVERALL_UNDETERMINED},
        {"what is beside it does not count", "1v.2ib", OVERALL_VALID},
        {"nor what a shop holds", "1v.2is", OVERALL_VALID},
        {"nor does it make up for anything", "1i.1vb", OVERALL_INVALID},
        {"nothing but what is beside it", "1vb2vs", OVERALL_UNDETERMINED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        build_words(rows[i].words);
        const struct verdict verdict = verdict_case_decide(&given);
        if (verdict.overall != rows[i].overall) {
            fail_msg("%s: overall %d", rows[i].why, (int)verdict.overall);
        }
        assert_int_equal(verdict.requirement, ANSWER_YES);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lapses_next_is_the_first_valid_one_to),
        cmocka_unit_test(an_empty_dossier_is_undetermined),
        cmocka_unit_test(a_full_arena_is_told),
        cmocka_unit_test(a_code_is_held_by_any_valid_certificate),
        cmocka_unit_test(all_required_codes_must_be_held),
        cmocka_unit_test(without_a_requirement_all_codes_must_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
