/*
 * episode.h - chains the hospital stays of one patient into episodes and strokes.
 *
 * A patient sent on for thrombectomy has two or three stays for one stroke.
 * The stays come in order of admission; what is kept is a few numbers, however
 * many stays there are. Days are whole days since any fixed day.
 */
#ifndef TMAP_EPISODE_H
#define TMAP_EPISODE_H

#include "core.h"

/* What makes two stays one episode, and two episodes one stroke; days. */
typedef struct tm_episode_rule
{
	int32_t		gap;			/* admitted at most so many days after the latest discharge: same episode */
	int32_t		transfer_gap;	/* the same for stays flagged as a transfer */
	int32_t		new_after;		/* an episode that begins so many days later or more is a new stroke */
	bool		from_onset;		/* those days run from the stroke's first admission, not from the last discharge */
} tm_episode_rule;

typedef struct tm_stay
{
	int32_t		admitted;
	int32_t		discharged;		/* without a known day: the day of admission */
	bool		transfer_in;	/* came from another hospital */
	bool		transfer_out;	/* was sent on to another hospital */
} tm_stay;

/* Where the chain stands. All zero: no stay yet. */
typedef struct tm_episode_run
{
	int32_t		episode;		/* number of the episode, from 1 */
	int32_t		stay;			/* number of the stay within its episode, from 1 */
	int32_t		stroke;			/* number of the stroke, from 1 */
	int32_t		admitted;		/* day of the last stay's admission */
	int32_t		end;			/* latest discharge of the episode */
	int32_t		sent_on;		/* latest discharge with transfer_out, when has_sent */
	int32_t		onset;			/* first admission of the stroke */
	bool		has_sent;
	bool		tied;			/* the last stay was admitted on the day of the one before */
} tm_episode_run;

/* What keeps a stay from being chained. */
typedef enum tm_stay_fault
{
	TM_STAY_FINE = 0,
	TM_STAY_BACKWARDS,			/* discharged before admitted */
	TM_STAY_OUT_OF_ORDER,		/* admitted before the stay that came before it */
	TM_STAY_TOO_MANY			/* numbers do not fit 32 bits */
} tm_stay_fault;

bool		tm_episode_rule_valid(const tm_episode_rule *rule);
bool		tm_episode_flag_decides(const tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay);
tm_stay_fault tm_episode_next(tm_episode_run *run, const tm_episode_rule *rule, const tm_stay *stay);

#endif
