// SPDX-License-Identifier: EUPL-1.2
/*
 * Counting. Units are first gathered by their whole tuple of values, then the tuples are spread over the cells of the tables:
 * there are few tuples, however many units.
 */
#include "law/procedure.h"
#include "service/figures.h"

enum { PAGE_ROWS = 500, PAGE_ARENA_BYTES = 8 * 1024 * 1024, VALUES_MAX = 4096, TUPLES_MAX = 200000, CELLS_MAX = 20000, OVERLAPS_MAX = 64 };

struct tuple {
    uint16_t values[STATISTIC_DIMENSIONS]; // numbers of texts
    int64_t sums[STATISTIC_MEASURES], largest[STATISTIC_MEASURES];
    uint32_t next; // in its bucket, 0: none (numbers begin at 1)
};
enum { BUCKETS = 1 << 14 };

struct unit { // what is known of one thing counted
    struct facts facts;
    const struct json *content, *duty;
    struct span sector, subsector;
};

struct counter {
    const struct services *services;
    const struct statistic *statistic;
    const struct population *population;
    const struct period *period;
    struct arena *arena;
    struct why *why;
    int64_t now_ms;
    size_t text_count;
    struct span texts[VALUES_MAX]; // [0] is unused
    uint32_t buckets[BUCKETS];
    uint32_t tuple_count;
    struct tuple *tuples;
    size_t cell_count;
    struct figure_cell *cells;
    uint32_t *cell_buckets; // number + 1
    uint64_t units, read;
};

// --- values ---

static uint16_t text_number(struct counter *c, struct span text) {
    for (size_t i = 1; i <= c->text_count; i++)
        if (span_equals(c->texts[i], text)) return (uint16_t)i;
    if (c->text_count + 1 == VALUES_MAX) return 0;
    struct span own = arena_copy(c->arena, text);
    if (own.at == NULL) return 0;
    c->texts[++c->text_count] = own;
    return (uint16_t)c->text_count;
}

static const char *fact_name(const struct counter *c, struct span name) {
    (void)c;
    return (const char *)name.at; // names of packs end with NUL
}

// A JSON value as text; numbers and booleans too. Empty: unknown.
static struct span value_as_text(const struct json *value, struct arena *arena) {
    if (json_is_null(value)) return span_make(NULL, 0);
    if (value->type == JSON_STRING) return value->string;
    if (value->type == JSON_BOOL) return value->boolean ? SPAN("yes") : SPAN("no");
    if (value->type == JSON_INT) return arena_printf(arena, "%lld", (long long)value->integer);
    return span_make(NULL, 0);
}

static struct span status_of(const struct counter *c, const struct json *duty) {
    struct duty_times times;
    if (duty == NULL || !duty_read(duty, &times)) return span_make(NULL, 0);
    return span_of(duty_status_name(duty_status(&times, c->now_ms)));
}

static struct span raw_value(const struct counter *c, const struct dimension *d, const struct unit *u, struct arena *page) {
    switch (d->source) {
    case FROM_CASE: return value_as_text(json_get(u->facts.case_facts, fact_name(c, d->from)), page);
    case FROM_SUBJECT:
        if (span_is(d->from, "sector")) return u->sector;
        if (span_is(d->from, "subsector")) return u->subsector;
        return value_as_text(json_get(u->facts.subject, fact_name(c, d->from)), page);
    case FROM_DUTY:
        return span_is(d->from, "status") ? status_of(c, u->duty) : json_get_string(u->duty, fact_name(c, d->from));
    case FROM_DUTY_STATUS: {
        const struct json *duties = u->facts.duties;
        for (size_t i = 0; duties != NULL && i < duties->count; i++)
            if (span_equals(json_get_string(&duties->items[i], "duty"), d->from)) return status_of(c, &duties->items[i]);
        return span_make(NULL, 0);
    }
    default: return span_make(NULL, 0);
    }
}

