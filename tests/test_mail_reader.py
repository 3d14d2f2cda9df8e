"""Mail: headers, bodies, what is quoted and how it is signed, attachments, mailboxes, and mails made to do harm."""

from __future__ import annotations

import tracemalloc
from base64 import b64encode
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import InputError
from sayso.model import Kind
from sayso.readers import LeftOut, Read, documents
from sayso.readers.lines import Line
from sayso.readers.mail_headers import date_of, mailboxes, mid
from sayso.readers.mail_markup import lines_of_mail
from sayso.readers.quoted import OWN, QUOTED, SIGNATURE, passages_of

HEAD = (
    "From: Ida Ruiz <ida@example.org>\n"
    "To: Bill Hale <bill@example.org>\n"
    "Subject: The weir\n"
    "Date: Fri, 3 May 2024 10:15:00 +0200\n"
    "Message-ID: <a1@example.org>\n"
    "MIME-Version: 1.0\n"
)
ENVELOPE = "From ida@example.org Fri May  3 10:15:00 2024\n"


def found_in(data: bytes | str) -> list[Read | InputError]:
    data = data.encode() if isinstance(data, str) else data
    return list(documents(["-"], stdin=BytesIO(data)))


def one(data: bytes | str) -> Read:
    (read,) = found_in(data)
    assert isinstance(read, Read), read
    return read


def mail(body: str, headers: str = "") -> Read:
    return one(f"{HEAD}{headers}\n{body}")


def parts(*inner: str, kind: str = "mixed") -> str:
    return (
        HEAD
        + f'Content-Type: multipart/{kind}; boundary="b"\n\n'
        + "".join(f"--b\n{part}\n" for part in inner)
        + "--b--\n"
    )


def split(text: str, sender: str = "") -> list[tuple[str, str]]:
    return [(passage.kind, passage.text) for passage in passages_of([Line(line) for line in text.split("\n")], sender)]


def own(text: str, sender: str = "") -> str:
    return "\n\n".join(words for kind, words in split(text, sender) if kind == OWN)


# A message as a document


def test_every_header_reaches_its_document() -> None:
    read = mail(
        "The weir will hold, see https://example.org/weir.\n",
        "In-Reply-To: <a0@example.org>\nReferences: <z9@example.org> <a0@example.org>\nContent-Language: en\n",
    )
    document = read.document
    assert (document.id, document.url) == ("a1@example.org", "mid:a1@example.org")
    assert document.text == "The weir\n\nThe weir will hold, see https://example.org/weir."
    assert document.title_span is not None
    assert document.title_span.of(document.text) == document.title == "The weir"
    assert (document.byline, document.published, document.language) == ("Ida Ruiz", "2024-05-03T10:15:00+02:00", "en")
    assert document.links == ("https://example.org/weir", "mid:a0@example.org", "mid:z9@example.org")
    assert (document.kind, document.publisher, read.problems) == (Kind.EMAIL, None, ())


def test_encoded_headers_are_decoded() -> None:
    head = HEAD.replace("Ida Ruiz", "=?utf-8?q?Ida_Ru=C3=ADz?=").replace("weir", "=?iso-8859-1?q?caf=E9?=")
    document = one(f"{head}\nYes.\n").document
    assert (document.byline, document.title) == ("Ida Ruíz", "The café")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ida Ruiz <ida@example.org>", ["Ida Ruiz"]),
        ("ida@example.org", [""]),
        ('"Ruiz, Ida" <ida@example.org>, bill@example.org', ["Ruiz, Ida", ""]),
        ("The board: Ida Ruiz <ida@example.org>, Bill Hale <bill@example.org>;", ["Ida Ruiz", "Bill Hale"]),
        ("=?utf-8?q?Ruiz=2C_Ida?= <ida@example.org>", ["Ruiz, Ida"]),
        ("", []),
    ],
)
def test_correspondents(value: str, names: list[str]) -> None:
    assert [box.name for box in mailboxes(value)] == names


@pytest.mark.parametrize(
    ("value", "date", "problem"),
    [
        ("Fri, 3 May 2024 10:15:00 +0200", "2024-05-03T10:15:00+02:00", ""),
        ("3 May 2024 10:15 GMT", "2024-05-03T10:15:00+00:00", ""),
        ("Fri, 3 May 2024 10:15:00 -0000", "2024-05-03T10:15:00+00:00", ""),
        ("Fri, 3 May 2024 10:15:00", "2024-05-03T10:15:00", "names no time zone"),
        ("Fri, 43 May 2024 10:15:00 +0200", None, "cannot be read"),
        ("yesterday", None, "cannot be read"),
        ("", None, "no Date header"),
    ],
)
def test_dates_are_read_or_told_and_never_guessed(value: str, date: str | None, problem: str) -> None:
    found, problems = date_of(value)
    assert found == date
    assert problem in " ".join(problems)
    assert bool(problem) == bool(problems)


