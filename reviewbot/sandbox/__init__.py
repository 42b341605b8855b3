"""A child process that can do no harm: no network, no secret, no file outside its own folder, no end of time."""
