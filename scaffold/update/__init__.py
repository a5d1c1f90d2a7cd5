"""``scaffold update``: a project brought up to what its template is now.

``plan_update`` renders, reads and merges, and writes nothing; ``carry_out`` writes what the plan holds, all
of it or none.
"""

from scaffold.update.apply import alone, carry_out, pending, recover, undo
from scaffold.update.model import UpdatePlan, UpdateReport, UpdateRequest
from scaffold.update.plan import plan_update, refuse_loose

__all__ = [
    "UpdatePlan",
    "UpdateReport",
    "UpdateRequest",
    "alone",
    "carry_out",
    "pending",
    "plan_update",
    "recover",
    "refuse_loose",
    "undo",
]
