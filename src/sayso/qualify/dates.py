"""When something was said: the words that name a day, a week, a month or a year, and what they come to.

Dates are read as newspapers write them: "on Friday" in Friday's paper is that same day, "in July" is the
July that came last. What the words leave open stays open: a month is a month, and no day is made up for it.

One grammar serves both to find such words and to read them. It is written in lower case, in regular
expressions without nested repetition, and a short list of first words is looked at before all else: a long
text costs one pass of a compiled expression, and few of its words get beyond their first letters.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from sayso.lexicon import load_lexicon
from sayso.model import Span

Range = tuple[date, date]
Groups = Mapping[str, str | None]
Resolver = Callable[[Groups, date | None], Range | None]

_LONGEST = 120  # code points; the longest expression the grammar knows is a range of two full dates
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIRST_MONTH = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}  # as weather services count
_LOWER_WORDS = frozenset({"may", "march", "august"})  # in lower case: a verb, a walk, "an august body"
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "a hundred": 100,
}  # fmt: skip
_NUMBERS |= {
    f"{ten}-{one}": _NUMBERS[ten] + _NUMBERS[one]
    for ten in ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    for one in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_LAST = ("last", "final")
_DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_TURN = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """The words that name a day, part of a day, week, weekend, month, season, quarter, year or range.

    Between `start` and `end`, in the order of the text; what stands around them may be looked at. Words that
    hang on another date ("the day before") or stay vague ("a few weeks ago") are found too, though they do
    not resolve. Times of day, and how long something took, are not looked for.
    """
    start, end = max(start, 0), len(text) if end is None else min(end, len(text))
    if start >= end:
        return []
    spans: list[Span] = []
    folded = _folded(text[start:end])
    if not _opening().search(folded):
        return []  # without the finder, which takes a tenth of a second to compile: a question seldom has a date
    search = _finder().search
    is_person = cache(lambda month: _person_called(month, text, start, end))
    match = search(folded)
    while match:
        found = Span(start + match.start(), start + match.end())
        if _cut(text, found, start, end) or not _is_date(text, found, spans[-1] if spans else None, is_person):
            match = search(folded, match.start() + 1)  # "said that Friday's vote": not "that Friday", but Friday
            continue
        free = max(start, found.start - _AROUND, spans[-1].end if spans else 0)
        if match[0].endswith(" ago") and (hedge := _HEDGE.search(text, free, found.start)):
            found = Span(hedge.start(), found.end)
        spans.append(found)
        match = search(folded, match.end())
    return spans


def find_hanging(text: str) -> list[Span]:
    """The words for a time that was named before, and that are no date by themselves: "at the time"."""
    return [Span(*found.span()) for found in _HANGING_ALONE.finditer(text)]


_HANGING_ALONE = re.compile(
    r"\b(?:at\s{1,3}(?:the|that)\s{1,3}time(?!\s{1,3}(?:of|when|that)\b)|(?:early|earlier|late|later)\s{1,3}in\s{1,3}the\s{1,3}day)\b",
    re.IGNORECASE,
)


def resolve_date(words: str, published: str | None) -> tuple[str, str] | None:
    """The first and last day that some words name, inclusive, as seen on the day of publication.

    A full date and a year need no publication date; all else is None without one. So is what the words leave
    open: "the day before", "a few weeks ago", "nearly two years ago", "7/8/07".
    """
    if len(words) > _LONGEST:
        return None
    plain = _plain(words)
    try:
        found = _read(plain, _day(published))
    except (ValueError, OverflowError):  # "February 30", "last year" in the year 1
        return None
    if found is None or found[0] > found[1]:
        return None
    return found[0].isoformat(), found[1].isoformat()


def resolve_dates(text: str, spans: Sequence[Span], published: str | None) -> list[tuple[str, str] | None]:
    """The first and last day of each expression of a text, in its order: as resolve_date has it, or, for words that
    hang on another date ("that day", "a month later"), counted from the date before them, where that is as fine."""
    found: list[tuple[str, str] | None] = []
    last: tuple[str, str] | None = None
    for span in spans:
        days = resolve_date(span.of(text), published)
        if days is None and last is not None:
            left, right = text[max(0, span.start - _AROUND) : span.start], text[span.end : span.end + _AROUND]
            days = _counted_from(last, left, span.of(text), right)
        found.append(days)
        last = days or last
    return found


def _counted_from(last: tuple[str, str], left: str, words: str, right: str) -> tuple[str, str] | None:
    """What words come to that hang on the date before them; None where an event follows ("the day after the vote"),
    and where they may count from today ("over the next month")."""
    plain = _plain(words)
    match = next((m for pattern in _hanging() if (m := pattern.fullmatch(plain))), None)
    if match is None or (plain.endswith(_ENDS_IN_EVENT) and right.lstrip()[:1] not in _STOPS):
        return None
    groups = match.groupdict()
    if groups.get("way") == "next" and _last_word(left) in _AHEAD_OF:
        return None
    unit, way = groups.get("unit") or "day", groups.get("way") or ""
    count = _count(groups.get("count") or "one")
    if "time" in groups:
        return last
    if count is None or unit == "decade":
        return None
    weeks = 2 if unit == "fortnight" else 1
    turn = weeks * count * (-1 if way in _BACK else 1 if way else 0)
    try:
        first, end = (_unit(date.fromisoformat(day), unit, turn) for day in last)
    except (ValueError, OverflowError):
        return None
    return (first[0].isoformat(), first[1].isoformat()) if first == end else None


def _read(plain: str, published: date | None) -> Range | None:
    bare = _PREPOSITION.sub("", plain, count=1)
    for words in dict.fromkeys((plain, bare, f"the {bare}", bare.removesuffix("'s"))):
        for pattern, resolver in GRAMMAR:
            if match := _rule(pattern).fullmatch(words):
                return resolver(match.groupdict(), published)
    return None


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


# What each kind of words comes to.


def _same(day: date) -> Range:
    return day, day


def _week(day: date) -> Range:
    monday = day - timedelta(day.weekday())
    return monday, monday + timedelta(6)


def _month(year: int, month: int) -> Range:
    """A month, counted on past December where it must: (2016, 13) is January 2017."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _year(year: int) -> Range:
    return date(year, 1, 1), date(year, 12, 31)


