"""Cases that are tables of raw requests to S3: what is asked, the status and code that AWS answers."""

import re
import urllib.parse

from .contract import ContractCase


def code_of(answer):
    found = re.search(rb"<Code>(\w+)</Code>", answer.body)
    return found.group(1).decode() if found else ""


def elements(body, name):
    return [urllib.parse.unquote(text.decode()) for text in re.findall(b"<" + name.encode() + b">([^<]*)</", body)]


class EdgeCase(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.http = cls.raw()
        cls.bucket = cls.make_bucket()

    def ask(self, method, key="", query=(), headers=None, body=b"", **more):
        path = f"/{self.bucket}" + (f"/{urllib.parse.quote(key, safe='/-_.~')}" if key else "")
        return self.http.request("s3", method, path, query=query, headers=headers, body=body, **more)

    def expect(self, name, answer, status, code=""):
        with self.subTest(name):
            self.assertEqual((answer.status, code_of(answer)), (status, code), answer.body[:500])
        return answer
