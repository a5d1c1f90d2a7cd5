"""Write the facts anew: ``python -m tests.healthy``."""

from __future__ import annotations

import json

from scaffold.replay.saved import record
from tests.healthy import FOLDER
from tests.healthy.make import facts_of
from tests.healthy.rows import ROWS

for name, row in ROWS.items():
    content = record(facts_of(row))
    (FOLDER / f"{name}.json").write_text(
        json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