def _months_of(year: int, first: int, count: int) -> Range:
    """So many months on from one, which may lie before January or after December."""
    return _month(year, first)[0], _month(year, first + count - 1)[1]


def _season(year: int, season: str) -> Range:
    """A winter is counted to the year in which it begins."""
    return _months_of(year, _FIRST_MONTH[season], 3)


def _unit(day: date, unit: str, turn: int) -> Range:
    """The week, month … so many further on, or back, from the one that holds a day."""
    if unit == "day":
        return _same(day + timedelta(turn))
    if unit in ("week", "fortnight"):
        return _week(day + timedelta(7 * turn))
    if unit == "month":
        return _month(day.year, day.month + turn)
    if unit == "quarter":
        return _months_of(day.year, (day.month - 1) // 3 * 3 + 1 + 3 * turn, 3)
    return _year(day.year + turn)


def _months_away(day: date, months: int) -> date:
    """The same day of another month, or its last day where it has no such day."""
    first, last = _month(day.year, day.month + months)
    return min(first + timedelta(day.day - 1), last)


def _turn(groups: Groups, name: str = "turn") -> int | None:
    """Minus one for "last", zero for "this", one for "next"; None where the words have no such word."""
    word = groups.get(name)
    return None if word is None else _TURN[word.split()[-1]]


def _year_of(groups: Groups, published: date | None) -> int | None:
    """The year that the words give, as a figure or as "last year"."""
    if figure := groups.get("year"):
        return int(figure)
    turn = _turn(groups, "year_turn")
    return None if turn is None or published is None else published.year + turn


def _number(of: str | None, names: tuple[str, ...]) -> int | None:
    return names.index(of[:3]) if of else None


def _month_number(groups: Groups, name: str = "month") -> int:
    return _MONTHS.index((groups[name] or "")[:3]) + 1


def _day_number(groups: Groups, name: str = "day") -> int:
    return int((groups[name] or "").rstrip("strndh"))


def _yearly(on: Callable[[int], date], published: date, turn: int | None, weekday: int | None = None) -> Range | None:
    """A day that comes once a year: that of the last eleven months, or of the one ahead.

    A weekday beside it ("Tuesday, Nov. 8") can show that another year is meant.
    """
    days = list(_each(on, range(published.year - 1, published.year + 2)))
    if turn == -1:
        days = [d for d in days if d < published][-1:]
    elif turn == 1:
        days = [d for d in days if d > published][:1]
    elif turn == 0:
        days = sorted(days, key=lambda d: abs(d - published))[:1]
    else:
        near = [d for d in days if _months_away(published, -11) < d <= _months_away(published, 1)]
        fit = [d for d in days if d.weekday() == weekday]
        days = fit if len(fit) == 1 else near
    return _same(days[0]) if days else None


def _each(on: Callable[[int], date], years: range) -> Iterator[date]:
    for year in years:
        try:
            yield on(year)
        except ValueError:  # February 29
            continue


def _calendar_day(groups: Groups, published: date | None) -> Range | None:
    """A day of a month, as in "July 27, 2016", "the 27th of July last year", "Wednesday, July 27"."""
    month, day = _month_number(groups), _day_number(groups)
    year = _year_of(groups, published)
    if year is not None:
        return _same(date(year, month, day))
    if published is None:
        return None
    return _yearly(lambda y: date(y, month, day), published, None, _number(groups.get("weekday"), _WEEKDAYS))


def _figures(groups: Groups, published: date | None) -> Range | None:
    """A day all in figures: "2016-07-27", "27.7.2016", "7/27/16"; "7/8/16" is July to some and August to others."""
    first, second, year = int(groups["a"] or 0), int(groups["b"] or 0), int(groups["year"] or 0)
    if len(groups["year"] or "") == 2:
        if published is None:
            return None
        century = published.year - published.year % 100
        year += century if century + year <= published.year + 20 else century - 100
    if groups["mark"] != "/":
        return _same(date(year, first, second) if groups["mark"] == "-" else date(year, second, first))
    if min(first, second) <= 12 < max(first, second) or first == second:
        return _same(date(year, *sorted((first, second))))
    return None


def _month_of(groups: Groups, published: date | None) -> Range | None:
    """A month, with its year or without: the one that came last, or is; "this November" is the nearest."""
    month, year = _month_number(groups), _year_of(groups, published)
    if year is not None:
        return _month(year, month)
    if published is None:
        return None
    turn = _turn(groups)
    year = published.year
    if turn == 1:
        year += month <= published.month
    elif turn == -1:
        year -= month >= published.month
    elif turn == 0:
        year += (published.month - month > 6) - (month - published.month > 6)
    else:
        year -= month > published.month
    return _month(year, month)


def _weekday_of(groups: Groups, published: date | None) -> Range | None:
    """A weekday: "Friday" is today or the latest; "last Friday" is before today, "next Friday" after it.

    "This Friday" is the one of this week, unless that has been gone for more than three days.
    """
    weekday = _number(groups["weekday"], _WEEKDAYS)
    if published is None or weekday is None:
        return None
    ahead = weekday - published.weekday()
    week, turn = _turn(groups, "week"), _turn(groups)
    if week is not None:
        days = ahead + 7 * week
    elif turn is None:
        days = -(-ahead % 7)
    elif turn == -1:
        days = -(-ahead % 7 or 7)
    elif turn == 1:
        days = ahead % 7 or 7
    else:
        days = ahead if ahead >= -3 else ahead + 7
    return _same(published + timedelta(days))


def _weekdays(groups: Groups, published: date | None) -> Range | None:
    """Two weekdays, as in "Tuesday through Thursday": only where both, read one by one, are in that order."""
    first = _weekday_of({"weekday": groups["weekday"]}, published)
    last = _weekday_of({"weekday": groups["weekday2"]}, published)
    return (first[0], last[1]) if first and last else None


def _weekend(groups: Groups, published: date | None) -> Range | None:
    """A Saturday and Sunday: "the weekend" is the latest that has begun, "last weekend" the latest that is over.

    "This weekend" is the nearest: until Wednesday, the one before. "Next weekend" is that of next week.
    """
    if published is None:
        return None
    turn, begun = _turn(groups), -((published.weekday() + 2) % 7)
    if turn == -1:
        days = begun - 7 if published.weekday() >= 5 else begun
    elif turn == 0:
        days = begun + 7 if published.weekday() in (3, 4) else begun
    elif turn == 1:
        coming = (groups["turn"] or "").endswith("coming") or published.weekday() >= 5
        days = begun + (7 if coming else 14)
    else:
        days = begun
    saturday = published + timedelta(days)
    return saturday, saturday + timedelta(1)


def _near_day(groups: Groups, published: date | None) -> Range | None:
    """A day counted from today: "last night", "the day before yesterday"."""
    days = {"tomorrow": 1, "yesterday": -1, "last": -1, "after tomorrow": 2, "before yesterday": -2}
    return _same(published + timedelta(days.get(groups["near"] or "", 0))) if published else None


def _week_with(groups: Groups, published: date | None) -> Range | None:
    """The week that holds a day: "the week of July 18"."""
    day = _calendar_day(groups, published)
    return _week(day[0]) if day else None


def _unit_of(groups: Groups, published: date | None) -> Range | None:
    """A whole week, month, quarter or year: "last week", "earlier this month", "the end of the year"."""
    return _unit(published, groups["unit"] or "", _turn(groups) or 0) if published else None


def _ago(groups: Groups, published: date | None) -> Range | None:
    """So many units back, at the grain of the unit: "two days ago" is a day, "a week ago" a week."""
    count = _count(groups["count"])
    if published is None or count is None or groups["unit"] == "decade":
        return None
    weeks = 2 if groups["unit"] == "fortnight" else 1
    return _unit(published, groups["unit"] or "", count * weeks * (1 if groups["way"] == "from now" else -1))


def _up_to_now(groups: Groups, published: date | None) -> Range | None:
    """So far back from the day of publication, and that day: "the past three days", "the past year"."""
    count, unit = _count(groups["count"] or "one"), groups["unit"] or ""
    if published is None or count is None:
        return None
    if unit in ("day", "week", "fortnight"):
        return published - timedelta(count * {"day": 1, "week": 7, "fortnight": 14}[unit]), published
    return _months_away(published, -count * {"month": 1, "year": 12, "decade": 120}[unit]), published


def _count(words: str | None) -> int | None:
    words = (words or "").strip()
    return int(words) if words.isdecimal() else _NUMBERS.get(words)


def _season_of(groups: Groups, published: date | None) -> Range | None:
    """A season: "last summer" is the one before while one is running; soon after one, it may be either, and is None."""
    season, year = groups["season"] or "", _year_of(groups, published)
    if year is not None:
        if season != "winter":
            return _season(year, season)
        second = groups.get("second")  # "the winter of 2016" alone may begin or end in 2016
        return _season(year, season) if second and int(second[-2:]) == (year + 1) % 100 else None
    turn = _turn(groups)
    if published is None or turn is None:
        return None
    year = published.year - (season == "winter" and published.month < 7)
    first, last = _season(year, season)
    if turn and (groups["turn"] or "").split()[-1] in ("past", "coming"):
        year -= turn == -1 and last >= published
        year += turn == 1 and first <= published
    elif turn == -1 and last < published:
        if season != "winter":
            return None
    elif turn == 1 and first > published:
        return None
    else:
        year += turn
    return _season(year, season)


def _part_of_year(groups: Groups, published: date | None) -> Range | None:
    """A quarter or half of a year: "the third quarter of 2015", "the first half of last year", "Q2 2016"."""
    year, nth = _year_of(groups, published), groups["nth"] or ""
    if year is None:
        return None
    months = 6 if groups.get("part") == "half" else 3
    number = 12 // months if nth in _LAST else int(nth) if nth.isdecimal() else _ORDINALS[nth]
    return _months_of(year, months * (number - 1) + 1, months) if number * months <= 12 else None


def _weekday_in_month(groups: Groups, published: date | None) -> Range | None:
    """A weekday counted in its month: "the first Tuesday in November"."""
    month = _month_of(groups, published)
    if month is None:
        return None
    nth = 0 if groups["nth"] in _LAST else _ORDINALS[groups["nth"] or ""]
    return _same(_nth_weekday(month[0].year, month[0].month, _number(groups["weekday"], _WEEKDAYS) or 0, nth))


def _months_in_year(groups: Groups, published: date | None) -> Range | None:
    """The months at one end of a year: "the last three months of 2015"."""
    year, count = _year_of(groups, published), _count(groups["count"] or "one")
    if year is None or count is None or not 1 <= count <= 12:
        return None
    if groups["nth"] in _LAST:
        return _months_of(year, 13 - count, count)
    return _months_of(year, 1, count) if groups["nth"] == "first" else None


def _year_alone(groups: Groups, published: date | None) -> Range | None:
    year = _year_of(groups, published)
    return _year(year) if year else None


def _decade(groups: Groups, _: date | None) -> Range | None:
    """Ten years: "the 1960s", "the '60s"; "the 1900s" may be a hundred."""
    figure = groups.get("decade") or f"19{groups.get('short') or _DECADES.index(groups['word'] or '') * 10 + 20}"
    first = int(figure)
    return (date(first, 1, 1), date(first + 9, 12, 31)) if first % 100 else None


def _years(groups: Groups, _: date | None) -> Range | None:
    """Years from one to another: "2004 to 2009", "2015-16"; "2016-07" is a month, "2010-11" may be either."""
    first, last = int(groups["year"] or 0), groups["year2"] or ""
    if len(last) == 4:
        return _year(first)[0], _year(int(last))[1]
    month, season = 1 <= int(last) <= 12, int(last) > first % 100
    if month and not season:
        return _month(first, int(last))
    return (_year(first)[0], _year(first - first % 100 + int(last))[1]) if season and not month else None


def _from_to(groups: Groups, published: date | None) -> Range | None:
    """Days or months from one to another, where each end lends the other what it lacks: "May 2-5, 2016"."""
    month = _month_number(groups, "month" if groups["month"] else "month2")
    month2 = _month_number(groups, "month2") if groups["month2"] else month
    whole = groups.get("day") is None
    day, day2 = (1, 1) if whole else (_day_number(groups), _day_number(groups, "day2"))
    year, year2 = (int(y) if y else None for y in (groups["year"], groups["year2"]))
    turns = (month, day) > (month2, day2)  # of the year, between the two ends
    if year is None and year2 is not None:
        year = year2 - turns
    elif year is None:
        near = {"month": _MONTHS[month - 1], "day": str(day)}
        first = _month_of(near, published) if whole else _calendar_day(near, published)
        year = first[0].year if first else None
    if year is None or (turns and groups["month2"] is None):
        return None
    year2 = year + turns if year2 is None else year2
    if whole:
        return _month(year, month)[0], _month(year2, month2)[1]
    return date(year, month, day), date(year2, month2, day2)


def _holiday(groups: Groups, published: date | None) -> Range | None:
    """A day that has a name: "Christmas Eve", "last Thanksgiving", "Labor Day 2016"."""
    rule, year = _holidays()[groups["holiday"] or ""], _year_of(groups, published)
    if year is not None:
        return _same(_holiday_in(rule, year))
    return _yearly(lambda y: _holiday_in(rule, y), published, _turn(groups)) if published else None


def _holiday_in(rule: str, year: int) -> date:
    """The day of a rule as the table writes it: "12-25", "fourth thursday 11", "easter -2", "election"."""
    words = rule.split()
    if words[0] == "easter":
        return _easter(year) + timedelta(int(words[1]))
    if words[0] == "election":  # the Tuesday after the first Monday
        return _nth_weekday(year, 11, 0, 1) + timedelta(1)
    if len(words) == 1:
        month, day = words[0].split("-")
        return date(year, int(month), int(day))
    weekday = _WEEKDAYS.index(words[1][:3])
    return _nth_weekday(year, int(words[2]), weekday, 0 if words[0] == "last" else _ORDINALS[words[0]])


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The first is 1, the last is 0."""
    if nth == 0:
        last = _month(year, month)[1]
        return last - timedelta((last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _easter(year: int) -> date:
    """The Western Easter, by the rule of 1876 known as the anonymous Gregorian one."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    days = epact + weekday - 7 * shift + 114
    return date(year, days // 31, days % 31 + 1)


def _open(_: Groups, __: date | None) -> None:
    """Words that hang on another date, or name none: "the day before", "in recent weeks"."""


# The grammar. In a pattern, a space is any gap short of a blank line, and a word in capitals is one of _PARTS.

_PARTS = {
    "GAP": r"(?=\s)[^\S\n]{0,3}\n?[^\S\n]{0,3}",
    "HYPHEN": r"(?:-|GAP)",
    "COMMA": r"(?:\s?,\s?|GAP)",
    "WEEKDAY": r"(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    "DAYNAME": r"(?:WEEKDAY|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b\.?)",
    "MONTH": r"(?:january|february|march|april|may|june|july|august|september|october|november|december)",
    "SHORT": r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?",
    "ANYMONTH": r"(?:MONTH\b|SHORT)",
    "DAYNUMBER": r"(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?![0-9a-z]|[.,:][0-9]|%)",
    "FIGURE": r"(?:1[5-9]|20)[0-9]{2}(?![0-9]|[.,][0-9]|%)",
    "YEAR": r"(?P<year>FIGURE)",
    "THATYEAR": r"(?:COMMA(?:of )?YEAR|,?(?: of| in)? (?P<year_turn>last|this|next) year)",
    "DAYTIME": r"(?:morning|afternoon|evening|night|noon|midday)",
    "SEASON": r"(?:spring|summer|fall|autumn|winter)",
    "UNIT": r"(?:day|week|fortnight|month|year|decade)",
    "TURN": r"(?P<turn>last|next|this past|this coming|this|(?:the )?past|(?:the )?coming)",
    "EDGE": r"(?:(?:early|earlier|late|later|mid)HYPHEN(?:(?:in|on) )?"
    r"|(?:the )?(?:end|start|beginning|middle|close|rest|remainder|month) of )",
    "NUMBER": rf"(?:[0-9]{{1,3}}|{'|'.join(sorted(_NUMBERS, reverse=True))})",
    "VAGUE": r"(?:(?:a |the )?(?:few|couple(?: of)?|number of|handful of)|several|many|some|countless)",
    "NTH": r"(?P<nth>first|second|third|fourth|last|final)",
    "BEFORE": r"(?:earlier|later|before|after|afterwards?|previously|prior|beforehand)",
    "UNTIL": r"(?:\s?[-–]\s?| to | through | thru | until | till )",
}

_DATE = r"(?P<month>ANYMONTH) (?:the )?(?P<day>DAYNUMBER)(?:THATYEAR)?"
_DATE_DAY_FIRST = r"(?:the )?(?P<day>DAYNUMBER)(?: of)? (?P<month>ANYMONTH)(?:THATYEAR)?"
_DAY_BESIDE = r"(?:(?:last |this |next )?(?P<weekday>DAYNAME)(?: DAYTIME)?COMMA)?"
_ENDS = (
    (r"(?:DAYNAMECOMMA)?(?P<month>ANYMONTH) (?P<day>DAYNUMBER)(?:COMMAYEAR)?",
     r"(?:DAYNAMECOMMA)?(?:(?P<month2>ANYMONTH) )?(?P<day2>DAYNUMBER)(?:COMMA(?P<year2>FIGURE))?", _from_to),
    (r"(?:DAYNAMECOMMA)?(?:the )?(?P<day>DAYNUMBER)(?:(?: of)? (?P<month>ANYMONTH)(?:COMMAYEAR)?)?",
     r"(?:DAYNAMECOMMA)?(?:the )?(?P<day2>DAYNUMBER)(?: of)? (?P<month2>ANYMONTH)(?:COMMA(?P<year2>FIGURE))?",
     _from_to),
    (r"(?P<month>ANYMONTH)(?:COMMAYEAR)?", r"(?P<month2>ANYMONTH)(?:COMMA(?P<year2>FIGURE))?", _from_to),
    (r"(?P<weekday>WEEKDAY)", r"(?P<weekday2>WEEKDAY)", _weekdays),
    (r"YEAR", r"(?P<year2>FIGURE)", _years),
)  # fmt: skip

GRAMMAR: tuple[tuple[str, Resolver], ...] = (
    # Two ends before one, the full before the short: the first that fits is taken.
    *((f"{first}UNTIL{last}", resolver) for first, last, resolver in _ENDS),
    *((f"between {first} and {last}", resolver) for first, last, resolver in _ENDS),
    (r"(?P<year>[12][0-9]{3})(?P<mark>-)(?P<a>[0-9]{2})-(?P<b>[0-9]{2})(?![0-9])", _figures),
    (r"(?P<a>[0-9]{1,2})(?P<mark>/)(?P<b>[0-9]{1,2})/(?P<year>[12][0-9]{3}|[0-9]{2})(?![0-9/])", _figures),
    (r"(?P<a>[0-9]{1,2})(?P<mark>\.)(?P<b>[0-9]{1,2})\.(?P<year>[12][0-9]{3})(?![0-9.])", _figures),
    (r"YEAR[-–](?P<year2>[0-9]{2})(?![0-9])", _years),
    (rf"the week of {_DATE}", _week_with),
    (rf"the week of {_DATE_DAY_FIRST}", _week_with),
    (_DAY_BESIDE + _DATE, _calendar_day),
    (_DAY_BESIDE + _DATE_DAY_FIRST, _calendar_day),
    (r"(?:TURN )?(?P<holiday>HOLIDAY)(?:THATYEAR)?", _holiday),
    (r"(?:EDGE)?(?:TURN )?(?P<month>MONTH)(?:THATYEAR)?", _month_of),
    (r"(?:EDGE)?(?P<month>SHORT)THATYEAR", _month_of),
    (r"(?:the|that) WEEKDAY BEFORE", _open),
    (r"(?:EDGE)?(?:TURN )?(?P<weekday>WEEKDAY)(?:HYPHENDAYTIME)?(?:,?(?: of)? (?P<week>last|this|next) week)?",
     _weekday_of),
    (r"(?P<week>last|this|next) week,?(?: on)? (?P<weekday>WEEKDAY)", _weekday_of),
    (r"the day (?P<near>before yesterday|after tomorrow)", _near_day),
    (r"(?:EDGE)?(?P<near>today|tomorrow|yesterday|tonight)(?: DAYTIME)?", _near_day),
    (r"(?:EDGE)?(?P<near>this) (?:morning|afternoon|evening)", _near_day),
    (r"(?:EDGE)?(?P<near>last) (?:night|evening)", _near_day),
    (r"(?:EDGE)?(?:TURN |the )weekend", _weekend),
    (r"(?:the |this )?(?:past|last) (?P<count>NUMBER) (?P<unit>UNIT)s?(?! of\b)", _up_to_now),
    (r"this (?P<turn>past) (?P<unit>week)(?! of\b)", _unit_of),
    (r"(?:the (?:past|last)|this past) (?P<count>)(?P<unit>week|month|year|decade)(?! of\b)", _up_to_now),
    (r"(?:EDGE)?(?P<turn>last|this coming|this|next|the coming) (?P<unit>week|month|quarter|year)(?! of\b)", _unit_of),
    (r"EDGEthe (?P<unit>week|month|quarter|year)(?! of\b)", _unit_of),
    (r"(?:EDGE)?(?:the )?(?P<season>SEASON)(?: of|,)? YEAR(?:[-–/](?P<second>(?:20)?[0-9]{2}))?", _season_of),
    (r"(?:EDGE)?(?:the )?(?P<season>SEASON) of (?P<year_turn>last|this|next) year", _season_of),
    (r"(?:EDGE)?TURN (?P<season>SEASON)", _season_of),
    (r"(?:the )?(?P<nth>first|second|third|fourth|last|final|1st|2nd|3rd|4th)HYPHEN(?P<part>quarter|half)(?: of| in)?"
     r"(?: YEAR| (?P<year_turn>last|this|next) year)", _part_of_year),
    (r"q(?P<nth>[1-4]) (?:of )?YEAR", _part_of_year),
    (r"(?P<count>NUMBER)HYPHEN(?P<unit>UNIT)s? (?P<way>ago|back|from now)", _ago),
    (r"(?:HEDGED )?(?:VAGUE |NUMBER(?:HYPHENand a half)?HYPHEN)?UNITs?(?: and a half)? (?:ago|back|from now)", _open),
    (r"(?:VAGUE|NUMBER) UNITs? BEFORE", _open),
    (r"the (?:UNIT|weekend|DAYTIME|SEASON) BEFORE", _open),
    (r"the (?:very )?(?:previous|following|next|same|preceding|prior) "
     r"(?:UNIT|weekend|DAYTIME|SEASON|quarter|WEEKDAY|MONTH)", _open),
    (r"the (?:first|last) (?:WEEKDAY|MONTH)(?! of\b| in\b)", _open),
    (r"that (?:same |very )?(?:UNIT|weekend|DAYTIME|SEASON|WEEKDAY)", _open),
    (r"(?:the )?(?:recent|coming|(?:past|last|next) (?:few|several|couple of)) UNITs", _open),
    (r"the (?:past|last|next) (?:(?:NUMBER|few|several|couple of) )?UNITs(?! of\b)", _open),
    (r"EDGE(?:the )?SEASON", _open),
    (r"the SEASON(?! of\b| in\b| from\b)", _open),
    (r"(?:the )?NTH (?P<weekday>WEEKDAY) (?:of|in) (?P<month>MONTH)(?:THATYEAR)?", _weekday_in_month),
    (r"(?:the )?NTH (?P<count>NUMBER )?months? (?:of|in) (?:YEAR|(?P<year_turn>last|this|next) year)", _months_in_year),
    (r"(?:the )?NTH (?:few |NUMBER )?(?:days?|weeks?|weekend) (?:of|in) "
     r"(?:EDGE)?(?:MONTH(?:THATYEAR)?|(?:last|this|next) (?:month|year))", _open),
    (r"(?:the )?(?:EDGE)?(?:the )?(?P<decade>(?:1[0-9]|20)[0-9]0)['’]?s", _decade),
    (r"the (?:EDGE)?(?:['‘’](?P<short>[3-9]0)s|(?P<word>TIES))", _decade),
    (r"(?:EDGE)?(?:the year )?YEAR", _year_alone),
)  # fmt: skip

HANGING = (  # on the date before them
    r"(?P<time>at (?:the|that) time)",
    r"(?:early|earlier|late|later) in the (?P<unit>day)",
    r"that (?:same |very )?(?:(?P<unit>UNIT)|DAYTIME)",
    r"the (?:very )?same (?:(?P<unit>UNIT)|DAYTIME)",
    r"the (?:very )?(?P<way>next|following|previous|preceding|prior) (?:(?P<unit>UNIT)|DAYTIME)",
    r"(?P<count>NUMBER) (?P<unit>UNIT)s? (?P<way>BEFORE)",
    r"the (?:(?P<unit>UNIT)|DAYTIME) (?P<way>before|after)",
)
_BACK = ("previous", "preceding", "prior", "previously", "earlier", "before", "beforehand")
_ENDS_IN_EVENT = ("before", "after")
_AHEAD_OF = ("in", "over", "within", "for", "during", "through", "throughout", "by", "of")

_HEDGED = (
    r"about|around|almost|nearly|roughly|approximately|some|over|under|just over|just under|more than|less than"
    r"|fewer than|at least|up to|well over|(?:[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten) (?:or|to)"
)
_HEDGE = re.compile(rf"\b(?:{_HEDGED})\s{{1,3}}\Z", re.IGNORECASE)
_PREPOSITION = re.compile(r"(?:on|in|at|by|since|until|till|from|of|during|over|for|throughout|as of)? ?(?:the )?")


@cache
def _rule(pattern: str) -> re.Pattern[str]:
    """A rule, compiled for reading the words of one expression: when it is first tried, since all take a while."""
    return re.compile(_spelled(pattern))


@cache
def _hanging() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_spelled(pattern)) for pattern in HANGING)


