"""The verifiable draw: bound to list and seed, fair to officers, checked by others."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from hypothesis import given
from hypothesis import settings as pace
from hypothesis import strategies as st

from hrss_portal.activities import drawing

SCRIPT = Path(settings.BASE_DIR) / "hrss_portal/activities/data/verify_draw.txt"
IDS = st.text(min_size=1, max_size=6).filter(lambda text: text.isprintable())


def rows(*ids):
    """Objects."""
    return [{"id": one, "label": f"名称{one}"} for one in ids]


def officers(*ids, avoid=None):
    """Officers with whom they stand aside from."""
    return [{"id": one, "label": one, "avoid": (avoid or {}).get(one, [])} for one in ids]


FIVE = rows("甲", "乙", "丙", "丁", "戊")
THREE = officers("赵", "钱", "孙", avoid={"赵": ["甲", "乙"]})
CONTENT = drawing.draw_file(FIVE, THREE, 3, "上证指数 3327.81")


@st.composite
def lists(given_one):
    """A list of objects with officers who may stand aside from some, and a number to draw."""
    objects = rows(*given_one(st.lists(IDS, min_size=1, max_size=12, unique=True)))
    names = given_one(st.lists(IDS, min_size=4, max_size=7, unique=True) | st.just([]))
    known = st.lists(st.sampled_from([row["id"] for row in objects]), unique=True, max_size=3)
    people = officers(*names, avoid={who: given_one(known) for who in names[2:]})
    return objects, people, given_one(st.integers(1, len(objects)))


def by_script(content, folder, halves=None):
    """Exit code and words of the script that needs nothing of this house."""
    file = folder / "draw.json"
    file.write_bytes(content)
    files = [str(file)]
    if halves is not None:
        (folder / "halves.json").write_text(halves, encoding="utf-8")
        files.append(str(folder / "halves.json"))
    done = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT.read_text(encoding="utf-8"), *files],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    return done.returncode, done.stdout + done.stderr


def said_of(content):
    """What is wrong with a file, one that is no draw file included."""
    try:
        return drawing.faults(content)
    except drawing.DrawError as error:
        return [str(error)]


@given(lists(), IDS)
@pace(deadline=None, max_examples=80)
def test_a_draw_follows_from_list_and_seed_alone(told, seed):
    objects, people, k = told
    result = drawing.draw(objects, people, k, seed)
    assert result == drawing.draw(objects, people, k, seed)
    drawn = [row["object"] for row in result]
    assert len(set(drawn)) == k
    assert set(drawn) <= {row["id"] for row in objects}
    assert drawing.faults(drawing.draw_file(objects, people, k, seed)) == []


@given(lists(), IDS)
@pace(deadline=None, max_examples=80)
def test_two_officers_go_and_nobody_who_stands_aside(told, seed):
    objects, people, k = told
    aside = {row["id"]: row["avoid"] for row in people}
    for row in drawing.draw(objects, people, k, seed):
        assert len(set(row["officers"])) == (2 if people else 0)
        assert not [who for who in row["officers"] if row["object"] in aside[who]]


@given(lists(), IDS, IDS)
@pace(deadline=None, max_examples=80)
def test_another_seed_always_shows(told, seed, other):
    if seed == other:
        return
    content = json.loads(drawing.draw_file(*told, seed))
    changed = drawing.canonical(content | {"seed": other})
    assert "由名单和种子算出的结果与文件里的不同" in drawing.faults(changed)


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
@pace(deadline=None, max_examples=300)
def test_any_changed_byte_fails(at, by):
    changed = CONTENT[:at] + bytes([CONTENT[at] ^ by]) + CONTENT[at + 1 :]
    assert said_of(changed) != []


def test_another_order_of_the_list_or_the_result_fails():
    told = json.loads(CONTENT)
    for name in ("objects", "officers", "result"):
        changed = drawing.canonical(told | {name: told[name][::-1]})
        assert drawing.faults(changed) != []


def test_work_is_spread_evenly():
    people = officers(*(f"员{n}" for n in range(7)))
    result = drawing.draw(rows(*(f"企{n}" for n in range(50))), people, 50, "种子")
    load = Counter(who for row in result for who in row["officers"])
    assert max(load.values()) - min(load.values()) <= 1
    assert len({tuple(sorted(row["officers"])) for row in result}) > 5


def test_a_county_of_4125_objects_and_137_officers_is_drawn():
    objects = rows(*(f"企{n}" for n in range(4125)))
    people = officers(*(f"员{n}" for n in range(137)))
    content = drawing.draw_file(objects, people, 206, "种子")
    assert len(json.loads(content)["result"]) == 206
    assert drawing.faults(content) == []


@pytest.mark.parametrize(
    ("objects", "people", "k", "words"),
    [
        (rows("甲", "甲"), [], 1, "对象甲出现两次"),
        (rows("甲"), officers("赵", "赵"), 1, "人员赵出现两次"),
        (rows("甲"), [], 2, "1 到 1 之间"),
        (rows("甲"), [], 0, "1 到 1 之间"),
        (rows(""), [], 1, "要有编号或名称"),
        (rows("甲\n乙"), [], 1, "写在一行里"),
        (rows("甲"), officers("赵", "钱", avoid={"赵": ["乙"]}), 1, "回避对象乙不在名单里"),
        (rows("甲"), officers("赵", "钱", avoid={"赵": ["甲"]}), 1, "甲除去回避的，不足2名"),
    ],
)
def test_a_list_that_cannot_be_drawn_says_why(objects, people, k, words):
    with pytest.raises(drawing.DrawError, match=words):
        drawing.draw(objects, people, k, "种子")


def test_without_a_seed_nothing_is_drawn():
    with pytest.raises(drawing.DrawError, match="没有种子"):
        drawing.draw(FIVE, THREE, 1, "")


def test_the_script_has_some_thirty_lines_and_says_the_same(tmp_path):
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 36
    assert by_script(CONTENT, tmp_path) == (0, "相符：名单、种子、结果一致\n")
    changes = [("seed", "别的种子"), ("k", 2), ("list_sha256", "0" * 64), ("algorithm", "x")]
    for name, value in changes:
        told = json.loads(CONTENT) | {name: value}
        code, said = by_script(drawing.canonical(told), tmp_path)
        assert (code, said[:3]) == (1, "不符："), name
    assert by_script(CONTENT + b"\n", tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"objects": [*FIVE, FIVE[0]]}, "编号"),
        ({"officers": [*THREE, THREE[0]]}, "编号"),
        ({"objects": [*FIVE, *rows("")]}, "编号"),
        ({"officers": officers("赵", "钱", avoid={"赵": ["无"]})}, "编号"),
        ({"k": 9}, "数量"),
        ({"seed": ""}, "种子"),
    ],
)
def test_the_script_refuses_the_lists_that_the_command_refuses(tmp_path, change, words):
    """The result is the script's own, so that nothing but the list can be wrong."""
    told = json.loads(CONTENT) | change
    told["list_sha256"] = drawing.list_hash(told["objects"], told["officers"], told["k"])
    names = {"__name__": "verify", "d": told}
    text = SCRIPT.read_text(encoding="utf-8")
    exec(text[: text.index("raw = ")], names)  # noqa: S102 -- the functions of our own script
    told["result"] = names["draw"](told)
    content = drawing.canonical(told)
    assert drawing.faults(content) != []
    assert by_script(content, tmp_path) == (1, f"不符：{words}\n")


