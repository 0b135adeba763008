-- Areas that are put together from others outside the tree, and may overlap: catchments of centres, networks, coasts.

CREATE TABLE @atlas@.area_member (
  area_id int4 NOT NULL REFERENCES @atlas@.area ON UPDATE CASCADE ON DELETE CASCADE,
  member_id int4 NOT NULL REFERENCES @atlas@.area ON UPDATE CASCADE,
  PRIMARY KEY (area_id, member_id)
);
CREATE INDEX area_member_of ON @atlas@.area_member (member_id);
COMMENT ON TABLE @atlas@.area_member IS
'Areas outside the tree that are unions of areas in it, for example catchments: an area without parent, of a level of its own, and the areas that it consists of, all of one country; unions may overlap one another. Its figures in an edition are the sums of its members'', of an indicator and year for which each has a figure of one source; facts of its own do not enter editions. Its country is that of its members.
Errors 23514: a union with a parent or parts, or of level country; a member that is a union, is not in a country or in another one, or holds or lies in another member; no member that does not exist (23503).';
COMMENT ON COLUMN @atlas@.area_member.area_id IS 'The union.';
COMMENT ON COLUMN @atlas@.area_member.member_id IS 'An area that it consists of.';

CREATE FUNCTION @atlas@.area_member_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  bad record;
BEGIN
  -- Two sessions must not each add half of an overlap.
  PERFORM pg_advisory_xact_lock('@atlas@.area_member'::regclass::oid::int8::bit(32)::int4, 0);
  SELECT u.name, u.parent_id IS NOT NULL AS below, u.level INTO bad FROM added n JOIN @atlas@.area u ON u.area_id = n.area_id
  WHERE u.parent_id IS NOT NULL OR u.level = 'country' OR EXISTS (SELECT FROM @atlas@.area c WHERE c.parent_id = u.area_id) ORDER BY u.area_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'area "%" stands in the tree', bad.name
      USING ERRCODE = '23514', DETAIL = CASE WHEN bad.below THEN 'It has a parent.' WHEN bad.level = 'country' THEN 'It is a country.' ELSE 'It is the parent of others.' END, HINT = 'Give the union a row of its own in area, without a parent.';
  END IF;
  SELECT u.name, m.name AS member INTO bad FROM added n JOIN @atlas@.area_member x ON x.area_id = n.member_id OR x.member_id = n.area_id OR n.area_id = n.member_id
  JOIN @atlas@.area u ON u.area_id = n.area_id JOIN @atlas@.area m ON m.area_id = n.member_id ORDER BY u.area_id, m.area_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a union of areas cannot be a member of one' USING ERRCODE = '23514', DETAIL = format('Area "%s" was to be a member of "%s".', bad.member, bad.name), HINT = 'Name the areas that it consists of.';
  END IF;
  WITH RECURSIVE up AS (
    SELECT m.area_id, m.member_id, a.parent_id AS above FROM @atlas@.area_member m JOIN @atlas@.area a ON a.area_id = m.member_id WHERE m.area_id IN (SELECT n.area_id FROM added n)
    UNION ALL
    SELECT u.area_id, u.member_id, a.parent_id FROM up u JOIN @atlas@.area a ON a.area_id = u.above
  )
  SELECT u.name, h.name AS holder, m.name AS member INTO bad FROM up p JOIN @atlas@.area_member o ON o.area_id = p.area_id AND o.member_id = p.above
  JOIN @atlas@.area u ON u.area_id = p.area_id JOIN @atlas@.area h ON h.area_id = p.above JOIN @atlas@.area m ON m.area_id = p.member_id ORDER BY u.area_id, m.area_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'area "%" would hold "%" twice', bad.name, bad.member USING ERRCODE = '23514', DETAIL = format('It lies in "%s", which is a member too.', bad.holder);
  END IF;
  SELECT u.name, m.name AS member, m.country_id INTO bad FROM @atlas@.area_member x JOIN @atlas@.area m ON m.area_id = x.member_id JOIN @atlas@.area u ON u.area_id = x.area_id
  WHERE x.area_id IN (SELECT n.area_id FROM added n) AND (m.country_id IS NULL OR EXISTS (
    SELECT FROM @atlas@.area_member y JOIN @atlas@.area o ON o.area_id = y.member_id WHERE y.area_id = x.area_id AND o.country_id < m.country_id)) ORDER BY u.area_id, m.area_id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'area "%" would lie in several countries or in none', bad.name USING ERRCODE = '23514', DETAIL = format('One of its members is "%s".', bad.member), HINT = 'A country''s rules say what is a small count: make a union for each country.';
  END IF;
  UPDATE @atlas@.area a SET country_id = NULL WHERE a.area_id IN (SELECT n.area_id FROM added n);  -- area_union fills it
  RETURN NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_member_check() IS 'Internal: trigger of area_member: error 23514 for a union in the tree, of unions, of overlapping areas or of several countries.';
CREATE TRIGGER area_member_added AFTER INSERT ON @atlas@.area_member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.area_member_check();
CREATE TRIGGER area_member_changed AFTER UPDATE ON @atlas@.area_member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION @atlas@.area_member_check();

CREATE FUNCTION @atlas@.area_union() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF EXISTS (SELECT FROM @atlas@.area_member m WHERE m.area_id = NEW.parent_id OR m.area_id = NEW.area_id AND (NEW.parent_id IS NOT NULL OR NEW.level = 'country')) THEN
    RAISE EXCEPTION 'area "%" would put a union of areas into the tree', NEW.name USING ERRCODE = '23514', HINT = 'What consists of others by area_member has neither parent nor parts.';
  ELSIF NEW.parent_id IS NULL AND NEW.level <> 'country' THEN
    SELECT min(a.country_id) INTO NEW.country_id FROM @atlas@.area_member m JOIN @atlas@.area a ON a.area_id = m.member_id WHERE m.area_id = NEW.area_id;
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.area_union() IS 'Internal: trigger of area, after area_place: a union of areas has the country of its members, and stays outside the tree: error 23514.';
CREATE TRIGGER area_place_union BEFORE INSERT OR UPDATE OF area_id, level, rank, parent_id, parent_rank, country_id ON @atlas@.area
  FOR EACH ROW EXECUTE FUNCTION @atlas@.area_union();
