"""Why a whole file is refused, in sentences that say what to do next.

A refusal is about the file (kind, size, protection, damage).  Faults of single cells are never
refusals: they become messages of their row.
"""

from typing import Any

ALLOWED = "xlsx、xls、et、xlsb、ods、csv、txt"

SENTENCES = {
    "empty": "文件是空的。请检查是否选错了文件。",
    "too_large": "文件有 {size} MB，上限 {limit} MB。请按乡镇或月份拆成几个文件再上传。",
    "name": "文件名没有可识别的后缀“{suffix}”。可以上传：" + ALLOWED + "。",
    "renamed": "文件名后缀是 {suffix}，内容却是{content}。"
    "请用 Excel 或 WPS 打开，“另存为”.xlsx 后再上传。",
    "not_a_sheet": "这个文件是{content}，不是表格。请上传表格文件（{allowed}）。",
    "archive": "这是压缩包。请先解压，再逐个上传里面的表格。",
    "encrypted": "文件加了打开密码。请在“文件→信息→保护工作簿”中取消密码后再上传。",
    "macro": "文件带有宏。请“另存为”不带宏的 .xlsx 后再上传。",
    "external_links": "文件引用了别的工作簿。请在“数据→编辑链接”中断开全部链接，保存后再上传。",
    "embedded": "文件里嵌有别的对象。请删除嵌入的对象，保存后再上传。",
    "doctype": "文件内部含有不允许的声明（DOCTYPE），可能被人动过手脚，没有读取。"
    "请向发送人要原文件，用 Excel 或 WPS 另存为 .xlsx 后再上传。",
    "inflated": "文件展开后超过 {limit} MB，没有读取。"
    "请把有内容的行复制到新建的工作簿里，保存后再上传。",
    "ratio": "文件压缩得不正常（展开后是原来的 {ratio} 倍以上），没有读取。"
    "请把有内容的行复制到新建的工作簿里，保存后再上传。",
    "entries": "文件内部有 {count} 个部件，上限 {limit} 个。请删除图片和多余的工作表后再上传。",
    "sheets": "工作簿有 {count} 张工作表，上限 {limit} 张。请只保留要导入的那张。",
    "columns": "工作表“{sheet}”有 {count} 列，上限 {limit} 列。请删除右侧多余的列后再上传。",
    "rows": "工作表有 {count} 行数据，一次最多 {limit} 行。请按乡镇或月份拆成 {parts} 个文件。",
    "area": "工作表“{sheet}”最后一个有内容的单元格在 {cell}，表格大得不正常。"
    "请按 Ctrl+End 找到并删除多余的行和列，保存后再上传。",
    "memory": "读取这个文件需要的内存超过上限，已停止。请按乡镇或月份拆成几个文件再上传。",
    "time": "读取这个文件超过 {limit} 秒，已停止。请按乡镇或月份拆成几个文件再上传。",
    "damaged": "文件打不开，可能没有传完或已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
    "encoding": "看不出这个文本文件用的是哪种编码。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。",
    "gone": "上传的文件已按规定在 24 小时后删除。请重新上传。",
    "no_sheet": "工作簿里没有可读的工作表（隐藏的工作表不读）。",
    "no_header": "没有找到表头。前 {rows} 行里没有一行的列名与“{title}”的列名对得上。"
    "请下载模板对照列名。",
}


class FileRefused(Exception):
    """The whole file is refused; ``code`` is one of ``SENTENCES`` and ``str()`` the sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(SENTENCES[code].format(**values))
