"""The example for nginx, run as shipped but for its paths and ports (where there is an nginx)."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.faults.portals import free_port, until

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "portal.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
CERTIFICATE = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x")
SECRET = "QQQQ-7777-WWWW-8888"

pytestmark = pytest.mark.skipif(
    not NGINX or not shutil.which("openssl"), reason="no nginx or no openssl here"
)


class Behind(BaseHTTPRequestHandler):
    """The portal behind the entry: says by which address it was asked."""

    def do_GET(self) -> None:
        """Every page is there."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.headers['X-Forwarded-Proto']} {self.path}".encode())

    def log_message(self, *words: object) -> None:
        """Nothing."""


class Entry:
    """nginx with the portal's file, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.plain, self.secure = folder, free_port(), free_port()
        self.behind = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
        threading.Thread(target=self.behind.serve_forever, daemon=True).start()
        self.own = folder / "nginx.conf"
        self.own.write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{ {self.paths()}\n{self.shipped()} }}\n",
            encoding="utf-8",
        )

    def paths(self) -> str:
        """Where nginx keeps bodies, instead of in folders of the system."""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        return " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)

    def shipped(self) -> str:
        """The example with the paths and ports of this test."""
        text = CONF.read_text(encoding="utf-8")
        for old, new in (
            ("unix:/run/hrss-portal/web.sock", f"127.0.0.1:{self.behind.server_port}"),
            ("/var/log/nginx", str(self.folder)),
            ("/etc/ssl/portal", str(self.folder)),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ssl http2;", f"listen 127.0.0.1:{self.secure} ssl http2;"),
        ):
            assert old in text, old
            text = text.replace(old, new)
        return text

    def call(self, *words: str) -> list[str]:
        """The command line of nginx."""
        assert NGINX
        return [NGINX, "-p", str(self.folder), "-c", str(self.own), "-e", "stderr", *words]

    def answers(self) -> bool:
        """Whether it listens by now."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.secure)) == 0

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """A page over HTTPS."""
        open_to_all = ssl._create_unverified_context()  # noqa: S323 - a certificate of its own
        link = http.client.HTTPSConnection(
            "127.0.0.1", self.secure, timeout=10, context=open_to_all
        )
        with closing(link):
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            return answer.status, answer.read().decode()


@pytest.fixture
def entry(tmp_path: Path) -> Iterator[Entry]:
    """A running nginx of its own, since one test stops what is behind it; stopped at the end."""
    folder = tmp_path / "nginx"
    folder.mkdir(mode=0o755)
    made = Entry(folder)
    keys = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem"))
    subprocess.run(["openssl", *CERTIFICATE, *keys], check=True, capture_output=True)
    tested = subprocess.run(made.call("-t"), capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    running = subprocess.Popen(made.call(), stderr=subprocess.DEVNULL)
    try:
        assert until(made.answers, 10)
        yield made
    finally:
        running.terminate()
        running.wait(timeout=10)
        made.behind.shutdown()
        made.behind.server_close()


def logged(entry: Entry) -> str:
    """Everything that nginx wrote so far."""
    return "".join(path.read_text("utf-8") for path in sorted(entry.folder.glob("*.log")))


def test_pages_pass_and_codes_stand_in_no_log(entry: Entry) -> None:
    for path in (f"/progress/{SECRET}/", f"/Progress/{SECRET}", f"/t/{SECRET}/", "/login/?next=/"):
        status, said = entry.get(path)
        assert (status, said) == (200, f"https {path}")
    assert until(lambda: "/login/" in logged(entry), 10)
    assert re.search(r'"GET /progress/\*\*\* ', logged(entry))
    assert "7777" not in logged(entry)


def test_http_leads_to_https(entry: Entry) -> None:
    link = http.client.HTTPConnection("127.0.0.1", entry.plain, timeout=10)
    with closing(link):
        link.request("GET", f"/t/{SECRET}/", headers={"Host": "portal.example.gov.cn"})
        answer = link.getresponse()
        answer.read()
    assert answer.status == 301
    assert answer.getheader("Location") == f"https://portal.example.gov.cn/t/{SECRET}/"
    assert "7777" not in logged(entry)


def test_what_nginx_says_itself_is_chinese_and_names_the_bureau(entry: Entry) -> None:
    status, said = entry.get("/", **{"Content-Length": str(23 * 1024**2)})
    assert (status, "文件太大" in said, "示例县人力资源和社会保障局" in said) == (413, True, True)
    entry.behind.server_close()
    status, said = entry.get(f"/progress/{SECRET}/")
    assert (status, "系统正在维护" in said, "示例县人力资源和社会保障局" in said) == (
        502,
        True,
        True,
    )
    assert "7777" not in logged(entry)
