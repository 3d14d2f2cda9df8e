"""The pages and their twins, put together into one application that a server runs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote, unquote

import anyio
from fastapi import FastAPI, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sayso.corrections.entries import Correction
from sayso.errors import SaysoError
from sayso.ledger.composing import CannotCorrect
from sayso.readers import Known, is_address
from sayso.web import (
    addresses,
    cite,
    claim,
    compare,
    correct,
    corrections,
    document,
    entity,
    outlets,
    progress,
    search,
    showing,
    start,
)
from sayso.web.api.app import PATH, make_api
from sayso.web.api.problems import refused
from sayso.web.asking import Connections, asked
from sayso.web.page import Page, WrongQuestion, as_csv, as_json, file_name
from sayso.web.remembering import Remembered
from sayso.web.safety import FORM_COOKIE, MOST_BYTES, SIGN_IN, Access, Guard, cookie, cookies
from sayso.web.site import Site, status_of
from sayso.web.worker import Corrections, File, Input, Pasted, State, Web, Worker, Works

# The views that ask the ledger, each with its twins.
PAGES: tuple[Page[Any], ...] = (
    start.PAGE,
    search.PAGE,
    document.PAGE,
    claim.PAGE,
    entity.PAGE,
    compare.PAGE,
    outlets.PAGE,
    cite.PAGE,
    correct.PAGE,
    corrections.PAGE,
)

NOT_CITED = (cite.PAGE, correct.PAGE, corrections.PAGE)

MOST_FILES = 100  # in one upload
ABOUT = ("title", "publisher", "published", "url")  # what is known of a pasted text
MOST_NAME = 200  # characters of a file's name
CORRECTING = 10.0  # seconds that a form waits until what it corrects is traced again
BY_COOKIE = "sayso-by"  # who made the last correction in this browser
TOLD = {404: "There is no such page.", 405: "This page takes no such request."}


def make_app(
    ledger: Path,
    access: Access | None = None,
    worker: Works | None = None,
    connections: Connections | None = None,
    remembered: Remembered | None = None,
) -> ASGIApp:
    """The application that shows a ledger. The ledger has to exist; `worker` reads what is added to it,
    `connections` are those that it is asked over, where they are kept open, and `remembered` keeps answers."""
    site = Site(
        ledger,
        access or Access(),
        worker or Worker(ledger),
        connections=connections,
        remembered=remembered or Remembered(),
    )
    # FastAPI's own documentation pages would load from elsewhere.
    app = FastAPI(title="sayso", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=str(files("sayso") / "web" / "static")), name="static")
    for page in PAGES:
        _route(app, page.path, partial(_for_people, site, page))
        _route(app, f"{page.twin}.json", partial(_for_programs, site, page, "json"))
        _route(app, f"{page.twin}.csv", partial(_for_programs, site, page, "csv"))
    _route(app, "/adding", partial(_progress, site))
    _route(app, "/adding.json", partial(_progress_json, site))
    _route(app, "/add", partial(_add, site), "POST")
    _route(app, "/trace", partial(_trace, site), "POST")
    _route(app, "/correct", partial(_correct, site), "POST")
    _route(app, SIGN_IN, partial(_sign_in_form, site))
    _route(app, SIGN_IN, partial(_sign_in, site), "POST")
    app.mount(PATH, make_api(site))
    app.add_exception_handler(SaysoError, partial(_failed, site))
    app.add_exception_handler(HTTPException, partial(_failed, site))
    return Guard(app, site.access, refused)


def _route(app: FastAPI, path: str, answer: Callable[..., Any], method: str = "GET") -> None:
    async def endpoint(request: Request) -> Response:
        made: Response = await answer(request)
        return made

    app.add_api_route(path, endpoint, methods=[method], response_model=None, include_in_schema=False)


async def _for_people(site: Site, page: Page[Any], request: Request) -> Response:
    given, by = dict(request.query_params), _by(request)
    here = {
        "path": page.path,
        "json_address": addresses.address(f"{page.twin}.json", **given),
        "csv_address": addresses.address(f"{page.twin}.csv", **given),
        "cite_address": None if page in NOT_CITED else addresses.address("/cite", **{**given, "view": page.path}),
        "csv_name": file_name(page.twin, given, ".csv"),
        "json_name": file_name(page.twin, given, ".json"),
    }

    def made(ledger: sqlite3.Connection) -> str:
        view = page.ask(ledger, given)
        return showing.rendered(
            page.template,
            form_token=site.form_mark,
            by=site.by_mark if by else "",
            ledger_name=site.ledger.name,
            view=view,
            **here,
        )

    # The page is the same for all but for what its forms carry, which takes the place of marks that no text can hold.
    html = await site.answer(("page", page.path, bool(by), *sorted(given.items())), made)
    html = html.replace(site.form_mark, _form_token(site, request)).replace(site.by_mark, escape(by))
    return _html(request, html)


async def _view(site: Site, page: Page[Any], given: Mapping[str, str]) -> Any:
    return await site.answer((page.path, *sorted(given.items())), lambda ledger: page.ask(ledger, given))


async def _for_programs(site: Site, page: Page[Any], form: str, request: Request) -> Response:
    given = dict(request.query_params)

    view = await _view(site, page, given)

    def made() -> bytes:
        return as_json(view) if form == "json" else as_csv(page.row_kind, page.rows(view))

    body = await site.in_thread(made)
    if form == "json":
        return Response(body, media_type="application/json")
    disposition = f"attachment; filename*=UTF-8''{file_name(page.twin, given, '.csv')}"
    return Response(body, media_type="text/csv", headers={"Content-Disposition": disposition})


async def _progress(site: Site, request: Request) -> Response:
    view = progress.of(site.worker, request.query_params.get("id"))
    return _html(request, _rendered(site, request, "adding.html", view=view, path="/adding"))


async def _progress_json(site: Site, request: Request) -> Response:
    return Response(as_json(progress.of(site.worker, request.query_params.get("id"))), media_type="application/json")


async def _add(site: Site, request: Request) -> Response:
    form = await _form_in(request)
    try:
        _check_form(site, request, form)
        job = site.worker.add(*await _inputs_in(form))
    except SaysoError as error:
        # What was pasted is given back, to be sent again: a browser may have lost it.
        fields = {name: _field(form, name) for name in ("text", *ABOUT)}
        page = partial(_rendered, site, request, "again.html", path="/adding", why=str(error), fields=fields)
        return _html(request, await site.in_thread(page), status_of(error))
    finally:
        await form.close()
    return RedirectResponse(addresses.address("/adding", id=job.id), 303)


async def _trace(site: Site, request: Request) -> Response:
    _check_form(site, request, await _form_in(request))
    job = site.worker.add("what is not traced yet", ())
    return RedirectResponse(addresses.address("/adding", id=job.id), 303)


async def _correct(site: Site, request: Request) -> Response:
    form = await _form_in(request)
    _check_form(site, request, form)
    given = {name: value for name, value in form.items() if isinstance(value, str)}

    def made() -> tuple[Correction, ...]:
        with asked(site.ledger) as connection:
            return tuple(correct.corrections_in(connection, given))

    entries = await site.in_thread(made)
    job = site.worker.add(f"corrections by {entries[0].by}", (Corrections(entries),))
    with anyio.move_on_after(CORRECTING):
        while not _over(site.worker, job.id):
            await anyio.sleep(0.05)
    done = _over(site.worker, job.id)
    site.remembered.clear()  # who corrects something is to see it at once
    there = _on_this_server(given.get("back", "/")) if done else addresses.address("/adding", id=job.id)
    answer = RedirectResponse(there, 303)
    answer.headers.append("Set-Cookie", cookie(BY_COOKIE, quote(entries[0].by, safe=""), request.scope, "Strict"))
    return answer


def _over(worker: Works, id_: str) -> bool:
    """Whether a job has ended well."""
    job = worker.job(id_)
    if job is not None and job.state is State.FAILED:
        raise CannotCorrect("; ".join(job.failures))
    return job is None or job.is_over


async def _sign_in_form(site: Site, request: Request) -> Response:
    there = request.query_params.get("to", "/")
    return _html(request, _rendered(site, request, "sign-in.html", path=SIGN_IN, to=there, wrong=False))


async def _sign_in(site: Site, request: Request) -> Response:
    form = await _form_in(request)
    _check_form(site, request, form)
    given, there = _field(form, "token"), _field(form, "to")
    if not site.access.is_token(given):
        return _html(request, _rendered(site, request, "sign-in.html", path=SIGN_IN, to=there, wrong=True), 403)
    answer = RedirectResponse(_on_this_server(there), 303)
    answer.headers.append("Set-Cookie", cookie(*site.access.sign_in_cookie(), request.scope, "Lax"))
    return answer


def _on_this_server(there: str) -> str:
    """Where to go after signing in: a page of this server, and of no other, whatever the form says."""
    plain = there.startswith("/") and not there.startswith("//") and "\\" not in there
    return there if plain and there.isprintable() else "/"


async def _failed(site: Site, request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        status, why = error.status_code, TOLD.get(error.status_code, str(error.detail))
    else:
        status, why = status_of(error), str(error)
    if request.url.path.endswith((".json", ".csv")):
        return Response(as_json(Failure(why)), status, media_type="application/json")
    return _html(request, _rendered(site, request, "error.html", path=None, why=why, status=status), status)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer."""

    error: str


