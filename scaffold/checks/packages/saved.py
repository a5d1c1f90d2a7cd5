"""Model files that another Keras saved than the one that is installed."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Level, Remedy
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.versions import at_least, major
from scaffold.probing.packages.model import Package, SavedModel


def models_loadable(facts: Facts) -> Iterator[Finding]:
    """Every model file beside the code was saved by a Keras of the generation that is installed."""
    packages = facts.packages
    keras = _loading(facts)
    if packages is None or keras is None:
        return
    told = [(one, judged) for one in packages.models if (judged := _judged(one, keras)) is not None]
    if not told:
        return
    level: Level = "warning" if any(judged[0] == "warning" for _, judged in told) else "info"
    sign = next(facts.log.of("pkg.keras-model-version"), None) if facts.log else None
    if any(judged[0] == "error" for _, judged in told) or (
        sign is not None and sign.signature.level == "error"
    ):
        level = "error"
    first, (_, why, cure) = told[0]
    generation = 3 if cure == "keras>=3" else 2
    tensorflow = packages.tensorflow_package
    apart = cure == "keras>=3" and tensorflow is not None and at_least(tensorflow.version, "2.16") is not True
    saved = f"Keras {first.keras}" if first.keras else "a newer Keras"
    yield Finding(
        id="pkg.keras-model-version",
        level=level,
        title=f"{first.path} was saved by {saved}, and {shown(keras)} is installed",
        detail=why,
        cause="keras-model-version",
        evidence=tuple(
            Evidence(source=one.path, value=f"keras_version {one.keras}" if one.keras else one.told)
            for one, _ in told[:12]
        ),
        not_the_cause=("the file itself: it is whole",),
        remedy=Remedy(
            text="load it in an environment of its own with Keras 3 and TensorFlow 2.16 or newer, or "
            "save it there "
            "as weights; beside an older TensorFlow Keras 3 does not run, which needs its own Keras 2"
        )
        if apart
        else installing(
            facts,
            f"load it with Keras {generation} ({cure}) and save it anew, or keep that Keras; what "
            "counts is the Keras of the interpreter that runs: look whether it is the one that you upgraded",
            (cure,),
        ),
    )


def _loading(facts: Facts) -> Package | None:
    """The Keras that loads models: the package of that name, or the one inside an old TensorFlow."""
    if facts.packages is None:
        return None
    legacy = facts.packages.of("tf-keras")
    wanted = any(
        one.value.strip().lower() in ("1", "true")
        for one in (facts.variables.of("TF_USE_LEGACY_KERAS") if facts.variables else ())
    )
    return legacy if legacy is not None and wanted else facts.packages.of("keras")


def _judged(model: SavedModel, keras: Package) -> tuple[Level, str, str] | None:
    """Level, why, and the Keras that can load it; None where nothing is wrong, or known."""
    here = major(keras.version)
    if here is None:
        return None
    there = major(model.keras) if model.keras else None
    if model.kind == "pickle":
        newer = "newer" in model.told.lower() or (there is not None and there > here)
        why = "a pickle names the modules of the Keras that wrote it: keras.src is there from 2.13 on only"
        return ("error", why, "keras>=3" if there == 3 else "keras>=2.13") if newer else None
    if there is None or there == here:
        return None
    if there > here:
        why = (
            "Keras 3 writes its own modules into the file (keras.src.models.functional), and layers with "
            "arguments that Keras 2 does not know (batch_shape)"
        )
        return "warning", why, "keras>=3"
    if model.kind == "h5" or at_least(keras.version, "3") is None:
        why = (
            "Keras 3 loads many files of Keras 2, not layers with changed arguments (DepthwiseConv2D: groups)"
        )
        return "info", why, "tf-keras"
    why = "Keras 2 wrote its own modules into the file (keras.src.engine.functional); Keras 3 lacks them"
    return "warning", why, "tf-keras"
