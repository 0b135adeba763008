/*
 * stay_value.h - the values of a hospital stay as files write them: dates, sexes, yes and no, numbers.
 */
#ifndef TMAP_STAY_VALUE_H
#define TMAP_STAY_VALUE_H

#include "core.h"

/* How a file writes its dates. One format a file: no row is guessed. */
typedef enum tm_date_format
{
	TM_DATE_UNKNOWN = 0,
	TM_DATE_ISO,				/* 2019-05-03 */
	TM_DATE_DMY,				/* 03/05/2019, 3.5.2019, 03-05-2019: day first */
	TM_DATE_MDY,				/* 05/03/2019: month first */
	TM_DATE_YMD8,				/* 20190503 */
	TM_DATE_DMY8,				/* 03052019 */
	TM_DATE_YMD,				/* 2019/05/03, 2019.05.03 */
	TM_DATE_DMONY,				/* 03MAY2019, 03-May-2019: SAS, Oracle */
	TM_DATE_FORMATS				/* one more than the last */
} tm_date_format;

/* How a file writes the sex. */
typedef enum tm_sex_scheme
{
	TM_SEX_UNKNOWN_SCHEME = 0,
	TM_SEX_ISO5218,				/* 1 male, 2 female, 0 and 9 unknown */
	TM_SEX_MF,					/* M, F */
	TM_SEX_HF,					/* French: H homme, F femme */
	TM_SEX_MW,					/* German: M, W */
	TM_SEX_MK,					/* Danish, Norwegian, Swedish: M, K */
	TM_SEX_HM,					/* Spanish: H or V male, M mujer */
	TM_SEX_01,					/* 0 male, 1 female */
	TM_SEX_10,					/* 1 male, 0 female */
	TM_SEX_WORDS,				/* whole words only, which every scheme reads */
	TM_SEX_SCHEMES				/* one more than the last */
} tm_sex_scheme;

typedef enum tm_sex
{
	TM_SEX_FEMALE = 0,
	TM_SEX_MALE,
	TM_SEX_UNKNOWN
} tm_sex;

/* A piece of text inside a line. */
typedef struct tm_piece
{
	const char *at;
	size_t		length;
} tm_piece;

tm_piece	tm_piece_trim(const char *text, size_t length);
bool		tm_piece_is(tm_piece p, const char *word);
tm_status	tm_date_format_parse(tm_piece name, tm_date_format *out);
tm_status	tm_sex_scheme_parse(tm_piece name, tm_sex_scheme *out);
tm_status	tm_date_read(tm_date_format format, tm_piece p, int32_t *days);
tm_status	tm_sex_read(tm_sex_scheme scheme, tm_piece p, tm_sex *sex);
int			tm_sex_sign(tm_piece p);
tm_status	tm_flag_read(tm_piece p, bool *flag);
tm_status	tm_whole_read(tm_piece p, int32_t *value);
tm_status	tm_decimal_read(tm_piece p, double *value);
int			tm_year_of(int32_t days);
int			tm_years_between(int32_t from, int32_t to);

#endif
