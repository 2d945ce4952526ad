// SPDX-License-Identifier: EUPL-1.2
/* The table of commands, in the order in which help shows them. A new command is one line here. */
#include "cli/commands.h"

// clang-format off
const struct command *const command_table[] = {
    &init_command,
    &serve_command,
    &scope_command,
    &significance_command,
    &ceiling_command,
    &acts_command,
    &import_command,
    &file_command,
    &show_command,
    &duties_command,
    &obligations_command,
    &rescoping_command,
    &counts_command,
    &registry_command,
    &rota_command,
    &calls_command,
    &deliveries_command,
    &mail_test_command,
    &law_check_command,
    &law_list_command,
    &law_words_command,
    &law_show_command,
    &law_diff_command,
    &law_what_if_command,
    &law_replay_command,
    &verify_command,
    &log_epoch_command,
    &backup_command,
    &restore_command,
    &retention_command,
    &rebuild_command,
    &reset_command,
    &doctor_command,
    &help_command,
    &version_command,
    NULL,
};
// clang-format on
