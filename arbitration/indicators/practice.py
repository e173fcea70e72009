"""What the report says of the court's practice: each claim is made where rows stand behind it."""

from arbitration.indicators.conditions import (
    attire_recorded,
    hearings_held,
    held_in_uniform,
    on_platform,
    timed_on_platform,
    went_to_court,
)
from arbitration.models.choices import Procedure, Went
from hrss_portal.indicators.declare import Basis, Count, Ratio, Style

practice = [
    Count(
        code="arb.tripartite_meetings",
        label="召开协调劳动关系三方会议",
        definition="会议登记中类型为协调劳动关系三方会议、已召开的，按会议日期",
        of="activities.meeting",
        dated_by="on",
        where={"kind": "tripartite", "state": "held"},
        style=Style(unit="次"),
    ),
    Count(
        code="arb.fast_accepted",
        label="受理农民工工资速裁案件",
        definition="受理日期在期内、程序为农民工工资速裁、未作废的仲裁案件",
        of="arbitration.dispute",
        dated_by="accepted_on",
        where={"procedure": Procedure.FAST},
        style=Style(unit="件"),
    ),
    *(
        Count(
            code=f"arb.{code}",
            label=f"结案后{label}",
            definition=f"结案日期在期内、登记{label}的裁决案件；双方都去法院的，两边各计一件；"
            "一方对终局裁决申请撤销、对非终局裁决起诉的，或者终局裁决撤销后又起诉的，两项各计一件",
            version=2,
            of="arbitration.dispute",
            dated_by="closed_on",
            where=went_to_court(side, went),
            style=Style(unit="件"),
            dimensions={"cause": "cause", "finality": "finality"},
        )
        for code, side, went, label in (
            ("worker_sued", "worker", Went.SUED, "劳动者起诉"),
            ("employer_sued", "employer", Went.SUED, "用人单位起诉"),
            ("employer_set_aside", "employer", Went.SET_ASIDE, "用人单位申请撤销"),
        )
    ),
    Count(
        code="arb.systems_kept",
        label="有专管员的上级系统",
        definition="期末在用（已到启用日期、没有到停用日期）、有专管员的上级系统",
        version=2,
        of="arbitration.uppersystem",
        dated_by="used_from",
        until="used_until",
        period="stock",
        style=Style(unit="个"),
    ),
    Count(
        code="arb.checks_missed",
        label="上级系统没有登记检查",
        definition="上级系统在用期间每个工作日登记一次检查；期内没有登记的，"
        "一个系统一个工作日计一次，算到昨天；补登了检查的不计",
        of="arbitration.missedcheck",
        unit="system__unit",
        dated_by="on",
        style=Style(unit="次"),
        dimensions={"system": "system"},
        good="down",
    ),
    Count(
        code="arb.platform_looks",
        label="登记的平台日查看",
        definition="期内登记的“互联网+调解”平台日查看，一天一次",
        of="arbitration.platformlook",
        dated_by="on",
        style=Style(unit="次"),
    ),
    *(
        Count(
            code=f"arb.platform_{code}",
            label=f"“互联网+调解”平台{label}",
            definition=f"来源为平台、期内办结或者期末未办结的调解案件{more}",
            of="arbitration.mediationcase",
            where=where,
            style=Style(unit="件"),
        )
        for code, label, more, where in (
            ("cases", "案件", "", on_platform),
            (
                "timed",
                "有期限的案件",
                "，平台给出到期时间或者有受理、调解期限的",
                timed_on_platform,
            ),
        )
    ),
    *(
        Count(
            code=code,
            label=label,
            definition=f"{label}，按开庭日期",
            of="arbitration.hearing",
            where=where,
            style=Style(unit="次"),
        )
        for code, label, where in (
            ("arb.hearings_held", "排期登记中已开的庭", hearings_held),
            ("arb.attire_recorded", "排期登记中已开、有着装记录的庭", attire_recorded),
            ("arb.hearings_uniform", "排期登记中已开、勾选着装符合规定的庭", held_in_uniform),
        )
    ),
    Ratio(
        code="arb.uniform_rate",
        label="开庭着装符合规定率",
        definition="勾选着装符合规定的庭 ÷ 排期登记中已开、有着装记录的庭；"
        "有的庭没有着装记录的，句子写明按几次开庭算",
        version=2,
        num=("arb.hearings_uniform",),
        den=("arb.attire_recorded",),
        style=Style(unit="%", decimals=2, full="开庭统一着装", part="开庭着装符合规定{n}"),
        basis=Basis(
            whole=("arb.hearings", "arb.hearings_held"),
            full="有着装记录的{known}开庭均统一着装",
            part="有着装记录的{known}开庭着装符合规定{n}",
        ),
        good="up",
    ),
]
