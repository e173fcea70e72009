"""Made-up people and organisations for tests and the demonstration.

Numbers pass every check, carry the district 341522 with a birth from 2000 on or 342423 with
one before 1999, and belong to nobody known.  Rows made from them carry the source ``demo``.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hrss_portal.parties.identifiers import (
    FEMALE,
    MALE,
    id_check_character,
    uscc_check_character,
)

SOURCE = "demo"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅建国志文海波春晓雪松佳怡子涵欣宇浩然"
_TRADES = "建材 服饰 电子 食品 物流 餐饮 机械 家具 农业 科技 商贸 建筑 纺织 汽修".split()  # noqa: SIM905
_FORMS = ("有限公司", "有限责任公司", "厂", "商行", "合作社")
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class FakePerson:
    """What the generator says of a made-up person."""

    name: str
    id_number: str
    sex: str
    birth: date
    phone: str


@dataclass(frozen=True)
class FakeEmployer:
    """What the generator says of a made-up organisation."""

    name: str
    uscc: str
    legal_rep: str
    phone: str


def resident_number(prefix: str, birth: date, sequence: int) -> str:
    """An 18-character number with the right check character."""
    stem = f"{prefix}{birth:%Y%m%d}{sequence:03d}"
    return stem + id_check_character(stem)


def credit_code(serial: int, *, head: str = "91341522") -> str:
    """An 18-character credit code with the right check character, one per serial below 31**8."""
    body = ""
    for _ in range(8):
        serial, digit = divmod(serial, len(_CODE))
        body = _CODE[digit] + body
    stem = f"{head}M{body}"
    return stem + uscc_check_character(stem)


def people(count: int, *, seed: int = 1) -> Iterator[FakePerson]:
    """``count`` different made-up people, the same ones for the same seed."""
    draw = random.Random(seed)  # noqa: S311 -- not a secret
    seen: set[str] = set()
    while len(seen) < count:
        young = draw.random() < 0.3
        first, last = (
            (date(2000, 1, 1), date(2006, 12, 31))
            if young
            else (date(1955, 1, 1), date(1998, 12, 31))
        )
        birth = first + timedelta(days=draw.randrange((last - first).days))
        sequence = draw.randint(1, 999)
        number = resident_number("341522" if young else "342423", birth, sequence)
        if number in seen or number.endswith("000"):
            continue
        seen.add(number)
        given = "".join(draw.sample(_GIVEN, draw.choice((1, 2, 2))))
        yield FakePerson(
            name=draw.choice(_SURNAMES) + given,
            id_number=number,
            sex=MALE if sequence % 2 else FEMALE,
            birth=birth,
            phone=f"1{draw.choice('3578')}{draw.randrange(10**9):09d}",
        )


def employers(count: int, *, seed: int = 1) -> Iterator[FakeEmployer]:
    """``count`` different made-up organisations, the same ones for the same seed."""
    draw = random.Random(seed)  # noqa: S311 -- not a secret
    for index in range(count):
        brand = "".join(draw.sample(_GIVEN, 2))
        tail = f"{draw.choice(_TRADES)}{draw.choice(_FORMS)}"
        yield FakeEmployer(
            name=f"霍邱县{brand}{tail}（示例{index + 1}）",
            uscc=credit_code(seed * 1_000_003 + index),
            legal_rep=draw.choice(_SURNAMES) + "".join(draw.sample(_GIVEN, 2)),
            phone=f"0564-{draw.randrange(6_000_000, 6_999_999)}",
        )
