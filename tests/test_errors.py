"""The tree of errors: stable codes, and exit statuses that scripts rely on."""

from __future__ import annotations

import inspect

from scaffold import errors


def every_error() -> list[type[errors.ScaffoldError]]:
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ScaffoldError)
    ]


def test_codes_are_unique_and_spelt_with_dashes() -> None:
    codes = [kind.code for kind in every_error()]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not code.replace("-", "").isalpha() or code != code.lower()] == []


def test_the_tree_at_the_head_of_the_module_names_every_error_and_code() -> None:
    tree = errors.__doc__ or ""
    missing = [kind.__name__ for kind in every_error() if kind.__name__ not in tree]
    unnamed = [
        kind.code
        for kind in every_error()
        if kind.code not in tree and kind.code not in ("error", "bad-request")
    ]
    assert (missing, unnamed) == ([], [])


def test_a_narrower_code_stays_with_the_instance() -> None:
    problem = errors.InstallFailed("no", code="install-no-network")
    assert (problem.code, errors.InstallFailed.code) == ("install-no-network", "install-failed")