def test_the_address_of_a_message_is_encoded_as_its_rfc_has_it() -> None:
    assert mid("a/b%c+1=x@example.org") == "mid:a%2Fb%25c+1%3Dx@example.org"


def test_a_title_has_no_control_characters() -> None:
    assert one(HEAD.replace("The weir", "The \x1b[31mweir\x07") + "\nYes.\n").document.title == "The [31mweir"


# Which files are mail


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (HEAD + "\nYes.\n", Kind.EMAIL),
        ("Received: from a by b; Fri, 3 May 2024 10:15:00 +0200\nFrom: a@example.org\n\nYes.\n", Kind.EMAIL),
        ("From: Ida Ruiz\nDate: Fri, 3 May 2024 10:15:00 +0200\nSubject: The weir\n\nYes.\n", Kind.EMAIL),
        ("Subject: The weir\n\nAna Ruiz said no.\n", Kind.ARTICLE),
        ("From: The mayor\nDate: 3 May 2024\nSubject: The weir\n\nThe mayor said no.\n", Kind.ARTICLE),
        ("From: Ida Ruiz\nAna Ruiz said no.\n", Kind.ARTICLE),
        ("From the weir, Ana Ruiz: said no.\nYes: no.\n\nBill Hale agreed.\n", Kind.ARTICLE),
    ],
)
def test_mail_is_told_from_what_only_begins_like_it(text: str, kind: Kind) -> None:
    assert one(text).document.kind == kind


