# The commands of daily work. The gate is .ci/run.
FUZZTIME ?= 1m
BIN := bin

.PHONY: build cross test lint fuzz robust interop bench profile microbench

build: ## the library and the example programs, into bin/
	go build ./...
	go build -o $(BIN)/ ./examples/...

# Systems that argus is built for: where it captures, and where it reads files.
CROSS_LIVE := linux/amd64 linux/arm64 linux/arm linux/mips linux/riscv64 linux/ppc64le linux/s390x
CROSS_FILES := darwin/amd64 darwin/arm64 windows/amd64 freebsd/amd64 openbsd/amd64 netbsd/amd64 wasip1/wasm

cross: ## static, stripped argus for every system, into bin/cross/, and their sizes: 15 MB at most
	@for t in $(CROSS_LIVE) $(CROSS_FILES); do \
		out=$(BIN)/cross/argus-$$(echo $$t | tr / -); \
		case $$t in windows/*) out=$$out.exe ;; wasip1/*) out=$$out.wasm ;; esac; \
		CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} GOARM=7 go build -trimpath -ldflags '-s -w' -o $$out ./examples/argus || exit 1; \
		size=$$(wc -c <$$out); printf '%-16s %9d bytes  %s\n' $$t $$size $$out; [ $$size -le 15000000 ] || exit 1; done

test: ## all tests of both modules
	go test ./... ./examples/...

lint: ## format, vet, staticcheck
	@test -z "$$(git ls-files '*.go' | xargs gofmt -l)" || { git ls-files '*.go' | xargs gofmt -l; exit 1; }
	go vet ./... ./examples/...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./... ./examples/...

fuzz: ## every fuzz target for FUZZTIME
	@for t in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' fuzz/*_test.go | sed 's/func //'); do \
		echo $$t; go test ./fuzz -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) || exit 1; done

robust: ## 200,000 mutated inputs: no panic, no hang, no excess of memory
	go test ./fuzz -run TestRobust -count 1 -v -timeout 60m -robust 200000

interop: ## against the real Argus programs, where they are installed
	go test -count 1 -run Interop -v ./examples/...

bench: ## whole programs against the real ones, into docs/performance.md
	go run ./internal/perf/compare -dir bench-data -o docs/performance.md

profile: ## of the sensor over the workloads of bench, for the compiler
	go run ./internal/perf/profile -o examples/argus/default.pgo bench-data/*.pcap

microbench: ## benchmarks of the packages
	go test -run '^$$' -bench . -benchmem ./...
