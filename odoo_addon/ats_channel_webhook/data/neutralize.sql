-- A copied database must not sign in a shop's name.
UPDATE ats_channel SET webhook_secret = NULL, webhook_secret_previous = NULL;
