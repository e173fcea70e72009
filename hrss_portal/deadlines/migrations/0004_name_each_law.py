"""Tables loaded before said 同上 for the name of a rate, and gave the whole country two terms with an
ordinance of one province; the next load would set the right rows beside them."""

from datetime import date

from django.db import migrations

from hrss_portal.audit import context

NAMES = {
    "LOAN-HIRE-RATIO": "小微企业新招用重点群体占在职职工比例（≤100人）",
    "LOAN-HIRE-RATIO-100": "小微企业新招用比例（超过100人）",
    "ARR-CRIME-10": "拒不支付劳动报酬罪数额较大：10名以上劳动者累计",
    "ARR-CRIME-1-GZ": "拒不支付劳动报酬罪数额较大（贵州）：1名劳动者",
    "ARR-CRIME-10-GZ": "拒不支付劳动报酬罪数额较大（贵州）：10名以上累计",
    "ARR-CRIME-AH": "拒不支付劳动报酬罪数额较大（安徽）",
}
PROVINCIAL, SINCE, BEFORE = ("ARB-14", "MED-03"), date(2026, 5, 1), date(2026, 4, 30)


def name_them(apps, schema_editor):
    """Write the rows as the system: the change log asks who did it."""
    with context.actor(None, "系统", "migration"):
        _name_them(apps)


def _name_them(apps):
    """The shipped rows get their own names, and the two terms their region."""
    parameters = apps.get_model("deadlines", "Parameter").objects.filter(origin="shipped")
    for code, name in NAMES.items():
        parameters.filter(code=code, name__startswith="同上").update(name=name)
    rules = apps.get_model("deadlines", "LegalRule").objects.filter(
        code__in=PROVINCIAL, region="CN", origin="shipped"
    )
    for code in rules.filter(valid_from=SINCE).values_list("code", flat=True):
        rules.filter(code=code, valid_from=SINCE).update(region="安徽")
        rules.filter(code=code, valid_to=BEFORE).update(valid_to=None)


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0003_conditions")]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop)]