@cache
def _finder() -> re.Pattern[str]:
    """All rules in one, for finding expressions in a text in lower case."""
    rules = "|".join(re.sub(r"\(\?P<\w+>", "(?:", _spelled(pattern)) for pattern, _ in GRAMMAR)
    return re.compile(rf"{_OPENS}(?={_gate()})(?<![@#/.-])(?:{rules})(?![\w@]|-\w)")


_OPENS = r"\b(?=[0-9a-z])"


@cache
def _opening() -> re.Pattern[str]:
    """The places in a text at which rules are tried."""
    return re.compile(rf"{_OPENS}(?:{_gate()})")


def _gate() -> str:
    """How all that the grammar can find begins: at any other word, nothing else is tried."""
    names = _words(
        "january february march april may june july august september october november december jan feb mar apr jun jul"
        " aug sep oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
        " spring summer fall autumn winter early earlier late mid end start beginning middle close rest remainder final"
    ) | {name.split("'")[0] for name in _holidays()}.union(_NUMBERS, _ORDINALS)
    units = _words("day week fortnight month quarter year decade morning afternoon evening night noon midday")
    leads = _words("the that this a an last next past coming recent few couple several some many number handful")
    apart = _words("past coming few couple several number handful same very last next previous following preceding")
    alone = names - {"a", "an"} | {f"{unit}s" for unit in units} | _words("today tonight tomorrow yesterday between")
    second = names - {"a"} | units | apart | {"prior", "recent", "of", "'", "‘", "’"}.union(_DECADES)
    return f"[0-9]|{_tree(alone | {'q1', 'q2', 'q3', 'q4'})}|{_tree(leads)}{_PARTS['GAP']}(?:[0-9]|{_tree(second)})"


