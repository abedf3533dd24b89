"""Pipelines that are written: stages checked, stamps added, and stages in use kept."""

from __future__ import annotations

import pytest

DEALS = "/crm/v3/pipelines/deals"
STAGES = [
    {"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.2"}},
    {"label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}},
]


@pytest.fixture
async def renewal(hubspot):
    answer = await hubspot.post(DEALS, json={"label": "Renewal", "displayOrder": 1, "stages": STAGES})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_deal_goes_through_a_pipeline_that_was_just_made(hubspot, renewal, make):
    opened, won = (stage["id"] for stage in renewal["stages"])
    assert renewal["stages"][1]["metadata"] == {"probability": "1.0", "isClosed": "true"}
    deal = await make("deals", dealname="Pilot", dealstage=opened)
    await hubspot.patch(f"/crm/v3/objects/deals/{deal}", json={"properties": {"dealstage": won}})
    names = f"pipeline,hs_is_closed_won,hs_v2_date_entered_{won}"
    said = (await hubspot.get(f"/crm/v3/objects/deals/{deal}?properties={names}")).json()["properties"]
    assert (said["pipeline"], said["hs_is_closed_won"]) == (renewal["id"], "true")
    assert said[f"hs_v2_date_entered_{won}"] == "2026-05-30T02:00:00Z"


@pytest.mark.parametrize(
    "stages",
    [
        [],
        [{"label": "Open", "displayOrder": 0, "metadata": {}}],
        [{"label": "Open", "displayOrder": 0, "metadata": {"probability": "0.25"}}],
        [STAGES[0], STAGES[0]],
        ["Open"],
    ],
)
async def test_stages_must_make_sense(hubspot, stages):
    assert (await hubspot.post(DEALS, json={"label": "Odd", "displayOrder": 1, "stages": stages})).status_code == 400


async def test_a_stage_that_deals_stand_in_is_kept(hubspot, renewal, make):
    stage = renewal["stages"][0]["id"]
    deal = await make("deals", dealname="Pilot", dealstage=stage)
    refused = await hubspot.delete(f"{DEALS}/{renewal['id']}/stages/{stage}")
    assert (refused.status_code, refused.json()["subCategory"]) == (400, "PipelineError.STAGE_ID_IN_USE")
    assert refused.json()["context"] == {"stageIds": [stage], "objectIds": [deal]}
    asked = await hubspot.delete(f"{DEALS}/{renewal['id']}?validateReferencesBeforeDelete=true")
    assert asked.json()["subCategory"] == "PipelineError.STAGE_ID_IN_USE"
    assert (await hubspot.delete(f"{DEALS}/{renewal['id']}")).status_code == 204


async def test_stages_are_added_changed_and_removed(hubspot, renewal):
    path = f"{DEALS}/{renewal['id']}/stages"
    body = {"label": "Lost", "displayOrder": 2, "metadata": {"probability": "0.0"}}
    lost = (await hubspot.post(path, json=body)).json()
    changed = await hubspot.patch(f"{path}/{lost['id']}", json={"label": "Gone"})
    assert (changed.json()["label"], changed.json()["metadata"]["isClosed"]) == ("Gone", "true")
    assert (await hubspot.delete(f"{path}/{lost['id']}")).status_code == 204
    assert len((await hubspot.get(path)).json()["results"]) == 2


async def test_a_pipeline_can_be_renamed_and_replaced(hubspot, renewal):
    path = f"{DEALS}/{renewal['id']}"
    assert (await hubspot.patch(path, json={"label": "Again"})).json()["label"] == "Again"
    whole = {"label": "Whole", "displayOrder": 3, "stages": [{**STAGES[0], "stageId": renewal["stages"][0]["id"]}]}
    replaced = (await hubspot.put(path, json=whole)).json()
    assert [stage["id"] for stage in replaced["stages"]] == [renewal["stages"][0]["id"]]
    assert (await hubspot.patch(path, json={"label": 7})).status_code == 400


async def test_the_last_pipeline_stays_and_objects_without_any_take_none(hubspot):
    assert (await hubspot.delete(f"{DEALS}/default")).status_code == 400
    assert (await hubspot.post("/crm/v3/pipelines/notes", json={"label": "x", "stages": STAGES})).status_code == 400
