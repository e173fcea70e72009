"""Code lists of the master files (GB/T 2261, GB/T 3304, GB/T 4658, GB/T 4762 and local lists)."""

from django.db.models import TextChoices


class IdKind(TextChoices):
    """What kind of document a person shows (M02 field 2)."""

    RESIDENT = "resident", "居民身份证"
    HKMO_TAIWAN_RESIDENT = "residence", "港澳台居民居住证"
    HKMO = "hkmo", "港澳居民来往内地通行证"
    TAIWAN = "taiwan", "台胞证"
    PASSPORT = "passport", "护照"
    FOREIGN = "foreign", "外国人永久居留证"
    OLD = "old", "15 位旧身份证号（待确认）"
    OTHER = "other", "其他证件"


class Sex(TextChoices):
    """GB/T 2261.1."""

    MALE = "1", "男"
    FEMALE = "2", "女"
    UNKNOWN = "9", "未说明"


class HukouKind(TextChoices):
    """Kind of household registration; one kind only since the registration was unified."""

    FARM = "farm", "农业"
    OTHER = "other", "非农业"
    RESIDENT = "resident", "居民户口"


class Education(TextChoices):
    """Education as the ledgers group GB/T 4658."""

    PRIMARY = "primary", "小学及以下"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中（中专、技校）"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"


class Politics(TextChoices):
    """GB/T 4762."""

    PARTY = "01", "中共党员"
    PROBATIONARY = "02", "中共预备党员"
    LEAGUE = "03", "共青团员"
    RCCK = "04", "民革党员"
    CDL = "05", "民盟盟员"
    CNDCA = "06", "民建会员"
    CAPD = "07", "民进会员"
    CPWDP = "08", "农工党党员"
    CZGP = "09", "致公党党员"
    JIUSAN = "10", "九三学社社员"
    TDSL = "11", "台盟盟员"
    NONPARTY = "12", "无党派人士"
    MASSES = "13", "群众"


class Disability(TextChoices):
    """《残疾人残疾分类和分级》 GB/T 26341; class P5."""

    NONE = "none", "无"
    SIGHT = "sight", "视力"
    HEARING = "hearing", "听力"
    SPEECH = "speech", "言语"
    LIMBS = "limbs", "肢体"
    INTELLECT = "intellect", "智力"
    MIND = "mind", "精神"
    MULTIPLE = "multiple", "多重"


class PersonTag(TextChoices):
    """Groups that policies speak of (M02 field 17)."""

    UNEMPLOYED = "unemployed", "失业登记"
    HARDSHIP = "hardship", "就业困难"
    GRADUATE = "graduate", "高校毕业生"
    VETERAN = "veteran", "退役军人"
    OUT_OF_POVERTY = "out_of_poverty", "脱贫人口"
    RETURNED = "returned", "返乡农民工"
    RELEASED = "released", "刑满释放"
    RURAL_FOUNDER = "rural_founder", "农村创业农民"
    ONLINE_SELLER = "online_seller", "网络商户"
    DISABLED = "disabled", "残疾人"
    WOMAN = "woman", "妇女"


class PersonState(TextChoices):
    """State of a person's master row (M02)."""

    VALID = "valid", "有效"
    STOPPED = "stopped", "停用"
    MERGED = "merged", "合并"


class EmployerKind(TextChoices):
    """Kind of organisation; the first two characters of a credit code usually tell."""

    COMPANY = "company", "企业"
    SOLE_TRADER = "sole_trader", "个体工商户"
    INSTITUTION = "institution", "事业单位"
    GOVERNMENT = "government", "机关"
    ASSOCIATION = "association", "社会组织"
    PRIVATE_NONPROFIT = "nonprofit", "民办非企业"
    FOUNDATION = "foundation", "基金会"
    LAW_FIRM = "law_firm", "律师事务所"
    ACCOUNTING_FIRM = "accounting_firm", "会计师事务所"
    FARM_COOPERATIVE = "cooperative", "农民专业合作社"
    VILLAGE_COLLECTIVE = "collective", "村集体经济组织"
    OTHER = "other", "其他"


