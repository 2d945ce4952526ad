// SPDX-License-Identifier: EUPL-1.2
/*
 * Pages of the database touched, and CPU, for one filing and for what is read, on the data directory DIR of a
 * stopped node, warm. A page counts each time that SQLite asks its cache for it, whether it is there or not.
 *
 *     pages DIR READS {TOKEN BODYFILE}...
 *
 * READS is a file of lines "NAME TOKEN ADDRESS". Prints NAME=VALUE lines for bench/run.py.
 */
#include "node.h"
#include "store/sqlite.h"

enum { FILERS_MAX = 16, TURNS = 9, FILINGS_A_TURN = 30, READS_A_TURN = 10, READ_LONG_US = 50000 };

static double touched(struct bench_node *node) {
    static const int KINDS[] = {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS};
    sqlite3 *const DBS[] = {node->reader->db, node->writer->db};
    double sum = 0;
    for (size_t d = 0; d < 2; d++)
        for (size_t k = 0; k < 2; k++) {
            int now = 0, highest = 0;
            if (sqlite3_db_status(DBS[d], KINDS[k], &now, &highest, 1) != SQLITE_OK) exit(1);
            sum += now;
        }
    return sum;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

struct task {
    const char *name, *target; // target NULL: file
    struct span token;
    const struct filer *filers;
    size_t filer_count, turn;
};

static void task_once(struct bench_node *node, struct task *task) {
    if (task->target == NULL) {
        bench_file_group(node, task->filers, task->filer_count, &task->turn, 1);
        return;
    }
    struct asked asked;
    bench_ask(node, &asked, "GET", task->target, task->token, (struct span){NULL, 0});
    bench_finish(node, &asked, 1); // what is read of a case may be noted
    bench_expect(&asked, 200);
    bench_free(&asked);
}

// The median of some turns, so that a checkpoint or a neighbour on the machine does not count.
static void measure(struct bench_node *node, struct task *task) {
    double pages[TURNS], cpu[TURNS], first_s = cpu_s();
    int each = task->target == NULL ? FILINGS_A_TURN : READS_A_TURN;
    task_once(node, task);
    if ((cpu_s() - first_s) * 1e6 > READ_LONG_US) each = 1;
    for (int i = 1; i < each; i++) task_once(node, task);
    for (size_t t = 0; t < TURNS; t++) {
        (void)touched(node);
        double began_s = cpu_s();
        for (int i = 0; i < each; i++) task_once(node, task);
        cpu[t] = (cpu_s() - began_s) * 1e6 / each;
        pages[t] = touched(node) / each;
    }
    qsort(pages, TURNS, sizeof *pages, compare);
    qsort(cpu, TURNS, sizeof *cpu, compare);
    (void)printf("%s_pages=%.1f\n%s_cpu_us=%.1f\n", task->name, pages[TURNS / 2], task->name, cpu[TURNS / 2]);
}

// Measures the reads of TEXT, a line each.
static void reads_measure(struct bench_node *node, struct span text) {
    struct span parts[3];
    for (size_t at = 0; at < text.len; at++) {
        for (size_t i = 0; i < 3; i++) {
            size_t end = span_find(text, i < 2 ? ' ' : '\n', at);
            parts[i] = span_part(text, at, end);
            at = end + (i < 2);
        }
        measure(node, &(struct task){.name = arena_text(&node->arena, parts[0]), .token = parts[1], .target = arena_text(&node->arena, parts[2])});
    }
}

int main(int argc, char **argv) {
    static struct bench_node node;
    struct filer filers[FILERS_MAX];
    size_t filer_count = 0;
    if (argc < 5) return 2;
    bench_open(&node, argv[1]);
    for (int i = 3; i + 1 < argc && filer_count < FILERS_MAX; i += 2)
        filers[filer_count++] = (struct filer){span_of(argv[i]), bench_file(&node, argv[i + 1])};
    measure(&node, &(struct task){.name = "filing", .filers = filers, .filer_count = filer_count});
    reads_measure(&node, bench_file(&node, argv[2]));
    bench_close(&node);
    return 0;
}
