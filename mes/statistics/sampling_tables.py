"""The tables of ISO 2859-1:1999 with Amendment 1:2011, built from their structure.

Lots go to code letters A to R (table 1). Sample sizes follow the preferred numbers 2, 3, 5, 8, 13, ... 2000, one letter
a step; the AQLs follow the same series, one column a step. So sample size times AQL is nearly constant along a diagonal
(letter + column, counted from 0), and a diagonal has one acceptance number. In normal inspection (table 2-A) that is 0
on diagonal 14 and 1, 2, 3, 5, 7, 10, 14, 21 (for small samples also 30, 44) from diagonal 17 on. No plan lies between 0
and 1, so diagonal 15 has an arrow up, to Ac 0, and diagonal 16 one down, to Ac 1. Below 14 arrows point down to Ac 0;
beyond the last number of a row they point up. Where an arrow would leave the table, the column is followed the other
way.

Tightened inspection (table 2-B) has 0 on diagonal 15, arrows down on 16 and 17, then 1, 2, 3, 5, 8, 12, 18 (27, 41).
The sample of 3150 (letter S) serves the lots of letters Q and R at AQL 0.025, which have no other plan with Ac 1.
Reduced inspection (table 2-C) draws the sample of two letters before, with 0 on diagonal 14, an arrow up on 15, down on
16 and 17, then 1, 2, 3, 5, 6, 8, 10 (14, 21). Letters A and B, whose samples of 2 cannot be smaller, have the numbers
of normal inspection with 2. In this edition Re is Ac + 1 everywhere.

Double plans (tables 3-A to 3-C) draw two samples, each one step smaller than the single plan's, with numbers that keep
its operating characteristic. Where Ac is 0, or a sample cannot be smaller than 2, an asterisk says: the single plan.
"""

from dataclasses import dataclass

STANDARD = "ISO 2859-1:1999/Amd 1:2011"

LETTERS = "ABCDEFGHJKLMNPQRS"
SERIES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
AQLS = (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0",
    "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650", "1000",
)  # fmt: skip
#: Above this an AQL is of nonconformities per 100 items only, not of percent nonconforming.
PERCENT_UP_TO = AQLS.index("10")

#: Largest lot of each row of table 1; the last row has no end.
LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000)
#: The code letters of table 1, from small lots to large ones.
LEVELS = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}


@dataclass(frozen=True)
class Scheme:
    """One master table. ``zero``: diagonal of Ac 0; ``one``: diagonal from which ``numbers`` stand.

    Rows after ``small_rows`` end at ``most``. ``ups``: diagonals between with an arrow up. ``smaller_by``: how many
    steps the sample is smaller than in normal inspection.
    """

    zero: int
    one: int
    numbers: tuple[int, ...]
    most: int
    ups: tuple[int, ...] = ()
    smaller_by: int = 0
    small_rows: int = LETTERS.index("E")

    def size(self, row: int) -> int:
        """Sample size of a row."""
        return SERIES[max(0, row - self.smaller_by)]

    def acceptance(self, row: int, column: int) -> int | None:
        """The acceptance number that stands in a cell; None where an arrow stands."""
        if row == LAST_ROW + 1:  # letter S
            return 1 if self is TIGHTENED and AQLS[column] == "0.025" else None
        if row < self.smaller_by and column >= NORMAL.one:
            return NORMAL.acceptance(0, column)
        diagonal = row + column
        if diagonal == self.zero:
            return 0
        if not self.one <= diagonal < self.one + len(self.numbers):
            return None
        number = self.numbers[diagonal - self.one]
        return number if number <= self.most or row <= self.small_rows else None

    def points_up(self, row: int, column: int) -> bool:
        """Which way the arrow of a cell without a plan points."""
        diagonal = row + column
        return diagonal in self.ups or diagonal >= self.one

    def follow(self, row: int, column: int) -> int:
        """The row with the plan for a cell: its own, or the first that its arrow leads to."""
        above, below = range(row, -1, -1), range(row, LAST_ROW + 2)
        ways = (above, below) if self.points_up(row, column) else (below, above)
        return next(there for way in ways for there in way if self.acceptance(there, column) is not None)


LAST_ROW = LETTERS.index("R")
NORMAL = Scheme(14, 17, (1, 2, 3, 5, 7, 10, 14, 21, 30, 44), most=21, ups=(15,))
TIGHTENED = Scheme(15, 18, (1, 2, 3, 5, 8, 12, 18, 27, 41), most=18)
REDUCED = Scheme(14, 18, (1, 2, 3, 5, 6, 8, 10, 14, 21), most=10, ups=(15,), smaller_by=2)
KINDS = {"normal": NORMAL, "tightened": TIGHTENED, "reduced": REDUCED}

#: Double plans by the acceptance number of the single plan: Ac, Re of the first sample, Ac, Re of both together.
DOUBLE = {
    1: (0, 2, 1, 2),
    2: (0, 3, 3, 4),
    3: (1, 3, 4, 5),
    5: (2, 5, 6, 7),
    6: (3, 6, 7, 8),
    7: (3, 6, 9, 10),
    8: (4, 7, 10, 11),
    10: (5, 9, 12, 13),
    12: (6, 10, 15, 16),
    14: (7, 11, 18, 19),
    18: (9, 14, 23, 24),
    21: (11, 16, 26, 27),
    27: (15, 20, 34, 35),
    30: (17, 22, 37, 38),
    41: (23, 29, 52, 53),
    44: (25, 31, 56, 57),
}