def _words(text: str) -> set[str]:
    return set(text.split())


def _tree(words: set[str]) -> str:
    """An expression for the beginnings of words that tries each letter once: "mar", "may" is ma(?:r|y)."""
    if "" in words:
        return ""
    letters = sorted({word[0] for word in words})
    branches = (re.escape(c) + _tree({word[1:] for word in words if word[0] == c}) for c in letters)
    return f"(?:{'|'.join(branches)})"


def _spelled(pattern: str) -> str:
    """A pattern of the grammar with its parts written out."""
    names = "|".join(re.escape(n).replace("'", "['’]") for n in sorted(_holidays(), key=len, reverse=True))
    parts = _PARTS | {"HOLIDAY": f"(?:{names})", "HEDGED": f"(?:{_HEDGED})", "TIES": f"(?:{'|'.join(_DECADES)})"}
    capitals = re.compile("|".join(sorted(parts, key=len, reverse=True)))
    while capitals.search(pattern):
        pattern = capitals.sub(lambda part: parts[part[0]].replace("\\ ", " "), pattern)
    return pattern.replace(" ", "GAP").replace("GAP", _PARTS["GAP"])


@cache
def _holidays() -> dict[str, str]:
    """The rule for each holiday's day, by its name in lower case."""
    return {row["holiday"].lower(): row["day"] for row in load_lexicon().tables["date_holidays"]}


