/*
 * care.c - aggregate tmap.care_agg: the stays of one patient to one row an episode.
 *
 * The state is a bytea: the rule, then one record a stay, then room for more.
 * In an aggregate a stay is written into that room, so that the executor, which
 * gets the same pointer back, copies nothing. Stays can come in any order and
 * from several workers, for the final function sorts them; so combining is
 * appending. A group is one patient: few stays, and an error says so when
 * somebody forgot the GROUP BY.
 */
#include "stay.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "core/care.h"

#define MAX_STAYS 10000			/* of one patient: a stay every day for 27 years */
#define COLUMNS 12
#define FIRST_SIZE 128			/* bytes of a new state: two or three stays */

enum
{
	ARG_STATE,
	ARG_STAY_ID,
	ARG_ADMITTED,
	ARG_DISCHARGED,
	ARG_TRANSFER_IN,
	ARG_TRANSFER_OUT,
	ARG_TREATED,
	ARG_HOSPITAL,
	ARG_RESIDENCE,
	ARG_GAP,
	ARG_TRANSFER_GAP,
	ARG_NEW_AFTER,
	ARG_FROM_ONSET
};

/* What stands at the start of a state. */
typedef struct state_head
{
	int32		gap;
	int32		transfer_gap;
	int32		new_after;
	int32		from_onset;
	int32		stays;
	int32		used;			/* bytes of the stays */
} state_head;

/* A stay in a state; the two texts follow. */
typedef struct state_stay
{
	int64		id;
	int32		admitted;
	int32		discharged;
	int32		hospital;		/* bytes, -1 when not known */
	int32		residence;
	uint8		open;
	uint8		treated;
	uint8		transfer_in;
	uint8		transfer_out;
	int32		unused;			/* zero */
} state_stay;

static const state_head default_rule = {1, 2, 28, 0, 0, 0};

/* Raises when a group has more stays than a patient can have. */
static void
check_stays(int64 stays)
{
	if (stays > MAX_STAYS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many stays of one patient"),
				 errdetail("At most %d are taken.", MAX_STAYS),
				 errhint("Write GROUP BY patient.")));
}

/* Raises: a state that tmap.care_agg did not make. */
static void
malformed(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("malformed state of %s", "tmap.care_agg")));
}

/* The head of a state, checked. */
static state_head
head_of(bytea *state)
{
	state_head	head;

	if (VARSIZE_ANY_EXHDR(state) < sizeof head)
		malformed();
	memcpy(&head, VARDATA_ANY(state), sizeof head);
	if (head.stays < 1 || head.stays > MAX_STAYS || (head.from_onset & ~1) != 0 ||
		head.used < 0 || head.used > VARSIZE_ANY_EXHDR(state) - sizeof head)
		malformed();
	return head;
}

/* True when two states chain by the same rule. */
static bool
same_rule(const state_head *a, const state_head *b)
{
	return a->gap == b->gap && a->transfer_gap == b->transfer_gap &&
		a->new_after == b->new_after && a->from_onset == b->from_onset;
}

/* Raises unless all stays of a patient come with one rule. */
static void
check_rule(const state_head *a, const state_head *b)
{
	if (!same_rule(a, b))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("numbers of days differ between the stays of a patient"),
				 errhint("Give the same numbers for every row of a group.")));
}

/* The rule that the current row comes with. */
static state_head
rule_args(FunctionCallInfo fcinfo)
{
	state_head	head = default_rule;
	tm_episode_rule rule;

	if (PG_NARGS() <= ARG_GAP)
		return head;
	if (PG_ARGISNULL(ARG_GAP) || PG_ARGISNULL(ARG_TRANSFER_GAP) || PG_ARGISNULL(ARG_NEW_AFTER))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("number of days is NULL")));
	head.gap = PG_GETARG_INT32(ARG_GAP);
	head.transfer_gap = PG_GETARG_INT32(ARG_TRANSFER_GAP);
	head.new_after = PG_GETARG_INT32(ARG_NEW_AFTER);
	head.from_onset = !PG_ARGISNULL(ARG_FROM_ONSET) && PG_GETARG_BOOL(ARG_FROM_ONSET);
	rule = (tm_episode_rule) {head.gap, head.transfer_gap, head.new_after, head.from_onset};
	tmap_rule_check(&rule);
	return head;
}

/* A flag of the current row; unknown is no. */
static inline bool
flag_arg(FunctionCallInfo fcinfo, int arg)
{
	return !PG_ARGISNULL(arg) && PG_GETARG_BOOL(arg);
}