static bool is_value_of(const struct dimension_value *value, struct span raw) {
    if (value->of.count == 0) return span_equals(value->value, raw);
    for (size_t i = 0; i < value->of.count; i++)
        if (span_equals(value->of.items[i], raw)) return true;
    return false;
}

static struct span value_of(const struct counter *c, const struct dimension *d, const struct unit *u, struct arena *page) {
    if (d->source == FROM_CONDITIONS) {
        for (size_t i = 0; i < d->value_count; i++)
            if (condition_holds(d->values[i].when, &u->facts)) return d->values[i].value;
        return d->other.value;
    }
    struct span raw = raw_value(c, d, u, page);
    if (raw.len == 0) return d->other.value;
    for (size_t i = 0; i < d->value_count; i++)
        if (is_value_of(&d->values[i], raw)) return d->values[i].value;
    return d->value_count == 0 ? raw : d->other.value;
}

// --- units ---

static struct err tuple_add(struct counter *c, const uint16_t *values, const int64_t *sums) {
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < c->population->dimension_count; i++) hash = (hash ^ values[i]) * 1099511628211u;
    uint32_t *at = &c->buckets[(hash >> 20) % BUCKETS];
    while (*at != 0 && memcmp(c->tuples[*at].values, values, sizeof c->tuples[*at].values) != 0) at = &c->tuples[*at].next;
    if (*at == 0) {
        if (c->tuple_count + 1 == TUPLES_MAX) return why_set(c->why, ERR_LIMIT, "", "statistic.limit", "", "too many combinations of values");
        *at = ++c->tuple_count;
        c->tuples[*at] = (struct tuple){0};
        memcpy(c->tuples[*at].values, values, sizeof c->tuples[*at].values);
    }
    struct tuple *tuple = &c->tuples[*at];
    for (size_t m = 0; m < c->population->measure_count; m++) {
        tuple->sums[m] += sums[m];
        if (sums[m] > tuple->largest[m]) tuple->largest[m] = sums[m];
    }
    return err_none();
}

static struct figure_cell *cell_at(struct counter *c, const struct figure_cell *like) {
    uint64_t hash = 1469598103934665603u;
    for (size_t d = 0; d < c->population->dimension_count; d++) hash = (hash ^ (uintptr_t)like->at[d].at) * 1099511628211u;
    for (uint64_t i = hash >> 16;; i++) {
        uint32_t *slot = &c->cell_buckets[i % (CELLS_MAX * 2)];
        if (*slot == 0) {
            if (c->cell_count == CELLS_MAX) return NULL;
            c->cells[c->cell_count] = *like;
            *slot = (uint32_t)++c->cell_count;
            return &c->cells[*slot - 1];
        }
        struct figure_cell *cell = &c->cells[*slot - 1];
        bool is_same = true;
        for (size_t d = 0; is_same && d < c->population->dimension_count; d++) is_same = cell->at[d].at == like->at[d].at;
        if (is_same) return cell;
    }
}

static struct err cell_add(struct counter *c, const struct figure_cell *like, const int64_t *sums, const int64_t *largest) {
    struct figure_cell *cell = cell_at(c, like);
    if (cell == NULL) return why_set(c->why, ERR_LIMIT, "", "statistic.limit", "", "more than %d cells", (int)CELLS_MAX);
    for (size_t m = 0; m < c->population->measure_count; m++) {
        cell->values[m] += sums[m];
        if (largest[m] > cell->largest[m]) cell->largest[m] = largest[m];
    }
    return err_none();
}

// A dimension whose values overlap stands in a table of its own: the unit counts under each of its values, and once in all.
static struct err overlap_count(struct counter *c, size_t dimension, const struct unit *u, const int64_t *sums) {
    const struct dimension *d = &c->population->dimensions[dimension];
    const struct json *list = json_get(u->facts.case_facts, fact_name(c, d->from));
    struct figure_cell cell = {0};
    size_t count = list != NULL && list->type == JSON_ARRAY ? list->count : 0;
    for (size_t i = 0; i < (count == 0 ? 1 : count) && i < OVERLAPS_MAX; i++) {
        uint16_t number = text_number(c, count == 0 ? d->other.value : list->items[i].string);
        if (number == 0) return why_set(c->why, ERR_LIMIT, "", "statistic.limit", "", "too many values");
        cell.at[dimension] = c->texts[number];
        TRY(cell_add(c, &cell, sums, sums));
    }
    return err_none();
}

