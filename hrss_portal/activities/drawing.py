"""The verifiable draw (承诺—揭示): who is drawn follows from a published list and a later seed.

Pure functions over plain values.  The list, the number to draw and the name of the algorithm are
published first (their SHA-256 is ``list_sha256``); the seed is fixed later; then everybody can
compute the result.  ``data/verify_draw.txt`` does it without this house.

Algorithm ``sha256-order-v1``: the score of an object is the SHA-256 of seed, hash of the list, the
word "object" and its id, joined by line feeds, in UTF-8; the k objects with the smallest scores are
drawn, in that order.  For each of them two officers are taken from those who need not stand aside:
the fewest assigned so far first, then the smallest SHA-256 of seed, hash of the list, "officer",
the object's id and the officer's id.

A list of objects is ``[{"id", "label"}]``, of officers ``[{"id", "label", "avoid": [ids of
objects]}]``; a result ``[{"object", "officers": [ids], "score"}]``.  The score is kept so that
another seed always shows, even where it draws the same objects.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

ALGORITHM = "sha256-order-v1"
EACH = 2  # officers to an object: 行政处罚法 Article 42, two who enforce
KEYS = ("algorithm", "list_sha256", "objects", "officers", "k", "seed", "result")
Row = Mapping[str, Any]
Result = list[dict[str, Any]]


class DrawError(ValueError):
    """A draw that cannot be held: the list, the number or the officers do not allow it."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8: the same value is always the same bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def list_hash(objects: Sequence[Row], officers: Sequence[Row], k: int) -> str:
    """What is published before the seed is known: the SHA-256 over list, number and algorithm."""
    told = {"algorithm": ALGORITHM, "k": k, "objects": objects, "officers": officers}
    return hashlib.sha256(canonical(told)).hexdigest()


def half_hash(half: str) -> str:
    """What is published of one sealed half of a seed."""
    return hashlib.sha256(half.encode()).hexdigest()


def joined(halves: Sequence[str]) -> str:
    """The seed of two opened halves, in the order in which they were sealed."""
    return "+".join(halves)


def halves_text(list_sha256: str, halves: Sequence[tuple[str, str]]) -> str:
    """What the script checks beside a draw file: ``(digest, opened half)`` in order of sealing."""
    return canonical({"halves": _told(halves), "list_sha256": list_sha256}).decode()


def _told(halves: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"digest": digest, "half": half} for digest, half in halves]


def problems(objects: Sequence[Row], officers: Sequence[Row], k: int) -> list[str]:
    """Why a list may not be published, in words; empty when it may."""
    found = []
    for rows, words in ((objects, "对象"), (officers, "人员")):
        counts = Counter(row["id"] for row in rows)
        found += [f"{words}{one}出现两次" for one, count in counts.items() if count > 1]
        if any(not one or "\n" in one for one in counts):
            found.append(f"{words}要有编号或名称，写在一行里")
    if not 1 <= k <= len(objects):
        found.append(f"抽取数量要在 1 到 {len(objects)} 之间")
    aside = Counter(one for row in officers for one in set(row["avoid"]))
    unknown = sorted(set(aside) - {row["id"] for row in objects})
    found += [f"回避对象{one}不在名单里" for one in unknown]
    if officers:
        short = [row["id"] for row in objects if len(officers) - aside[row["id"]] < EACH]
        found += [f"{one}除去回避的，不足{EACH}名检查人员" for one in short]
    return found


def draw(objects: Sequence[Row], officers: Sequence[Row], k: int, seed: str) -> Result:
    """The result of a list and a seed.  Raises ``DrawError``."""
    if found := problems(objects, officers, k):
        raise DrawError("；".join(found))
    if not seed:
        raise DrawError("没有种子")
    start = hashlib.sha256(f"{seed}\n{list_hash(objects, officers, k)}".encode())
    scores = sorted((_score(start, "object", row["id"]), row["id"]) for row in objects)
    load = {row["id"]: 0 for row in officers}
    aside = {row["id"]: frozenset(row["avoid"]) for row in officers}
    result = []
    for score, key in scores[:k]:
        pair = _pair(start, key, load, aside)
        result.append({"object": key, "officers": pair, "score": score})
    return result


def _score(start: Any, *parts: str) -> str:
    digest = start.copy()
    digest.update("".join(f"\n{part}" for part in parts).encode())
    return str(digest.hexdigest())