def test_the_script_checks_two_halves_against_digests_and_seed(tmp_path):
    halves = ["天青色等烟雨-而我在等你", "帘外芭蕉惹骤雨-门环"]
    content = drawing.draw_file(FIVE, THREE, 2, drawing.joined(halves))
    list_sha256 = json.loads(content)["list_sha256"]
    sealed = [(drawing.half_hash(half), half) for half in halves]
    text = drawing.halves_text(list_sha256, sealed)
    assert by_script(content, tmp_path, text)[0] == 0
    for wrong in (
        drawing.halves_text(list_sha256, sealed[::-1]),
        drawing.halves_text("0" * 64, sealed),
        drawing.halves_text(list_sha256, [(drawing.half_hash("+".join(halves)), "+".join(halves))]),
        drawing.halves_text(list_sha256, [("0" * 64, halves[0]), sealed[1]]),
    ):
        assert by_script(content, tmp_path, wrong) == (1, "不符：两半\n")


SEALED_HALVES = ("天青色等烟雨-而我在等你", "帘外芭蕉惹骤雨-门环")


def with_halves(halves=SEALED_HALVES, digests=()):
    """The file of a draw with two sealed halves, by command and script."""
    pairs = list(zip(digests or map(drawing.half_hash, halves), halves, strict=False))
    return drawing.draw_file(FIVE, THREE, 2, drawing.joined(SEALED_HALVES), pairs)


