"""Corrections: what people put right in what the machine read.

A correction is an entry that is added and never changed: `entries` holds its form, as it is written to JSON Lines.
`applying` makes of a machine's Reading and the corrections that hold the Reading that holds. Who has which
corrections, and what follows from them in the tables, is the ledger's (`sayso.ledger.correcting`).
"""
