"""Files of a consultation: what is taken, who gets it, what the scanner says, what is left of it."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from audit.models import Entry
from consultations import tasks
from consultations.actions import attachments
from consultations.models import Attachment, Consultation
from hubs.tenancy import Scope, entered
from tests import making
from tests.consultations.making_notes import JPEG, PDF, office, upload

pytestmark = pytest.mark.django_db

VIRUS = b"%PDF-1.7\nX5O!P%@AP[4\\PZX54(P^)7CC)7}$YOROZU-STANDARD-TEST-FILE!$H+H*"  # not the real string: scanners read repositories too


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A storage of this test's own."""
    settings.STORAGES = settings.STORAGES | {
        "attachments": settings.STORAGES["attachments"]
        | {"OPTIONS": settings.STORAGES["attachments"]["OPTIONS"] | {"location": str(tmp_path)}}
    }
    return tmp_path


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def attach(client, consultation, *sent, follow=True):
    return client.post(
        f"/hubs/{consultation.hub.slug}/consultations/{consultation.pk}/attachments/",
        {"files": list(sent)},
        follow=follow,
    )


def only(hub):
    with entered(Scope.of_hub(hub.pk)):
        return Attachment.objects.get()


@pytest.fixture
def record(tokyo):
    return making.make_consultation(hub=tokyo)


def test_a_file_is_attached_shown_and_handed_out_as_it_came(client, tokyo, coordinator, record, files):
    client.force_login(coordinator)
    page = attach(client, record, upload("見積書 最終.pdf")).content.decode()
    assert "1個のファイルを添付しました" in page
    assert "見積書 最終.pdf" in page
    attachment = only(tokyo)
    (lying,) = stored(files)
    assert "見積" not in str(lying)
    assert oct(lying.stat().st_mode)[-3:] == "600"
    answer = client.get(attachment.get_absolute_url())
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%A6%8B")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_attaching_handing_out_and_taking_away_stand_in_the_trail_without_the_name(client, tokyo, coordinator, record):
    client.force_login(coordinator)
    attach(client, record, upload("株式会社山田の決算書.pdf"))
    attachment = only(tokyo)
    list(client.get(attachment.get_absolute_url()))
    client.post(f"/hubs/tokyo/attachments/{attachment.pk}/removal/")
    with entered(Scope.of_hub(tokyo.pk)):
        lines = Entry.objects.filter(action__startswith="attachment.").order_by("pk")
        assert [line.action for line in lines] == ["attachment.added", "attachment.downloaded", "attachment.removed"]
        assert not any("山田" in str(line.detail) for line in lines)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (upload("a.exe", b"MZ\x00\x01"), "添付できない種類"),
        (upload("a.pdf", JPEG), "中身は画像(JPEG)"),
        (upload("a.docx", office(**{"word/vbaProject.bin": b"x"})), "マクロ"),
        (upload("a.pdf", b""), "空のファイル"),
        (upload("a.pdf", b"%PDF-1.7\n" + b"x" * 300_000), "大きすぎます"),
    ],
)
def test_a_refused_file_is_told_in_words_and_nothing_is_stored(
    client, tokyo, coordinator, record, files, settings, sent, message
):
    settings.ATTACHMENT_MAX_BYTES = 200_000
    client.force_login(coordinator)
    answer = attach(client, record, upload(), sent)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert stored(files) == []


def test_an_endless_file_fills_no_disk_and_is_told_to_be_too_large(client, coordinator, record, settings, files):
    settings.UPLOAD_MAX_BYTES = settings.ATTACHMENT_MAX_BYTES = 200_000
    client.force_login(coordinator)
    answer = attach(client, record, upload("長い.pdf", PDF + b"x" * 5_000_000))
    assert answer.status_code == 422
    assert "大きすぎます" in answer.content.decode()


