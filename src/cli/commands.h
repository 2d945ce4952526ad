// SPDX-License-Identifier: EUPL-1.2
/* The rows that the files of this room define; table.c puts them in order. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command backup_command;
extern const struct command restore_command;
extern const struct command retention_command;
extern const struct command init_command;
extern const struct command serve_command;
extern const struct command scope_command;
extern const struct command significance_command;
extern const struct command ceiling_command;
extern const struct command acts_command;
extern const struct command file_command;
extern const struct command show_command;
extern const struct command duties_command;
extern const struct command queue_command;
extern const struct command answers_command;
extern const struct command strands_command;
extern const struct command letter_command;
extern const struct command statistics_command;
extern const struct command obligations_command;
extern const struct command rescoping_command;
extern const struct command counts_command;
extern const struct command registry_command;
extern const struct command entries_command;
extern const struct command rota_command;
extern const struct command calls_command;
extern const struct command deliveries_command;
extern const struct command mail_test_command;
extern const struct command import_command;
extern const struct command law_check_command;
extern const struct command law_words_command;
extern const struct command law_find_command;
extern const struct command law_article_command;
extern const struct command law_list_command;
extern const struct command law_show_command;
extern const struct command law_diff_command;
extern const struct command law_what_if_command;
extern const struct command log_epoch_command;
extern const struct command verify_command;
extern const struct command rebuild_command;
extern const struct command reset_command;
extern const struct command law_replay_command;
extern const struct command doctor_command;
extern const struct command help_command;
extern const struct command version_command;

#endif
