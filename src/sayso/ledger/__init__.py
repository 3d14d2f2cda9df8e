"""The ledger: one SQLite file that keeps Readings, and answers questions about them.

It is the one part of sayso that holds state. `opening` opens it, `storing` writes to it, `readings` gives
Readings back as they were, `questions` asks it, `checking` verifies it.
"""
