"""One door: any analysis' result in, its chart out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit import analysis
from kit.analysis.conditions import Conditioned
from kit.analysis.result import Result
from kit.errors import UsageError
from kit.figures import counts, courses, grids, levels, life, ranges, roses, seasons, slopes
from kit.figures.chart import Chart

#: Which chart each result has.
CHARTS: dict[type[Result], Callable[[Any], Chart]] = {
    analysis.AccumulationResult: life.of_accumulation,
    analysis.AirQualityResult: counts.of_european,
    analysis.AirStatisticsResult: levels.of_air_statistics,
    analysis.AnomalyResult: courses.of_anomaly,
    analysis.AveragesResult: levels.of_averages,
    analysis.BeforeAfterResult: levels.of_before_after,
    analysis.CalendarResult: grids.of_calendar,
    analysis.CalibrationResult: ranges.of_calibration,
    analysis.ChangeResult: levels.of_change,
    analysis.ChecklistsResult: life.of_checklists,
    analysis.ClimatologyResult: courses.of_climatology,
    analysis.CompareResult: levels.of_compare,
    analysis.CorrelationResult: grids.of_correlation,
    analysis.DegreeDaysResult: counts.of_degree_days,
    analysis.DeviationsResult: ranges.of_deviations,
    analysis.DissimilarityResult: grids.of_dissimilarity,
    analysis.DiversityResult: ranges.of_diversity,
    analysis.EpisodesResult: levels.of_episodes,
    analysis.ExceedanceResult: counts.of_exceedances,
    analysis.GradientResult: ranges.of_gradient,
    analysis.GrowingSeasonResult: counts.of_growing,
    analysis.HomogeneityResult: ranges.of_homogeneity,
    analysis.InfluenceResult: ranges.of_influence,
    analysis.JoinResult: seasons.of_join,
    analysis.MissingResult: counts.of_missing,
    analysis.MixedTrendResult: seasons.of_mixed,
    analysis.NormaliseResult: levels.of_normalise,
    analysis.OccupancyResult: seasons.of_occupancy,
    analysis.OrdinationResult: life.of_ordination,
    analysis.PhenologyGradientResult: seasons.of_across,
    analysis.PhenologyResult: seasons.of_phenology,
    analysis.PhenologyTemperatureResult: seasons.of_warmth,
    analysis.PhenologyTrendResult: seasons.of_years,
    analysis.PolarResult: roses.of_polar,
    analysis.RainResult: counts.of_rain,
    analysis.RankResult: life.of_ranks,
    analysis.RarefactionResult: life.of_rarefaction,
    analysis.RelationResult: levels.of_relation,
    analysis.ReportingResult: seasons.of_reporting,
    analysis.RoseResult: roses.of_values,
    analysis.RulesResult: counts.of_rules,
    analysis.ShuffleResult: counts.of_shuffle,
    analysis.SimilarityResult: grids.of_similarity,
    analysis.SmoothResult: levels.of_smooth,
    analysis.SpiResult: courses.of_spi,
    analysis.TrendResult: slopes.trend,
    analysis.UsIndexResult: counts.of_us,
    analysis.VariationResult: courses.of_variation,
    analysis.WeatherDaysResult: counts.of_weather_days,
    analysis.WindResult: roses.of_wind,
    analysis.YearlyIndexResult: seasons.of_yearly,
}


def result(found: Result) -> Chart:
    """Return the chart of any analysis' result: figure, sentence, table and alternative text.

    Parameters
    ----------
    found
        What any function of :mod:`kit.analysis` answers. Asked with ``by=`` (a :class:`Conditioned`), each
        part has a panel of its own, all with the same axes.

    Raises
    ------
    UsageError
        ``no-chart``: something else was given.
    """
    if isinstance(found, Conditioned):
        from kit.figures.multiples import of_parts

        return of_parts(found, result)
    draw = CHARTS.get(type(found))
    if draw is None:
        raise UsageError(
            "There is no chart of {kind}.",
            do="Give what an analysis of kit answers; readings are drawn by kit.plot.timeline.",
            code="no-chart",
            kind=type(found).__name__,
        )
    return draw(found)
