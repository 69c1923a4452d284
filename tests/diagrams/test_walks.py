"""Ways through a graph: an admin asks what is reached, how, and what cannot be avoided."""

import random
from itertools import pairwise

from console.diagrams.model import Arrow
from console.diagrams.walks import Graph, islands


def graph(text: str) -> Graph[Arrow]:
    """ "a-b b-c" -> a graph whose arrows are called like that."""
    arrows = [Arrow(word, word.partition("-")[0], word.partition("-")[2]) for word in text.split()]
    return Graph(dict.fromkeys(end for arrow in arrows for end in (arrow.source, arrow.target)), arrows)


def test_reaching_is_reachable_read_backwards() -> None:
    ways = graph("a-b b-c c-b d-c e-e")
    assert ways.reachable(["a"]) == {"a", "b", "c"}
    assert ways.reaching(["b"]) == {"a", "b", "c", "d"}
    assert ways.reachable(["gone"]) == set()


def test_distances_count_presses() -> None:
    assert graph("a-b b-c a-c c-d d-a").distances(["a"]) == {"a": 0, "b": 1, "c": 1, "d": 2}


def test_the_shortest_way_is_named_by_its_arrows() -> None:
    ways = graph("a-b b-c c-d a-c d-a x-a")
    assert ways.shortest(["a"], "d") == ["a-c", "c-d"]
    assert ways.shortest(["a"], "a") == []
    assert ways.shortest(["a"], "x") is None
    assert ways.shortest(["gone"], "d") is None


def test_all_ways_visit_no_screen_twice_and_come_shortest_first() -> None:
    found = graph("a-b b-a a-c b-c c-b c-d b-d d-a").paths("a", ["d"])
    assert found.is_all
    assert found.count == 4
    assert found.ways == sorted(found.ways, key=len)
    assert {tuple(way) for way in found.ways} == {
        ("a-b", "b-d"),
        ("a-c", "c-d"),
        ("a-b", "b-c", "c-d"),
        ("a-c", "c-b", "b-d"),
    }


def test_a_start_that_saves_has_the_empty_way() -> None:
    assert graph("a-b b-a").paths("a", ["a"]).ways == [[]]
    assert graph("a-b").paths("b", ["a"]).count == 0


def test_a_way_may_pass_one_save_on_its_way_to_another() -> None:
    assert graph("a-b b-c").paths("a", ["b", "c"]).ways == [["a-b"], ["a-b", "b-c"]]


def test_counting_ways_ends_even_where_there_are_billions() -> None:
    crowd = [f"n{one}-n{two}" for one in range(20) for two in range(20) if one != two]
    found = graph(" ".join(crowd)).paths("n0", ["n19"], most=50, effort=20_000)
    assert not found.is_all
    assert len(found.ways) == 50
    assert found.count > 50


def test_dead_ends_cost_no_effort() -> None:
    fan = [f"a-x{number}" for number in range(50)] + [f"x{one}-x{two}" for one in range(50) for two in range(50)]
    found = graph(" ".join([*fan, "a-b", "b-s"])).paths("a", ["s"], effort=200)
    assert (found.count, found.is_all) == (1, True)


def test_loops_are_found_with_all_their_screens() -> None:
    ways = graph("a-b b-c c-b c-d d-d d-e e-f f-e")
    assert ways.loops() == [["b", "c"], ["d"], ["e", "f"]]
    assert [part for part in ways.components() if len(part) == 1] == [["d"], ["a"]]


def test_a_component_comes_after_those_it_leads_to() -> None:
    made = random.Random(4)
    text = " ".join(f"{made.randrange(30)}-{made.randrange(30)}" for _ in range(45))
    ways = graph(text)
    parts = ways.components()
    place = {key: number for number, part in enumerate(parts) for key in part}
    assert sorted(key for part in parts for key in part) == sorted(ways.ids)
    assert all(place[arrow.target] <= place[arrow.source] for arrow in ways.arrows)
    for part in parts:
        assert all(set(part) <= ways.reachable([key]) for key in part)


def test_dominators_are_what_no_way_avoids() -> None:
    made = random.Random(7)
    for _ in range(30):
        ways = graph(" ".join(f"{made.randrange(9)}-{made.randrange(9)}" for _ in range(14)))
        start = ways.ids[0]
        above = ways.dominators(start)
        assert set(above) == ways.reachable([start])
        for key in above:
            chain = []
            step = above[key]
            while step is not None:
                chain.append(step)
                step = above[step]
            unavoidable = {
                other
                for other in above
                if other != key
                and (
                    other == start
                    or key not in Graph([i for i in ways.ids if i != other], ways.arrows).reachable([start])
                )
            }
            assert set(chain) == unavoidable


def test_a_chain_of_a_hundred_thousand_is_no_danger() -> None:
    count = 100_000
    arrows = [Arrow(str(one), str(one), str(two)) for one, two in pairwise(range(count))]
    ways = Graph(map(str, range(count)), arrows)
    assert len(ways.components()) == count
    assert ways.dominators("0")[str(count - 1)] == str(count - 2)
    assert ways.paths("0", [str(count - 1)], effort=10**6).count == 1


def test_islands_keep_the_given_order() -> None:
    arrows = [Arrow("1", "d", "b"), Arrow("2", "c", "gone")]
    assert islands(["a", "b", "c", "d"], arrows) == [["a"], ["b", "d"], ["c"]]
