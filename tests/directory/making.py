"""Made-up files in the layouts of the National Tax Agency and of Japan Post."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from foundation.identifiers import with_check_digit

NUMBER = with_check_digit("990000000001")  # no registry office has the code 99: nobody bears such a number


def corporation(number: str = NUMBER, **changes: str) -> list[str]:
    """One line of 全件データ."""
    cells = {
        "sequence": "1", "number": number, "process": "01", "correct": "0", "updated": "2026-04-01", "changed_on": "2026-03-25",
        "name": "株式会社見本製作所", "name_image": "", "kind": "301", "prefecture": "東京都", "city": "千代田区",
        "street": "見本町１丁目２番３号", "image": "", "prefecture_code": "13", "city_code": "101", "postal": "1000000",
        "abroad": "", "abroad_image": "", "closed": "", "cause": "", "successor": "", "detail": "",
        "assigned": "2015-10-05", "latest": "1", "en_name": "", "en_prefecture": "", "en_city": "", "en_abroad": "",
        "kana": "ミホンセイサクショ", "hidden": "0",
    }  # fmt: skip
    assert changes.keys() <= cells.keys()
    return list((cells | changes).values())


def town(postal: str, code: str, prefecture: str, city: str, name: str) -> list[str]:
    """One line of utf_ken_all.csv."""
    return [code, postal[:5], postal, "ケン", "シ", "マチ", prefecture, city, name, "0", "0", "0", "0", "0", "0"]


SPANNING = (  # a code in two prefectures, as 498-0000 is
    town("4980000", "23235", "愛知県", "弥富市", "以下に掲載がない場合"),
    town("4980000", "24303", "三重県", "桑名郡木曽岬町", "以下に掲載がない場合"),
)


def write(path: Path, rows: Any, *, encoding: str = "utf-8", quoted: bool = True) -> Path:
    """The file; in a zip where the path says so."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\r\n").writerows(rows)
    content = out.getvalue().encode(encoding)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("13_tokyo_all.csv", content)
            packed.writestr("13_tokyo_all.csv.asc", b"signature")
    else:
        path.write_bytes(content)
    return path
