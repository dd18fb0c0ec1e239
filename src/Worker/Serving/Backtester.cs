using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Computes what would have been answered on each day of a past: with the models that serve now, from the bars up to that day. Features are computed once,
/// from as many bars before the first day as an answer reads.
/// </summary>
internal sealed class Backtester(ModelStore models, VolatilityStore volatility, PriceHistory prices, SentimentHistory sentiments, TimeProvider time)
{
    // Enough windows to read weights seldom; few enough to look at the deadline often.
    private const int Batch = 64;

    /// <summary>The days and their scores, or the refusal.</summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public async Task<Result<BacktestAnswer>> RunAsync(BacktestQuery query, Deadline deadline, CancellationToken cancellationToken)
    {
        var loaded = await models.GetAsync(query.Symbol, cancellationToken);
        if (loaded.IsRefused)
        {
            return loaded.Refusal;
        }

        var (model, horizon) = (loaded.Answer, Timeframes.Days(query.Timeframe));
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var end = query.To is { } last && last.AddDays(horizon) < today ? last.AddDays(horizon) : today;
        var read = await prices.ReadAllAsync(query.Symbol, end, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var history = read.Answer;
        var to = query.To ?? history.Bars.Span[^1].Day;
        var from = query.From ?? to.AddYears(-1).AddDays(1);
        var before = history.EndingAt(from.AddDays(-1), int.MaxValue).Bars.Length;
        var asked = history.EndingAt(to, int.MaxValue).Bars.Length - before;
        if (asked <= 0)
        {
            return new RequestRefused(
                RefusalReason.InsufficientHistory,
                $"{history.Symbol} has no daily bar from {Text(from)} to {Text(to)}: its bars are from {Text(history.Bars.Span[0].Day)} to "
                    + $"{Text(history.Bars.Span[^1].Day)}");
        }

        var start = Math.Max(0, before - FeatureEngineer.BarsToFetch(model.SequenceLength) + 1);
        if (prices.Jump(history with { Bars = history.Bars[start..] }) is { } jump)
        {
            return jump;
        }

        var known = history with { Bars = history.Bars[start..(before + asked)] };
        var sentiment = await sentiments.ReadAsync(known, cancellationToken);
        if (sentiment.IsRefused)
        {
            return sentiment.Refusal;
        }

        try
        {
            var outlooks = Outlooks(model, FeatureEngineer.Compute(known, sentiment.Answer), horizon, from, deadline);
            if (outlooks is null)
            {
                return Deadline.Exceeded;
            }

            var moves = volatility.Current;
            var days = new List<BacktestDay>(asked);
            foreach (var day in Backtest.Of(moves, history, horizon, from, to, outlooks.GetValueOrDefault, day => !model.Metadata.IsUnseen(day)))
            {
                if (deadline.HasPassed(time))
                {
                    return Deadline.Exceeded;
                }

                days.Add(day);
            }

            return BacktestAnswers.Of(
                new BacktestQuery(query.Symbol, query.Timeframe, from, to), days, model, moves, prices.SourceOf(history), [
                    .. prices.Warnings(known, to), .. BacktestAnswers.LeftOut(history, horizon, asked, days.Count, to),
                ]);
        }
        catch (CheckpointException noNumbers)
        {
            return new RequestRefused(RefusalReason.CheckpointRejected, noNumbers.Message);
        }
    }

    // By day, where a window of consecutive days ends with it; null where the deadline passed.
    private Dictionary<DateOnly, Outlook>? Outlooks(LoadedModel model, FeatureTable features, int horizon, DateOnly from, Deadline deadline)
    {
        var outlooks = new Dictionary<DateOnly, Outlook>();
        var windows = features.Days.ToArray().Where(day => day >= from)
            .Select(day => (Day: day, Known: features.WindowEndingAt(day, model.SequenceLength))).Where(window => window.Known is not null);
        foreach (var batch in windows.Chunk(Batch))
        {
            if (deadline.HasPassed(time))
            {
                return null;
            }

            float[] together = [.. batch.SelectMany(window => model.WindowOf(window.Known!))];
            foreach (var (i, probabilities) in model.Run(together, batch.Length).Chunk(Classes.Count).Index())
            {
                outlooks[batch[i].Day] = model.OutlookOf(probabilities, horizon);
            }
        }

        return outlooks;
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