async def _form_in(request: Request) -> FormData:
    """The fields of a form. Raises TooLarge."""
    return await request.form(max_files=MOST_FILES, max_fields=50, max_part_size=MOST_BYTES)


def _check_form(site: Site, request: Request, form: FormData) -> None:
    """Raises WrongQuestion for a form that does not come from a page made for this browser."""
    kept = cookies(request.headers).get(FORM_COOKIE)
    if not site.access.is_form_token(kept, _field(form, "form_token")):
        raise WrongQuestion("This form is out of date: the server was started again since. Send it once more.")


async def _inputs_in(form: FormData) -> tuple[str, tuple[Input, ...]]:
    """What a form adds, and what that is called. Raises WrongQuestion where it is nothing, or cannot be."""
    inputs: list[Input] = []
    names = []
    for upload in form.getlist("files"):
        if isinstance(upload, UploadFile) and upload.filename:
            name = _plain_name(upload.filename)
            inputs.append(File(name, await upload.read()))
            names.append(name)
    text = _field(form, "text")
    if text.strip():
        about = {name: _field(form, name).strip() or None for name in ABOUT}
        _check_known(about)
        # A form sends each line end as two characters, whatever was pasted.
        inputs.append(Pasted(text.replace("\r\n", "\n"), Known(**about)))
        names.append(about["title"] or "pasted text")
    web = _field(form, "web").strip()
    if web:
        if not is_address(web):
            raise WrongQuestion(f"'{web}' is no web address; it has to begin with https:// or http://.")
        inputs.append(Web(web))
        names.append(web)
    if not inputs:
        raise WrongQuestion("There is nothing to add: choose a file, paste a text, or name a web address.")
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}", tuple(inputs)