def _pair(
    start: Any, key: str, load: dict[str, int], aside: Mapping[str, frozenset[str]]
) -> list[str]:
    able = [who for who in load if key not in aside[who]]
    found: list[str] = []
    for least in sorted({load[who] for who in able}):  # hash no more officers than are looked at
        level = (who for who in able if load[who] == least)
        found += sorted(level, key=lambda who: (_score(start, "officer", key, who), who))
        if len(found) >= EACH:
            break
    for who in found[:EACH]:
        load[who] += 1
    return found[:EACH]


def draw_file(
    objects: Sequence[Row],
    officers: Sequence[Row],
    k: int,
    seed: str,
    halves: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The file of a draw, as everybody may take it away and verify it.  Raises ``DrawError``.

    ``halves``: ``(digest, opened half)`` in order of sealing, where the seed was sealed in two.
    """
    told = {
        "algorithm": ALGORITHM,
        "list_sha256": list_hash(objects, officers, k),
        "objects": objects,
        "officers": officers,
        "k": k,
        "seed": seed,
        "result": draw(objects, officers, k, seed),
    }
    return canonical(told | ({"halves": _told(halves)} if halves else {}))


def faults(content: bytes) -> list[str]:
    """What is wrong with a draw file, in words; empty when it proves its result.

    Raises ``DrawError`` for a file that is no draw file at all.
    """
    told = _read(content)
    if told["algorithm"] != ALGORITHM:
        return [f"算法不是 {ALGORITHM}"]
    objects, officers, k = told["objects"], told["officers"], told["k"]
    found = [] if canonical(told) == content else ["文件不是规范格式，被改动或者重新保存过"]
    if list_hash(objects, officers, k) != told["list_sha256"]:
        found.append("名单与公布的哈希值不符")
    try:
        if draw(objects, officers, k, told["seed"]) != told["result"]:
            found.append("由名单和种子算出的结果与文件里的不同")
    except DrawError as error:
        found.append(str(error))
    if "halves" in told and not _halves_fit(told["halves"], told["seed"]):
        found.append("两半与封存的哈希值或者种子不符")
    return found


def _halves_fit(halves: Sequence[Row], seed: str) -> bool:
    """Whether two halves are what was sealed and make the seed, in the order of sealing."""
    sealed = all(half_hash(one["half"]) == one["digest"] for one in halves)
    return len(halves) == 2 and sealed and joined([one["half"] for one in halves]) == seed


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
        canonical(told)
    except (ValueError, RecursionError) as error:
        raise DrawError("不是抽取文件：读不出 JSON") from error
    if not isinstance(told, dict) or set(told) - {"halves"} != set(KEYS):
        raise DrawError(f"不是抽取文件：要有且只有 {'、'.join(KEYS)}")
    if not _is_list(told["objects"], {"id", "label"}) or not _is_list(
        told["officers"], {"id", "label", "avoid"}
    ):
        raise DrawError("不是抽取文件：objects、officers 的写法不对")
    if type(told["k"]) is not int or not isinstance(told["seed"], str):
        raise DrawError("不是抽取文件：k 要是整数，seed 要是文字")
    if "halves" in told and not (told["halves"] and _is_list(told["halves"], {"digest", "half"})):
        raise DrawError("不是抽取文件：halves 的写法不对")
    return told


def _is_list(rows: Any, keys: set[str]) -> bool:
    if not isinstance(rows, list):
        return False
    return all(
        isinstance(row, dict)
        and set(row) == keys
        and all(isinstance(row[key], str) for key in keys - {"avoid"})
        and all(isinstance(one, str) for one in row.get("avoid", []))
        for row in rows
    )


def summary(content: bytes) -> dict[str, Any]:
    """What a verified file is about: counts, hash of the list, seed, the ids drawn in order, the
    digests of the sealed halves (none where the seed is a public value)."""
    told = _read(content)
    return {
        "algorithm": told["algorithm"],
        "list_sha256": told["list_sha256"],
        "objects": len(told["objects"]),
        "officers": len(told["officers"]),
        "k": told["k"],
        "seed": told["seed"],
        "drawn": [row["object"] for row in told["result"]],
        "halves": [row["digest"] for row in told.get("halves", ())],
    }