static struct err unit_count(struct counter *c, const struct unit *u, struct arena *page) {
    const struct population *p = c->population;
    uint16_t values[STATISTIC_DIMENSIONS] = {0};
    int64_t sums[STATISTIC_MEASURES] = {1};
    if (!condition_holds(p->select, &u->facts)) return err_none();
    for (size_t m = 1; m < p->measure_count; m++) {
        sums[m] = json_get_int(u->facts.case_facts, fact_name(c, p->measures[m].sum), 0);
        if (sums[m] < 0 || sums[m] > INT32_MAX) sums[m] = sums[m] < 0 ? 0 : INT32_MAX; // declared by anyone: no sum may overflow
    }
    for (size_t d = 0; d < p->dimension_count; d++) {
        if (p->dimensions[d].is_overlapping) continue;
        values[d] = text_number(c, value_of(c, &p->dimensions[d], u, page));
        if (values[d] == 0) return why_set(c->why, ERR_LIMIT, "", "statistic.limit", "", "too many values");
    }
    for (size_t t = 0; t < c->statistic->table_count; t++)
        if (p->dimensions[c->statistic->tables[t].by[0]].is_overlapping) TRY(overlap_count(c, c->statistic->tables[t].by[0], u, sums));
    c->units++;
    return tuple_add(c, values, sums);
}

// The one sector and sub-sector of all its types, "several", or none.
static void place_of(const struct counter *c, const struct json *types, struct unit *u) {
    for (size_t i = 0; types != NULL && types->type == JSON_ARRAY && i < types->count; i++) {
        struct span sector = span_make(NULL, 0), subsector = span_make(NULL, 0);
        if (types->items[i].type != JSON_STRING || !law_type_place(c->services->law, types->items[i].string, &sector, &subsector)) continue;
        if (u->sector.at == NULL) {
            u->sector = sector;
            u->subsector = subsector;
            continue;
        }
        if (!span_equals(u->sector, sector)) u->sector = u->subsector = SPAN("several");
        else if (!span_equals(u->subsector, subsector)) u->subsector = SPAN("several");
    }
    if (span_is(u->sector, "several")) u->subsector = span_make(NULL, 0);
}

// What conditions may ask of the entity: class, status and the profile.
static struct err subject_make(const struct value *class, const struct value *status, struct span types, struct span profile, struct unit *u,
                               struct json *ret, struct json *ret_types, const struct counter *c, struct arena *page) {
    *ret = (struct json){.type = JSON_OBJECT};
    *ret_types = (struct json){.type = JSON_ARRAY};
    if (profile.len > 0 && is_err(json_parse(page, profile, ret, NULL))) return err_make(ERR_CORRUPT);
    if (types.len > 0 && is_err(json_parse(page, types, ret_types, NULL))) return err_make(ERR_CORRUPT);
    struct json_member *members = arena_take_array(page, ret->count + 3, sizeof *members);
    if (members == NULL) return err_make(ERR_MEMORY);
    size_t count = 0;
    if (class->bytes.at != NULL) members[count++] = (struct json_member){SPAN("class"), json_from_string(class->bytes)};
    if (status->bytes.at != NULL) members[count++] = (struct json_member){SPAN("status"), json_from_string(status->bytes)};
    for (size_t i = 0; i < ret->count; i++)
        if (!span_is(ret->members[i].name, "class") && !span_is(ret->members[i].name, "status")) members[count++] = ret->members[i];
    ret->members = members;
    ret->count = count;
    place_of(c, ret_types, u);
    return err_none();
}

// --- cases and duties ---

