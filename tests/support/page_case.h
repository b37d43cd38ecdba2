#ifndef TESTS_SUPPORT_PAGE_CASE_H
#define TESTS_SUPPORT_PAGE_CASE_H

/* The page that tests of what is printed begin with: Maria Lopez on 2026-11-22, with two certificates of
 * 2024-06-30, ase/A5 from the owner, valid, once suspended and reinstated, and ase/A6 from a college that the
 * owner accredited, now revoked; ase/A5 and epa/609 are required. Made by hand: nothing was decided. */

#include "cmd/verdict_text.h"

enum { PAGE_OWNER, PAGE_COLLEGE, PAGE_HOLDER, PAGE_ACTORS };
enum { PAGE_CREDENTIALS = 2, PAGE_TITLES_MAX = 4, PAGE_MISSING_MAX = 6 };

/* Large, and it points into itself: keep it static. */
struct page_case {
    struct network network;
    struct dossier_log logs[PAGE_CREDENTIALS];
    struct history_event events[2];
    bool event_voided[2];
    enum said_standing said[2];
    struct dossier_credential credentials[PAGE_CREDENTIALS];
    struct dossier_pack pack;
    struct dossier dossier;
    struct trust trust;
    struct pack_code a5;
    struct authority_answer authorities[PAGE_CREDENTIALS];
    struct credential_verdict verdicts[PAGE_CREDENTIALS];
    struct code_verdict codes[PAGE_CREDENTIALS];
    struct title_verdict titles[PAGE_TITLES_MAX]; /* none are counted yet */
    struct missing_part missing[PAGE_MISSING_MAX];
    struct expression required[2];
    struct requirement_part parts[2];
    struct requirement requirement;
    struct verdict verdict;
    struct verdict_page page;
};

void page_case_begin(struct page_case *begun);

struct actor_id page_case_actor(int which);

/* The number of a day such as "2029-06-30". */
uint32_t page_case_day(const char *text);

/* What is printed, until the next time. print is verdict_text_print or one of its sections. */
const char *page_case_print(const struct page_case *shown,
                            void (*print)(FILE *out, const struct verdict_page *page));

#endif
