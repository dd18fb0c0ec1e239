using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Converts a backtest to its answer. Numbers are rounded as in predictions.</summary>
internal static class BacktestAnswers
{
    private const int Decimals = 4;

    /// <summary>The answer.</summary>
    /// <param name="query">What was asked, with both days.</param>
    /// <param name="days">The days.</param>
    /// <param name="model">Of the direction.</param>
    /// <param name="moves">Of the volatility.</param>
    /// <param name="source">Where the bars came from.</param>
    /// <param name="warnings">Warnings about the bars.</param>
    public static BacktestAnswer Of(
        BacktestQuery query, IReadOnlyList<BacktestDay> days, LoadedModel model, VolatilityModel moves, string source, IEnumerable<string> warnings)
    {
        var summary = BacktestSummary.Of(days, Timeframes.Days(query.Timeframe));
        var ranges = summary.Ranges;
        var replayed = days.Count - summary.Days;
        DateOnly? learnt = model.Metadata.LastSeen is { } last ? (last > moves.FittedThrough ? last : moves.FittedThrough) : null;
        return new BacktestAnswer(
            query.Symbol, query.Timeframe, query.From!.Value, query.To!.Value, summary.Days, Rounding.Decimals(summary.EffectiveDays, 2),
            Mean(summary.HitRate), Mean(summary.BaseRateHitRate), Mean(summary.Brier), Mean(summary.BaseRateBrier),
            Mean(ranges.Coverage), Mean(ranges.IntervalScore), Mean(ranges.EwmaIntervalScore), Mean(ranges.Qlike), Mean(ranges.EwmaQlike),
            new BacktestUncertainty(
                Bounds(summary.HitRate), Bounds(summary.BaseRateHitRate), Bounds(summary.Brier), Bounds(summary.BaseRateBrier),
                Bounds(ranges.Coverage), Bounds(ranges.IntervalScore), Bounds(ranges.EwmaIntervalScore), Bounds(ranges.Qlike), Bounds(ranges.EwmaQlike),
                Bounds(summary.HitGain), Bounds(summary.BrierGain), Bounds(ranges.IntervalGain), Bounds(ranges.QlikeGain)),
            replayed, learnt, model.Metadata.ModelVersion, source, [.. warnings, .. Warnings(days, summary.Days, learnt)], [.. days.Select(Day)]);
    }

    /// <summary>Says how many days between the first and the last are left out, and why.</summary>
    /// <param name="history">The bars.</param>
    /// <param name="horizon">The horizon in days.</param>
    /// <param name="asked">The bars from the first to the last day.</param>
    /// <param name="listed">How many of them have an answer and an outcome.</param>
    /// <param name="to">The last day.</param>
    public static IEnumerable<string> LeftOut(BarSeries history, int horizon, int asked, int listed, DateOnly to)
    {
        var end = history.Bars.Span[^1].Day;
        var closed = history.EndingAt(end.AddDays(-horizon) < to ? end.AddDays(-horizon) : to, int.MaxValue).Bars.Length;
        var open = Math.Min(asked - listed, Math.Max(0, history.EndingAt(to, int.MaxValue).Bars.Length - closed));
        if (open > 0)
        {
            yield return FormattableString.Invariant(
                $"{Days(open)} left out because the horizon has not ended: the last bar is of {end:yyyy-MM-dd}");
        }

        if (asked - listed - open is > 0 and var others)
        {
            yield return $"{Days(others)} left out because too few bars are before, or a day is missing, or the price did not move";
        }
    }

    private static IEnumerable<string> Warnings(IReadOnlyList<BacktestDay> days, int counted, DateOnly? learnt)
    {
        if (days.Count > 0 && days[0].Outlook.FromFrequencies)
        {
            yield return "The model has shown no skill over this horizon: its probabilities are how frequent the directions were in its training";
        }

        if (counted > 0)
        {
            yield break;
        }

        yield return (days.Count, learnt) switch
        {
            (0, _) => "No day counts: none has an answer and an outcome",
            (var all, { } through) => FormattableString.Invariant(
                $"No day counts: a model had learnt from all {all}; days after {through:yyyy-MM-dd} would count"),
            _ => "No day counts: the model does not say up to which day it was trained",
        };
    }

    private static BacktestedDay Day(BacktestDay day)
    {
        var range = day.Range;
        var probabilities = day.Outlook.Probabilities;
        return new(
            range.Day, Rounding.Price(range.Close), range.Day.AddDays(range.Forecast.Days), Rounding.Price(range.Later),
            day.Outlook.Direction.Name(), day.Actual.Name(),
            new ClassProbabilities(Rounding.Decimals(probabilities[0], 6), Rounding.Decimals(probabilities[1], 6), Rounding.Decimals(probabilities[2], 6)),
            range.Prices is { } prices ? new PriceInterval(PriceQuantiles.Coverage, Rounding.Price(prices[0]), Rounding.Price(prices[^1])) : null,
            Rounding.Decimals(range.Forecast.Volatility, 6), Rounding.Decimals(Math.Sqrt(range.RealisedVariance), 6),
            day.IsHit, range.IsInside, day.IsReplayed)
        {
            BaseRateHit = day.IsBaseRateHit,
        };
    }

    private static double? Mean(DailyMean? mean) => mean is null ? null : Rounding.Decimals(mean.Value, Decimals);

    private static LikelyRange? Bounds(DailyMean? mean) =>
        mean?.Bounds is { } bounds ? new(Rounding.Decimals(bounds.Low, Decimals), Rounding.Decimals(bounds.High, Decimals)) : null;

    private static string Days(int count) => count == 1 ? "1 day is" : FormattableString.Invariant($"{count} days are");
}
