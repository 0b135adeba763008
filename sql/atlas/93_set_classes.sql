-- Classes chosen by hand.

CREATE FUNCTION @atlas@.set_classes(indicator text, breaks float8[] DEFAULT NULL) RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  k int4;
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.indicator_definition i WHERE i.indicator = set_classes.indicator) THEN
    RAISE EXCEPTION 'no indicator "%"', coalesce(indicator, 'NULL') USING ERRCODE = '22023', HINT = 'The view indicator lists them.';
  ELSIF cardinality(breaks) > 10 OR array_ndims(breaks) > 1
     OR EXISTS (SELECT FROM unnest(breaks) WITH ORDINALITY b (x, n) WHERE x IS NULL OR x IN ('NaN', 'Infinity', '-Infinity') OR x <= (SELECT o.x FROM unnest(breaks) WITH ORDINALITY o (x, n) WHERE o.n = b.n - 1)) THEN
    RAISE EXCEPTION 'class limits are not 1 to 10 ascending numbers' USING ERRCODE = '22023', HINT = 'Give for example ''{2,4,6,8}'', or NULL for limits chosen by map_breaks().';
  END IF;
  -- As publishing does: the two must not rewrite the same figures at once.
  PERFORM pg_advisory_xact_lock('@atlas@.edition'::regclass::oid::int8::bit(32)::int4, 0);
  IF breaks IS NULL THEN
    breaks := @atlas@.map_breaks((SELECT array_agg(v.value) FROM @atlas@.published_value v WHERE v.indicator = set_classes.indicator AND v.sex = 'all' AND v.age_from IS NULL AND v.value IS NOT NULL), 5);
  END IF;
  IF breaks IS NULL THEN   -- nothing is published yet: publishing will choose
    DELETE FROM @atlas@.map_class m WHERE m.indicator = set_classes.indicator;
    RETURN 0;
  END IF;
  k := @atlas@.make_classes(indicator, breaks);
  UPDATE @atlas@.published_value v SET class = @atlas@.class_of(v.status, v.value, breaks)
  WHERE v.indicator = set_classes.indicator AND v.class <> @atlas@.class_of(v.status, v.value, breaks);
  PERFORM @atlas@.build_shapes();
  RETURN k;
END
$function$;
COMMENT ON FUNCTION @atlas@.set_classes(text, float8[]) IS
'Sets the classes of an indicator in the public maps: their limits in its unit, ascending, at most 10; a value on a limit belongs to the class above. Legend and figures change at once, for all years. NULL: five classes of about as many areas and years each, with rounded limits, from what is public now; publishing the first figures of an indicator does the same, so call it again when more years have come out. Returns the number of classes, 0 when nothing is public yet.
For the owner and publishers. Errors: 22023 no such indicator, limits that do not ascend or are too many.';
REVOKE EXECUTE ON FUNCTION @atlas@.set_classes(text, float8[]) FROM PUBLIC;
