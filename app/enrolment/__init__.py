"""Who takes part: enrolment, invitation, holds, first dose, and the person's page for the team."""
