"""Rules about installed packages: which releases run together, and whether each is there once and whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Finding
from scaffold.checks.packages import clashes, conda, copies, family, installed, jax, keras, needs, saved

#: In the order in which findings of one level are shown.
RULES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    installed.frameworks_there,
    installed.metadata_there,
    installed.for_this_python,
    copies.each_once,
    copies.code_as_recorded,
    copies.one_owner_a_module,
    copies.conda_and_pip,
    family.torch_family_fits,
    clashes.pairs_fit,
    conda.mkl_fits,
    keras.keras_of_its_tensorflow,
    keras.legacy_keras_there,
    keras.backend_there,
    jax.plugins_fit,
    saved.models_loadable,
    needs.needs_met,
)
