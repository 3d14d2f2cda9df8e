"""From a text to its attributions in words: the neural tagger, window by window."""
