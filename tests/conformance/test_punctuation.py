"""Chinese words on the screen have Chinese punctuation: no half-width mark stands by a character.

Read are the strings of the product's Python (not its docstrings and not its raw strings, which are
patterns), its templates and its scripts.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_house import ROOT

HAN = "\u3400-\u9fff”’》"
HALF = re.compile(f"[{HAN}][,:;?!()]|[,;:?!(][\u3400-\u9fff“]|(?<!%)[)][\u3400-\u9fff“]")
PLACES = re.compile(r"%\(\w+\)s|\{[^{}]*\}")  # where values are put in
PYTHON_IN_TEMPLATES = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
PATTERNS = re.compile(r"/(?:[^/\n\\]|\\.)+/[a-z]*(?=[.;,)])")  # regular expressions in scripts
COMMENTS = re.compile(r"/\*.*?\*/|//[^\n\"]*$", re.DOTALL | re.MULTILINE)
STYLE = re.compile(r"<(?:script|style).*?</(?:script|style)>", re.DOTALL)
# What somebody types or reads character by character.
TYPED = {
    "hrss_portal/audit/management/commands/audit_verify.py": "块号:封印",
    "hrss_portal/deadlines/management/commands/deadline.py": "）:恢复日",
    "hrss_portal/documents/numbers.py": "〕]］】)）﹞〉>〗｝}",
    "hrss_portal/reports/narrative.py": "from=日期,to=日期",
    "hrss_portal/reports/forms.py": "{fig:代码}",
}


def product(suffix: str) -> list[Path]:
    """The product's files of a kind, without tests, migrations, tools and what is installed."""
    homes = [path.parent for path in ROOT.glob("*/apps.py")]
    homes += [ROOT / "hrss_portal", ROOT / "templates", ROOT / "static" / "js"]
    found = (path for home in homes for path in sorted(home.rglob(f"*{suffix}")))
    return [path for path in found if "migrations" not in path.parts]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a module that is neither documentation nor a pattern."""
    before = tokenize.NEWLINE
    with path.open(encoding="utf-8") as source:
        for token in tokenize.generate_tokens(io.StringIO(source.read()).readline):
            if token.type == tokenize.STRING:
                prefix, _, rest = token.string.partition(token.string[-1])
                documents = rest.startswith('""') and before in (tokenize.NEWLINE, tokenize.INDENT)
                if "r" not in prefix.lower() and not documents:
                    yield token.start[0], rest[:-1].strip('"')
            if token.type not in (tokenize.NL, tokenize.COMMENT):
                before = token.type


def half_width(text: str) -> list[str]:
    """The half-width marks beside Chinese characters, each with its neighbour."""
    return HALF.findall(PLACES.sub("x", text))


def test_the_search_finds_what_it_should() -> None:
    for wrong in ("号码不对,请检查", "可填:男", "共 %(n)s 位,现在", "表(甲)", "是{one},不能"):
        assert half_width(wrong), wrong
    for right in ("号码不对，请检查", "%(label)s没有", "08:30 开庭", "{name}（甲）", "a, b"):
        assert not half_width(right), right


def wrong_in(path: Path) -> list[str]:
    """``file:line: text`` of each string with a half-width mark."""
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        lines = list(strings(path))
    elif path.suffix == ".js":
        lines = list(enumerate(PATTERNS.sub("x", COMMENTS.sub("", text)).splitlines(), 1))
    else:
        text = PYTHON_IN_TEMPLATES.sub("", STYLE.sub("", text))
        lines = list(enumerate(text.splitlines(), 1))
    lines = [(number, line.replace(TYPED.get(name, "\0"), "")) for number, line in lines]
    return [f"{name}:{number}: {line.strip()[:90]}" for number, line in lines if half_width(line)]


@pytest.mark.parametrize("suffix", [".py", ".html", ".js"])
def test_chinese_words_have_chinese_punctuation(suffix: str) -> None:
    files = product(suffix)
    assert len(files) > 5
    assert [line for path in files for line in wrong_in(path)] == []
