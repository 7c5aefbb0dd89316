-- All links of a person end together.
CREATE INDEX invites_by_user ON invites ("user");
