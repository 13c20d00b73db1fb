"""Kazakhstan's days off as PyPI `holidays` knows them: each day of the years that nobody works, a line each.

Usage: days_off.py FROM_YEAR TO_YEAR
"""

import datetime
import sys

import holidays

begin, end = int(sys.argv[1]), int(sys.argv[2])
# Decrees of a year may give a day of the year before to be worked.
known = holidays.KZ(years=range(begin - 1, end + 2))
day = datetime.date(begin, 1, 1)
while day.year <= end:
    if not known.is_working_day(day):
        print(day.isoformat())
    day += datetime.timedelta(days=1)
