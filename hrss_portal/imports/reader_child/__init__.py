"""The process that opens a stranger's workbook: limited, without Django, without secrets.

Run by ``reading.py`` as ``python -I reader_child`` (this folder).  It reads one JSON line (what
the file is, and the limits), the bytes of the file, then commands, all on standard input; it
answers in JSON lines on standard output.  It opens no file and no socket.  Cells keep their kind::

    "text"   12   3.5   true   null (empty)
    {"d": "2023-11-16"}   {"t": "2023-11-16T09:30:00"}   {"h": "09:30:00"}
    {"e": "#REF!"} an error cell   {"f": 1} a formula that was never calculated

Commands: ``head N ROWS`` the first rows of sheet N, ``merged N`` its merged cells,
``rows N`` all rows, ``quit``.
"""
