# Checks and tests of os, net and engine.

.PHONY: engine-test engine-tsan engine-asan-tests

# The longest first: of several jobs (make -j) one is at the simulator while the others build and run the rest.
test: sim-test mutants core-test fuzz-test engine-test engine-tsan core-purity deps-check stack-check
	@echo "native tests: all passed"

deps-check: $(BUILD)/libdsm.so
	@sh test/engine/deps_check.sh $(BUILD)

stack-check: $(call objects,stack)
	@sh test/engine/stack_check.sh $(BUILD)/stack

# ---- tests of the engine: every *_test.c is a program, linked with the fixture and the library's objects --------
ENGINE_TEST_FLAGS := $(CSTD) $(WARN) -pthread -Itest/engine $(INC_engine)
ENGINE_TESTS := $(patsubst test/engine/%_test.c,%,$(wildcard test/engine/*_test.c))
ENGINE_FIXTURE := test/engine/engine_fixture.c test/engine/engine_fixture.h

# $(call engine_program,DIR,flags): build/DIR/test/NAME
define engine_program
$(BUILD)/$(1)/test/%: test/engine/%_test.c $(ENGINE_FIXTURE) $(call objects,$(1))
	@mkdir -p $$(@D)
	@echo "  CC $(1) test/engine/$$*_test.c"
	@gcc $(ENGINE_TEST_FLAGS) $(2) -o $$@ $$< test/engine/engine_fixture.c $(call objects,$(1)) -lcmocka -ldl
endef
$(eval $(call engine_program,asan,$(ASAN)))
$(eval $(call engine_program,tsan,$(TSAN)))

ASAN_RUN := ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:detect_leaks=1:allow_user_segv_handler=1 UBSAN_OPTIONS=print_stacktrace=1
TSAN_RUN := TSAN_OPTIONS=handle_segv=0:handle_sigbus=0:halt_on_error=1:second_deadlock_stack=1

# Those that touch memory run with both pagers (where the system offers userfaultfd).
ENGINE_BOTH_PAGERS := engine_ahead engine_flush engine_memory engine_release engine_signal engine_transport
engine-test: $(patsubst %,$(BUILD)/asan/test/%,$(ENGINE_TESTS))
	@for t in $^; do $(ASAN_RUN) timeout 120 $$t || { echo "engine-test: $$t failed"; exit 1; }; done
	@for t in $(ENGINE_BOTH_PAGERS); do echo "engine-test: $$t, mprotect"; \
	    DSM_TEST_PAGER=mprotect $(ASAN_RUN) timeout 120 $(BUILD)/asan/test/$$t || { echo "engine-test: $$t failed with mprotect"; exit 1; }; done

# The threaded stress: these under the thread sanitizer.
ENGINE_TSAN := engine_ahead engine_flush engine_lent engine_memory engine_release engine_sync engine_transport
engine-tsan: $(patsubst %,$(BUILD)/tsan/test/%,$(ENGINE_TSAN))
	@for t in $^; do $(TSAN_RUN) timeout 120 $$t || { echo "engine-tsan: $$t failed"; exit 1; }; done

# ---- measuring -------------------------------------------------------------------------------------------------
$(BUILD)/bench: test/engine/bench.c $(call objects,lib)
	@echo "  CC $@"
	@$(CC) $(ENGINE_TEST_FLAGS) $(CFLAGS) -o $@ $< $(call objects,lib) -ldl
bench: $(BUILD)/bench
	timeout 300 $(BUILD)/bench
