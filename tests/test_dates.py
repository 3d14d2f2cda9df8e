"""When something was said: which words are dates, and what they come to on the day of publication."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.lexicon import load_lexicon
from sayso.qualify.dates import find_dates, find_hanging, resolve_date, resolve_dates

# 2016-07-27 is a Wednesday, and the day of the article in mind.
ON_A_WEDNESDAY = """
today                           2016-07-27
tonight                         2016-07-27
this morning                    2016-07-27
earlier today                   2016-07-27
yesterday                       2016-07-26
yesterday afternoon             2016-07-26
last night                      2016-07-26
tomorrow                        2016-07-28
the day before yesterday        2016-07-25
the day after tomorrow          2016-07-29
Monday                          2016-07-25
Monday night                    2016-07-25
late Monday                     2016-07-25
Wednesday                       2016-07-27
Thursday                        2016-07-21
last Wednesday                  2016-07-20
last Monday                     2016-07-25
next Wednesday                  2016-08-03
next Thursday                   2016-07-28
this Friday                     2016-07-29
this past Friday                2016-07-22
this coming Monday              2016-08-01
Friday of last week             2016-07-22
Monday of this week             2016-07-25
Tuesday next week               2016-08-02
Tuesday through Wednesday       2016-07-26 2016-07-27
two days ago                    2016-07-25
10 days ago                     2016-07-17
three days from now             2016-07-30
this week                       2016-07-25 2016-07-31
last week                       2016-07-18 2016-07-24
Last week                       2016-07-18 2016-07-24
next week                       2016-08-01 2016-08-07
earlier this week               2016-07-25 2016-07-31
the end of last week            2016-07-18 2016-07-24
this past week                  2016-07-18 2016-07-24
the past week                   2016-07-20 2016-07-27
the past three days             2016-07-24 2016-07-27
a week ago                      2016-07-18 2016-07-24
two weeks ago                   2016-07-11 2016-07-17
the week of July 4              2016-07-04 2016-07-10
the weekend                     2016-07-23 2016-07-24
last weekend                    2016-07-23 2016-07-24
next weekend                    2016-08-06 2016-08-07
the coming weekend              2016-07-30 2016-07-31
this month                      2016-07-01 2016-07-31
earlier this month              2016-07-01 2016-07-31
last month                      2016-06-01 2016-06-30
next month                      2016-08-01 2016-08-31
six months ago                  2016-01-01 2016-01-31
July                            2016-07-01 2016-07-31
February                        2016-02-01 2016-02-29
November                        2015-11-01 2015-11-30
early May                       2016-05-01 2016-05-31
the end of June                 2016-06-01 2016-06-30
last March                      2016-03-01 2016-03-31
last July                       2015-07-01 2015-07-31
next March                      2017-03-01 2017-03-31
this November                   2016-11-01 2016-11-30
July last year                  2015-07-01 2015-07-31
January of this year            2016-01-01 2016-01-31
July 25                         2016-07-25
Aug. 3                          2016-08-03
Aug. 28                         2015-08-28
Sept. 11                        2015-09-11
Feb. 29                         2016-02-29
November 20                     2015-11-20
Tuesday, Nov. 8                 2016-11-08
the 3rd of May                  2016-05-03
23 March of this year           2016-03-23
May 2-5                         2016-05-02 2016-05-05
2 to 5 May                      2016-05-02 2016-05-05
between 2 May and 5 May         2016-05-02 2016-05-05
July 25 through Aug. 3          2016-07-25 2016-08-03
Dec. 20 to Jan. 5               2015-12-20 2016-01-05
between January and June        2016-01-01 2016-06-30
this quarter                    2016-07-01 2016-09-30
last quarter                    2016-04-01 2016-06-30
the first half of last year     2015-01-01 2015-06-30
this year                       2016-01-01 2016-12-31
last year                       2015-01-01 2015-12-31
early next year                 2017-01-01 2017-12-31
the end of the year             2016-01-01 2016-12-31
ten years ago                   2006-01-01 2006-12-31
twenty-two years ago            1994-01-01 1994-12-31
the past year                   2015-07-27 2016-07-27
this summer                     2016-06-01 2016-08-31
last summer                     2015-06-01 2015-08-31
last winter                     2015-12-01 2016-02-29
this past spring                2016-03-01 2016-05-31
next spring                     2017-03-01 2017-05-31
the first Tuesday in November   2015-11-03
Fourth of July                  2016-07-04
last Christmas                  2015-12-25
Labor Day                       2015-09-07
next Thanksgiving               2016-11-24
Good Friday                     2016-03-25
Election Day                    2015-11-03
"""

WITHOUT_A_DATE_OF_PUBLICATION = """
July 27, 2016                   2016-07-27
Wednesday, July 27, 2016        2016-07-27
27 July 2016                    2016-07-27
27th of July, 2016              2016-07-27
July 27 , 2016                  2016-07-27
Sept. 11, 2001                  2001-09-11
2016-07-27                      2016-07-27
7/27/2016                       2016-07-27
27/7/2016                       2016-07-27
27.7.2016                       2016-07-27
July 2016                       2016-07-01 2016-07-31
February, 2016                  2016-02-01 2016-02-29
late May 2016                   2016-05-01 2016-05-31
2016-07                         2016-07-01 2016-07-31
2015                            2015-01-01 2015-12-31
early 2024                      2024-01-01 2024-12-31
the end of 2015                 2015-01-01 2015-12-31
2004 to 2009                    2004-01-01 2009-12-31
between 2014 and 2016           2014-01-01 2016-12-31
2015-16                         2015-01-01 2016-12-31
July 25-28, 2016                2016-07-25 2016-07-28
25 July to 3 August 2016        2016-07-25 2016-08-03
Dec. 20 to Jan. 5, 2016         2015-12-20 2016-01-05
November 2015 to March 2016     2015-11-01 2016-03-31
the spring of 2015              2015-03-01 2015-05-31
summer 2016                     2016-06-01 2016-08-31
the winter of 2014-15           2014-12-01 2015-02-28
the third quarter of 2015       2015-07-01 2015-09-30
Q2 2016                         2016-04-01 2016-06-30
the second half of 2015         2015-07-01 2015-12-31
the last three months of 2015   2015-10-01 2015-12-31
the week of July 18, 2016       2016-07-18 2016-07-24
the 1990s                       1990-01-01 1999-12-31
the late '80s                   1980-01-01 1989-12-31
the sixties                     1960-01-01 1969-12-31
Christmas Eve 2015              2015-12-24
Easter 2016                     2016-03-27
Memorial Day, 2016              2016-05-30
the last Monday in May 2016     2016-05-30
"""

ON_OTHER_DAYS = """
Friday             2016-07-29 2016-07-29             a Friday story means that day
last Friday        2016-07-29 2016-07-22
next Friday        2016-07-29 2016-08-05
Monday             2016-08-01 2016-08-01
this Monday        2016-07-29 2016-08-01             five days gone, so the one to come
this Friday        2016-07-30 2016-07-29
the weekend        2016-07-25 2016-07-23 2016-07-24  a Monday story means the two days before
the weekend        2016-07-30 2016-07-30 2016-07-31  it has begun
the weekend        2016-07-31 2016-07-30 2016-07-31
last weekend       2016-07-31 2016-07-23 2016-07-24
this weekend       2016-07-25 2016-07-23 2016-07-24
this weekend       2016-07-28 2016-07-30 2016-07-31
next weekend       2016-07-31 2016-08-06 2016-08-07
this week          2016-07-31 2016-07-25 2016-07-31  a week begins on Monday
last week          2016-07-31 2016-07-18 2016-07-24
December           2016-01-05 2015-12-01 2015-12-31
Dec. 30            2016-01-05 2015-12-30
Jan. 5             2015-12-20 2016-01-05             up to a month ahead
last month         2016-01-31 2015-12-01 2015-12-31
next month         2016-12-31 2017-01-01 2017-01-31
last quarter       2016-01-05 2015-10-01 2015-12-31
this winter        2017-01-10 2016-12-01 2017-02-28
last winter        2017-01-10 2015-12-01 2016-02-29
last fall          2016-01-10 2015-09-01 2015-11-30
Christmas          2016-01-10 2015-12-25
this January       2016-12-05 2017-01-01 2017-01-31
this Christmas     2017-01-10 2016-12-25
"""

OPEN = [
    "the day before",  # before what?
    "a week earlier",
    "two days later",
    "that day",
    "the same night",
    "the following week",
    "the Tuesday before",
    "the next Monday",
    "the last Monday",
    "a few weeks ago",
    "several years ago",
    "years ago",
    "nearly two years ago",
    "more than a week ago",
    "two or three days ago",
    "a year and a half ago",
    "a decade ago",
    "in recent weeks",
    "the next two weeks",
    "the first week of June",
    "the fall",
    "last spring",  # in July: this year's, or the one before
    "7/8/16",  # July or August
    "2010-11",  # a month or two years
    "the winter of 2016",
    "the 1900s",
    "February 30, 2016",
    "June 31",
    "Wednesday through Monday",
    "officials",
    "",
]

RELATIVE = ["Monday", "last week", "July", "July 4", "the weekend", "two days ago", "Christmas", "last year", "7/27/16"]


def rows(table: str) -> list[tuple[str, list[str]]]:
    """The words of each line, and the days beside them; what stands further right is for the reader."""
    parted = (re.split("  +", line) for line in table.splitlines() if line)
    return [(words, days.split()) for words, days, *_ in parted]


@pytest.mark.parametrize(("words", "days"), rows(ON_A_WEDNESDAY))
def test_in_a_story_of_wednesday_july_27_2016(words: str, days: list[str]) -> None:
    assert resolve_date(words, "2016-07-27") == (days[0], days[-1])


@pytest.mark.parametrize(("words", "days"), rows(WITHOUT_A_DATE_OF_PUBLICATION))
@pytest.mark.parametrize("published", [None, "1999-01-01", "2016-07-27T23:59:59+02:00"])
def test_full_in_itself(words: str, days: list[str], published: str | None) -> None:
    assert resolve_date(words, published) == (days[0], days[-1])


@pytest.mark.parametrize(("words", "days"), rows(ON_OTHER_DAYS))
def test_on_other_days(words: str, days: list[str]) -> None:
    published, *expected = days
    assert resolve_date(words, published) == (expected[0], expected[-1])


@pytest.mark.parametrize("words", OPEN)
def test_what_the_words_leave_open_stays_open(words: str) -> None:
    assert resolve_date(words, "2016-07-27") is None


@pytest.mark.parametrize("words", OPEN[: OPEN.index("the 1900s") + 1])
def test_what_stays_open_is_found(words: str) -> None:
    text = f"It was so in {words.removeprefix('in ')}."
    assert [span.of(text) for span in find_dates(text)] == [words.removeprefix("in ")]


@pytest.mark.parametrize("words", RELATIVE)
@pytest.mark.parametrize("published", [None, "", "last week", "2016", "2016-02-30"])
def test_nothing_relative_without_a_date_of_publication(words: str, published: str | None) -> None:
    assert resolve_date(words, published) is None


def test_only_the_day_of_a_time_of_publication_counts() -> None:
    assert resolve_date("Wednesday", "2016-07-27T08:15:00Z") == ("2016-07-27", "2016-07-27")


@pytest.mark.parametrize("words", ["on Monday", "On  Monday,", "Monday’s", "“Monday”", "MONDAY", "since Monday"])
def test_words_come_as_they_stand_in_the_text(words: str) -> None:
    assert resolve_date(words, "2016-07-27") == ("2016-07-25", "2016-07-25")


FOUND = [
    "Ruiz said on [Monday] that the bridge would open by [the end of June].",
    "She spoke [Tuesday night] and again [early Wednesday].",
    "[Last week], Mr Hale said he would; [earlier this month] he would not.",
    "The bill of [Aug. 3] was signed [August 3, 2016], or on [3 August 2016].",
    "([Friday, July 21, 2017]) The team won [yesterday].",
    "He quit in [July] and was back in [early 2024].",
    "In [2015] or [two years ago], it was so.",
    "They met [two days ago], [nearly two years ago] and [a few weeks ago].",
    "It was signed on [Thursday] and [Friday].",
    "It was open [between 2 May and 5 May], then [July 25-28].",
    "Sales fell in [the spring of 2015] and in [the third quarter of 2016].",
    "The report of [2016-07-27] was sent [the day before].",
    "[A week earlier] she had flown home for [the weekend].",
    "The ban held from [2004 to 2009], in [the 1960s] and in a [2011] interview.",
    "It was said that [Friday]’s vote was off.",
    "Her last speech, at [last year]’s fair, was in [last\nweek]'s paper.",
    # Names of months that are also words and names of people.
    "In [May], Theresa May met Mr. March; [the end of May] came.",
    "He may march in [March], and in [April] and [June].",
    "Since [June], the [May] election and the [April] debate were all she spoke of.",
    "As early as [March], and as of [August 2016], it was so.",
    "It will be ready by [May].",
    "Theresa May won. It was said by May, not by April Ryan.",
    "April Jones and June Carter saw an august body of men on the March.",
    "May God help them; they may, in time.",
    "Mr. March said August Wilson was late.",
    # Not every figure is a year.
    "In [2015], 2000 people paid $2016 for 1,999 seats at 1945 GMT.",
    "Nearly 2000 came down Route 1930 in [2012]. It cost 2,015 pounds.",
    "The [2016] election was the first since [1992].",
    # Every Monday is no Monday.
    "Every Monday and each July, on Sundays, on a Friday, he fished.",
    # Names.
    "She told “Today” and the “This Week” show [today].",
    "See www.today.com/monday or write to @Today.",
]


@pytest.mark.parametrize("marked", FOUND)
def test_found_in_its_sentence(marked: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    found = find_dates(text)
    for span in reversed(found):
        text = f"{text[: span.start]}[{span.of(text)}]{text[span.end :]}"
    assert text == marked


@pytest.mark.parametrize("words", [words for words, _ in rows(ON_A_WEDNESDAY + WITHOUT_A_DATE_OF_PUBLICATION)])
def test_what_can_be_resolved_is_found_whole(words: str) -> None:
    text = f"It was said in {words}, they said."
    assert [span.of(text) for span in find_dates(text)] == [words]


@pytest.mark.parametrize("row", load_lexicon().tables["date_holidays"], ids=lambda row: row["holiday"])
def test_a_holiday_is_found_in_its_example(row: dict[str, str]) -> None:
    example = row["example"]
    assert row["holiday"].removeprefix("the ") in [span.of(example) for span in find_dates(example)]
    assert resolve_date(row["holiday"], "2016-07-27") is not None


@pytest.mark.parametrize("row", load_lexicon().tables["date_lookalikes"], ids=lambda row: row["phrase"])
def test_a_lookalike_is_no_date_in_its_example(row: dict[str, str]) -> None:
    assert row["phrase"] in row["example"]
    assert find_dates(row["example"]) == []


@pytest.mark.parametrize("row", load_lexicon().tables["date_numbers"], ids=lambda row: row["word"])
def test_a_word_beside_a_number_shows_that_it_is_no_year(row: dict[str, str]) -> None:
    text = f"There were 2000 {row['word']}." if row["place"] == "after" else f"It was {row['word']} 2000."
    assert find_dates(text) == []


# What hangs on the date before it: the last words in brackets, and the days that they come to.
IN_TURN = [
    ("The council met on [Monday]. Ruiz left [that night].", "2016-07-25"),
    ("The council met on [Monday]. [The same day] Ruiz left.", "2016-07-25"),
    ("Hale quit on [Friday]. [The next day] he was back.", "2016-07-23"),
    ("The mill burned on [July 9]. [Two days later] Hale quit.", "2016-07-11"),
    ("She spoke on [Tuesday]; [a day earlier], she would not.", "2016-07-25"),
    ("He won in [September]. [The following month], he quit.", "2015-10-01 2015-10-31"),
    ("The ban came in [2011]. [At the time], Ruiz called it a mistake.", "2011-01-01 2011-12-31"),
    ("Ruiz spoke on [Tuesday night]. [Earlier in the day] Hale had called.", "2016-07-26"),
    ("She was asked on [Tuesday] about the tolls, and [the day before].", "2016-07-25"),
    ("It was so in [2011]. On [that day] it was not.", ""),  # which day of 2011?
    ("He won on [July 9]. [The day after] the vote he quit.", ""),  # the day of the vote is not told
    ("He won on [July 9]. Over [the next month] he will travel.", ""),  # from today
    ("On [that day] he came.", ""),
]


@pytest.mark.parametrize(("marked", "days"), IN_TURN)
def test_what_hangs_on_the_date_before_it(marked: str, days: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    spans = sorted([*find_dates(text), *find_hanging(text)], key=lambda span: span.start)
    marks = [part.split("]")[0] for part in marked.split("[")[1:]]
    assert [span.of(text) for span in spans] == marks
    wanted = days.split()
    assert resolve_dates(text, spans, "2016-07-27")[-1] == ((wanted[0], wanted[-1]) if wanted else None)


def test_at_the_time_of_something_is_no_time_that_was_named() -> None:
    assert find_hanging("He was mayor at the time of the fire, and at that time when it rained.") == []


def test_holidays_that_move() -> None:
    days = {resolve_date("Easter", f"{year}-12-01") for year in (2008, 2011, 2019, 2024)}
    assert {day[0] for day in days if day} == {"2008-03-23", "2011-04-24", "2019-04-21", "2024-03-31"}
    assert resolve_date("Thanksgiving 2019", None) == ("2019-11-28", "2019-11-28")
    assert resolve_date("Election Day 2016", None) == ("2016-11-08", "2016-11-08")


def test_a_blank_line_ends_an_expression() -> None:
    text = "It closed in May\n\n2016 was worse. Last\n\nweek it rained."
    assert [span.of(text) for span in find_dates(text)] == ["May", "2016"]


def test_offsets_hold_where_lower_case_is_longer() -> None:
    text = "İİİ said on Monday"
    assert [span.of(text) for span in find_dates(text)] == ["Monday"]


def test_only_what_lies_inside_the_borders() -> None:
    text = "On Monday, on Tuesday, in 2015, on Friday"
    assert [span.of(text) for span in find_dates(text, 9, 32)] == ["Tuesday", "2015"]
    assert find_dates(text, 4, 22) == [s for s in find_dates(text) if s.of(text) == "Tuesday"]
    assert find_dates("in 20155"[:8], 0, 7) == []
    assert find_dates(text, -5, 999) == find_dates(text)
    assert find_dates(text, 30, 20) == []


WORDS = """
the of in on a last next this past Monday Friday, May March 3 31 5th 2016 2015-16 7/8/16 2016-07-27 week weeks day
months ago before early late end first quarter summer ’90s 1990s between and to - – Christmas İ two few '
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n\n"])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map(" ".join))
PUBLISHED = st.one_of(st.none(), st.text(max_size=12), st.dates().map(date.isoformat))


@given(TEXTS, st.integers(-3, 40), st.one_of(st.none(), st.integers(-3, 90)))
def test_spans_lie_in_the_text_in_order(text: str, start: int, end: int | None) -> None:
    at = max(start, 0)
    for span in find_dates(text, start, end):
        assert at <= span.start < span.end <= (len(text) if end is None else min(end, len(text)))
        at = span.end


@given(TEXTS, PUBLISHED)
def test_whatever_the_words_nothing_is_raised(text: str, published: str | None) -> None:
    for words in [text, *(span.of(text) for span in find_dates(text))]:
        if days := resolve_date(words, published):
            assert date.fromisoformat(days[0]) <= date.fromisoformat(days[1])
    for found in resolve_dates(text, find_dates(text), published):
        assert found is None or date.fromisoformat(found[0]) <= date.fromisoformat(found[1])
