/*
 * stay_rows.c - a file of hospital stays as rows: the accepted lines in the order of their key, each key once.
 */
#include "stay_glue.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/tuplesort.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

/* Columns of the result: those of stay_fields from F_STAY on, and two more. */
enum
{
	R_AREA = F_COUNT,
	R_LINE,
	R_END
};
#define R_NUMBER(column) ((AttrNumber) ((column) - F_STAY + 1))

#define FETCH 500				/* lines at a time */

/* An area by its code. */
typedef struct place
{
	char		code[TM_STAY_MAX_TEXT + 1];
	int32		area;
} place;

/* What reading a file needs. */
typedef struct reading
{
	tm_stay_plan plan;
	HTAB	   *places;
	MemoryContext row_context;	/* the values of one row */
	char	   *text;
	tm_csv_field *fields;
	tm_stay    *stay;
	Tuplesortstate *sort;
	TupleTableSlot *slot;
	int64		lines;
} reading;

/* The areas by code, from two arrays of one length. Longer codes than a residence can have do not matter. */
static HTAB *
places_arg(ArrayType *codes, ArrayType *areas)
{
	HASHCTL		how = {.keysize = sizeof((place *) 0)->code,.entrysize = sizeof(place),.hcxt = CurrentMemoryContext};
	Datum	   *code,
			   *area;
	bool	   *no_code,
			   *no_area;
	int			n,
				m;
	HTAB	   *table;

	deconstruct_array(codes, TEXTOID, -1, false, TYPALIGN_INT, &code, &no_code, &n);
	deconstruct_array(areas, INT4OID, sizeof(int32), true, TYPALIGN_INT, &area, &no_area, &m);
	if (n != m)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("codes and areas differ in number")));
	table = hash_create("areas of stays", Max(n, 16), &how, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	for (int i = 0; i < n; i++)
	{
		char	   *name = no_code[i] || no_area[i] ? NULL : TextDatumGetCString(code[i]);

		if (name != NULL && strlen(name) <= TM_STAY_MAX_TEXT)
			((place *) hash_search(table, name, HASH_ENTER, NULL))->area = DatumGetInt32(area[i]);
	}
	return table;
}

/* The area of a residence, NULL when there is none. */
static void
set_area(HTAB *places, tm_piece residence, Datum *value, bool *null)
{
	char		code[TM_STAY_MAX_TEXT + 1];
	place	   *found = NULL;

	if (residence.length > 0 && residence.length <= TM_STAY_MAX_TEXT)
	{
		memcpy(code, residence.at, residence.length);
		code[residence.length] = '\0';
		found = hash_search(places, code, HASH_FIND, NULL);
	}
	*null = found == NULL;
	*value = Int32GetDatum(found == NULL ? 0 : found->area);
}

/* Reads one line, and gives it to the sort when it is accepted. */
static void
take_line(reading *r, const char *line, size_t length)
{
	Datum		values[R_END];
	bool		nulls[R_END];
	MemoryContext old;

	r->lines++;
	if (r->lines == 1)
		return;					/* the header */
	tm_stay_read(&r->plan, line, length, r->text, r->fields, r->stay);
	if (r->stay->reason != TM_STAY_FINE)
		return;
	old = MemoryContextSwitchTo(r->row_context);
	tmap_stay_set(r->stay, values, nulls);
	set_area(r->places, r->stay->residence, &values[R_AREA], &nulls[R_AREA]);
	values[R_LINE] = Int64GetDatum(r->lines);
	nulls[R_LINE] = false;
	ExecClearTuple(r->slot);
	memcpy(r->slot->tts_values, values + F_STAY, (R_END - F_STAY) * sizeof(Datum));
	memcpy(r->slot->tts_isnull, nulls + F_STAY, (R_END - F_STAY) * sizeof(bool));
	ExecStoreVirtualTuple(r->slot);
	tuplesort_puttupleslot(r->sort, r->slot);
	MemoryContextSwitchTo(old);
	MemoryContextReset(r->row_context);
}