def _check_known(about: Mapping[str, str | None]) -> None:
    if about["published"]:
        try:
            datetime.fromisoformat(about["published"])
        except ValueError:
            raise WrongQuestion(
                f"'{about['published']}' is not a date that sayso knows; write it like 2024-05-31."
            ) from None
    if about["url"] and addresses.web_link(about["url"]) is None:
        raise WrongQuestion(f"'{about['url']}' is no web address; it has to begin with https:// or http://.")


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _plain_name(given: str) -> str:
    """A file's name without folders and without what does not print; messages and ids hold it."""
    name = os.path.basename(given.replace("\\", "/"))  # noqa: PTH119 - no path of this machine
    return "".join(c for c in name if c.isprintable())[-MOST_NAME:] or "file"


def _rendered(site: Site, request: Request, template: str, **shown: Any) -> str:
    """A page as HTML. Whatever a template is given, it escapes."""
    token = _form_token(site, request)
    return showing.rendered(template, form_token=token, by=_by(request), ledger_name=site.ledger.name, **shown)


def _form_token(site: Site, request: Request) -> str:
    """What the forms of a page carry in the browser that asks."""
    kept = cookies(request.headers).get(FORM_COOKIE) or getattr(request.state, "form_cookie", None)
    if kept is None:
        kept = request.state.form_cookie = token_hex(16)
    return site.access.form_token(kept)


def _by(request: Request) -> str:
    """Who made the last correction in this browser."""
    return unquote(cookies(request.headers).get(BY_COOKIE, ""))


def _html(request: Request, page: str, status: int = 200) -> Response:
    answer = Response(page.encode("utf8", "replace"), status, media_type="text/html")
    made = getattr(request.state, "form_cookie", None)
    if made is not None:
        answer.headers.append("Set-Cookie", cookie(FORM_COOKIE, made, request.scope, "Strict"))
    return answer
