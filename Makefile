# Each command first installs what it needs (scripts/setup) and can be the first one after `git clone`.
# Everything else about building is in Cargo.toml, ui/package.json and tauri.conf.json.

# The build that is tested: the window, the points at which tests kill the engine, the generated bindings.
TESTED := --workspace --locked --features custom-protocol,failpoints,bindings

.PHONY: help run test bench soak lint icons bindings docs setup
.NOTPARALLEL:

help:
	@echo 'make run       open the window on the shipped example (without a display: drive it on a private one)'
	@echo 'make test      run all tests, the ones in the real window included'
	@echo 'make lint      formatting, clippy, svelte-check, eslint, rules of the house'
	@echo 'make bench     measure against sqlite3, restic, Prometheus and Alertmanager, side by side'
	@echo 'make soak      the long kill and damage matrices'
	@echo 'make bindings  write ui/src/api/bindings.ts, docs/operations.md and docs/lint.md anew'
	@echo 'make docs      the same, and the documentation of the crates under target/doc'

setup:
	@scripts/setup

run: setup
	@scripts/build-ui
	@scripts/run

test: setup
	npm --prefix ui run --silent check
	npm --prefix ui run --silent test
	scripts/build-ui
	cargo test $(TESTED) --no-fail-fast

bench: setup
	scripts/build-ui
	cargo bench --locked --features custom-protocol --bench peers --bench metrics --bench alerts --bench evidence --bench reports

# Long tests are marked #[ignore = "soak: …"].
soak: setup
	scripts/build-ui
	cargo test $(TESTED) -- --ignored

lint: setup
	cargo fmt --all --check
	npm --prefix ui run --silent check
	npm --prefix ui run --silent lint
	scripts/build-ui
	cargo clippy $(TESTED) --all-targets -- -D warnings
	cargo test $(TESTED) --test house
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check bans licenses sources; else echo 'cargo-deny is not installed: licences and sources were not checked'; fi

# Draws the icon set anew from icons/icon.svg (needs a network for the Tauri command line).
icons: setup
	npx --yes @tauri-apps/cli@2.12.5 icon icons/icon.svg --output target/icons
	cd target/icons && cp 32x32.png 128x128.png 128x128@2x.png icon.png icon.icns icon.ico ../../icons/

bindings: setup
	QUARTERDECK_WRITE_BINDINGS=1 cargo test --locked -p quarterdeck-engine --features bindings --test bindings
	QUARTERDECK_WRITE_BINDINGS=1 cargo test --locked -p quarterdeck-migrate --test lint

docs: bindings
	cargo doc --workspace --locked --no-deps
