"""``scaffold new``: from a name to a project that opens in PyCharm and trains.

``plan_new`` looks and decides and writes nothing; ``carry_out`` does exactly what the plan says.
"""

from scaffold.new.make import carry_out
from scaffold.new.model import NewPlan, NewReport, NewRequest
from scaffold.new.naming import meant_template
from scaffold.new.plan import plan_new

__all__ = ["NewPlan", "NewReport", "NewRequest", "carry_out", "meant_template", "plan_new"]
