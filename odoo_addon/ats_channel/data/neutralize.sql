-- A copied database must not talk to a shop.
UPDATE ats_channel SET state = 'disabled';
UPDATE ats_send SET state = 'failed', error_code = 'neutralized' WHERE state IN ('prepared', 'unknown');
UPDATE ats_publication SET state = 'due', send_id = NULL WHERE state = 'sending';
