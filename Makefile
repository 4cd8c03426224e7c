# In a target's line, the text after ## says what the target does. A line with ##@ begins a group.
# `make help` prints both.

.DEFAULT_GOAL := help

PROVIDERS := $(basename $(notdir $(filter-out specs/normalized.yaml specs/oapi-codegen.yaml,$(wildcard specs/*.yaml))))

# Go commands do not enter modules inside a module, so these are listed. test/modules/bench/peers is left
# out, since most of its code is generated and not kept.
MODULES := test/modules/consumer test/modules/page test/modules/secondopinion test/modules/bench test/modules/transports test/modules/intermediaries \
	test/modules/mutation test/modules/loggers test/modules/durable

# The tools have go.mod files of their own, so that users of the library do not depend on them.
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
test: check-specs ## run all tests, with the race detector; first the check that says in one line what a spec or a provider lacks
	@go test -run TestEveryProviderIsDescribed ./test/fixtures
	go test -race ./...

.PHONY: sandbox
sandbox: ## serve the sandbox and its page until interrupted, and print their URLs (PORT=the first of six ports, 8480 if not set; SCENARIO=forte/200_banned to choose the first answer)
	@cd test/modules/page && go run . $(if $(PORT),-port $(PORT)) $(if $(SCENARIO),-scenario $(SCENARIO))

.PHONY: durable
durable: ## run twenty starts from a job queue, with an embedded sandbox and SQLite, and print what became of each (DATABASE_URL=postgres://... for Postgres)
	@cd test/modules/durable && go run ./demo

.PHONY: live
live: ## start KYC at a provider's own sandbox (PROVIDER=name; MESSAGE=1 shows the provider's own words, RECORD=1 writes a fixture, FIND=1 looks up and starts nothing)
	@PROVIDER=$(PROVIDER) RECORD=$(RECORD) MESSAGE=$(MESSAGE) FIND=$(FIND) go run ./test/cmd/live

##@ Change a spec

# This runs before every target that needs a document: a mistake in a document is then
# reported in one line, and not by everything that it breaks.
.PHONY: check-specs
check-specs: ## name the mistakes in specs/ by file, line and place
	@go run ./test/cmd/checkspecs

# Go ignores this folder, so gen/ stays as it is until the new code is complete.
GENERATE = rm -rf .gen && mkdir -p $(addprefix .gen/,$(PROVIDERS)) && \
	{ GEN=.gen go generate ./specs || { rm -rf .gen; exit 1; }; }

.PHONY: generate
generate: check-specs ## write gen/ again, from specs/
	@$(GENERATE)
	@rm -rf gen && mv .gen gen

.PHONY: check-generate
check-generate: check-specs ## fail if gen/ is not what specs/ generates
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
inventory: ## write a provider's inventory again, from its newer OpenAPI document (FROM=file, PROVIDER=name if the file does not show whose it is)
	@test -n "$(FROM)" || { echo "make inventory: say which document, as FROM=openapi.json"; exit 2; }
	go run ./test/cmd/drift -from "$(FROM)" $(if $(PROVIDER),-provider $(PROVIDER))

.PHONY: spec-strictness
spec-strictness: ## change every fixture in many ways, and print which changes the specs notice
	go test -count=1 -v -run 'TestMutants' ./test/conformance/specstrictness

.PHONY: broken-specs
broken-specs: $(REDOCLY) ## break copies of the specs on purpose, and check that each mistake is reported
	go run ./test/cmd/brokenspecs

.PHONY: breaking
breaking: check-specs ## compare specs and Go API with an earlier version, and fail on what breaks users (BASE=git ref; VERSION=the next version, if it may break users)
	go run ./test/cmd/breaking -base "$(BASE)" -version "$(VERSION)"

.PHONY: outcomes
outcomes: ## write test/fixtures/outcomes.md again: what every answer means, from the fixtures
	go test -count=1 ./test/internal/outcome -args -write

##@ Add a provider

.PHONY: provider
provider: ## write all files of a new provider, and its lines in the existing lists (NAME=acme; GONAME=AcMe if the Go name is not Acme)
	go run ./test/cmd/newprovider -name "$(NAME)" -go "$(GONAME)"
	@gofmt -w facade specs test/fixtures test/behaviour
	$(MAKE) generate outcomes

.PHONY: provider-drill
provider-drill: ## add a small provider to a copy of the repository, and check that all tests pass and at most 8 existing files change
	go run ./test/cmd/providerdrill

##@ Compare with others

.PHONY: consumer
consumer: ## run the tests of the example application, which is a module of its own
	cd test/modules/consumer && go test ./...

.PHONY: validator
validator: ## judge every fixture with libopenapi-validator
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
picture: ## write test/modules/page/decision.svg again: the steps that decide whether a call has started a KYC
	cd test/modules/page && go test -count=1 -run TestPicture . -args -draw

# Redoc is committed, so that make sandbox needs no npm and no network in a fresh clone.
.PHONY: redoc
redoc: ## write the copy of Redoc in the page's folder again, from its npm package
	cd "$$(mktemp -d)" && npm pack --silent redoc@2.5.4 && tar xzf redoc-2.5.4.tgz && cd package && \
		cp bundles/redoc.standalone.js bundles/redoc.standalone.js.LICENSE.txt $(CURDIR)/test/modules/page/assets/vendor/ && \
		cp LICENSE $(CURDIR)/test/modules/page/assets/vendor/LICENSE.redoc.txt

.PHONY: check-redoc
check-redoc: redoc ## fail if the copy of Redoc is not what its npm package holds
	@changed="$$(git status --porcelain test/modules/page/assets/vendor)"; if [ -n "$$changed" ]; then \
		echo "make redoc changes what is committed:"; echo "$$changed"; exit 1; fi

test/modules/page/node_modules: test/modules/page/package-lock.json
	npm ci --prefix test/modules/page --no-audit --no-fund --silent
	@touch $@

.PHONY: transports
transports: ## run the facade over other people's transports, which may repeat a request or return too early
	cd test/modules/transports && go test -race -count=1 ./...

.PHONY: loggers
loggers: ## log everything through zap, zerolog and logrus, and look for texts that must not show
	cd test/modules/loggers && go test -count=1 ./...

.PHONY: intermediaries
intermediaries: ## put the real nginx and HAProxy in front of an origin that fails, and check what the facade says (RECORD=1 writes their answers)
	cd test/modules/intermediaries && go test -count=1 $(if $(RECORD),-args -record)

KILLS := 200
STARTS := 500
.PHONY: crash
crash: ## kill workers of make durable at random instants, on SQLite and on Postgres, and count the deliveries (KILLS=200 and STARTS=500 on each database)
	cd test/modules/durable && go test -count=1 . && \
		go test -count=1 -v -timeout 30m -run 'TestSQLite|TestPostgres' ./crash -args -kills $(KILLS) -starts $(STARTS)

.PHONY: crash-mistakes
crash-mistakes: ## make mistakes in a copy of the worker, and check that make crash notices each (MISTAKE=part of a name, to make only that one)
	cd test/modules/durable && go test -count=1 -v -timeout 30m -run 'TestMistakes/$(MISTAKE)' ./crash

##@ Run long, or measure

.PHONY: soak
soak: ## make 10,000 random faults, and count every delivery
	go test -count=1 -v -run TestRandom ./test/behaviour/faults -args -soak=10000

FUZZTIME := 10m
.PHONY: fuzz
fuzz: ## fuzz every target (FUZZTIME=10m each)
	for package in ./facade ./test/behaviour/fuzz; do \
		for target in $$(go test -list '^Fuzz' $$package | grep ^Fuzz); do \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$package || exit 1; done; done

.PHONY: mutation
mutation: ## make small mistakes in facade/, and list those that no test notices (N=how many, 300 if not set, 0 for all; OUT=file for the results; COMPARE=earlier results, to fail if a test no longer notices a mistake)
	@tool="$$(mktemp -d)/mutation" && go build -C test/modules/mutation -o "$$tool" . && "$$tool" $(if $(N),-n $(N),$(if $(COMPARE),-ids "$(COMPARE)")) \
		$(if $(OUT),-out "$(OUT)") $(if $(COMPARE),-compare "$(COMPARE)"); status=$$?; rm -f "$$tool"; exit $$status

.PHONY: mutation-check
mutation-check: ## test the tool of make mutation: that it makes the mistakes that it names
	cd test/modules/mutation && go test -count=1 ./...

.PHONY: footprint
footprint: ## measure what importing the facade adds to a binary, a go.mod and a go.sum
	go test -count=1 -v ./test/conformance/footprint

.PHONY: durable-cost
durable-cost: ## measure what a start costs in the queue of make durable, next to jobs that do nothing, on SQLite and on Postgres (writes test/modules/durable/results.md)
	cd test/modules/durable && go run ./cost -out results.md

.PHONY: bench
bench: ## measure what a start costs, next to other clients, with two versions of Go (TOOLCHAINS="go1.27.3 local", ROUNDS=40; RECORD=1 writes test/modules/bench/results.md and its plot; use a quiet machine)
	cd test/modules/bench/peers && go run ./generate && \
		go run . $(if $(TOOLCHAINS),-go "$(TOOLCHAINS)") $(if $(ROUNDS),-rounds $(ROUNDS)) $(if $(RECORD),-record ..)

.PHONY: bench-check
bench-check: ## check that everything that make bench compares does the same work
	cd test/modules/bench && go test -count=1 ./...

##@ Maintain

.PHONY: ci
ci: KILLS = 60
ci: MISTAKE = sending_is_not_stored
ci: test provider-drill check-generate lint lint-spec drift broken-specs consumer bench-check mutation-check validator prism page check-redoc transports loggers intermediaries crash crash-mistakes soak ## run everything that CI checks

.PHONY: lint
lint: ## run go mod tidy -diff, vet, staticcheck, golangci-lint, and actionlint for the workflows
	for module in . $(MODULES); do (cd $$module && go mod tidy -diff && go vet ./... && $(STATICCHECK) ./... && \
		$(GOLANGCI) run --config $(CURDIR)/.golangci.yml --allow-parallel-runners ./...) || exit 1; done
	$(ACTIONLINT)
	$(ACTIONLINT) test/modules/consumer/ci.yml

.PHONY: outdated
outdated: ## list direct dependencies that have a newer version (some of them need a newer Go than the library promises)
	@for module in . $(MODULES); do (cd $$module && \
		direct="$$(go list -m -f '{{if not (or .Main .Indirect .Replace)}}{{.Path}}{{end}}' all)" && \
		go list -m -u -f '{{if .Update}}{{.Path}} {{.Version}} -> {{.Update.Version}}{{end}}' $$direct | sed "s|^|$$module: |") || exit 1; done

.PHONY: committed
committed:
	@changed="$$(git status --porcelain)"; if [ -n "$$changed" ]; then \
		echo "commit or remove what git status shows first:"; echo "$$changed"; exit 1; fi

.PHONY: release-check
release-check: committed ci $(if $(BASE),breaking) ## check everything that must hold before a tag (BASE=the last tag, if there is one, VERSION=the next)
	go run ./test/cmd/release
	@echo "release-check: the tree can be tagged"
