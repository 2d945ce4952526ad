// SPDX-License-Identifier: EUPL-1.2
/* Kinds of office and workspaces of a state's node, for tests that have no law. */
#ifndef TEST_OFFICES_H
#define TEST_OFFICES_H

#include "law/office.h"

static const struct office_kind TEST_KINDS[] = {
    {.id = {(const uint8_t *)"csirt", 5}, .index = 0, .does = OFFICE_READS_REGISTER | OFFICE_SELECTS | OFFICE_ANSWERS | OFFICE_ON_CALL},
    {.id = {(const uint8_t *)"ca", 2}, .index = 1, .does = OFFICE_READS_REGISTER | OFFICE_MANAGES_REGISTER | OFFICE_SELECTS | OFFICE_ANSWERS},
    {.id = {(const uint8_t *)"spoc", 4}, .index = 2, .does = OFFICE_READS_REGISTER},
    {.id = {(const uint8_t *)"ccma", 4}, .index = 3},
};
#define OFFICE_CSIRT (&TEST_KINDS[0])
#define OFFICE_CA (&TEST_KINDS[1])
#define OFFICE_SPOC (&TEST_KINDS[2])
#define OFFICE_CCMA (&TEST_KINDS[3])

static const struct span TEST_SUPERVISES[] = {{(const uint8_t *)"ca", 2}};
static const struct workspace TEST_WORKSPACES[] = {
    {.id = {(const uint8_t *)"desk", 4}, .is_for_anyone = true},
    {.id = {(const uint8_t *)"supervision", 11}, .number = 1, .work_count = 1, .works = TEST_SUPERVISES},
};
#define WORKSPACE_DESK (&TEST_WORKSPACES[0])
#define WORKSPACE_SUPERVISION (&TEST_WORKSPACES[1])

#endif