/* The stay of the current row, without its texts; raises when it cannot be chained. */
static state_stay
stay_args(FunctionCallInfo fcinfo)
{
	state_stay	stay = {0};

	if (PG_ARGISNULL(ARG_STAY_ID) || PG_ARGISNULL(ARG_ADMITTED))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("stay has no number or no day of admission"),
				 errhint("FILTER (WHERE admitted IS NOT NULL) leaves such stays out.")));
	stay.id = PG_GETARG_INT64(ARG_STAY_ID);
	stay.admitted = PG_GETARG_DATEADT(ARG_ADMITTED);
	stay.open = PG_ARGISNULL(ARG_DISCHARGED);
	stay.discharged = stay.open ? stay.admitted : PG_GETARG_DATEADT(ARG_DISCHARGED);
	tmap_day_check(stay.admitted);
	tmap_day_check(stay.discharged);
	if (stay.discharged < stay.admitted)
		tmap_stay_check(TM_STAY_BACKWARDS);
	stay.transfer_in = flag_arg(fcinfo, ARG_TRANSFER_IN);
	stay.transfer_out = flag_arg(fcinfo, ARG_TRANSFER_OUT);
	stay.treated = flag_arg(fcinfo, ARG_TREATED);
	return stay;
}

/* A state with that head, the stays of another (NULL: none), and room for so many bytes at least; zero where it is not used. */
static bytea *
grown(bytea *state, const state_head *head, Size room)
{
	Size		used = state ? head->used : 0;
	Size		size = FIRST_SIZE;
	bytea	   *out;

	while (size < VARHDRSZ + sizeof *head + used + room)
		size *= 2;
	if (!AllocSizeIsValid(size))	/* near the limit: no spare room */
		size = VARHDRSZ + sizeof *head + used + room;
	out = palloc0(size);
	SET_VARSIZE(out, size);
	if (state)
		memcpy(VARDATA(out) + sizeof *head, VARDATA_ANY(state) + sizeof *head, used);
	return out;
}

/* Room for so many bytes behind the stays: in the state itself where it is the aggregate's own and has it, else in a larger copy. */
static bytea *
with_room(FunctionCallInfo fcinfo, bytea *state, const state_head *head, Size room)
{
	if (state != NULL && AggCheckCallContext(fcinfo, NULL) && VARATT_IS_4B_U(state) &&
		VARSIZE(state) - VARHDRSZ - sizeof *head - head->used >= room)
		return state;
	return grown(state, head, room);
}

/* Appends bytes to the stays of a state that has room for them. */
static void
put(bytea *state, state_head *head, const void *bytes, Size length)
{
	memcpy(VARDATA(state) + sizeof *head + head->used, bytes, length);
	head->used += (int32) length;
}

PG_FUNCTION_INFO_V1(tmap_care_step);
/* Transition: one more stay of the patient. */
Datum
tmap_care_step(PG_FUNCTION_ARGS)
{
	bytea	   *state = PG_ARGISNULL(ARG_STATE) ? NULL : PG_GETARG_BYTEA_PP(ARG_STATE);
	text	   *hospital = PG_ARGISNULL(ARG_HOSPITAL) ? NULL : PG_GETARG_TEXT_PP(ARG_HOSPITAL);
	text	   *residence = PG_ARGISNULL(ARG_RESIDENCE) ? NULL : PG_GETARG_TEXT_PP(ARG_RESIDENCE);
	state_head	head = rule_args(fcinfo);
	state_stay	stay = stay_args(fcinfo);

	if (state)
	{
		state_head	before = head_of(state);

		check_rule(&before, &head);
		head = before;
	}
	check_stays((int64) head.stays + 1);
	stay.hospital = hospital ? (int32) VARSIZE_ANY_EXHDR(hospital) : -1;
	stay.residence = residence ? (int32) VARSIZE_ANY_EXHDR(residence) : -1;
	state = with_room(fcinfo, state, &head, sizeof stay + Max(stay.hospital, 0) + (Size) Max(stay.residence, 0));
	put(state, &head, &stay, sizeof stay);
	if (stay.hospital > 0)
		put(state, &head, VARDATA_ANY(hospital), stay.hospital);
	if (stay.residence > 0)
		put(state, &head, VARDATA_ANY(residence), stay.residence);
	head.stays++;
	memcpy(VARDATA(state), &head, sizeof head);
	PG_RETURN_BYTEA_P(state);
}

PG_FUNCTION_INFO_V1(tmap_care_combine);
/* Combine: the stays of both. */
Datum
tmap_care_combine(PG_FUNCTION_ARGS)
{
	bytea	   *a = PG_GETARG_BYTEA_PP(0),
			   *b = PG_GETARG_BYTEA_PP(1);
	state_head	head = head_of(a),
				other = head_of(b);

	check_rule(&head, &other);
	check_stays((int64) head.stays + other.stays);
	a = with_room(fcinfo, a, &head, other.used);
	put(a, &head, VARDATA_ANY(b) + sizeof other, other.used);
	head.stays += other.stays;
	memcpy(VARDATA(a), &head, sizeof head);
	PG_RETURN_BYTEA_P(a);
}