def test_nothing_typed_is_lost_when_a_file_is_refused_while_editing(client, tokyo, coordinator, record):
    client.force_login(coordinator)
    edit = f"/hubs/tokyo/consultations/{record.pk}/edit/"
    sent = {
        "version": "1", "held_on": "2026-11-10", "minutes": "60", "method": "visit_to_hub", "themes": ["channels"],
        "content": "直している途中の長い文章", "advice": "助言", "files": [upload("a.exe", b"MZ\x00")],
    }  # fmt: skip
    answer = client.post(edit, sent)
    assert answer.status_code == 422
    assert "直している途中の長い文章" in answer.content.decode()
    assert client.post(edit, sent | {"files": [upload()]}).status_code == 302
    assert only(tokyo).name == "見積書.pdf"


def test_a_name_can_inject_no_header_and_leave_no_folder(client, tokyo, coordinator, record):
    client.force_login(coordinator)
    wanted = quote('../../a"; x=\u202efdp.pdf', safe="")
    body = f"--b\r\nContent-Disposition: form-data; name=files; filename*=UTF-8''{wanted}\r\n\r\n".encode() + PDF
    where = f"/hubs/tokyo/consultations/{record.pk}/attachments/"
    assert (
        client.post(where, body + b"\r\n--b--\r\n", content_type="multipart/form-data; boundary=b").status_code == 302
    )
    attachment = only(tokyo)
    assert "/" not in attachment.name
    assert "\u202e" not in attachment.name
    disposition = client.get(attachment.get_absolute_url())["Content-Disposition"]
    assert disposition == 'attachment; filename="a__ x=fdp.pdf"'


def test_there_is_a_limit_to_how_many(client, coordinator, record, settings):
    settings.ATTACHMENTS_PER_CONSULTATION = 2
    client.force_login(coordinator)
    attach(client, record, upload("1.pdf"), upload("2.pdf"))
    answer = attach(client, record, upload("3.pdf"))
    assert answer.status_code == 422
    assert "2個まで" in answer.content.decode()


def test_a_stranger_neither_sees_adds_nor_removes_a_file(client, tokyo, coordinator, osaka_coordinator, record):
    client.force_login(coordinator)
    attach(client, record, upload())
    attachment = only(tokyo)
    client.force_login(osaka_coordinator)
    assert client.get(f"/hubs/tokyo/attachments/{attachment.pk}/file/").status_code == 404
    assert client.get(f"/hubs/osaka/attachments/{attachment.pk}/file/").status_code == 404
    assert client.post(f"/hubs/osaka/attachments/{attachment.pk}/removal/").status_code == 404
    assert attach(client, record, upload()).status_code == 404
    assert client.post(f"/hubs/osaka/consultations/{record.pk}/attachments/", {"files": [upload()]}).status_code == 404