def _folded(text: str) -> str:
    """The text in lower case, at the same offsets."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)  # İ


def _plain(words: str) -> str:
    """The words of one expression as the grammar writes them."""
    words = _folded(words).replace("’", "'").replace("—", "-").replace("–", "-")
    return " ".join(words.split()).strip(' .,;:()[]"“”')


# What only looks like a date.

_AROUND = 40  # code points looked at on either side; no lookalike is longer
_NEAR = 3000  # code points on either side in which a person with the name of a month is looked for
_NAMES_OF_PEOPLE = ("March", "April", "May", "June", "August")
_IN = ("in", "between", "since", "until", "till", "during", "throughout", "through")
_AT = ("by", "from", "before", "after", "around", "to")
_THE = ("the", "its", "his", "her", "their", "our", "my")
_BEFORE_MONTHS = (*_IN, *_AT, *_THE, "a", "an", "last", "next", "this", "early", "late", "mid", "on", "of", "and", "or")
_REPEATED = ("every", "each", "any", "alternate", "first", "second", "third", "fourth", "most")
_STOPS = ("", ".", ",", ";", ":", "!", "?")
_MARKS = ('"', "'", "“", "”", "‘", "’")
_SIGNS = ("$", "£", "€", ",", ":", "+", "=", "&")
_AS = re.compile(r"\b(?:early|late|far|back|recently|soon) as\s\Z|\bas of\s\Z")
_AND = re.compile(r"(?:,| and| or| to|, and|, or)\s|\s?[-–/]\s?")
_ON_A = re.compile(r"\bon an?\s\Z")  # "on a Monday" is any Monday
_LED_TO = re.compile(r"\s?[-–]|\s(?:to|until|through|and|or)\s")
_LETTERS = re.compile(r"[^\W\d_]+")


def _is_date(text: str, found: Span, last: Span | None, is_person: Callable[[str], bool]) -> bool:
    """Whether what the grammar found is a date where it stands; `last` is the date before it."""
    words = found.of(text)
    left, right = text[max(0, found.start - _AROUND) : found.start], text[found.end : found.end + _AROUND]
    before, after = _last_word(left), _first_word(right)
    if _is_name(left, words, right) or not _LOWER_WORDS.isdisjoint(_LETTERS.findall(words)):
        return False
    if words[0].isdigit():
        if left.endswith(_SIGNS):
            return False
    elif words[0].isupper() and (before in _REPEATED or _ON_A.search(left)):
        return False
    first, *others = words.lower().split()
    if first == "that":  # "said that day care costs more"
        return before in (*_IN, *_AT, "on", "of", "later", "earlier") or right[:1] in _STOPS
    if first == "the" and others[-1] in _FIRST_MONTH and len(others) == 1:  # "the fall that killed him"
        return before in (*_IN, *_AT, "over")
    if words.title() in _NAMES_OF_PEOPLE and not _is_month(text, found, before, last, is_person):
        return False
    return not words[-4:].isdecimal() or (after not in _number_words("after") and _is_year(words, before))


def _is_name(left: str, words: str, right: str) -> bool:
    """Whether the words belong to a name ("Super Tuesday"), or stand alone between quotation marks ("“Today” show")."""
    if left.endswith(_MARKS) and right.lstrip(",.").startswith(_MARKS):
        return True
    start, end = len(left), len(left) + len(words)
    return any(name.start() < end and name.end() > start for name in _lookalikes().finditer(left + words + right))


def _is_year(words: str, before: str) -> bool:
    """Whether figures are years: "in 2015", "the 2015 accord"; not "nearly 2000", "Route 1930", "1500 to 2000"."""
    if not words.isdecimal():
        return not re.fullmatch(r"[0-9]{2}00\W.*[0-9]{2}00", words)
    if before in _number_words("before") or (words.endswith("00") and before in ("about", "around", "over", "to")):
        return False
    return "1900" <= words < "2100" or before in (*_IN, *_AT, "of", "circa", "early", "late", "year")


def _is_month(text: str, found: Span, before: str, last: Span | None, is_person: Callable[[str], bool]) -> bool:
    """Whether "May" alone is the month: "in May", "the May election", "April and May"; not "May won"."""
    month, after = found.of(text).title(), text[found.end : found.end + 2]
    if before in (*_IN, "a", "an") or _AS.search(text, max(0, found.start - _AROUND), found.start):
        return True
    if last and last.of(text).split()[-1][:3].lower() in _MONTHS and _AND.fullmatch(text, last.end, found.start):
        return True
    if after[:1].isspace() and after[1:].isupper():  # "by April Ryan"
        return False
    noun_follows = after[:1].isspace() and after[1:].islower() and not _LED_TO.match(text, found.end)
    return (before in _AT or (before in _THE and noun_follows)) and not is_person(month)


def _person_called(month: str, text: str, start: int, end: int) -> bool:
    """Whether someone bears the month's name: "Mr. March", "Theresa May", "April Ryan said"."""
    names = _person(month).finditer(text, max(0, start - _NEAR), end + _NEAR)
    return any(name[1] is None or name[1].lower() not in _BEFORE_MONTHS for name in names)


