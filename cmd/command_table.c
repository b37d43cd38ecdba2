#include "cmd/command.h"

#include <stddef.h>

#include "cmd/words.h"

#define STATUS_CHANGE_OPTIONS                                                                                \
    "  --of TECHNICIAN  instead of naming entries: what you issued to this technician\n"                     \
    "  --code LIST      with --of: for these codes, with commas in between\n"                                \
    "  --from DAY       from this day on (default: today)\n"                                                 \
    "  --reason WORD    " STATUS_REASON_WORDS "\n"

#define STATUS_CHANGE_CSV                                                                                    \
    "  --csv FILE       every row of FILE (- is standard input); its first row names the columns\n"          \
    "                   entry, or technician and code, and where wanted reason and from (a day); --reason\n" \
    "                   and --from stand for rows that give none. All rows are checked first; those that\n"  \
    "                   are refused are listed with their line, and the others done (exit code 5)\n"         \
    "  --report FILE    with --csv: write which rows were refused, and why, to FILE\n"

#define STATUS_CHANGE_JSON                                                                                   \
    "\n"                                                                                                     \
    "With --json: action, from (null: each its own), first_block, blocks, time, entries, unchanged,\n"       \
    "said_again (of the entries, those with --voided that stay as they stood: entry, action, from,\n"        \
    "reinstated_from until then), more (run it again for the rest); with --csv refused, and refusals\n"      \
    "(line, reason, message).\n"

#define VERDICT_OPTIONS                                                                                      \
    "  --require TEXT    what must be held: exit code 0 if it is, 1 if not, 2 if that can't be said\n"       \
    "  --state TX        asked for in this state (default: where your own shop is)\n"                        \
    "  --code LIST       show only these codes; the others still count for titles\n"                         \
    "  --all             show also expired certificates that a later one has replaced, and each of those\n"  \
    "                    that were issued more than once\n"                                                  \
    "  --at DAY          as of this day (default: today)\n"                                                  \
    "  --known-by TIME   by what this node knew then: 2026-01-31; or 2026-01-31T12:00:00Z, but of the "      \
    "hours\n"                                                                                                \
    "                    of a day less is remembered, so that such an answer may be undetermined\n"

#define REQUIRE_LANGUAGE                                                                                     \
    "What can be required:\n"                                                                                \
    "  ase/A5 and ase/A6 and epa/609    codes; \"or\", \"not\" and ( ) too; a comma is a loose \"and\"\n"    \
    "  any 2 of (ase/A5, ase/A6, ase/A8)\n"                                                                  \
    "  \"Master Automobile\"              a title; ase:\"Master Automobile\" where several have it\n"        \
    "  ase/A*                           any code that begins so\n"                                           \
    "  tested ase/A5                    the test alone, experience or not\n"                                 \
    "  experience 2 years in ase/experience*\n"                                                              \
    "  in network ford/network-shop     in state TX\n"                                                       \
    "What is wrong with a text is shown where it is, also a code that none of its namespace's rules held\n"  \
    "here knows (exit code 3; 4 in a file).\n"

#define VERDICT_JSON                                                                                         \
    "With --json, one object: verdict; reason (limit-reached: not all was looked at, else none); subject\n"  \
    "(id, name); at; begun, where that is today: the last day that has begun anywhere; state, known_by;\n"   \
    "presentation (null for lookup; bearer_proven, reason, audience, created, refused, each with item,\n"    \
    "entry, reason); credentials; said_by_others, the same of who is not\n"                                  \
    "authorised; erased (issuer, count, last); not_certified_yet, codes that were passed as tests alone;\n"  \
    "codes, titles; requirement, requirement_text, requirement_since, requirement_until, required;\n"        \
    "next_lapse (day, code); rules (namespace, version, in_force_from, entry, evidence: answer, reason,\n"   \
    "age_s, actor; lacking: codes of which more may have been said, and evidence of who may speak of\n"      \
    "them; lacking_of_denied: the same of what is denied); workplace, evidence of the shop on whose "        \
    "roster\n"                                                                                               \
    "they were, where it is too old to say whether they still are.\n"                                        \
    "Each credential: verdict, words, entry, erased or code, basis, earned_on, valid_from, last_day and\n"   \
    "network; title; axes (integrity, authority, status, freshness, each with answer and reason); since,\n"  \
    "until; ends_by_lifetime, lifetime_months, lifetime_version; rules_version, by which it counts,\n"       \
    "later_rules; effective_day; appeal_since; history (action, from, stated, reason, block, standing "      \
    "and,\n"                                                                                                 \
    "where there are any, side_branch, dropped, void_since, void_reason); replaced_by; older; alike\n"       \
    "(other entries of its issuer that say the same and stand alike: one for all); statements;\n"            \
    "evidence_age_s, evidence_of (role, actor); accreditation_ended, signed_in_time; issuer; chain.\n"       \
    "Each code: code, title, tested, certified, since, until, begun_by_version, missing, entry.\n"           \
    "Each title, held or not: namespace, name, answer, since, until, parts, missing, within_reach, lapse\n"  \
    "(day, code), later_rules.\n"                                                                            \
    "Each part that is required: part, answer (met, not-met, unknown), since, until, missing, entry, "       \
    "history.\n"                                                                                             \
    "A missing part has kind, answer, code, namespace, title, days and or_others.\n"

