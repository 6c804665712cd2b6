"""What may be an argument of a job, and what is kept of its result."""

import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

ARGUMENTS_MAX_BYTES = 64 * 1024
RESULT_MAX_BYTES = 16 * 1024

# In JSON's own writing: an escape, which an even number of backslashes before it would undo.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_UNSTORABLE = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])", re.IGNORECASE)


def check(args: dict[str, Any]) -> None:
    """Raise ``TypeError`` or ``ValueError`` unless ``args`` come back from the database exactly as they went in."""
    try:
        text = json.dumps(args, allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise TypeError(f"A job's arguments are plain JSON, best the ids of rows: {error}.") from error
    if json.loads(text) != args:
        raise TypeError("A job's arguments are plain JSON: lists instead of tuples, strings as keys.")
    if _NUL.search(text):
        raise ValueError("A job's arguments can't hold the character NUL: PostgreSQL refuses it.")
    if size > ARGUMENTS_MAX_BYTES:
        raise ValueError(
            f"A job's arguments have {size:,} of at most {ARGUMENTS_MAX_BYTES:,} bytes: pass ids, in portions."
        )


def storable(result: Any) -> Any:
    """Return ``result`` as the row can keep it. What a task returns is information, so it never fails the job."""
    try:
        text = json.dumps(result, cls=DjangoJSONEncoder, allow_nan=False)
    except (TypeError, ValueError):
        return repr(result)[:500].replace("\x00", "")
    if len(text) > RESULT_MAX_BYTES or _UNSTORABLE.search(text):
        return text[:500]  # as text its escapes are harmless
    return json.loads(text)
