"""What the command line says in Chinese of wrong arguments and of files that cannot be used."""

import errno
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import Any

#: Sentences of argparse (Python 3.11 to 3.13) and what is said instead.
SENTENCES = (
    (r"the following arguments are required: (.+)", "缺少参数：{0}"),
    (r"argument (.+?): invalid choice: (.+) \(choose from (.+)\)", "{0} 不能写 {1}，可以写：{2}"),
    (r"argument (.+?): invalid int value: (.+)", "{0} 要写整数，现在写的是 {1}"),
    (r"argument (.+?): invalid .+ value: (.+)", "{0} 的写法不对，现在写的是 {1}"),
    (r"argument (.+?): expected one argument", "{0} 后面要写一个值"),
    (r"argument (.+?): expected (\d+) arguments", "{0} 后面要写 {1} 个值"),
    (r"argument (.+?): expected at least one argument", "{0} 后面至少要写一个值"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} 后面不写值，现在写的是 {1}"),
    (r"argument (.+?): not allowed with argument (.+)", "{0} 和 {1} 只能写一个"),
    (r"one of the arguments (.+) is required", "要写其中一个参数：{0}"),
    (r"unrecognized arguments: (.+)", "没有这样的参数：{0}"),
    (r"ambiguous option: (.+?) could match (.+)", "{0} 没有写全，可能是：{1}"),
    (r"argument (.+?): (.+)", "{0} {1}"),
)
#: What is wrong with a file, and what to do, by the number of the error.
FILES = {
    errno.ENOENT: ("找不到 {0}", "核对路径；要写的文件，先建好它所在的目录"),
    errno.EACCES: ("没有读写 {0} 的权限", "换一个目录，或者给运行命令的账号这项权限"),
    errno.EPERM: ("没有读写 {0} 的权限", "换一个目录，或者给运行命令的账号这项权限"),
    errno.EISDIR: ("{0} 是目录，不是文件", "写到文件名为止"),
    errno.ENOTDIR: ("{0} 的上一级不是目录", "核对路径"),
    errno.EEXIST: ("{0} 已经存在", "换一个文件名"),
    errno.EROFS: ("{0} 所在的盘只读", "换一个盘，或者解除写保护"),
    errno.ENOSPC: ("磁盘已满", "腾出空间再执行；./portal doctor 说明还剩多少"),
    errno.ENAMETOOLONG: ("文件名太长", "换一个短的文件名"),
}


def argument_words(message: str) -> str:
    """A sentence of argparse in Chinese; one that is not known stays as it is."""
    for pattern, words in SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return words.format(*found.groups())
    return message


def usage(parser: ArgumentParser) -> str:
    """How a command is called, as docs/commands.md writes it."""
    text = " ".join(parser.format_usage().split())
    for common in (" [-h]", " [--skip-checks]"):
        text = text.replace(common, "", 1)
    return text.replace("usage: ", "用法：", 1).replace("manage.py ", "manage ", 1)


def file_words(error: OSError, path: Any = None) -> tuple[str, str]:
    """What is wrong with a file, and what to do."""
    name = path or error.filename or ""
    words, hint = FILES.get(error.errno or 0, (f"用不了 {{0}}（{error.strerror}）", "核对路径"))
    return words.format(name), hint


def whole(least: int = 1) -> Callable[[str], int]:
    """The type of an argument that is a whole number from ``least``."""

    def number(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,9}", text) or int(text) < least:
            raise ArgumentTypeError(f"要写 {least} 以上的整数，现在写的是 {text!r}")
        return int(text)

    return number
