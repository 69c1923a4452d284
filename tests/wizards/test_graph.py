"""A wizard's container as a graph: arrows with their ids and buttons, ways, and what does not fit together."""

from console.wizards.facts import Facts
from console.wizards.findings import check
from console.wizards.graph import Viewer, WizardGraph
from crm_client.wizards import Wizard
from tests.wizards.samples import demo_wizard, documented, made, screen_id


def graph_of(raw: dict) -> WizardGraph:  # type: ignore[type-arg]
    return WizardGraph.of(Wizard.from_api(raw).containers[0])


def codes(raw: dict) -> list[str]:  # type: ignore[type-arg]
    wizard = Wizard.from_api(raw)
    return [item.code for item in check(wizard, wizard.containers[0], Facts()).findings]


def test_the_documented_wizard_is_three_screens_with_two_arrows_and_its_exact_ids() -> None:
    graph = graph_of(documented("wizard-detail"))
    assert list(graph.places) == ["2423488000000709018", "2423488000000709020", "2423488000000709022"]
    assert [(step.connection_id, step.source, step.target) for step in graph.steps] == [
        ("2423488000000709080", "2423488000000709018", "2423488000000709020"),
        ("2423488000000709082", "2423488000000709020", "2423488000000709022"),
    ]
    assert [button.id for step in graph.steps for button in step.buttons] == [
        "2423488000000709038", "2423488000000709056",
    ]  # fmt: skip
    assert graph.starts == ["2423488000000709018"]
    assert graph.saves == ["2423488000000709022"]
    way = graph.ways_to_save().ways[0]
    assert [graph.by_step[step].connection_id for step in way] == ["2423488000000709080", "2423488000000709082"]


def test_two_buttons_between_the_same_screens_share_one_arrow() -> None:
    graph = graph_of(made({"A": ["B", "B"], "B": ["save"]}, arrows=[("A", "B")]))
    assert len(graph.steps) == 1
    assert len(graph.steps[0].buttons) == 2


def test_an_arrow_without_a_button_leads_nobody_anywhere() -> None:
    raw = made({"A": ["save"], "B": ["save"]}, arrows=[("A", "B")])
    assert screen_id("B") not in graph_of(raw).reached
    assert sorted(codes(raw)) == ["unreachable", "unused-arrow"]


def test_a_button_whose_arrow_is_missing_still_leads_on() -> None:
    raw = made({"A": ["B"], "B": ["save"]}, arrows=[])
    assert graph_of(raw).reached == {screen_id("A"): 0, screen_id("B"): 1}
    assert codes(raw) == ["missing-arrow"]


def test_presses_are_counted_from_the_start() -> None:
    graph = graph_of(made({"A": ["B", "C"], "B": ["C"], "C": ["D", "A"], "D": ["save"]}))
    assert graph.reached == {screen_id(label): n for label, n in (("A", 0), ("B", 1), ("C", 1), ("D", 2))}
    way = graph.way_to(screen_id("D"))
    assert way is not None
    assert [graph.label(step.target) for step in way] == ["C", "D"]


def test_going_back_is_not_asking_twice() -> None:
    screens = {"A": ["B", "C"], "B": ["D", "A"], "C": ["D", "A"], "D": ["save", "A"]}
    raw = made(screens, fields={"B": ["Email"], "C": ["Email"]})
    assert codes(raw) == []  # B and C are two branches; the Back buttons join them, no path does
    assert codes(made(screens, fields={"B": ["Email"], "D": ["Email"]})) == ["field-twice"]


def test_a_loop_with_a_way_out_is_no_fault_and_one_without_is() -> None:
    assert codes(made({"A": ["B"], "B": ["A", "C"], "C": ["save"]})) == []
    assert codes(made({"A": ["B", "save"], "B": ["C"], "C": ["B"]})) == ["endless-loop"]
    assert codes(made({"A": ["A"]})) == ["endless-loop"]


def test_paths_are_counted_without_exploding() -> None:
    width = 30  # 2^30 ways
    screens: dict[str, list[str]] = {}
    for n in range(width):
        screens |= {f"S{n}": [f"L{n}", f"R{n}"], f"L{n}": [f"S{n + 1}"], f"R{n}": [f"S{n + 1}"]}
    screens[f"S{width}"] = ["save"]
    raw = made(screens)
    for place, screen in enumerate(raw["containers"][0]["screens"]):  # ids by label would be cut to the same digits
        label = screen["display_label"]
        screen["id"] = str(1000 + place)
        ids = {name: str(1000 + n) for n, name in enumerate(screens)}
        for button in screen["segments"][1]["buttons"]:
            if "target_screen" in button:
                button["target_screen"]["id"] = ids[button["target_screen"]["name"]]
        assert ids[label] == screen["id"]
    for node in raw["containers"][0]["chart_data"]["nodes"]:
        node["screen"]["id"] = ids[node["screen"]["display_label"]]
    ways = graph_of(raw).ways_to_save()
    assert not ways.is_all
    assert len(ways.ways) == 200
    assert ways.count >= 200


def test_sales_people_see_fewer_ways_than_administrators() -> None:
    _, container = demo_wizard("Deal desk")
    approve = next(screen for screen in container.screens if screen.label == "Approval")
    profile = next(ref.id for ref in approve.buttons[0].profiles or [])
    everybody, administrator, sales = (
        WizardGraph.of(container, viewer) for viewer in (Viewer(), Viewer(profile=profile), Viewer(profile="1"))
    )

    def ways(graph: WizardGraph) -> int:
        return sum(len(step.buttons) for step in graph.steps)

    assert ways(everybody) == ways(administrator) == ways(sales) + 1


def test_brokers_of_the_portal_may_press_what_is_theirs() -> None:
    _, container = demo_wizard("Deal desk")
    save = next(button for screen in container.screens for button in screen.buttons if button.portal_user_types)
    broker = next(ref.id for ref in save.portal_user_types or [])
    assert Viewer(portal=broker).may_press(save)
    assert not Viewer(portal="4711").may_press(save)


def test_the_thirty_screens_of_a_loan_are_all_reached_by_thirty_paths() -> None:
    _, container = demo_wizard("Loan application")
    graph = WizardGraph.of(container)
    assert len(graph.reached) == len(container.screens) == 30
    ways = graph.ways_to_save()
    assert (ways.count, ways.is_all) == (30, True)