// The instant by which the case counts: of the first (or last) filing of the documents that is not withdrawn. INSTANT_NONE: none.
static int64_t counted_ms(const struct counter *c, const struct json *filings) {
    int64_t found = INSTANT_NONE;
    for (size_t i = 0; filings != NULL && i < filings->count; i++) {
        struct stamp stamp;
        if (!names_have(&c->population->documents, json_get_string(&filings->items[i], "document")) ||
            span_is(json_get_string(&filings->items[i], "status"), "withdrawn") ||
            is_err(stamp_parse(json_get_string(&filings->items[i], "received_at"), NULL, "", &stamp, NULL)))
            continue;
        if (found == INSTANT_NONE || (c->population->is_last ? stamp.ms > found : stamp.ms < found)) found = stamp.ms;
    }
    return found;
}

static struct err case_count(struct counter *c, const struct rows *rows, size_t row, struct arena *page) {
    enum { LAST, ID, CONTENT, CLASS, STATUS, TYPES, PROFILE };
    struct json content, subject, types;
    struct unit u = {.content = &content};
    if (is_err(json_parse(page, rows_span(rows, row, CONTENT), &content, NULL)))
        return why_set(c->why, ERR_CORRUPT, "", "statistic.corrupt", "", "the figures of case %.*s are no JSON; run varde rebuild", SPAN_FMT(rows_span(rows, row, ID)));
    c->read++;
    u.facts.filings = json_get(&content, "filings");
    int64_t at_ms = counted_ms(c, u.facts.filings);
    if (at_ms == INSTANT_NONE || at_ms < c->period->from_ms || at_ms >= c->period->to_ms) return err_none();
    TRY(subject_make(rows_at(rows, row, CLASS), rows_at(rows, row, STATUS), rows_span(rows, row, TYPES), rows_span(rows, row, PROFILE), &u, &subject, &types, c, page));
    u.facts.subject = &subject;
    u.facts.case_facts = json_get(&content, "facts");
    u.facts.flags = json_get(&content, "flags");
    u.facts.duties = json_get(&content, "duties");
    u.facts.state = json_get_string(&content, "state");
    u.facts.received_ms = at_ms;
    u.facts.zone = c->services->zone;
    if (!condition_holds(c->population->select, &u.facts)) return err_none();
    if (c->population->unit == UNIT_CASE) return unit_count(c, &u, page);
    for (size_t i = 0; u.facts.duties != NULL && i < u.facts.duties->count; i++) {
        u.duty = &u.facts.duties->items[i];
        TRY(unit_count(c, &u, page));
    }
    return err_none();
}

static struct err cases_count(struct counter *c, struct store_conn *conn, struct arena *page) {
    int64_t last_ms = INT64_MIN;
    char last_id[32] = "";
    struct span path = c->population->once_per.len == 0 ? span_make(NULL, 0) : arena_printf(c->arena, "$.facts.%.*s", SPAN_FMT(c->population->once_per));
    for (bool more = true; more;) {
        struct rows rows;
        struct value params[] = {value_text(c->population->procedure), value_int(c->period->from_ms), value_int(c->period->to_ms),
                                 value_int(last_ms), value_text(span_of(last_id)), value_int(PAGE_ROWS), value_text(path),
                                 value_text(c->population->once_is), value_int(c->now_ms), value_int(c->population->is_opt_in)};
        arena_reset(page);
        TRY(store_read(conn, STMT_CASE_FIGURE_PAGE, params, 10, page, &rows, c->why));
        for (size_t i = 0; i < rows.count; i++) TRY(case_count(c, &rows, i, page));
        more = rows.count == PAGE_ROWS;
        if (!more) break;
        last_ms = rows_int(&rows, rows.count - 1, 0);
        struct span id = rows_span(&rows, rows.count - 1, 1);
        memcpy(last_id, id.at, id.len < sizeof last_id - 1 ? id.len : sizeof last_id - 1);
    }
    return err_none();
}

