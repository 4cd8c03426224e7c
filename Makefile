# A target's line says behind ## what it does, and a line with ##@ begins a group:
# `make help` prints them.

.DEFAULT_GOAL := help

PROVIDERS := $(basename $(notdir $(filter-out specs/normalized.yaml specs/oapi-codegen.yaml,$(wildcard specs/*.yaml))))

# Go does not look into the modules of other modules. That of test/modules/bench/peers is
# left out, since most of its code is generated and not kept.
MODULES := test/modules/consumer test/modules/page test/modules/secondopinion test/modules/bench test/modules/transports test/modules/intermediaries \
	test/modules/mutation test/modules/loggers test/modules/durable

# The tools have go.mod files of their own, so that users of the library inherit none.
TOOL       := go tool -modfile=test/modules/tools/go.mod
STATICCHECK = $(shell $(TOOL) -n staticcheck)
GOLANGCI    = $(shell $(TOOL) -n golangci-lint)
ACTIONLINT := go tool -modfile=test/modules/tools/actionlint/go.mod actionlint
REDOCLY    := test/modules/tools/node_modules/.bin/redocly

.PHONY: help
help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use

.PHONY: demo
demo: ## start KYC at all five providers, in an embedded sandbox (JSON=1 for the normalized payloads)
	@go run ./test/cmd/demo $(if $(JSON),-json)

.PHONY: test
test: check-specs ## run all tests, with the race detector; first those that say in a line what a spec or a provider lacks
	@go test -run TestEveryProviderIsDescribed ./test/fixtures
	go test -race ./...

.PHONY: sandbox
sandbox: ## serve the sandbox and its page until interrupted, and print their URLs (PORT=the first of six, if not 8480; SCENARIO=forte/200_banned to begin with)
	@cd test/modules/page && go run . $(if $(PORT),-port $(PORT)) $(if $(SCENARIO),-scenario $(SCENARIO))

.PHONY: durable
durable: ## work twenty starts off from a job queue, in an embedded sandbox and SQLite, and print what became of each (DATABASE_URL=postgres://... for Postgres)
	@cd test/modules/durable && go run ./demo

.PHONY: live
live: ## start KYC at a provider's own sandbox (PROVIDER=name; MESSAGE=1 shows the provider's own words, RECORD=1 writes a fixture, FIND=1 looks up and starts nothing)
	@PROVIDER=$(PROVIDER) RECORD=$(RECORD) MESSAGE=$(MESSAGE) FIND=$(FIND) go run ./test/cmd/live

##@ Change a spec

# First of all, wherever a document is needed: a mistake in one is then told in one
# line, and not by all that it breaks.
.PHONY: check-specs
check-specs: ## name the mistakes in specs/ by file, line and place
	@go run ./test/cmd/checkspecs

# A folder that Go does not look into, so that gen/ stays as it is until the new one
# is whole.
GENERATE = rm -rf .gen && mkdir -p $(addprefix .gen/,$(PROVIDERS)) && \
	{ GEN=.gen go generate ./specs || { rm -rf .gen; exit 1; }; }

.PHONY: generate
generate: check-specs ## write gen/ again, from specs/
	@$(GENERATE)
	@rm -rf gen && mv .gen gen

.PHONY: check-generate
check-generate: check-specs ## fail unless gen/ is what specs/ generates
	@$(GENERATE)
	@diff -rq gen .gen && rm -rf .gen || { rm -rf .gen; \
		echo "gen/ is not what specs/ (here .gen/) generates: run make generate, and commit"; exit 1; }

.PHONY: lint-spec
lint-spec: check-specs $(REDOCLY) ## lint the specs with Redocly
	$(REDOCLY) lint --config test/modules/tools/redocly.yaml specs/normalized.yaml $(PROVIDERS:%=specs/%.yaml)

$(REDOCLY): test/modules/tools/package-lock.json
	npm ci --prefix test/modules/tools --no-audit --no-fund --silent
	@touch $@

.PHONY: drift
drift: ## compare each spec with the inventory of its source
	go run ./test/cmd/drift

.PHONY: inventory
inventory: ## write a provider's inventory again, from its newer OpenAPI document (FROM=file, PROVIDER=name if the file does not tell)
	@test -n "$(FROM)" || { echo "make inventory: say which document, as FROM=openapi.json"; exit 2; }
	go run ./test/cmd/drift -from "$(FROM)" $(if $(PROVIDER),-provider $(PROVIDER))

.PHONY: spec-strictness
spec-strictness: ## change every fixture in every way, and print which changes the specs notice
	go test -count=1 -v -run 'TestMutants' ./test/conformance/specstrictness

.PHONY: broken-specs
broken-specs: $(REDOCLY) ## break copies of the specs on purpose, and check that each mistake is named
	go run ./test/cmd/brokenspecs

.PHONY: breaking
breaking: ## compare specs and Go API with an earlier version, and fail on what breaks users (BASE=git ref, VERSION=the next, if it may break)
	go run ./test/cmd/breaking -base "$(BASE)" -version "$(VERSION)"

.PHONY: outcomes
outcomes: ## write test/fixtures/outcomes.md again: what every answer means, from the fixtures
	go test -count=1 ./test/internal/outcome -args -write

##@ Add a provider

.PHONY: provider
provider: ## write all files of a new provider, and its lines in the lists (NAME=acme; GONAME=AcMe if not the same with a capital)
	go run ./test/cmd/newprovider -name "$(NAME)" -go "$(GONAME)"
	$(MAKE) generate outcomes

.PHONY: provider-drill
provider-drill: ## add a small provider to a copy of the repository: all tests pass, and at most 8 existing files change
	go run ./test/cmd/providerdrill

##@ Compare with others

.PHONY: consumer
consumer: ## test the example application, a module of its own, as its owner would
	cd test/modules/consumer && go test ./...

.PHONY: validator
validator: ## have libopenapi-validator judge every fixture
	cd test/modules/secondopinion && go test -count=1 ./libopenapi/...

.PHONY: prism
prism: ## run the facade against Prism, which mocks every spec
	npm ci --prefix test/modules/secondopinion --no-audit --no-fund --silent
	cd test/modules/secondopinion && go test -count=1 ./prism/...

.PHONY: page
page: test/modules/page/node_modules ## test the page of make sandbox in Chromium
	cd test/modules/page && go test -count=1 ./...

.PHONY: screenshots
screenshots: ## write pictures of the page to test/modules/page/screenshots, for people to look at; README shows one of them
	mkdir -p test/modules/page/screenshots
	cd test/modules/page && go test -count=1 -run TestScreenshots . -args -screenshots screenshots
	cp test/modules/page/screenshots/paste-light-wide.png test/modules/page/page.png

.PHONY: picture
picture: ## write test/modules/page/decision.svg again: how it is decided whether a call has started a KYC
	cd test/modules/page && go test -count=1 -run TestPicture . -args -draw

# Redoc is committed, so that make sandbox needs no npm and no network in a fresh clone.
.PHONY: redoc
redoc: ## write the copy of Redoc in the page's folder again, from its npm package
	cd "$$(mktemp -d)" && npm pack --silent redoc@2.5.4 && tar xzf redoc-2.5.4.tgz && cd package && \
		cp bundles/redoc.standalone.js bundles/redoc.standalone.js.LICENSE.txt $(CURDIR)/test/modules/page/assets/vendor/ && \
		cp LICENSE $(CURDIR)/test/modules/page/assets/vendor/LICENSE.redoc.txt

.PHONY: check-redoc
check-redoc: redoc ## fail unless the copy of Redoc is what its npm package holds
	@changed="$$(git status --porcelain test/modules/page/assets/vendor)"; if [ -n "$$changed" ]; then \
		echo "make redoc changes what is committed:"; echo "$$changed"; exit 1; fi

test/modules/page/node_modules: test/modules/page/package-lock.json
	npm ci --prefix test/modules/page --no-audit --no-fund --silent
	@touch $@

.PHONY: transports
transports: ## run the facade over transports of others that send again, or return too early
	cd test/modules/transports && go test -race -count=1 ./...

.PHONY: loggers
loggers: ## log everything through zap, zerolog and logrus, and look for what must not show
	cd test/modules/loggers && go test -count=1 ./...

.PHONY: intermediaries
intermediaries: ## put the real nginx and HAProxy before an origin that fails, and check what the facade says (RECORD=1 writes their answers)
	cd test/modules/intermediaries && go test -count=1 $(if $(RECORD),-args -record)

KILLS := 200
STARTS := 500
.PHONY: crash
crash: ## kill workers of make durable at random instants, on SQLite and on Postgres, and count the deliveries (KILLS=200 and STARTS=500 on each)
	cd test/modules/durable && go test -count=1 . && \
		go test -count=1 -v -timeout 30m -run 'TestSQLite|TestPostgres' ./crash -args -kills $(KILLS) -starts $(STARTS)

.PHONY: crash-mistakes
crash-mistakes: ## make mistakes in a copy of the worker, and check that make crash notices each (MISTAKE=a part of its name, for one)
	cd test/modules/durable && go test -count=1 -v -timeout 30m -run 'TestMistakes/$(MISTAKE)' ./crash

##@ Run long, or measure

.PHONY: soak
soak: ## 10,000 random faults, with every delivery counted
	go test -count=1 -v -run TestRandom ./test/behaviour/faults -args -soak=10000

FUZZTIME := 10m
.PHONY: fuzz
fuzz: ## fuzz every target (FUZZTIME=10m each)
	for package in ./facade ./test/behaviour/fuzz; do \
		for target in $$(go test -list '^Fuzz' $$package | grep ^Fuzz); do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package || exit 1; done; done

.PHONY: mutation
mutation: ## make small mistakes in facade/, and list those that no test notices (N=300 mutants, 0 for all; OUT=results; COMPARE=earlier results, to fail if a kill was lost)
	@tool="$$(mktemp -d)/mutation" && go build -C test/modules/mutation -o "$$tool" . && "$$tool" $(if $(N),-n $(N),$(if $(COMPARE),-ids "$(COMPARE)")) \
		$(if $(OUT),-out "$(OUT)") $(if $(COMPARE),-compare "$(COMPARE)"); status=$$?; rm -f "$$tool"; exit $$status

.PHONY: mutation-check
mutation-check: ## check that the mutants of make mutation are the mistakes that they are said to be
	cd test/modules/mutation && go test -count=1 ./...

.PHONY: footprint
footprint: ## what importing the facade adds to a binary, a go.mod and a go.sum
	go test -count=1 -v ./test/conformance/footprint

.PHONY: durable-cost
durable-cost: ## what a start costs in the queue of make durable, beside the queue's empty jobs, on SQLite and on Postgres (writes test/modules/durable/results.md)
	cd test/modules/durable && go run ./cost -out results.md

.PHONY: bench
bench: ## what a start costs, beside other clients, with two versions of Go (TOOLCHAINS="go1.27.3 local", ROUNDS=40; RECORD=1 writes test/modules/bench/results.md and its plot: wants a quiet machine)
	cd test/modules/bench/peers && go run ./generate && \
		go run . $(if $(TOOLCHAINS),-go "$(TOOLCHAINS)") $(if $(ROUNDS),-rounds $(ROUNDS)) $(if $(RECORD),-record ..)

.PHONY: bench-check
bench-check: ## check that everything that bench compares does the same work
	cd test/modules/bench && go test -count=1 ./...

##@ Maintain

.PHONY: ci
ci: KILLS = 60
ci: MISTAKE = sending_is_not_stored
ci: test provider-drill check-generate lint lint-spec drift broken-specs consumer bench-check mutation-check validator prism page check-redoc transports loggers intermediaries crash crash-mistakes soak ## everything that CI checks

.PHONY: lint
lint: ## vet, staticcheck, golangci-lint, and actionlint for the workflow
	for module in . $(MODULES); do (cd $$module && go vet ./... && $(STATICCHECK) ./... && \
		$(GOLANGCI) run --config $(CURDIR)/.golangci.yml --allow-parallel-runners ./...) || exit 1; done
	$(ACTIONLINT)
	$(ACTIONLINT) test/modules/consumer/ci.yml

.PHONY: outdated
outdated: ## list direct dependencies that have a newer version (some of them need a newer Go than users must have)
	@for module in . $(MODULES); do (cd $$module && \
		direct="$$(go list -m -f '{{if not (or .Main .Indirect .Replace)}}{{.Path}}{{end}}' all)" && \
		go list -m -u -f '{{if .Update}}{{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' $$direct | sed "s|^|$$module: |") || exit 1; done

.PHONY: release-check
release-check: ## everything that must hold before a tag (BASE=the last tag, VERSION=the next)
	go run ./test/cmd/release -base "$(BASE)" -version "$(VERSION)"