class Ownership(TextChoices):
    """Ownership, as labour statistics group enterprises."""

    STATE = "state", "国有"
    COLLECTIVE = "collective", "集体"
    PRIVATE = "private", "民营"
    HKMT = "hkmt", "港澳台投资"
    FOREIGN = "foreign", "外商投资"
    MIXED = "mixed", "混合所有制"


class Size(TextChoices):
    """统计上大中小微型企业划分办法（2017）."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"


class FourUp(TextChoices):
    """The four classes of 四上企业 of the statistics office."""

    INDUSTRY = "industry", "规模以上工业"
    CONSTRUCTION = "construction", "有资质的建筑业和房地产开发"
    TRADE = "trade", "限额以上批零住餐"
    SERVICES = "services", "规模以上服务业"


class OpStatus(TextChoices):
    """State of business (M01 field 20 and its states)."""

    ACTIVE = "active", "存续"
    SUSPENDED = "suspended", "停业"
    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "吊销"
    MISSING = "missing", "失联"


class CreditGrade(TextChoices):
    """企业劳动保障守法诚信等级评价办法（人社部规〔2016〕1号）."""

    A = "A", "A 级"
    B = "B", "B 级"
    C = "C", "C 级"


class RestrictionKind(TextChoices):
    """What a party may not do or receive while a restriction runs."""

    DISHONEST_LIST = "dishonest", "拖欠农民工工资失信联合惩戒"
    PUBLISHED = "published", "重大劳动保障违法行为社会公布"
    PENALTY = "penalty", "行政处罚未履行"
    NO_SUBSIDY = "no_subsidy", "不得享受补贴资金"
    NO_LOAN = "no_loan", "不得申请创业担保贷款"
    NO_REFUND = "no_refund", "不得享受稳岗返还"
    NO_LICENCE = "no_licence", "不得申请许可"
    NO_TITLE = "no_title", "职称申报受限"
    OTHER = "other", "其他限制"


_ETHNIC = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 "
    "高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 "
    "普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 "
    "珞巴 基诺"
)
#: GB/T 3304: 01 to 56 in the order of the standard, then 其他 and 外国血统.
ETHNIC = [
    *((f"{number:02d}", f"{name}族") for number, name in enumerate(_ETHNIC.split(), 1)),
    ("97", "其他"),
    ("98", "外国血统中国籍人士"),
]

#: How ledgers write some labels.
_SENIOR = "高中（中专、技校）"
EDUCATION_SYNONYMS = {
    "小学": "小学及以下", "文盲": "小学及以下", "高中": _SENIOR, "中专": _SENIOR, "技校": _SENIOR,
    "职高": _SENIOR, "中技": _SENIOR, "专科": "大专", "大学专科": "大专", "大学本科": "本科",
    "大学": "本科", "硕士研究生": "硕士", "研究生": "硕士", "博士研究生": "博士",
}  # fmt: skip
ID_KIND_SYNONYMS = {
    "身份证": "居民身份证", "二代身份证": "居民身份证", "港澳通行证": "港澳居民来往内地通行证",
    "回乡证": "港澳居民来往内地通行证", "台湾居民来往大陆通行证": "台胞证",
    "居住证": "港澳台居民居住证",
    "永久居留证": "外国人永久居留证",
}  # fmt: skip
EMPLOYER_KIND_SYNONYMS = {
    "公司": "企业", "有限公司": "企业", "有限责任公司": "企业", "股份有限公司": "企业",
    "个体": "个体工商户", "个体户": "个体工商户", "事业": "事业单位", "行政机关": "机关",
    "党政机关": "机关", "社会团体": "社会组织",
    "民办非企业单位": "民办非企业", "社会服务机构": "民办非企业", "合作社": "农民专业合作社",
    "律所": "律师事务所", "村集体": "村集体经济组织", "股份经济合作社": "村集体经济组织",
}  # fmt: skip
POLITICS_SYNONYMS = {"党员": "中共党员", "预备党员": "中共预备党员", "团员": "共青团员"}
OP_STATUS_SYNONYMS = {
    "正常": "存续",
    "在业": "存续",
    "开业": "存续",
    "营业": "存续",
    "歇业": "停业",
}
ETHNIC_SYNONYMS = {name: f"{name}族" for name in _ETHNIC.split()}