static struct err entities_count(struct counter *c, struct store_conn *conn, struct arena *page) {
    char last_id[32] = "";
    for (bool more = true; more;) {
        struct rows rows;
        struct value params[] = {value_text(span_of(last_id)), value_int(c->period->to_ms), value_int(PAGE_ROWS)};
        arena_reset(page);
        TRY(store_read(conn, STMT_ENTITY_FIGURE_PAGE, params, 3, page, &rows, c->why));
        for (size_t i = 0; i < rows.count; i++) {
            struct unit u = {0};
            struct json subject, types;
            TRY(subject_make(rows_at(&rows, i, 1), rows_at(&rows, i, 2), rows_span(&rows, i, 3), rows_span(&rows, i, 4), &u, &subject, &types, c, page));
            u.facts.subject = &subject;
            c->read++;
            TRY(unit_count(c, &u, page));
        }
        more = rows.count == PAGE_ROWS;
        struct span id = rows.count > 0 ? rows_span(&rows, rows.count - 1, 0) : SPAN("");
        memcpy(last_id, id.at, id.len < sizeof last_id - 1 ? id.len : sizeof last_id - 1);
    }
    return err_none();
}

// --- tables ---

// Whether the table has the cell: it says something of the table's dimensions and of no others.
static bool table_has(const struct population *p, const struct statistic_table *table, const struct figure_cell *cell) {
    for (size_t d = 0; d < p->dimension_count; d++) {
        bool is_in = cell->at[d].at == NULL;
        for (size_t i = 0; !is_in && i < table->by_count; i++)
            for (int at = (int)table->by[i]; at >= 0; at = p->dimensions[at].under) is_in = is_in || at == (int)d;
        if (!is_in) return false;
    }
    return true;
}

bool figure_is_of_table(const struct figures *figures, const struct statistic_table *table, const struct figure_cell *cell) {
    return table_has(figures->statistic->population, table, cell);
}

// A cell that tables share is counted for the first of them.
static bool is_of_earlier(const struct counter *c, size_t table, const struct figure_cell *cell) {
    for (size_t t = 0; t < table; t++)
        if (!c->population->dimensions[c->statistic->tables[t].by[0]].is_overlapping && table_has(c->population, &c->statistic->tables[t], cell)) return true;
    return false;
}

// Adds the tuple to each cell of the table that it falls in: with each dimension at its value, above it, or not at all.
static struct err tuple_spread(struct counter *c, const struct tuple *tuple, size_t table, size_t depth, struct figure_cell *cell) {
    const struct statistic_table *of = &c->statistic->tables[table];
    if (depth == of->by_count) return is_of_earlier(c, table, cell) ? err_none() : cell_add(c, cell, tuple->sums, tuple->largest);
    TRY(tuple_spread(c, tuple, table, depth + 1, cell));
    int chain[STATISTIC_DIMENSIONS], count = 0;
    for (int at = (int)of->by[depth]; at >= 0; at = c->population->dimensions[at].under) chain[count++] = at;
    for (int i = count - 1; i >= 0; i--) { // the widest first; it stays while its parts are added
        cell->at[chain[i]] = c->texts[tuple->values[chain[i]]];
        TRY(tuple_spread(c, tuple, table, depth + 1, cell));
    }
    for (int i = 0; i < count; i++) cell->at[chain[i]] = span_make(NULL, 0);
    return err_none();
}

static struct err tables_make(struct counter *c) {
    for (size_t t = 0; t < c->statistic->table_count; t++) {
        if (c->population->dimensions[c->statistic->tables[t].by[0]].is_overlapping) continue;
        for (uint32_t i = 1; i <= c->tuple_count; i++) TRY(tuple_spread(c, &c->tuples[i], t, 0, &(struct figure_cell){0}));
    }
    return err_none();
}

static size_t value_order(const struct dimension *d, struct span value) {
    for (size_t i = 0; i < d->value_count; i++)
        if (span_equals(d->values[i].value, value)) return i;
    return span_equals(d->other.value, value) ? SIZE_MAX : d->value_count;
}

