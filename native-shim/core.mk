# The protocol core: library, unit tests, purity. Included by Makefile, and usable alone: make -f core.mk core-test
#
#   core-lib     $(BUILD)/libdsm_core.a; other flags go to another BUILD, e.g. BUILD=build/m1 CFLAGS_CORE='-O1 -DDSM_MUTANT=1'
#   core-test    cmocka unit tests under ASan and UBSan
#   core-purity  the core calls nothing but string.h (checked on its undefined symbols)
#   core-both    compiles with gcc and with clang

CORE_ROOT := $(dir $(lastword $(MAKEFILE_LIST)))
CORE_SRC := $(CORE_ROOT)src/core
CORE_TEST := $(CORE_ROOT)test/core
BUILD ?= $(CORE_ROOT)build
CFLAGS_CORE ?= -O2 -g
CORE_WARN := -std=c17 -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
CORE_SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CORE_SOURCES := $(wildcard $(CORE_SRC)/*.c)
CORE_HEADERS := $(wildcard $(CORE_SRC)/*.h)
CORE_OBJECTS := $(patsubst $(CORE_SRC)/%.c,$(BUILD)/core/%.o,$(CORE_SOURCES))
CORE_TEST_SOURCES := $(wildcard $(CORE_TEST)/*.c)
# what libc's string.h gives, what the linker and position-independent code need, and the compiler's model of the processor
CORE_PURE := memcpy|memmove|memset|memcmp|_GLOBAL_OFFSET_TABLE_|__cpu_model

.PHONY: core-lib core-test core-purity core-both

core-lib: $(BUILD)/libdsm_core.a

$(BUILD)/core/%.o: $(CORE_SRC)/%.c $(CORE_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(CORE_WARN) -fPIC -fvisibility=hidden $(CFLAGS_CORE) -c $< -o $@

$(BUILD)/libdsm_core.a: $(CORE_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/core_test: $(CORE_SOURCES) $(CORE_HEADERS) $(CORE_TEST_SOURCES) $(wildcard $(CORE_TEST)/*.h)
	@mkdir -p $(@D)
	$(CC) -std=c17 -Wall -Wextra -Werror $(CORE_SANITIZE) -I$(CORE_SRC) $(CORE_SOURCES) $(CORE_TEST_SOURCES) -lcmocka -pthread -o $@

core-test: $(BUILD)/core_test
	timeout 120 $(BUILD)/core_test

# An archive member may use another's symbols: only what the whole archive lacks counts.
core-purity: $(BUILD)/libdsm_core.a
	@nm $< 2>/dev/null | awk '$$1 == "U" {u[$$2]} $$2 ~ /^[TDBRVW]$$/ {d[$$3]} END {for (s in u) if (!(s in d)) print s}' \
	  | grep -Evx '$(CORE_PURE)' > $(BUILD)/core-impure; \
	if [ -s $(BUILD)/core-impure ]; then \
	  echo "the core is not pure, it calls:"; cat $(BUILD)/core-impure; exit 1; fi; \
	echo "core-purity: $$(nm $< 2>/dev/null | grep -c ' T ') functions, nothing undefined but string.h"

core-both:
	$(MAKE) -f $(CORE_ROOT)core.mk core-lib CC=gcc BUILD=$(BUILD)/gcc
	$(MAKE) -f $(CORE_ROOT)core.mk core-lib CC=clang BUILD=$(BUILD)/clang
