from __future__ import annotations

from pathlib import Path

from scaffold.template_checks.imports import unresolved


def test_an_import_of_what_is_not_there_is_found(tmp_path: Path) -> None:
    for path, text in {
        "src/mine/__init__.py": "",
        "src/mine/one.py": "import os\nfrom . import two, three\nfrom .two import A, B, C\nfrom ..mine.four import D\n",
        "src/mine/two.py": "A, (B, _) = 1, (2, 3)\ntry:\n    import json\nexcept ImportError:\n    json = None\n",
        "src/mine/broken.py": "def (:\n",
        "tests/cases.py": "def case(): ...\nasync def later(): ...\n",
        "tests/test_one.py": "import mine.five\nfrom cases import case, later, no_case\nfrom mine.broken import x\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    broken, *others = unresolved(tmp_path)
    assert str(broken) == "src/mine/broken.py, line 1: invalid syntax"
    assert list(map(str, others)) == [
        *("src/mine/one.py: mine.four.D", "src/mine/one.py: mine.three", "src/mine/one.py: mine.two.C"),
        *("tests/test_one.py: cases.no_case", "tests/test_one.py: mine.five"),
    ]
