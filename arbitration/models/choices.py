"""The choices that forms, sheets and papers of this area share."""

from django.db.models import TextChoices


class Cause(TextChoices):
    """案由 as the court's ledgers use them (劳动争议调解仲裁法 Article 2 names the disputes)."""

    RELATION = "relation", "确认劳动关系"
    PAY = "pay", "劳动报酬"
    OVERTIME = "overtime", "加班费"
    LEAVE_PAY = "leave_pay", "未休年休假工资"
    DOUBLE_PAY = "double_pay", "未签劳动合同二倍工资"
    COMPENSATION = "compensation", "经济补偿"
    DAMAGES = "damages", "赔偿金（违法解除）"
    INJURY = "injury", "工伤保险待遇"
    INSURANCE = "insurance", "社会保险"
    COMPETITION = "competition", "竞业限制"
    WELFARE = "welfare", "福利、培训"
    PERSONNEL = "personnel", "人事争议"
    OTHER = "other", "其他"


class ApplyMode(TextChoices):
    """How the application came in (办案规则 Article 29: written, or oral and taken down)."""

    WRITTEN = "written", "书面"
    ORAL = "oral", "口头（记入笔录）"
    ONLINE = "online", "网上"
    MAIL = "mail", "邮寄"


class DisputeSource(TextChoices):
    """来源渠道: by which way a dispute came to the court (form A01, 申请方式; who handed it on)."""

    WINDOW = "window", "窗口（来访）"
    ONLINE = "online", "网上"
    MAIL = "mail", "邮寄"
    MEDIATION = "mediation", "调解转入"
    INSPECTION = "inspection", "劳动监察转入"
    PETITION = "petition", "信访转入"
    COMMITTEE = "committee", "其他仲裁委移送"
    OTHER = "other", "其他"


class Handling(TextChoices):
    """Whether every step was handled on line; nobody knows while it is empty (figure F026)."""

    ONLINE = "online", "全程线上"
    OFFLINE = "offline", "有线下环节"


class Procedure(TextChoices):
    """The procedure of a dispute (办案规则 Articles 31, 56, 62)."""

    ORDINARY = "ordinary", "一般程序"
    SIMPLE = "simple", "简易处理"
    FAST = "fast", "农民工工资速裁"
    COLLECTIVE = "collective", "集体争议"


class CloseMode(TextChoices):
    """结案方式 of form A04."""

    FINAL_AWARD = "final_award", "终局裁决"
    AWARD = "award", "非终局裁决"
    SPLIT_AWARD = "split_award", "分别裁决（终局与非终局）"
    MEDIATED = "mediated", "仲裁调解书"
    WITHDRAWN = "withdrawn", "准许撤回"
    DEEMED_WITHDRAWN = "deemed_withdrawn", "视为撤回"
    REJECTED = "rejected", "不予受理"
    REVOKED = "revoked", "撤销案件"
    TERMINATED = "terminated", "终止审理"
    TRANSFERRED = "transferred", "移送"


#: Ended by an award.
AWARDED = frozenset({CloseMode.FINAL_AWARD, CloseMode.AWARD, CloseMode.SPLIT_AWARD})
#: Ended without a result: nothing is there to be sued over, set aside or carried out.
WITHOUT_RESULT = frozenset(
    {
        CloseMode.WITHDRAWN,
        CloseMode.DEEMED_WITHDRAWN,
        CloseMode.REJECTED,
        CloseMode.TRANSFERRED,
    }
)


class Finality(TextChoices):
    """Whether an award is final (调解仲裁法 Article 47; item by item, 办案规则 Article 50)."""

    FINAL = "final", "终局"
    NOT_FINAL = "not_final", "非终局"
    SPLIT = "split", "分别制作"


class ClaimKind(TextChoices):
    """What a claim is about, as far as finality goes (调解仲裁法 Article 47)."""

    MONEY = "money", "追索劳动报酬、工伤医疗费、经济补偿或者赔偿金"
    STANDARD = "standard", "执行国家劳动标准（工作时间、休息休假、社会保险等）"
    OTHER = "other", "其他（确认劳动关系等），不适用终局"


