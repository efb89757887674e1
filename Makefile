# casebot. `make help` lists what there is.

GO ?= go
# Two packages at a time: the browser and PostgreSQL tests want a core of their own.
TESTFLAGS ?= -p 2
# SQLite is C: without cgo the program builds and then finds no database.
export CGO_ENABLED = 1
# The race detector and the fuzzers look at Go alone, and need SQLite compiled once more each: so it takes a third of the time.
QUICK_C ?= -O1 -g0
FUZZTIME ?= 60s
# How long a fuzzer may make one interesting input smaller; a minute each is too much for the short form.
FUZZMINIMIZE ?= 60s
BENCHTIME ?= 2s

.PHONY: help demo test race lint vuln fuzz fuzz-short bench build

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

demo: ## run the playground
	$(GO) run .

build: ## build bin/casebot
	$(GO) build -trimpath -o bin/casebot .

test: tools ## all tests: both databases, the stories, the browser
	$(GO) test $(TESTFLAGS) ./...

race: tools ## all tests but the browser's under the race detector
	CGO_CFLAGS="$(QUICK_C)" $(GO) test -race -short -timeout 10m $(TESTFLAGS) ./...

lint: ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l .) && [ -z "$$bad" ] || { echo "gofmt would change: $$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# The exit code tells a finding (3) from an error.
vuln: ## known vulnerabilities; needs the vulnerability database, says so when it can't be reached
	@code=0; timeout 120 $(GO) tool govulncheck ./... || code=$$?; case $$code in \
	  0) ;; \
	  3) echo "govulncheck found a vulnerability that the program reaches; see above"; exit 1 ;; \
	  *) echo "govulncheck could not run (exit code $$code), most likely because its database was out of reach. Nothing was checked." ;; \
	esac

# By count and not by time: a fuzzer whose time runs out in mid-input can end with "context deadline exceeded",
# which is no finding.
fuzz-short: ## every fuzz target for a few thousand inputs
	@$(MAKE) fuzz FUZZTIME=3000x FUZZMINIMIZE=2s

fuzz: ## every fuzz target for FUZZTIME
	@for p in $$(grep -rlE '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$p/*_test.go | sed 's/func //'); do \
	    echo "fuzz $$p $$f"; CGO_CFLAGS="$(QUICK_C)" $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime $(FUZZMINIMIZE) -parallel 2 $$p || exit 1; \
	  done; done

bench: ## the figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchtime $(BENCHTIME) -timeout 60m ./...

.PHONY: tools
tools:
	@command -v $(GO) >/dev/null || { echo "Go 1.26 is needed: https://go.dev/doc/install"; exit 1; }
	@command -v $${CC:-gcc} >/dev/null || { echo "A C compiler is needed for SQLite (Debian: apt-get install gcc libc6-dev)."; exit 1; }
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || echo "No PostgreSQL server is installed: the PostgreSQL tests will be skipped (Debian: apt-get install postgresql)."
	@command -v chromium >/dev/null || echo "No Chromium is installed: the browser tests will be skipped (Debian: apt-get install chromium)."
