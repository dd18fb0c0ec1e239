using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Measures how often a model was right recently: its forecasts of the last days are computed again, each from the bars up to its day, and compared
/// with the actual prices. Rates are measured once per model, horizon and history of bars. A day's forecast is computed once for all horizons, and
/// reused for later histories where the bars of its window are the same: longer averages have converged by then.
/// </summary>
internal sealed class MeasuredAccuracy(SymbolCatalog catalog)
{
    // Per symbol: three horizons of its two newest bars, and the days of all horizons. With fewer entries, questions in turn would evict each other,
    // and each answer would compute ninety forecasts again.
    private const int RatesOfSymbol = 6;
    private const int DaysOfSymbol = 125;

    // With few symbols there is room for questions about past days.
    private const int LeastSymbols = 1600;

    private readonly BoundedMemo<string, Lazy<HistoricalAccuracy>> _measured = new(RatesOfSymbol * SymbolsOf(catalog));
    private readonly BoundedMemo<(ulong Model, ulong Window), float[]> _forecasts = new(DaysOfSymbol * SymbolsOf(catalog));

    private static int SymbolsOf(SymbolCatalog catalog) => Math.Max(LeastSymbols, catalog.Supported.Count);

    /// <summary>The hit rates at a horizon in days, up to the last bar.</summary>
    public HistoricalAccuracy Of(LoadedModel model, PredictionInputs inputs, int days) =>
        _measured.GetOrAdd($"{model.Digest} {inputs.Digest} {days}", new Lazy<HistoricalAccuracy>(() => Measure(model, inputs, days))).Value;

    private HistoricalAccuracy Measure(LoadedModel model, PredictionInputs inputs, int days)
    {
        using var stage = Stages.Accuracy();
        var predicted = Array.ConvertAll(Forecast(model, inputs, days), probabilities => model.OutlookOf(probabilities, days).Direction);
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

    // The probabilities of each day that is measured, newest first, until a window has a gap.
    private float[][] Forecast(LoadedModel model, PredictionInputs inputs, int days)
    {
        var bars = new BarWindows(inputs, model.SequenceLength);
        var forecasts = new List<float[]?>(HitRates.LongPeriod);
        var missing = new List<(int At, (ulong, ulong) Key, float[] Window)>();
        var network = Convert.ToUInt64(model.Digest[..16], 16);
        FeatureTable? features = null;
        foreach (var day in HitRates.ForecastDays(inputs.Series, days))
        {
            if (bars.EndingAt(day) is not { } number)
            {
                break;
            }

            var key = (network, number);
            if (_forecasts.Find(key) is not { } known)
            {
                known = null;
                features ??= FeatureEngineer.Compute(inputs.Series, inputs.Sentiment);
                if (features.WindowEndingAt(day, model.SequenceLength) is not { } table)
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
