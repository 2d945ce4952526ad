# SPDX-License-Identifier: EUPL-1.2
# Varde. `make` builds build/debug/varde; V=release|asan|tsan|fuzz for the other variants; CC=clang works everywhere.

V ?= debug
B := build/$(V)

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := $(if $(findstring clang,$(CC)),clang++,g++)
endif

PKGS := openssl libsodium sqlite3 libnghttp2 yaml-0.1 simdjson libcurl liboath libseccomp
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes \
  -Wmissing-prototypes -Wvla -Wcast-qual -Wwrite-strings -Wundef -Wnull-dereference -Werror
WARNXX := -Wall -Wextra -Wshadow -Werror
COMMON := -D_GNU_SOURCE -Isrc -I$(B)/gen -fno-common -fvisibility=hidden -fno-omit-frame-pointer -pthread $(PKG_CFLAGS)

FLAGS_debug := -O1 -g
FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE \
  -ftrivial-auto-var-init=zero
LINK_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
FLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
LINK_asan := -fsanitize=address,undefined
FLAGS_tsan := -O1 -g -fsanitize=thread
LINK_tsan := -fsanitize=thread
FLAGS_fuzz := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -DVARDE_FUZZ
LINK_fuzz := -fsanitize=address,undefined

CFLAGS += -std=c17 $(WARN) $(COMMON) $(FLAGS_$(V))
CXXFLAGS += -std=c++17 $(WARNXX) $(COMMON) $(FLAGS_$(V)) -fno-exceptions
LDFLAGS += $(LINK_$(V)) -pthread
LIBS := $(PKG_LIBS) -lstdc++ -lm

SRC := $(sort $(wildcard src/*/*.c))
SRCXX := $(sort $(wildcard src/*/*.cc))
OBJ := $(SRC:%.c=$(B)/%.o) $(SRCXX:%.cc=$(B)/%.o) $(B)/gen/law.o $(B)/gen/sql.o
LAW_FILES := $(sort $(shell find law -name '*.yaml' 2>/dev/null))
SQL_FILES := $(sort $(shell find src/store/sql -name '*.sql' 2>/dev/null))

.PHONY: all clean unit
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

$(B)/embed: tools/embed.c
	@mkdir -p $(@D)
	$(CC) -O1 -o $@ $<
$(B)/gen/law.c: $(B)/embed $(LAW_FILES) $(wildcard law)
	@mkdir -p $(@D)
	$(B)/embed embedded_law law/ $(LAW_FILES) > $@
$(B)/gen/sql.c: $(B)/embed $(SQL_FILES)
	@mkdir -p $(@D)
	$(B)/embed embedded_sql src/store/sql/ $(SQL_FILES) > $@
# the names of the SQL statements as a C enumeration
$(B)/gen/store/statement.h: $(SQL_FILES) tools/statements.awk
	@mkdir -p $(@D)
	awk -f tools/statements.awk $(SQL_FILES) > $@
$(OBJ) $(B)/src/main.o: | $(B)/gen/store/statement.h

# Unit tests: every test/unit/ROOM/NAME.c is one cmocka program.
UNIT := $(patsubst %.c,$(B)/%,$(wildcard test/unit/*/*.c))
$(B)/test/unit/%: test/unit/%.c $(B)/libvarde.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(LDFLAGS) $(B)/libvarde.a -lcmocka $(LIBS)
unit: $(UNIT)
	@for t in $(UNIT); do $$t >$$t.log 2>&1 || { cat $$t.log; exit 1; }; done; echo "unit: $(words $(UNIT)) programs passed"

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
