"""Pure analyses: readings (``xarray.Dataset``) or sightings (``DataFrame``) in, a small result out.

Every result has ``.table``, ``.sentence(lang)``, ``.caution(lang)`` (what may not be concluded), ``.method``,
``.n``, ``.completeness``, ``.version`` and ``.to_dict()``; see :class:`Result`.

What is pooled: only readings of the variable that is named. Raw low-cost, corrected and reference values are
different variables or marked stations; no analysis here joins two variables into one value.
"""

from __future__ import annotations

from kit.analysis.accumulation import AccumulationResult, RankResult, accumulation, rank_abundance
from kit.analysis.air import AirQualityResult, air_quality_index
from kit.analysis.air_us import UsIndexResult, us_air_quality_index
from kit.analysis.airdays import AirStatisticsResult, EpisodesResult, air_statistics, episodes, rolling
from kit.analysis.anomaly import AnomalyResult, anomaly
from kit.analysis.averages import AveragesResult, averages
from kit.analysis.before_after import BeforeAfterResult, before_after
from kit.analysis.calendars import CalendarResult, calendar
from kit.analysis.calibrate import CalibrationResult, calibrate
from kit.analysis.change import ChangeResult, change_point
from kit.analysis.checklists import ChecklistsResult, checklists
from kit.analysis.climatology import ClimatologyResult, at_hour, climatology
from kit.analysis.compare import CompareResult, compare
from kit.analysis.conditions import Conditioned
from kit.analysis.correct import correct, lost
from kit.analysis.correlation import CorrelationResult, RelationResult, correlation, linear_relation
from kit.analysis.deviations import DeviationsResult, deviations
from kit.analysis.dissimilarity import DissimilarityResult, dissimilarity
from kit.analysis.diversity import DiversityResult, diversity
from kit.analysis.exceed import ExceedanceResult, exceedances
from kit.analysis.gradient import GradientResult, gradient
from kit.analysis.growing import GrowingSeasonResult, growing_season
from kit.analysis.homogeneity import HomogeneityResult, homogeneity
from kit.analysis.influence import InfluenceResult, influence
from kit.analysis.join import JoinResult, join
from kit.analysis.missing import MissingResult, missing
from kit.analysis.mixed import MixedTrendResult, mixed_trend
from kit.analysis.normalise import NormaliseResult, normalise
from kit.analysis.occupancy import OccupancyResult, occupancy
from kit.analysis.ordination import OrdinationResult, ordination
from kit.analysis.phenology import PhenologyResult, phenology
from kit.analysis.phenology_across import PhenologyGradientResult, phenology_gradient
from kit.analysis.phenology_warmth import PhenologyTemperatureResult, phenology_temperature
from kit.analysis.phenology_years import PhenologyTrendResult, phenology_trend
from kit.analysis.polar import PolarResult, polar
from kit.analysis.rain import RainResult, SpiResult, dryness, rain_statistics
from kit.analysis.rarefaction import RarefactionResult, rarefaction
from kit.analysis.reporting import ReportingResult, reporting_rate
from kit.analysis.result import Result
from kit.analysis.roses import RoseResult, percentile_rose, pollution_rose
from kit.analysis.rules import RulesResult, rules
from kit.analysis.shuffle import ShuffleResult, shuffle
from kit.analysis.similarity import SimilarityResult, similarity
from kit.analysis.smooth import SmoothResult, smooth_trend
from kit.analysis.trend import TrendResult, trend
from kit.analysis.variation import VariationResult, variation
from kit.analysis.weather import derive
from kit.analysis.weather_days import DegreeDaysResult, WeatherDaysResult, degree_days, weather_days
from kit.analysis.wind import WindResult, vector_mean, wind_rose
from kit.analysis.yearly_index import YearlyIndexResult, yearly_index

__all__ = [
    "AccumulationResult",
    "AirQualityResult",
    "AirStatisticsResult",
    "AnomalyResult",
    "AveragesResult",
    "BeforeAfterResult",
    "CalendarResult",
    "CalibrationResult",
    "ChangeResult",
    "ChecklistsResult",
    "ClimatologyResult",
    "CompareResult",
    "Conditioned",
    "CorrelationResult",
    "DegreeDaysResult",
    "DeviationsResult",
    "DissimilarityResult",
    "DiversityResult",
    "EpisodesResult",
    "ExceedanceResult",
    "GradientResult",
    "GrowingSeasonResult",
    "HomogeneityResult",
    "InfluenceResult",
    "JoinResult",
    "MissingResult",
    "MixedTrendResult",
    "NormaliseResult",
    "OccupancyResult",
    "OrdinationResult",
    "PhenologyGradientResult",
    "PhenologyResult",
    "PhenologyTemperatureResult",
    "PhenologyTrendResult",
    "PolarResult",
    "RainResult",
    "RankResult",
    "RarefactionResult",
    "RelationResult",
    "ReportingResult",
    "Result",
    "RoseResult",
    "RulesResult",
    "ShuffleResult",
    "SimilarityResult",
    "SmoothResult",
    "SpiResult",
    "TrendResult",
    "UsIndexResult",
    "VariationResult",
    "WeatherDaysResult",
    "WindResult",
    "YearlyIndexResult",
    "accumulation",
    "air_quality_index",
    "air_statistics",
    "anomaly",
    "at_hour",
    "averages",
    "before_after",
    "calendar",
    "calibrate",
    "change_point",
    "checklists",
    "climatology",
    "compare",
    "correct",
    "correlation",
    "degree_days",
    "derive",
    "deviations",
    "dissimilarity",
    "diversity",
    "dryness",
    "episodes",
    "exceedances",
    "gradient",
    "growing_season",
    "homogeneity",
    "influence",
    "join",
    "linear_relation",
    "lost",
    "missing",
    "mixed_trend",
    "normalise",
    "occupancy",
    "ordination",
    "percentile_rose",
    "phenology",
    "phenology_gradient",
    "phenology_temperature",
    "phenology_trend",
    "polar",
    "pollution_rose",
    "rain_statistics",
    "rank_abundance",
    "rarefaction",
    "reporting_rate",
    "rolling",
    "rules",
    "shuffle",
    "similarity",
    "smooth_trend",
    "trend",
    "us_air_quality_index",
    "variation",
    "vector_mean",
    "weather_days",
    "wind_rose",
    "yearly_index",
]
