# The simulator of the protocol core, its mutants and its fuzzers. Included by Makefile; alone: make -f sim.mk sim-test
#
#   make sim         build/sim/dsm-sim
#   make sim-test    scenarios, 25,000 random seeds for each of the two protocols, and fewer of both under ASan+UBSan
#   make mutants     each planted bug must be caught, by seeds that the real core passes
#   make fuzz-test   the corpus and random inputs for codec, core and the readers of classes and jars, under ASan+UBSan
#   make fuzz        the same targets with clang's libFuzzer, FUZZ_SECONDS each

SIM_CC    ?= gcc
SIM_BUILD ?= build/sim
SIM_JOBS  ?= $(shell nproc 2>/dev/null || echo 2)
SIM_SEEDS ?= 25000
SIM_REACHED ?= 20000
SIM_SANITIZED_SEEDS ?= 600
SIM_MUTANT_SEEDS ?= 2000
FUZZ_INPUTS  ?= 60000
FUZZ_SECONDS ?= 30

SIM_FLAGS := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wundef -Wformat=2 -Isrc/core -Isim -Isrc/classfile -DDSM_ASSERT_HOOK
SIM_ASAN  := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SIM_CORE_SOURCES := $(wildcard src/core/*.c)
SIM_SOURCES      := $(wildcard sim/*.c)
SIM_MUTANTS      := 1 2 3 4 5 6 7 8 21
SIM_RELEASE_MUTANTS := 9 10 11 12 13 14 15 16 17 18 19 20
SIM_LATE_MUTANTS := 22
SIM_ALL_MUTANTS  := $(SIM_MUTANTS) $(SIM_RELEASE_MUTANTS) $(SIM_LATE_MUTANTS)

.PHONY: sim sim-test mutants fuzz-test fuzz

sim: $(SIM_BUILD)/dsm-sim

# $(call sim_objects,VARIANT,sources)
sim_objects = $(patsubst %.c,$(SIM_BUILD)/$(1)/%.o,$(2))

# $(call sim_variant,VARIANT,flags)
define sim_variant
$(SIM_BUILD)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	@$(SIM_CC) $(SIM_FLAGS) $(2) -MMD -MP -c $$< -o $$@
-include $(patsubst %.o,%.d,$(call sim_objects,$(1),$(SIM_CORE_SOURCES) $(SIM_SOURCES) fuzz/*.c))
endef

# Seeds take most of the time of all tests: the core and the simulator are optimized as one program. The mutants are linked
# from the same objects without that.
SIM_WHOLE := -flto -ffat-lto-objects

$(eval $(call sim_variant,plain,-O3 -g $(SIM_WHOLE)))
$(eval $(call sim_variant,asan,$(SIM_ASAN)))
$(foreach m,$(SIM_ALL_MUTANTS),$(eval $(call sim_variant,mutant$(m),-O1 -DDSM_MUTANT=$(m))))

$(SIM_BUILD)/dsm-sim: $(call sim_objects,plain,$(SIM_CORE_SOURCES) $(SIM_SOURCES))
	@echo "  LD $@"
	@$(SIM_CC) -O3 -flto=2 -o $@ $^

$(SIM_BUILD)/dsm-sim-asan: $(call sim_objects,asan,$(SIM_CORE_SOURCES) $(SIM_SOURCES))
	@echo "  LD $@"
	@$(SIM_CC) $(SIM_ASAN) -o $@ $^

# A mutant has only the files of its own that name it (as NUMBER:FILE here); all others are those of the real core.
SIM_MUTABLE := $(shell sed -n 's/^.define \(DSM_MUTANT_[A-Z_]*\)  *\([0-9][0-9]*\) .*/\2 \1/p' src/core/dsm_mutant.h | \
	while read -r number name; do grep -lw $$name $(SIM_CORE_SOURCES) | sed "s/^/$$number:/"; done)
sim_mutable = $(patsubst $(1):%,%,$(filter $(1):%,$(SIM_MUTABLE)))
define sim_mutant
$(SIM_BUILD)/dsm-sim-mutant$(1): $(call sim_objects,mutant$(1),$(call sim_mutable,$(1))) \
		$(call sim_objects,plain,$(filter-out $(call sim_mutable,$(1)),$(SIM_CORE_SOURCES)) $(SIM_SOURCES))
	@echo "  LD $$@"
	@$(SIM_CC) -fno-lto -o $$@ $$^
endef
$(foreach m,$(SIM_ALL_MUTANTS),$(eval $(call sim_mutant,$(m))))

sim-test: $(SIM_BUILD)/dsm-sim $(SIM_BUILD)/dsm-sim-asan
	@sh sim/sim_test.sh $(SIM_BUILD) $(SIM_JOBS) $(SIM_SEEDS) $(SIM_REACHED) $(SIM_SANITIZED_SEEDS)

mutants: $(SIM_BUILD)/dsm-sim $(foreach m,$(SIM_ALL_MUTANTS),$(SIM_BUILD)/dsm-sim-mutant$(m))
	@sh sim/mutants.sh $(SIM_BUILD) $(SIM_JOBS) $(SIM_MUTANT_SEEDS) $(SIM_MUTANTS) --release $(SIM_RELEASE_MUTANTS) \
	  --scenario late-threads $(SIM_LATE_MUTANTS)

# ---- fuzzing ------------------------------------------------------------------------------------

FUZZ_TARGETS := wire core class jar
# What a target is linked with besides the core.
FUZZ_CLASSFILE := $(wildcard src/classfile/*.c)
FUZZ_WITH_class := $(FUZZ_CLASSFILE)
FUZZ_WITH_jar := $(FUZZ_CLASSFILE)

define fuzz_driver
$(SIM_BUILD)/fuzz-$(1): $(call sim_objects,asan,$(SIM_CORE_SOURCES) $(FUZZ_WITH_$(1)) fuzz/fuzz_$(1).c fuzz/fuzz_main.c fuzz/fuzz_assert.c)
	@echo "  LD $$@"
	@$(SIM_CC) $(SIM_ASAN) -o $$@ $$^

# clang's own driver: coverage-guided
$(SIM_BUILD)/libfuzzer-$(1): $(SIM_CORE_SOURCES) $(FUZZ_WITH_$(1)) fuzz/fuzz_$(1).c fuzz/fuzz_assert.c
	@mkdir -p $$(@D)
	@echo "  LD $$@"
	@clang $(SIM_FLAGS) -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $$@ $$^
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_driver,$(t))))

fuzz-test: $(foreach t,$(FUZZ_TARGETS),$(SIM_BUILD)/fuzz-$(t))
	@sh fuzz/fuzz_test.sh $(SIM_BUILD) $(FUZZ_INPUTS) $(FUZZ_TARGETS)

fuzz: $(foreach t,$(FUZZ_TARGETS),$(SIM_BUILD)/libfuzzer-$(t))
	@for t in $(FUZZ_TARGETS); do mkdir -p $(SIM_BUILD)/corpus-$$t && \
	  $(SIM_BUILD)/libfuzzer-$$t -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -print_final_stats=1 \
	  $(SIM_BUILD)/corpus-$$t fuzz/corpus/$$t || exit 1; done
