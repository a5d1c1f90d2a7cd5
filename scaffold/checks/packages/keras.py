"""Which Keras goes with which TensorFlow, and what needs the old one."""

from __future__ import annotations

from collections.abc import Iterator

from scaffold.checks.facts import Facts
from scaffold.checks.model import Evidence, Finding, Remedy
from scaffold.checks.packages.remedies import installing, shown
from scaffold.checks.versions import at_least, below, minor
from scaffold.probing.packages.model import Package, PackageFacts
from scaffold.probing.variables.model import Variable

#: From this release on tf.keras is Keras 3; before, the Keras 2 of TensorFlow's own minor version, since 2.6
#: as a package of its own. source: TensorFlow 2.6 and 2.16 release notes                date: 2026-11-22
_KERAS_3_FROM, _SEPARATE_FROM = "2.16", "2.6"

#: What cannot do with Keras 3, and from which TensorFlow on it therefore needs tf-keras.
#: source: transformers/activations_tf.py of 4.x (5 has no TensorFlow side), tensorflow/probability#1774 and
#: its 0.24 release notes                                                                date: 2026-11-22
_NEEDS_OLD = {
    "transformers": (
        "5",
        (
            "Transformers imports TensorFlow where it finds it, and refuses Keras 3: 'Your currently "
            "installed version of Keras is Keras 3, but this is not yet supported in Transformers'"
        ),
    ),
    "tensorflow-probability": ("99", "import tensorflow_probability fails: No module named 'tf_keras'"),
}

_TRUE = ("1", "true")


def keras_of_its_tensorflow(facts: Facts) -> Iterator[Finding]:
    """Before Keras 3: Keras has TensorFlow's minor version. The table of pairs has what is about Keras 3."""
    packages = facts.packages
    tensorflow = packages.tensorflow_package if packages else None
    keras = packages.of("keras") if packages else None
    if tensorflow is None or keras is None:
        return
    if not (at_least(tensorflow.version, _SEPARATE_FROM) and below(tensorflow.version, _KERAS_3_FROM)):
        return
    wanted, here = minor(tensorflow.version), minor(keras.version)
    if wanted is None or here is None or here[0] >= 3 or wanted == here:
        return
    pin = f"keras=={wanted[0]}.{wanted[1]}.*"
    yield Finding(
        id="pkg.keras-split",
        level="error",
        title=f"{shown(tensorflow)} needs Keras {wanted[0]}.{wanted[1]}, and {shown(keras)} is installed",
        detail="tf.keras is that package: its import, or the first layer, fails at a name that it lacks",
        cause="keras-of-another-tensorflow",
        evidence=_evidence(tensorflow, keras),
        remedy=installing(facts, f"take the Keras of this TensorFlow ({pin})", (pin,)),
    )


def legacy_keras_there(facts: Facts) -> Iterator[Finding]:
    """Where Keras 2 is asked for beside a TensorFlow with Keras 3, tf-keras of its minor version is there."""
    packages = facts.packages
    tensorflow = packages.tensorflow_package if packages else None
    if packages is None or tensorflow is None:
        return
    old = packages.of("tf-keras")
    if old is not None:
        yield from _of_same_minor(facts, tensorflow, old)
        return
    if not packages.lacks("tf-keras"):
        return
    asked = _asked_by_variable(facts)
    if asked is not None:
        title = "TF_USE_LEGACY_KERAS=1 asks for tf-keras, which is not installed"
        why = "tf.keras fails: 'Your environment has TF_USE_LEGACY_KERAS set to True, but you do not have'"
        yield _lacking(facts, tensorflow, title, asked, f"{why} tf-keras")
        return
    keras = packages.of("keras")
    if keras is None or not at_least(keras.version, "3") or below(tensorflow.version, _KERAS_3_FROM):
        return  # beside an older TensorFlow Keras 3 is wrong by itself
    for name, (until, why) in _NEEDS_OLD.items():
        package = packages.of(name)
        if package is not None and below(package.version, until):
            title = f"{shown(package)} cannot use {shown(keras)}, and tf-keras is missing"
            seen = Evidence(source=package.location or name, value=shown(package))
            yield _lacking(facts, tensorflow, title, seen, why)
            return


def _asked_by_variable(facts: Facts) -> Evidence | None:
    for one in facts.variables.of("TF_USE_LEGACY_KERAS") if facts.variables else ():
        if one.value.strip().lower() in _TRUE:
            return Evidence(source=one.place, value=f"{one.name}={one.value}")
    return None


def _lacking(facts: Facts, tensorflow: Package, title: str, seen: Evidence, why: str) -> Finding:
    pin = _pin(tensorflow)
    return Finding(
        id="pkg.keras-split",
        level="error",
        title=title,
        detail=why,
        cause="keras3-without-tf-keras",
        evidence=(seen, Evidence(source=tensorflow.location or tensorflow.name, value=shown(tensorflow))),
        remedy=installing(
            facts,
            f"install tf-keras of TensorFlow's minor version ({pin}) into this very interpreter; or, where "
            "TensorFlow is not needed, uninstall it",
            (pin,),
        ),
    )


