"""``python -m deltacrown.local.reasons``: what silences a check says why. Exit 1 names what doesn't."""

import io
import re
import sys
import tokenize
from collections.abc import Iterator

from deltacrown.local.state import ROOT

FOLDERS = ("apps", "deltacrown", "scripts", "tests")
# After the code of the rule stands a dash or another #, and then words.
SILENCES = re.compile(r"#\s*(noqa\b(:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[^\]]*\])?)(?P<rest>.*)")
REASON = re.compile(r"\s*[-–#]+\s*\w.*\w.*")


def without_reason(source: str) -> Iterator[int]:
    """Yield the lines of ``source`` on which a check is silenced without a word why."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        silenced = SILENCES.search(token.string)
        if silenced and not REASON.fullmatch(silenced["rest"]):
            yield token.start[0]


def main() -> int:
    """Look at all Python files of ours."""
    found = 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line in without_reason(path.read_text()):
                sys.stdout.write(f"{path.relative_to(ROOT)}:{line}: say after the code why this is silenced\n")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
