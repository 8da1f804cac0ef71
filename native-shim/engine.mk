# Checks and tests of os, net and engine.

# `make test` runs what the fragments bring.
brings = $(shell grep -hoE '^($(1)):' core.mk sim.mk 2>/dev/null | tr -d ':' | sort -u)
test: deps-check stack-check $(call brings,core-test|sim-test|mutants|fuzz-test) engine-test engine-tsan
	@echo "native tests: all passed"

deps-check: $(BUILD)/libdsm.so
	@sh test/engine/deps_check.sh $(BUILD)

stack-check: $(call objects,stack)
	@sh test/engine/stack_check.sh $(BUILD)/stack
