-- A reader of Mapbox Vector Tiles 2.1, for tests: pg_temp.mvt(tile) gives one row per feature. Protocol buffers are fields of (number, wire type, content).
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.varints(b bytea) RETURNS int8[] LANGUAGE plpgsql AS $$
DECLARE
  found_ones int8[] := '{}';
  v int8 := 0;
  shift int := 0;
BEGIN
  FOR i IN 0 .. length(b) - 1 LOOP
    v := v | ((get_byte(b, i) & 127)::int8 << shift);
    IF get_byte(b, i) < 128 THEN
      found_ones := found_ones || v;
      v := 0;
      shift := 0;
    ELSE
      shift := shift + 7;
    END IF;
  END LOOP;
  RETURN found_ones;
END $$;
CREATE FUNCTION pg_temp.fields(b bytea) RETURNS TABLE (n int, field int, number int8, part bytea) LANGUAGE plpgsql AS $$
DECLARE
  pos int := 0;
  from_pos int;
  size int;
  head int8;
BEGIN
  n := 0;
  WHILE pos < length(b) LOOP
    from_pos := pos;
    WHILE get_byte(b, pos) > 127 LOOP pos := pos + 1; END LOOP;
    pos := pos + 1;
    head := (pg_temp.varints(substr(b, from_pos + 1, pos - from_pos)))[1];
    field := head >> 3;
    number := NULL;
    part := NULL;
    IF head & 7 IN (1, 5) THEN
      size := CASE head & 7 WHEN 1 THEN 8 ELSE 4 END;
      part := substr(b, pos + 1, size);
      pos := pos + size;
    ELSE
      from_pos := pos;
      WHILE get_byte(b, pos) > 127 LOOP pos := pos + 1; END LOOP;
      pos := pos + 1;
      number := (pg_temp.varints(substr(b, from_pos + 1, pos - from_pos)))[1];
      IF head & 7 = 2 THEN
        part := substr(b, pos + 1, number::int);
        pos := pos + number::int;
        number := NULL;
      ELSIF head & 7 <> 0 THEN
        RAISE EXCEPTION 'no vector tile';
      END IF;
    END IF;
    n := n + 1;
    RETURN NEXT;
  END LOOP;
END $$;
-- 8 bytes, least first, as a number: sign, 11 bits of exponent, 52 of mantissa.
CREATE FUNCTION pg_temp.double(b bytea) RETURNS float8 LANGUAGE sql AS $$
  SELECT CASE WHEN e = 0 AND m = 0 THEN 0 ELSE (CASE WHEN get_byte(b, 7) > 127 THEN -1 ELSE 1 END) * (1 + m / 2 ^ 52) * 2 ^ (e - 1023) END
  FROM (SELECT (get_byte(b, 7) & 127) * 16 + (get_byte(b, 6) >> 4) AS e,
               (((get_byte(b, 6) & 15)::int8 << 48) | (get_byte(b, 5)::int8 << 40) | (get_byte(b, 4)::int8 << 32) | (get_byte(b, 3)::int8 << 24) | (get_byte(b, 2)::int8 << 16) | (get_byte(b, 1)::int8 << 8) | get_byte(b, 0)::int8)::float8 AS m) x $$;
CREATE FUNCTION pg_temp.mvt(tile bytea) RETURNS TABLE (layer text, id int8, properties jsonb, geometry int8[]) LANGUAGE plpgsql AS $$
DECLARE
  l bytea;
  f bytea;
  keys text[];
  vals jsonb[];
  tags int8[];
BEGIN
  FOR l IN SELECT x.part FROM pg_temp.fields(tile) x WHERE x.field = 3 ORDER BY x.n LOOP
    SELECT array_agg(convert_from(x.part, 'UTF8') ORDER BY x.n) FILTER (WHERE x.field = 3), min(convert_from(x.part, 'UTF8')) FILTER (WHERE x.field = 1) INTO keys, layer FROM pg_temp.fields(l) x WHERE x.field IN (1, 3);
    SELECT array_agg(CASE y.field WHEN 1 THEN to_jsonb(convert_from(y.part, 'UTF8')) WHEN 3 THEN to_jsonb(pg_temp.double(y.part)) WHEN 6 THEN to_jsonb((y.number >> 1) # -(y.number & 1)) ELSE to_jsonb(y.number) END ORDER BY x.n) INTO vals
    FROM pg_temp.fields(l) x CROSS JOIN LATERAL pg_temp.fields(x.part) y WHERE x.field = 4;
    FOR f IN SELECT x.part FROM pg_temp.fields(l) x WHERE x.field = 2 ORDER BY x.n LOOP
      SELECT min(x.number) FILTER (WHERE x.field = 1) INTO id FROM pg_temp.fields(f) x;
      SELECT pg_temp.varints(x.part) INTO tags FROM pg_temp.fields(f) x WHERE x.field = 2;
      SELECT pg_temp.varints(x.part) INTO geometry FROM pg_temp.fields(f) x WHERE x.field = 4;
      properties := (SELECT coalesce(jsonb_object_agg(keys[tags[i] + 1], vals[tags[i + 1] + 1]), '{}') FROM generate_series(1, cardinality(tags) - 1, 2) i);
      RETURN NEXT;
    END LOOP;
  END LOOP;
END $$;
