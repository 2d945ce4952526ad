# SPDX-License-Identifier: EUPL-1.2
# Varde. GNU make, one file.
#
#   make                   build/debug/varde (gcc); V=release|asan|tsan|fuzz for the other variants, CC=clang for clang
#   make demo              a node with an invented register, on this machine
#   make check             every kind of test, reduced counts; installs what is missing
#   make check-long        the same with full counts
#   make bench             measurements, each beside its floor
#   make counts | screens  with V=release: doc/counts.md and doc/screens/ made anew
#   make unit | law | e2e | fuzz-short | house | headers     one kind of test (with V and CC as above)
#   make install           DESTDIR, PREFIX
#   make format FILES=...  clang-format over these files; a help for new code, not a rule
#
# What is built stands in build/VARIANT/; two compilers of one variant want two directories: make CC=clang B=build/clang.

V ?= debug
B ?= build/$(V)
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3

ifeq ($(origin CC),default)
CC := $(if $(filter fuzz asan,$(V)),clang,gcc)
endif
ifeq ($(origin CXX),default)
CXX := $(if $(findstring clang,$(CC)),clang++,g++)
endif

# --- compilers and flags ---

PKGS := openssl libsodium sqlite3 libnghttp2 yaml-0.1 simdjson libcurl liboath libseccomp libzstd librnp libfido2 cjose jansson
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# what only some roles use is opened there (src/os/late.h), not linked into all
PKG_LIBS := $(shell pkg-config --libs $(filter-out libcurl librnp,$(PKGS)) 2>/dev/null)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes \
  -Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings -Wundef -Wnull-dereference -Werror
WARNXX := -Wall -Wextra -Wshadow -Werror
COMMON := -D_GNU_SOURCE -Isrc -I$(B)/gen -fno-common -fvisibility=hidden -fno-omit-frame-pointer -pthread $(PKG_CFLAGS)

FLAGS_debug := -O2 -g
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE \
  -ftrivial-auto-var-init=zero
LINK_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
FLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
LINK_asan := -fsanitize=address,undefined
FLAGS_tsan := -O1 -g -fsanitize=thread
LINK_tsan := -fsanitize=thread
FLAGS_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize=vptr -fno-sanitize-recover=all -DVARDE_FUZZ
LINK_fuzz := -fsanitize=address,undefined
LINKER := $(if $(findstring clang,$(CC)),$(if $(shell command -v ld.lld),-fuse-ld=lld))

CFLAGS += -std=c17 $(WARN) $(COMMON) $(FLAGS_$(V))
CXXFLAGS += -std=c++17 $(WARNXX) $(COMMON) $(FLAGS_$(V)) -fno-exceptions
LDFLAGS += $(LINK_$(V)) $(LINKER) -pthread
LIBS := $(PKG_LIBS) -lstdc++ -lm

# --- the program ---

