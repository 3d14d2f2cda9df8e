"""How it was said: act, polarity, certainty, channel, addressee, date, basis and kind of quotation."""