/* Takes a text of so many bytes from the state; -1 is none. */
static tm_span
take_span(const char **at, const char *end, int32 length)
{
	tm_span		span = {NULL, 0};

	if (length < -1 || length > end - *at)
		malformed();
	if (length >= 0)
		span = (tm_span) {*at, (size_t) length};
	*at += Max(length, 0);
	return span;
}

/* The stays of a state; their texts stay inside it. */
static tm_care_stay *
stays_of(bytea *state, const state_head *head)
{
	const char *at = VARDATA_ANY(state) + sizeof *head;
	const char *end = at + head->used;
	tm_care_stay *stays = palloc(head->stays * sizeof(tm_care_stay));

	for (int32 i = 0; i < head->stays; i++)
	{
		state_stay	s;

		if (end - at < (ptrdiff_t) sizeof s)
			malformed();
		memcpy(&s, at, sizeof s);
		at += sizeof s;
		if (s.open > 1 || s.treated > 1 || s.transfer_in > 1 || s.transfer_out > 1 ||
			DATE_NOT_FINITE(s.admitted) || DATE_NOT_FINITE(s.discharged))
			malformed();
		stays[i] = (tm_care_stay) {{s.admitted, s.discharged, s.transfer_in, s.transfer_out}, s.id, s.open, s.treated, {NULL, 0}, {NULL, 0}};
		stays[i].hospital = take_span(&at, end, s.hospital);
		stays[i].residence = take_span(&at, end, s.residence);
	}
	if (at != end)
		malformed();
	return stays;
}

/* A text as a Datum, NULL when not known. */
static Datum
span_datum(const tm_span *span, bool *is_null)
{
	*is_null = span->text == NULL;
	return *is_null ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(span->text, (int) span->length));
}

/* The row of an episode. */
static Datum
care_row(TupleDesc columns, const tm_care *c)
{
	static const char *const paths[] = {"not treated", "direct admission", "drip-and-ship", "unknown"};
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	values[0] = Int32GetDatum(c->episode);
	values[1] = Int32GetDatum(c->stroke);
	values[2] = DateADTGetDatum(c->starts);
	values[3] = DateADTGetDatum(c->ends);
	values[4] = Int32GetDatum(c->stays);
	values[5] = BoolGetDatum(c->transferred);
	values[6] = CStringGetTextDatum(paths[tm_care_path_of(c)]);
	values[7] = Int64GetDatum(c->first->id);
	values[8] = span_datum(&c->first->hospital, &nulls[8]);
	values[9] = span_datum(&c->first->residence, &nulls[9]);
	nulls[10] = nulls[11] = c->treated == NULL;
	values[10] = c->treated ? Int64GetDatum(c->treated->id) : (Datum) 0;
	values[11] = c->treated ? span_datum(&c->treated->hospital, &nulls[11]) : (Datum) 0;
	return HeapTupleGetDatum(heap_form_tuple(columns, values, nulls));
}

/* The composite type that the aggregate's array holds, looked up once per query. */
static TypeCacheEntry *
row_type(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *type = fcinfo->flinfo->fn_extra;

	if (type == NULL)
	{
		Oid			element = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));

		type = lookup_type_cache(element, TYPECACHE_TUPDESC);
		if (type->tupDesc == NULL || type->tupDesc->natts != COLUMNS)
			elog(ERROR, "result is not an array of tmap.care");
		fcinfo->flinfo->fn_extra = type;
	}
	return type;
}

PG_FUNCTION_INFO_V1(tmap_care_final);
/* Final: the patient's episodes as an array of rows, in order. */
Datum
tmap_care_final(PG_FUNCTION_ARGS)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	state_head	head = head_of(state);
	tm_episode_rule rule = {head.gap, head.transfer_gap, head.new_after, head.from_onset};
	TypeCacheEntry *type = row_type(fcinfo);
	tm_care_stay *stays = stays_of(state, &head);
	tm_care    *care = palloc(head.stays * sizeof(tm_care));
	Datum	   *rows = palloc(head.stays * sizeof(Datum));
	size_t		n = 0;

	tmap_rule_check(&rule);
	tm_care_sort(stays, head.stays);
	tmap_stay_check(tm_care_episodes(stays, head.stays, &rule, care, &n));
	for (size_t i = 0; i < n; i++)
		rows[i] = care_row(type->tupDesc, &care[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(rows, (int) n, type->type_id, -1, false, TYPALIGN_DOUBLE));
}
