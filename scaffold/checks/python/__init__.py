"""Rules about the Python that is looked at: whether it is whole, whose it is, where it imports from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.python import broken, managed, outside, shell, variables

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    variables.home_of_python,
    broken.environment_whole,
    variables.search_path_of_python,
    outside.nothing_from_the_users_site,
    managed.not_the_systems,
    shell.pip_installs_for_python,
    shell.activated_whole,
    managed.modules_of_its_own,
    managed.a_python_at_all,
    managed.may_be_written,
    managed.not_condas_base,
)