/* Reads all lines of a cursor over (line_no, line), which come in the order of their number. */
static void
take_lines(reading *r, const char *cursor)
{
	Portal		portal;
	int64		last = PG_INT64_MIN;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	portal = SPI_cursor_find(cursor);
	if (portal == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_CURSOR),
				 errmsg("cursor \"%s\" does not exist", cursor)));
	if (portal->tupDesc == NULL || portal->tupDesc->natts != 2
		|| TupleDescAttr(portal->tupDesc, 0)->atttypid != INT8OID || TupleDescAttr(portal->tupDesc, 1)->atttypid != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the cursor does not give a bigint and a text")));
	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool		null;
			int64		number = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null));
			Datum		d = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2, &null);
			text	   *line = null ? NULL : DatumGetTextPP(d);

			if (number <= last)
				ereport(ERROR,
						(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						 errmsg("the lines do not come in their order")));
			last = number;
			take_line(r, line == NULL ? "" : VARDATA_ANY(line), line == NULL ? 0 : VARSIZE_ANY_EXHDR(line));
			if (line != NULL && line != (text *) DatumGetPointer(d))
				pfree(line);
		}
		CHECK_FOR_INTERRUPTS();
		SPI_freetuptable(SPI_tuptable);
		if (SPI_processed < FETCH)
			break;
	}
	SPI_finish();
}

/* A sort by stay, year and line. The stay first, because its sort is the cheapest. */
static Tuplesortstate *
sort_begin(TupleDesc desc)
{
	AttrNumber	columns[] = {R_NUMBER(F_STAY), R_NUMBER(F_YEAR), R_NUMBER(R_LINE)};
	Oid			types[] = {UUIDOID, INT4OID, INT8OID};
	Oid			less[lengthof(columns)];
	Oid			collations[lengthof(columns)] = {InvalidOid};
	bool		nulls_first[lengthof(columns)] = {false};

	for (int i = 0; i < lengthof(columns); i++)
		less[i] = lookup_type_cache(types[i], TYPECACHE_LT_OPR)->lt_opr;
	return tuplesort_begin_heap(desc, lengthof(columns), columns, less, collations, nulls_first, work_mem, NULL, false);
}

/* Puts the first row of each stay and year into the store. */
static void
give_rows(Tuplesortstate *sort, TupleDesc desc, Tuplestorestate *store)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	pg_uuid_t	last = {{0}};
	int32		last_year = 0;	/* no stay has it */

	tuplesort_performsort(sort);
	while (tuplesort_gettupleslot(sort, true, false, slot, NULL))
	{
		bool		null;
		pg_uuid_t  *stay = DatumGetUUIDP(slot_getattr(slot, R_NUMBER(F_STAY), &null));
		int32		year = DatumGetInt32(slot_getattr(slot, R_NUMBER(F_YEAR), &null));

		CHECK_FOR_INTERRUPTS();
		if (year == last_year && memcmp(stay, &last, sizeof last) == 0)
			continue;
		last = *stay;
		last_year = year;
		tuplestore_puttupleslot(store, slot);
	}
	ExecDropSingleTupleTableSlot(slot);
}

PG_FUNCTION_INFO_V1(tmap_stay_rows);
/* stay_rows(lines, plan, codes, areas): the accepted lines as rows in the order of stay and year, the first of each. */
Datum
tmap_stay_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	reading		r = {.lines = 0};
	TupleDesc	desc;
	MemoryContext old;

	if (result == NULL || !IsA(result, ReturnSetInfo) || !(result->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != R_END - F_STAY)
		elog(ERROR, "stay_rows has other columns than expected");
	tmap_stay_plan_arg(PG_GETARG_ARRAYTYPE_P(1), &r.plan);
	if (r.plan.dates == TM_DATE_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the plan says no date format")));
	r.places = places_arg(PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_ARRAYTYPE_P(3));
	r.row_context = AllocSetContextCreate(CurrentMemoryContext, "row of a stay", ALLOCSET_DEFAULT_SIZES);
	r.text = palloc(TM_STAY_MAX_LINE + 1);
	r.fields = palloc(r.plan.fields * sizeof(tm_csv_field));
	r.stay = palloc(sizeof *r.stay);
	r.slot = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	r.sort = sort_begin(desc);
	take_lines(&r, text_to_cstring(PG_GETARG_TEXT_PP(0)));

	old = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	result->returnMode = SFRM_Materialize;
	result->setResult = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0, false, work_mem);
	result->setDesc = CreateTupleDescCopy(desc);
	MemoryContextSwitchTo(old);
	give_rows(r.sort, desc, result->setResult);
	tuplesort_end(r.sort);
	ExecDropSingleTupleTableSlot(r.slot);
	hash_destroy(r.places);
	return (Datum) 0;
}