def test_a_file_with_sealed_halves_proves_them_by_itself(tmp_path, capsys):
    content = with_halves()
    assert drawing.faults(content) == []
    assert by_script(content, tmp_path)[0] == 0
    file = tmp_path / "draw.json"
    file.write_bytes(content)
    call_command("draw_verify", str(file))
    said = capsys.readouterr().out
    assert all(drawing.half_hash(half) in said for half in SEALED_HALVES)


@pytest.mark.parametrize(
    "content",
    [
        with_halves(SEALED_HALVES[::-1]),
        with_halves(digests=["0" * 64, drawing.half_hash(SEALED_HALVES[1])]),
        with_halves([drawing.joined(SEALED_HALVES)]),
    ],
    ids=["order", "digest", "one"],
)
def test_halves_that_do_not_fit_digest_or_seed_prove_nothing(tmp_path, capsys, content):
    assert drawing.faults(content) == ["两半与封存的哈希值或者种子不符"]
    assert by_script(content, tmp_path) == (1, "不符：两半\n")
    (tmp_path / "draw.json").write_bytes(content)
    with pytest.raises(SystemExit) as end:
        call_command("draw_verify", str(tmp_path / "draw.json"))
    assert end.value.code == 1


@pytest.mark.parametrize("halves", [[], "", [{"digest": "x"}], [{"digest": 1, "half": "x"}]])
def test_halves_written_otherwise_are_no_draw_file(halves):
    told = json.loads(CONTENT) | {"halves": halves}
    assert said_of(drawing.canonical(told)) == ["不是抽取文件：halves 的写法不对"]


def test_the_script_agrees_on_lists_without_officers(tmp_path):
    assert by_script(drawing.draw_file(FIVE, [], 2, "s"), tmp_path)[0] == 0


def test_the_command_proves_a_file(tmp_path, capsys):
    file = tmp_path / "draw.json"
    file.write_bytes(CONTENT)
    call_command("draw_verify", str(file))
    assert "相符：5 个对象抽取 3 个，检查人员 3 名" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (CONTENT.replace(b"3327.81", b"3327.82"), 1, "不符"),
        (b"{}", 2, "不是抽取文件"),
        (b"\xff", 2, "不是抽取文件"),
        (b"[" * 100_000, 2, "不是抽取文件"),
        (b'"\\ud800"', 2, "不是抽取文件"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path, capsys, content, code, words):
    file = tmp_path / "draw.json"
    file.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        call_command("draw_verify", str(file), "--json")
    error = json.loads(capsys.readouterr().err)["error"]
    assert end.value.code == code
    assert words in error["message"]


def test_a_file_that_is_not_there_is_bad_input(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("draw_verify", str(tmp_path / "none.json"))
    assert end.value.code == 2
    assert "读不出文件" in capsys.readouterr().err