/* One row a command: what `tradeproof --help` lists and `tradeproof COMMAND --help` explains. */

const struct command commands[] = {
    {"init", "set up this computer: make the data folder and the keys", "[--network TAG] [--no-actor]",
     "Makes the data folder, this computer's keys and an actor: the identity under which you sign,\n"
     "present or ask. Asks for a passphrase, of at least 8 characters, that protects the actor's keys.\n"
     "Prints the actor's id, which you give to others.\n"
     "\n"
     "  --network TAG  main (the default), test for trying things out, or another network's tag\n"
     "  --no-actor     only check certificates; never sign anything\n"
     "\n"
     "Example:\n"
     "  tradeproof init --network test\n",
     command_init},
    {"trust add", "trust an actor as the owner of a namespace", "NAMESPACE ID [NAME] [--fresh DAYS]",
     "From now on certificates whose codes begin with NAMESPACE/ count when ID issued them, or\n"
     "accredited whoever did. Compare the id with one you got from its owner in person, on paper, or\n"
     "from a source you trust. \"me\" stands for your own id.\n"
     "\n"
     "  --fresh DAYS  how old what is known of ID may be, as 90d (default: what ID itself says, else a\n"
     "                day for what it issues and 30 days for whom it accredits)\n"
     "\n"
     "Example:\n"
     "  tradeproof trust add ase tpa1... \"National Institute for Automotive Service Excellence\"\n",
     command_trust_add},
    {"trust list", "show whom this node trusts", "",
     "Lists the owners of namespaces in the trust file.\n"
     "\n"
     "Example:\n"
     "  tradeproof trust list\n",
     command_trust_list},
    {"trust remove", "stop trusting the owner of a namespace", "NAMESPACE",
     "Certificates under NAMESPACE/ can then no longer be confirmed by this node.\n"
     "\n"
     "Example:\n"
     "  tradeproof trust remove ford\n",
     command_trust_remove},
    {"contact add", "give an id a name", "ID NAME",
     "The name stays on this computer. Commands then take it in place of the id, and answers show it. So\n"
     "they do with the names of your trust file, where nobody else is called the same.\n"
     "\n"
     "Example:\n"
     "  tradeproof contact add tpa1... \"Maria Lopez\"\n",
     command_contact_add},
    {"contact list", "show the names given to ids", "",
     "Lists your contacts.\n"
     "\n"
     "Example:\n"
     "  tradeproof contact list\n",
     command_contact_list},
    {"rules publish", "publish a namespace's codes and their lifetimes", "FILE.json",
     "Signs the rule pack in FILE.json and publishes it. Only the namespace's owner can; each pack\n"
     "needs a higher version than the one before. Without a pack nobody can tell what a code means or\n"
     "how long it is good for.\n"
     "\n"
     "  {\"namespace\": \"epa\", \"version\": 1, \"in_force_from\": \"1992-08-13\",\n"
     "   \"codes\": [{\"code\": \"609\", \"title\": \"Air conditioning\", \"lifetime_months\": 0}],\n"
     "   \"rules\": []}\n"
     "\n"
     "lifetime_months 0 is for life; a code may also have \"first_day\" and \"last_day\", on which it is\n"
     "offered.\n"
     "\n"
     "Example:\n"
     "  tradeproof rules publish ase.json\n",
     command_rules_publish},
    {"accredit", "let another actor issue certificates", "ID --codes LIST [OPTIONS]",
     "  --codes LIST   code patterns, separated by commas; '*' at the end stands for anything:\n"
     "                 'ase/A*,ase/G1'\n"
     "  --states LIST  only for these states: OH,TX (default: all); for codes that hang on a state\n"
     "                 by their rules alone: others hold everywhere. Where this node holds no rules\n"
     "                 of theirs it says so, and nothing is checked\n"
     "  --from DATE    first day, as 2026-01-31 (default: today)\n"
     "  --until DATE   last day (default: no end)\n"
     "  --depth N      how many levels may pass it on further (default: 0, none)\n"
     "\n"
     "Example:\n"
     "  tradeproof accredit \"Columbus test centre\" --codes 'ase/A*' --until 2028-12-31\n",
     command_accredit},
    {"withdraw", "end another actor's accreditation",
     "ID [--cut SEQ | --all | --accreditation SEQ/INDEX] [--except LIST] [--closed] [--yes]",
     "What the actor has issued up to now stays good, whatever it does to its log later; what it issues\n"
     "from now on does not count. What it says from now on against somebody, such as a revocation, makes\n"
     "what that is about undetermined.\n"
     "\n"
     "  --cut SEQ      only what it issued up to and with block SEQ stays good\n"
     "  --all          nothing that it issued stays good\n"
     "  --except LIST  entries up to the cut that don't stay good either: 12/0,12/7\n"
     "  --accreditation SEQ/INDEX\n"
     "                 end the accreditation that stands there in your own log, whole, with all that was\n"
     "                 issued under it: also when nothing that the actor signed is held here\n"
     "  --closed       nothing that it says from now on counts, not even against anybody: for a school\n"
     "                 that has closed\n"
     "\n"
     "A later withdrawal can only take away more, never give back.\n"
     "\n"
     "Example:\n"
     "  tradeproof withdraw \"Columbus test centre\" --cut 41\n"
     "  tradeproof withdraw \"Columbus test centre\" --accreditation 3/0\n",
     command_withdraw},
    {"rhythm", "say how often your log speaks", "DAYS",
     "Others take what they know of your log for too old after a day, if you issue certificates, or after\n"
     "30 days, if you accredit others. Who keeps the keys in a safe and signs twice a year says so here:\n"
     "up to 200 days. It holds wherever your log is met, until you say another; a line of somebody's trust\n"
     "file goes before it. Whoever relies on you then learns of a revocation as much later.\n"
     "\n"
     "Example:\n"
     "  tradeproof rhythm 190\n",
     command_rhythm},
    {"issue", "issue certificates: one, or a file of them",
     "TECHNICIAN CODE [OPTIONS] | --csv FILE [OPTIONS]",
     "Signs that TECHNICIAN (an id or a name) has earned CODE and publishes it.\n"
     "\n"
     "  --earned DAY    day earned (default: today)\n"
     "  --from DAY      first day of validity (default: the day earned). A later one delays the begin, and\n"
     "                  the end only as far as what the rules ask for was not there before\n"
     "  --until DAY     last day of validity (default: as the rules say; of a renewal the end held, and "
     "what\n"
     "                  the rules add)\n"
     "  --basis WORD    " BASIS_WORDS "\n"
     "                  (default: exam). Experience is the time from --from to --until, both past\n"
     "  --in-network CODE  valid only while the technician works in a shop that holds the membership\n"
     "                  CODE\n"
     "  --replaces ENTRY  it corrects that certificate of yours, which counts no longer from today on\n"
     "  --replace       the same, of whatever you issued for that exam with other days or network\n"
     "  --again REASON  issue even what you took back; REASON is one of\n"
     "                  " STATUS_REASON_WORDS "\n"
     "  --csv FILE      issue every row of FILE (- is standard input); its first row names the columns\n"
     "                  technician, code, earned_on and, where wanted, basis, valid_from,\n"
     "                  last_day, in_network\n"
     "  --report FILE   with --csv: write which rows were refused, why, and each whole as it came, to\n"
     "                  FILE: mended there, they are issued with --csv FILE\n"
     "  --dry-run       check everything, sign nothing\n"
     "  --unaccredited  issue even what nobody accredited you for\n"
     "  --anyway        issue even what your own rules say does not count, or lasts too long; a renewal of\n"
     "                  which they don't tell how much it adds lasts a whole lifetime of its code\n"
     "\n"
     "Nothing is issued twice. What says the same as one of yours that stands is skipped and counted, so\n"
     "that a file may be run again, with rows added. The same exam (person, code, basis, day) with other\n"
     "days or network is refused, unless --replace; what you revoked or replaced since, unless --again:\n"
     "the log then states that the new one took the old one's place, and why. What you declared void, lost\n"
     "with a dropped branch or erased is issued as if it never was. Where the command ends in the middle,\n"
     "the same one does the rest. Ctrl-C finishes the block at hand and says what is durable.\n"
     "A test that is no certificate yet is told with what it waits for, by what is known when its row is\n"
     "read. --dry-run tells all that before anything is signed.\n"
     "With --json, of one: issued, dry_run, entry, replaces, replaced (how many), last_day, same (1: it\n"
     "stands already), again, tested, certified, missing, accreditation_ended (code, ended: you sign after\n"
     "the end). Of a file: issued, acceptable, dry_run, refused, blocks, first_block, refusals (line,\n"
     "reason, message), same (how many rows are skipped), replaced, again, stopped_line (Ctrl-C), waiting\n"
     "(how many tests are no certificates yet), waiting_rows (line, code, missing; the first 1000),\n"
     "accreditation_ended.\n"
     "Where a file can't be issued to the end (a full disk), what is signed by then stays: the error says\n"
     "where the rest begins, and the file is run again. With --json it has also durable_blocks,\n"
     "first_block, issued, rest_line.\n"
     "\n"
     "Example:\n"
     "  tradeproof issue \"Maria Lopez\" ase/A5 --earned 2026-03-14\n"
     "  tradeproof issue \"Maria Lopez\" ase/experience --basis experience --from 2024-01-01 --until "
     "2025-12-31\n"
     "  tradeproof issue --csv results.csv --report refused.csv\n",
     command_issue},
    {"revoke", "take back certificates", "(ENTRY... | --of TECHNICIAN --code LIST | --csv FILE) [OPTIONS]",
     "Revoked stays visible for good: nothing you sign later makes it disappear. From an earlier day\n"
     "than before is news; what changes nothing is not written again. What you issued more than once,\n"
     "alike, is revoked together. An ENTRY is named as issue printed it: the issuer's id, block, index\n"
     "and the first digits of its hash.\n"
     "\n" STATUS_CHANGE_OPTIONS STATUS_CHANGE_CSV STATUS_CHANGE_JSON "\n"
     "Example:\n"
     "  tradeproof revoke --of \"Maria Lopez\" --code ase/A6 --reason scoring\n"
     "  tradeproof revoke --csv leaked.csv --reason misconduct --report refused.csv\n",
     command_revoke},
    {"suspend", "suspend certificates until they are reinstated",
     "(ENTRY... | --of TECHNICIAN --code LIST | --csv FILE) [OPTIONS]",
     "Suspended certificates don't count until you reinstate them; that they were suspended stays\n"
     "visible. About what stands revoked nothing is written: that goes before. What you issued more than\n"
     "once, alike, is suspended together. An ENTRY is named as issue printed it: the issuer's id, block,\n"
     "index and the first digits of its hash.\n"
     "\n" STATUS_CHANGE_OPTIONS STATUS_CHANGE_CSV STATUS_CHANGE_JSON "\n"
     "Example:\n"
     "  tradeproof suspend --of \"Maria Lopez\" --code ase/A6\n",
     command_suspend},
    {"reinstate", "reinstate suspended certificates",
     "(ENTRY... | --of TECHNICIAN --code LIST | --voided BLOCK | --csv FILE) [OPTIONS]",
     "Ends a suspension from a day on, and with --revoked a revocation too; that it stood so stays\n"
     "visible. What was said against a certificate in a void block, or on a branch that you dropped,\n"
     "leaves it unknown until you reinstate or revoke it again; so does a void of it on such a branch.\n"
     "Where nothing else stands against it, and you give no --from, it is reinstated from the first day\n"
     "that is unknown. An ENTRY is named as issue printed it: the issuer's id, block, index and the first\n"
     "digits of its hash.\n"
     "\n"
     "  --revoked        also what was revoked\n"
     "  --voided BLOCK   all that the void in that block of your log leaves unknown, each from its first\n"
     "                   day that is; what you suspended or revoked yourself stays so, and is stated again.\n"
     "                   Lists the accreditations, withdrawals and rules that the void took as well: those\n"
     "                   are only back once you say them again\n" STATUS_CHANGE_OPTIONS STATUS_CHANGE_CSV
         STATUS_CHANGE_JSON "\n"
     "Example:\n"
     "  tradeproof reinstate --of \"Maria Lopez\" --code ase/A6\n",
     command_reinstate},
    {"replace", "put another certificate in the place of one",
     "ENTRY... --by ENTRY [OPTIONS] | --of TECHNICIAN --code LIST --by ENTRY [OPTIONS]",
     "Corrects a certificate: issue the right one first (issue --replaces does both at once), then say\n"
     "that it replaces the wrong one. The old one no longer counts, and stays visible as replaced. Rules\n"
     "that ask for time between exams don't count it as one that was taken before the right one.\n"
     "\n"
     "  --by ENTRY       what takes its place, as issue printed it\n" STATUS_CHANGE_OPTIONS STATUS_CHANGE_JSON
     "\n"
     "Example:\n"
     "  tradeproof replace tpa1.../12/0/5f3a8c... --by tpa1.../15/0/77d04b... --reason issued-in-error\n",
     command_replace},
    {"appeal", "record that the holder appeals, or that it is decided",
     "[--decided] ENTRY... [OPTIONS] | [--decided] --of TECHNICIAN --code LIST [OPTIONS]",
     "A certificate under appeal counts as it did, and shows since when it is under appeal. Once that\n"
     "is decided say so, and revoke, reinstate or replace it as it was decided.\n"
     "\n"
     "  --decided        the appeal is decided\n"
     "  --on DAY         the same as --from\n" STATUS_CHANGE_OPTIONS STATUS_CHANGE_JSON "\n"
     "Example:\n"
     "  tradeproof appeal tpa1.../12/0/5f3a8c... --on 2026-03-02\n"
     "  tradeproof appeal --decided tpa1.../12/0/5f3a8c...\n",
     command_appeal},
    {"void", "declare your own blocks void: a thief wrote them",
     "FIRST-LAST [OPTIONS] | --branch EPOCH PARENT FIRST [OPTIONS]",
     "Takes the effect from blocks FIRST to LAST of your own log (one number for one block; tradeproof log\n"
     "shows them). Lists what they say, and asks. Certificates in them no longer count; what was revoked in\n"
     "them shows as unknown until you state again what holds: revoke, or reinstate --voided BLOCK. First\n"
     "rotate your keys: tradeproof key rotate. Keys themselves are never void. One block of your log\n"
     "declares at most 4096 void: more take several, each told once it is signed. Where that was\n"
     "interrupted, the same command goes on with the rest; what is void already is left alone.\n"
     "\n"
     "  --branch EPOCH PARENT FIRST  instead: a branch that a rotation dropped, with all that follows on\n"
     "                               it, by the hash of the block where it left the log (64 hexadecimal\n"
     "                               digits) and of its own first block; key rotate prints them\n"
     "  --reason WORD                why: " STATUS_REASON_WORDS "\n"
     "                               (default: key-compromise)\n"
     "  --yes                        agree without being asked\n"
     "\n"
     "Example:\n"
     "  tradeproof void 41-43\n",
     command_void},
    {"log", "show your log by block, or another one", "[WHO] [OPTIONS]",
     "One line a block, the newest last: its number, when it says that it was signed, and what it says;\n"
     "below it whether it is void or disputed, and the first block of each branch that leaves the log\n"
     "after it. The numbers are what void, key rotate --at and reinstate --voided take; withdraw --cut\n"
     "takes those of the log of WHO (an id or a name), as held here.\n"
     "\n"
     "  --from N   begin with block N (default: the last ones)\n"
     "  --count N  so many blocks, at most 1000 (default: 20)\n"
     "  --entries  list the name of each entry too, as revoke, erase and others take it\n"
     "\n"
     "With --json: author, last and blocks (each with seq, hash, epoch, time, entries, certificates,\n"
     "erased, says, void_by, disputed, branches and, with --entries, names).\n"
     "\n"
     "Example:\n"
     "  tradeproof log --from 40\n",
     command_log},
    {"erase", "drop the content of certificates, keeping their standing", "ENTRY...",
     "Nobody reads it from then on; that there was an entry, and how it stood, stays. Other nodes\n"
     "drop the bytes seven days later; until then a `void` of the block gives them back. This node\n"
     "keeps them, sealed, until seven days after your next `key rotate`. That somebody left a shop\n"
     "stays said until it is erased too that they joined, and a review stays. 65536 entries a day.\n"
     "\n"
     "Example:\n"
     "  tradeproof erase tpa1.../12/0/5f3a8c...\n",
     command_erase},
    {"statement", "add your own word to an entry about you", "ENTRY TEXT",
     "Whoever sees the entry sees your statement beside it. It changes nothing about how the entry\n"
     "stands.\n"
     "\n"
     "Example:\n"
     "  tradeproof statement tpa1.../12/0/5f3a8c... \"I have asked for the paper to be scored again.\"\n",
     command_statement},
    {"consent", "let a shop put you on its roster", "SHOP [OPTIONS]",
     "Signs a consent for this shop (an id or a name) and nobody else, to be used once: hand\n"
     "the file to the shop. Shows who it is and asks first.\n"
     "\n"
     "  --from DAY     first day in the shop (default: today)\n"
     "  --no-repairs   you don't diagnose or repair there, so you don't count for its awards\n"
     "  --valid DAYS   how long the shop may use it (default: 14)\n"
     "  --out FILE     where to write it; - is standard output (default: consent.tp)\n"
     "  --yes          agree without being asked\n"
     "\n"
     "Example:\n"
     "  tradeproof consent \"Lone Star Garage\" --from 2026-11-22 --out consent.tp\n",
     command_consent},
    {"shop publish", "publish what your shop is and does", "FILE.json",
     "Signs the profile in FILE.json and publishes it; a later one takes its place. \"technicians\" are\n"
     "all who diagnose and repair, on the roster or not; \"from\" may be left out (today).\n"
     "\n"
     "  {\"name\": \"Lone Star Garage\", \"place\": \"Austin\", \"state\": \"TX\", \"technicians\": 8,\n"
     "   \"areas\": [\"brakes\", \"electrical\"], \"from\": \"2026-11-22\"}\n"
     "\n"
     "Example:\n"
     "  tradeproof shop publish garage.json\n",
     command_shop_publish},
    {"shop join", "put a technician on your roster, by their consent", "FILE",
     "FILE is what the technician made with tradeproof consent. A consent for another shop, one that is\n"
     "over, or one that was used before is refused. Who is on the roster already gets a second place\n"
     "there, for the first one may have ended without your having heard of it.\n"
     "\n"
     "Example:\n"
     "  tradeproof shop join consent.tp\n",
     command_shop_join},
    {"shop leave", "say that a technician no longer works in a shop", "WHO [OPTIONS] | --consent FILE",
     "Either side can say it: the shop of a technician, the technician of a shop.\n"
     "\n"
     "  --on DAY              the first day no longer there (default: today)\n"
     "  --affiliation DIGITS  which one ends, when there are several between you\n"
     "  --consent FILE        the consent that it began with, where this node doesn't know the shop's log\n"
     "\n"
     "Example:\n"
     "  tradeproof shop leave \"Maria Lopez\" --on 2026-10-01\n",
     command_shop_leave},
    {"shop status", "show a shop's roster and its awards, as declared", "[SHOP] [OPTIONS]",
     "Computes what the shop's log, its technicians' certificates and its last review amount to:\n"
     "who counts, which areas are covered by whom, and for each award whether it is held, since when,\n"
     "until when, and what ends it first. SHOP is an id or a name (default: your own). Exit\n"
     "code 0: the award that asks for a recognition of the shop is held, 1: it is not, 2: that could\n"
     "not be determined, or the shop is not held here.\n"
     "\n"
     "A shop comes by itself once a technician whom your trusted bodies, or delegates at most two steps\n"
     "below them, attested something (but experience) has joined it. Any other: tradeproof follow SHOP.\n"
     "\n"
     "  --at DAY        as of this day (default: today)\n"
     "  --without TECH  what if this technician were gone? may be given several times\n"
     "  --hire TECH     what if this technician worked here? may be given several times\n"
     "  --all           list every technician of a large shop\n"
     "\n"
     "With --json: shop, at, as_declared, what_if, profile, review, certified, perform_repairs,\n"
     "declared, doubt, technicians, areas (with by and until), awards (answer, since, until, ends_first,\n"
     "missing, share, recognition) and has_certified_technician. Numbers are null, and doubt is\n"
     "limit-reached, where more joined or left than is looked at.\n"
     "\n"
     "Example:\n"
     "  tradeproof shop status \"Lone Star Garage\" --without \"Maria Lopez\"\n",
     command_shop_status},
    {"shop find", "find shops by what they do and hold", "[OPTIONS]",
     "Searches the shops whose logs this node holds. What is computed is as declared. Exit code 0: some\n"
     "were found, 1: none, 2: none for certain, but of some it could not be determined; or none is held\n"
     "here at all.\n"
     "\n"
     "  --area AREA        performs this service area; may be given several times\n"
     "  --state TX         in this state\n"
     "  --min-certified N  at least so many certified technicians who perform repairs\n"
     "  --award NAME       holds this award; its first words are enough\n"
     "  --blue-seal        short for --award \"blue seal\"\n"
     "  --at DAY           as of this day (default: today)\n"
     "\n"
     "With --json: at, shops and undetermined, each with id, name, profile, certified, award,\n"
     "award_answer and award_until; null where no option asked for it, or a limit hides who works there.\n"
     "\n"
     "Example:\n"
     "  tradeproof shop find --area brakes --state TX --min-certified 3 --blue-seal\n",
     command_shop_find},
    {"review", "record a shop's yearly review; recognise it if it holds",
     "SHOP --technicians N --areas LIST [OPTIONS]",
     "Records what you found in the shop: the shop can't declare less afterwards. If the award that\n"
     "your rules know holds then, the recognition that it asks for is issued; if not, what is missing\n"
     "is said and nothing is issued. A shop whose profile is not held here can't be reviewed (exit code\n"
     "2): tradeproof follow SHOP asks for it. One that you reviewed is followed from then on.\n"
     "\n"
     "  --technicians N  who diagnose and repair there\n"
     "  --areas LIST     service areas that it performs: brakes,electrical\n"
     "  --on DAY         day of the review (default: today)\n"
     "  --code CODE      the recognition that it is for (default: the only one in your rules)\n"
     "\n"
     "Example:\n"
     "  tradeproof review \"Lone Star Garage\" --technicians 8 --areas brakes,electrical\n",
     command_review},
    {"key rotate", "replace all of this actor's keys", "[--next FILE] [--at SEQ | --onto HASH] [--yes]",
     "Opens the next epoch with new keys, under the same passphrase. Do it when a key may have been\n"
     "stolen, and now and then without cause. The id stays the same, and what you signed before stays\n"
     "good. It takes keys that were committed to in advance: whoever gets hold of signing keys alone\n"
     "can't do it.\n"
     "\n"
     "  --next FILE  the next.keys that you keep apart from this computer (default: the data folder's)\n"
     "  --at SEQ     continue behind block SEQ and leave out the blocks that a thief wrote after it; then\n"
     "               name the dropped branch: tradeproof void --branch\n"
     "  --onto HASH  the same behind the block with that hash (at least its first 8 digits). When a thief\n"
     "               and you signed different blocks, the command without it lists the branches and what\n"
     "               each says: find out which is yours. An old copy of the data folder that went on\n"
     "               signing makes branches too\n"
     "  --yes        drop what these leave out without asking: it can't be undone. Of what is against\n"
     "               somebody there (a revocation, a withdrawal, who left) nodes that had followed it for a\n"
     "               day, and all nodes once you void that branch, say unknown until you state again what\n"
     "               holds\n"
     "\n"
     "Example:\n"
     "  tradeproof key rotate --next /media/usb/next.keys\n",
     command_key_rotate},
    {"challenge", "ask someone for certificates", "[OPTIONS]",
     "Makes a challenge: a file that the person asked answers with tradeproof present. It says who asks\n"
     "and for what, and only you can check the answer.\n"
     "\n"
     "  --require TEXT   what you ask for (default: whatever there is); tradeproof lookup --help shows\n"
     "                   how to say it\n"
     "  --valid MINUTES  how long it may be answered (default: 10)\n"
     "  --out FILE       where to write it; - is standard output (default: challenge.tp)\n"
     "\n"
     "Example:\n"
     "  tradeproof challenge --require 'ase/A5 and ase/A6 and epa/609' --out challenge.tp\n",
     command_challenge},
    {"present", "answer a challenge with your certificates", "CHALLENGE [OPTIONS]",
     "Shows who asks and what for, and signs a presentation of your certificates for them and for\n"
     "nobody else.\n"
     "\n"
     "  --from FILE  certificates that your issuer or shop exported for you (default: this node's own)\n"
     "  --code LIST  show only these (default: what the challenge asks for, with the experience and "
     "training\n"
     "               that goes along; that alone is refused)\n"
     "  --out FILE   where to write the answer; - is standard output (default: presentation.tp)\n"
     "  --yes        agree without being asked\n"
     "  --anyway     sign also what this node finds fault with; whoever verifies it will say so\n"
     "\n"
     "Example:\n"
     "  tradeproof present challenge.tp --out answer.tp\n",
     command_present},
    {"verify", "check the answer to a challenge", "FILE [OPTIONS]",
     "Checks that the bearer is who the certificates are about and that they answer your challenge,\n"
     "then each certificate, from this node's own disk. A challenge can be answered once.\n"
     "\n" VERDICT_OPTIONS
     "  --challenge FILE  the challenge that it answers (default: the one of yours that it names)\n"
     "\n"
     "Without --require, what the challenge asked for is required, and what this node knows of the bearer\n"
     "beside what was shown counts for it too. What can be required, and what --json prints, tradeproof\n"
     "lookup --help shows.\n"
     "\n"
     "Example:\n"
     "  tradeproof verify presentation.tp\n",
     command_verify},
    {"lookup", "show what is known about someone's certificates", "TECHNICIAN [OPTIONS]",
     "Answers from this node's own disk: nobody learns that you looked. Says nothing about who stands\n"
     "before you; for that use challenge and verify.\n"
     "\n" VERDICT_OPTIONS "\n" REQUIRE_LANGUAGE "\n" VERDICT_JSON "\n"
     "Example:\n"
     "  tradeproof lookup \"Maria Lopez\" --require '\"Master Automobile\" and epa/609'\n",
     command_lookup},
    {"require check", "check stored requirements, and which of them someone reaches",
     "FILE [TECHNICIAN] [OPTIONS]",
     "FILE holds requirements such as pay grades, the best one first. A name, a colon and what is\n"
     "required; lines that begin with white space go on with the one above; # begins a comment:\n"
     "\n"
     "  Grade 2: \"Master Automobile\"\n"
     "      and epa/609\n"
     "  Grade 1: ase/A5\n"
     "\n"
     "Without TECHNICIAN the file alone is checked. With one, says for each requirement whether it is\n"
     "reached and what is missing, then the first that is. Exit code 0: one is reached, 1: none is,\n"
     "2: that could not be determined, 4: a mistake in the file.\n"
     "\n"
     "  --state TX  asked for in this state (default: where your own shop is)\n"
     "  --at DAY    as of this day (default: today)\n"
     "\n"
     "With --json: subject, at, requirements (each with name, answer, since, until and, as in lookup,\n"
     "required) and reached, a name or null.\n"
     "\n"
     "Example:\n"
     "  tradeproof require check grades.txt \"Maria Lopez\"\n",
     command_require_check},
    {"follow", "ask for a shop's log, or show whose you ask for", "[SHOP]",
     "Holds a shop that nobody introduces to this node, as far as 4 MiB at first and 1 MiB a day go. The\n"
     "nodes that yours dials (tradeproofd --peer) are asked for its log, and so learn that you follow\n"
     "it; nodes that dial yours are never asked, though what is held is passed on to them. Whoever is on\n"
     "your watch-list, and shops that you reviewed, are followed too; contacts alone are never asked\n"
     "for. Says whether anything of that log is held already. The list is the file `follow` of the data\n"
     "folder, one id a line, at most 1000.\n"
     "\n"
     "Example:\n"
     "  tradeproof follow \"Lone Star Garage\"\n",
     command_follow},
    {"unfollow", "no longer ask for a shop's log", "SHOP",
     "What is held of it stays.\n"
     "\n"
     "Example:\n"
     "  tradeproof unfollow \"Lone Star Garage\"\n",
     command_unfollow},
    {"watch add", "watch a technician or a shop", "TECHNICIAN|SHOP [--name NAME]",
     "From now on tradeproof watch report, and a running tradeproofd, say what changes: certificates,\n"
     "titles, a shop's awards. The list is the file `watch` of the data folder, one id a line, at most\n"
     "1000. Who is on it is followed: tradeproof follow --help says who learns of it. The daemon appends\n"
     "each change to `watch.log` there, and runs a program if it was started with --on-change: see\n"
     "tradeproofd --help.\n"
     "\n"
     "  --name NAME  what to call them (default: as in your contacts)\n"
     "\n"
     "Example:\n"
     "  tradeproof watch add \"Maria Lopez\"\n",
     command_watch_add},
    {"watch remove", "no longer watch someone", "TECHNICIAN|SHOP",
     "Takes them off the watch-list.\n"
     "\n"
     "Example:\n"
     "  tradeproof watch remove \"Maria Lopez\"\n",
     command_watch_remove},
    {"watch list", "show whom you watch", "",
     "One line each: the id and the name.\n"
     "\n"
     "Example:\n"
     "  tradeproof watch list\n",
     command_watch_list},
    {"watch report", "show what changed for those you watch, and what lapses soon", "[--days N]",
     "From this node's own disk, daemon or not: what changed since the last report, what lapses soon,\n"
     "and what could not be determined. Evidence that grows older is no change; evidence too old is.\n"
     "Exit code 0: nothing to tell, 1: something changed or lapses within N days, 2: only that\n"
     "something could not be determined; so a nightly job knows whether to send mail.\n"
     "\n"
     "  --days N  what lapses on one of the next N days (default: 60)\n"
     "\n"
     "With --json: at, days, watched, changed (each with id, name, kind, what, change, was, is), lapses\n"
     "and undetermined (each with id, name, kind, what, state, until, why), cut.\n"
     "\n"
     "Example:\n"
     "  tradeproof watch report --days 30 --json\n",
     command_watch_report},
    {"export", "write someone's certificates with their proofs to a file", "TECHNICIAN [OPTIONS]",
     "The file holds the certificates and their proofs as this node has them, signed by their issuers:\n"
     "what a technician keeps and presents from.\n"
     "\n"
     "  --code LIST  only these codes (default: all)\n"
     "  --out FILE   where to write it; - is standard output (default: certificates.tp)\n"
     "\n"
     "Example:\n"
     "  tradeproof export \"Maria Lopez\" --out maria.certificates\n",
     command_export},
    {"status", "show this node: ids, daemon, store, freshness", "",
     "Shows the data folder, who you are, whether the daemon runs, how much is stored, how old the\n"
     "newest word of each trusted actor is, and which logs are forked (two different blocks in one place,\n"
     "signed by the same keys): since when, what that makes undetermined, and what to do if it is yours.\n"
     "How old a log may be is what a verdict allows it too: what the trust file says, else the rhythm that\n"
     "its author states, else 30 days of an owner, a day of your own log, 14 days where you are a shop that\n"
     "nobody accredited. What is left to do is listed: cuts of accreditations that ended, branches that\n"
     "you dropped and that no void names. Where those you trust sign ahead of this machine's clock, it says\n"
     "that the clock may be behind.\n"
     "\n"
     "With --json, one object: home, network, actor, node, transport; daemon (null: it does not run;\n"
     "clock_may_be_behind is 1 or 0); store (logs, blocks, attestations, bytes_on_disk); own_log and\n"
     "each of trusted (held, epoch, seq, head, freshness, which is fresh, stale, incomplete, unknown or\n"
     "forked, checkpoint_age_s, budget_s; trusted also namespace, actor, name); cuts_to_record (actor,\n"
     "ended, accreditation, ends_others, cut, null where it is not known); branches_to_name (epoch,\n"
     "parent, first); forked\n"
     "(actor, name, from_block, since, frozen).\n"
     "\n"
     "Example:\n"
     "  tradeproof status\n",
     command_status},
    {"peers", "show the nodes that the daemon is connected to", "",
     "Asks the running daemon. With --json each has also frames_in, frames_dropped (of these, for want of\n"
     "room: a peer that floods loses its own), frames_out and bytes_out (what went to it in frames, before\n"
     "encryption).\n"
     "\n"
     "Example:\n"
     "  tradeproof peers\n",
     command_peers},
    {NULL, NULL, NULL, NULL, NULL},
};
