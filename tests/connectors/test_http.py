"""The HTTP client of a CRM account, against answers that CRMs and the things in between really give."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime

import httpx
import pytest
import requests
import trustme

from crm_sync.connectors.complaints import Answer, complaint
from crm_sync.connectors.http import Http, patient
from crm_sync.connectors.limiter import Limiter
from crm_sync.connectors.trust import trusting
from crm_sync.errors import ConfigError, Failed, NeedsLogin, TryLater

SECRET = "pat-na1-very-secret"
DATE = "Sat, 30 May 2026 02:00:00 GMT"


class Script:
    """A CRM that gives the answers it was told, the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.seen = list(answers), []

    async def __call__(self, request):
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(body=None, **headers):
    return httpx.Response(200, json=body or {"fine": True}, headers={"Date": DATE, **headers})


@pytest.fixture
def open_http(at_once):
    def build(*answers, **more):
        script = Script(*answers)
        named = {"headers": lambda: {"Authorization": f"Bearer {SECRET}"}, "wait": at_once, "login_fix": "Sign in."}
        http = Http("hubspot", "https://crm.test", transport=httpx.MockTransport(script), **{**named, **more})
        return http, script

    return build


@pytest.mark.promise("passing answers", crm="hubspot")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 420, 423, 477])
async def test_a_busy_crm_is_asked_again(open_http, status):
    http, script = open_http(httpx.Response(status), httpx.Response(status, text="<html>busy</html>"), ok())
    assert (await http.get("/x")).json() == {"fine": True}
    assert (http.calls, len(script.seen)) == (3, 3)


async def test_a_status_that_passes_with_one_crm_is_an_error_with_the_others(open_http):
    http, _ = open_http(httpx.Response(406), ok(), passing=frozenset({406}))
    assert (await http.get("/x")).json() == {"fine": True}
    http, script = open_http(httpx.Response(406), ok())
    with pytest.raises(Failed, match="HTTP 406"):
        await http.get("/x")
    assert len(script.seen) == 1


@pytest.mark.parametrize(
    "quoted",
    [
        httpx.LocalProtocolError(f"Illegal header value b'Bearer {SECRET}\\n'"),
        requests.exceptions.InvalidHeader(f"Invalid header value: 'Bearer {SECRET}\\n'"),
    ],
)
def test_a_header_that_cannot_be_sent_is_not_quoted(open_http, quoted):
    http, _ = open_http(ok())
    problem = str(http.unreachable(quoted, "https://crm.test"))
    assert SECRET not in problem
    assert "holds a character that cannot be sent" in problem


async def test_a_lost_answer_and_a_lost_connection_are_asked_again(open_http):
    http, _ = open_http(ok(), httpx.ReadTimeout("slow"), httpx.ConnectError("gone"), ok())
    await http.get("/x")
    assert (await http.get("/x")).status == 200


async def test_patience_has_an_end_and_says_when_to_come_back(open_http):
    http, script = open_http(httpx.Response(503, headers={"Retry-After": "7"}))
    with pytest.raises(TryLater, match="GET /x: HTTP 503") as raised:
        await http.get("/x")
    assert (raised.value.after, len(script.seen)) == (7.0, 5)


async def test_the_wait_that_the_crm_asks_for_is_kept_else_it_grows(open_http):
    waits = []

    def noted(state):
        waits.append(patient(state))
        return 0.0

    http, _ = open_http(
        httpx.Response(429, headers={"Retry-After": "3"}),
        httpx.Response(429, headers={"Date": DATE, "Retry-After": "Sat, 30 May 2026 02:00:09 GMT"}),
        httpx.Response(429),
        httpx.Response(429),
        ok(),
        wait=noted,
    )
    await http.get("/x")
    assert waits[:2] == [3.0, 9.0]
    assert 0 < waits[2] < waits[3] <= 20


async def test_a_used_up_daily_quota_is_not_asked_again(open_http):
    http, script = open_http(httpx.Response(429, json={"message": "daily limit", "policyName": "DAILY"}))
    with pytest.raises(TryLater, match="quota of calls is used up: daily limit"):
        await http.get("/x")
    assert len(script.seen) == 1


async def test_a_refused_token_is_renewed_once_for_all_calls_together(open_http):
    token, renewed = ["old"], []

    async def refresh():
        await asyncio.sleep(0)
        renewed.append(1)
        token[0] = "new"

    async def answer(request):
        await asyncio.sleep(0)
        return ok() if request.headers["authorization"] == "new" else httpx.Response(401, json={"message": "expired"})

    http = Http(
        "hubspot", "https://crm.test", headers=lambda: {"Authorization": token[0]}, refresh=refresh,
        transport=httpx.MockTransport(answer),
    )  # fmt: skip
    answers = await asyncio.gather(*(http.get("/x") for _ in range(5)))
    assert ([one.status for one in answers], len(renewed)) == ([200] * 5, 1)


async def test_a_token_that_is_refused_again_after_renewal_needs_a_login(open_http):
    async def refresh():
        return None

    refused = httpx.Response(401, json={"message": "bad token", "correlationId": "c-1"})
    http, script = open_http(refused, refresh=refresh)
    with pytest.raises(NeedsLogin) as raised:
        await http.get("/x")
    assert str(raised.value) == "hubspot: the login is not accepted: bad token (correlation id c-1). Sign in."
    assert len(script.seen) == 2


