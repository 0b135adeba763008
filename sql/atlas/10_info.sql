-- What this schema is.

CREATE TABLE @atlas@.atlas_info (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  layout int4 NOT NULL,
  library_version text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  upgraded_at timestamptz
);
COMMENT ON TABLE @atlas@.atlas_info IS 'One row that says this schema is an atlas of tmap, and of which layout. Written by tmap.create_atlas and tmap.upgrade_atlas.';
COMMENT ON COLUMN @atlas@.atlas_info.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN @atlas@.atlas_info.layout IS 'Number of the layout of tables, views and functions; tmap.upgrade_atlas raises it.';
COMMENT ON COLUMN @atlas@.atlas_info.library_version IS 'Version of the extension that last made or upgraded the atlas.';
COMMENT ON COLUMN @atlas@.atlas_info.created_at IS 'When the atlas was made.';
COMMENT ON COLUMN @atlas@.atlas_info.upgraded_at IS 'When it was last upgraded; NULL when never.';
