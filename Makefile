# Every target is described by the comment behind it; `make help` prints them.

.DEFAULT_GOAL := help

PROVIDERS := $(basename $(notdir $(filter-out specs/normalized.yaml specs/oapi-codegen.yaml,$(wildcard specs/*.yaml))))

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## start KYC at all five providers, in an embedded sandbox (JSON=1 for the normalized payloads)
	@go run ./test/demo $(if $(JSON),-json)

.PHONY: test
test: ## run all tests, with the race detector
	go test -race ./...

.PHONY: generate
generate: ## generate gen/ anew from specs/
	rm -rf gen
	mkdir -p $(addprefix gen/,$(PROVIDERS))
	go generate ./specs

.PHONY: check-generate
check-generate: generate ## fail unless gen/ is what specs/ generates
	@changed="$$(git status --porcelain gen)"; if [ -n "$$changed" ]; then \
		echo "gen/ is not what specs/ generates; commit what make generate makes:"; echo "$$changed"; exit 1; fi

.PHONY: all
all: test check-generate lint ## test, check-generate and lint