SRC := $(sort $(wildcard src/*/*.c))
SRCXX := $(sort $(wildcard src/*/*.cc))
OBJ := $(SRC:%.c=$(B)/%.o) $(SRCXX:%.cc=$(B)/%.o) $(B)/gen/law.o $(B)/gen/law_trees.o $(B)/gen/sql.o $(B)/gen/api.o $(B)/gen/web.o
LAW_FILES := $(sort $(shell find law -name '*.yaml' 2>/dev/null))
SQL_FILES := $(sort $(shell find src/store/sql -name '*.sql' 2>/dev/null))
SQL_STATEMENTS := $(filter-out src/store/sql/schema/%,$(SQL_FILES))
API_FILES := $(sort $(wildcard src/api/*.json))

.PHONY: all
all: $(B)/varde

$(B)/varde: $(B)/src/main.o $(B)/libvarde.a
	$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/libvarde.a: $(OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CFLAGS) -O0 -c -o $@ $<

# Law packs and SQL travel inside the binary. A list changes only when what it lists does.
$(B)/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC) -O1 -o $@ $<
$(B)/gen/law.c: $(B)/embed $(B)/gen/law.list $(LAW_FILES)
	$(B)/embed embedded_law law/ $(LAW_FILES) > $@
# and as trees, so that no start parses YAML
$(B)/embed_trees: tools/embed_trees.c $(patsubst %,$(B)/src/base/%.o,arena buf err span yaml yaml_packed)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/gen/law_trees.c: $(B)/embed_trees $(B)/gen/law.list $(LAW_FILES)
	$(B)/embed_trees embedded_law_trees law/ $(LAW_FILES) > $@.new && mv $@.new $@
$(B)/gen/sql.c: $(B)/embed $(B)/gen/sql.list $(SQL_FILES) tools/parts.awk
	@rm -rf $(B)/gen/sql && mkdir -p $(B)/gen/sql && cp -r src/store/sql/schema $(B)/gen/sql/
	awk -v from=src/store/sql/ -v to=$(B)/gen/sql/ -f tools/parts.awk $(SQL_STATEMENTS) $(SQL_STATEMENTS)
	$(B)/embed embedded_sql $(B)/gen/sql/ $(SQL_FILES:src/store/sql/%=$(B)/gen/sql/%) > $@
$(B)/gen/api.c: $(B)/embed $(B)/gen/api.list $(API_FILES)
	$(B)/embed embedded_api src/api/ $(API_FILES) > $@
$(B)/gen/api.list: FILES = $(API_FILES)
$(B)/gen/law.list: FILES = $(LAW_FILES)
$(B)/gen/sql.list: FILES = $(SQL_FILES)
# The web interface: built once for all variants, from the versions in web/package-lock.json.
WEB_SOURCES := $(sort $(shell find web -type f -not -path 'web/node_modules/*' 2>/dev/null))
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && { npm ci --silent --no-progress 2>/dev/null || npm install --silent --no-save --no-progress; }
	@touch $@
build/web/built: $(WEB_SOURCES) web/node_modules/.package-lock.json tools/pack_web.mjs
	cd web && npm run --silent build -- --logLevel warn
	node tools/pack_web.mjs build/web
	@touch $@
.PHONY: web
web: build/web/built
$(B)/gen/web.c: $(B)/embed build/web/built
	cd build/web && $(abspath $(B))/embed embedded_web ./ $$(find . -type f -not -name built | sort) > $(abspath $@)
$(B)/gen/%.list: always
	@mkdir -p $(@D)
	@echo '$(FILES)' | cmp -s - $@ || echo '$(FILES)' > $@
# the names of the SQL statements as a C enumeration
$(B)/gen/store/statement.h: $(B)/gen/sql.list $(SQL_FILES) tools/statements.awk
	@mkdir -p $(@D)
	awk -f tools/statements.awk $(SQL_FILES) </dev/null > $@.new && mv $@.new $@
# other flags or another compiler: everything anew
$(B)/gen/flags.list: FILES = $(CC) $(CFLAGS) $(CXX) $(CXXFLAGS)
$(OBJ) $(B)/src/main.o: $(B)/gen/flags.list | $(B)/gen/store/statement.h
.PHONY: always
always:

# --- tests; each target ends with a line "N passed, N failed" ---

export PYTHONDONTWRITEBYTECODE := 1
export ASAN_OPTIONS ?= detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS ?= print_stacktrace=1
export VARDE := $(abspath $(B)/varde)
RUN_TESTS := $(PYTHON) tools/run_tests.py

# Every test/unit/ROOM/NAME.c is one cmocka program. UNIT=test/unit/base/json.c runs only one.
# Under sanitizers the short run leaves out what loads all packs again and again with planted mistakes.
UNIT_LONG := $(addprefix test/unit/law/,check.c citation.c letter.c)
UNIT ?= $(filter-out $(if $(VARDE_LONG),,$(if $(filter asan tsan,$(V)),$(UNIT_LONG))),$(sort $(wildcard test/unit/*/*.c)))
UNIT_PROGRAMS := $(UNIT:%.c=$(B)/%)
$(B)/test/unit/%: test/unit/%.c $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) $(B)/libvarde.a -lcmocka $(LIBS)
.PHONY: unit law e2e
unit: $(UNIT_PROGRAMS) $(B)/varde
	@$(RUN_TESTS) --jobs 2 --timeout $(or $(TEST_S),$(if $(VARDE_LONG),7200,300)) $(UNIT_PROGRAMS)
# the unit tests of the law: the packs' tables and the cases of test/law/
law: $(filter $(B)/test/unit/law/%,$(UNIT_PROGRAMS)) $(B)/varde
	@$(RUN_TESTS) $(filter $(B)/test/unit/law/%,$(UNIT_PROGRAMS))
# Every test/e2e/NAME.py (but what they share: a leading _, varde_client) runs the real binary, found in $VARDE; three at a time, as much of it is waiting.
# Under sanitizers the short run leaves out what runs the same C with other packs or other texts.
E2E_LONG := $(addprefix test/e2e/,advisory_scale.py assistance.py campaign.py disclosure.py group.py law_tools.py own_procedure.py peer_review.py readme.py scope_questions.py \
    state.py suppression.py union_network.py union_papers.py words.py)
