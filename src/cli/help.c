// SPDX-License-Identifier: EUPL-1.2
#include "cli/help.h"

#include "cli/commands.h"
#include "cli/version.h"

static const struct {
    int code;
    const char *words;
} EXIT_WORDS[] = {
    {EXIT_DONE, "done, or the answer is yes"},
    {EXIT_NO, "the answer is no: not proved, not in order, not found, refused"},
    {EXIT_USAGE, "the command line or an input is not understood"},
    {EXIT_UNREACHABLE, "the node can't be reached, is busy, or is not the one expected"},
    {EXIT_DENIED, "the node does not know who asks, or does not let them"},
    {EXIT_MACHINE, "a file, the disk or memory failed"},
};
enum { EXIT_WORDS_COUNT = sizeof EXIT_WORDS / sizeof EXIT_WORDS[0] };

static bool has_options(const struct command *command) {
    return command->options != NULL && command->options[0].name != NULL;
}

void help_print_usage(FILE *out, const struct command *command) {
    (void)fprintf(out, "varde %s%s%s%s\n", command->name, command->arguments[0] != '\0' ? " " : "", command->arguments,
                  has_options(command) ? " [options]" : "");
}

static int option_width(const struct option *option) {
    return (int)(strlen(option->name) + (option->value != NULL ? strlen(option->value) + 1 : 0));
}

// Paragraphs, with lines that are too long broken at a blank.
static void print_wrapped(FILE *out, const char *text) {
    enum { LINE_WIDTH = 120 };
    struct span rest = span_of(text);
    while (rest.len > 0) {
        size_t end = span_find(rest, '\n', 0), next = end + 1;
        if (end > LINE_WIDTH) {
            size_t at = LINE_WIDTH;
            while (at > 0 && rest.at[at] != ' ') at--;
            if (at > 0) end = at;
            next = end + (rest.at[end] == ' ' ? 1 : 0);
        }
        (void)fprintf(out, "%.*s\n", SPAN_FMT(span_part(rest, 0, end)));
        rest = span_part(rest, next, rest.len);
    }
}

void help_print_command(FILE *out, const struct command *command) {
    (void)fputs("usage: ", out);
    help_print_usage(out, command);
    (void)fprintf(out, "\n%s.\n", command->summary);
    if (command->help != NULL) {
        (void)fputc('\n', out);
        print_wrapped(out, command->help);
    }
    if (!has_options(command)) return;
    (void)fputs("\nOptions:\n", out);
    int widest = 0;
    for (const struct option *o = command->options; o->name != NULL; o++)
        if (option_width(o) > widest) widest = option_width(o);
    for (const struct option *o = command->options; o->name != NULL; o++)
        (void)fprintf(out, "  %s%s%s%*s  %s\n", o->name, o->value != NULL ? " " : "", o->value != NULL ? o->value : "",
                      widest - option_width(o), "", o->help);
}

static int command_width(const struct command *command) {
    return (int)(strlen(command->name) + 1 + strlen(command->arguments));
}

static void print_line(FILE *out, const struct command *command, int widest) {
    (void)fprintf(out, "  varde %s %s%*s  %s\n", command->name, command->arguments, widest - command_width(command), "",
                  command->summary);
}

void help_print_all(FILE *out) {
    (void)fputs("varde: the cooperation system of the NIS2 Directive\n\n", out);
    int widest = 0;
    for (size_t i = 0; command_table[i] != NULL; i++)
        if (command_width(command_table[i]) > widest) widest = command_width(command_table[i]);
    for (size_t i = 0; command_table[i] != NULL; i++) print_line(out, command_table[i], widest);
    (void)fputs("\nvarde COMMAND --help says more. Exit codes:", out);
    for (size_t i = 0; i < EXIT_WORDS_COUNT; i++) (void)fprintf(out, "\n  %d  %s", EXIT_WORDS[i].code, EXIT_WORDS[i].words);
    (void)fputc('\n', out);
}

void help_print_near(FILE *out, const char *word) {
    size_t shared_most = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; command_table[i] != NULL; i++) {
            const char *name = command_table[i]->name;
            size_t shared = 0;
            while (word[shared] != '\0' && name[shared] == word[shared]) shared++;
            if (pass == 0 && shared > shared_most) shared_most = shared;
            if (pass == 1 && shared == shared_most && shared > 0) (void)fprintf(out, "Is it: varde %s\n", name);
        }
    }
    (void)fputs("All commands: varde help\n", out);
}

// --- the manual page ---

// Text for roff: a backslash and a leading dot or quote would be commands, a hyphen-minus must stay one.
static void man_text(const char *text) {
    bool is_line_start = true;
    for (; *text != '\0'; text++) {
        if (is_line_start && (*text == '.' || *text == '\'')) (void)fputs("\\&", stdout);
        if (*text == '\\') (void)fputs("\\e", stdout);
        else if (*text == '-') (void)fputs("\\-", stdout);
        else if (*text == '\n' && text[1] == '\n') {
            (void)fputs("\n.PP", stdout); // the second line feed ends the macro's line
        } else (void)fputc(*text, stdout);
        is_line_start = *text == '\n';
    }
}

