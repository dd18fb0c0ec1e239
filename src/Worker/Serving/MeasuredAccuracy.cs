using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Measures how often a model was right recently, and whether it has named one direction for a year: its forecasts of the last days are computed again, each
/// from the bars up to its day, and compared with the actual prices. Rates are measured once per model, horizon and history of bars. A day's forecast is
/// computed once for all horizons, and reused for later histories where the bars of its window are the same: longer averages have converged by then.
/// </summary>
internal sealed class MeasuredAccuracy(SymbolCatalog catalog)
{
    // Per symbol: three horizons of its two newest bars, and the days of all horizons. With fewer entries, questions in turn would evict each other,
    // and each answer would compute ninety forecasts again.
    private const int RatesOfSymbol = 6;
    private const int DaysOfSymbol = 200;

    // A direction is looked at on every fourth day of a year: one that changes for a day or two is not news. Long windows leave less than a year.
    private const int Year = 365;
    private const int DaysBetween = 4;
    private const int LeastOfYear = 300;

    // With few symbols there is room for questions about past days.
    private const int LeastSymbols = 1600;

    private readonly BoundedMemo<string, Lazy<Measured>> _measured = new(RatesOfSymbol * SymbolsOf(catalog));
    private readonly BoundedMemo<(ulong Model, ulong Window), float[]> _forecasts = new(DaysOfSymbol * SymbolsOf(catalog));

    private static int SymbolsOf(SymbolCatalog catalog) => Math.Max(LeastSymbols, catalog.Supported.Count);

    /// <summary>What a model did at a horizon in days, up to the last bar.</summary>
    public Measured Of(LoadedModel model, PredictionInputs inputs, int days) =>
        _measured.GetOrAdd($"{model.Digest} {inputs.Digest} {days}", new Lazy<Measured>(() => Measure(model, inputs, days))).Value;

    private Measured Measure(LoadedModel model, PredictionInputs inputs, int days)
    {
        using var stage = Stages.Accuracy();
        var bars = new BarWindows(inputs, model.SequenceLength);
        // Only windows that are not known yet need features, all of them the same.
        var features = new Lazy<FeatureTable>(() => FeatureEngineer.Compute(inputs.Series, inputs.Sentiment));
        DateOnly[] sampled = [.. Year(inputs.Series.Bars.Span[^1].Day)];
        var year = DirectionsOn(sampled);
        var isSame = year.Length > 0 && sampled[0].DayNumber - sampled[year.Length - 1].DayNumber >= LeastOfYear && year.All(direction => direction == year[0]);
        return new(Rates(model, inputs, days, DirectionsOn(HitRates.ForecastDays(inputs.Series, days))), isSame ? (year[0], sampled[year.Length - 1]) : null);

        Direction[] DirectionsOn(IEnumerable<DateOnly> asked) =>
            Array.ConvertAll(Forecast(model, bars, features, asked), probabilities => model.OutlookOf(probabilities, days).Direction);

        static IEnumerable<DateOnly> Year(DateOnly last) => Enumerable.Range(0, MeasuredAccuracy.Year)
            .Select(back => last.AddDays(-back))
            .Where(day => day.DayNumber % DaysBetween == 0);
    }

    private static HistoricalAccuracy Rates(LoadedModel model, PredictionInputs inputs, int days, Direction[] predicted)
    {
        var rates = HitRates.Measure(inputs.Series, days, predicted);
        return new HistoricalAccuracy(
            Rounded(rates.Last30Days?.Rate),
            Rounded(rates.Last90Days?.Rate),
            rates.FirstDay is { } first && !model.Metadata.IsUnseen(first) ? true : null)
        {
            BaseRate30Days = Rounded(rates.Last30Days?.BaseRate),
            BaseRate90Days = Rounded(rates.Last90Days?.BaseRate),
            Independent30Days = Rounded(rates.Last30Days?.Independent),
            Independent90Days = Rounded(rates.Last90Days?.Independent),
        };
    }

    // The probabilities of each day, newest first, until a window has a gap.
    private float[][] Forecast(LoadedModel model, BarWindows bars, Lazy<FeatureTable> features, IEnumerable<DateOnly> days)
    {
        var forecasts = new List<float[]?>(HitRates.LongPeriod);
        var missing = new List<(int At, (ulong, ulong) Key, float[] Window)>();
        var network = Convert.ToUInt64(model.Digest[..16], 16);
        foreach (var day in days)
        {
            if (bars.EndingAt(day) is not { } number)
            {
                break;
            }

            var key = (network, number);
            if (_forecasts.Find(key) is not { } known)
            {
                known = null;
                if (features.Value.WindowEndingAt(day, model.SequenceLength) is not { } table)
                {
                    break;
                }

                missing.Add((forecasts.Count, key, model.WindowOf(table)));
            }

            forecasts.Add(known);
        }

        if (missing.Count > 0)
        {
            var probabilities = model.Run(Together(missing.ConvertAll(one => one.Window)), missing.Count);
            foreach (var (run, (at, key, _)) in missing.Index())
            {
                forecasts[at] = _forecasts.GetOrAdd(key, probabilities[(run * Classes.Count)..((run + 1) * Classes.Count)]);
            }
        }

        return [.. forecasts!];
    }

    private static float[] Together(List<float[]> windows)
    {
        var together = new float[windows.Count * windows[0].Length];
        for (var i = 0; i < windows.Count; i++)
        {
            windows[i].CopyTo(together, i * windows[0].Length);
        }

        return together;
    }

    private static double? Rounded(double? measured) => measured is { } known ? Rounding.Decimals(known, 2) : null;
}

/// <summary>What a model did at a horizon.</summary>
/// <param name="Accuracy">How often it was right.</param>
/// <param name="Same">The direction that it named every time in a year, and the first of these days; null where it named several.</param>
internal sealed record Measured(HistoricalAccuracy Accuracy, (Direction Direction, DateOnly Since)? Same);
