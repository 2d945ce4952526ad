// SPDX-License-Identifier: EUPL-1.2
/* The version of this program, in one place. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#define VERSION_TEXT "0.1.0"

#endif