@cache
def _person(month: str) -> re.Pattern[str]:
    honorific = r"(?:Mr|Mrs|Ms|Miss|Dr|Sen|Rep|Gov|Sir|Lord|Lady)\b\.? "
    first_name = rf"(?<![a-z] ){month} [A-Z][a-z]+ (?:said|told|is|was)\b"
    return re.compile(rf"\b(?:{honorific}|([A-Z][a-z]+) ){month}\b(?! [0-9])|{first_name}")


@cache
def _lookalikes() -> re.Pattern[str]:
    """Names that hold the words of a date: "Super Tuesday", "USA Today"."""
    phrases = sorted((row["phrase"] for row in load_lexicon().tables["date_lookalikes"]), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(p) for p in phrases)})\b".replace("'", "['’]"))


@cache
def _number_words(place: str) -> frozenset[str]:
    """Words beside four figures that show them to be no year: "2000 people", "nearly 2000"."""
    return frozenset(row["word"] for row in load_lexicon().tables["date_numbers"] if row["place"] == place)


def _last_word(left: str) -> str:
    words = left.split()
    return words[-1].lower().lstrip("(\"“‘'") if words else ""


def _first_word(right: str) -> str:
    words = right.split()
    return words[0].lower().rstrip(".,;:!?)\"”’'") if words and right[0].isspace() else ""


def _cut(text: str, found: Span, start: int, end: int) -> bool:
    """Whether the border of the search cuts the expression off from the rest of a word."""
    before = found.start == start > 0 and text[start - 1].isalnum()
    return before or (found.end == end < len(text) and text[end].isalnum())