def test_a_maildir_is_a_folder_of_messages(tmp_path: Path) -> None:
    for name in ("cur/1714.a:2,S", "new/1715.b"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(HEAD.replace("a1@", f"{path.parent.name}@") + "\nYes.\n")
    found = [read.document.id for read in documents([str(tmp_path)]) if isinstance(read, Read)]
    assert found == ["cur@example.org", "new@example.org"]


# Mailboxes


def test_a_mailbox_is_read_message_by_message() -> None:
    body = "\nFrom here the weir is seen.\n>From a boat, too.\n\nFrom me Fri May  3 10:15:00 2024\nno header.\n\n"
    first, second = found_in(f"{ENVELOPE}{HEAD}{body}{ENVELOPE}{HEAD.replace('a1@', 'a2@')}\nNo.\n")
    assert isinstance(first, Read)
    assert isinstance(second, Read)
    assert (first.place, second.place) == ("standard input, message 1", "standard input, message 2")
    assert first.document.text == (
        "The weir\n\nFrom here the weir is seen.\nFrom a boat, too.\n\nFrom me Fri May  3 10:15:00 2024\nno header."
    )
    assert (second.document.id, second.document.text) == ("a2@example.org", "The weir\n\nNo.")


def test_a_broken_message_does_not_stop_a_mailbox() -> None:
    broken = HEAD + "Content-Type: multipart/mixed; boundary=none\n\nno parts\n\n"
    found = found_in(f"{ENVELOPE}{broken}{ENVELOPE}{HEAD}\nNo.\n")
    assert [read.document.text for read in found if isinstance(read, Read)] == [
        "The weir\n\nno parts",
        "The weir\n\nNo.",
    ]
    assert isinstance(found[0], Read)
    assert found[0].problems == ("its boundary is missing: read as plain text",)


def test_a_large_mailbox_needs_the_memory_of_one_message(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    with path.open("w") as file:
        for _ in range(300):
            file.write(f"{ENVELOPE}{HEAD}\n{'The weir will hold. ' * 4 * 500}\n\n")
    tracemalloc.start()
    count = sum(isinstance(read, Read) for read in documents([str(path)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300
    assert peak < path.stat().st_size / 4


# Bodies


def test_plain_text_is_taken_before_html_and_html_where_plain_text_is_empty() -> None:
    page = (
        "Content-Type: text/html\n\n<p>It will <b>hold</b>.</p><p>So <a href='https://example.org/x'>they</a> say.</p>"
    )
    assert (
        one(parts("Content-Type: text/plain\n\nPlain.", page, kind="alternative")).document.text == "The weir\n\nPlain."
    )
    read = one(parts("Content-Type: text/plain\n\n \n", page, kind="alternative"))
    assert read.document.text == "The weir\n\nIt will hold.\n\nSo they say."
    assert read.document.links == ("https://example.org/x",)


def test_html_is_read_as_it_is_seen() -> None:
    source = (
        '<?xml version="1.0" encoding="UTF-8"?><html><head><style>p {}</style><title>no</title></head><body>'
        '<div style="display:none">preview</div><!-- no --><p>One\n line</p><div>two<br>three</div>'
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><script>no</script>end</body></html>"
    )
    assert [line.text for line in lines_of_mail(source)] == ["One line", "", "two", "three", "", "a b", "c", "", "end"]


def test_what_html_marks_as_quoted_or_signature_is_left_out() -> None:
    source = (
        "<div>It will hold.</div><div class='gmail_signature'>Ida Ruiz<br>Warden</div>"
        "<div class='gmail_quote'>Bill wrote:<blockquote type='cite'>Will it?</blockquote></div><p>Really.</p>"
    )
    found = [(passage.kind, passage.text) for passage in passages_of(lines_of_mail(source))]
    assert [kind for kind, _ in found] == [OWN, SIGNATURE, QUOTED, OWN]
    assert found[0][1] == "It will hold."
    assert "Will it?" in found[2][1]
    assert found[3][1] == "Really."


def test_a_quotation_in_html_that_is_no_history_stays() -> None:
    source = "<p>Ana Ruiz said:</p><blockquote>We will rebuild.</blockquote>"
    assert [passage.kind for passage in passages_of(lines_of_mail(source))] == [OWN]


def test_flowed_text_is_whole_again() -> None:
    flowed = "Content-Type: text/plain; format=flowed"
    assert mail("The weir \nwill hold.\n From here.\n", f"{flowed}\n").document.text == (
        "The weir\n\nThe weir will hold.\nFrom here."
    )
    assert mail("The we \nir.\n", f"{flowed}; delsp=yes\n").document.text == "The weir\n\nThe weir."


@pytest.mark.parametrize(
    ("charset", "data", "text", "problem"),
    [
        ("utf-8", "Não".encode(), "Não", ""),
        ("iso-8859-1", "“Não”".encode("cp1252"), "“Não”", ""),
        ("koi8-r", "Мост".encode("koi8-r"), "Мост", ""),
        ("us-ascii", "Não".encode(), "Não", ""),
        ("utf-8", "Não".encode("cp1252"), "Não", "not in utf-8, as its header says: read as Windows-1252"),
        ("gb2312", "Não —".encode(), "Não —", "not in gb2312"),
        ("x-none", "Não".encode(), "Não", "the charset 'x-none' is not known: read as UTF-8"),
        ("zlib", b"No", "No", "the charset 'zlib' is not known"),
        ("utf-7", b"+2AA-", "\ufffd", ""),
    ],
)
def test_charsets(charset: str, data: bytes, text: str, problem: str) -> None:
    read = one(HEAD.encode() + f"Content-Type: text/plain; charset={charset}\n\n".encode() + data)
    assert read.document.text == f"The weir\n\n{text}"
    assert problem in " ".join(read.problems)
    assert bool(problem) == bool(read.problems)


@pytest.mark.parametrize(
    ("encoding", "body", "text", "problem"),
    [
        ("base64", b64encode(b"It will hold.").decode(), "It will hold.", ""),
        ("base64", b64encode(b"It will hold.").decode()[:-4] + "\n!", "It will hold", "broken base64"),
        ("quoted-printable", "It=\n will h=6Fld.", "It will hold.", ""),
        ("quoted-printable", "It=ZZ will hold.", "It=ZZ will hold.", "broken quoted-printable"),
        ("8bit", "It will hold.", "It will hold.", ""),
        ("none", "It will hold.", "It will hold.", ""),
    ],
)
def test_transfer_encodings(encoding: str, body: str, text: str, problem: str) -> None:
    read = mail(body, f"Content-Transfer-Encoding: {encoding}\n")
    assert read.document.text == f"The weir\n\n{text}"
    assert bool(problem) == bool(read.problems)
    assert problem in " ".join(read.problems)


# Attachments


def test_texts_and_mails_that_are_attached_are_documents_and_others_are_named() -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = (
        "Ida Ruiz <ida@example.org>",
        "The weir",
        "<a1@example.org>",
    )
    message.set_content("See the notes.")
    message.add_attachment("Bill Hale said no, João said yes.", filename="notes.txt", charset="iso-8859-1")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="map.png")
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Message-ID"] = (
        "Bill Hale <bill@example.org>",
        "Re: weir",
        "<b2@example.org>",
    )
    inner.set_content("It leaks.")
    message.add_attachment(inner)
    first, notes, forwarded = (read for read in found_in(message.as_bytes()) if isinstance(read, Read))
    assert first.document.text == "The weir\n\nSee the notes."
    assert "2 attachments were not read: plan.pdf, map.png" in first.problems
    assert (notes.place, notes.document.text.strip()) == (
        "standard input, attachment notes.txt",
        "Bill Hale said no, João said yes.",
    )
    assert (forwarded.document.id, forwarded.document.text) == ("b2@example.org", "Re: weir\n\nIt leaks.")


# What is quoted, what is a signature


@pytest.mark.parametrize(
    "header",
    [
        "On Fri, 3 May 2024 at 10:15, Bill Hale <bill@example.org> wrote:",
        "On Fri, 3 May 2024 at 10:15, Bill Hale\n<bill@example.org> wrote:",
        "Am 03.05.2024 um 10:15 schrieb Bill Hale:",
        "Le ven. 3 mai 2024 à 10:15, Bill Hale <bill@example.org> a écrit :",
        "El vie, 3 may 2024 a las 10:15, Bill Hale (<bill@example.org>) escribió:",
        "Il giorno ven 3 mag 2024 alle ore 10:15 Bill Hale <bill@example.org> ha scritto:",
        "Op vr 3 mei 2024 om 10:15 schreef Bill Hale <bill@example.org>:",
        "Em sex., 3 de mai. de 2024 às 10:15, Bill Hale <bill@example.org> escreveu:",
        "Den fre 3 maj 2024 kl 10:15 skrev Bill Hale <bill@example.org>:",
        "3 мая 2024 г., в 10:15, Bill Hale <bill@example.org> написал(а):",
        "2024-05-03 10:15 GMT+02:00 Bill Hale <bill@example.org>:",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "From: Bill Hale <bill@example.org>\nSent: Friday, 3 May 2024 10:15\nTo: Ida Ruiz\nSubject: The weir\n",
        "_______________\nVon: Bill Hale <bill@example.org>\nGesendet: Freitag, 3. Mai 2024\nAn: Ida\n",
        "*De :* Bill Hale\n*Envoyé :* vendredi 3 mai 2024 10:15\n*À :* Ida Ruiz\n*Objet :* Le barrage\n",
    ],
)
def test_history_is_left_out_however_programs_introduce_it(header: str) -> None:
    assert split(f"It will hold.\n\n{header}\nWill it hold?\n") == [
        (OWN, "It will hold."),
        (QUOTED, f"{header}\nWill it hold?".strip()),
    ]


def test_answers_between_quoted_lines_stay() -> None:
    text = "On 3 May 2024, Bill Hale wrote:\n> Will it hold?\n\nIt will.\n\n> Who says so?\n\nThe engineers.\n"
    assert own(text) == "It will.\n\nThe engineers."


@pytest.mark.parametrize(
    "text",
    [
        "On 3 May 2024 Ana Ruiz wrote:\n\n“We will rebuild.”",
        "On the whole, the board agreed.\nOn Tuesday it met again:\n\nThe weir stays.",
        "The statement comes from: the mayor.\nThe date: 3 May.\n\nIt was sent to: the board.",
        "FROM: The mayor\nDATE: 3 May 2024\nSUBJECT: The weir\n\nThe weir stays.",
        "He asked:\n- what holds\n- what does not\n\n- Bill",
        "Two points.\n----\nThe first is that the weir will hold for a year.\n----\nThe second is that it may not.",
        "The board sent its regards.\nRegards as such were not at issue, it said.",
        "Sent from the harbour, the boat came late.",
        "We gave thanks.\n\nThanks!",
        "Ida Ruiz\nBill Hale",
    ],
)
def test_what_only_looks_like_history_or_a_signature_stays(text: str) -> None:
    assert own(text) == text


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nIda Ruiz\nWarden of the weir, who has said for many years that it will hold.",
        "--\nIda",
        "Best regards,\n\nIda Ruiz\nWarden",
        "Thanks,\nIda",
        "Mit freundlichen Grüßen\nIda Ruiz",
        "Cordialement,\nIda",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon téléphone",
        "_______________\nweir mailing list\nweir@example.org",
        "----------------\nTo unsubscribe, e-mail: weir-unsubscribe@example.org",
        "To unsubscribe from this list, write to weir-unsubscribe@example.org.",
        "- Ida Ruiz",
        "Ida Ruiz\nWarden, Ostrey\n+00 555 0100",
        "—\nIda Ruiz\nWarden",
        "Best,\nIda\n\nSent from my iPhone\n\n____\nweir mailing list\nhttps://example.org/weir",
    ],
)
def test_signatures_and_footers_are_left_out(signature: str) -> None:
    found = split(f"The weir will hold.\n\n{signature}")
    assert found == [(OWN, "The weir will hold."), (SIGNATURE, signature.replace("-- ", "--"))]


def test_the_senders_name_begins_a_signature() -> None:
    assert own("It will hold.\n\nIda\nOstrey", "Ida Ruiz ida@example.org") == "It will hold."
    assert own("It will hold.\n\nOstrey\nwest bank", "Ida Ruiz ida@example.org") == "It will hold.\n\nOstrey\nwest bank"


def test_what_is_left_out_is_handed_back_in_order() -> None:
    read = mail("It will.\n\nBest,\nIda\n\nOn 3 May 2024 at 9:10, Bill Hale wrote:\n> Will it?\n")
    assert read.document.text == "The weir\n\nIt will."
    assert read.left_out == (
        LeftOut("signature", "Best,\nIda"),
        LeftOut("quoted", "On 3 May 2024 at 9:10, Bill Hale wrote:\n> Will it?"),
    )


def test_a_mail_without_words_of_its_own_says_so() -> None:
    read = mail("-----Original Message-----\nFrom: Bill Hale <bill@example.org>\n\nIt leaks.\n")
    assert read.document.text == "The weir"
    assert read.problems == ("no words of its own: all of its body is quoted or forwarded, and left out",)


@given(st.text(), st.text())
def test_every_line_of_a_body_is_in_one_passage(text: str, sender: str) -> None:
    kept = "\n".join(words for _, words in split(text, sender))
    assert [word for line in text.split("\n") for word in line.split()] == kept.split()


# Mails made to do harm

MANY = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n" * 200_000
HOSTILE = [
    pytest.param("".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000)), id="deep"),
    pytest.param("".join(f"X-{n}: y\n" for n in range(100_000)) + "\nYes.\n", id="100,000 headers"),
    pytest.param("X: " + "a" * 10_000_000 + "\n\nYes.\n", id="a header of 10 MB"),
    pytest.param("Cc: " + "(" * 4000 + "\n\nYes.\n", id="nested comments"),
    pytest.param("References: " + "<a@example.org> " * 100_000 + "\n\nYes.\n", id="many references"),
    pytest.param(MANY, id="many parts"),
    pytest.param("Content-Type: multipart/mixed\n\nYes.\n", id="no boundary"),
    pytest.param("Content-Type: message/rfc822\n\n" * 50 + "Yes.\n", id="mail in mail in mail"),
    pytest.param("Content-Type: text/html\n\n" + "<div>" * 100_000, id="deep tags"),
    pytest.param("Content-Type: text/html; charset=\n\n<", id="half a tag"),
    pytest.param("\n" + "-" * 1_000_000, id="one long line"),
    pytest.param("\n" + "On 3 May Ida\n" * 20_000, id="many beginnings"),
    pytest.param("\n" + "Sent from my phone\n" * 20_000, id="many signatures"),
    pytest.param("Content-Type: text/plain; charset=punycode\n\n" + "a-" * 100_000, id="a slow codec"),
    pytest.param("Content-Type: application/x; name*=utf-8''%ff%1b\n\nx\n", id="a broken file name"),
    pytest.param(
        "Content-Type: ;;;=;\nContent-Disposition: =\nContent-Transfer-Encoding: \n\nYes.\n", id="empty values"
    ),
]


@pytest.mark.parametrize("rest", HOSTILE)
def test_hostile_mail_is_read_or_refused(rest: str) -> None:
    found = found_in(HEAD + rest)
    assert found
    for read in found:
        assert isinstance(read, InputError) or "\x1b" not in "".join(read.problems)


@given(st.binary())
def test_any_bytes_behind_a_header_give_documents_or_errors(data: bytes) -> None:
    for read in found_in(HEAD.encode() + data):
        assert isinstance(read, InputError) or read.document.text_sha256


@given(st.binary(max_size=60))
def test_any_bytes_in_a_header_give_documents_or_errors(data: bytes) -> None:
    for name in (b"From", b"Date", b"Subject", b"Content-Type", b"In-Reply-To", b"Content-Disposition"):
        for read in found_in(b"Message-ID: <a1@example.org>\nReceived: x\n" + name + b": " + data + b"\n\nYes.\n"):
            assert isinstance(read, InputError) or read.document.text_sha256
