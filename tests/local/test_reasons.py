import pytest

from deltacrown.local.reasons import without_reason


@pytest.mark.parametrize(
    "line",
    [
        "import x  # noqa: F401 - its import registers the tags",
        "call(x)  # type: ignore[arg-type] # the stubs know bytes only",
        "call(x)  # type: ignore[arg-type]  # noqa: S603 - our own words",
        "text = '# noqa'",
        "call(x)  # a plain comment",
    ],
)
def test_a_silenced_check_with_a_reason_is_fine(line):
    assert list(without_reason(line)) == []


@pytest.mark.parametrize(
    "line",
    ["import x  # noqa", "import x  # noqa: F401", "import x  # noqa: F401, E402", "call(x)  # type: ignore[arg-type]"],
)
def test_a_silenced_check_without_a_reason_is_found(line):
    assert list(without_reason(f"first = 1\n{line}\n")) == [2]
