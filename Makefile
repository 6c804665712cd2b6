setup: .venv/ready
.venv/ready: requirements/dev.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@
check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
test: setup
	.venv/bin/pytest