class FollowUp(TextChoices):
    """What the parties did after the award (调解仲裁法 Articles 48-50)."""

    UNKNOWN = "unknown", "未知"
    NONE = "none", "未起诉"
    SUED = "sued", "已起诉"
    SET_ASIDE = "set_aside", "已申请撤销"


class Went(TextChoices):
    """The way of one side to the court; both sides may go."""

    SUED = "sued", "起诉"
    SET_ASIDE = "set_aside", "申请撤销"


class CourtResult(TextChoices):
    """How the court decided."""

    UPHELD = "upheld", "维持"
    PARTLY_CHANGED = "partly", "部分改判"
    CHANGED = "changed", "改判"
    WITHDRAWN = "withdrawn", "撤诉"
    MEDIATED = "mediated", "调解"
    SET_ASIDE = "set_aside", "撤销裁决"


class Attendance(TextChoices):
    """Whether a side came to a hearing and stayed (调解仲裁法 Article 36)."""

    PRESENT = "present", "到庭"
    ABSENT = "absent", "未到庭"
    LEFT = "left", "中途退庭"


class SuspendCause(TextChoices):
    """Causes that stop the clock (办案规则 Article 47)."""

    DEATH = "death", "劳动者死亡，待继承人表明是否参加"
    INCAPACITY = "incapacity", "劳动者丧失行为能力，未定法定代理人"
    SUCCESSOR = "successor", "用人单位终止，未定权利义务承继者"
    FORCE_MAJEURE = "force_majeure", "不可抗拒的事由"
    OTHER_CASE = "other_case", "须以另案审理结果为依据"
    APPRAISAL = "appraisal", "等待工伤认定、伤残等级鉴定或其他鉴定结论"
    OTHER = "other", "其他应当中止的情形"


class MediationSource(TextChoices):
    """来源 of form B01: the channel by which a dispute came to mediation."""

    PLATFORM = "platform", "“互联网+调解”平台"
    VISIT = "visit", "来访"
    PHONE = "phone", "电话"
    ARBITRATION = "arbitration", "仲裁委派"
    COURT = "court", "法院委托"
    TOWN = "town", "乡镇"
    ENTERPRISE = "enterprise", "企业调委会"


class MediationResult(TextChoices):
    """结果 of form B01."""

    AGREED = "agreed", "达成协议"
    FAILED = "failed", "未达成"
    WITHDRAWN = "withdrawn", "撤回"
    ENDED = "ended", "终止"
    TO_ARBITRATION = "to_arbitration", "转仲裁"
    TO_INSPECTION = "to_inspection", "转监察"
    REFUSED = "refused", "不受理"


class ReviewRefusal(TextChoices):
    """Why an application for arbitral review is not taken (办案规则 Article 75)."""

    NOT_IN_SCOPE = "not_in_scope", "不属于仲裁委员会受理争议范围的"
    NOT_OURS = "not_ours", "不属于本仲裁委员会管辖的"
    TOO_LATE = "too_late", "超出规定的仲裁审查申请期间的"
    RELATION = "relation", "确认劳动关系的"
    CONFIRMED_BY_COURT = "by_court", "调解协议已经人民法院司法确认的"


class ReviewDenial(TextChoices):
    """Why no 调解书 is made of a reviewed agreement (办案规则 Article 78)."""

    UNLAWFUL = "unlawful", "违反法律、行政法规强制性规定的"
    HARMFUL = "harmful", "损害国家利益、社会公共利益或者公民、法人、其他组织合法权益的"
    FALSE_EVIDENCE = "false_evidence", "当事人提供证据材料有弄虚作假嫌疑的"
    NOT_VOLUNTARY = "not_voluntary", "违反自愿原则的"
    UNCLEAR = "unclear", "内容不明确的"
    OTHER = "other", "其他不能制作调解书的情形"


class AheadKind(TextChoices):
    """The claims that may be enforced ahead of the award (调解仲裁法 Article 44)."""

    PAY = "pay", "劳动报酬"
    MEDICAL = "medical", "工伤医疗费"
    COMPENSATION = "compensation", "经济补偿"
    DAMAGES = "damages", "赔偿金"


class AwardError(TextChoices):
    """What a correction of an award mends (办案规则 Article 54)."""

    WRITING = "writing", "文字错误"
    COUNTING = "counting", "计算错误"
    LEFT_OUT = "left_out", "已经裁决但在裁决书中遗漏的事项"
