"""The papers named beside a correction hold the old value as a whole, not a part of another."""

import pytest

from hrss_portal.casework.correcting import stands_in


@pytest.mark.parametrize(
    ("text", "paper", "stands"),
    [
        ("800.00", '{"amount": "800.00"}', True),
        ("800.00", '{"amount": "1800.00"}', False),
        ("800.00", "请求支付 1,800.00 元", False),
        ("800.00", "请求支付 800.00元。", True),
        ("1,800.00", "请求支付 1,800.00 元", True),
        ("2023年1月1日", "2023年1月11日", False),
        ("2023年1月1日", "于2023年1月1日起", True),
        ("2023-11-01", '{"on": "2023-11-01"}', True),
        ("工资", '{"text": "支付工资差额"}', False),
        ("张三", '{"names": "张三、李四"}', True),
        ("张三", '{"names": "张三丰"}', False),
        ("支付拖欠的工资", '{"facts": "请求支付拖欠的工资三个月"}', True),
    ],
)
def test_a_value_stands_in_a_paper_as_a_whole(text: str, paper: str, stands: bool) -> None:
    assert stands_in(text, paper) == stands
