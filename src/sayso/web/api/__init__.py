"""The HTTP API: what pages show and the command line prints, as JSON for programs; see docs/api.md."""
