# Where this file is; not where make runs, in a VPATH build
here := $(dir $(lastword $(MAKEFILE_LIST)))

EXTENSION = redbear
DATA = $(notdir $(sort $(wildcard $(here)redbear--*.sql)))
PGFILEDESC = "redbear - maps of text keys to numbers"

MODULE_big = redbear
OBJS = \
	src/access.o \
	src/aggregates.o \
	src/algebra.o \
	src/analyze.o \
	src/arguments.o \
	src/casts.o \
	src/check.o \
	src/check_column.o \
	src/compact.o \
	src/columns.o \
	src/compare.o \
	src/each.o \
	src/elements.o \
	src/exact_digits.o \
	src/exact_sum.o \
	src/evaluate.o \
	src/expanded.o \
	src/fetch.o \
	src/filters.o \
	src/gin.o \
	src/index_condition.o \
	src/histogram.o \
	src/histogram_pack.o \
	src/histogram_ranks.o \
	src/increase.o \
	src/io.o \
	src/kernels.o \
	src/key_index.o \
	src/key_table.o \
	src/keysets.o \
	src/left_alone.o \
	src/members.o \
	src/memo.o \
	src/narrow_map.o \
	src/narrow_read.o \
	src/narrow_write.o \
	src/nodes.o \
	src/operands.o \
	src/pack.o \
	src/pack_column.o \
	src/pairs.o \
	src/parse.o \
	src/parts.o \
	src/percentile.o \
	src/percentile_agg.o \
	src/pending.o \
	src/pivot.o \
	src/pivot_room.o \
	src/planes.o \
	src/rank.o \
	src/program.o \
	src/records.o \
	src/redbear.o \
	src/reddict.o \
	src/redhist.o \
	src/redhist_agg.o \
	src/redhist_io.o \
	src/redhist_parse.o \
	src/redhist_read.o \
	src/redhist_state.o \
	src/redstats.o \
	src/redsum.o \
	src/redsum_io.o \
	src/redsum_state.o \
	src/reduce.o \
	src/registration.o \
	src/registry.o \
	src/search.o \
	src/selectivity.o \
	src/share_keys.o \
	src/ship.o \
	src/show_registry.o \
	src/state.o \
	src/steps.o \
	src/subscript.o \
	src/subset.o \
	src/support.o \
	src/tailed.o \
	src/variable.o \
	src/view.o \
	src/wire.o

REGRESS = $(basename $(notdir $(sort $(wildcard $(here)sql/*.sql))))
REGRESS_OPTS = --load-extension=redbear

# An answer must depend neither on the machine nor on jit: no fused
# multiply-add, in object files and in the bitcode that the JIT reads, whatever
# flags are given on the command line.
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter
override PG_CFLAGS += -ffp-contract=off
override BITCODE_CFLAGS += -ffp-contract=off

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# -O2 leaves the loops over doubles scalar (gcc before 13) or half-done.
src/exact_sum.o src/kernels.o src/narrow_read.o src/narrow_write.o src/redhist_state.o: override CFLAGS += -O3

$(OBJS): $(wildcard $(here)src/*.h)

# A VPATH build has no directory for them yet, and would find the sources'.
$(OBJS) $(OBJS:.o=.bc): | $(CURDIR)/src
$(CURDIR)/src:
	mkdir -p $@

# What PGXN takes, and the same as a tarball: the commit, not the working tree.
DIST = redbear-$(shell sed -n 's/^    "version": "\(.*\)",$$/\1/p' META.json)

.PHONY: dist
dist:
	git archive --prefix=$(DIST)/ --output=$(DIST).zip HEAD
	git archive --prefix=$(DIST)/ --output=$(DIST).tar.gz HEAD
