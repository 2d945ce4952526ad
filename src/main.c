// SPDX-License-Identifier: EUPL-1.2
#include <stdio.h>

int main(void) {
    (void)fprintf(stderr, "varde: no command yet\n");
    return 2;
}
