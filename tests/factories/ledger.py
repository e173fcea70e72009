"""Last year's ledger as offices keep it: a title, a heading over two rows, serial dates, ghosts."""

from datetime import date, timedelta

from hrss_portal.parties.synthetic import people
from tests.factories.imports import workbook

HEADINGS = (
    "案号 当事人 - 案由 收案时间 立案时间 结案 - 标的额（元） 是否终局 乡镇".replace("-", "").split(
        " "
    ),
    "- 申请人姓名 被申请人名称 - - - 日期 方式 - - -".replace("-", "").split(" "),
)
MERGED = (
    (3, 2, 3, 3, "当事人"),
    (3, 7, 3, 8, "结案"),
    *((3, column, 4, column, HEADINGS[0][column - 1]) for column in (1, 4, 5, 6, 9, 10, 11)),
)


def serial(day: date) -> int:
    """A day as the number that Excel stores."""
    return (day - date(1899, 12, 30)).days


# What is wrong with a spoilt row: the cell (from 0) and what stands in it.
SPOILT: tuple[tuple[int, object], ...] = (
    (10, "不存在的乡"),
    (6, "2019.01.02"),  # closed before it came
    (0, 20220123),  # a case number that the office's program took for a number
    (3, "邻里纠纷"),
    (2, ""),
)


def dirty(
    year: int, rows: int, *, first: int = 501, unknown_town: bool = True, spoil_every: int = 0
) -> bytes:
    """An X10 workbook with ``rows`` closed cases of a year; nobody knows the town of the last.

    With ``spoil_every`` each so-manieth row is wrong, in turn as ``SPOILT`` says; identity numbers
    stand in a column that the sheet does not know, as the numbers that Excel makes of them.
    """
    table: list[list[object]] = [
        [f"霍邱县劳动人事争议仲裁案件台账（{year}年）"],
        ["填报单位：仲裁院"],
        *([list(line) for line in HEADINGS]),
    ]
    for number, one in enumerate(people(rows, seed=year)):
        came = date(year, 1 + number % 9, 3 + number % 20)
        towns = ("城关", "河口镇", "周集")
        town = "不存在的乡" if unknown_town and number == rows - 1 else towns[number % 3]
        line: list[object] = [
            f"霍劳人仲案[{year}]第{first + number:03d}号",
            one.name,
            f"霍邱县示例{number % 7}厂",
            ("工资", "经济补偿金", "工伤")[number % 3],
            serial(came),
            (came + timedelta(days=2)).isoformat(),
            (came + timedelta(days=30)).strftime("%Y.%m.%d"),
            ("调解", "裁决")[number % 2],
            3000 + number,
            "否" if number % 2 else "",
            town,
        ]
        if spoil_every and number % spoil_every == spoil_every - 1:
            column, cell = SPOILT[number // spoil_every % len(SPOILT)]
            line[column] = cell
        table.append([*line, *([float(one.id_number[:17])] if spoil_every else [])])
    table.append(["合计", "", "", "", "", "", "", "", sum(3000 + n for n in range(rows)), "", ""])
    if spoil_every:
        table[2].append("身份证号")
        return workbook(table, merged=MERGED, ghosts=900, hidden_columns=(9,))
    return workbook(table, merged=MERGED, ghosts=40)