static int span_order(struct span a, struct span b) {
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int figure_compare(const struct population *population, const struct figure_cell *a, const struct figure_cell *b) {
    for (size_t d = 0; d < population->dimension_count; d++) {
        if (a->at[d].at == NULL || b->at[d].at == NULL) {
            if ((a->at[d].at == NULL) != (b->at[d].at == NULL)) return a->at[d].at == NULL ? -1 : 1;
            continue;
        }
        size_t x = value_order(&population->dimensions[d], a->at[d]), y = value_order(&population->dimensions[d], b->at[d]);
        int order = x != y ? (x < y ? -1 : 1) : span_order(a->at[d], b->at[d]);
        if (order != 0) return order;
    }
    return 0;
}

// Comb sort: short, in place, quick enough for some thousands.
static void cells_sort(const struct population *population, struct figure_cell *cells, size_t count) {
    bool is_moved = true;
    for (size_t gap = count; gap > 1 || is_moved;) {
        gap = gap > 1 ? gap * 10 / 13 : 1;
        if (gap == 0) gap = 1;
        is_moved = false;
        for (size_t i = 0; i + gap < count; i++) {
            if (figure_compare(population, &cells[i], &cells[i + gap]) <= 0) continue;
            struct figure_cell kept = cells[i];
            cells[i] = cells[i + gap];
            cells[i + gap] = kept;
            is_moved = true;
        }
        if (count < 2) break;
    }
}

const struct figure_cell *figure_find(const struct figures *figures, const struct figure_cell *like) {
    size_t low = 0, high = figures->cell_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = figure_compare(figures->statistic->population, &figures->cells[middle], like);
        if (order == 0) return &figures->cells[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static struct err count_all(struct counter *c, struct store_conn *conn) {
    struct arena page;
    arena_init(&page, PAGE_ARENA_BYTES);
    struct err e = c->population->unit == UNIT_ENTITY ? entities_count(c, conn, &page) : cases_count(c, conn, &page);
    arena_fini(&page);
    TRY(e);
    return tables_make(c);
}

struct err figures_count(const struct services *services, struct store_conn *conn, const struct statistic *statistic,
                         const struct period *period, int64_t now_ms, struct arena *arena, struct figures *ret, struct why *why) {
    struct arena own; // what is only needed while counting
    struct counter *c = mem_take(sizeof *c);
    if (c == NULL) return why_set(why, ERR_MEMORY, "", "statistic.memory", "", "no memory left for figures");
    memset(c, 0, sizeof *c);
    arena_init(&own, (size_t)64 * 1024 * 1024);
    c->services = services;
    c->statistic = statistic;
    c->population = statistic->population;
    c->period = period;
    c->arena = arena;
    c->why = why;
    c->now_ms = now_ms;
    c->tuples = arena_take_array(&own, TUPLES_MAX, sizeof *c->tuples);
    c->cell_buckets = arena_take_array(&own, (size_t)CELLS_MAX * 2, sizeof *c->cell_buckets);
    c->cells = arena_take_array(&own, CELLS_MAX, sizeof *c->cells);
    struct err e = err_make(ERR_MEMORY);
    if (c->tuples != NULL && c->cell_buckets != NULL && c->cells != NULL) e = count_all(c, conn);
    struct figures figures = {.statistic = statistic, .period = *period, .made_ms = now_ms, .units = c->units, .read = c->read,
                              .cell_count = c->cell_count, .rule = law_suppress_rule(services->law, services->state, statistic->population)};
    if (!is_err(e)) {
        figures.cells = arena_take_array(arena, c->cell_count + 1, sizeof *figures.cells);
        if (figures.cells == NULL) e = err_make(ERR_MEMORY);
        else memcpy(figures.cells, c->cells, c->cell_count * sizeof *figures.cells);
    }
    if (!is_err(e)) cells_sort(statistic->population, figures.cells, figures.cell_count);
    arena_fini(&own);
    mem_give(c);
    if (is_err(e)) return why_set(why, e.code, "", "statistic.memory", "", "no memory left for figures");
    *ret = figures;
    return err_none();
}