static void man_command(const struct command *command) {
    (void)fputs(".SS ", stdout);
    man_text(command->name);
    (void)fputs("\n.B varde ", stdout);
    man_text(command->name);
    if (command->arguments[0] != '\0') {
        (void)fputs("\n.I ", stdout);
        man_text(command->arguments);
    }
    (void)fputs("\n.PP\n", stdout);
    man_text(command->summary);
    (void)fputs(".\n", stdout);
    if (command->help != NULL) {
        (void)fputs(".PP\n", stdout);
        man_text(command->help);
        (void)fputc('\n', stdout);
    }
    for (const struct option *o = command->options; o != NULL && o->name != NULL; o++) {
        (void)fputs(".TP\n.BR ", stdout);
        man_text(o->name);
        if (o->value != NULL) {
            (void)fputs(" \" \" ", stdout);
            man_text(o->value);
        }
        (void)fputc('\n', stdout);
        man_text(o->help);
        (void)fputs(".\n", stdout);
    }
}

static void print_man(void) {
    (void)fputs(".\\\" SPDX-License-Identifier: EUPL-1.2\n.\\\" made by: varde help --man\n"
                ".TH VARDE 1 \"\" \"varde " VERSION_TEXT "\" \"Varde\"\n.SH NAME\nvarde \\- the cooperation system of the "
                "NIS2 Directive\n.SH SYNOPSIS\n.B varde\n.I command\n[\\fIoptions\\fR] [\\fIarguments\\fR]\n.SH COMMANDS\n",
                stdout);
    for (size_t i = 0; command_table[i] != NULL; i++) man_command(command_table[i]);
    (void)fputs(".SH EXIT STATUS\n", stdout);
    for (size_t i = 0; i < EXIT_WORDS_COUNT; i++) {
        (void)printf(".TP\n.B %d\n", EXIT_WORDS[i].code);
        man_text(EXIT_WORDS[i].words);
        (void)fputs(".\n", stdout);
    }
    (void)fputs(".SH ENVIRONMENT\n.TP\n.B VARDE_URL\nWhere the node answers, for the commands that ask one.\n.TP\n"
                ".B VARDE_TOKEN\nThe API token for them, where no \\-\\-token\\-file is given.\n",
                stdout);
}

// --- completion ---

static void print_bash(void) {
    (void)fputs("# bash completion for varde, made by: varde help --bash\n_varde() {\n"
                "    local words=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" now=\"${COMP_WORDS[COMP_CWORD]}\"\n"
                "    case \"$words\" in\n",
                stdout);
    for (size_t i = 0; command_table[i] != NULL; i++) { // longer names stand before shorter ones in no order: use both
        const struct command *command = command_table[i];
        (void)printf("    \"%s\"*) COMPREPLY=($(compgen -f -W \"--help", command->name);
        for (const struct option *o = command->options; o != NULL && o->name != NULL; o++) (void)printf(" %s", o->name);
        (void)fputs("\" -- \"$now\"));;\n", stdout);
    }
    (void)fputs("    *) COMPREPLY=($(compgen -W \"", stdout);
    for (size_t i = 0; command_table[i] != NULL; i++) (void)printf("%s%s", i > 0 ? " " : "", command_table[i]->name);
    (void)fputs("\" -- \"$now\"));;\n    esac\n}\ncomplete -F _varde varde\n", stdout);
}

static int help_run(const struct call *call) {
    if (call_has(call, "--man")) {
        print_man();
        return EXIT_DONE;
    }
    if (call_has(call, "--bash")) {
        print_bash();
        return EXIT_DONE;
    }
    if (call->argument_count == 0) {
        help_print_all(stdout);
        return EXIT_DONE;
    }
    bool is_found = false; // `varde help law` shows all of law
    for (size_t i = 0; command_table[i] != NULL; i++) {
        struct span rest = span_of(command_table[i]->name);
        bool is_match = true;
        for (size_t k = 0; k < call->argument_count && is_match; k++) {
            size_t end = span_find(rest, ' ', 0);
            is_match = span_is(span_part(rest, 0, end), call->arguments[k]);
            rest = span_part(rest, end + 1, rest.len);
        }
        if (!is_match) continue;
        if (is_found) (void)fputc('\n', stdout);
        help_print_command(stdout, command_table[i]);
        is_found = true;
    }
    return is_found ? EXIT_DONE : call_misuse(call, "there is no command \"%s\"", call->arguments[0]);
}

static const struct option HELP_OPTIONS[] = {
    {"--man", NULL, "print the manual page (roff)"},
    {"--bash", NULL, "print completion for bash"},
    {NULL, NULL, NULL},
};
const struct command help_command = {
    .name = "help",
    .arguments = "[COMMAND...]",
    .summary = "Explain the commands",
    .options = HELP_OPTIONS,
    .run = help_run,
};

static int version_run(const struct call *call) {
    (void)call;
    (void)printf("varde %s\n", VERSION_TEXT);
    return EXIT_DONE;
}

const struct command version_command = {
    .name = "version",
    .arguments = "",
    .summary = "Print the version",
    .run = version_run,
};