E2E ?= $(filter-out test/e2e/_% test/e2e/varde_client.py $(if $(VARDE_LONG),,$(if $(filter asan tsan,$(V)),$(E2E_LONG))),$(sort $(wildcard test/e2e/*.py)))
e2e: $(B)/varde $(B)/test/e2e/_echo $(B)/test/e2e/_suppress $(B)/test/e2e/_questions
	@$(RUN_TESTS) --jobs 3 --timeout $(or $(TEST_S),$(if $(VARDE_LONG),7200,900)) $(E2E)
# Every test/web/NAME.py drives a browser against the real binary; the short run leaves out what looks at the same screens once more.
WEB_LONG := $(addprefix test/web/,authority.py campaign.py counts.py load.py looks.py oversight.py outbox.py paper.py provider.py rota.py)
WEB ?= $(filter-out test/web/_% $(if $(VARDE_LONG),,$(WEB_LONG)),$(sort $(wildcard test/web/*.py)))
.PHONY: browser web-types
web-types: web/node_modules/.package-lock.json
	@cd web && npm run --silent check
browser: $(B)/varde
	@$(RUN_TESTS) --jobs 2 --timeout $(if $(VARDE_LONG),7200,900) $(WEB)
# What stories ask of people, counted anew; pictures of every screen, made by the tests.
.PHONY: counts screens
counts: $(B)/varde
	@VARDE=$(abspath $(B)/varde) test/web/counts.py --write doc/counts.md
screens: $(B)/varde
	@VARDE=$(abspath $(B)/varde) test/web/_screens.py
# a server with the real front and a node that knows nothing
$(B)/test/e2e/_%: test/e2e/_%.c $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) $(B)/libvarde.a $(LIBS)

# Every test/fault/crash_NAME.c runs a workload on the failing disk of test/fault/vfs.c.
FAULT ?= $(sort $(wildcard test/fault/crash_*.c))
FAULT_PROGRAMS := $(FAULT:%.c=$(B)/%)
$(B)/test/fault/crash_%: test/fault/crash_%.c $(B)/test/fault/vfs.o $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) $(B)/test/fault/vfs.o $(B)/libvarde.a $(LIBS)
.PHONY: fault
fault: $(FAULT_PROGRAMS)
	@$(RUN_TESTS) --verbose --timeout 3600 $(FAULT_PROGRAMS)

# Every test/fuzz/NAME.c is one libFuzzer target with seeds in test/fuzz/corpus/NAME/.
FUZZERS := $(patsubst %.c,$(B)/%,$(sort $(wildcard test/fuzz/*.c)))
FUZZ_SECONDS ?= 5
$(B)/test/fuzz/%: test/fuzz/%.c $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) -fsanitize=fuzzer $(B)/libvarde.a $(LIBS)
.PHONY: fuzzers fuzz-short
fuzzers: $(FUZZERS)
ifeq ($(V),fuzz)
fuzz-short: $(FUZZERS)
	@tools/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)
else
fuzz-short:
	@$(MAKE) --no-print-directory V=fuzz fuzz-short
endif

.PHONY: house headers
house:
	@$(RUN_TESTS) --verbose tools/check_house.py $(sort $(wildcard test/house/*.py test/house/*.sh))
# Every header compiles alone, and twice.
HEADERS := $(sort $(wildcard src/*/*.h))
$(B)/header/%.ok: %.h $(B)/gen/store/statement.h
	@mkdir -p $(@D)
	@printf '#include "%s"\n#include "%s"\nextern int alone;\n' $(<:src/%=%) $(<:src/%=%) | $(CC) $(CFLAGS) -MMD -MP -MT $@ -MF $(@:.ok=.d) -fsyntax-only -x c -
	@touch $@
headers: $(HEADERS:%.h=$(B)/header/%.ok)
	@echo "$(words $(HEADERS)) passed, 0 failed"

# Every bench/NAME.c is one measurement; bench/run runs them.
BENCH_PROGRAMS := $(patsubst %.c,$(B)/%,$(sort $(wildcard bench/*.c)))
# replay writes down what goes through store.h
$(B)/bench/replay: LDFLAGS += $(foreach f,read write begin commit savepoint release,-Wl,--wrap=store_$(f))
$(B)/bench/%: bench/%.c $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) $(B)/libvarde.a $(LIBS)
.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS)

.PHONY: deps check check-long bench demo
deps:
	@tools/install.sh check
check: deps
	@tools/check.sh
check-long: deps
	@VARDE_LONG=1 tools/check.sh
bench: deps
	@$(MAKE) -s --no-print-directory V=release
	@bench/run
demo:
	@tools/install.sh build
	@echo "building build/release/varde and its web interface: some minutes the first time"
	@$(MAKE) -s --no-print-directory V=release
	@tools/demo.sh

# --- installing ---

# The service's unit names the installed binary; everything else in it is fixed.
.PHONY: install
install:
	@$(MAKE) --no-print-directory V=release
	install -D -m 755 build/release/varde $(DESTDIR)$(PREFIX)/bin/varde
	install -D -m 644 doc/varde.1 $(DESTDIR)$(PREFIX)/share/man/man1/varde.1
	sed 's|@PREFIX@|$(PREFIX)|' pkg/varde.service | install -D -m 644 /dev/stdin $(DESTDIR)/usr/lib/systemd/system/varde.service
	build/release/varde help --bash | install -D -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/bash-completion/completions/varde

.PHONY: man format clean
man: $(B)/varde
	$(B)/varde help --man > doc/varde.1
format:
	clang-format -i $(FILES)
clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
