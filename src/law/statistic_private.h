// SPDX-License-Identifier: EUPL-1.2
/* All statistics of the packs. For the files of this room only. */
#ifndef LAW_STATISTIC_PRIVATE_H
#define LAW_STATISTIC_PRIVATE_H

#include "law/statistic.h"

struct statistic_book {
    size_t population_count, statistic_count;
    struct population *populations;
    struct statistic *statistics;
};

#endif
