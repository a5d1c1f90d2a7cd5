"""The checks of templates as pytest items: ``pytest --scaffold-template FOLDER``, or in the configuration.

::

    [tool.pytest.ini_options]
    scaffold_templates = ["src/acme_templates/cnn"]

Installing scaffold installs this plugin into every pytest run: without a template it reads two options and
imports nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

#: Marks every item; those that need an environment are marked slow, too.
MARK = "scaffold_template"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options on the command line and in the configuration."""
    group = parser.getgroup("scaffold", "checks of scaffold's templates")
    group.addoption(
        "--scaffold-template",
        action="append",
        default=[],
        metavar="FOLDER",
        help="check the template in FOLDER, which holds template.toml; may be given several times",
    )
    group.addoption(
        "--scaffold-python",
        metavar="PATH",
        help="an environment that is ready for the templates' projects; without it, one is made for each",
    )
    parser.addini("scaffold_templates", "folders of templates to check", type="paths", default=[])
    parser.addini("scaffold_python", "as --scaffold-python", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Where a template was named, bring in what checks it."""
    named = [config.invocation_params.dir / one for one in config.getoption("scaffold_template")]
    configured: list[Path] = config.getini("scaffold_templates")
    if not named and not configured:
        return
    from scaffold.template_checks.pytest_items import Templates

    config.addinivalue_line("markers", f"{MARK}: a check of one of scaffold's templates")
    config.addinivalue_line("markers", "slow: takes more than ten seconds")
    config.pluginmanager.register(
        Templates(config, tuple(named), tuple(configured)), "scaffold-templates-named"
    )