async def test_missing_scopes_are_named(open_http):
    body = {
        "message": "not granted", "category": "MISSING_SCOPES",
        "errors": [{"message": "m", "context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}],
    }  # fmt: skip
    http, _ = open_http(httpx.Response(403, json=body))
    with pytest.raises(NeedsLogin, match=r"Grant crm\.objects\.deals\.read to the app") as raised:
        await http.get("/crm/v3/objects/deals")
    assert raised.value.scopes == ("crm.objects.deals.read",)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(414, text="<html>long</html>", headers={"content-type": "text/html"}), "not JSON (text/html)"),
        (httpx.Response(400, json=[{"errorCode": "MALFORMED_QUERY", "message": "odd token"}]), "odd token"),
        (httpx.Response(400, json={"error": "invalid_grant", "error_description": "no user"}), "no user"),
        (httpx.Response(400, json=[]), "not JSON"),
        (httpx.Response(400, json={"message": {"odd": 1}}), "no reason given"),
    ],
)
async def test_any_refusal_becomes_one_sentence(open_http, answer, said):
    http, _ = open_http(answer)
    with pytest.raises(Failed) as raised:
        await http.post("/x", json={})
    assert raised.value.where == "POST /x"
    assert said in str(raised.value)


async def test_a_page_of_html_instead_of_json_is_told_as_such(open_http):
    http, _ = open_http(httpx.Response(200, text="<html>", headers={"content-type": "text/html"}))
    with pytest.raises(Failed, match=r"HTTP 200 without JSON \(text/html\)\. Check the URL"):
        (await http.get("/x")).json()


async def test_an_accepted_status_comes_back_as_an_answer(open_http):
    http, _ = open_http(httpx.Response(400, json={"message": "rows"}))
    assert (await http.post("/x", accept=frozenset({400}))).status == 400


async def test_a_host_that_never_answered_is_reported_at_once_with_the_setting():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    http = Http("hubspot", url)
    with pytest.raises(TryLater) as raised:
        await http.get("/x")
    assert url in str(raised.value)
    assert "Check hubspot.base_url" in str(raised.value)
    assert http.calls == 1
    await http.close()


@pytest.mark.parametrize("url", ["api.hubapi.com", "ftp://crm.test", "https://", "https://crm.test:port", ""])
def test_a_base_url_that_is_none_is_a_setting_to_edit(url):
    with pytest.raises(ConfigError, match=r"hubspot\.base_url"):
        Http("hubspot", url)


def test_a_ca_file_that_is_none_is_a_setting_to_edit(tmp_path):
    (tmp_path / "ca.pem").write_text("nonsense")
    (tmp_path / "truth.pem").write_text("ningún certificado", encoding="utf-8")
    (tmp_path / "binary.pem").write_bytes(b"\xff\xfe\x00")
    for name, found in (
        ("absent", "No such file"), ("ca", "no certificate"), ("truth", "no certificate"), ("binary", "no certificate"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=rf"hubspot\.ca_file: found .*{found}.*; allowed: .* PEM file"):
            Http("hubspot", "https://crm.test", ca_file=tmp_path / f"{name}.pem")


def test_an_authority_from_a_file_is_trusted_beside_the_others(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    names = [dict(part[0] for part in one["subject"]) for one in trusting(tmp_path / "ca.pem", "x").get_ca_certs()]
    assert any("trustme" in name.get("organizationName", "") for name in names)


async def test_the_clock_is_the_crms_and_runs_on(open_http):
    http, _ = open_http(ok())
    await http.get("/x")
    start = datetime(2026, 5, 30, 2, tzinfo=UTC)
    first = http.now()
    assert start <= first <= http.now()
    assert (first - start).total_seconds() < 60


async def test_an_answer_without_a_readable_date_leaves_the_clock_alone(open_http):
    http, _ = open_http(ok(), httpx.Response(200, json={}, headers={"Date": "whenever"}))
    await http.get("/x")
    await http.get("/x")
    assert http.now().year == 2026


async def test_a_token_appears_in_no_error_and_no_repr(open_http):
    http, _ = open_http(httpx.Response(400, json={"message": "bad"}))
    with pytest.raises(Failed) as raised:
        await http.get("/x")
    assert SECRET not in repr(raised.value) + str(raised.value) + repr(http) + repr(vars(http))


async def test_the_client_moves_when_the_instance_is_known(open_http):
    http, script = open_http(ok())
    http.base_url = "https://instance.test"
    await http.get("/services/data")
    assert str(script.seen[0].url) == "https://instance.test/services/data"


def test_a_complaint_is_read_from_whatever_comes():
    for text in ("", "null", "[]", "[1]", '"x"', "{", '{"errors": 3}', '{"errors": [1], "context": []}'):
        assert complaint(Answer("hubspot", "GET /x", 400, text)).message


async def test_the_policy_that_a_refusal_names_pauses_that_limiter_alone(open_http):
    refused = httpx.Response(429, json={"message": "too many", "policyName": "SECONDLY"}, headers={"Retry-After": "7"})
    naps = []

    async def nap(seconds):
        naps.append(seconds)
        now[0] += seconds

    now = [100.0]
    burst, searches = (Limiter(100, 10.0, clock=lambda: now[0], sleep=nap) for _ in range(2))
    http, _ = open_http(refused, ok(), limiter=burst)
    http.policies = {"SECONDLY": searches}
    await http.get("/search", limiter=searches)
    assert naps == [7.0]
    await http.get("/x")
    assert (naps, http.refused) == ([7.0], 1)
