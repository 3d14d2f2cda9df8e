"""From mentions to sources: who is who within one document, and who speaks in each attribution."""