def test_a_deleted_records_files_are_not_handed_out(client, tokyo, coordinator, record):
    client.force_login(coordinator)
    attach(client, record, upload())
    client.post(f"/hubs/tokyo/consultations/{record.pk}/deletion/", {"version": "1"})
    assert client.get(f"/hubs/tokyo/attachments/{only(tokyo).pk}/file/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_is_gone_from_the_storage_and_its_row_stays(client, tokyo, coordinator, record, files):
    client.force_login(coordinator)
    attach(client, record, upload())
    attachment = only(tokyo)
    page = client.post(f"/hubs/tokyo/attachments/{attachment.pk}/removal/", follow=True).content.decode()
    assert "見積書.pdf" not in page
    assert stored(files) == []
    assert client.get(attachment.get_absolute_url()).status_code == 404
    assert only(tokyo).removed_by == coordinator
    tasks.clear_files()
    assert only(tokyo).key == ""


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_transaction_was_rolled_back_is_cleared_away(client, tokyo, coordinator, record, files, now):
    def and_then_it_fails():
        with entered(Scope.of_hub(tokyo.pk)):
            attachments.attach(
                consultation=record, file=upload(), name="a.pdf", kind="pdf", by=coordinator, at=timezone.now()
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        and_then_it_fails()
    (orphan,) = stored(files)
    tasks.clear_files()
    assert stored(files) == [orphan]  # it might be a transaction's that has not ended
    long_ago = time.time() - timedelta(hours=7).total_seconds()
    os.utime(orphan, (long_ago, long_ago))
    client.force_login(coordinator)
    attach(client, record, upload())
    for path in stored(files):
        os.utime(path, (long_ago, long_ago))
    tasks.clear_files()
    (left,) = stored(files)
    assert str(left).endswith(only(tokyo).key)


@pytest.mark.django_db(transaction=True)
def test_anonymising_takes_files_and_their_names(client, tokyo, coordinator, record, files, now):
    client.force_login(coordinator)
    attach(client, record, upload("山田の決算.pdf"))
    with entered(Scope.of_hub(tokyo.pk)):
        assert attachments.forget(consultation=Consultation.objects.get(), at=timezone.now()) == 1
        assert attachments.forget(consultation=Consultation.objects.get(), at=timezone.now()) == 0
    assert only(tokyo).name == "*"
    assert stored(files) == []


# ---- the scanner
class Clamd(threading.Thread):
    """A daemon that speaks clamd's own protocol and knows one virus. `dumb` ones hang up without an answer."""

    def __init__(self, path, *, limit=1 << 20):
        super().__init__(daemon=True)
        self.limit, self.heard = limit, 0
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        self.server.listen()

    def run(self):
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line:
                self.answer(line)

    def answer(self, line):
        def exactly(count):
            found = b""
            while len(found) < count and (piece := line.recv(count - len(found))):
                found += piece
            return found

        assert exactly(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", exactly(4))[0]:
            body += exactly(size)
            if len(body) > self.limit:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.heard += 1
        found = b"YOROZU-STANDARD-TEST-FILE" in body
        line.sendall(b"stream: Eicar-Like FOUND\0" if found else b"stream: OK\0")


@pytest.fixture
def clamd(tmp_path_factory, settings):
    path = tmp_path_factory.mktemp("clamd") / "socket"
    running = Clamd(path)
    running.start()
    settings.VIRUS_SCANNER = f"unix:{path}"
    yield running
    running.server.close()


@pytest.mark.django_db(transaction=True)
def test_until_it_is_found_clean_a_file_cannot_be_had(client, tokyo, coordinator, record, clamd):
    client.force_login(coordinator)
    assert "ウイルス検査待ち" in attach(client, record, upload()).content.decode()
    attachment = only(tokyo)
    assert client.get(attachment.get_absolute_url()).status_code == 409
    tasks.scan_waiting()
    assert only(tokyo).state == "clean"
    assert client.get(attachment.get_absolute_url()).status_code == 200
    tasks.scan_waiting()
    assert clamd.heard == 1


@pytest.mark.django_db(transaction=True)
def test_a_file_with_a_virus_is_deleted_and_told(client, tokyo, coordinator, record, clamd, files):
    client.force_login(coordinator)
    attach(client, record, upload("請求書.pdf", VIRUS))
    tasks.scan_attachment(hub_id=tokyo.pk, attachment_id=only(tokyo).pk)
    assert (only(tokyo).state, only(tokyo).found) == ("infected", "Eicar-Like")
    assert stored(files) == []
    page = client.get(f"/hubs/tokyo/consultations/{record.pk}/").content.decode()
    assert "ウイルスが見つかったため削除しました" in page
    assert client.get(only(tokyo).get_absolute_url()).status_code == 409


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", ["away", "too large for it"])
def test_a_scanner_without_a_verdict_leaves_the_file_waiting(client, tokyo, coordinator, record, clamd, broken):
    if broken == "away":
        clamd.server.close()
    clamd.limit = 10
    client.force_login(coordinator)
    attach(client, record, upload())
    tasks.scan_waiting()
    assert only(tokyo).state == "pending"
    assert client.get(only(tokyo).get_absolute_url()).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_files_from_before_there_was_a_scanner_are_scanned_when_there_is_one(
    client, tokyo, coordinator, record, settings, clamd
):
    scanner, settings.VIRUS_SCANNER = settings.VIRUS_SCANNER, ""
    client.force_login(coordinator)
    attach(client, record, upload())
    assert client.get(only(tokyo).get_absolute_url()).status_code == 200
    settings.VIRUS_SCANNER = scanner
    assert client.get(only(tokyo).get_absolute_url()).status_code == 409
    tasks.scan_waiting()
    assert client.get(only(tokyo).get_absolute_url()).status_code == 200