def _pin(tensorflow: Package) -> str:
    here = minor(tensorflow.version)
    return f"tf-keras=={here[0]}.{here[1]}.*" if here and here >= (2, 15) else "tf-keras"


def _of_same_minor(facts: Facts, tensorflow: Package, old: Package) -> Iterator[Finding]:
    wanted, here = minor(tensorflow.version), minor(old.version)
    if wanted is None or here is None or wanted == here or wanted < (2, 14):
        return
    yield Finding(
        id="pkg.keras-split",
        level="warning",
        title=f"{shown(old)} goes with TensorFlow {here[0]}.{here[1]}, and {shown(tensorflow)} is installed",
        detail="tf-keras calls TensorFlow's private parts, which change with each minor version",
        cause="tf-keras-of-another-tensorflow",
        evidence=_evidence(tensorflow, old),
        remedy=installing(
            facts, f"take tf-keras of TensorFlow's minor version ({_pin(tensorflow)})", (_pin(tensorflow),)
        ),
    )


#: The value of KERAS_BACKEND -> what must be installed.
_BACKENDS = {"tensorflow": "tensorflow", "torch": "torch", "jax": "jax"}

#: What Keras 3 takes beside them; it compares letter by letter, and 'Torch' is none of them.
#: source: keras/src/backend/__init__.py of 3.15                                          date: 2026-11-22
_WITHOUT_ONE = ("numpy", "openvino")


def backend_there(facts: Facts) -> Iterator[Finding]:
    """Keras 3 finds the framework that it computes with."""
    packages = facts.packages
    keras = packages.of("keras") if packages else None
    if packages is None or keras is None or not at_least(keras.version, "3"):
        return
    named = next(iter(facts.variables.of("KERAS_BACKEND")), None) if facts.variables else None
    backend = named.value if named else "tensorflow"
    if named is None and (facts.variables is None or not facts.variables.is_unset("KERAS_BACKEND")):
        return
    if named is not None and backend and backend not in (*_BACKENDS, *_WITHOUT_ONE):
        yield _no_backend(packages, keras, named)
        return
    wanted = _BACKENDS.get(backend)
    there = packages.tensorflow_package if backend == "tensorflow" else packages.of(wanted or "")
    if wanted is None or there is not None or not packages.complete:
        return
    source = Evidence(source=named.place, value=f"KERAS_BACKEND={named.value}") if named else None
    if named is None and not _other(packages) and not packages.of("keras-hub"):
        level_text = "nothing that it could compute with is installed"
    else:
        level_text = f"{wanted} is not installed"
    yield Finding(
        id="pkg.keras-backend",
        level="warning",
        title=f"{shown(keras)} computes with {backend}, and {level_text}",
        detail=f"import keras fails: No module named '{wanted}'"
        + (
            ""
            if named
            else "; without KERAS_BACKEND, and without a line in ~/.keras/keras.json, it takes TensorFlow"
        ),
        cause="keras-backend-missing",
        evidence=tuple(
            one for one in (source, Evidence(source=keras.location or "keras", value=shown(keras))) if one
        ),
        remedy=_chosen(packages) if named else _brought(facts, packages, wanted),
    )


def _no_backend(packages: PackageFacts, keras: Package, named: Variable) -> Finding:
    return Finding(
        id="pkg.keras-backend",
        level="warning",
        title=f"KERAS_BACKEND={named.value} names no backend of {shown(keras)}",
        detail=f"import keras fails: Unable to import backend : {named.value}; it knows "
        f"{', '.join((*_BACKENDS, *_WITHOUT_ONE))}, in small letters",
        cause="keras-backend-missing",
        evidence=(
            Evidence(source=named.place, value=f"KERAS_BACKEND={named.value}"),
            Evidence(source=keras.location or "keras", value=shown(keras)),
        ),
        remedy=_chosen(packages),
    )


def _chosen(packages: PackageFacts) -> Remedy:
    """Another value, or none: Keras then takes TensorFlow."""
    if packages.tensorflow_package is not None:
        return Remedy(text="unset KERAS_BACKEND where it is set: Keras then takes TensorFlow, which is here")
    other = _other(packages)
    if other:
        return Remedy(text=f"set KERAS_BACKEND={other}, which is installed, before keras is imported")
    return Remedy(text="set KERAS_BACKEND to a framework, and install that: tensorflow, torch or jax")


def _brought(facts: Facts, packages: PackageFacts, wanted: str) -> Remedy:
    other = _other(packages)
    if other:
        return Remedy(
            text=f"set KERAS_BACKEND={other} before keras is imported, best in the run configuration"
        )
    return installing(facts, f"install {wanted}, or what KERAS_BACKEND is to name", (wanted,))


def _other(packages: PackageFacts) -> str:
    return next((one for one in ("torch", "jax") if packages.of(one)), "")


def _evidence(*packages: Package) -> tuple[Evidence, ...]:
    return tuple(Evidence(source=one.location or one.name, value=shown(one)) for one in packages)
