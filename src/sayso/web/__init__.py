"""Pages: a ledger in a browser. Views only: what they show, the ledger is asked for."""
