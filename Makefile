# tmap: a PGXS extension. For newcomers: `make demo` and `make test` set up all they need.
PG_CONFIG ?= pg_config
EXTENSION = tmap
TMAP_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" tmap.control)

MODULE_big = tmap
CORE = $(patsubst %.c,%.o,$(sort $(wildcard src/core/*.c)))
OBJS = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c))) $(CORE)
BEFORE = 0.1.0
DATA_built := tmap--$(TMAP_VERSION).sql tmap--$(BEFORE)--$(TMAP_VERSION).sql
EXTRA_CLEAN = tmap--*.sql build results regression.diffs regression.out
REGRESS = setup stratum tally counts standard estimate compare variation funnel smoothing code codebook comorbidity episode regression disclosure change rank coverage neighbours autocorrelation csv atlas territory submission stays cases locate views factor edition catchment layers qgis tile picture archive trace garden
REGRESS_OPTS = --inputdir=test

# The same bits everywhere: no fused multiply-add, no fast math, no machine flags.
PG_CPPFLAGS = -Isrc -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare $(WERROR)
PG_CFLAGS = -ffp-contract=off
SHLIB_LINK = -lRmath -lglpk -lm
WERROR ?= -Werror

PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(PGXS),)
include $(PGXS)
override BITCODE_CFLAGS += -ffp-contract=off
# Kernel symbols stay inside the library, so that they cannot meet the server's.
$(CORE): CFLAGS += -fvisibility=hidden -std=gnu11 -Wsign-compare -Wunused-parameter
$(OBJS): $(wildcard src/*.h src/core/*.h)
else
.DEFAULT_GOAL := all
all install installcheck:
	@echo "pg_config was not found: install PostgreSQL's server headers (apt install postgresql-server-dev-15 r-mathlib libglpk-dev),"; \
	 echo "name it (make PG_CONFIG=/path/to/pg_config), or let 'make demo' or 'make test' set everything up."; exit 1
clean:
	rm -rf $(EXTRA_CLEAN)
endif

# The install script is its parts in order, the atlas's DDL embedded before the part that runs it.
PARTS = $(sort $(wildcard sql/parts/*.sql))
tmap--$(TMAP_VERSION).sql: $(PARTS) sql/embed.sh sql/update.sh $(wildcard sql/atlas/*.sql sql/atlas/updates/*.sql) tmap.control
	cat $(filter-out sql/parts/9%,$(PARTS)) > $@.tmp
	bash sql/embed.sh >> $@.tmp
	cat $(filter sql/parts/9%,$(PARTS)) >> $@.tmp
	mv $@.tmp $@

# The update script: what sql/updates says, with the parts it names and the atlas's DDL of today.
tmap--$(BEFORE)--$(TMAP_VERSION).sql: sql/updates/from-$(BEFORE).sql tmap--$(TMAP_VERSION).sql
	bash sql/update.sh from-$(BEFORE).sql > $@.tmp
	mv $@.tmp $@

.PHONY: demo demo-stop demo-remove test test-clients bench dist
demo:
	@bash test/setup.sh demo && bash demo/run.sh

demo-stop demo-remove:
	@bash demo/run.sh $(@:demo-%=%)

test:
	@bash test/setup.sh test && bash test/run.sh

test-clients:
	@bash test/setup.sh clients && bash test/clients.sh

bench:
	@bash test/setup.sh bench && bash test/bench.sh

# A source archive as PGXN takes it.
dist:
	git archive --format=zip --prefix=tmap-$(TMAP_VERSION)/ -o tmap-$(TMAP_VERSION).zip HEAD
