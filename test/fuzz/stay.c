/*
 * stay.c - any plan and line of hospital stays: a fault with its place, or
 * values within their bounds; the same line always reads the same.
 */
#include "fuzz.h"

#include "../../src/core/stay.h"

/* A stay's values keep what the tables and the documentation promise. */
static void
check(const tm_stay_plan *plan, const tm_stay *s)
{
	law(s->id.length > 0 && s->id.length <= TM_STAY_MAX_ID && s->patient.length <= TM_STAY_MAX_ID);
	law(s->residence.length <= TM_STAY_MAX_TEXT && s->hospital.length <= TM_STAY_MAX_TEXT);
	law(s->admitted != TM_STAY_NO_DATE && s->admitted <= plan->today && tm_year_of(s->admitted) >= 1990);
	law(s->discharged == TM_STAY_NO_DATE || (s->discharged >= s->admitted && s->discharged <= plan->today));
	law(s->age >= -1 && s->age <= TM_STAY_MAX_AGE && s->sex >= TM_SEX_FEMALE && s->sex <= TM_SEX_UNKNOWN);
	law(!s->located || (s->lon >= -180 && s->lon <= 180 && s->lat >= -90 && s->lat <= 90));
	law(s->transfer_in >= -1 && s->transfer_in <= 1 && s->transfer_out >= -1 && s->transfer_out <= 1 && s->planned >= -1 && s->planned <= 1);
	law(s->principal != 0 && s->diagnosis_count <= TM_STAY_MAX_CODES && s->procedure_count <= TM_STAY_MAX_CODES);
	law(plan->procedure_system != TM_NO_SYSTEM || s->procedure_count == 0);
}

/* One input: six bytes and the columns make the plan, the rest is the line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tm_stay_plan plan = {.today = 9862};
	int32_t    *columns;
	char	   *line,
			   *text;
	tm_csv_field *fields;
	tm_stay		stay,
				again;
	uint32_t	signs;

	if (size < 6 || size < 6 + (size_t) data[5])
		return 0;
	plan.delimiter = (char) data[0];
	plan.dates = (tm_date_format) data[1];
	plan.sexes = (tm_sex_scheme) data[2];
	plan.diagnosis_system = (tm_system) (data[3] & 15);
	plan.procedure_system = (tm_system) (data[3] >> 4);
	plan.transfers = (tm_transfer_scheme) data[4];
	plan.fields = data[5];
	columns = block(plan.fields * sizeof *columns);
	for (size_t i = 0; i < plan.fields; i++)
		columns[i] = (int8_t) data[6 + i];
	plan.columns = columns;
	data += 6 + plan.fields;
	size -= 6 + plan.fields;
	if (tm_stay_plan_valid(&plan))
	{
		line = block(size);
		memcpy(line, data, size);
		text = block(size);
		fields = block(plan.fields * sizeof *fields);
		signs = tm_stay_signs(&plan, line, size, text, fields);
		law((signs & ~(uint32_t) 0x03FF007E) == 0);
		tm_stay_read(&plan, line, size, text, fields, &stay);
		law((unsigned) stay.reason < TM_STAY_REASONS && (unsigned) stay.column < TM_STAY_COLUMNS);
		law((stay.reason == TM_STAY_FINE) == (tm_stay_reason_name(stay.reason) == NULL));
		if (stay.reason == TM_STAY_FINE)
			check(&plan, &stay);
		tm_stay_read(&plan, line, size, text, fields, &again);
		law(again.reason == stay.reason && again.column == stay.column && again.admitted == stay.admitted && again.age == stay.age
			&& again.principal == stay.principal && again.diagnosis_count == stay.diagnosis_count);
		free(line);
		free(text);
		free(fields);
	}
	free(columns);
	return 0;
}
